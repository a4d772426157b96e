import type { CollectionDefinition } from '../brands/collection.js';
import type { Database } from '../brands/database.js';
import type { Deadline } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import { inKeysMax } from '../kernel/limits.js';

/** Name of the collection that the parents of a nested list stand in; its model stays with its own room. */
const profiles = 'profiles';

/** A row of what a customer did: it hangs on an account, at an instant, and never changes. */
export interface ActivityRow {
  readonly _id: Uuid;
  readonly accountId: Uuid;
}

/** A collection that is listed newest first, by a backward scan of its index {accountId, `at`, _id}. */
export interface ActivityList<Row extends ActivityRow> {
  readonly collection: CollectionDefinition<Row>;
  /** Name of the field with the instant. */
  readonly at: Exclude<keyof Row & string, '_id' | 'accountId'>;
}

/** Which rows of a profile to list. All conditions must hold. */
export interface RowConditions {
  /** At or after this instant. */
  readonly from: Date | null;
  /** Before this instant. */
  readonly to: Date | null;
  /** Further conditions, in the terms of the database. */
  readonly match: Readonly<Record<string, unknown>>;
}

/** How rows of a list are read. */
export interface RowRead {
  readonly deadline: Deadline;
  /** Stored fields, 1 for each. Null reads whole rows. */
  readonly projection: Readonly<Record<string, 1>> | null;
}

/** The last rows of one profile, with the accounts that the database went by. */
export interface LastRows<Row> {
  readonly _id: Uuid;
  readonly accounts: readonly Uuid[];
  readonly rows: Row[];
}

/** A place in a list: after the row with this instant and id. */
export interface RowPosition {
  readonly at: Date;
  readonly id: Uuid;
}

const timeLimit = ({ deadline }: Pick<RowRead, 'deadline'>) => ({ maxTimeMS: Math.max(1, deadline.remainingMs()) });

/** Newest first; ids break ties. */
const newestFirst = (at: string) => ({ [at]: -1, _id: -1 }) as Readonly<Record<string, -1>>;

function filterOf(at: string, conditions: RowConditions, below: Date | null = null): Record<string, unknown> {
  const range = {
    ...(conditions.from === null ? {} : { $gte: conditions.from }),
    ...(conditions.to === null ? {} : { $lt: conditions.to }),
    ...(below === null ? {} : { $lte: below }),
  };
  return { ...(Object.keys(range).length === 0 ? {} : { [at]: range }), ...conditions.match };
}

/**
 * The last rows of many profiles in one command: the server joins, sorts and cuts per profile on merged index scans, so
 * it reads that many rows per profile however long the history is. Profiles without rows are in the answer too.
 */
export async function findLastRows<Row extends ActivityRow>(
  database: Database,
  list: ActivityList<Row>,
  profileIds: readonly Uuid[],
  options: RowRead & { readonly limit: number; readonly conditions: RowConditions },
): Promise<LastRows<Row>[]> {
  const match = filterOf(list.at, options.conditions);
  const { projection } = options;
  const pipeline = [
    { $match: { _id: { $in: [...profileIds] } } },
    { $project: { accounts: { $ifNull: ['$accounts', '$formerAccounts'] } } },
    {
      $lookup: {
        from: list.collection.name,
        localField: 'accounts',
        foreignField: 'accountId',
        as: 'rows',
        pipeline: [
          ...(Object.keys(match).length === 0 ? [] : [{ $match: match }]),
          { $sort: newestFirst(list.at) },
          { $limit: options.limit },
          ...(projection === null ? [] : [{ $project: projection }]),
        ],
      },
    },
  ];
  const batch = { batchSize: profileIds.length + 1, ...timeLimit(options) };
  const cursor = database.connection.collection(profiles).aggregate(pipeline, batch);
  return (await cursor.toArray()) as unknown as LastRows<Row>[];
}

/** One page of the rows on some accounts. */
export async function findRowPage<Row extends ActivityRow>(
  database: Database,
  list: ActivityList<Row>,
  accountIds: readonly Uuid[],
  options: RowRead & {
    readonly limit: number;
    readonly conditions: RowConditions;
    readonly after: RowPosition | null;
  },
): Promise<Row[]> {
  const { after } = options;
  const filter = {
    accountId: { $in: [...accountIds] },
    ...filterOf(list.at, options.conditions, after?.at ?? null),
    ...(after === null ? {} : { $or: [{ [list.at]: { $lt: after.at } }, { _id: { $lt: after.id } }] }),
  };
  const query = database.model(list.collection).find(filter as never, options.projection, {
    lean: true,
    sort: newestFirst(list.at),
    limit: options.limit,
    singleBatch: true,
    ...timeLimit(options),
  });
  return (await query) as unknown as Row[];
}

/** How many rows hang on each of some accounts. Accounts without any are absent. One command per thousand accounts. */
export async function countRowsByAccount<Row extends ActivityRow>(
  database: Database,
  list: ActivityList<Row>,
  accountIds: readonly Uuid[],
  options: Pick<RowRead, 'deadline'> & { readonly conditions: RowConditions },
): Promise<Map<Uuid, number>> {
  const counts = new Map<Uuid, number>();
  for (let from = 0; from < accountIds.length; from += inKeysMax) {
    const part = accountIds.slice(from, from + inKeysMax);
    const groups = await database
      .model(list.collection)
      .aggregate<{ _id: Uuid; n: number }>([
        { $match: { accountId: { $in: part }, ...filterOf(list.at, options.conditions) } },
        { $group: { _id: '$accountId', n: { $sum: 1 } } },
      ])
      .option({ batchSize: part.length + 1, ...timeLimit(options) });
    for (const group of groups) counts.set(group._id, group.n);
  }
  return counts;
}
