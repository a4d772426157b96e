import { type OperationContext, requireActor, visibleBrand, visibleBrands } from '../access/context.js';
import { invalidCursor, openCursor, sealCursor } from '../access/cursor.js';
import { pageOf, pageSize } from '../access/page.js';
import type { Brand, BrandHandle } from '../brands/brand.js';
import type { QueryGroupCustomersArgs } from '../generated/resolvers-types.js';
import { badInput } from '../kernel/errors.js';
import { isUuid } from '../kernel/ids.js';
import { pageSizeMax } from '../kernel/limits.js';
import { accountAt, sideIn } from './cross-brand-link.js';
import type { GroupCustomerPage, GroupCustomerView } from './group-customer.js';
import {
  type ActivatedLink,
  type ActivationPosition,
  byActivation,
  findActivatedLinks,
  positionOfLink,
} from './group-customer-list.store.js';
import {
  type GroupPlace,
  linksAt,
  MemberReader,
  openWays,
  roundsOf,
  walkGroup,
} from './group-customer-walk.service.js';

/** Links of one scan: their owners are read in one command per brand, with room to spare. */
const chunkMax = 500;
/** Scans for one page: where so few links count for this token, it answers with less and a cursor to go on from. */
const scansMax = 4;

/** People to be listed: which brands they must be in, and which links are scanned for them. */
interface PeopleList {
  /** The first is the one looked from. */
  readonly named: readonly Brand[];
  readonly brand: Brand;
  /** Brands at the other end of the links that are scanned. */
  readonly others: readonly BrandHandle[];
}

/** A person with the position of its first link. */
interface Listed {
  readonly customer: GroupCustomerView;
  readonly position: ActivationPosition;
}

/** People found behind a position. */
interface Found {
  readonly people: readonly Listed[];
  /** How far links were scanned; null once there are no more. */
  readonly scannedTo: ActivationPosition | null;
}

/**
 * A page of the people who are linked in all the brands named, as {@link walkGroup} shows each from its profile in the
 * first of them. A person stands at the place of the first link its profile there ever had: that place never moves while
 * links end and new ones are made, and of two profiles merged between pages the earlier place stays, so nobody comes twice.
 * While the first brand cannot be read, accounts that were merged there stand for themselves.
 * @throws AppError `BAD_USER_INPUT` also for a brand that is not the token's, `CURSOR_INVALID`.
 */
export async function listGroupCustomers(
  context: OperationContext,
  args: QueryGroupCustomersArgs,
): Promise<GroupCustomerPage> {
  const size = pageSize(args.first);
  const list = peopleList(context, args.brands);
  const handles = list.named.map((brand) => brand.handle);
  const actor = requireActor(context).reference;
  const binding = { list: 'groupCustomers', brands: handles, others: list.others, actor };
  const after = readPosition(openCursor(binding, args.after));
  const reader = new MemberReader(context);
  const { people, scannedTo } = await readOn(context, reader, list, after, size + 1);
  const isFull = people.length > size;
  const shown = people.slice(0, size);
  const cursorAt = (position: ActivationPosition): string =>
    sealCursor(binding, [position.activatedAt.getTime(), position.id]);
  const places = new Map(shown.map(({ customer, position }) => [customer, position]));
  const { nodes, edges, pageInfo } = pageOf([...places.keys()], {
    hasNextPage: isFull || scannedTo !== null,
    hasPreviousPage: after !== null,
    cursorOf: (customer) => cursorAt(places.get(customer) as ActivationPosition),
  });
  const { hasNextPage, hasPreviousPage } = pageInfo;
  const bounds = {
    hasNextPage,
    hasPreviousPage,
    get startCursor() {
      return pageInfo.startCursor;
    },
    get endCursor() {
      return isFull || scannedTo === null ? pageInfo.endCursor : cursorAt(scannedTo);
    },
  };
  return { nodes, edges, pageInfo: bounds, brandStatuses: reader.reports(list.named) };
}

function peopleList(context: OperationContext, handles: readonly BrandHandle[]): PeopleList {
  const named: Brand[] = [];
  for (const [index, handle] of handles.entries()) {
    const field = ['brands', String(index)];
    const entry = visibleBrand(context, handle);
    if (entry === null) throw badInput('This is not one of the brands of this token', field);
    if (named.includes(entry.brand)) throw badInput('This brand is named already; name each brand once', field);
    named.push(entry.brand);
  }
  const [brand, next] = named;
  if (brand === undefined || next === undefined) throw badInput('Name at least two brands', ['brands']);
  // From a profile alone, nobody counts who is not linked with the second brand as well as with all the others.
  const isFar = roundsOf(context) > 1;
  const all = visibleBrands(context).map((entry) => entry.brand.handle);
  return { named, brand, others: isFar ? all.filter((handle) => handle !== brand.handle).sort() : [next.handle] };
}

