import { defineCollection } from '../brands/collection.js';
import type { ClaimRow } from './claim.js';

/** Claims of a brand. The index lists the identities of an account; other kinds are found by `_id` alone. */
export const claimCollection = defineCollection<ClaimRow>(
  'claims',
  {
    uid: String,
    kind: String,
    accountId: String,
    profileId: String,
    at: Date,
    publicId: String,
    handle: String,
    identifier: String,
    isActive: Boolean,
    linkId: String,
  },
  [{ key: { accountId: 1, _id: 1 }, partialFilterExpression: { handle: { $exists: true } } }],
);
