import { type OperationContext, requireActor, visibleBrand } from '../access/context.js';
import { type BrandReport, brandStateOf, fanOut } from '../brands/fan-out.js';
import type { ProfileLookup } from '../generated/resolvers-types.js';
import { parseNodeId, type Uuid } from '../kernel/ids.js';
import type { ProfileView } from '../profiles/profile.js';
import { viewOwner } from '../profiles/profile.service.js';
import { lookUpProfile } from '../profiles/profile-lookup.service.js';
import { accountAt, isOpenForReading, type LinkRow, type LinkSide } from './cross-brand-link.js';
import { linksOf, linkView, sideOfProfile } from './cross-brand-link.service.js';
import { type GroupCustomerView, type GroupMemberView, groupMembersMax, groupRoundsMax } from './group-customer.js';
import { epochGuard } from './link.loader.js';
import { isInReach } from './link-end.service.js';

/** A link to be followed, with the side it leads to. */
interface Way {
  readonly row: LinkRow;
  readonly from: LinkSide;
  readonly to: LinkSide;
  readonly accountId: Uuid;
}

/**
 * The same person in every brand that active links lead to; null when there is none. From a profile only its own links
 * count; a token of the group goes further, by links that all cover its purpose. A brand that cannot be read is told in
 * `brandStatuses`, its member stays without a profile.
 */
export async function groupCustomerOf(
  context: OperationContext,
  start: ProfileView,
): Promise<GroupCustomerView | null> {
  const members: GroupMemberView[] = [{ brand: start.brand, profile: start, link: null }];
  const statuses: BrandReport[] = [{ brand: start.brand, state: 'COMPLETE', latencyMs: null, isRetryable: false }];
  const met = new Set([start.brand.handle]);
  let edge: readonly ProfileView[] = [start];
  const rounds = requireActor(context).isGroup ? groupRoundsMax : 1;
  for (let round = 0; round < rounds && edge.length > 0; round += 1) {
    const ways = (await waysFrom(context, edge, met)).slice(0, groupMembersMax - members.length);
    for (const way of ways) met.add(way.row[way.to].brand);
    const found = await followWays(context, ways);
    members.push(...found.members);
    statuses.push(...found.statuses);
    edge = found.members.flatMap((member) => member.profile ?? []);
  }
  return members.length > 1 ? { members, brandStatuses: statuses } : null;
}

/** Open links to brands not met before, one per brand: a group customer has one entry in each. */
async function waysFrom(
  context: OperationContext,
  profiles: readonly ProfileView[],
  met: ReadonlySet<string>,
): Promise<Way[]> {
  const now = context.clock.now();
  const perBrand = new Map<string, Way>();
  const rowsOf = await Promise.all(profiles.map((profile) => linksOf(context, profile)));
  rowsOf.forEach((rows, index) => {
    for (const row of rows) {
      const from = sideOfProfile(row, profiles[index] as ProfileView);
      const to = from === 'a' ? 'b' : 'a';
      const { brand } = row[to];
      const accountId = accountAt(row, to);
      if (accountId === null || met.has(brand) || perBrand.has(brand)) continue;
      if (!isOpenForReading(row, now) || !isInReach(context, row, brand)) continue;
      perBrand.set(brand, { row, from, to, accountId });
    }
  });
  return [...perBrand.values()];
}

async function followWays(
  context: OperationContext,
  ways: readonly Way[],
): Promise<{ members: GroupMemberView[]; statuses: BrandReport[] }> {
  const wayTo = new Map(ways.map((way) => [way.row[way.to].brand, way]));
  for (const way of ways) epochGuard(context).use(way.row);
  const entries = [...wayTo.keys()].sort().map((handle) => context.brands.get(handle));
  const answers = await fanOut(entries, context, (entry) =>
    viewOwner(context, entry, (wayTo.get(entry.brand.handle) as Way).accountId),
  );
  const members = answers.flatMap(({ brand, state, value }): GroupMemberView[] => {
    const way = wayTo.get(brand.handle) as Way;
    // Readable and yet not there: the activation has not reached this brand, so there is nobody to show so far.
    if (state === 'COMPLETE' && (value ?? null) === null) return [];
    return [{ brand, profile: value ?? null, link: linkView(context, way.row, way.from) }];
  });
  const statuses = answers.map(({ value: _value, ...report }): BrandReport => report);
  return { members, statuses };
}

/**
 * The group customer that a profile is found by. When the brand asked from cannot be read, the answer says so in
 * `brandStatuses` instead of failing.
 */
export async function findGroupCustomer(
  context: OperationContext,
  by: ProfileLookup,
): Promise<GroupCustomerView | null> {
  try {
    const found = await lookUpProfile(context, by);
    return found === null ? null : await groupCustomerOf(context, found);
  } catch (error) {
    const state = brandStateOf(error);
    const entry = visibleBrand(context, brandOf(by));
    const isOfBrand = (error as { details?: { brand?: unknown } }).details?.brand === entry?.brand.handle;
    if (state === null || entry === null || !isOfBrand) throw error;
    return {
      members: [{ brand: entry.brand, profile: null, link: null }],
      brandStatuses: [{ brand: entry.brand, state, latencyMs: null, isRetryable: true }],
    };
  }
}

/** The brand that a look-up names. */
function brandOf(by: ProfileLookup): string {
  if (by.id !== undefined && by.id !== null) return parseNodeId(by.id)?.brand ?? '';
  return (by.email ?? by.mobilePhone ?? by.localId ?? by.identity)?.brand ?? '';
}
