import type { BlockKind } from './duplicate-key.js';

/** Phases of a scan in order: write keys, compare blocks, look again at what is kept, remove the keys. */
export const scanPhases = ['KEYS', 'BLOCKS', 'SETTLE', 'CLEAN', 'DONE'] as const;

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
  /** The last `_id` of the phase's collection that is done; empty at its beginning. */
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

/** A scan's number as it stands at the head of its keys: of fixed width, so that runs do not mix. */
export function runPrefix(run: number): string {
  return `${String(run).padStart(8, '0')}:`;
}
