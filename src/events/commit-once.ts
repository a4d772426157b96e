import type { ClientSession } from 'mongoose';
import type { OperationContext } from '../access/context.js';
import { isDuplicateKey } from '../brands/brand-error.js';
import type { Database } from '../brands/database.js';
import { runTransaction } from '../brands/transaction.js';
import { pause } from '../kernel/clock.js';
import { AppError, Refusal } from '../kernel/errors.js';
import { findIdempotency, insertIdempotency } from './event.store.js';
import { type Intent, idempotencyRow, replayOf, type StoredResult } from './idempotency.js';

/** Thrown inside a transaction when what it decided on has changed: everything is undone and decided again. */
export class StaleRead extends Error {
  constructor(what: string) {
    super(`${what} has changed since it was read`);
    this.name = 'StaleRead';
  }
}

/** What was decided outside the transaction: the answer to remember and the writes to make. All ids and times are drawn. */
export interface Decision<Result extends StoredResult> {
  readonly result: Result;
  /** Null when nothing is to be written: the result is already true. */
  readonly write: ((session: ClientSession) => Promise<void>) | null;
}

/** One mutation on one database. */
export interface CommitOnceOptions<Result extends StoredResult> {
  readonly context: OperationContext;
  readonly database: Database;
  readonly intent: Intent | null;
  /**
   * Reads and decides; throws {@link Refusal} for what the caller can put right. Called again, with a higher attempt,
   * when a rival's write or claim got in first.
   */
  readonly decide: (attempt: number) => Promise<Decision<Result>>;
}

/** A result, and whether it is the answer of an earlier, equal call. */
export interface Committed<Result extends StoredResult> {
  readonly result: Result;
  readonly isReplay: boolean;
}

/** Decisions before giving up: conflicts on one profile settle within a few. */
const attemptsMax = 8;

/**
 * Carries a mutation out once: an equal intent that was carried out before is answered from memory, which is looked at
 * before deciding, written first, and looked at once more before a refusal leaves. A duplicate key or a
 * {@link StaleRead} means that a rival was faster: decide again.
 * @throws Refusal as decided, or `IDEMPOTENCY_KEY_REUSED`; AppError `RETRY` when rivals stay faster.
 */
export async function commitOnce<Result extends StoredResult>(
  options: CommitOnceOptions<Result>,
): Promise<Committed<Result>> {
  const { context, database, intent } = options;
  const remembered = await recall<Result>(options);
  if (remembered !== null) return remembered;
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    if (attempt > 0) await pause(Math.min(200, 2 ** attempt * 2 * (0.5 + Math.random())));
    try {
      const decision = await database.run(context.deadline, () => options.decide(attempt));
      const { write } = decision;
      if (write === null && intent === null) return { result: decision.result, isReplay: false };
      const at = context.clock.now();
      await runTransaction(database, context.deadline, async (session) => {
        if (intent !== null) await insertIdempotency(database, idempotencyRow(intent, decision.result, at), session);
        await write?.(session);
      });
      return { result: decision.result, isReplay: false };
    } catch (error) {
      if (!(error instanceof Refusal) && !(error instanceof StaleRead) && !isDuplicateKey(error)) throw error;
      const raced = await recall<Result>(options);
      if (raced !== null) return raced;
      if (error instanceof Refusal) throw error;
    }
  }
  throw new AppError('RETRY', 'Other writes kept getting in the way; nothing was written, send it again', {
    details: { brand: database.owner },
  });
}

async function recall<Result extends StoredResult>(
  options: CommitOnceOptions<Result>,
): Promise<Committed<Result> | null> {
  const { context, database, intent } = options;
  if (intent === null) return null;
  const row = await database.run(context.deadline, () =>
    findIdempotency(database, intent.rowId, { deadline: context.deadline, now: context.clock.now() }),
  );
  return row === null ? null : { result: replayOf(row, intent) as Result, isReplay: true };
}
