import type { OperationContext } from '../access/context.js';
import { memoKey } from '../access/world.js';
import type { ClaimRow } from '../claims/claim.js';
import { findIdentityClaims } from '../claims/claim.store.js';
import { type ChildRowLoaders, loadChildRows } from '../profiles/child-rows.js';
import type { ProfileView } from '../profiles/profile.js';
import { compareIdentities, type IdentityView, identityViewOf } from './identity.js';

const identityRowsKey = memoKey<ChildRowLoaders<ClaimRow>>('identities of profiles');

/** A profile's identities, the oldest first; one command per brand for all profiles that are asked together. */
export async function identitiesOf(context: OperationContext, profile: ProfileView): Promise<IdentityView[]> {
  const rows = await loadChildRows(context, identityRowsKey, profile, findIdentityClaims);
  return rows.map((row) => identityViewOf(row, profile)).sort(compareIdentities);
}
