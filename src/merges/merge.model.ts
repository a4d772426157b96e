import { Schema } from 'mongoose';
import { defineCollection } from '../brands/collection.js';
import type { MergeRow } from './merge.js';

const anything = Schema.Types.Mixed;

/** Merges of a brand. Inserted with the merge, never changed; found by id. */
export const mergeCollection = defineCollection<MergeRow>('merges', {
  winnerId: String,
  loserId: String,
  accounts: [String],
  planHash: String,
  counts: anything,
  fields: anything,
  comms: anything,
  actor: anything,
  reason: String,
  committedAt: Date,
  completedAt: Date,
});
