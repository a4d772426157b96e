import type { ClientSession } from 'mongoose';
import type { Database } from '../brands/database.js';
import type { Deadline } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import { childRowsPerCommandMax, inKeysMax } from '../kernel/limits.js';
import type { FormerIdentityRow } from './former-identity.js';
import { formerIdentityCollection } from './former-identity.model.js';

/** Inserts the row of an identity that is taken away, inside the transaction that takes it. */
export async function insertFormerIdentity(
  database: Database,
  row: FormerIdentityRow,
  session: ClientSession,
): Promise<void> {
  await database.model(formerIdentityCollection).collection.insertOne(row as never, { session });
}

/**
 * Rows of many accounts, in one command per thousand accounts, in no order. Of one command's rows those beyond the limit
 * are left out: so many say that the accounts are somebody's test.
 */
export async function findFormerIdentities(
  database: Database,
  accountIds: readonly Uuid[],
  deadline: Deadline,
): Promise<FormerIdentityRow[]> {
  const rows: FormerIdentityRow[] = [];
  for (let from = 0; from < accountIds.length; from += inKeysMax) {
    const part = accountIds.slice(from, from + inKeysMax);
    const query = database.model(formerIdentityCollection).find({ accountId: { $in: part } }, null, {
      lean: true,
      limit: childRowsPerCommandMax,
      batchSize: childRowsPerCommandMax + 1,
      maxTimeMS: Math.max(1, deadline.remainingMs()),
    });
    rows.push(...((await query) as unknown as FormerIdentityRow[]));
  }
  return rows;
}

/** Removes all rows of these accounts inside a transaction, as when their customer is erased. Returns how many there were. */
export async function deleteFormerIdentities(
  database: Database,
  accountIds: readonly Uuid[],
  session: ClientSession,
): Promise<number> {
  let deleted = 0;
  for (const accountId of accountIds) {
    const rows = await database
      .model(formerIdentityCollection)
      .find({ accountId }, { _id: 1 }, { lean: true, session, batchSize: childRowsPerCommandMax });
    const ids = rows.map((row) => row._id);
    const result = await database.model(formerIdentityCollection).deleteMany({ _id: { $in: ids } }, { session });
    deleted += result.deletedCount;
  }
  return deleted;
}
