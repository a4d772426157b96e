import { maySeeBrand, type OperationContext, requireActor } from '../access/context.js';
import { hasScope } from '../access/scopes.js';
import { memoKey } from '../access/world.js';
import type { BrandHandle } from '../brands/brand.js';
import { brandStateOf } from '../brands/fan-out.js';
import { coversPurpose } from '../consents/consent.js';
import type { ProfileView } from '../profiles/profile.js';
import { viewOwner } from '../profiles/profile.service.js';
import { accountAt, isOpenForReading, type LinkEndView, type LinkRow } from './cross-brand-link.js';
import { epochGuard } from './link.loader.js';

/** Why a profile at an end is shown or not. */
export type LinkEndState = 'AVAILABLE' | 'LINK_NOT_ACTIVE' | 'OUT_OF_REACH' | 'BRAND_UNAVAILABLE';

/** An end as this operation may see it. */
export interface ResolvedEnd {
  readonly state: LinkEndState;
  readonly profile: ProfileView | null;
}

/**
 * Whether the actor may be shown a profile of a brand by this link: the brand is the actor's, and the customer agreed to
 * the one purpose of the actor's token.
 */
export function isInReach(context: OperationContext, link: LinkRow, brand: BrandHandle): boolean {
  const actor = requireActor(context);
  return maySeeBrand(actor, brand) && hasScope(actor, 'read-profiles') && coversPurpose(link.consent, actor.purpose);
}

const endsKey = memoKey<Map<string, Promise<ResolvedEnd>>>('ends of links');

/**
 * The profile at one end of a link with the reason why it is there or not. A brand that cannot be read is a reason, not
 * an error. Rows shown by a link make the operation confirm it before it answers.
 */
export function resolveEnd(context: OperationContext, end: LinkEndView): Promise<ResolvedEnd> {
  const ends = context.world.memo(endsKey, () => new Map());
  const key = `${end.link.row._id}:${end.side}:${end.link.from ?? ''}`;
  const known = ends.get(key);
  if (known !== undefined) return known;
  const resolved = readEnd(context, end);
  ends.set(key, resolved);
  return resolved;
}

async function readEnd(context: OperationContext, end: LinkEndView): Promise<ResolvedEnd> {
  const { row, from } = end.link;
  const accountId = accountAt(row, end.side);
  if (!isOpenForReading(row, context.clock.now()) || accountId === null) {
    return { state: 'LINK_NOT_ACTIVE', profile: null };
  }
  const brand = row[end.side].brand;
  // The profile one came from was reached without the link: the link opens only the other end.
  const isOwn = from === end.side;
  if (!isOwn && !isInReach(context, row, brand)) return { state: 'OUT_OF_REACH', profile: null };
  if (!isOwn) epochGuard(context).use(row);
  try {
    const profile = await viewOwner(context, context.brands.get(brand), accountId);
    return profile === null ? { state: 'BRAND_UNAVAILABLE', profile: null } : { state: 'AVAILABLE', profile };
  } catch (error) {
    if (brandStateOf(error) === null) throw error;
    return { state: 'BRAND_UNAVAILABLE', profile: null };
  }
}
