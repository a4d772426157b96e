import { keyDigest } from '../kernel/digest.js';
import type { Uuid } from '../kernel/ids.js';

/** Kinds of keys that are unique in a brand. */
export type ClaimKind = 'id' | 'email' | 'mobile' | 'guest';

/**
 * The one document that says whose a unique key is. Inserting it is the check; no merge rewrites it. An identity is
 * its claim and nothing more.
 */
export interface ClaimRow {
  /** Digest of kind and key. */
  readonly _id: string;
  /** Random; tells this claim from a later one of the same key, and one's own insert from another's. */
  readonly uid: Uuid;
  readonly kind: ClaimKind;
  /** Account that the key hangs on. */
  readonly accountId: Uuid;
  /** Profile on which it was born. Merges do not change it; redirects lead on. */
  readonly profileId: Uuid;
  readonly at: Date;
  /** Identities only: random id that the API shows. */
  readonly publicId?: Uuid;
  /** Identities only. */
  readonly handle?: string;
  /** Identities only: the value exactly as given. */
  readonly identifier?: string;
  /** Identities only: whether look-ups may use it. */
  readonly isActive?: boolean;
  /** Identities only: the link that made it, when a link did. */
  readonly linkId?: Uuid;
}

/** `_id` of the claim of an identity. Handle and identifier are compared exactly. */
export function identityClaimId(handle: string, identifier: string): string {
  return keyDigest('id', handle, identifier);
}

/** `_id` of the claim of an e-mail address, from its match key. */
export function emailClaimId(emailKey: string): string {
  return keyDigest('email', emailKey);
}

/** `_id` of the claim of a mobile number, from its E.164 form. */
export function mobileClaimId(mobileKey: string): string {
  return keyDigest('mobile', mobileKey);
}
