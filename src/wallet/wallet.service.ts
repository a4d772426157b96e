import type { ClientSession } from 'mongoose';
import { type OperationContext, visibleBrand } from '../access/context.js';
import { invalidCursor, openCursor } from '../access/cursor.js';
import { type CountedPage, keysetPage, pageSize } from '../access/page.js';
import { formatMoney, type MoneyText, sumOf } from '../activity/money.js';
import { ownerOfAccount } from '../activity/transaction.service.js';
import type { BrandEntry } from '../brands/brands.js';
import type { Deadline } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import type { NodeId, Uuid } from '../kernel/ids.js';
import type { ProfileView } from '../profiles/profile.js';
import {
  definitionId,
  formatPoints,
  type PointsDefinition,
  type RewardRow,
  type RewardView,
  rewardView,
  totalPoints,
  type WalletRow,
  type WalletView,
} from './wallet.js';
import { loadPointsDefinitions, loadWallet } from './wallet.loader.js';
import {
  findReward,
  insertDefinitionRows,
  insertReward,
  insertRewardRows,
  insertWalletRows,
  readHoldings,
} from './wallet.store.js';

/** What a customer holds; of rewards and points only what the document selects. */
export function walletOf(context: OperationContext, profile: ProfileView): Promise<WalletView> {
  return loadWallet(context, context.brands.get(profile.brand.handle), profile);
}

/** Money that a customer's usable rewards are worth, in the brand's currency. */
export function rewardBalanceOf(wallet: WalletView): MoneyText {
  const currency = wallet.brand.currencyCode;
  return formatMoney(addUp(wallet.rewards.filter((reward) => reward.currency === currency)), currency);
}

function addUp(rewards: readonly RewardRow[]): number {
  const sum = sumOf(rewards.map((reward) => reward.valueRemaining));
  if (sum === null) throw new AppError('INTERNAL', 'Rewards add up to more than can be counted');
  return sum;
}

/**
 * A page of a customer's usable rewards, nearest expiry first. They were read with the wallet, so a page costs nothing.
 * @throws AppError `BAD_USER_INPUT`, `CURSOR_INVALID`.
 */
export function rewardsOf(
  wallet: WalletView,
  args: { readonly first?: number | null; readonly after?: string | null },
): CountedPage<RewardView> {
  const size = pageSize(args.first);
  const binding = { list: 'rewards', brand: wallet.brand.handle, profile: wallet.profileId };
  const after = openCursor(binding, args.after);
  const rest = after === null ? wallet.rewards : wallet.rewards.filter(isBehind(after));
  return keysetPage({
    rows: rest.slice(0, size + 1),
    size,
    binding,
    positionOf: (reward) => [reward.expiresAt?.getTime() ?? null, reward._id],
    isContinued: after !== null,
    totalCount: wallet.rewards.length,
  });
}

function isBehind(position: unknown): (reward: RewardView) => boolean {
  const [expiresAtMs, id] = Array.isArray(position) ? position : [];
  if (typeof id !== 'string' || (expiresAtMs !== null && typeof expiresAtMs !== 'number')) throw invalidCursor();
  const limitMs = expiresAtMs ?? Number.POSITIVE_INFINITY;
  return (reward) => {
    const ownMs = reward.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
    return ownMs > limitMs || (ownMs === limitMs && reward._id > id);
  };
}

/** The reward that a global id names; null when it is not there, its brand is not the actor's, or its owner is not shown. */
export async function loadRewardNode(context: OperationContext, nodeId: NodeId): Promise<RewardView | null> {
  const entry = visibleBrand(context, nodeId.brand);
  const [accountId, id] = nodeId.uuids;
  if (entry === null || accountId === undefined || id === undefined) return null;
  const { deadline } = context;
  const row = await entry.database.run(deadline, () => findReward(entry.database, { accountId, id }, { deadline }));
  if (row === null || (await ownerOfAccount(context, entry, accountId)) === null) return null;
  return rewardView(row, entry.brand);
}

/** A balance in numbers, for previews. */
export interface BalanceFigure {
  /** `rewards`, or `points:` and a definition's handle. */
  readonly unit: string;
  /** Decimal; rewards in the brand's currency. */
  readonly amount: string;
}

/**
 * Balances of some accounts together, from one moment: usable rewards first, then every points definition by handle,
 * zeros included, so that two calls name the same units. Points are what is usable and set aside, less what is owed.
 */
export async function balancesOf(
  context: OperationContext,
  entry: BrandEntry,
  accountIds: readonly Uuid[],
): Promise<BalanceFigure[]> {
  const at = context.clock.now();
  const [definitions, holdings] = await Promise.all([
    loadPointsDefinitions(context, entry),
    readHoldings(entry.database, accountIds, {
      deadline: context.deadline,
      wantsPoints: true,
      wantsRewards: true,
      at,
      isOneMoment: accountIds.length > 1,
    }),
  ]);
  const currency = entry.brand.currencyCode;
  const rewards = holdings.rewards.filter((reward) => reward.currency === currency);
  return [
    { unit: 'rewards', amount: formatMoney(addUp(rewards), currency).amount },
    ...totalPoints(definitions, holdings.wallets).map(({ definition, holding }) => ({
      unit: `points:${definition.handle}`,
      amount: formatPoints(holding.available + holding.held - holding.debt, definition),
    })),
  ];
}

/** Usable rewards on some accounts in numbers, for previews. */
export interface RewardFigures {
  readonly count: number;
  /** What is left of them, one entry per currency, by code. */
  readonly sums: readonly MoneyText[];
}

/** Counts and sums the usable rewards on some accounts. */
export async function countRewards(
  context: OperationContext,
  entry: BrandEntry,
  accountIds: readonly Uuid[],
): Promise<RewardFigures> {
  const { rewards } = await readHoldings(entry.database, accountIds, {
    deadline: context.deadline,
    wantsPoints: false,
    wantsRewards: true,
    at: context.clock.now(),
    isOneMoment: accountIds.length > 1,
  });
  const currencies = [...new Set(rewards.map((reward) => reward.currency))].sort();
  return {
    count: rewards.length,
    sums: currencies.map((currency) =>
      formatMoney(addUp(rewards.filter((reward) => reward.currency === currency)), currency),
    ),
  };
}

/** Issues a reward inside a transaction that also writes its owner. Throws a duplicate key when its id was issued before. */
export function issueReward(entry: BrandEntry, row: RewardRow, session: ClientSession): Promise<void> {
  return insertReward(entry.database, row, session);
}

/** Whether a reward was ever issued, used up or not. */
export async function isIssued(
  { database }: BrandEntry,
  place: { readonly accountId: Uuid; readonly id: Uuid },
  deadline: Deadline,
): Promise<boolean> {
  return (await database.run(deadline, () => findReward(database, place, { deadline }))) !== null;
}

/** Adds wallets of accounts that have none: for demo data and tests. */
export function insertWallets(entry: BrandEntry, rows: readonly WalletRow[]): Promise<void> {
  return insertWalletRows(entry.database, rows);
}

/** Adds rewards: for demo data and tests. */
export function insertRewards(entry: BrandEntry, rows: readonly RewardRow[]): Promise<void> {
  return insertRewardRows(entry.database, rows);
}

/** Adds points definitions: for demo data and tests. */
export function insertDefinitions(entry: BrandEntry, definitions: readonly PointsDefinition[]): Promise<void> {
  return insertDefinitionRows(
    entry.database,
    definitions.map((definition) => ({ _id: definitionId(definition.handle), ...definition })),
  );
}
