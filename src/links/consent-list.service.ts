import { isBound } from '../access/actor.js';
import { isSelected, type OperationContext, requireActor } from '../access/context.js';
import { invalidCursor, openCursor } from '../access/cursor.js';
import { type CountedPage, keysetPage, pageSize } from '../access/page.js';
import type { ConsentView } from '../consents/consent.js';
import type { ConsentFilter, QueryConsentsArgs } from '../generated/resolvers-types.js';
import { expectNodeId, isUuid, type NodeId } from '../kernel/ids.js';
import { viewBoundProfile } from '../profiles/bound-profile.service.js';
import { accountsOf, formerIdsOf, type ProfileView } from '../profiles/profile.js';
import { loadProfileNode } from '../profiles/profile-lookup.service.js';
import { type ConsentConditions, type ConsentPosition, countConsents, findConsents } from './consent-list.store.js';
import { endKey } from './cross-brand-link.js';
import { consentView } from './cross-brand-link.service.js';

/** Highest total that is told. */
const totalMax = 100_000;

/**
 * A page of the consents that the actor may know of, newest first: those that brands of the token have asked for, and from
 * activation on those that lead to them. A profile that is not to be seen has none. A customer sees those of their own
 * profile, and of any other one none.
 * @throws AppError `CURSOR_INVALID`, `BAD_USER_INPUT`.
 */
export async function listConsents(
  context: OperationContext,
  args: QueryConsentsArgs,
): Promise<CountedPage<ConsentView>> {
  const actor = requireActor(context);
  const filter = args.filter ?? {};
  const size = pageSize(args.first);
  const brands = actor.brandHandles === null ? null : [...actor.brandHandles].sort();
  const binding = { list: 'consents', brands, filter, ...(isBound(actor) ? { of: actor.boundTo.id } : {}) };
  const after = readPosition(openCursor(binding, args.after));
  const list = await conditionsOf(context, filter, brands);
  const { registry } = context.brands;
  const { deadline } = context;
  const isCounted = isSelected(context, 'ConsentConnection', 'totalCount');
  const [rows, total] = await Promise.all([
    registry.run(deadline, () => findConsents(registry, list, after, { limit: size + 1, deadline })),
    isCounted ? registry.run(deadline, () => countConsents(registry, list, totalMax, deadline)) : null,
  ]);
  const page = keysetPage({
    rows,
    size,
    binding,
    positionOf: (row) => [row.createdAt.getTime(), row._id],
    isContinued: after !== null,
    totalCount: total === null || total > totalMax ? null : total,
  });
  const views = new Map(page.nodes.map((row) => [row, consentView(context, row)]));
  const viewOf = (row: (typeof rows)[number]): ConsentView => views.get(row) ?? consentView(context, row);
  return {
    totalCount: page.totalCount,
    pageInfo: page.pageInfo,
    nodes: page.nodes.map(viewOf),
    edges: page.edges.map((edge) => ({
      node: viewOf(edge.node),
      get cursor() {
        return edge.cursor;
      },
    })),
  };
}

async function conditionsOf(
  context: OperationContext,
  filter: ConsentFilter,
  brands: readonly string[] | null,
): Promise<ConsentConditions> {
  return {
    brands,
    ends: await endsOf(context, filter.profileId ?? null),
    from: filter.fromBrand ?? null,
    to: filter.toBrand ?? null,
    statuses: filter.statuses ?? null,
    recordedFrom: filter.recordedFrom ?? null,
    recordedTo: filter.recordedTo ?? null,
  };
}

/** Ends that the list keeps to; null for no such condition. A profile that is not to be seen has none. */
async function endsOf(context: OperationContext, profileId: string | null): Promise<string[] | null> {
  const asked = profileId === null ? null : expectNodeId(profileId, 'prof', ['filter', 'profileId']);
  if (isBound(requireActor(context))) {
    const own = await viewBoundProfile(context);
    return own === null || (asked !== null && !isIdOf(own, asked)) ? [] : endsOfProfile(own);
  }
  if (asked === null) return null;
  const profile = await loadProfileNode(context, asked);
  return profile === null ? [] : endsOfProfile(profile);
}

function endsOfProfile(profile: ProfileView): string[] {
  return accountsOf(profile).map((account) => endKey(profile.brand.handle, account));
}

/** Whether an id leads to a profile: nothing is read for a customer who asks about somebody else. */
function isIdOf(profile: ProfileView, id: NodeId): boolean {
  return id.brand === profile.brand.handle && [profile._id, ...formerIdsOf(profile)].includes(id.uuids[0] ?? '');
}

function readPosition(position: unknown): ConsentPosition | null {
  if (position === null) return null;
  const [createdAtMs, id] = Array.isArray(position) ? position : [];
  if (typeof createdAtMs !== 'number' || typeof id !== 'string' || !isUuid(id)) throw invalidCursor();
  return { createdAt: new Date(createdAtMs), id };
}
