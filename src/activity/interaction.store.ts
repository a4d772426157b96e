import type { ClientSession } from 'mongoose';
import type { Database } from '../brands/database.js';
import { insertInBatches } from '../brands/insert-many.js';
import type { Deadline } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import type { ActivityList, RowConditions } from './activity-list.store.js';
import type { InteractionConditions, InteractionKeyRow, InteractionRow } from './interaction.js';
import { interactionCollection, interactionKeyCollection } from './interaction.model.js';
import type { RowProjection } from './row-projection.js';

/** How interactions are read. */
export interface InteractionRead {
  readonly deadline: Deadline;
  readonly projection?: RowProjection;
  /** Majority read, for what decides a write. */
  readonly isDeciding?: boolean;
}

/** Interactions as they are listed. */
export const interactionList: ActivityList<InteractionRow> = { collection: interactionCollection, at: 'interactedAt' };

/** The conditions of a list in the terms of the database. */
export function interactionRowConditions(conditions: InteractionConditions): RowConditions {
  const { from, to, actions, channels } = conditions;
  const match = {
    ...(actions === null ? {} : { action: { $in: [...actions] } }),
    ...(channels === null ? {} : { channel: { $in: [...channels] } }),
  };
  return { from, to, match };
}

function oneRow({ deadline, isDeciding }: InteractionRead): object {
  return {
    lean: true,
    limit: 1,
    singleBatch: true,
    maxTimeMS: Math.max(1, deadline.remainingMs()),
    ...(isDeciding ? { readConcern: { level: 'majority' } } : {}),
  };
}

/** The key of an interaction, read to decide; null when it has not come. */
export async function findInteractionKey(
  database: Database,
  id: Uuid,
  read: InteractionRead,
): Promise<InteractionKeyRow | null> {
  const query = database.model(interactionKeyCollection).find({ _id: id }, null, oneRow({ ...read, isDeciding: true }));
  return ((await query) as unknown as InteractionKeyRow[])[0] ?? null;
}

/** The interaction with an id on an account; null when there is none. Only the shard of the account is asked. */
export async function findInteractionAt(
  database: Database,
  place: { readonly id: Uuid; readonly accountId: Uuid },
  read: InteractionRead,
): Promise<InteractionRow | null> {
  const filter = { _id: place.id, accountId: place.accountId };
  const query = database.model(interactionCollection).find(filter, read.projection ?? null, oneRow(read));
  return ((await query) as unknown as InteractionRow[])[0] ?? null;
}

/** How many of at most so many interactions hang on some accounts. */
export async function countInteractionRows(
  database: Database,
  accountIds: readonly Uuid[],
  options: InteractionRead & { readonly rowsMax: number; readonly receivedBy?: Date | undefined },
): Promise<number> {
  const { receivedBy } = options;
  const groups = await database
    .model(interactionCollection)
    .aggregate<{ n: number }>([
      {
        $match: {
          accountId: { $in: [...accountIds] },
          ...(receivedBy === undefined ? {} : { receivedAt: { $lte: receivedBy } }),
        },
      },
      { $limit: options.rowsMax },
      { $group: { _id: null, n: { $sum: 1 } } },
    ])
    .option({ maxTimeMS: Math.max(1, options.deadline.remainingMs()) });
  return groups[0]?.n ?? 0;
}

/** Inserts an interaction inside a transaction, its key first: the check that it comes in once. A duplicate aborts everything. */
export async function insertInteraction(
  database: Database,
  row: InteractionRow,
  key: InteractionKeyRow,
  session: ClientSession,
): Promise<void> {
  await database.model(interactionKeyCollection).collection.insertOne(key as never, { session });
  await database.model(interactionCollection).collection.insertOne(row as never, { session });
}

/**
 * Inserts many interactions with their keys, without a transaction around them: for filling an empty brand. Keys last, so
 * that a crash leaves no key without its row.
 */
export async function insertInteractions(
  database: Database,
  rows: readonly InteractionRow[],
  keys: readonly InteractionKeyRow[],
): Promise<void> {
  await insertInBatches(database, interactionCollection, rows);
  await insertInBatches(database, interactionKeyCollection, keys);
}
