import type { z } from 'zod';

/** What a form is called in a hint to somebody who edits JSON. */
const formNames: Readonly<Record<string, string>> = {
  string: 'text in quotes',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list in square brackets',
  object: 'an object in braces',
};

/** Words for the mistakes that the schema leaves without any: what is wrong and what to write instead; never the value. */
export const configHint: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type': {
      const wanted = formNames[issue.expected] ?? issue.expected;
      return issue.input === undefined ? `is missing; give ${wanted}` : `must be ${wanted}`;
    }
    case 'invalid_value':
      return `use one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_format':
      return issue.format === 'url' ? 'use a URL that begins with http:// or https://' : undefined;
    case 'too_small':
      return issue.origin === 'string' ? 'must not be empty' : `must be at least ${issue.minimum}`;
    case 'too_big':
      return sizeHint(issue.origin, issue.maximum);
    default:
      return undefined;
  }
};

function sizeHint(origin: string, maximum: number | bigint): string {
  if (origin === 'string') return `must have at most ${maximum} characters`;
  return origin === 'array' ? `must have at most ${maximum} entries` : `must be at most ${maximum}`;
}
