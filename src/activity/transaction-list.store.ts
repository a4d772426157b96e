import type { Database } from '../brands/database.js';
import type { Uuid } from '../kernel/ids.js';
import type { ActivityList, RowConditions } from './activity-list.store.js';
import type { MinorUnits } from './money.js';
import type { TransactionConditions, TransactionRow } from './transaction.js';
import { transactionCollection } from './transaction.model.js';
import type { TransactionRead } from './transaction.store.js';

/** Transactions as they are listed. */
export const transactionList: ActivityList<TransactionRow> = { collection: transactionCollection, at: 'transactedAt' };

/** The conditions of a list in the terms of the database. */
export function rowConditionsOf({ from, to, types, system }: TransactionConditions): RowConditions {
  const match = {
    ...(types === null ? {} : { type: { $in: [...types] } }),
    ...(system === null ? {} : { system: { $eq: system } }),
  };
  return { from, to, match };
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
