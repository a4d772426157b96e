import { type OperationContext, visibleBrand } from '../access/context.js';
import type { CountedPage } from '../access/page.js';
import type { BrandEntry } from '../brands/brands.js';
import { badInput } from '../kernel/errors.js';
import { expectNodeId, type NodeId, type Uuid } from '../kernel/ids.js';
import { textLengthMax } from '../kernel/limits.js';
import { hasLoneSurrogate } from '../kernel/text.js';
import type { ProfileView } from '../profiles/profile.js';
import { viewOwner } from '../profiles/profile.service.js';
import { listActivity } from './activity-list.service.js';
import { formatMoney, type MoneyText } from './money.js';
import {
  keyRowOf,
  type TransactionConditions,
  type TransactionRow,
  type TransactionType,
  type TransactionView,
  transactionIdOf,
  transactionView,
} from './transaction.js';
import { loadGuestClaim, loadTransaction } from './transaction.loader.js';
import { findTransactionsAt, insertTransactions } from './transaction.store.js';
import { rowConditionsOf, sumTransactions, transactionList } from './transaction-list.store.js';
import { transactionProjection } from './transaction-projection.js';

/** Transactions that a preview counts before it says "and more": counting all would read a whole history. */
const countedMax = 10_000;

/** Filter of a list as clients give it. */
export interface TransactionListFilter {
  readonly from?: Date | null;
  readonly to?: Date | null;
  readonly types?: readonly TransactionType[] | null;
  readonly system?: string | null;
}

/** Which page of a profile's transactions is wanted. */
export interface TransactionListArgs {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly filter?: TransactionListFilter | null;
}

/**
 * A page of a profile's transactions, newest first; see {@link listActivity}.
 * @throws AppError `BAD_USER_INPUT`, `CURSOR_INVALID`, `BRAND_UNAVAILABLE`, `BRAND_TIMEOUT`.
 */
export async function transactionsOf(
  context: OperationContext,
  profile: ProfileView,
  args: TransactionListArgs,
): Promise<CountedPage<TransactionView>> {
  const conditions = conditionsOf(args.filter ?? null);
  return listActivity(context, profile, {
    list: transactionList,
    connection: 'TransactionConnection',
    args,
    conditions: rowConditionsOf(conditions),
    binding: conditions,
    projection: transactionProjection(context),
    viewOf: (row) => transactionView(row, profile.brand, profile),
  });
}

function conditionsOf(filter: TransactionListFilter | null): TransactionConditions {
  const system = filter?.system ?? null;
  if (system !== null && (system.length > textLengthMax || hasLoneSurrogate(system))) {
    throw badInput('This cannot be the handle of a system', ['filter', 'system']);
  }
  const types = filter?.types ?? null;
  return {
    from: filter?.from ?? null,
    to: filter?.to ?? null,
    types: types === null ? null : [...new Set(types)].sort(),
    system,
  };
}

/** How to find one transaction. */
export type TransactionKey =
  | { readonly id: string }
  | { readonly external: { readonly brand: string; readonly system: string; readonly externalId: string } };

/**
 * One transaction; null alike when it is not there and when its brand is not the actor's.
 * @throws AppError `BAD_USER_INPUT` for an id of another kind.
 */
export async function findTransaction(context: OperationContext, key: TransactionKey): Promise<TransactionView | null> {
  if ('id' in key && key.id !== undefined) {
    return loadTransactionNode(context, expectNodeId(key.id, 'txn', ['by', 'id']));
  }
  const { brand, system, externalId } = (key as Extract<TransactionKey, { external: unknown }>).external;
  const entry = visibleBrand(context, brand);
  if (entry === null || hasLoneSurrogate(system + externalId)) return null;
  const row = await loadTransaction(context, entry, transactionIdOf(brand, system, externalId));
  return row === null ? null : transactionView(row, entry.brand);
}

/** The transaction that a global id names, read where it stands. Null as {@link findTransaction}. */
export async function loadTransactionNode(context: OperationContext, nodeId: NodeId): Promise<TransactionView | null> {
  const entry = visibleBrand(context, nodeId.brand);
  const [accountId, id] = nodeId.uuids;
  if (entry === null || accountId === undefined || id === undefined) return null;
  const { deadline } = context;
  const [row] = await entry.database.run(deadline, () =>
    findTransactionsAt(entry.database, [{ accountId, id }], { deadline, projection: transactionProjection(context) }),
  );
  return row === undefined ? null : transactionView(row, entry.brand);
}

/** The purchase that a return takes back; null when it names none or that has not come. */
export async function originalOf(
  context: OperationContext,
  transaction: TransactionView,
): Promise<TransactionView | null> {
  if (transaction.returnOf === undefined) return null;
  const entry = context.brands.get(transaction.brand.handle);
  const row = await loadTransaction(context, entry, transaction.returnOf);
  return row === null ? null : transactionView(row, entry.brand);
}

/** The live profile that a transaction belongs to in this operation's world; null for a sale to nobody. */
export async function ownerOfTransaction(
  context: OperationContext,
  transaction: TransactionView,
): Promise<ProfileView | null> {
  if (transaction.owner !== undefined) return transaction.owner;
  return ownerOfAccount(context, context.brands.get(transaction.brand.handle), transaction.accountId);
}

/** The live profile that an account belongs to: the one born with it, or the one that claimed it from a guest. */
export async function ownerOfAccount(
  context: OperationContext,
  entry: BrandEntry,
  accountId: Uuid,
): Promise<ProfileView | null> {
  const born = await viewOwner(context, entry, accountId);
  if (born !== null) return born;
  const claim = await loadGuestClaim(context, entry, accountId);
  return claim === null ? null : viewOwner(context, entry, accountId, claim.profileId);
}

/** Transactions on some accounts in numbers, for previews. */
export interface TransactionFigures {
  /** At most 10,000. */
  readonly count: number;
  /** Whether there are more than were counted; `sums` then cover the counted ones only. */
  readonly isCapped: boolean;
  /** Totals, one entry per currency, by code. */
  readonly sums: readonly MoneyText[];
}

/** Counts and sums the transactions on some accounts in one command; stops counting at 10,000. */
export async function countTransactions(
  context: OperationContext,
  entry: BrandEntry,
  accountIds: readonly Uuid[],
  receivedBy?: Date,
): Promise<TransactionFigures> {
  const { deadline } = context;
  const groups = await entry.database.run(deadline, () =>
    sumTransactions(entry.database, accountIds, { deadline, rowsMax: countedMax + 1, receivedBy }),
  );
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  return {
    count: Math.min(count, countedMax),
    isCapped: count > countedMax,
    sums: groups
      .map((group) => formatMoney(group.total, group.currency))
      .sort((a, b) => (a.currencyCode < b.currencyCode ? -1 : 1)),
  };
}

/**
 * Fills a brand with transactions and their keys, a thousand per command and outside any transaction: for demo data and
 * tests. A row on an account of its own is a sale to nobody.
 */
export async function addTransactions(entry: BrandEntry, rows: readonly TransactionRow[]): Promise<void> {
  const keys = rows.map((row) => keyRowOf(row, row.accountId === row._id ? 'GUEST' : 'MATCHED'));
  await insertTransactions(entry.database, rows, keys);
}
