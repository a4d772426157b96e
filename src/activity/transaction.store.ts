import type { ClientSession } from 'mongoose';
import type { Database } from '../brands/database.js';
import { insertInBatches } from '../brands/insert-many.js';
import type { Deadline } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import { inKeysMax } from '../kernel/limits.js';
import type { RowProjection } from './row-projection.js';
import type { TransactionKeyRow, TransactionRow } from './transaction.js';
import { transactionCollection, transactionKeyCollection } from './transaction.model.js';

/** How transactions are read. */
export interface TransactionRead {
  readonly deadline: Deadline;
  readonly projection?: RowProjection;
  /** Majority read, for what decides a write. */
  readonly isDeciding?: boolean;
}

function commandOptions(read: TransactionRead): object {
  return {
    maxTimeMS: Math.max(1, read.deadline.remainingMs()),
    ...(read.isDeciding ? { readConcern: { level: 'majority' } } : {}),
  };
}

/** Keys of transactions by id; missing ones are simply absent. One command per thousand. */
export async function findTransactionKeys(
  database: Database,
  ids: readonly Uuid[],
  read: TransactionRead,
): Promise<Map<Uuid, TransactionKeyRow>> {
  const found = new Map<Uuid, TransactionKeyRow>();
  const unique = [...new Set(ids)];
  for (let from = 0; from < unique.length; from += inKeysMax) {
    const part = unique.slice(from, from + inKeysMax);
    const query = database.model(transactionKeyCollection).find({ _id: { $in: part } }, null, {
      lean: true,
      batchSize: part.length + 1,
      ...commandOptions(read),
    });
    for (const row of (await query) as unknown as TransactionKeyRow[]) found.set(row._id, row);
  }
  return found;
}

/** Transactions whose account is known, so that only the shards that hold them are asked. One command per thousand. */
export async function findTransactionsAt(
  database: Database,
  places: readonly { readonly accountId: Uuid; readonly id: Uuid }[],
  read: TransactionRead,
): Promise<TransactionRow[]> {
  const rows: TransactionRow[] = [];
  for (let from = 0; from < places.length; from += inKeysMax) {
    const part = places.slice(from, from + inKeysMax);
    const query = database.model(transactionCollection).find(
      {
        _id: { $in: [...new Set(part.map((place) => place.id))] },
        accountId: { $in: [...new Set(part.map((place) => place.accountId))] },
      },
      read.projection ?? null,
      { lean: true, batchSize: part.length + 1, ...commandOptions(read) },
    );
    rows.push(...((await query) as unknown as TransactionRow[]));
  }
  return rows;
}

/** Inserts the key of a transaction: the check that it comes in once. A duplicate aborts everything. */
export async function insertTransactionKey(
  database: Database,
  row: TransactionKeyRow,
  session: ClientSession,
): Promise<void> {
  await database.model(transactionKeyCollection).collection.insertOne(row as never, { session });
}

/** Turns the key of an awaited purchase into that of a stored one. Returns whether it was still awaited with the same returns. */
export async function fulfilTransactionKey(
  database: Database,
  row: TransactionKeyRow,
  session: ClientSession,
): Promise<boolean> {
  const { _id, returns, ...fields } = row;
  const result = await database
    .model(transactionKeyCollection)
    .collection.updateOne(
      { _id, state: 'AWAITED', returns } as never,
      { $set: fields, $unset: { pendingAt: '' } } as never,
      { session },
    );
  return result.matchedCount === 1;
}

/** Names a return in the key of its purchase. Returns whether the purchase still was in the state that was seen. */
export async function addReturnToKey(
  database: Database,
  original: Pick<TransactionKeyRow, '_id' | 'state'>,
  returnId: Uuid,
  session: ClientSession,
): Promise<boolean> {
  const result = await database
    .model(transactionKeyCollection)
    .collection.updateOne(
      { _id: original._id, state: original.state } as never,
      { $addToSet: { returns: returnId } } as never,
      { session },
    );
  return result.matchedCount === 1;
}

/** Inserts a transaction inside the transaction of its key. */
export async function insertTransaction(
  database: Database,
  row: TransactionRow,
  session: ClientSession,
): Promise<void> {
  await database.model(transactionCollection).collection.insertOne(row as never, { session });
}

/**
 * Inserts many transactions with their keys, without a transaction around them: for filling an empty brand. Keys last,
 * so that a crash leaves no key without its row.
 */
export async function insertTransactions(
  database: Database,
  rows: readonly TransactionRow[],
  keys: readonly TransactionKeyRow[],
): Promise<void> {
  await insertInBatches(database, transactionCollection, rows);
  await insertInBatches(database, transactionKeyCollection, keys);
}
