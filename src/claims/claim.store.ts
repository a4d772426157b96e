import type { ClientSession } from 'mongoose';
import type { Database } from '../brands/database.js';
import type { Deadline } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import { childRowsPerCommandMax, inKeysMax } from '../kernel/limits.js';
import type { ClaimRow } from './claim.js';
import { claimCollection } from './claim.model.js';

/** Reads claims by `_id`; missing ones are simply absent. Majority read, or the snapshot of a transaction. */
export async function findClaims(
  database: Database,
  ids: readonly string[],
  options: { readonly deadline: Deadline; readonly session?: ClientSession },
): Promise<Map<string, ClaimRow>> {
  const found = new Map<string, ClaimRow>();
  const unique = [...new Set(ids)];
  for (let from = 0; from < unique.length; from += inKeysMax) {
    const part = unique.slice(from, from + inKeysMax);
    const query = database.model(claimCollection).find({ _id: { $in: part } }, null, {
      lean: true,
      batchSize: part.length + 1,
      maxTimeMS: Math.max(1, options.deadline.remainingMs()),
      ...(options.session === undefined ? { readConcern: { level: 'majority' } } : { session: options.session }),
    });
    for (const row of (await query) as ClaimRow[]) found.set(row._id, row);
  }
  return found;
}

/** Identities of many accounts, in one command per thousand accounts, in no order. */
export async function findIdentityClaims(
  database: Database,
  accountIds: readonly Uuid[],
  options: { readonly deadline: Deadline; readonly session?: ClientSession },
): Promise<ClaimRow[]> {
  const rows: ClaimRow[] = [];
  for (let from = 0; from < accountIds.length; from += inKeysMax) {
    const part = accountIds.slice(from, from + inKeysMax);
    const query = database.model(claimCollection).find({ accountId: { $in: part }, handle: { $exists: true } }, null, {
      lean: true,
      batchSize: childRowsPerCommandMax,
      maxTimeMS: Math.max(1, options.deadline.remainingMs()),
      ...(options.session === undefined ? {} : { session: options.session }),
    });
    rows.push(...((await query) as ClaimRow[]));
  }
  return rows;
}

/** Inserts claims inside a transaction, in ascending order of `_id` so that rivals meet at the first one. A duplicate aborts everything. */
export async function insertClaims(
  database: Database,
  claims: readonly ClaimRow[],
  session: ClientSession,
): Promise<void> {
  if (claims.length === 0) return;
  const ordered = [...claims].sort((a, b) => (a._id < b._id ? -1 : 1));
  await database
    .model(claimCollection)
    .collection.insertMany(ordered as ClaimRow[] & { _id: never }[], { session, ordered: true });
}

/** Deletes a claim inside a transaction, but only the one that the caller saw. Returns whether it was there. */
export async function deleteClaim(
  database: Database,
  claim: Pick<ClaimRow, '_id' | 'uid'>,
  session: ClientSession,
): Promise<boolean> {
  const result = await database.model(claimCollection).deleteOne({ _id: claim._id, uid: claim.uid }, { session });
  return result.deletedCount === 1;
}

/** Changes whether look-ups may use an identity. Returns whether the claim the caller saw was there. */
export async function setClaimActive(
  database: Database,
  claim: Pick<ClaimRow, '_id' | 'uid'>,
  isActive: boolean,
  session: ClientSession,
): Promise<boolean> {
  const result = await database
    .model(claimCollection)
    .updateOne({ _id: claim._id, uid: claim.uid }, { $set: { isActive } }, { session });
  return result.matchedCount === 1;
}
