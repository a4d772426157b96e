import { defineCollection } from '../brands/collection.js';
import type { FormerIdentityRow } from './former-identity.js';

/**
 * How long it is remembered whose an identity was: two years, in which whoever has two profiles uses both, and after
 * which a card handed on tells nothing any more.
 */
const rememberedSeconds = 2 * 365 * 24 * 3_600;

/** Identities that were taken from accounts of a brand. */
export const formerIdentityCollection = defineCollection<FormerIdentityRow>(
  'formerIdentities',
  { accountId: String, claim: String, at: Date },
  [{ key: { accountId: 1, _id: 1 } }, { key: { at: 1 }, expireAfterSeconds: rememberedSeconds }],
);
