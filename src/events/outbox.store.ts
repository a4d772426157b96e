import type { Database } from '../brands/database.js';
import type { Deadline } from '../kernel/clock.js';
import { outboxCollection } from './event.model.js';
import type { OutboxRow } from './outbox.js';

/** Where a page of facts goes on. */
export interface OutboxPosition {
  readonly at: Date;
  readonly id: string;
}

/** Facts of some partitions that were not told on yet, oldest first. The bound on `at` cuts the index; the `$or` only breaks ties. */
export async function findPending(
  database: Database,
  options: {
    readonly partitions: readonly number[];
    readonly after: OutboxPosition | null;
    readonly limit: number;
    readonly deadline: Deadline;
  },
): Promise<OutboxRow[]> {
  const { after } = options;
  const rest =
    after === null ? {} : { at: { $gte: after.at }, $or: [{ at: { $gt: after.at } }, { _id: { $gt: after.id } }] };
  return (await database
    .model(outboxCollection)
    .find({ p: { $in: [...options.partitions] }, pending: true, ...rest } as never, null, {
      lean: true,
      sort: { at: 1, _id: 1 },
      limit: options.limit,
      batchSize: options.limit + 1,
      maxTimeMS: Math.max(1, options.deadline.remainingMs()),
      // A fact that a failing primary could still lose must not be told.
      readConcern: { level: 'majority' },
    })) as OutboxRow[];
}

/** Notes, in one command, that facts were told to all who follow; they go by themselves after `expireAt`. Harmless to repeat. */
export async function markTold(database: Database, ids: readonly string[], expireAt: Date): Promise<void> {
  if (ids.length === 0) return;
  await database
    .model(outboxCollection)
    .collection.updateMany({ _id: { $in: [...ids] as never[] } }, { $set: { expireAt }, $unset: { pending: '' } });
}
