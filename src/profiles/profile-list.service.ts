import { isSelected, type OperationContext, visibleBrand } from '../access/context.js';
import { invalidCursor, openCursor, sealCursor } from '../access/cursor.js';
import { type Page, pageOf, pageSize } from '../access/page.js';
import type { BrandEntry } from '../brands/brands.js';
import type { ProfileFilter, QueryProfilesArgs } from '../generated/resolvers-types.js';
import { AppError } from '../kernel/errors.js';
import { isUuid } from '../kernel/ids.js';
import type { ProfileRow, ProfileView } from './profile.js';
import { adoptProfiles } from './profile.service.js';
import { findProfiles } from './profile.store.js';
import { filterFields, isFiltering, leadingLabel, meetsFilter } from './profile-filter.js';
import { type CreatedPosition, countLive, findByCreation, findByLabel } from './profile-list.store.js';
import { type Projection, profileProjection } from './profile-projection.js';

/** Rows looked at for one page of a filtered list: beyond, the filter is too rare to be answered by reading on. */
const scannedMax = 10_000;
/** Rows of one command while a filter reads on. */
const chunkMax = 1_000;
/** Highest total that is told. */
const totalMax = 100_000;

type Direction = 'ASC' | 'DESC';

/** A page of one brand's profiles; `totalCount` is counted only when asked for. */
export interface ProfilePage extends Page<ProfileView> {
  readonly totalCount: number | null;
}

/** Rows of a page, and whether more follow. */
interface Slice {
  readonly rows: readonly ProfileRow[];
  readonly hasNextPage: boolean;
}

/**
 * A page of a brand's live profiles by creation. Null for a brand that is not the token's.
 * @throws AppError `CURSOR_INVALID`, `BAD_USER_INPUT`, `LIMIT_EXCEEDED` when a filter finds too little among very many.
 */
export async function listProfiles(context: OperationContext, args: QueryProfilesArgs): Promise<ProfilePage | null> {
  const size = pageSize(args.first);
  const entry = visibleBrand(context, args.brand);
  if (entry === null) return null;
  const filter = args.filter ?? {};
  const direction: Direction = args.orderBy?.direction ?? 'DESC';
  const binding = { list: 'profiles', brand: entry.brand.handle, filter, direction };
  const after = readPosition(openCursor(binding, args.after));
  const [slice, totalCount] = await Promise.all([
    entry.database.run(context.deadline, () => readSlice(context, entry, { filter, direction, after, size })),
    countAll(context, entry, filter),
  ]);
  const views = adoptProfiles(context, entry, slice.rows);
  const page = pageOf(views, {
    hasNextPage: slice.hasNextPage,
    hasPreviousPage: after !== null,
    cursorOf: (view) => sealCursor(binding, [view.createdAt.getTime(), view._id]),
  });
  return Object.assign(page, { totalCount });
}

function readPosition(position: unknown): CreatedPosition | null {
  if (position === null) return null;
  const [createdAtMs, id] = Array.isArray(position) ? position : [];
  if (typeof createdAtMs !== 'number' || typeof id !== 'string' || !isUuid(id)) throw invalidCursor();
  return { createdAt: new Date(createdAtMs), id };
}

interface SliceOptions {
  readonly filter: ProfileFilter;
  readonly direction: Direction;
  readonly after: CreatedPosition | null;
  readonly size: number;
}

async function readSlice(context: OperationContext, entry: BrandEntry, options: SliceOptions): Promise<Slice> {
  const leading = leadingLabel(options.filter);
  if (leading !== null) {
    const slice = await sliceByLabel(context, entry, leading, options);
    if (slice !== null) return slice;
  }
  return sliceByCreation(context, entry, options);
}

/** Reads on in order of creation until the page is full; without a filter to speak of, that is one command. */
async function sliceByCreation(context: OperationContext, entry: BrandEntry, options: SliceOptions): Promise<Slice> {
  const { filter, direction, size } = options;
  const { deadline } = context;
  const projection = withFilterFields(profileProjection(context));
  const rows: ProfileRow[] = [];
  let after = options.after;
  let limit = size + 1;
  for (let scanned = 0; scanned < scannedMax; limit = Math.min(chunkMax, limit * 4)) {
    const chunk = await findByCreation(entry.database, after, direction, { deadline, projection, limit });
    rows.push(...chunk.filter((row) => row.state === 'ACTIVE' && meetsFilter(row, filter)));
    const last = chunk.at(-1);
    if (rows.length > size || last === undefined || chunk.length < limit) {
      return { rows: rows.slice(0, size), hasNextPage: rows.length > size };
    }
    scanned += chunk.length;
    after = { createdAt: last.createdAt, id: last._id };
  }
  throw new AppError('LIMIT_EXCEEDED', `Too few of ${scannedMax} profiles meet this filter; name a tag or status`, {
    details: { field: ['filter'] },
  });
}

/** Finds the holders of a label, orders them in memory and reads those of the page; null when the label is too common for that. */
async function sliceByLabel(
  context: OperationContext,
  entry: BrandEntry,
  leading: { readonly field: 'tags' | 'statuses'; readonly label: string },
  options: SliceOptions,
): Promise<Slice | null> {
  const { deadline } = context;
  const holders = await findByLabel(entry.database, leading.field, leading.label, {
    deadline,
    projection: withFilterFields({}),
    limit: scannedMax + 1,
  });
  if (holders.length > scannedMax) return null;
  const sign = options.direction === 'ASC' ? 1 : -1;
  const compare = (a: CreatedPosition, b: CreatedPosition): number =>
    sign * (a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const { after, size } = options;
  const places = holders
    .filter((row) => row.state === 'ACTIVE' && meetsFilter(row, options.filter))
    .map((row) => ({ createdAt: row.createdAt, id: row._id }))
    .filter((place) => after === null || compare(place, after) > 0)
    .sort(compare);
  const ids = places.slice(0, size).map((place) => place.id);
  const rows = await findProfiles(entry.database, ids, {
    deadline,
    projection: withFilterFields(profileProjection(context)),
  });
  const byId = new Map(rows.map((row) => [row._id, row]));
  return { rows: ids.flatMap((id) => byId.get(id) ?? []), hasNextPage: places.length > size };
}

function withFilterFields(projection: Projection): Projection {
  if (projection === null) return null;
  const fields: Record<string, 1> = { ...projection };
  for (const name of filterFields) fields[name] = 1;
  return fields;
}

/** Every live profile of the brand, whatever the filter would leave: null when filtering, or above what is counted. */
async function countAll(context: OperationContext, entry: BrandEntry, filter: ProfileFilter): Promise<number | null> {
  if (isFiltering(filter) || !isSelected(context, 'ProfileConnection', 'totalCount')) return null;
  const { deadline } = context;
  const count = await entry.database.run(deadline, () => countLive(entry.database, totalMax, deadline));
  return count > totalMax ? null : count;
}
