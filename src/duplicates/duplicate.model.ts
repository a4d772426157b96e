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

/** A profile under a blocking key, for the length of one scan. The `_id` says all: run, key, profile. */
export interface DuplicateKeyRow {
  readonly _id: string;
}

/** Blocking keys of a scan: a range of `_id` gives the blocks one after the other, so no index is needed. */
export const duplicateKeyCollection = defineCollection<DuplicateKeyRow>('duplicateKeys', {});

/** The one row that says how far the last scan of a brand has come. */
export const duplicateScanCollection = defineCollection<ScanRow>('duplicateScans', {
  run: Number,
  phase: String,
  position: String,
  counts: anything,
  owner: String,
  fence: Number,
  leaseUntil: Date,
  startedAt: Date,
  endedAt: Date,
});
