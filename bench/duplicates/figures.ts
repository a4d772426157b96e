import type { ScanCounts } from '../../src/duplicates/duplicate-scan.js';

/** Memory of the scanning process at a moment, right after a full collection: what it really holds. Megabytes. */
export interface HeldMemory {
  readonly atMs: number;
  readonly phase: string;
  /** Objects. */
  readonly heapMb: number;
  /** Buffers and what else lies outside the heap. */
  readonly externalMb: number;
  readonly rssMb: number;
}

/** One scan. The engine runs in another process, so the memory is the scanner's own. */
export interface ScanFigures {
  readonly durationMs: number;
  /** Of the scanning process, all its threads: what is left of the figure when others use the machine. */
  readonly cpuMs: number;
  readonly phasesMs: Readonly<Record<string, number>>;
  readonly counts: ScanCounts;
  readonly memory: readonly HeldMemory[];
}

/** What was found of what was planted. */
export interface FoundPairs {
  readonly kinds: readonly {
    readonly kind: string;
    readonly planted: number;
    readonly found: number;
    readonly likely: number;
  }[];
  readonly pairs: number;
  readonly likely: number;
  /** Of the pairs listed and of the likely ones, those that were planted. */
  readonly right: number;
  readonly likelyRight: number;
}

/** Recall and precision on one brand of the demo. */
export interface DemoFigures {
  readonly brand: string;
  readonly profiles: number;
  readonly seeded: number;
  readonly durationMs: number;
  readonly thresholds: readonly { readonly min: number; readonly listed: number; readonly right: number }[];
}
