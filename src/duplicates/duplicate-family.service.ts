import type { Database } from '../brands/database.js';
import type { Deadline } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import { undoneMergesOf } from '../merges/undone-merge.service.js';
import { formerIdsOf, type ProfileRow } from '../profiles/profile.js';
import { pairId } from './duplicate.js';
import { findDuplicates } from './duplicate.store.js';

/** What of a live profile decides about its pairs. */
export type LiveProfile = Pick<ProfileRow, '_id' | 'mergedIn'>;

/** Two live profiles. */
export type LivePair = readonly [LiveProfile, LiveProfile];

/** Every id that leads to a profile, its own first. */
export function idsOf(profile: LiveProfile): Uuid[] {
  return [profile._id, ...formerIdsOf(profile)];
}

/**
 * Ids of all pairs that two live profiles stand for: their own, and those of every id that was merged into them. What
 * was said about one of these pairs was said about these two.
 */
export function familyOf([x, y]: LivePair): Uuid[] {
  const others = idsOf(y);
  return idsOf(x).flatMap((a) => others.map((b) => pairId(a, b)));
}

/** Winners of undone merges by their loser. */
export type UndoneWinners = ReadonlyMap<Uuid, readonly Uuid[]>;

/** Undone merges in which any of these profiles was the loser. */
export async function readUndone(
  database: Database,
  loserIds: readonly Uuid[],
  deadline: Deadline,
): Promise<UndoneWinners> {
  const winners = new Map<Uuid, Uuid[]>();
  for (const { winnerId, loserId } of await undoneMergesOf(database, [...new Set(loserIds)], deadline)) {
    winners.set(loserId, [...(winners.get(loserId) ?? []), winnerId]);
  }
  return winners;
}

/** Whether a merge of the two was undone: then somebody has looked and said that they are two. */
export function wasUndone([x, y]: LivePair, undone: UndoneWinners): boolean {
  const [own, others] = [idsOf(x), idsOf(y)];
  const lost = (losers: readonly Uuid[], winners: readonly Uuid[]): boolean =>
    losers.some((loser) => undone.get(loser)?.some((winner) => winners.includes(winner)));
  return lost(own, others) || lost(others, own);
}

/** Which of these pairs, or of their families, staff have dismissed: ids of the pairs. */
export async function dismissedAmong(
  database: Database,
  pairs: readonly LivePair[],
  deadline: Deadline,
): Promise<ReadonlySet<Uuid>> {
  const families = pairs.map(familyOf);
  const rows = await findDuplicates(database, [...new Set(families.flat())], deadline);
  const dismissed = new Set(rows.filter(({ status }) => status === 'DISMISSED').map((row) => row._id));
  return new Set(
    pairs.flatMap(([x, y], at) => (families[at]?.some((id) => dismissed.has(id)) ? [pairId(x._id, y._id)] : [])),
  );
}
