import { Schema } from 'mongoose';
import { defineCollection } from '../brands/collection.js';
import type { DuplicateRow } from './duplicate.js';
import type { ScanRow } from './duplicate-scan.js';

const anything = Schema.Types.Mixed;

/** Pairs of a brand that may be one person. The inbox is read backwards by score within a status. */
export const duplicateCollection = defineCollection<DuplicateRow>(
  'duplicates',
  {
    profiles: [String],
    score: Number,
    signals: anything,
    status: String,
    rev: Number,
    foundAt: Date,
    decidedAt: Date,
    decidedBy: String,
    reason: String,
  },
  [{ key: { status: 1, score: 1, _id: 1 } }, { key: { profiles: 1, score: 1, _id: 1 } }],
);

/**
 * Blocking keys of a scan, for its length: many entries packed into one row, or the mark of a value that too many share.
 * The `_id` begins with run and partition, so a range of `_id` gives a partition and no index is needed.
 */
export interface DuplicateKeyRow {
  readonly _id: string;
  /** Absent in a mark. */
  readonly entries?: Buffer;
}

/** Collection of {@link DuplicateKeyRow}. */
export const duplicateKeyCollection = defineCollection<DuplicateKeyRow>('duplicateKeys', { entries: Buffer });

/** The one row that says how far the last scan of a brand has come. */
export const duplicateScanCollection = defineCollection<ScanRow>('duplicateScans', {
  run: Number,
  partitions: Number,
  phase: String,
  position: String,
  counts: anything,
  owner: String,
  fence: Number,
  leaseUntil: Date,
  startedAt: Date,
  endedAt: Date,
});
