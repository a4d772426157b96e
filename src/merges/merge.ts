import type { ActorReference } from '../access/actor.js';
import type { Brand } from '../brands/brand.js';
import type {
  CommsRule,
  FieldOutcome,
  FieldRule,
  MergeErrorCode,
  MergeKind,
  MergeStatus,
} from '../generated/resolvers-types.js';
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

/** Where a merge of a batch comes from. Its id is fixed by batch and row, so that no row is ever merged twice. */
export interface MergeOrigin {
  readonly batchId: Uuid;
  readonly mergeId: Uuid;
}

/**
 * The record of one merge, written in its transaction. It holds decisions and no value of the customer, for it outlives
 * whatever is later erased from the profile; what undoing needs is sealed, has an end, and can be erased before.
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
  /** The batch it was part of; absent for a merge of its own. */
  readonly batchId?: Uuid;
  readonly committedAt: Date;
  /** Null while work that follows is under way. */
  readonly completedAt: Date | null;
  /** Stored fields of the winner that it changed, by name; absent in merges older than undoing. */
  readonly changed?: readonly string[];
  /** Stored fields in which the loser had anything, by name. */
  readonly given?: readonly string[];
  /** Until when it may be undone. There exactly as long as `snapshot` is. */
  readonly undoableUntil?: Date;
  /** What undoing needs, sealed with the brand's key; see `merge-snapshot.ts`. */
  readonly snapshot?: string;
  readonly undoneAt?: Date;
  readonly undoneBy?: ActorReference;
  readonly undoReason?: string | null;
}

/** How far a merge has come. */
export function statusOf(merge: Pick<MergeRow, 'undoneAt' | 'completedAt'>): MergeStatus {
  if (merge.undoneAt !== undefined) return 'UNDONE';
  return merge.completedAt === null ? 'SETTLING' : 'COMPLETED';
}

/** Until when a merge may still be undone at an instant; null when it may not. The date counts, whatever is still stored. */
export function undoableUntilOf(merge: Pick<MergeRow, 'undoableUntil'>, now: Date): Date | null {
  const { undoableUntil } = merge;
  return undoableUntil !== undefined && undoableUntil > now ? undoableUntil : null;
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
