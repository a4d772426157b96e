import { defineCollection } from '../brands/collection.js';
import type { OutgoingRow } from './message.js';

/** Messages on their way to carriers, and for a while what became of them. Sending brand. */
export const outgoingCollection = defineCollection<OutgoingRow>(
  'messages',
  {
    at: Date,
    purpose: String,
    channel: String,
    tokenHash: String,
    state: String,
    attempts: Number,
    sealed: String,
    carrier: String,
    nextAt: Date,
    lastError: String,
    lastStatus: Number,
    sentAt: Date,
    expireAt: Date,
  },
  [{ key: { at: 1, _id: 1 } }, { key: { expireAt: 1 }, expireAfterSeconds: 0 }],
);
