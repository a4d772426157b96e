import { newUuid, type Uuid } from '../kernel/ids.js';
import { type ClaimKind, type ClaimRow, emailClaimId, identityClaimId, mobileClaimId } from './claim.js';
import { readEmail, readPhone } from './match-key.js';

/** Where a new claim hangs. */
export interface ClaimPlace {
  readonly accountId: Uuid;
  /** Profile on which it is born. */
  readonly profileId: Uuid;
  readonly at: Date;
  /** Source of ids; random by default. Seeded where a run must repeat itself. */
  readonly newId?: () => Uuid;
}

/** An identity to be claimed. */
export interface NewIdentity {
  readonly handle: string;
  readonly identifier: string;
  /** The link that makes it, when a link does. */
  readonly linkId?: Uuid;
  /** Kept when an identity gets another identifier; otherwise drawn. */
  readonly publicId?: Uuid;
  readonly isActive?: boolean;
}

function claim(kind: ClaimKind, id: string, place: ClaimPlace): ClaimRow {
  const newId = place.newId ?? newUuid;
  return {
    _id: id,
    uid: newId(),
    kind,
    accountId: place.accountId,
    profileId: place.profileId,
    at: place.at,
  };
}

/** The claim of an e-mail address; null when the text is not an address. */
export function emailClaim(email: string, place: ClaimPlace): ClaimRow | null {
  const read = readEmail(email);
  return read === null ? null : claim('email', emailClaimId(read.key), place);
}

/** The claim of a mobile number, read in a region; null when the text is not a number. */
export function mobileClaim(mobilePhone: string, region: string, place: ClaimPlace): ClaimRow | null {
  const read = readPhone(mobilePhone, region);
  return read === null ? null : claim('mobile', mobileClaimId(read.key), place);
}

/** The claim that is an identity. */
export function identityClaim(identity: NewIdentity, place: ClaimPlace): ClaimRow {
  const newId = place.newId ?? newUuid;
  return {
    ...claim('id', identityClaimId(identity.handle, identity.identifier), place),
    publicId: identity.publicId ?? newId(),
    handle: identity.handle,
    identifier: identity.identifier,
    isActive: identity.isActive ?? true,
    ...(identity.linkId === undefined ? {} : { linkId: identity.linkId }),
  };
}
