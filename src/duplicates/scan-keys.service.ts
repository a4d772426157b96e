import { addressesByProfile, profilesAfter } from '../profiles/profile-scan.service.js';
import { insertEntries } from './duplicate-key.store.js';
import type { BatchEnd, ScanRow } from './duplicate-scan.js';
import { subjectOf } from './duplicate-subject.js';
import type { KeyEntry } from './key-chunk.js';
import { holderEntries, readHistory } from './scan-history.service.js';
import { inScan } from './scan-lease.service.js';
import { isLive, subjectProjection } from './scan-live.service.js';
import type { ScanWork } from './scan-work.service.js';

/** Works out the keys of the next live profiles page by page, and writes them packed when there are enough. */
export async function writeKeys(work: ScanWork, scan: ScanRow): Promise<BatchEnd> {
  const { entry, keys, limits, run, partitions } = work;
  const entries: KeyEntry[] = [];
  let [lastId, profiles, hasMore] = [scan.position, 0, true];
  while (hasMore && entries.length < limits.entriesPerBatch) {
    const rows = await profilesAfter(entry.database, lastId === '' ? null : lastId, {
      limit: limits.profilesPerPage,
      projection: subjectProjection,
    });
    const live = rows.filter(isLive);
    const [addresses, history] = await Promise.all([
      addressesByProfile(entry.database, live),
      readHistory(entry, live),
    ]);
    for (const row of live) {
      const read = { addresses: addresses.get(row._id), identities: history.byProfile.get(row._id) };
      for (const key of keys.keysOf(subjectOf(row, read, entry.brand))) entries.push({ key, profileId: row._id });
    }
    entries.push(...(await holderEntries(work, history)));
    profiles += live.length;
    lastId = rows.at(-1)?._id ?? lastId;
    hasMore = rows.length === limits.profilesPerPage;
  }
  await inScan(entry.database, () => insertEntries(entry.database, { run, partitions, lastId }, entries));
  const { counts } = scan;
  return {
    hasMore,
    change: {
      position: lastId,
      counts: { ...counts, profiles: counts.profiles + profiles, keys: counts.keys + entries.length },
    },
  };
}
