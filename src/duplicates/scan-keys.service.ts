import type { BrandEntry } from '../brands/brands.js';
import type { Uuid } from '../kernel/ids.js';
import type { ProfileRow } from '../profiles/profile.js';
import { addressesByProfile, profilesAfter, profilesById } from '../profiles/profile-scan.service.js';
import type { DuplicateKeys } from './duplicate-key.js';
import { insertKeys } from './duplicate-key.store.js';
import type { BatchEnd, ScanRow } from './duplicate-scan.js';
import { type DuplicateSubject, subjectFields, subjectOf } from './duplicate-subject.js';
import { inScan } from './scan-lease.service.js';

/** Profiles whose keys are worked out together: some 20 ms of the processor, so that requests get their turn. */
const profilesPerBatch = 500;

const projection = Object.fromEntries(subjectFields.map((name) => [name, 1 as const]));

/** Writes the keys of the next live profiles. */
export async function writeKeys(entry: BrandEntry, scan: ScanRow, keys: DuplicateKeys): Promise<BatchEnd> {
  const { run, position, counts } = scan;
  const rows = await profilesAfter(entry.database, position === '' ? null : position, {
    limit: profilesPerBatch,
    projection,
  });
  const last = rows.at(-1);
  if (last === undefined) return { hasMore: false, change: {} };
  const subjects = await subjectsOf(entry, rows.filter(isLive));
  const entries = subjects.flatMap((subject) => keys.keysOf(subject).map((key) => ({ key, profileId: subject.id })));
  await inScan(entry.database, () => insertKeys(entry.database, run, entries));
  return {
    hasMore: rows.length === profilesPerBatch,
    change: {
      position: last._id,
      counts: { ...counts, profiles: counts.profiles + subjects.length, keys: counts.keys + entries.length },
    },
  };
}

/** Whether a profile takes part: only those that are shown. */
export function isLive(row: ProfileRow): boolean {
  return row.state === 'ACTIVE';
}

/** Profiles as they stand now, by id, with the fields that comparing needs. */
export async function readForComparing(entry: BrandEntry, ids: readonly Uuid[]): Promise<Map<Uuid, ProfileRow>> {
  const rows = await profilesById(entry.database, ids, projection);
  return new Map(rows.map((row) => [row._id, row]));
}

/** Subjects of profiles, addresses included: one command for all. */
export async function subjectsOf(entry: BrandEntry, rows: readonly ProfileRow[]): Promise<DuplicateSubject[]> {
  const addresses = await addressesByProfile(entry.database, rows);
  return rows.map((row) => subjectOf(row, addresses.get(row._id) ?? [], entry.brand));
}
