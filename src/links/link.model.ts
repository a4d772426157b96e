import { Schema } from 'mongoose';
import { defineCollection } from '../brands/collection.js';
import type { LinkRow } from './cross-brand-link.js';
import type { ActivationRow, DeliveryRow, MessageRow } from './delivery.js';
import type { LinkCopyRow } from './link-copy.js';

const anything = Schema.Types.Mixed;

/** Links with their consents. Registry. */
export const linkCollection = defineCollection<LinkRow>(
  'links',
  {
    open: Boolean,
    state: String,
    step: String,
    epoch: Number,
    ends: [String],
    a: anything,
    b: anything,
    mode: String,
    sharedHandle: String,
    sharedIdentifier: String,
    consent: anything,
    message: anything,
    welcomeReward: String,
    welcomeValue: Number,
    tokenHash: String,
    receiptTokenHash: String,
    confirmationTokenHash: String,
    prior: String,
    quietUntil: Date,
    actor: anything,
    createdAt: Date,
    activateBy: Date,
    activatedAt: Date,
    endedAt: Date,
    keepUntil: Date,
  },
  [
    { key: { ends: 1 } },
    { key: { createdAt: 1, _id: 1 } },
    { key: { 'a.brand': 1, 'b.brand': 1, activatedAt: 1, _id: 1 } },
    { key: { activateBy: 1 }, partialFilterExpression: { open: true } },
    { key: { keepUntil: 1 }, partialFilterExpression: { keepUntil: { $exists: true } } },
  ],
);

/** Which link a customer's token belongs to; those of receipts have no end. Registry. */
export const activationCollection = defineCollection<ActivationRow>('activations', { linkId: String, expireAt: Date }, [
  { key: { expireAt: 1 }, expireAfterSeconds: 0 },
]);

/** Addresses that activation messages go to, while their links are pending. Inviting brand. */
export const deliveryCollection = defineCollection<DeliveryRow>(
  'linkDeliveries',
  { claimId: String, channel: String, sealed: String, decided: anything, slotProfileIds: [String], expireAt: Date },
  [{ key: { expireAt: 1 }, expireAfterSeconds: 0 }],
);

/** What links have copied, as digests, while the links live. Inviting brand. */
export const linkCopyCollection = defineCollection<LinkCopyRow>('linkCopies', { linkId: String, digests: anything });

/** Messages for a carrier to send. Asking brand. */
export const mailboxCollection = defineCollection<MessageRow>(
  'mailbox',
  {
    at: Date,
    purpose: String,
    channel: String,
    to: String,
    subject: String,
    text: String,
    html: String,
    linkId: String,
    tokenHash: String,
  },
  [{ key: { at: 1, _id: 1 } }],
);
