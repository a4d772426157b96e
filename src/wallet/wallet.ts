import { formatScaled, type MinorUnits } from '../activity/money.js';
import type { Brand } from '../brands/brand.js';
import type { Uuid } from '../kernel/ids.js';

/** What points are for. */
export type PointType = 'TIER' | 'REWARD' | 'OTHER';

/** A kind of points, as the brand has defined it. */
export interface PointsDefinition {
  readonly handle: string;
  readonly name: string;
  readonly type: PointType;
  /** Places after the point, 0–3: stored integers count steps of 10^-decimals. */
  readonly decimals: number;
}

/** A definition as stored. */
export interface DefinitionRow extends PointsDefinition {
  /** Kind and handle: definitions of one kind are a range. */
  readonly _id: string;
}

/** Points of one definition on one account, in the definition's smallest step. */
export interface PointHolding {
  readonly definition: string;
  /** Usable now. */
  readonly available: number;
  /** Earned, not usable yet. */
  readonly pending: number;
  /** Set aside for a redemption under way. */
  readonly held: number;
  /** Owed; never below zero. */
  readonly debt: number;
}

/** What an account holds, as stored. */
export interface WalletRow {
  /** Id of the account. */
  readonly _id: Uuid;
  readonly rev: number;
  readonly points: readonly PointHolding[];
}

/** A discount in money, as stored. Values are minor units of its currency. */
export interface RewardRow {
  readonly _id: Uuid;
  readonly accountId: Uuid;
  readonly definition: string;
  readonly name: string;
  readonly valueInitial: MinorUnits;
  readonly valueRemaining: MinorUnits;
  readonly currency: string;
  readonly issuedAt: Date;
  /** From when it cannot be used any more; absent when it does not expire. */
  readonly expiresAt?: Date;
}

/** A reward of a customer the actor may see. */
export interface RewardView extends RewardRow {
  readonly __typename: 'Reward';
  readonly brand: Brand;
}

/** What a customer holds in one brand at one instant. */
export interface WalletView {
  readonly brand: Brand;
  readonly profileId: Uuid;
  readonly asOf: Date;
  /** Points per definition, summed over the customer's accounts; empty when they were not asked for. */
  readonly points: readonly PointTotal[];
  /** Usable rewards, nearest expiry first; empty when they were not asked for. */
  readonly rewards: readonly RewardView[];
}

/** A definition with what a customer holds of it. */
export interface PointTotal {
  readonly definition: PointsDefinition;
  readonly holding: PointHolding;
}

/** `_id` of a points definition. */
export function definitionId(handle: string): string {
  return `points:${handle}`;
}

/** Makes a freshly read row a view, in place. */
export function rewardView(row: RewardRow, brand: Brand): RewardView {
  const view = row as RewardRow & { __typename?: 'Reward'; brand?: Brand };
  view.__typename = 'Reward';
  view.brand = brand;
  return view as RewardView;
}

/** Whether a reward can be used at an instant. */
export function isUsable(reward: Pick<RewardRow, 'valueRemaining' | 'expiresAt'>, at: Date): boolean {
  return reward.valueRemaining > 0 && (reward.expiresAt === undefined || reward.expiresAt > at);
}

/** Order in which rewards are shown and spent: nearest expiry first, those without one last, ids break ties. */
export function byExpiry(a: RewardRow, b: RewardRow): number {
  const aMs = a.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
  const bMs = b.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
  if (aMs !== bMs) return aMs < bMs ? -1 : 1;
  return a._id < b._id ? -1 : 1;
}

/**
 * Points per definition over several wallets. Definitions come by handle and are listed with zeros where nothing is
 * held; holdings of a definition that is not there are left out, for nobody could say what they are.
 */
export function totalPoints(definitions: readonly PointsDefinition[], wallets: readonly WalletRow[]): PointTotal[] {
  const holdings = wallets.flatMap((wallet) => wallet.points);
  return [...definitions]
    .sort((a, b) => (a.handle < b.handle ? -1 : 1))
    .map((definition) => {
      const own = holdings.filter((holding) => holding.definition === definition.handle);
      const sum = (pick: (holding: PointHolding) => number) => own.reduce((total, each) => total + pick(each), 0);
      return {
        definition,
        holding: {
          definition: definition.handle,
          available: sum((each) => each.available),
          pending: sum((each) => each.pending),
          held: sum((each) => each.held),
          debt: sum((each) => each.debt),
        },
      };
    });
}

/** An amount of points as clients see it. */
export function formatPoints(amount: number, definition: PointsDefinition): string {
  return formatScaled(amount, definition.decimals);
}
