import { randomUUID } from 'node:crypto';
import type { PointHolding, PointsDefinition, RewardRow, WalletRow } from '../../../src/wallet/wallet.js';
import { insertDefinitions, insertRewards, insertWallets } from '../../../src/wallet/wallet.service.js';
import type { TestGroup } from '../group.js';

/** Defines a kind of points; without decimals unless said otherwise. */
export async function aPointsDefinition(
  group: TestGroup,
  brand: string,
  overrides: Partial<PointsDefinition> = {},
): Promise<PointsDefinition> {
  const definition: PointsDefinition = {
    handle: 'style',
    name: 'Style points',
    type: 'REWARD',
    decimals: 0,
    ...overrides,
  };
  await insertDefinitions(group.entry(brand), [definition]);
  return definition;
}

/** Points on one account; what is left out is zero. */
export function somePoints(definition: string, holding: Partial<PointHolding> = {}): PointHolding {
  return { definition, available: 0, pending: 0, held: 0, debt: 0, ...holding };
}

/** Stores the wallet of an account (a profile's own account has the profile's id). */
export async function aWallet(
  group: TestGroup,
  brand: string,
  accountId: string,
  points: readonly PointHolding[] = [],
): Promise<WalletRow> {
  const row: WalletRow = { _id: accountId, rev: 1, points };
  await insertWallets(group.entry(brand), [row]);
  return row;
}

/** Stores a reward of ten dollars on an account; it does not expire unless said otherwise. */
export async function aReward(
  group: TestGroup,
  brand: string,
  accountId: string,
  overrides: Partial<RewardRow> = {},
): Promise<RewardRow> {
  const row: RewardRow = {
    _id: randomUUID(),
    accountId,
    definition: 'welcome',
    name: 'Welcome reward',
    valueInitial: 1_000,
    valueRemaining: 1_000,
    currency: 'AUD',
    issuedAt: new Date('2026-01-02T03:04:05.006Z'),
    ...overrides,
  };
  await insertRewards(group.entry(brand), [row]);
  return row;
}
