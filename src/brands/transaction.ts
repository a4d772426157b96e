import type { ClientSession } from 'mongoose';
import type { Deadline } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import type { Database } from './database.js';

/**
 * One multi-document transaction with snapshot reads and a majority, journaled commit. The body runs again after a
 * conflict, so it has no effect but its writes, and everything random or timed is drawn before it. It catches no
 * database error: an error has already ended the transaction on the server.
 * @throws AppError `RETRY` when conflicts or an unknown outcome outlast the deadline, `BRAND_UNAVAILABLE`, `BRAND_TIMEOUT`.
 */
export async function runTransaction<T>(
  database: Database,
  deadline: Deadline,
  body: (session: ClientSession) => Promise<T>,
): Promise<T> {
  return database.run(deadline, async () => {
    const session = await database.startSession();
    try {
      return await session.withTransaction(
        async () => {
          if (deadline.isPast) {
            throw new AppError('RETRY', 'Other writes kept getting in the way; nothing was written, send it again', {
              details: { brand: database.owner },
            });
          }
          return body(session);
        },
        {
          readConcern: { level: 'snapshot' },
          writeConcern: { w: 'majority', journal: true },
          readPreference: 'primary',
          maxCommitTimeMS: Math.max(1, deadline.remainingMs()),
        },
      );
    } finally {
      await session.endSession();
    }
  });
}
