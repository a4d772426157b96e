import type { BlockKind } from './duplicate-key.js';

/**
 * Phases of a scan in order: write keys, mark values that too many share, compare blocks, look again at what is kept,
 * remove the keys.
 */
export const scanPhases = ['KEYS', 'COMMON', 'BLOCKS', 'SETTLE', 'CLEAN', 'DONE'] as const;

/** Where a scan stands. */
export type ScanPhase = (typeof scanPhases)[number];

/** What a scan has seen and done so far. Counts go with the position, so that a part done twice is counted once. */
export interface ScanCounts {
  /** Live profiles. */
  readonly profiles: number;
  readonly keys: number;
  /** Blocks of at least two profiles. */
  readonly blocks: number;
  /** Blocks above their limit, by kind: nobody in them was compared because of them. */
  readonly skippedBlocks: Readonly<Partial<Record<BlockKind, number>>>;
  /** Profiles in skipped blocks, each as often as it is in one. */
  readonly skippedMembers: number;
  /** Pairs compared; one that shares several keys is compared under each. */
  readonly comparisons: number;
  /** Pairs that were not known before. */
  readonly found: number;
  /** Known pairs whose evidence is gone, or whose profiles are. */
  readonly dropped: number;
  /** Open pairs afterwards. */
  readonly open: number;
  /** Of them, those from the likely score up. */
  readonly likely: number;
}

/** Nothing yet. */
export const noCounts: ScanCounts = {
  profiles: 0,
  keys: 0,
  blocks: 0,
  skippedBlocks: {},
  skippedMembers: 0,
  comparisons: 0,
  found: 0,
  dropped: 0,
  open: 0,
  likely: 0,
};

/** What one batch came to: written once its effect is there. */
export interface BatchEnd {
  /** Whether the phase may have more. */
  readonly hasMore: boolean;
  readonly change: Partial<Pick<ScanRow, 'position' | 'counts'>>;
}

/** The last scan of a brand. */
export interface ScanRow {
  readonly _id: string;
  /** Number of the scan; keys of an earlier one are never read. */
  readonly run: number;
  readonly phase: ScanPhase;
  /** Into how many parts the keys of values, and again those of names, are divided; the same for the whole run. */
  readonly partitions: number;
  /** Where the phase goes on, in its own terms; empty at its beginning. */
  readonly position: string;
  readonly counts: ScanCounts;
  /** Process at work. */
  readonly owner: string | null;
  /** Rises with every lease: whoever holds an old one writes no position any more. */
  readonly fence: number;
  readonly leaseUntil: Date;
  readonly startedAt: Date;
  readonly endedAt?: Date;
}

/** How much of a brand a scan has in hand at a time. Nothing that a scan keeps in memory is bound by anything else. */
export interface ScanLimits {
  /** Profiles whose keys are worked out together: some 20 ms of the processor, so that requests get their turn. */
  readonly profilesPerPage: number;
  /** Entries that are packed and written together: about a megabyte, and a second's work that a crash may cost. */
  readonly entriesPerBatch: number;
  /** Entries that a partition is planned for: some 10 MB while it is put into order. */
  readonly entriesPerPartition: number;
  /** Rows of packed entries that are read together: a few kilobytes each, 700 at the most. */
  readonly chunksPerPage: number;
  /** Profiles of the blocks that are compared together: one command reads them. */
  readonly profilesPerComparison: number;
  /** Pairs that are compared together, and at most one block more: below 50 ms of the processor. */
  readonly pairsPerComparison: number;
  /** Known pairs that are looked at again together. */
  readonly pairsPerSettling: number;
  /** Rows of packed entries that are removed at once. */
  readonly chunksPerRemoval: number;
}

/** Limits of every scan but those of tests. */
export const scanLimits: ScanLimits = {
  profilesPerPage: 500,
  entriesPerBatch: 24_000,
  entriesPerPartition: 32_000,
  chunksPerPage: 32,
  profilesPerComparison: 1_000,
  pairsPerComparison: 4_000,
  pairsPerSettling: 500,
  chunksPerRemoval: 500,
};

/** A scan's number as it stands at the head of its keys: of fixed width, so that runs do not mix. */
export function runPrefix(run: number): string {
  return `${String(run).padStart(8, '0')}:`;
}
