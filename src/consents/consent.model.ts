import { Schema } from 'mongoose';
import { defineCollection } from '../brands/collection.js';
import type { ConsentEventRow } from './consent-event.js';
import type { NoticeRow } from './notice.js';

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
