import type { Actor } from '../access/actor.js';
import { contentDigest, keyDigest } from '../kernel/digest.js';
import { refuse } from '../kernel/errors.js';
import { idempotencyDays } from '../kernel/limits.js';

/** What a mutation answers with again: ids and codes, never values. */
export type StoredResult = Readonly<Record<string, string | number | boolean | null>>;

/** The memory of one intent of one actor. */
export interface IdempotencyRow {
  readonly _id: string;
  readonly bodyHash: string;
  readonly result: StoredResult;
  readonly at: Date;
  readonly expireAt: Date;
}

/** An intent that must have its effect once, whoever repeats it. */
export interface Intent {
  readonly rowId: string;
  readonly bodyHash: string;
}

/** Printable ASCII, 8–128 characters: what fits every header and log of every client. */
const keyPattern = /^[\x20-\x7e]{8,128}$/;

/**
 * The intent behind an idempotency key; null when none was given. Another actor's equal key is another intent.
 * @throws AppError or Refusal `INVALID_KEY` style refusal by `onInvalid`.
 */
export function intentOf(
  actor: Actor | null,
  operation: string,
  key: string | null | undefined,
  body: unknown,
  onInvalid: (message: string) => never,
): Intent | null {
  if (key === null || key === undefined) return null;
  if (!keyPattern.test(key)) onInvalid('An idempotency key has 8–128 printable ASCII characters');
  return {
    rowId: keyDigest('idem', actor?.reference ?? 'public', operation, key),
    bodyHash: contentDigest(body),
  };
}

/** The row that remembers an intent's result, to be written first in its transaction. */
export function idempotencyRow(intent: Intent, result: StoredResult, at: Date): IdempotencyRow {
  return {
    _id: intent.rowId,
    bodyHash: intent.bodyHash,
    result,
    at,
    expireAt: new Date(at.getTime() + idempotencyDays * 86_400_000),
  };
}

/** The stored result for the same body. @throws Refusal `IDEMPOTENCY_KEY_REUSED` when the body differs. */
export function replayOf(row: IdempotencyRow, intent: Intent): StoredResult {
  if (row.bodyHash !== intent.bodyHash) {
    refuse(
      'IDEMPOTENCY_KEY_REUSED',
      'This idempotency key came before with another body; use a new key for a new intent',
      ['idempotencyKey'],
    );
  }
  return row.result;
}
