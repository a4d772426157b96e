import { type OperationContext, requireActor, visibleBrand } from '../access/context.js';
import { hasScope } from '../access/scopes.js';
import type { BrandHandle } from '../brands/brand.js';
import type { BrandEntry } from '../brands/brands.js';
import type { MergeErrorCode } from '../generated/resolvers-types.js';
import type { Uuid } from '../kernel/ids.js';
import type { MergeRefusal } from '../merges/merge.js';
import { staleLinksOf } from '../merges/merge-links.service.js';
import { planMerge } from '../merges/merge-plan.js';
import { addressRowsOf } from '../profiles/address.service.js';
import { accountsOf, type ProfileRow } from '../profiles/profile.js';
import { readProfiles } from '../profiles/profile.service.js';

/** A profile as a row names it. */
export interface NamedProfile {
  readonly brand: BrandHandle;
  readonly id: Uuid;
}

/** A row to be checked. */
export interface NamedPair {
  readonly winner: NamedProfile;
  readonly loser: NamedProfile;
}

/** A row whose ids were followed: to the documents that stand for them now, or why there are none. */
export type ResolvedPair =
  | { readonly winner: ProfileRow; readonly loser: ProfileRow; readonly refusal: null }
  | { readonly winner: null; readonly loser: null; readonly refusal: MergeRefusal };

/** Redirects followed from an id: merges keep every former id one hop from its winner, more means one is under way. */
const hopsMax = 4;

function refusal(code: MergeErrorCode, message: string, field: readonly string[] | null = null): MergeRefusal {
  return { code, message, field };
}

/** Reads the profiles of many rows together, following ids that were merged away. A few commands, however many rows. */
export async function resolvePairs(
  context: OperationContext,
  entry: BrandEntry,
  pairs: readonly NamedPair[],
): Promise<ResolvedPair[]> {
  const own = pairs.flatMap(({ winner, loser }) => [winner, loser]).filter((each) => each.brand === entry.brand.handle);
  const found = await followAll(context, entry, [...new Set(own.map((each) => each.id))]);
  return pairs.map((pair) => {
    const problem = brandProblem(context, entry, pair);
    if (problem !== null) return { winner: null, loser: null, refusal: problem };
    const winner = found.get(pair.winner.id);
    const loser = found.get(pair.loser.id);
    if (winner === undefined || loser === undefined) {
      return { winner: null, loser: null, refusal: missing(winner === undefined ? 'winnerId' : 'loserId') };
    }
    if (winner._id === loser._id) {
      const message = 'Winner and loser are one profile; there is nothing left to merge';
      return { winner: null, loser: null, refusal: refusal('SAME_PROFILE', message) };
    }
    return { winner, loser, refusal: null };
  });
}

function missing(field: 'winnerId' | 'loserId'): MergeRefusal {
  return refusal('NOT_FOUND', 'There is nothing with this id that this token may see', [field]);
}

/** What is wrong with an id of another brand: like an unknown one where the token may not see that brand. */
function brandProblem(context: OperationContext, entry: BrandEntry, pair: NamedPair): MergeRefusal | null {
  for (const field of ['winner', 'loser'] as const) {
    const { brand } = pair[field];
    if (brand === entry.brand.handle) continue;
    if (visibleBrand(context, brand) === null) return missing(`${field}Id`);
    return refusal('DIFFERENT_BRANDS', 'The profiles live in different brands; link them instead', [`${field}Id`]);
  }
  return null;
}

async function followAll(
  context: OperationContext,
  entry: BrandEntry,
  ids: readonly Uuid[],
): Promise<Map<Uuid, ProfileRow>> {
  const rows = new Map<Uuid, ProfileRow>();
  let wanted: readonly Uuid[] = ids;
  for (let hop = 0; hop < hopsMax && wanted.length > 0; hop += 1) {
    const read = await entry.database.run(context.deadline, () =>
      readProfiles(entry.database, wanted, { deadline: context.deadline }),
    );
    for (const row of read) rows.set(row._id, row);
    wanted = [...new Set(read.flatMap((row) => row.mergedInto ?? []))].filter((id) => !rows.has(id));
  }
  const ends = new Map<Uuid, ProfileRow>();
  for (const id of ids) {
    let row = rows.get(id);
    for (let hop = 0; hop < hopsMax && row?.state === 'MERGED'; hop += 1) row = rows.get(row.mergedInto ?? '');
    if (row?.state === 'ACTIVE' || row?.state === 'DELETED') ends.set(id, row);
  }
  return ends;
}

/** A profile as the rows before have left it. */
interface Standing {
  readonly row: ProfileRow;
  readonly addressCount: number;
}

/**
 * Why rows would be refused if they were merged now, one after the other in the order given; null for those that would
 * go through. Each row is planned on what the rows before it leave, so that what they add up to is seen as well.
 */
export async function checkPairs(
  context: OperationContext,
  entry: BrandEntry,
  pairs: readonly { readonly winner: ProfileRow; readonly loser: ProfileRow }[],
): Promise<(MergeRefusal | null)[]> {
  const standings = await standingsOf(context, entry, pairs);
  const mayGrantStatuses = hasScope(requireActor(context), 'grant-statuses');
  const verdicts: (MergeRefusal | null)[] = [];
  for (const pair of pairs) {
    const winner = standings.get(pair.winner._id) as Standing;
    const loser = standings.get(pair.loser._id) as Standing;
    const addressCount = winner.addressCount + loser.addressCount;
    const decisions = planMerge({
      winner: { brand: entry.brand, row: winner.row },
      loser: { brand: entry.brand, row: loser.row },
      takeFromLoser: [],
      addressCount,
      mayGrantStatuses,
      staleLinks: await staleLinksOf(context, entry, winner.row, loser.row),
    });
    const [blocker] = decisions.blockers;
    verdicts.push(blocker ?? null);
    if (blocker !== undefined) continue;
    const accounts = [...accountsOf(winner.row), ...accountsOf(loser.row)];
    standings.set(winner.row._id, { row: { ...winner.row, ...decisions.attributes, accounts }, addressCount });
  }
  return verdicts;
}

async function standingsOf(
  context: OperationContext,
  entry: BrandEntry,
  pairs: readonly { readonly winner: ProfileRow; readonly loser: ProfileRow }[],
): Promise<Map<Uuid, Standing>> {
  const rows = new Map(pairs.flatMap(({ winner, loser }) => [winner, loser]).map((row) => [row._id, row]));
  const [any] = rows.values();
  if (any === undefined) return new Map();
  // Addresses are found by accounts alone: an owner of all accounts brings those of everybody together.
  const everybody = { ...any, accounts: [...rows.values()].flatMap((row) => accountsOf(row)) };
  const addresses = await entry.database.run(context.deadline, () => addressRowsOf(context, entry, everybody));
  const countOf = new Map<Uuid, number>();
  for (const { accountId } of addresses) countOf.set(accountId, (countOf.get(accountId) ?? 0) + 1);
  return new Map(
    [...rows].map(([id, row]) => [
      id,
      { row, addressCount: accountsOf(row).reduce((sum, account) => sum + (countOf.get(account) ?? 0), 0) },
    ]),
  );
}
