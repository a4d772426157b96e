import { Schema } from 'mongoose';
import { defineCollection } from '../brands/collection.js';
import type { MergeRow } from './merge.js';

const anything = Schema.Types.Mixed;

/**
 * Merges of a brand. Inserted with the merge; what changes later goes one way only: the snapshot goes, or the merge is
 * undone. Listed by time, and by the winner or loser they name.
 */
export const mergeCollection = defineCollection<MergeRow>(
  'merges',
  {
    winnerId: String,
    loserId: String,
    accounts: [String],
    planHash: String,
    counts: anything,
    fields: anything,
    comms: anything,
    actor: anything,
    reason: String,
    batchId: String,
    committedAt: Date,
    completedAt: Date,
    changed: [String],
    given: [String],
    undoableUntil: Date,
    snapshot: String,
    undoneAt: Date,
    undoneBy: anything,
    undoReason: String,
  },
  [
    { key: { committedAt: 1, _id: 1 } },
    { key: { winnerId: 1, committedAt: 1, _id: 1 } },
    { key: { loserId: 1 } },
    { key: { undoableUntil: 1 }, partialFilterExpression: { snapshot: { $exists: true } } },
  ],
);
