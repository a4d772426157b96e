import type { BrandEntry } from '../brands/brands.js';
import type { Uuid } from '../kernel/ids.js';
import type { ProfileRow } from '../profiles/profile.js';
import { profilesById } from '../profiles/profile-scan.service.js';
import { subjectFields } from './duplicate-subject.js';

/** Redirects followed: merges keep every former id one hop from its winner. */
const hopsMax = 4;

/** Fields that comparing needs. */
export const subjectProjection = Object.fromEntries(subjectFields.map((name) => [name, 1 as const]));

/** Whether a profile takes part: only those that are shown. */
export function isLive(row: ProfileRow): boolean {
  return row.state === 'ACTIVE';
}

/** Profiles as they stand now, by id, with the fields that comparing needs. */
export async function readForComparing(entry: BrandEntry, ids: readonly Uuid[]): Promise<Map<Uuid, ProfileRow>> {
  const rows = await profilesById(entry.database, ids, subjectProjection);
  return new Map(rows.map((row) => [row._id, row]));
}

/** As {@link readForComparing}, with the profiles that they were merged into. */
export async function readWithWinners(entry: BrandEntry, ids: readonly Uuid[]): Promise<Map<Uuid, ProfileRow>> {
  const known = await readForComparing(entry, ids);
  for (let hop = 0; hop < hopsMax; hop += 1) {
    const next = [...known.values()].flatMap((row) =>
      row.mergedInto !== undefined && !known.has(row.mergedInto) ? [row.mergedInto] : [],
    );
    if (next.length === 0) break;
    for (const [id, row] of await readForComparing(entry, [...new Set(next)])) known.set(id, row);
  }
  return known;
}

/** The live profile that an id leads to among those that were read with their winners; null when there is none. */
export function liveOf(profiles: ReadonlyMap<Uuid, ProfileRow>, id: Uuid): ProfileRow | null {
  let row = profiles.get(id);
  for (let hop = 0; hop < hopsMax && row?.state === 'MERGED'; hop += 1) row = profiles.get(row.mergedInto as Uuid);
  return row !== undefined && isLive(row) ? row : null;
}
