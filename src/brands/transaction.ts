import type { ClientSession } from 'mongoose';
import type { Deadline } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import { isTransient } from './brand-error.js';
import type { Database } from './database.js';

/**
 * One multi-document transaction with snapshot reads and a majority, journaled commit. The body runs again after a
 * conflict, so it has no effect but its writes, and everything random or timed is drawn before it. It catches no
 * database error: an error has already ended the transaction on the server. Nothing is committed by a body that ends
 * after the deadline.
 * @throws AppError `RETRY` when conflicts outlast the deadline: nothing was written. `BRAND_TIMEOUT` when the server is too
 * slow for the deadline: with a commit under way the outcome is unknown. `BRAND_UNAVAILABLE`.
 */
export async function runTransaction<T>(
  database: Database,
  deadline: Deadline,
  body: (session: ClientSession) => Promise<T>,
): Promise<T> {
  let hasConflicted = false;
  // Until a body has ended in time nothing can be committed, however late the answers of the server are.
  let isCommitting = false;
  // Timers and clocks differ by a millisecond: what was told to be over must not be committed after all.
  let isOver = false;
  const attempt = async (session: ClientSession): Promise<T> => {
    // The driver calls again only after a conflict, which may have been in the commit.
    hasConflicted ||= isCommitting;
    isCommitting = false;
    if (isOver || deadline.isPast) throw retry(database);
    try {
      const value = await body(session);
      if (isOver || deadline.isPast) throw retry(database);
      isCommitting = true;
      return value;
    } catch (error) {
      hasConflicted ||= isTransient(error);
      throw error;
    }
  };
  try {
    return await database.run(deadline, () => inTransaction(database, deadline, attempt));
  } catch (error) {
    isOver = true;
    const isLate = error instanceof AppError && error.code === 'BRAND_TIMEOUT';
    throw isLate && hasConflicted && !isCommitting ? retry(database) : error;
  }
}

async function inTransaction<T>(
  database: Database,
  deadline: Deadline,
  attempt: (session: ClientSession) => Promise<T>,
): Promise<T> {
  const session = await database.startSession();
  try {
    return await session.withTransaction(() => attempt(session), {
      readConcern: { level: 'snapshot' },
      writeConcern: { w: 'majority', journal: true },
      readPreference: 'primary',
      maxCommitTimeMS: Math.max(1, deadline.remainingMs()),
    });
  } finally {
    await session.endSession();
  }
}

function retry(database: Database): AppError {
  return new AppError('RETRY', 'Other writes kept getting in the way; nothing was written, send it again', {
    details: { brand: database.owner },
  });
}
