import { Schema } from 'mongoose';
import { defineCollection } from '../brands/collection.js';
import type { AuditRow } from './audit.js';
import type { IdempotencyRow } from './idempotency.js';
import type { LeaseRow } from './lease.js';
import type { OutboxRow } from './outbox.js';

const anything = Schema.Types.Mixed;

/** Facts waiting for their followers, and those already told until they expire. */
export const outboxCollection = defineCollection<OutboxRow>(
  'outbox',
  {
    subject: String,
    n: Number,
    kind: String,
    p: Number,
    at: Date,
    pending: Boolean,
    expireAt: Date,
    payload: anything,
  },
  [
    { key: { p: 1, at: 1, _id: 1 }, partialFilterExpression: { pending: true } },
    { key: { expireAt: 1 }, expireAfterSeconds: 0 },
  ],
);

/** Who did what. Inserted only. */
export const auditCollection = defineCollection<AuditRow>(
  'audit',
  { at: Date, actor: anything, action: String, subject: String, requestId: String, purpose: String, payload: anything },
  [{ key: { subject: 1, at: 1 } }, { key: { at: 1 } }],
);

/** Results of mutations by intent. */
export const idempotencyCollection = defineCollection<IdempotencyRow>(
  'idempotency',
  { bodyHash: String, result: anything, at: Date, expireAt: Date },
  [{ key: { expireAt: 1 }, expireAfterSeconds: 0 }],
);

/** Who does what only one process may do at a time. One row per piece of work, for ever. */
export const leaseCollection = defineCollection<LeaseRow>('leases', { owner: String, until: Date, fence: Number });
