import type { Brand, IdentityHandle } from '../brands/brand.js';
import type { ClaimRow } from '../claims/claim.js';
import { formatNodeId, type Uuid } from '../kernel/ids.js';
import type { ProfileView } from '../profiles/profile.js';

/** The claim of an identity: with what only identities have. */
export interface IdentityRow extends ClaimRow {
  readonly publicId: Uuid;
  readonly handle: string;
  readonly identifier: string;
  readonly isActive: boolean;
}

/** An identity of a shown profile. */
export interface IdentityView extends IdentityRow {
  readonly __typename: 'Identity';
  readonly brand: Brand;
  readonly profile: ProfileView;
}

/** An identity as seen from the profile that owns it. */
export function identityViewOf(row: ClaimRow, profile: ProfileView): IdentityView {
  return { ...(row as IdentityRow), __typename: 'Identity', brand: profile.brand, profile };
}

/** Global id: account and public id. It outlives a change of the identifier and says nothing about it. */
export function identityNodeId(brand: string, row: Pick<IdentityRow, 'accountId' | 'publicId'>): string {
  return formatNodeId('iden', brand, row.accountId, row.publicId);
}

/** Order of identities: the oldest first; public ids break ties. */
export function compareIdentities(
  a: Pick<IdentityRow, 'at' | 'publicId'>,
  b: Pick<IdentityRow, 'at' | 'publicId'>,
): number {
  return a.at.getTime() - b.at.getTime() || (a.publicId < b.publicId ? -1 : a.publicId > b.publicId ? 1 : 0);
}

/** The profile that an identity came with in a merge; null when it was born here. Of several merges the last counts. */
export function mergedFrom(profile: Pick<ProfileView, 'mergedIn'>, accountId: Uuid): Uuid | null {
  const merge = [...(profile.mergedIn ?? [])].reverse().find((each) => each.accounts.includes(accountId));
  return merge?.loserId ?? null;
}

/** The brand's agreement about a handle; undefined when there is none. */
export function handleOf(brand: Brand, handle: string): IdentityHandle | undefined {
  return brand.identityHandles.find((each) => each.handle === handle);
}

/** An identity in a fact: what its global id is made of, and nothing of the customer. */
export interface IdentityFact {
  readonly accountId: Uuid;
  readonly publicId: Uuid;
}

/** Identities among claims, as facts name them. */
export function identityFacts(claims: readonly Pick<ClaimRow, 'accountId' | 'publicId'>[]): IdentityFact[] {
  return claims.flatMap(({ accountId, publicId }) => (publicId === undefined ? [] : [{ accountId, publicId }]));
}
