import type { ClientSession } from 'mongoose';
import type { Database } from '../brands/database.js';
import type { DuplicateStatus } from '../generated/resolvers-types.js';
import type { Deadline } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import { inKeysMax } from '../kernel/limits.js';
import type { DuplicateRow } from './duplicate.js';
import { duplicateCollection } from './duplicate.model.js';
import { insertMissing } from './insert-missing.store.js';

/** Pairs by id, in no order; missing ones are simply absent. Majority read: it decides what staff are asked again. */
export async function findDuplicates(
  database: Database,
  ids: readonly Uuid[],
  deadline: Deadline,
): Promise<DuplicateRow[]> {
  const rows: DuplicateRow[] = [];
  for (let from = 0; from < ids.length; from += inKeysMax) {
    const part = ids.slice(from, from + inKeysMax);
    rows.push(
      ...(await find(database, { _id: { $in: part } }, deadline, {
        batchSize: part.length + 1,
        readConcern: { level: 'majority' },
      })),
    );
  }
  return rows;
}

/** A place in the inbox: the row after which it goes on. */
export interface DuplicatePosition {
  readonly score: number;
  readonly id: Uuid;
}

/** The next pairs in stored states from a score up, the most likely first. The bound on the score cuts the index; the `$or` only breaks ties. */
export function findByScore(
  database: Database,
  read: {
    readonly statuses: readonly DuplicateStatus[];
    readonly minScore: number;
    readonly after: DuplicatePosition | null;
    readonly limit: number;
    readonly deadline: Deadline;
  },
): Promise<DuplicateRow[]> {
  const { after, limit } = read;
  const filter = {
    status: { $in: [...read.statuses] },
    score: { $gte: read.minScore, ...(after === null ? {} : { $lte: after.score }) },
    ...(after === null ? {} : { $or: [{ score: { $lt: after.score } }, { _id: { $lt: after.id } }] }),
  };
  return find(database, filter, read.deadline, { sort: { score: -1, _id: -1 }, limit, batchSize: limit + 1 });
}

/** Pairs in which any of these profiles was named when they were found, in any state and no order. */
export function findByProfiles(
  database: Database,
  profileIds: readonly Uuid[],
  read: { readonly limit: number; readonly deadline: Deadline },
): Promise<DuplicateRow[]> {
  const { limit, deadline } = read;
  return find(database, { profiles: { $in: [...profileIds] } }, deadline, { limit, batchSize: limit + 1 });
}

/** The next pairs by `_id`, for work over all of them. */
export function findDuplicatesAfter(
  database: Database,
  after: Uuid | null,
  read: { readonly limit: number; readonly deadline: Deadline },
): Promise<DuplicateRow[]> {
  const { limit, deadline } = read;
  const filter = after === null ? {} : { _id: { $gt: after } };
  return find(database, filter, deadline, { sort: { _id: 1 }, limit, batchSize: limit + 1 });
}

async function find(
  database: Database,
  filter: Record<string, unknown>,
  deadline: Deadline,
  options: object,
): Promise<DuplicateRow[]> {
  const query = database
    .model(duplicateCollection)
    .find(filter as never, null, { lean: true, maxTimeMS: Math.max(1, deadline.remainingMs()), ...options });
  return (await query) as unknown as DuplicateRow[];
}

/** Writes pairs that are not known yet; returns how many that were. */
export function insertDuplicates(database: Database, rows: readonly DuplicateRow[]): Promise<number> {
  return insertMissing(database, duplicateCollection, rows);
}

/** What may change in a pair. */
export type DuplicateChange = Partial<
  Pick<DuplicateRow, 'score' | 'signals' | 'status' | 'decidedAt' | 'decidedBy' | 'reason'>
>;

/** Changes a pair when it still is as it was read. Returns whether it was. */
export async function changeDuplicate(
  database: Database,
  row: Pick<DuplicateRow, '_id' | 'rev'>,
  change: DuplicateChange,
  session?: ClientSession,
): Promise<boolean> {
  const result = await database
    .model(duplicateCollection)
    .collection.updateOne(
      { _id: row._id, rev: row.rev } as never,
      { $set: change, $inc: { rev: 1 } } as never,
      session === undefined ? {} : { session },
    );
  return result.matchedCount === 1;
}

/** Removes a pair when it still is as it was read. Returns whether it was. */
export async function deleteDuplicate(database: Database, row: Pick<DuplicateRow, '_id' | 'rev'>): Promise<boolean> {
  const result = await database
    .model(duplicateCollection)
    .collection.deleteOne({ _id: row._id, rev: row.rev } as never);
  return result.deletedCount === 1;
}
