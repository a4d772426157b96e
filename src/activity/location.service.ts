import { isSelected, type OperationContext, visibleBrand } from '../access/context.js';
import { invalidCursor, openCursor } from '../access/cursor.js';
import { type CountedPage, keysetPage, pageSize } from '../access/page.js';
import type { Brand } from '../brands/brand.js';
import type { BrandEntry } from '../brands/brands.js';
import type { InteractionErrorCode, TransactionErrorCode } from '../generated/resolvers-types.js';
import { refuse } from '../kernel/errors.js';
import { isUuid, type NodeId, type Uuid } from '../kernel/ids.js';
import { type LocationRow, type LocationView, locationView } from './location.js';
import { loadLocation } from './location.loader.js';
import { countLocations, findLocationByCode, findLocationPage, insertLocationRows } from './location.store.js';

/**
 * A page of a brand's places, by name.
 * @throws AppError `BAD_USER_INPUT`, `CURSOR_INVALID`, `BRAND_UNAVAILABLE`, `BRAND_TIMEOUT`.
 */
export async function locationsOf(
  context: OperationContext,
  brand: Brand,
  args: { readonly first?: number | null; readonly after?: string | null },
): Promise<CountedPage<LocationView>> {
  const entry = context.brands.get(brand.handle);
  const size = pageSize(args.first);
  const binding = { list: 'locations', brand: brand.handle };
  const after = positionOf(openCursor(binding, args.after));
  const { deadline } = context;
  const [rows, totalCount] = await entry.database.run(deadline, () =>
    Promise.all([
      findLocationPage(entry.database, { limit: size + 1, after, deadline }),
      isSelected(context, 'LocationConnection', 'totalCount') ? countLocations(entry.database, { deadline }) : null,
    ]),
  );
  return keysetPage({
    rows: rows.map((row) => locationView(row, entry.brand)),
    size,
    binding,
    positionOf: (row) => [row.name, row._id],
    isContinued: after !== null,
    totalCount,
  });
}

function positionOf(position: unknown): { name: string; id: Uuid } | null {
  if (position === null) return null;
  const [name, id] = Array.isArray(position) ? position : [];
  if (typeof name !== 'string' || typeof id !== 'string' || !isUuid(id)) throw invalidCursor();
  return { name, id };
}

/** A place by id in a brand the actor may see; null when there is none. */
export async function findLocation(
  context: OperationContext,
  entry: BrandEntry,
  id: Uuid,
): Promise<LocationView | null> {
  const row = await loadLocation(context, entry, id);
  return row === null ? null : locationView(row, entry.brand);
}

/**
 * The id of the place with a sending system's code, read to decide a write; null when no code was sent.
 * @throws Refusal `LOCATION_UNKNOWN`.
 */
export async function locationIdOfCode(
  context: OperationContext,
  entry: BrandEntry,
  code: string | null,
): Promise<Uuid | null> {
  if (code === null) return null;
  const location = await findLocationByCode(entry.database, code, { deadline: context.deadline });
  if (location !== null) return location._id;
  refuse<TransactionErrorCode & InteractionErrorCode>(
    'LOCATION_UNKNOWN',
    'The brand has no place with this code; add it or correct the code',
    ['locationCode'],
  );
}

/** The place that a global id names; null alike when it is not there and when its brand is not the actor's. */
export async function loadLocationNode(context: OperationContext, nodeId: NodeId): Promise<LocationView | null> {
  const entry = visibleBrand(context, nodeId.brand);
  const [id] = nodeId.uuids;
  return entry === null || id === undefined ? null : findLocation(context, entry, id);
}

/** Adds places to a brand: for demo data and tests. */
export function insertLocations(entry: BrandEntry, rows: readonly LocationRow[]): Promise<void> {
  return insertLocationRows(entry.database, rows);
}
