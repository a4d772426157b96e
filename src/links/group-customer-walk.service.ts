import { type OperationContext, requireActor, visibleBrand, visibleBrands } from '../access/context.js';
import type { Brand, BrandHandle } from '../brands/brand.js';
import { type BrandReport, fanOut } from '../brands/fan-out.js';
import type { Uuid } from '../kernel/ids.js';
import type { ProfileView } from '../profiles/profile.js';
import { viewOwner } from '../profiles/profile.service.js';
import { accountAt, endKey, isOpenForReading, type LinkRow, type LinkSide, sideIn } from './cross-brand-link.js';
import { linksOf, linkView } from './cross-brand-link.service.js';
import { type GroupCustomerView, type GroupMemberView, groupMembersMax, groupRoundsMax } from './group-customer.js';
import { epochGuard, linksOfEndLoader } from './link.loader.js';
import { isInReach } from './link-end.service.js';

/** What one brand may take of the time that is left: a stalled one must leave enough for the others and the last reads. */
const brandShare = 0.5;

/** Where a walk stands in a brand: at a profile, or at the account a link names while the brand cannot be read. */
export interface GroupPlace {
  readonly brand: Brand;
  readonly profile: ProfileView | null;
  readonly accountId: Uuid;
}

/** A link to be followed, with the side it leads to. */
interface Way {
  readonly row: LinkRow;
  readonly from: LinkSide;
  readonly brand: Brand;
  readonly accountId: Uuid;
}

/** One person being put together. */
interface Walk {
  readonly members: GroupMemberView[];
  readonly statuses: BrandReport[];
  readonly met: Set<BrandHandle>;
  edge: readonly GroupPlace[];
}

/** The report on a brand that nothing had to be asked of. */
export function unaskedReport(brand: Brand): BrandReport {
  return { brand, state: 'COMPLETE', latencyMs: null, isRetryable: false };
}

/**
 * Reads profiles of many people, one command per brand each time, and keeps how the brands fared. A brand that has
 * failed is not asked again: one answer waits for it once.
 */
export class MemberReader {
  readonly #context: OperationContext;
  readonly #reports = new Map<BrandHandle, BrandReport>();
  readonly #owners = new Map<string, ProfileView | null>();

  constructor(context: OperationContext) {
    this.#context = context;
  }

