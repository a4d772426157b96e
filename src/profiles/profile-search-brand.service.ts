import type { OperationContext } from '../access/context.js';
import type { BrandEntry } from '../brands/brands.js';
import { AppError } from '../kernel/errors.js';
import type { ProfileRow } from './profile.js';
import { viewProfile } from './profile.service.js';
import { findByKeyPrefix } from './profile-list.store.js';
import { viewClaimOwner } from './profile-lookup.service.js';
import { comparePlaces, type Hit, type NameSearch, nameRank, type SearchPlace } from './profile-search.js';
import type { SearchTarget } from './profile-search-target.js';
import { searchLengthMin } from './search-key.js';

/** Names of one brand that are looked at for one search: beyond, what was given is too short to find anybody by. */
const candidatesMax = 1_000;
const candidateFields = { state: 1, firstName: 1, lastName: 1, createdAt: 1 } as const;

/** Which of a brand's hits are wanted. */
export interface HitRange {
  readonly after: SearchPlace | null;
  readonly limit: number;
}

/**
 * Who in one brand fits what is searched for, in order, those after a place only.
 * @throws AppError `LIMIT_EXCEEDED` when a name fits too many.
 */
export async function findHits(
  context: OperationContext,
  entry: BrandEntry,
  target: SearchTarget,
  range: HitRange,
): Promise<Hit[]> {
  const brand = entry.brand.handle;
  if (target.name !== undefined) {
    const places = (await placesByName(context, entry, target.name)).filter((place) => isWanted(place, range));
    const hits = places
      .sort(comparePlaces)
      .slice(0, range.limit)
      .map(async (place): Promise<Hit[]> => {
        const view = await viewProfile(context, entry, place.id);
        // Merged away since it was found: its winner stands in the list under its own name, or not at all.
        return view?._id === place.id ? [{ place, brand, view, matchedOn: [target.kind] }] : [];
      });
    return (await Promise.all(hits)).flat();
  }
  const claimId = target.claimIds.get(brand);
  const view = claimId === undefined ? null : await viewClaimOwner(context, entry, claimId);
  if (view === null) return [];
  const place = { rank: 0, createdAtMs: view.createdAt.getTime(), id: view._id };
  return isWanted(place, range) ? [{ place, brand, view, matchedOn: [target.kind] }] : [];
}

function isWanted(place: SearchPlace, range: HitRange): boolean {
  return range.after === null || comparePlaces(place, range.after) > 0;
}

/**
 * Candidates are read by the name as it was typed and by its longest part alone, because the other parts may be
 * beginnings too. Where very many share that part, only names that begin as typed count.
 */
async function placesByName(context: OperationContext, entry: BrandEntry, search: NameSearch): Promise<SearchPlace[]> {
  const hasLongPart = search.tokens.length > 1 && search.longest.length >= searchLengthMin;
  const prefixes = hasLongPart ? [search.text, search.longest] : [search.text];
  const [asTyped = [], byPart = []] = await Promise.all(prefixes.map((prefix) => candidates(context, entry, prefix)));
  if (asTyped.length > candidatesMax) {
    throw new AppError('LIMIT_EXCEEDED', 'Too many customers have such a name; give more of it', {
      details: { field: ['by', 'name'] },
    });
  }
  const rows = [...asTyped, ...(byPart.length > candidatesMax ? [] : byPart)];
  const places = new Map<string, SearchPlace>();
  for (const row of rows) {
    const rank = row.state === 'ACTIVE' ? nameRank(row, search) : null;
    if (rank !== null) places.set(row._id, { rank, createdAtMs: row.createdAt.getTime(), id: row._id });
  }
  return [...places.values()];
}

function candidates(context: OperationContext, entry: BrandEntry, prefix: string): Promise<ProfileRow[]> {
  return findByKeyPrefix(entry.database, `n:${prefix}`, {
    deadline: context.deadline,
    projection: candidateFields,
    limit: candidatesMax + 1,
  });
}
