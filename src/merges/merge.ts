import type { ActorReference } from '../access/actor.js';
import type { Brand } from '../brands/brand.js';
import type { CommsRule, FieldOutcome, FieldRule, MergeErrorCode, MergeKind } from '../generated/resolvers-types.js';
import type { UserRefusal } from '../kernel/errors.js';
import type { Uuid } from '../kernel/ids.js';
import type { Channel, ProfileRow } from '../profiles/profile.js';

/** A refusal around merging: the same codes and words in a plan's blockers and in `userErrors`. */
export type MergeRefusal = UserRefusal<MergeErrorCode>;

/** A sum in one currency, `amount` in plain decimal notation. */
export interface MoneySum {
  readonly amount: string;
  readonly currencyCode: string;
}

/** How many rows of a kind came with a loser, and what they add up to; null for kinds without an amount. */
export interface KindCount {
  readonly kind: MergeKind;
  readonly count: number;
  readonly sums: readonly MoneySum[] | null;
}

/** How one field was decided, without the values. */
export interface FieldOutcomeRow {
  /** As on `Profile`; inner fields with a dot. */
  readonly field: string;
  readonly outcome: FieldOutcome;
  readonly rule: FieldRule;
  readonly isChoosable: boolean;
}

/** How one field is decided. Values are text, null when empty. */
export interface FieldDecision extends FieldOutcomeRow {
  readonly winnerValue: string | null;
  readonly loserValue: string | null;
}

/** What a merge writes into the winner besides accounts and version: only what changes. */
export type MergedAttributes = Partial<Omit<ProfileRow, '_id' | 'state' | 'version' | 'accounts'>>;

/** One field, or a few that belong together, decided. */
export interface PartPlan {
  readonly decisions: readonly FieldDecision[];
  readonly attributes?: MergedAttributes;
  /** Names by which the caller may choose the loser's value here. */
  readonly choosable: readonly string[];
}

/** How one channel is decided. */
export interface ChannelDecision {
  readonly channel: Channel;
  readonly isPromotional: boolean | null;
  readonly isOptedOut: boolean;
  readonly rule: CommsRule;
}

/**
 * The record of one merge, written in its transaction. It holds decisions and no value of the customer, for it outlives
 * whatever is later erased from the profile.
 */
export interface MergeRow {
  readonly _id: Uuid;
  readonly winnerId: Uuid;
  readonly loserId: Uuid;
  /** Accounts that came with the loser. */
  readonly accounts: readonly Uuid[];
  readonly planHash: string;
  readonly counts: readonly KindCount[];
  readonly fields: readonly FieldOutcomeRow[];
  readonly comms: readonly ChannelDecision[];
  readonly actor: ActorReference;
  readonly reason: string | null;
  readonly committedAt: Date;
  /** Null while work that follows is under way. */
  readonly completedAt: Date | null;
}

/** A merge that may be shown, with the brand it happened in. */
export interface MergeView extends MergeRow {
  readonly __typename: 'Merge';
  readonly brand: Brand;
}

/** Makes a freshly read row a view. */
export function mergeViewOf(row: MergeRow, brand: Brand): MergeView {
  return { ...row, __typename: 'Merge', brand };
}
