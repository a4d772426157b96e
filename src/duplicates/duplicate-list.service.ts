import DataLoader from 'dataloader';
import { isSelected, type OperationContext, visibleBrand } from '../access/context.js';
import { invalidCursor, openCursor, openCursorOfAny } from '../access/cursor.js';
import { type CountedPage, keysetPage, pageSize } from '../access/page.js';
import { memoKey } from '../access/world.js';
import type { BrandEntry } from '../brands/brands.js';
import type {
  DuplicateStatus,
  ProfileDuplicateCandidatesArgs,
  QueryDuplicateCandidatesArgs,
} from '../generated/resolvers-types.js';
import { AppError, badInput } from '../kernel/errors.js';
import { isUuid, type Uuid } from '../kernel/ids.js';
import { childRowsPerCommandMax } from '../kernel/limits.js';
import { formerIdsOf, type ProfileView } from '../profiles/profile.js';
import { byScore, type DuplicateRow, type DuplicateView } from './duplicate.js';
import { type DuplicatePosition, findByProfiles, findByScore } from './duplicate.store.js';
import { judge } from './duplicate-judgement.service.js';

/** Stored rows looked at for one page: beyond, so much has been merged since the last scan that one is due. */
const scannedMax = 20_000;
/** Rows of one command while reading on. */
const chunkMax = 1_000;
/** Highest total that is told: every counted row is looked at. */
const totalMax = 5_000;

/** Stored states in which pairs may be that are, as of now, in a state. */
const storedStates: Readonly<Record<DuplicateStatus, readonly DuplicateStatus[]>> = {
  OPEN: ['OPEN'],
  DISMISSED: ['OPEN', 'DISMISSED', 'MERGED'],
  MERGED: ['OPEN', 'DISMISSED', 'MERGED'],
};

/** A list of a brand's pairs, page by page. */
interface PairList {
  readonly statuses: readonly DuplicateStatus[];
  readonly minScore: number;
}

/**
 * A page of a brand's possible duplicates in the states asked for, as of now, the most likely first. Null for a brand
 * that is not the token's.
 * @throws AppError `CURSOR_INVALID`, `BAD_USER_INPUT`, `LIMIT_EXCEEDED` when a scan is due.
 */
export async function listDuplicates(
  context: OperationContext,
  args: QueryDuplicateCandidatesArgs,
): Promise<CountedPage<DuplicateView> | null> {
  const size = pageSize(args.first);
  const minScore = args.minScore ?? 0;
  if (!Number.isFinite(minScore)) throw badInput('minScore is a number from 0 to 1', ['minScore']);
  const entry = visibleBrand(context, args.brand);
  if (entry === null) return null;
  const list: PairList = { statuses: [...new Set(args.statuses ?? ['OPEN' as const])].sort(), minScore };
  const binding = { list: 'duplicates', brand: entry.brand.handle, ...list };
  const after = positionOf(openCursor(binding, args.after));
  const [rows, totalCount] = await Promise.all([
    readOn(context, entry, list, after, size + 1),
    isSelected(context, 'DuplicateCandidateConnection', 'totalCount') ? countAll(context, entry, list) : null,
  ]);
  return keysetPage({ rows, size, binding, positionOf: placeOf, isContinued: after !== null, totalCount });
}

function placeOf(view: DuplicateView): [number, Uuid] {
  return [view.score, view._id];
}

function positionOf(position: unknown): DuplicatePosition | null {
  if (position === null) return null;
  const [score, id] = Array.isArray(position) ? position : [];
  if (typeof score !== 'number' || typeof id !== 'string' || !isUuid(id)) throw invalidCursor();
  return { score, id };
}

/** Reads stored rows in order until so many are in the states asked for; mostly that is one command. */
async function readOn(
  context: OperationContext,
  entry: BrandEntry,
  list: PairList,
  from: DuplicatePosition | null,
  wanted: number,
): Promise<DuplicateView[]> {
  const statuses = [...new Set(list.statuses.flatMap((status) => storedStates[status]))];
  const found: DuplicateView[] = [];
  let after = from;
  let limit = wanted;
  for (let scanned = 0; scanned < scannedMax; limit = Math.min(chunkMax, limit * 4)) {
    const read = { ...list, statuses, after, limit, deadline: context.deadline };
    const rows =
      statuses.length === 0 ? [] : await entry.database.run(context.deadline, () => findByScore(entry.database, read));
    const judged = await Promise.all(rows.map((row) => judge(context, entry, row)));
    found.push(...judged.filter((view): view is DuplicateView => view !== null && list.statuses.includes(view.status)));
    const last = rows.at(-1);
    if (found.length >= wanted || last === undefined || rows.length < limit) return found.slice(0, wanted);
    scanned += rows.length;
    after = { score: last.score, id: last._id };
  }
  throw new AppError(
    'LIMIT_EXCEEDED',
    `Of ${scannedMax} pairs too few are in these states any more; run kindred duplicates scan, or set minScore`,
    { details: { field: ['statuses'] } },
  );
}

