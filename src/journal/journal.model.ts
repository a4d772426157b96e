import { Schema } from 'mongoose';
import { defineCollection } from '../brands/collection.js';
import type { JournalRow } from './journal.js';

/** Work to be carried on by any process; the index holds what is still open, by when it may be taken. */
export const journalCollection = defineCollection<JournalRow>(
  'journals',
  {
    kind: String,
    open: Boolean,
    leaseUntil: Date,
    owner: String,
    fence: Number,
    step: String,
    data: Schema.Types.Mixed,
    attempts: Number,
    lastError: String,
    notBefore: Date,
    createdAt: Date,
    endedAt: Date,
  },
  [{ key: { leaseUntil: 1 }, partialFilterExpression: { open: true } }],
);
