import type { Database } from '../brands/database.js';
import { isInserted } from '../brands/insert-once.js';
import type { Deadline } from '../kernel/clock.js';
import type { OutgoingRow } from './message.js';
import { outgoingCollection } from './message.model.js';

/** Writes a message. Returns false when there is one with this id, which then stands. */
export function insertOutgoing(database: Database, row: OutgoingRow): Promise<boolean> {
  return isInserted(() => database.model(outgoingCollection).collection.insertOne(row as never));
}

/** One message; null when there is none, or none any more. */
export async function findOutgoing(database: Database, id: string, deadline: Deadline): Promise<OutgoingRow | null> {
  return (await database.model(outgoingCollection).findOne({ _id: id }, null, {
    lean: true,
    maxTimeMS: Math.max(1, deadline.remainingMs()),
    readConcern: { level: 'majority' },
  })) as OutgoingRow | null;
}

/** The newest messages first. */
export async function findNewestOutgoing(
  database: Database,
  limit: number,
  deadline: Deadline,
): Promise<OutgoingRow[]> {
  return (await database.model(outgoingCollection).find({}, null, {
    lean: true,
    sort: { at: -1, _id: -1 },
    limit,
    batchSize: limit + 1,
    maxTimeMS: Math.max(1, deadline.remainingMs()),
  })) as OutgoingRow[];
}

/** Changes a message that waits and has seen so many attempts. Returns whether it still was so. */
export async function changeQueued(
  database: Database,
  row: Pick<OutgoingRow, '_id' | 'attempts'>,
  change: { readonly set: Readonly<Partial<OutgoingRow>>; readonly unset?: readonly (keyof OutgoingRow)[] },
): Promise<boolean> {
  const unset = Object.fromEntries((change.unset ?? []).map((name) => [name, '']));
  const result = await database
    .model(outgoingCollection)
    .collection.updateOne({ _id: row._id as never, state: 'QUEUED', attempts: row.attempts }, {
      $set: change.set,
      ...(change.unset === undefined ? {} : { $unset: unset }),
    } as object);
  return result.matchedCount === 1;
}

/** Ends messages that wait, by `_id`: nobody wants them any more, and what they say goes. */
export async function dropQueued(database: Database, ids: readonly string[], expireAt: Date): Promise<void> {
  if (ids.length === 0) return;
  await database
    .model(outgoingCollection)
    .collection.updateMany({ _id: { $in: [...ids] as never[] }, state: 'QUEUED' }, {
      $set: { state: 'DROPPED', expireAt },
      $unset: { sealed: '', nextAt: '' },
    } as object);
}