async function countAll(context: OperationContext, entry: BrandEntry, list: PairList): Promise<number | null> {
  try {
    const count = (await readOn(context, entry, list, null, totalMax + 1)).length;
    return count > totalMax ? null : count;
  } catch (error) {
    if (error instanceof AppError && error.code === 'LIMIT_EXCEEDED') return null;
    throw error;
  }
}

type PairLoaders = Map<string, DataLoader<ProfileView, DuplicateRow[], Uuid>>;

const pairsKey = memoKey<PairLoaders>('duplicates of profiles');

/** Profiles of one batch: with more, the rows of one command would not be enough for all. */
const parentsMax = 100;

/**
 * A page of the open pairs of one profile, the most likely first; pairs that were found for profiles merged into it
 * count as its own. One command per brand for all profiles that are asked together.
 * @throws AppError `CURSOR_INVALID`, `BAD_USER_INPUT`.
 */
export async function duplicatesOf(
  context: OperationContext,
  profile: ProfileView,
  args: Partial<ProfileDuplicateCandidatesArgs>,
): Promise<CountedPage<DuplicateView>> {
  const size = pageSize(args.first);
  const bindingOf = (id: Uuid) => ({ list: 'profile duplicates', brand: profile.brand.handle, id });
  const bindings = [profile._id, ...formerIdsOf(profile)].map(bindingOf);
  const after = args.after == null ? null : positionOf(openCursorOfAny(bindings, args.after));
  const entry = context.brands.get(profile.brand.handle);
  const stored = await loadPairs(context, entry, profile);
  const judged = await Promise.all(stored.map((row) => judge(context, entry, row)));
  const open = judged.filter((view): view is DuplicateView => view?.status === 'OPEN').sort(byScore);
  const rest = after === null ? open : open.filter((view) => byScore(view, { score: after.score, _id: after.id }) > 0);
  return keysetPage({
    rows: rest,
    size,
    binding: bindingOf(profile._id),
    positionOf: placeOf,
    isContinued: after !== null,
    totalCount: open.length,
  });
}

function loadPairs(context: OperationContext, entry: BrandEntry, profile: ProfileView): Promise<DuplicateRow[]> {
  const loaders = context.world.memo(pairsKey, () => new Map() as PairLoaders);
  const { handle } = entry.brand;
  let loader = loaders.get(handle);
  if (loader === undefined) {
    loader = new DataLoader<ProfileView, DuplicateRow[], Uuid>((profiles) => pairsOfAll(context, entry, profiles), {
      maxBatchSize: parentsMax,
      batchScheduleFn: (callback) => setImmediate(callback),
      cacheKeyFn: (view) => view._id,
    });
    loaders.set(handle, loader);
  }
  return loader.load(profile);
}

async function pairsOfAll(
  context: OperationContext,
  entry: BrandEntry,
  profiles: readonly ProfileView[],
): Promise<DuplicateRow[][]> {
  const { deadline } = context;
  const lists = new Map<Uuid, DuplicateRow[]>();
  const result = profiles.map((profile) => {
    const list: DuplicateRow[] = [];
    for (const id of [profile._id, ...formerIdsOf(profile)]) lists.set(id, list);
    return list;
  });
  const rows = await entry.database.run(deadline, () =>
    findByProfiles(entry.database, [...lists.keys()], { limit: childRowsPerCommandMax, deadline }),
  );
  if (rows.length === childRowsPerCommandMax && profiles.length > 1) {
    // A batch that overflows is asked one by one, so that none is told too little.
    return Promise.all(profiles.map(async (profile) => (await pairsOfAll(context, entry, [profile]))[0] ?? []));
  }
  for (const row of rows) {
    for (const list of new Set(row.profiles.map((id) => lists.get(id)))) list?.push(row);
  }
  return result;
}
