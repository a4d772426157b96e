import type { ClientSession } from 'mongoose';
import type { Database } from '../brands/database.js';
import { insertInBatches } from '../brands/insert-many.js';
import { runTransaction } from '../brands/transaction.js';
import type { Deadline } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import { childRowsPerCommandMax, inKeysMax } from '../kernel/limits.js';
import type { DefinitionRow, RewardRow, WalletRow } from './wallet.js';
import { definitionCollection, rewardCollection, walletCollection } from './wallet.model.js';

/** Definitions of one brand that fit into one batch; brands have a few dozen. */
const definitionsMax = 1_000;

/** Which balances of some accounts to read. */
export interface HoldingsRead {
  readonly deadline: Deadline;
  readonly wantsPoints: boolean;
  readonly wantsRewards: boolean;
  /** Rewards that cannot be used at this instant any more are left out. */
  readonly at: Date;
  /** All from one moment: needed as soon as one customer has several accounts, between which points move. */
  readonly isOneMoment: boolean;
}

/** Balances of some accounts, in no order. Accounts that hold nothing have no row. */
export interface Holdings {
  readonly wallets: readonly WalletRow[];
  readonly rewards: readonly RewardRow[];
}

/** Reads balances with one command per collection; from one moment, in one read-only transaction, where that matters. */
export async function readHoldings(
  database: Database,
  accountIds: readonly Uuid[],
  read: HoldingsRead,
): Promise<Holdings> {
  if (read.isOneMoment) {
    return runTransaction(database, read.deadline, async (session) => ({
      wallets: read.wantsPoints ? await findWallets(database, accountIds, { session }) : [],
      rewards: read.wantsRewards ? await findUsableRewards(database, accountIds, read.at, { session }) : [],
    }));
  }
  const options = { maxTimeMS: Math.max(1, read.deadline.remainingMs()) };
  return database.run(read.deadline, async () => {
    const [wallets, rewards] = await Promise.all([
      read.wantsPoints ? findWallets(database, accountIds, options) : [],
      read.wantsRewards ? findUsableRewards(database, accountIds, read.at, options) : [],
    ]);
    return { wallets, rewards };
  });
}

type FindOptions = { readonly session: ClientSession } | { readonly maxTimeMS: number };

async function findWallets(
  database: Database,
  accountIds: readonly Uuid[],
  options: FindOptions,
): Promise<WalletRow[]> {
  const rows: WalletRow[] = [];
  for (let from = 0; from < accountIds.length; from += inKeysMax) {
    const part = accountIds.slice(from, from + inKeysMax);
    const query = database
      .model(walletCollection)
      .find({ _id: { $in: part } }, null, { lean: true, batchSize: part.length + 1, ...options });
    rows.push(...((await query) as unknown as WalletRow[]));
  }
  return rows;
}

async function findUsableRewards(
  database: Database,
  accountIds: readonly Uuid[],
  at: Date,
  options: FindOptions,
): Promise<RewardRow[]> {
  const rows: RewardRow[] = [];
  for (let from = 0; from < accountIds.length; from += inKeysMax) {
    const part = accountIds.slice(from, from + inKeysMax);
    const query = database.model(rewardCollection).find(
      {
        accountId: { $in: part },
        valueRemaining: { $gt: 0 },
        $or: [{ expiresAt: { $exists: false } }, { expiresAt: { $gt: at } }],
      },
      null,
      { lean: true, batchSize: childRowsPerCommandMax, ...options },
    );
    rows.push(...((await query) as unknown as RewardRow[]));
  }
  return rows;
}

/** A reward where its account is known; null when it is not there. */
export async function findReward(
  database: Database,
  place: { readonly accountId: Uuid; readonly id: Uuid },
  read: { readonly deadline: Deadline },
): Promise<RewardRow | null> {
  const query = database.model(rewardCollection).findOne({ _id: place.id, accountId: place.accountId }, null, {
    lean: true,
    maxTimeMS: Math.max(1, read.deadline.remainingMs()),
  });
  return (await query) as unknown as RewardRow | null;
}

/** The points definitions of a brand, by handle. */
export async function findPointsDefinitions(
  database: Database,
  read: { readonly deadline: Deadline },
): Promise<DefinitionRow[]> {
  // ';' is the character after ':': the range holds every id of the kind and no other.
  const query = database.model(definitionCollection).find({ _id: { $gte: 'points:', $lt: 'points;' } }, null, {
    lean: true,
    sort: { _id: 1 },
    batchSize: definitionsMax,
    maxTimeMS: Math.max(1, read.deadline.remainingMs()),
  });
  return (await query) as unknown as DefinitionRow[];
}

/** Adds wallets of accounts that have none. */
export function insertWalletRows(database: Database, rows: readonly WalletRow[]): Promise<void> {
  return insertInBatches(database, walletCollection, rows);
}

/** Adds rewards. */
export function insertRewardRows(database: Database, rows: readonly RewardRow[]): Promise<void> {
  return insertInBatches(database, rewardCollection, rows);
}

/** Adds a reward inside a transaction that also writes its owner. An id that is there already shows as a duplicate key. */
export async function insertReward(database: Database, row: RewardRow, session: ClientSession): Promise<void> {
  await database.model(rewardCollection).collection.insertOne(row as never, { session });
}

/** Adds definitions. */
export function insertDefinitionRows(database: Database, rows: readonly DefinitionRow[]): Promise<void> {
  return insertInBatches(database, definitionCollection, rows);
}
