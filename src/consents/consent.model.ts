import { Schema } from 'mongoose';
import { defineCollection } from '../brands/collection.js';
import type { ConsentEventRow } from './consent-event.js';
import type { NoticeRow } from './notice.js';
import type { ReceiptRow } from './receipt.js';

/** Wordings, by content. Registry. */
export const noticeCollection = defineCollection<NoticeRow>('notices', {
  version: String,
  language: String,
  text: String,
});

/** What happened to consents. Registry; inserted only. */
export const consentEventCollection = defineCollection<ConsentEventRow>('consentEvents', {
  linkId: String,
  seq: Number,
  status: String,
  at: Date,
  actor: Schema.Types.Mixed,
  evidence: Schema.Types.Mixed,
  prev: String,
  hash: String,
});

/** What receipts say. They name attributes and brands, no value of the customer. Registry; inserted only. */
export const receiptCollection = defineCollection<ReceiptRow>('receipts', {
  linkId: String,
  issuedAt: Date,
  payload: String,
});
