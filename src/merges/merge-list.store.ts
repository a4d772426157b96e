import type { Database } from '../brands/database.js';
import type { Deadline } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import type { MergeRow } from './merge.js';
import { mergeCollection } from './merge.model.js';
import { mergeProjection } from './merge.store.js';

/** A place in a list of merges: the row behind which it goes on. */
export interface MergePosition {
  readonly committedAt: Date;
  readonly id: Uuid;
}

/** One command's worth of a list. */
export interface MergeListRead {
  readonly deadline: Deadline;
  readonly limit: number;
  readonly withSnapshot: boolean;
}

/** Before any merge: a bound that lets the index by time carry a whole list. */
const beginning = new Date(0);

/** Merges of the whole brand, or of those with one of some winners: at most as many as a profile has former ids. */
function listFilter(winnerIds: readonly Uuid[] | null): Readonly<Record<string, unknown>> {
  return winnerIds === null ? {} : { winnerId: { $in: winnerIds } };
}

/** The next merges, newest first. The bound on `committedAt` cuts the index; the `$or` only breaks ties. */
export async function findMergesByTime(
  database: Database,
  winnerIds: readonly Uuid[] | null,
  after: MergePosition | null,
  read: MergeListRead,
): Promise<MergeRow[]> {
  const bound =
    after === null
      ? { committedAt: { $gte: beginning } }
      : {
          committedAt: { $lte: after.committedAt },
          $or: [{ committedAt: { $lt: after.committedAt } }, { _id: { $lt: after.id } }],
        };
  const filter = { ...listFilter(winnerIds), ...bound };
  const query = database.model(mergeCollection).find(filter as never, mergeProjection(read.withSnapshot), {
    lean: true,
    sort: { committedAt: -1, _id: -1 },
    limit: read.limit,
    batchSize: read.limit + 1,
    maxTimeMS: Math.max(1, read.deadline.remainingMs()),
  });
  return (await query) as unknown as MergeRow[];
}

/** Number of merges, counted no further than `max + 1`. */
export async function countMerges(
  database: Database,
  winnerIds: readonly Uuid[] | null,
  max: number,
  deadline: Deadline,
): Promise<number> {
  const match = { ...listFilter(winnerIds), committedAt: { $gte: beginning } };
  const [row] = await database
    .model(mergeCollection)
    .aggregate<{ n: number }>([{ $match: match }, { $limit: max + 1 }, { $group: { _id: null, n: { $sum: 1 } } }])
    .option({ maxTimeMS: Math.max(1, deadline.remainingMs()) });
  return row?.n ?? 0;
}
