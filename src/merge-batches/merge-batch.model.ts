import { Schema } from 'mongoose';
import { defineCollection } from '../brands/collection.js';
import type { MergeBatchDocument, MergeBatchRowDocument } from './merge-batch.js';

const anything = Schema.Types.Mixed;

/** Batches of merges of a brand, listed by age. */
export const mergeBatchCollection = defineCollection<MergeBatchDocument>(
  'mergeBatches',
  {
    status: String,
    rowCount: Number,
    mergedCount: Number,
    refusedCount: Number,
    doneUpTo: Number,
    windowEnd: Number,
    run: Number,
    fence: Number,
    actor: anything,
    reason: String,
    rev: Number,
    createdAt: Date,
    startedAt: Date,
    finishedAt: Date,
  },
  [{ key: { createdAt: 1, _id: 1 } }],
);

/** Rows of batches: by number they are found by `_id`, to be merged by order, and by status for whoever looks for refusals. */
export const mergeBatchRowCollection = defineCollection<MergeBatchRowDocument>(
  'mergeBatchRows',
  {
    batchId: String,
    number: Number,
    order: Number,
    winnerId: String,
    loserId: String,
    winnerBrand: String,
    loserBrand: String,
    status: String,
    refusal: anything,
    mergeId: String,
  },
  [{ key: { batchId: 1, order: 1 } }, { key: { batchId: 1, status: 1, number: 1 } }],
);
