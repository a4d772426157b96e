import { type OperationContext, requireActor, visibleBrand, visibleBrands } from '../access/context.js';
import { hasScope } from '../access/scopes.js';
import type { BrandEntry } from '../brands/brands.js';
import { type ClaimRow, emailClaimId, identityClaimId, mobileClaimId } from '../claims/claim.js';
import { loadClaim } from '../claims/claim.loader.js';
import { isIdentifier, readEmail, readPhone } from '../claims/match-key.js';
import type { IdentityLookup, ProfileLookup } from '../generated/resolvers-types.js';
import { AppError, badInput } from '../kernel/errors.js';
import { expectNodeId, isUuid, type NodeId, type Uuid } from '../kernel/ids.js';
import { identifierLengthMax } from '../kernel/limits.js';
import type { ProfileView } from './profile.js';
import { viewOwner, viewProfile } from './profile.service.js';

/**
 * The live profile that a look-up leads to, in this operation's world: claim, profile of birth, redirects. Null alike for
 * what is not there, what waits for its customer, and what belongs to a brand that is not the token's. `path` leads to
 * the look-up in the arguments.
 * @throws AppError `BAD_USER_INPUT` for a key that has not its form; `FORBIDDEN` for an address, when the token is the
 * group's and may not search.
 */
export async function lookUpProfile(
  context: OperationContext,
  by: ProfileLookup,
  path: readonly string[] = ['by'],
): Promise<ProfileView | null> {
  const given = Object.entries(by).filter(([, value]) => value !== null && value !== undefined);
  if (given.length !== 1) throw badInput('Give exactly one key to look up by', path);
  if (by.id) {
    const node = expectNodeId(by.id, 'prof', [...path, 'id']);
    return loadProfileNode(context, node);
  }
  if (by.localId) {
    const { brand, localId } = by.localId;
    if (!isUuid(localId)) throw badInput('A UUID in lower case was expected', [...path, 'localId', 'localId']);
    const entry = visibleBrand(context, brand);
    return entry === null ? null : viewProfile(context, entry, localId);
  }
  if (by.email) return byEmail(context, by.email, [...path, 'email', 'email']);
  if (by.mobilePhone) return byMobile(context, by.mobilePhone, [...path, 'mobilePhone', 'mobilePhone']);
  if (by.identity) return byIdentity(context, by.identity, [...path, 'identity']);
  throw badInput('This key is not one to look up by', path);
}

/** The profile that a global id names, or the one it was merged into; null when it is not there to be seen. */
export async function loadProfileNode(context: OperationContext, nodeId: NodeId): Promise<ProfileView | null> {
  const entry = visibleBrand(context, nodeId.brand);
  return entry === null ? null : viewProfile(context, entry, nodeId.uuids[0] as Uuid);
}

/** The live profile that owns a claim in this operation's world; null when nobody has the key, or nobody who may be shown. */
export async function viewClaimOwner(
  context: OperationContext,
  entry: BrandEntry,
  claimId: string,
): Promise<ProfileView | null> {
  const claim = await loadClaim(context, entry, claimId);
  if (claim === null || claim.isActive === false) return null;
  return viewOwner(context, entry, claim.accountId, claim.profileId);
}

/**
 * The claim of an identity that look-ups may use; null when nobody has it. `path` leads to the look-up in the arguments.
 * @throws AppError `BAD_USER_INPUT` for an identifier that nobody can have.
 */
export async function findIdentity(
  context: OperationContext,
  by: IdentityLookup,
  path: readonly string[],
): Promise<{ readonly entry: BrandEntry; readonly claim: ClaimRow } | null> {
  if (!isIdentifier(by.identifier)) {
    const wanted = `An identifier has 1–${identifierLengthMax} characters and no control characters`;
    throw badInput(wanted, [...path, 'identifier']);
  }
  const entry = visibleBrand(context, by.brand);
  if (entry === null) return null;
  const claim = await loadClaim(context, entry, identityClaimId(by.handle, by.identifier));
  return claim === null || claim.isActive === false ? null : { entry, claim };
}

async function byIdentity(
  context: OperationContext,
  by: IdentityLookup,
  path: readonly string[],
): Promise<ProfileView | null> {
  const found = await findIdentity(context, by, path);
  if (found === null) return null;
  return viewOwner(context, found.entry, found.claim.accountId, found.claim.profileId);
}

/**
 * Asking brand after brand for an address comes to the same as searching them all: tokens of the group that may not search
 * may not find people by address in one of several brands.
 * @throws AppError `FORBIDDEN`.
 */
function checkMayFind(context: OperationContext): void {
  const actor = requireActor(context);
  if (!actor.isGroup || hasScope(actor, 'search-across-brands') || visibleBrands(context).length < 2) return;
  throw new AppError('FORBIDDEN', 'Finding people by address in several brands needs the right to search them', {
    details: { missingScopes: ['search-across-brands'] },
  });
}

async function byEmail(
  context: OperationContext,
  by: { readonly brand: string; readonly email: string },
  path: readonly string[],
): Promise<ProfileView | null> {
  checkMayFind(context);
  const read = readEmail(by.email);
  if (read === null) throw badInput('An e-mail address was expected', path);
  const entry = visibleBrand(context, by.brand);
  return entry === null ? null : viewClaimOwner(context, entry, emailClaimId(read.key));
}

async function byMobile(
  context: OperationContext,
  by: { readonly brand: string; readonly mobilePhone: string },
  path: readonly string[],
): Promise<ProfileView | null> {
  checkMayFind(context);
  const entry = visibleBrand(context, by.brand);
  if (entry === null) return null;
  const read = readPhone(by.mobilePhone, entry.brand.phoneRegion);
  if (read === null) throw badInput('A telephone number was expected', path);
  return viewClaimOwner(context, entry, mobileClaimId(read.key));
}
