import type { ClientSession } from 'mongoose';
import type { Database } from '../brands/database.js';
import type { Deadline } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import { childRowsPerCommandMax, inKeysMax } from '../kernel/limits.js';
import type { AddressRow, AddressValues } from './address.js';
import { addressCollection } from './profile.model.js';

interface AddressReadOptions {
  readonly deadline: Deadline;
  /** Majority read, for what decides a write. */
  readonly isDeciding?: boolean;
}

/** Addresses of many accounts, in one command per thousand accounts, in no order. */
export async function findAddresses(
  database: Database,
  accountIds: readonly Uuid[],
  options: AddressReadOptions,
): Promise<AddressRow[]> {
  const rows: AddressRow[] = [];
  for (let from = 0; from < accountIds.length; from += inKeysMax) {
    const part = accountIds.slice(from, from + inKeysMax);
    const query = database.model(addressCollection).find({ accountId: { $in: part } }, null, {
      lean: true,
      batchSize: childRowsPerCommandMax,
      ...readOptions(options),
    });
    rows.push(...((await query) as unknown as AddressRow[]));
  }
  return rows;
}

/** One address by its account and id; null when there is none. */
export async function findAddress(
  database: Database,
  key: { readonly accountId: Uuid; readonly id: Uuid },
  options: AddressReadOptions,
): Promise<AddressRow | null> {
  const query = database
    .model(addressCollection)
    .findOne({ _id: key.id, accountId: key.accountId }, null, { lean: true, ...readOptions(options) });
  return (await query) as unknown as AddressRow | null;
}

function readOptions(options: AddressReadOptions): object {
  return {
    maxTimeMS: Math.max(1, options.deadline.remainingMs()),
    ...(options.isDeciding ? { readConcern: { level: 'majority' } } : {}),
  };
}

/** Inserts addresses inside a transaction. */
export async function insertAddresses(
  database: Database,
  rows: readonly AddressRow[],
  session: ClientSession,
): Promise<void> {
  if (rows.length > 0) await database.model(addressCollection).collection.insertMany(rows as never[], { session });
}

/** Replaces the lines of an address inside a transaction when it still is at the revision that was read. Returns whether it was. */
export async function updateAddress(
  database: Database,
  row: Pick<AddressRow, '_id' | 'accountId' | 'rev'>,
  values: AddressValues,
  session: ClientSession,
): Promise<boolean> {
  const result = await database
    .model(addressCollection)
    .collection.updateOne(
      { _id: row._id, accountId: row.accountId, rev: row.rev } as never,
      { $set: values, $inc: { rev: 1 } } as never,
      { session },
    );
  return result.matchedCount === 1;
}

/** Deletes an address inside a transaction when it still is at the revision that was read. Returns whether it was. */
export async function deleteAddress(
  database: Database,
  row: Pick<AddressRow, '_id' | 'accountId' | 'rev'>,
  session: ClientSession,
): Promise<boolean> {
  const result = await database
    .model(addressCollection)
    .collection.deleteOne({ _id: row._id, accountId: row.accountId, rev: row.rev } as never, { session });
  return result.deletedCount === 1;
}
