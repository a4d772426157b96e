import type { Actor } from '../access/actor.js';
import { maySeeBrand, type OperationContext, requireActor } from '../access/context.js';
import { hasScope } from '../access/scopes.js';
import type { ConsentView } from '../consents/consent.js';
import type { NodeId } from '../kernel/ids.js';
import { accountsOf, type ProfileView } from '../profiles/profile.js';
import { accountAt, type LinkRow, type LinkSide, type LinkState, type LinkView } from './cross-brand-link.js';
import { linkLoader, linksOfProfileLoader } from './link.loader.js';

/** A stored link as shown from one of its ends. */
export function linkView(context: OperationContext, row: LinkRow, from: LinkSide | null): LinkView {
  return {
    __typename: 'CrossBrandLink',
    row,
    from,
    fromBrand: context.brands.get(row.a.brand).brand,
    toBrand: context.brands.get(row.b.brand).brand,
  };
}

/** The consent that a link carries. Its id is the link's. */
export function consentView(context: OperationContext, row: LinkRow): ConsentView {
  return {
    __typename: 'Consent',
    linkId: row._id,
    fromBrand: context.brands.get(row.a.brand).brand,
    toBrand: context.brands.get(row.b.brand).brand,
    epoch: row.epoch,
    record: row.consent,
  };
}

/** Every link of a profile, newest first, as stored. A link is the inviting profile's from activation on. */
export function linksOf(context: OperationContext, profile: ProfileView): Promise<LinkRow[]> {
  return linksOfProfileLoader(context).load(profile);
}

/** The side of a link at which a profile stands. */
export function sideOfProfile(row: LinkRow, profile: ProfileView): LinkSide {
  const isAt = (side: LinkSide): boolean => {
    const account = accountAt(row, side);
    return row[side].brand === profile.brand.handle && account !== null && accountsOf(profile).includes(account);
  };
  return isAt('a') ? 'a' : 'b';
}

/** Links of a profile in certain states, newest first. */
export async function shownLinks(
  context: OperationContext,
  profile: ProfileView,
  states: readonly LinkState[],
): Promise<LinkView[]> {
  const rows = await linksOf(context, profile);
  return rows
    .filter((row) => states.includes(row.state))
    .map((row) => linkView(context, row, sideOfProfile(row, profile)));
}

/** Whether an actor may know of a link: one of a brand at its ends; the inviting brand counts from activation on. */
export function mayActOn(actor: Actor, row: LinkRow): boolean {
  return maySeeBrand(actor, row.a.brand) || (row.b.accountId !== undefined && maySeeBrand(actor, row.b.brand));
}

/** A link by its id, when the actor may know of it. */
async function visibleLink(context: OperationContext, id: NodeId): Promise<LinkRow | null> {
  const actor = requireActor(context);
  const row = await linkLoader(context).load(id.uuids[0] ?? '');
  return row !== null && mayActOn(actor, row) ? row : null;
}

/** A link by its global id; null when it is not there or not the actor's to see. */
export async function loadLinkNode(context: OperationContext, id: NodeId): Promise<LinkView | null> {
  if (!hasScope(requireActor(context), 'read-links')) return null;
  const row = await visibleLink(context, id);
  return row === null ? null : linkView(context, row, null);
}

/** A consent by its global id; null when it is not there or not the actor's to see. */
export async function loadConsentNode(context: OperationContext, id: NodeId): Promise<ConsentView | null> {
  if (!hasScope(requireActor(context), 'read-consents')) return null;
  const row = await visibleLink(context, id);
  return row === null ? null : consentView(context, row);
}