function readPosition(position: unknown): ActivationPosition | null {
  if (position === null) return null;
  const [activatedAtMs, id] = Array.isArray(position) ? position : [];
  if (typeof activatedAtMs !== 'number' || typeof id !== 'string' || !isUuid(id)) throw invalidCursor();
  return { activatedAt: new Date(activatedAtMs), id };
}

/** Scans links in order until so many people are found; where all links count, one scan is enough. */
async function readOn(
  context: OperationContext,
  reader: MemberReader,
  list: PeopleList,
  from: ActivationPosition | null,
  wanted: number,
): Promise<Found> {
  const { registry } = context.brands;
  const { deadline } = context;
  const people: Listed[] = [];
  let after = from;
  // Somebody may have a link with each of the other brands: all of them come up, at the first the person is found.
  let limit = Math.min(chunkMax, wanted * list.others.length);
  for (let scan = 0; scan < scansMax; scan += 1) {
    const read = { brand: list.brand.handle, others: list.others, after, limit, deadline };
    const rows = await registry.run(deadline, () => findActivatedLinks(registry, read));
    const candidates = await candidatesAmong(context, reader, list, rows);
    // No more than are wanted are put together at first: mostly all of them qualify.
    for (const part of [candidates.slice(0, wanted), candidates.slice(wanted)]) {
      if (people.length < wanted) people.push(...(await qualified(context, reader, list, part)));
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < limit) return { people, scannedTo: null };
    after = { activatedAt: last.activatedAt, id: last._id };
    if (people.length >= wanted) break;
    limit = Math.min(chunkMax, Math.max(limit * 4, pageSizeMax));
  }
  return { people, scannedTo: after };
}

/** Someone in the brand looked from, at the position where they are listed if they qualify. */
interface Candidate {
  readonly place: GroupPlace;
  readonly position: ActivationPosition;
}

/** Who stands at these links: those whose first link it is and whom open links lead on as far as this can be told here. */
async function candidatesAmong(
  context: OperationContext,
  reader: MemberReader,
  list: PeopleList,
  rows: readonly ActivatedLink[],
): Promise<Candidate[]> {
  const { brand } = list;
  const ends = rows.flatMap((row) => {
    const accountId = accountAt(row, sideIn(row, brand.handle) ?? 'a');
    return accountId === null ? [] : [{ row, brand, accountId }];
  });
  await reader.read(ends);
  const candidates = ends.map(async ({ row, accountId }): Promise<Candidate[]> => {
    const profile = reader.owner(brand, accountId);
    if (profile === null && !reader.hasFailed(brand)) return [];
    const place = { brand, profile, accountId };
    const links = await linksAt(context, place);
    const isOfList = (link: ActivatedLink | (typeof links)[number]): boolean =>
      list.others.includes(link.a.brand === brand.handle ? link.b.brand : link.a.brand);
    const [position] = links
      .filter(isOfList)
      .flatMap((link) => positionOfLink(link) ?? [])
      .sort(byActivation);
    if (position?.id !== row._id) return [];
    const ahead = new Set(openWays(context, brand, links).map((way) => way.brand));
    const isLedOn =
      roundsOf(context) > 1 ? ahead.size > 0 : list.named.every((each) => each === brand || ahead.has(each));
    return isLedOn ? [{ place, position }] : [];
  });
  return (await Promise.all(candidates)).flat();
}

/** Candidates put together, those alone who are in every brand named. */
async function qualified(
  context: OperationContext,
  reader: MemberReader,
  list: PeopleList,
  candidates: readonly Candidate[],
): Promise<Listed[]> {
  const customers = await walkGroup(
    context,
    reader,
    candidates.map(({ place }) => place),
  );
  return candidates.flatMap(({ position }, index): Listed[] => {
    const customer = customers[index];
    const isIn = (brand: Brand): boolean => customer?.members.some((member) => member.brand === brand) ?? false;
    return customer !== undefined && list.named.every(isIn) ? [{ customer, position }] : [];
  });
}
