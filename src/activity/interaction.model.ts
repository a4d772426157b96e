import { defineCollection } from '../brands/collection.js';
import type { InteractionKeyRow, InteractionRow } from './interaction.js';

/** Interactions of a brand. Every index it will ever have: none is added to a collection of this size later. */
export const interactionCollection = defineCollection<InteractionRow>(
  'interactions',
  {
    accountId: String,
    system: String,
    externalId: String,
    action: String,
    channel: String,
    signal: Number,
    name: String,
    namespace: String,
    locationId: String,
    meta: String,
    interactedAt: Date,
    receivedAt: Date,
    contentHash: String,
  },
  [{ key: { accountId: 1, interactedAt: 1, _id: 1 } }],
);

/**
 * Keys of interactions: inserting one is the check. The row's own `_id` cannot be: rows are sharded by account, where
 * `_id` is unique per shard only, and the same interaction sent twice may name its customer's account differently.
 */
export const interactionKeyCollection = defineCollection<InteractionKeyRow>('interactionKeys', {
  accountId: String,
  contentHash: String,
  routing: String,
});
