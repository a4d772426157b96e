import type { ProfileErrorCode } from '../generated/resolvers-types.js';
import { Refusal, type UserRefusal } from '../kernel/errors.js';
import { textLengthMax } from '../kernel/limits.js';
import { characterCount, hasControlCharacter, hasLoneSurrogate, trimmedOrNull } from '../kernel/text.js';

/** Refusals shown at once: enough to mend a form, too few to make an answer long. */
const refusalsMax = 20;

/** A text that names something: never a member that every object has, which some client would take for its own. */
const handlePattern = /^[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?$/;

/** Names that reach into an object's machinery when a careless reader uses them as keys. */
const objectMembers: ReadonlySet<string> = new Set(['prototype', ...Object.getOwnPropertyNames(Object.prototype)]);

/** Whether a name would reach into an object's machinery. */
export function isObjectMember(name: string): boolean {
  return objectMembers.has(name);
}

/**
 * Reads the values of one input and collects every refusal with the path of its field, so that a form is told all its
 * mistakes at once. Values that were refused come back as null.
 */
export class InputReader {
  readonly #refusals: UserRefusal<ProfileErrorCode>[] = [];

  /** Notes a refusal. `path` starts below `input`. */
  fail(code: ProfileErrorCode, message: string, path: readonly string[]): null {
    if (this.#refusals.length < refusalsMax) this.#refusals.push({ code, message, field: ['input', ...path] });
    return null;
  }

  /** What was refused so far. */
  get refusals(): readonly UserRefusal<ProfileErrorCode>[] {
    return this.#refusals;
  }

  /** @throws Refusal with everything that was noted, if anything was. */
  finish(): void {
    if (this.#refusals.length > 0) throw new Refusal(this.#refusals);
  }

  /** One line of text in normal form C without white space around it; null when empty or refused. */
  line(text: string | null | undefined, path: readonly string[], lengthMax = textLengthMax): string | null {
    if (text === null || text === undefined) return null;
    if (hasLoneSurrogate(text)) return this.fail('INVALID_VALUE', 'The text is not valid Unicode', path);
    if (hasControlCharacter(text) || /[\t\n\r\u0085\u2028\u2029]/.test(text.trim()))
      return this.fail('INVALID_VALUE', 'The text must be one line without control characters', path);
    const trimmed = trimmedOrNull(text);
    if (trimmed !== null && characterCount(trimmed) > lengthMax)
      return this.fail('TOO_LONG', `At most ${lengthMax} characters are allowed`, path);
    return trimmed;
  }

  /** The name of an attribute, status or subject: lower-case letters, digits, hyphens and underscores. */
  handle(text: string, path: readonly string[]): string | null {
    if (!handlePattern.test(text) || isObjectMember(text)) {
      return this.fail('INVALID_VALUE', 'A name has 1–64 lower-case letters, digits, hyphens and underscores', path);
    }
    return text;
  }

  /** Whether a list is no longer than allowed. */
  isWithin(list: readonly unknown[], max: number, path: readonly string[]): boolean {
    if (list.length <= max) return true;
    this.fail('TOO_MANY', `At most ${max} entries are allowed`, path);
    return false;
  }
}
