import { type OperationContext, visibleBrand } from '../access/context.js';
import { invalidCursor, openCursor } from '../access/cursor.js';
import { type CountedPage, keysetPage, pageSize } from '../access/page.js';
import type { IdentityLookup, ProfileIdentitiesArgs } from '../generated/resolvers-types.js';
import type { NodeId } from '../kernel/ids.js';
import type { ProfileView } from '../profiles/profile.js';
import { viewOwner } from '../profiles/profile.service.js';
import { findIdentity } from '../profiles/profile-lookup.service.js';
import { compareIdentities, type IdentityView, identityViewOf } from './identity.js';
import { identitiesOf } from './identity.loader.js';

/**
 * The identity with a value, on whichever live profile owns it; null alike when nobody has it, when look-ups may not use
 * it, and when the brand is not the token's.
 * @throws AppError `BAD_USER_INPUT` for an identifier that nobody can have.
 */
export async function lookUpIdentity(context: OperationContext, by: IdentityLookup): Promise<IdentityView | null> {
  const found = await findIdentity(context, by, ['by']);
  if (found === null) return null;
  const profile = await viewOwner(context, found.entry, found.claim.accountId, found.claim.profileId);
  return profile === null ? null : identityViewOf(found.claim, profile);
}

/** The identity that a global id names, on whichever profile its account is now; null when it is not there to be seen. */
export async function loadIdentityNode(context: OperationContext, nodeId: NodeId): Promise<IdentityView | null> {
  const entry = visibleBrand(context, nodeId.brand);
  const [accountId, publicId] = nodeId.uuids;
  if (entry === null || accountId === undefined || publicId === undefined) return null;
  const profile = await viewOwner(context, entry, accountId);
  if (profile === null) return null;
  return (await identitiesOf(context, profile)).find((each) => each.publicId === publicId) ?? null;
}

/**
 * A page of a profile's identities, the oldest first.
 * @throws AppError `CURSOR_INVALID`, `BAD_USER_INPUT`.
 */
export async function listIdentities(
  context: OperationContext,
  profile: ProfileView,
  args: ProfileIdentitiesArgs,
): Promise<CountedPage<IdentityView>> {
  const size = pageSize(args.first);
  const handle = args.handle ?? null;
  const binding = { list: 'identities', brand: profile.brand.handle, profile: profile._id, handle };
  const after = readPosition(openCursor(binding, args.after));
  const all = (await identitiesOf(context, profile)).filter((each) => handle === null || each.handle === handle);
  const rest = after === null ? all : all.filter((each) => compareIdentities(each, after) > 0);
  return keysetPage({
    rows: rest.slice(0, size + 1),
    size,
    binding,
    positionOf: (identity) => [identity.at.getTime(), identity.publicId],
    isContinued: after !== null,
    totalCount: all.length,
  });
}

function readPosition(position: unknown): Pick<IdentityView, 'at' | 'publicId'> | null {
  if (position === null) return null;
  const [atMs, publicId] = Array.isArray(position) ? position : [];
  if (typeof atMs !== 'number' || typeof publicId !== 'string') throw invalidCursor();
  return { at: new Date(atMs), publicId };
}
