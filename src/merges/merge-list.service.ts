import { isSelected, type OperationContext, visibleBrand } from '../access/context.js';
import { invalidCursor, openCursor } from '../access/cursor.js';
import { type CountedPage, keysetPage, pageSize } from '../access/page.js';
import type { BrandEntry } from '../brands/brands.js';
import type { MergeStatus, ProfileMergesArgs, QueryMergesArgs } from '../generated/resolvers-types.js';
import { AppError } from '../kernel/errors.js';
import { isUuid, type Uuid } from '../kernel/ids.js';
import { formerIdsOf, type ProfileView } from '../profiles/profile.js';
import { type MergeRow, type MergeView, mergeViewOf, statusOf } from './merge.js';
import { needsSnapshot } from './merge.loader.js';
import { countMerges, findMergesByTime, type MergePosition } from './merge-list.store.js';

/** Rows looked at for one page of a list narrowed to some states: beyond, they are too rare to be found by reading on. */
const scannedMax = 10_000;
/** Rows of one command while a list reads on. */
const chunkMax = 1_000;
/** Highest total that is told. */
const totalMax = 100_000;

/** A list of merges: which it holds, and under which names its cursors are good. */
interface MergeList {
  readonly entry: BrandEntry;
  /** Null: every merge of the brand. */
  readonly winnerIds: readonly Uuid[] | null;
  readonly statuses: readonly MergeStatus[] | null;
  readonly binding: unknown;
  readonly args: { readonly first?: number | null; readonly after?: string | null };
}

/**
 * A page of a brand's merges, newest first. Null for a brand that is not the token's.
 * @throws AppError `CURSOR_INVALID`, `BAD_USER_INPUT`, `LIMIT_EXCEEDED` when too few of very many are in these states.
 */
export async function listMerges(
  context: OperationContext,
  args: QueryMergesArgs,
): Promise<CountedPage<MergeView> | null> {
  const entry = visibleBrand(context, args.brand);
  if (entry === null) {
    pageSize(args.first);
    return null;
  }
  const statuses = args.statuses == null ? null : [...new Set(args.statuses)].sort();
  const binding = { list: 'merges', brand: entry.brand.handle, statuses };
  return page(context, { entry, winnerIds: null, statuses, binding, args });
}

/**
 * A page of the merges that ended in a profile, newest first: into itself, and into profiles that were merged into it.
 * @throws AppError `CURSOR_INVALID`, `BAD_USER_INPUT`.
 */
export function mergesOf(
  context: OperationContext,
  profile: ProfileView,
  args: Partial<ProfileMergesArgs>,
): Promise<CountedPage<MergeView>> {
  const entry = context.brands.get(profile.brand.handle);
  const winnerIds = [profile._id, ...formerIdsOf(profile)];
  const binding = { list: 'merges of a profile', brand: entry.brand.handle, profile: profile._id };
  return page(context, { entry, winnerIds, statuses: null, binding, args });
}

async function page(context: OperationContext, list: MergeList): Promise<CountedPage<MergeView>> {
  const { entry, winnerIds, statuses, binding, args } = list;
  const size = pageSize(args.first);
  const after = readPosition(openCursor(binding, args.after));
  const { deadline } = context;
  const isCounted = statuses === null && isSelected(context, 'MergeConnection', 'totalCount');
  const [rows, total] = await Promise.all([
    entry.database.run(deadline, () => readRows(context, list, after, size)),
    isCounted ? entry.database.run(deadline, () => countMerges(entry.database, winnerIds, totalMax, deadline)) : null,
  ]);
  return keysetPage({
    rows: rows.map((row) => mergeViewOf(row, entry.brand)),
    size,
    binding,
    positionOf: (view) => [view.committedAt.getTime(), view._id],
    isContinued: after !== null,
    totalCount: total === null || total > totalMax ? null : total,
  });
}

function readPosition(position: unknown): MergePosition | null {
  if (position === null) return null;
  const [committedAtMs, id] = Array.isArray(position) ? position : [];
  if (typeof committedAtMs !== 'number' || typeof id !== 'string' || !isUuid(id)) throw invalidCursor();
  return { committedAt: new Date(committedAtMs), id };
}

/** Reads on until there is one row more than the page has; without states to look for, that is one command. */
async function readRows(
  context: OperationContext,
  { entry, winnerIds, statuses }: MergeList,
  from: MergePosition | null,
  size: number,
): Promise<MergeRow[]> {
  const read = { deadline: context.deadline, withSnapshot: needsSnapshot(context) };
  const rows: MergeRow[] = [];
  let after = from;
  let limit = size + 1;
  for (let scanned = 0; scanned < scannedMax; limit = Math.min(chunkMax, limit * 4)) {
    const chunk = await findMergesByTime(entry.database, winnerIds, after, { ...read, limit });
    rows.push(...chunk.filter((row) => statuses === null || statuses.includes(statusOf(row))));
    const last = chunk.at(-1);
    if (rows.length > size || last === undefined || chunk.length < limit) return rows.slice(0, size + 1);
    scanned += chunk.length;
    after = { committedAt: last.committedAt, id: last._id };
  }
  throw new AppError('LIMIT_EXCEEDED', `Too few of ${scannedMax} merges are in these states; leave the states out`, {
    details: { field: ['statuses'] },
  });
}
