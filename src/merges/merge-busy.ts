import type { MergeErrorCode } from '../generated/resolvers-types.js';
import { AppError, refuse } from '../kernel/errors.js';

/**
 * Runs of one transaction's body that rivals may undo. The driver waits longer after each, so this is about a second:
 * whoever asked can wait better than a held connection.
 */
const conflictsMax = 12;

/** The body of a transaction that gives up when rivals keep undoing it. @throws Refusal `MERGE_IN_PROGRESS`. */
export function givingUp<Session>(body: (session: Session) => Promise<void>): (session: Session) => Promise<void> {
  let runs = 0;
  return (session) => {
    runs += 1;
    if (runs > conflictsMax) refuseBusy();
    return body(session);
  };
}

/** Rivals that stay faster than every attempt are something the caller can wait out; nothing was written. */
export async function refusingWhenBusy<T>(commit: () => Promise<T>): Promise<T> {
  try {
    return await commit();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'RETRY') throw error;
    return refuseBusy();
  }
}

function refuseBusy(): never {
  refuse<MergeErrorCode>(
    'MERGE_IN_PROGRESS',
    'Other writes to one of the profiles kept getting in the way; nothing was written, try again in a moment',
  );
}
