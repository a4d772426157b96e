import DataLoader from 'dataloader';
import type { OperationContext } from '../access/context.js';
import { memoKey } from '../access/world.js';
import type { BrandEntry } from '../brands/brands.js';
import type { ClaimRow } from '../claims/claim.js';
import { findClaims } from '../claims/claim.store.js';
import type { Uuid } from '../kernel/ids.js';
import { childRowsPerCommandMax, inKeysMax } from '../kernel/limits.js';
import { accountsOf, type ProfileView } from '../profiles/profile.js';
import { guestClaimId, type TransactionConditions, type TransactionRow } from './transaction.js';
import { findTransactionKeys, findTransactionsAt } from './transaction.store.js';
import { countTransactionsByAccount, findLastTransactions, findTransactionPage } from './transaction-list.store.js';
import { transactionProjection } from './transaction-projection.js';

/** A list that several profiles of one operation are asked for. */
export interface LastList {
  readonly conditions: TransactionConditions;
  /** Rows per profile, the one that tells of a next page included. */
  readonly limit: number;
}

const nextTurn = { batchScheduleFn: (callback: () => void) => void setImmediate(callback) };

const lastKey = memoKey<Map<string, DataLoader<ProfileView, TransactionRow[], Uuid>>>('last transactions');
const countKey = memoKey<Map<string, DataLoader<ProfileView, number, Uuid>>>('transaction counts');
const byIdKey = memoKey<Map<string, DataLoader<Uuid, TransactionRow | null>>>('transactions by id');
const guestClaimKey = memoKey<Map<string, DataLoader<Uuid, ClaimRow | null>>>('claims of guest sales');

function madeOnce<T>(map: Map<string, T>, key: string, create: () => T): T {
  let made = map.get(key);
  if (made === undefined) {
    made = create();
    map.set(key, made);
  }
  return made;
}

/**
 * The last rows of a profile. All profiles of one level and one list are asked for in one command per brand; the
 * database's idea of their accounts must be this world's, else the world is marked as breached.
 */
export function loadLastTransactions(
  context: OperationContext,
  entry: BrandEntry,
  profile: ProfileView,
  list: LastList,
): Promise<TransactionRow[]> {
  const loaders = context.world.memo(lastKey, () => new Map());
  const key = JSON.stringify([entry.brand.handle, list]);
  const loader = madeOnce(loaders, key, () => {
    // The world this loader belongs to: the context's may be another by the time a batch runs.
    const { world } = context;
    return new DataLoader<ProfileView, TransactionRow[], Uuid>(
      async (profiles) => {
        const read = { deadline: context.deadline, projection: transactionProjection(context), ...list };
        if (profiles.length === 1) {
          const accounts = accountsOf(profiles[0] as ProfileView);
          return [
            await entry.database.run(context.deadline, () =>
              findTransactionPage(entry.database, accounts, { ...read, after: null }),
            ),
          ];
        }
        const answers = await entry.database.run(context.deadline, () =>
          findLastTransactions(
            entry.database,
            profiles.map((each) => each._id),
            read,
          ),
        );
        const byId = new Map(answers.map((answer) => [answer._id, answer]));
        return profiles.map((each) => {
          const answer = byId.get(each._id);
          if (!sameAccounts(accountsOf(each), answer?.accounts)) {
            world.breach('a profile and its last transactions were read with different accounts');
          }
          return answer?.rows ?? [];
        });
      },
      {
        ...nextTurn,
        cacheKeyFn: (each) => each._id,
        maxBatchSize: Math.max(
          1,
          Math.min(inKeysMax, Math.floor(childRowsPerCommandMax / Math.max(1, list.limit - 1))),
        ),
      },
    );
  });
  return loader.load(profile);
}

function sameAccounts(known: readonly Uuid[], brought: readonly Uuid[] | null | undefined): boolean {
  return known.length === brought?.length && known.every((account, index) => account === brought[index]);
}

/** How many rows of a list a profile has; one command per brand for all profiles. */
export function loadTransactionCount(
  context: OperationContext,
  entry: BrandEntry,
  profile: ProfileView,
  conditions: TransactionConditions,
): Promise<number> {
  const loaders = context.world.memo(countKey, () => new Map());
  const loader = madeOnce(
    loaders,
    JSON.stringify([entry.brand.handle, conditions]),
    () =>
      new DataLoader<ProfileView, number, Uuid>(
        async (profiles) => {
          const accounts = profiles.flatMap((each) => accountsOf(each));
          const counts = await entry.database.run(context.deadline, () =>
            countTransactionsByAccount(entry.database, accounts, { deadline: context.deadline, conditions }),
          );
          return profiles.map((each) => accountsOf(each).reduce((sum, account) => sum + (counts.get(account) ?? 0), 0));
        },
        { ...nextTurn, cacheKeyFn: (each) => each._id },
      ),
  );
  return loader.load(profile);
}

/** A transaction by id alone: its key says where it stands. Two commands per brand for all ids of one turn. */
export function loadTransaction(
  context: OperationContext,
  entry: BrandEntry,
  id: Uuid,
): Promise<TransactionRow | null> {
  const loaders = context.world.memo(byIdKey, () => new Map());
  const loader = madeOnce(
    loaders,
    entry.brand.handle,
    () =>
      new DataLoader<Uuid, TransactionRow | null>(async (ids) => {
        const { deadline } = context;
        const rows = await entry.database.run(deadline, async () => {
          const keys = await findTransactionKeys(entry.database, ids, { deadline });
          const places = [...keys.values()].flatMap((key) =>
            key.accountId === undefined ? [] : [{ id: key._id, accountId: key.accountId }],
          );
          return findTransactionsAt(entry.database, places, {
            deadline,
            projection: transactionProjection(context),
          });
        });
        const byId = new Map(rows.map((row) => [row._id, row]));
        return ids.map((each) => byId.get(each) ?? null);
      }, nextTurn),
  );
  return loader.load(id);
}

/** The claim by which a profile took over a guest account; null while nobody has. */
export function loadGuestClaim(
  context: OperationContext,
  entry: BrandEntry,
  accountId: Uuid,
): Promise<ClaimRow | null> {
  const loaders = context.world.memo(guestClaimKey, () => new Map());
  const loader = madeOnce(
    loaders,
    entry.brand.handle,
    () =>
      new DataLoader<Uuid, ClaimRow | null>(async (accounts) => {
        const ids = accounts.map(guestClaimId);
        const found = await entry.database.run(context.deadline, () =>
          findClaims(entry.database, ids, { deadline: context.deadline }),
        );
        return ids.map((id) => found.get(id) ?? null);
      }, nextTurn),
  );
  return loader.load(accountId);
}
