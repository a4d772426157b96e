import { defineCollection } from '../brands/collection.js';
import type { TokenRow } from './token.js';

/** Tokens of the group, in the registry. Few, found by `_id` alone. */
export const tokenCollection = defineCollection<TokenRow>('tokens', {
  kind: String,
  reference: String,
  displayName: String,
  role: String,
  grants: [String],
  brandHandles: { type: [String], default: undefined },
  isGroup: Boolean,
  extension: String,
  profileId: String,
  purpose: String,
  createdAt: Date,
  expiresAt: Date,
  revokedAt: Date,
  lastUsedAt: Date,
});
