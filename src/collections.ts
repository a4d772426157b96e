import { tokenCollection } from './access/token.model.js';
import { interactionCollection, interactionKeyCollection } from './activity/interaction.model.js';
import { locationCollection } from './activity/location.model.js';
import { transactionCollection, transactionKeyCollection } from './activity/transaction.model.js';
import type { CollectionDefinition } from './brands/collection.js';
import { claimCollection } from './claims/claim.model.js';
import { consentEventCollection, noticeCollection, receiptCollection } from './consents/consent.model.js';
import { duplicateCollection, duplicateKeyCollection, duplicateScanCollection } from './duplicates/duplicate.model.js';
import { auditCollection, idempotencyCollection, leaseCollection, outboxCollection } from './events/event.model.js';
import { formerIdentityCollection } from './identities/former-identity.model.js';
import { journalCollection } from './journal/journal.model.js';
import {
  activationCollection,
  deliveryCollection,
  linkCollection,
  linkCopyCollection,
  mailboxCollection,
} from './links/link.model.js';
import { mergeBatchCollection, mergeBatchRowCollection } from './merge-batches/merge-batch.model.js';
import { mergeCollection } from './merges/merge.model.js';
import { outgoingCollection } from './messages/message.model.js';
import { addressCollection, profileCollection } from './profiles/profile.model.js';
import { definitionCollection, rewardCollection, walletCollection } from './wallet/wallet.model.js';
import { webhookDeliveryCollection, webhookEndpointCollection } from './webhooks/webhook.model.js';

const eventCollections = [
  outboxCollection,
  auditCollection,
  idempotencyCollection,
  leaseCollection,
  webhookDeliveryCollection,
  webhookEndpointCollection,
];

/** Every collection of a brand's database. */
export const brandCollections: readonly CollectionDefinition<{ _id: string }>[] = [
  claimCollection,
  formerIdentityCollection,
  profileCollection,
  addressCollection,
  mergeCollection,
  duplicateCollection,
  duplicateKeyCollection,
  duplicateScanCollection,
  mergeBatchCollection,
  mergeBatchRowCollection,
  transactionCollection,
  transactionKeyCollection,
  interactionCollection,
  interactionKeyCollection,
  locationCollection,
  walletCollection,
  rewardCollection,
  definitionCollection,
  deliveryCollection,
  linkCopyCollection,
  mailboxCollection,
  outgoingCollection,
  journalCollection,
  ...eventCollections,
];

/** Every collection of the registry. No name, e-mail, phone number or birth date is ever in one. */
export const registryCollections: readonly CollectionDefinition<{ _id: string }>[] = [
  linkCollection,
  activationCollection,
  consentEventCollection,
  noticeCollection,
  receiptCollection,
  journalCollection,
  tokenCollection,
  ...eventCollections,
];
