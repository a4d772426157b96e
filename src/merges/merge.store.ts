import type { ClientSession } from 'mongoose';
import type { Database } from '../brands/database.js';
import type { Deadline } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import { inKeysMax } from '../kernel/limits.js';
import type { MergeRow } from './merge.js';
import { mergeCollection } from './merge.model.js';

/** How merges are read. */
export interface MergeRead {
  readonly deadline: Deadline;
  /** Whether what undoing needs is read as well: it is larger than all the rest. */
  readonly withSnapshot?: boolean;
  /** Reads on the snapshot of this session's transaction. */
  readonly session?: ClientSession;
}

/** Everything of a merge but its snapshot. */
const shownFields = {
  winnerId: 1,
  loserId: 1,
  accounts: 1,
  planHash: 1,
  counts: 1,
  fields: 1,
  comms: 1,
  actor: 1,
  reason: 1,
  batchId: 1,
  committedAt: 1,
  completedAt: 1,
  changed: 1,
  given: 1,
  undoableUntil: 1,
  undoneAt: 1,
  undoneBy: 1,
  undoReason: 1,
} as const satisfies Partial<Record<keyof MergeRow, 1>>;

/** Fields to read of a merge; null reads everything. */
export function mergeProjection(withSnapshot: boolean): Readonly<Record<string, 1>> | null {
  return withSnapshot ? null : shownFields;
}

/** Merges by id; missing ones are simply absent. One command: callers ask for at most a page of them. */
export async function findMerges(database: Database, ids: readonly Uuid[], read: MergeRead): Promise<MergeRow[]> {
  const query = database
    .model(mergeCollection)
    .find({ _id: { $in: ids } }, mergeProjection(read.withSnapshot ?? false), {
      lean: true,
      batchSize: ids.length + 1,
      // Read right after its commit as well, by whichever process is asked.
      ...(read.session === undefined
        ? { maxTimeMS: Math.max(1, read.deadline.remainingMs()), readConcern: { level: 'majority' } }
        : { session: read.session }),
    });
  return (await query) as unknown as MergeRow[];
}

/** Records a merge, inside its transaction. */
export async function insertMerge(database: Database, row: MergeRow, session: ClientSession): Promise<void> {
  await database.model(mergeCollection).collection.insertOne(row as never, { session });
}

/** What is recorded of an undo. */
export type UndoRecord = Required<Pick<MergeRow, 'undoneAt' | 'undoneBy' | 'undoReason'>>;

/** Marks a merge as undone inside a transaction, if what undoing needs was still there; it goes with that. Returns whether it was. */
export async function markUndone(
  database: Database,
  id: Uuid,
  record: UndoRecord,
  session: ClientSession,
): Promise<boolean> {
  const result = await database
    .model(mergeCollection)
    .collection.updateOne(
      { _id: id, snapshot: { $exists: true } } as never,
      { $set: record, $unset: erased },
      { session },
    );
  return result.matchedCount === 1;
}

/** What goes with a snapshot: a date without one would promise what cannot be kept. */
const erased = { snapshot: '', undoableUntil: '' } as const;

/** Ids of merges whose time for undoing is over and whose snapshot is still there, longest over first. */
export async function findExpiredSnapshots(
  database: Database,
  now: Date,
  read: { readonly deadline: Deadline; readonly limit: number },
): Promise<Uuid[]> {
  const filter = { undoableUntil: { $lte: now }, snapshot: { $exists: true } };
  const query = database.model(mergeCollection).find(
    filter,
    { _id: 1 },
    {
      lean: true,
      sort: { undoableUntil: 1 },
      limit: read.limit,
      batchSize: read.limit + 1,
      maxTimeMS: Math.max(1, read.deadline.remainingMs()),
    },
  );
  return ((await query) as unknown as { readonly _id: Uuid }[]).map(({ _id }) => _id);
}

/** Ids of merges that name one of some profiles as winner or loser and whose snapshot is still there. */
export async function findSnapshotsOf(
  database: Database,
  profileIds: readonly Uuid[],
  session: ClientSession,
): Promise<Uuid[]> {
  const ids = new Set<Uuid>();
  for (let from = 0; from < profileIds.length; from += inKeysMax) {
    const part = { $in: profileIds.slice(from, from + inKeysMax) };
    for (const filter of [
      { winnerId: part, snapshot: { $exists: true } },
      { loserId: part, snapshot: { $exists: true } },
    ]) {
      const query = database.model(mergeCollection).find(filter, { _id: 1 }, { lean: true, session });
      for (const { _id } of (await query) as unknown as { readonly _id: Uuid }[]) ids.add(_id);
    }
  }
  return [...ids];
}

/** Removes the snapshots of some merges. Harmless to repeat. Returns how many were there. */
export async function eraseSnapshots(
  database: Database,
  ids: readonly Uuid[],
  session?: ClientSession,
): Promise<number> {
  let count = 0;
  for (let from = 0; from < ids.length; from += inKeysMax) {
    const filter = { _id: { $in: ids.slice(from, from + inKeysMax) }, snapshot: { $exists: true } };
    const options = session === undefined ? {} : { session };
    const { collection } = database.model(mergeCollection);
    count += (await collection.updateMany(filter as never, { $unset: erased }, options)).modifiedCount;
  }
  return count;
}