  /** Asks every brand for the live owners of its accounts. */
  async read(ends: readonly { readonly brand: Brand; readonly accountId: Uuid }[]): Promise<void> {
    const accounts = new Map<BrandHandle, Uuid[]>();
    for (const { brand, accountId } of ends) {
      if (this.hasFailed(brand)) continue;
      const known = accounts.get(brand.handle);
      if (known === undefined) accounts.set(brand.handle, [accountId]);
      else known.push(accountId);
    }
    const { brands, deadline, log } = this.#context;
    const entries = [...accounts.keys()].sort().map((handle) => brands.get(handle));
    const patience = { log, deadline: deadline.atMost(deadline.remainingMs() * brandShare) };
    const answers = await fanOut(entries, patience, (entry) =>
      Promise.all((accounts.get(entry.brand.handle) ?? []).map((each) => viewOwner(this.#context, entry, each))),
    );
    for (const { value, ...report } of answers) {
      const { handle } = report.brand;
      const latencyMs = Math.max(report.latencyMs ?? 0, this.#reports.get(handle)?.latencyMs ?? 0);
      this.#reports.set(handle, { ...report, latencyMs });
      accounts.get(handle)?.forEach((accountId, index) => {
        this.#owners.set(endKey(handle, accountId), value?.[index] ?? null);
      });
    }
  }

  /** The live owner of an account that was asked for; null when there is none or the brand has failed. */
  owner(brand: Brand, accountId: Uuid): ProfileView | null {
    return this.#owners.get(endKey(brand.handle, accountId)) ?? null;
  }

  /** Whether a brand could not be read: then a missing owner says nothing. */
  hasFailed(brand: Brand): boolean {
    return this.report(brand).state !== 'COMPLETE';
  }

  /** How a brand has fared so far. */
  report(brand: Brand): BrandReport {
    return this.#reports.get(brand.handle) ?? unaskedReport(brand);
  }

  /** Reports on these brands and after them on every other that was asked. */
  reports(first: readonly Brand[]): BrandReport[] {
    const named = new Set(first.map((brand) => brand.handle));
    const others = [...this.#reports.values()].filter((report) => !named.has(report.brand.handle));
    const byHandle = (x: BrandReport, y: BrandReport): number => (x.brand.handle < y.brand.handle ? -1 : 1);
    return [...first.map((brand) => this.report(brand)), ...others.sort(byHandle)];
  }
}

/** How many links in a row count for the actor: its own from a profile, further ones for tokens of the group. */
export function roundsOf(context: OperationContext): number {
  return requireActor(context).isGroup ? groupRoundsMax : 1;
}

/**
 * The person at each place in every brand that active links lead to, the place itself first. All go side by side: a
 * round costs one registry command and one per brand, however many people there are. Rows shown by a link make the
 * operation confirm it before it answers.
 */
export async function walkGroup(
  context: OperationContext,
  reader: MemberReader,
  places: readonly GroupPlace[],
): Promise<GroupCustomerView[]> {
  const walks = places.map((place): Walk => {
    const { brand, profile } = place;
    const members = [{ brand, profile, link: null }];
    return { members, statuses: [reader.report(brand)], met: new Set([brand.handle]), edge: [place] };
  });
  const brandCount = visibleBrands(context).length;
  const rounds = roundsOf(context);
  for (let round = 0; round < rounds; round += 1) {
    const moving = walks.filter((walk) => walk.edge.length > 0 && walk.met.size < brandCount);
    if (moving.length === 0) break;
    const ways = await Promise.all(moving.map((walk) => waysOn(context, walk)));
    for (const way of ways.flat()) epochGuard(context).use(way.row);
    await reader.read(ways.flat());
    moving.forEach((walk, index) => {
      follow(context, reader, walk, ways[index] ?? []);
    });
  }
  return walks.map((walk) => ({ members: walk.members, brandStatuses: walk.statuses }));
}

/** Every link at a place, newest first, as stored. */
export function linksAt(context: OperationContext, place: GroupPlace): Promise<LinkRow[]> {
  if (place.profile !== null) return linksOf(context, place.profile);
  return linksOfEndLoader(context).load(endKey(place.brand.handle, place.accountId));
}

/** The ways that open links show the actor from a brand, newest first. */
export function openWays(context: OperationContext, brand: Brand, rows: readonly LinkRow[]): Way[] {
  const now = context.clock.now();
  return rows.flatMap((row) => {
    const from = sideIn(row, brand.handle) ?? 'a';
    const to = from === 'a' ? 'b' : 'a';
    const accountId = accountAt(row, to);
    const entry = visibleBrand(context, row[to].brand);
    if (accountId === null || entry === null) return [];
    if (!isOpenForReading(row, now) || !isInReach(context, row, entry.brand.handle)) return [];
    return [{ row, from, brand: entry.brand, accountId }];
  });
}

/** Ways on to brands not met before, one per brand: a group customer has one entry in each. */
async function waysOn(context: OperationContext, walk: Walk): Promise<Way[]> {
  const perBrand = new Map<BrandHandle, Way>();
  const rowsAt = await Promise.all(walk.edge.map((place) => linksAt(context, place)));
  walk.edge.forEach((place, index) => {
    for (const way of openWays(context, place.brand, rowsAt[index] ?? [])) {
      const { handle } = way.brand;
      if (!walk.met.has(handle) && !perBrand.has(handle)) perBrand.set(handle, way);
    }
  });
  return [...perBrand.values()].slice(0, groupMembersMax - walk.members.length);
}

function follow(context: OperationContext, reader: MemberReader, walk: Walk, ways: readonly Way[]): void {
  const inOrder = [...ways].sort((x, y) => (x.brand.handle < y.brand.handle ? -1 : 1));
  walk.edge = inOrder.flatMap(({ row, from, brand, accountId }): GroupPlace[] => {
    const profile = reader.owner(brand, accountId);
    walk.met.add(brand.handle);
    walk.statuses.push(reader.report(brand));
    // Readable and yet not there: the activation has not reached this brand, so there is nobody to show so far.
    if (profile === null && !reader.hasFailed(brand)) return [];
    walk.members.push({ brand, profile, link: linkView(context, row, from) });
    return [{ brand, profile, accountId }];
  });
}
