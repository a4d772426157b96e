import DataLoader from 'dataloader';
import type { OperationContext } from '../access/context.js';
import { memoKey } from '../access/world.js';
import type { BrandEntry } from '../brands/brands.js';
import type { DuplicateStatus } from '../generated/resolvers-types.js';
import type { Uuid } from '../kernel/ids.js';
import { adviseWinner } from '../merges/merge-advice.js';
import type { ProfileView } from '../profiles/profile.js';
import { viewProfile } from '../profiles/profile.service.js';
import { byScore, type DuplicateRow, type DuplicateView, pairId } from './duplicate.js';
import { findDuplicates } from './duplicate.store.js';
import { familyOf, idsOf, readUndone, wasUndone } from './duplicate-family.service.js';

type RowLoader = DataLoader<Uuid, DuplicateRow | null>;

const loadersKey = memoKey<Map<string, RowLoader>>('duplicates by id');

/** A pair by id as stored, one command per brand for all that an operation asks for at once; null when there is none. */
export function loadDuplicate(context: OperationContext, entry: BrandEntry, id: Uuid): Promise<DuplicateRow | null> {
  const loaders = context.world.memo(loadersKey, () => new Map<string, RowLoader>());
  const known = loaders.get(entry.brand.handle);
  if (known !== undefined) return known.load(id);
  const loader: RowLoader = new DataLoader(
    async (ids) => {
      const { deadline } = context;
      const rows = await entry.database.run(deadline, () => findDuplicates(entry.database, ids, deadline));
      const byId = new Map(rows.map((row) => [row._id, row]));
      return ids.map((each) => byId.get(each) ?? null);
    },
    { maxBatchSize: 1_000, batchScheduleFn: (callback) => setImmediate(callback) },
  );
  loaders.set(entry.brand.handle, loader);
  return loader.load(id);
}

const undoneKey = memoKey<Map<string, DataLoader<Uuid, readonly Uuid[]>>>('winners of undone merges');

/** Winners of undone merges in which a profile was the loser, one command per brand for all that are asked at once. */
function loadUndoneWinners(context: OperationContext, entry: BrandEntry, loserId: Uuid): Promise<readonly Uuid[]> {
  const loaders = context.world.memo(undoneKey, () => new Map<string, DataLoader<Uuid, readonly Uuid[]>>());
  const known = loaders.get(entry.brand.handle);
  if (known !== undefined) return known.load(loserId);
  const loader = new DataLoader<Uuid, readonly Uuid[]>(
    async (ids) => {
      const winners = await readUndone(entry.database, ids, context.deadline);
      return ids.map((id) => winners.get(id) ?? []);
    },
    { maxBatchSize: 1_000, batchScheduleFn: (callback) => setImmediate(callback) },
  );
  loaders.set(entry.brand.handle, loader);
  return loader.load(loserId);
}

/**
 * What a stored pair is as of now: its status follows from the live profiles that its ids lead to, so it is right even
 * before any work after a merge was done. Null for a pair that must not be shown: one of its profiles is not there, or
 * another row stands for the same two profiles.
 */
export async function judge(
  context: OperationContext,
  entry: BrandEntry,
  row: DuplicateRow,
): Promise<DuplicateView | null> {
  const [x, y] = await Promise.all(row.profiles.map((id) => viewProfile(context, entry, id)));
  if (x == null || y == null) return null;
  if (x._id === y._id) return viewOf(row, 'MERGED', x, null);
  if (row.status === 'DISMISSED' || row.status === 'MERGED') return viewOf(row, 'DISMISSED', x, y);
  const [isUndone, status] = await Promise.all([
    hasUndoneMerge(context, entry, [x, y]),
    statusInFamily(context, entry, row, [x, y]),
  ]);
  if (isUndone) return viewOf(row, 'DISMISSED', x, y);
  return status === null ? null : viewOf(row, status, x, y);
}

async function hasUndoneMerge(
  context: OperationContext,
  entry: BrandEntry,
  pair: readonly [ProfileView, ProfileView],
): Promise<boolean> {
  const ids = pair.flatMap(idsOf);
  const winners = await Promise.all(ids.map((id) => loadUndoneWinners(context, entry, id)));
  return wasUndone(pair, new Map(ids.map((id, at) => [id, winners[at] ?? []])));
}

/** Whoever judged a pair judged everyone who was merged into one of the two; of several rows for two profiles one is shown. */
async function statusInFamily(
  context: OperationContext,
  entry: BrandEntry,
  row: DuplicateRow,
  pair: readonly [ProfileView, ProfileView],
): Promise<'OPEN' | 'DISMISSED' | null> {
  const own = pairId(pair[0]._id, pair[1]._id);
  const ids = familyOf(pair).filter((id) => id !== row._id);
  const others = (await Promise.all(ids.map((id) => loadDuplicate(context, entry, id)))).filter(
    (each) => each !== null,
  );
  if (others.some(({ status }) => status === 'DISMISSED')) return 'DISMISSED';
  if (row._id === own) return 'OPEN';
  const rivals = others.filter(({ status }) => status === 'OPEN');
  const isFirst = rivals.every((other) => other._id !== own && byScore(row, other) < 0);
  return isFirst ? 'OPEN' : null;
}

function viewOf(row: DuplicateRow, status: DuplicateStatus, x: ProfileView, y: ProfileView | null): DuplicateView {
  const { profiles: _profiles, ...rest } = row;
  const common = { ...rest, status, __typename: 'DuplicateCandidate', brand: x.brand } as const;
  if (y === null) return { ...common, suggestedWinner: x, suggestedLoser: null };
  const winnerId = adviseWinner(unused(x), unused(y), x.brand).profileId;
  return winnerId === x._id
    ? { ...common, suggestedWinner: x, suggestedLoser: y }
    : { ...common, suggestedWinner: y, suggestedLoser: x };
}

/** The inbox advises by contacts, links and age; how much each is used is read when a merge is reviewed. */
function unused(row: ProfileView): Parameters<typeof adviseWinner>[0] {
  return { row, history: { lastUsedAt: null, rowCount: 0, handles: [] } };
}
