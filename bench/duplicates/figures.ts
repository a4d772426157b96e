import type { ScanCounts } from '../../src/duplicates/duplicate-scan.js';

/** One scan. */
export interface ScanFigures {
  readonly durationMs: number;
  readonly phasesMs: Readonly<Record<string, number>>;
  readonly counts: ScanCounts;
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
}

/** Recall and precision on one brand of the demo. */
export interface DemoFigures {
  readonly brand: string;
  readonly profiles: number;
  readonly seeded: number;
  readonly durationMs: number;
  readonly thresholds: readonly { readonly min: number; readonly listed: number; readonly right: number }[];
}
