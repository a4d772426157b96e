import type { ClientSession } from 'mongoose';
import type { Database } from '../brands/database.js';
import type { Deadline } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import { type MergeBatchDocument, shownStatuses } from './merge-batch.js';
import { mergeBatchCollection } from './merge-batch.model.js';

/** A place in the list of batches by age. */
export interface BatchPosition {
  readonly createdAt: Date;
  readonly id: Uuid;
}

/** How a batch is read: on a transaction's snapshot, or majority until the deadline. */
export type BatchRead = { readonly session: ClientSession } | { readonly deadline: Deadline };

function options(read: BatchRead): object {
  if ('session' in read) return { session: read.session };
  return { maxTimeMS: Math.max(1, read.deadline.remainingMs()), readConcern: { level: 'majority' } };
}

/** Batches by id in any state; missing ones are simply absent. One command: callers ask for at most a page of them. */
export async function findBatches(
  database: Database,
  ids: readonly Uuid[],
  read: BatchRead,
): Promise<MergeBatchDocument[]> {
  const query = database
    .model(mergeBatchCollection)
    .find({ _id: { $in: ids } }, null, { lean: true, batchSize: ids.length + 1, ...options(read) });
  return (await query) as unknown as MergeBatchDocument[];
}

/** One batch in any state; null when there is none. */
export async function findBatch(database: Database, id: Uuid, read: BatchRead): Promise<MergeBatchDocument | null> {
  return (await findBatches(database, [id], read))[0] ?? null;
}

/** The next batches that may be shown, newest first. The bound on `createdAt` cuts the index; the `$or` only breaks ties. */
export async function findBatchPage(
  database: Database,
  page: { readonly after: BatchPosition | null; readonly limit: number; readonly deadline: Deadline },
): Promise<MergeBatchDocument[]> {
  const { after, limit, deadline } = page;
  const position =
    after === null
      ? {}
      : {
          createdAt: { $lte: after.createdAt },
          $or: [{ createdAt: { $lt: after.createdAt } }, { _id: { $lt: after.id } }],
        };
  const query = database
    .model(mergeBatchCollection)
    .find({ status: { $in: [...shownStatuses] }, ...position } as never, null, {
      lean: true,
      sort: { createdAt: -1, _id: -1 },
      limit,
      batchSize: limit + 1,
      ...options({ deadline }),
    });
  return (await query) as unknown as MergeBatchDocument[];
}

/** Number of batches that may be shown, counted no further than `max + 1`. */
export async function countBatches(database: Database, max: number, deadline: Deadline): Promise<number> {
  const [row] = await database
    .model(mergeBatchCollection)
    .aggregate<{ n: number }>([
      { $match: { status: { $in: [...shownStatuses] } } },
      { $limit: max + 1 },
      { $group: { _id: null, n: { $sum: 1 } } },
    ])
    .option({ maxTimeMS: Math.max(1, deadline.remainingMs()) });
  return row?.n ?? 0;
}

/** Writes a new batch inside a transaction. */
export async function insertBatch(database: Database, row: MergeBatchDocument, session: ClientSession): Promise<void> {
  await database.model(mergeBatchCollection).collection.insertOne(row as never, { session });
}

/** A change of a batch. */
export interface BatchUpdate {
  readonly $set?: Readonly<Partial<MergeBatchDocument>>;
  readonly $inc?: Readonly<Record<string, number>>;
}

/**
 * Changes a batch when it still is what the filter says (revision, run, fence …), and raises its revision. Returns whether
 * it was.
 */
export async function changeBatch(
  database: Database,
  filter: { readonly _id: Uuid } & Readonly<Record<string, unknown>>,
  update: BatchUpdate,
  session?: ClientSession,
): Promise<boolean> {
  const full = { ...update, $inc: { ...update.$inc, rev: 1 } };
  const result = await database
    .model(mergeBatchCollection)
    .collection.updateOne(filter as never, full as never, session === undefined ? {} : { session });
  return result.matchedCount === 1;
}
