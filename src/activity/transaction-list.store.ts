import type { Database } from '../brands/database.js';
import type { Uuid } from '../kernel/ids.js';
import { inKeysMax } from '../kernel/limits.js';
import type { MinorUnits } from './money.js';
import type { TransactionConditions, TransactionRow } from './transaction.js';
import { transactionCollection } from './transaction.model.js';
import type { TransactionRead } from './transaction.store.js';

/** Name of the collection that the parents of a nested list stand in; its model stays with its own room. */
const profiles = 'profiles';

/** Newest first; ids break ties. A backward scan of {accountId, transactedAt, _id}. */
const newestFirst = { transactedAt: -1, _id: -1 } as const;

/** The last transactions of one profile, with the accounts that the database went by. */
export interface LastTransactions {
  readonly _id: Uuid;
  readonly accounts: readonly Uuid[];
  readonly rows: TransactionRow[];
}

/** A place in a list: after the row with this instant and id. */
export interface TransactionPosition {
  readonly at: Date;
  readonly id: Uuid;
}

function conditionsToMatch(conditions: TransactionConditions, below: Date | null = null): Record<string, unknown> {
  const range = {
    ...(conditions.from === null ? {} : { $gte: conditions.from }),
    ...(conditions.to === null ? {} : { $lt: conditions.to }),
    ...(below === null ? {} : { $lte: below }),
  };
  return {
    ...(Object.keys(range).length === 0 ? {} : { transactedAt: range }),
    ...(conditions.types === null ? {} : { type: { $in: [...conditions.types] } }),
    ...(conditions.system === null ? {} : { system: { $eq: conditions.system } }),
  };
}

/**
 * The last rows of many profiles in one command: the server joins, sorts and cuts per profile on merged index scans, so
 * it reads that many rows per profile however long the history is. Profiles without rows are in the answer too.
 */
export async function findLastTransactions(
  database: Database,
  profileIds: readonly Uuid[],
  options: TransactionRead & { readonly limit: number; readonly conditions: TransactionConditions },
): Promise<LastTransactions[]> {
  const match = conditionsToMatch(options.conditions);
  const projection = options.projection ?? null;
  const pipeline = [
    { $match: { _id: { $in: [...profileIds] } } },
    { $project: { accounts: { $ifNull: ['$accounts', '$formerAccounts'] } } },
    {
      $lookup: {
        from: transactionCollection.name,
        localField: 'accounts',
        foreignField: 'accountId',
        as: 'rows',
        pipeline: [
          ...(Object.keys(match).length === 0 ? [] : [{ $match: match }]),
          { $sort: newestFirst },
          { $limit: options.limit },
          ...(projection === null ? [] : [{ $project: projection }]),
        ],
      },
    },
  ];
  const cursor = database.connection.collection(profiles).aggregate(pipeline, {
    batchSize: profileIds.length + 1,
    maxTimeMS: Math.max(1, options.deadline.remainingMs()),
  });
  return (await cursor.toArray()) as unknown as LastTransactions[];
}

/** One page of the transactions on some accounts. */
export async function findTransactionPage(
  database: Database,
  accountIds: readonly Uuid[],
  options: TransactionRead & {
    readonly limit: number;
    readonly conditions: TransactionConditions;
    readonly after: TransactionPosition | null;
  },
): Promise<TransactionRow[]> {
  const { after } = options;
  const filter = {
    accountId: { $in: [...accountIds] },
    ...conditionsToMatch(options.conditions, after?.at ?? null),
    ...(after === null ? {} : { $or: [{ transactedAt: { $lt: after.at } }, { _id: { $lt: after.id } }] }),
  };
  const query = database.model(transactionCollection).find(filter, options.projection ?? null, {
    lean: true,
    sort: newestFirst,
    limit: options.limit,
    singleBatch: true,
    maxTimeMS: Math.max(1, options.deadline.remainingMs()),
  });
  return (await query) as unknown as TransactionRow[];
}

/** How many transactions hang on each of some accounts. Accounts without any are absent. One command per thousand accounts. */
export async function countTransactionsByAccount(
  database: Database,
  accountIds: readonly Uuid[],
  options: TransactionRead & { readonly conditions: TransactionConditions },
): Promise<Map<Uuid, number>> {
  const counts = new Map<Uuid, number>();
  for (let from = 0; from < accountIds.length; from += inKeysMax) {
    const part = accountIds.slice(from, from + inKeysMax);
    const groups = await database
      .model(transactionCollection)
      .aggregate<{ _id: Uuid; n: number }>([
        { $match: { accountId: { $in: part }, ...conditionsToMatch(options.conditions) } },
        { $group: { _id: '$accountId', n: { $sum: 1 } } },
      ])
      .option({ batchSize: part.length + 1, maxTimeMS: Math.max(1, options.deadline.remainingMs()) });
    for (const group of groups) counts.set(group._id, group.n);
  }
  return counts;
}

/** Count and sum per currency of at most so many transactions on some accounts, in no order. */
export async function sumTransactions(
  database: Database,
  accountIds: readonly Uuid[],
  options: TransactionRead & { readonly rowsMax: number; readonly receivedBy?: Date | undefined },
): Promise<{ readonly currency: string; readonly count: number; readonly total: MinorUnits }[]> {
  const groups = await database
    .model(transactionCollection)
    .aggregate<{ _id: string; n: number; total: number }>([
      { $match: { accountId: { $in: [...accountIds] }, ...receivedBy(options.receivedBy) } },
      { $limit: options.rowsMax },
      { $group: { _id: '$currency', n: { $sum: 1 }, total: { $sum: '$total' } } },
    ])
    .option({ maxTimeMS: Math.max(1, options.deadline.remainingMs()) });
  return groups.map((group) => ({ currency: group._id, count: group.n, total: group.total }));
}

function receivedBy(at: Date | undefined): Readonly<Record<string, unknown>> {
  return at === undefined ? {} : { receivedAt: { $lte: at } };
}
