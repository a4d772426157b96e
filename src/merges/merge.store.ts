import type { ClientSession } from 'mongoose';
import type { Database } from '../brands/database.js';
import type { Deadline } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import type { MergeRow } from './merge.js';
import { mergeCollection } from './merge.model.js';

/** Merges by id; missing ones are simply absent. One command: callers ask for at most a page of them. */
export async function findMerges(database: Database, ids: readonly Uuid[], deadline: Deadline): Promise<MergeRow[]> {
  const query = database.model(mergeCollection).find({ _id: { $in: ids } }, null, {
    lean: true,
    batchSize: ids.length + 1,
    maxTimeMS: Math.max(1, deadline.remainingMs()),
    // Read right after its commit as well, by whichever process is asked.
    readConcern: { level: 'majority' },
  });
  return (await query) as unknown as MergeRow[];
}

/** Records a merge, inside its transaction. */
export async function insertMerge(database: Database, row: MergeRow, session: ClientSession): Promise<void> {
  await database.model(mergeCollection).collection.insertOne(row as never, { session });
}
