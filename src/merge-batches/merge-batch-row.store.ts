import type { ClientSession } from 'mongoose';
import type { Database } from '../brands/database.js';
import type { Deadline } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import type { MergeRefusal } from '../merges/merge.js';
import { type MergeBatchRowDocument, rowIdOf, type StoredRowStatus } from './merge-batch.js';
import { mergeBatchRowCollection } from './merge-batch.model.js';

/** What a row came to. */
export type RowVerdict =
  | { readonly number: number; readonly mergeId: Uuid }
  | { readonly number: number; readonly refusal: MergeRefusal };

/** Rows to be found by what became of them: any of the clauses. */
export type RowClause = { readonly status: StoredRowStatus; readonly order?: { $lt: number } | { $gte: number } };

async function find(
  database: Database,
  filter: object,
  options: { readonly sort?: Record<string, 1>; readonly limit: number; readonly deadline: Deadline },
): Promise<MergeBatchRowDocument[]> {
  const { sort, limit, deadline } = options;
  const query = database.model(mergeBatchRowCollection).find(filter as never, null, {
    lean: true,
    ...(sort === undefined ? {} : { sort }),
    limit,
    batchSize: limit + 1,
    maxTimeMS: Math.max(1, deadline.remainingMs()),
    readConcern: { level: 'majority' },
  });
  return (await query) as unknown as MergeBatchRowDocument[];
}

/** Rows by `_id`, in no order; missing ones are simply absent. */
export function findRows(
  database: Database,
  ids: readonly string[],
  deadline: Deadline,
): Promise<MergeBatchRowDocument[]> {
  return find(database, { _id: { $in: ids } }, { limit: ids.length, deadline });
}

/** The next rows in the order given. */
export function findRowsByNumber(
  database: Database,
  batchId: Uuid,
  page: { readonly after: number; readonly limit: number; readonly deadline: Deadline },
): Promise<MergeBatchRowDocument[]> {
  const range = { $gt: rowIdOf(batchId, page.after), $lte: rowIdOf(batchId, page.after + page.limit) };
  return find(database, { _id: range }, { ...page, sort: { _id: 1 } });
}

/** The next rows of some statuses in the order given: one command per clause, each along its own index range. */
export async function findRowsByStatus(
  database: Database,
  batchId: Uuid,
  page: {
    readonly clauses: readonly RowClause[];
    readonly after: number;
    readonly limit: number;
    readonly deadline: Deadline;
  },
): Promise<MergeBatchRowDocument[]> {
  const { clauses, after, limit, deadline } = page;
  const parts = await Promise.all(
    clauses.map((clause) =>
      find(database, { batchId, ...clause, number: { $gt: after } }, { sort: { number: 1 }, limit, deadline }),
    ),
  );
  return parts
    .flat()
    .sort((a, b) => a.number - b.number)
    .slice(0, limit);
}

/** The next rows in the order of execution, decided ones included. */
export function findRowsByOrder(
  database: Database,
  batchId: Uuid,
  page: { readonly from: number; readonly to?: number; readonly limit: number; readonly deadline: Deadline },
): Promise<MergeBatchRowDocument[]> {
  const { from, to, limit, deadline } = page;
  const order = { $gte: from, ...(to === undefined ? {} : { $lt: to }) };
  return find(database, { batchId, order }, { sort: { order: 1 }, limit, deadline });
}

/** Number of rows of a clause, counted no further than `max + 1`. */
export async function countRows(
  database: Database,
  batchId: Uuid,
  clause: RowClause,
  read: { readonly max: number; readonly deadline: Deadline },
): Promise<number> {
  const [row] = await database
    .model(mergeBatchRowCollection)
    .aggregate<{ n: number }>([
      { $match: { batchId, ...clause } },
      { $limit: read.max + 1 },
      { $group: { _id: null, n: { $sum: 1 } } },
    ])
    .option({ maxTimeMS: Math.max(1, read.deadline.remainingMs()) });
  return row?.n ?? 0;
}

/** Writes new rows inside a transaction. */
export async function insertRows(
  database: Database,
  rows: readonly MergeBatchRowDocument[],
  session: ClientSession,
): Promise<void> {
  if (rows.length === 0) return;
  await database.model(mergeBatchRowCollection).collection.insertMany(rows as never[], { session });
}

/** Removes rows that a preparation which died has left, inside the transaction that writes them anew. */
export async function deleteRows(database: Database, ids: readonly string[], session: ClientSession): Promise<void> {
  await database.model(mergeBatchRowCollection).collection.deleteMany({ _id: { $in: ids as never[] } }, { session });
}

/** Writes verdicts on undecided rows inside a transaction, in one command. Returns whether all of them were undecided. */
export async function decideRows(
  database: Database,
  batchId: Uuid,
  verdicts: readonly RowVerdict[],
  session: ClientSession,
): Promise<boolean> {
  if (verdicts.length === 0) return true;
  const statements = verdicts.map(({ number, ...verdict }) => ({
    updateOne: {
      filter: { _id: rowIdOf(batchId, number), status: 'WAITING' },
      update: { $set: { ...verdict, status: 'mergeId' in verdict ? 'MERGED' : 'REFUSED' } },
    },
  }));
  const result = await database
    .model(mergeBatchRowCollection)
    .collection.bulkWrite(statements as never[], { session, ordered: true });
  return result.matchedCount === verdicts.length;
}
