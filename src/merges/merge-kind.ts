import type { OperationContext } from '../access/context.js';
import type { BrandEntry } from '../brands/brands.js';
import type { CollectionDefinition } from '../brands/collection.js';
import type { MergeKind } from '../generated/resolvers-types.js';
import type { Uuid } from '../kernel/ids.js';
import type { ProfileRow } from '../profiles/profile.js';
import type { KindCount } from './merge.js';
import type { PointedRows } from './merge-readable.js';

/** What a kind counts from: a profile with its accounts, and rows that every merge reads anyway. */
export interface KindInput extends PointedRows {
  readonly context: OperationContext;
  readonly entry: BrandEntry;
  readonly row: ProfileRow;
  readonly accounts: readonly Uuid[];
}

/** What came with a loser in a merge of the past. */
export interface MovedInput {
  readonly context: OperationContext;
  readonly entry: BrandEntry;
  /** Accounts that came with the loser. */
  readonly accounts: readonly Uuid[];
  /** Rows that came in later hang on the same accounts and did not move. */
  readonly until: Date;
}

/** What a kind judges an undo by. */
export interface KindUndoInput {
  readonly context: OperationContext;
  readonly entry: BrandEntry;
  /** Accounts that would stay with the winner. */
  readonly winnerAccounts: readonly Uuid[];
  /** Accounts that would go back. */
  readonly loserAccounts: readonly Uuid[];
  /** When the merge was carried out. */
  readonly since: Date;
}

/**
 * One kind of row that a merge takes along without touching it, because the rows hang on accounts. Every collection of
 * such rows belongs to one kind; whoever adds a collection adds it here.
 */
export interface MergeKindDefinition {
  /** As it is counted in plans; null for rows that are shown otherwise, for example as balances. */
  readonly kind: MergeKind | null;
  /** Names of the collections whose rows move with it. */
  readonly collections: readonly string[];
  /** What becomes of the rows, in words for whoever reads the code. */
  readonly rule: string;
  readonly count?: (input: KindInput) => Promise<Pick<KindCount, 'count' | 'sums'>>;
  /**
   * For rows without a bound that are never changed: what came with a loser, counted when someone asks. The merge itself
   * then costs the same for any history.
   */
  readonly countMoved?: (input: MovedInput) => Promise<Pick<KindCount, 'count' | 'sums'>>;
  /**
   * What was done since a merge with rows of both sides together, one sentence each, without personal values; nothing
   * when every row still belongs to one side. Whatever writes such rows touches the profile, so that an undo that has
   * asked before meets the write.
   */
  readonly undoBlockers?: (input: KindUndoInput) => Promise<readonly string[]>;
}

/** Names of collections whose rows hang on accounts and that no kind covers. */
export function uncoveredCollections(
  definitions: readonly CollectionDefinition<{ _id: string }>[],
  kinds: readonly MergeKindDefinition[],
): string[] {
  const covered = new Set(kinds.flatMap((kind) => kind.collections));
  return definitions
    .filter((each) => each.keyedBy === 'account' || accountFields.some((name) => each.schema.path(name) !== undefined))
    .map((each) => each.name)
    .filter((name) => !covered.has(name));
}

/** Fields that say which account a row hangs on. */
const accountFields = ['accountId', 'accountIds'] as const;
