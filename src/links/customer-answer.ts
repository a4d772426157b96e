import { STATUS_CODES } from 'node:http';

/** What a page for customers answers, to a browser's form as a page and to a program's JSON as an object. */
export interface CustomerAnswer {
  readonly status: number;
  readonly html: string;
  /** The same in the words of the GraphQL contract: names of fields, attributes and error codes are those there. */
  readonly json: object;
}

/**
 * A refusal as RFC 9457 problem details, with the code that the GraphQL operation gives for it.
 * @param detail What was wanted and what to do; nothing of what was sent.
 * @param field Name of the member at fault, when it is one.
 */
export function problem(status: number, code: string, detail: string, field?: string): object {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    code,
    ...(field === undefined ? {} : { field }),
  };
}
