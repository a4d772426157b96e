import type { ClaimRow } from '../claims/claim.js';
import { newUuid, type Uuid } from '../kernel/ids.js';
import { open, seal } from '../kernel/seal.js';

/**
 * That an account once had an identity that was taken from it. Names the identity by the `_id` of its claim, sealed with
 * the brand's key: a card number is so short that its mere digest could be found again by trying all of them.
 */
export interface FormerIdentityRow {
  readonly _id: Uuid;
  readonly accountId: Uuid;
  /** Sealed `_id` of the claim, in base 64. */
  readonly claim: string;
  /** When it was taken away. */
  readonly at: Date;
}

/** An identity that an account once had, as the brand's key shows it. */
export interface FormerIdentity {
  readonly accountId: Uuid;
  /** `_id` that a claim of the same identity has, whoever's it is. */
  readonly claimId: string;
}

/** The row for an identity that is taken from its account. */
export function formerIdentityRow(
  sealKey: Uint8Array,
  claim: Pick<ClaimRow, '_id' | 'accountId'>,
  at: Date,
): FormerIdentityRow {
  const id = newUuid();
  return { _id: id, accountId: claim.accountId, claim: seal(sealKey, bindingOf(id), claim._id), at };
}

/** What a row says. @throws AppError `INTERNAL` when it was sealed with another key. */
export function openFormerIdentity(sealKey: Uint8Array, row: FormerIdentityRow): FormerIdentity {
  return { accountId: row.accountId, claimId: open(sealKey, bindingOf(row._id), row.claim).toString('utf8') };
}

/** A sealed claim that was copied to another row does not open there. */
function bindingOf(id: Uuid): string {
  return `former-identity:${id}`;
}
