import type { Database } from '../brands/database.js';
import { isInserted } from '../brands/insert-once.js';
import { duplicateScanCollection } from './duplicate.model.js';
import { noCounts, type ScanRow } from './duplicate-scan.js';

/** The one row of a brand. */
const scanId = 'scan';

/** The last scan of a brand; null when there never was one. */
export async function findScan(database: Database): Promise<ScanRow | null> {
  return (await database
    .model(duplicateScanCollection)
    .findOne({ _id: scanId }, null, { lean: true, readConcern: { level: 'majority' } })) as ScanRow | null;
}

/** Who works on a scan, and until when nobody else may. */
export interface ScanLease {
  readonly owner: string;
  readonly until: Date;
  readonly now: Date;
}

/** Writes a brand's first scan, leased; null when another process was faster. */
export async function insertScan(database: Database, lease: ScanLease, partitions: number): Promise<ScanRow | null> {
  const row: ScanRow = {
    _id: scanId,
    run: 1,
    phase: 'KEYS',
    partitions,
    position: '',
    counts: noCounts,
    owner: lease.owner,
    fence: 1,
    leaseUntil: lease.until,
    startedAt: lease.now,
  };
  const isFirst = await isInserted(() => database.model(duplicateScanCollection).collection.insertOne(row as never));
  return isFirst ? row : null;
}

/** Takes over the scan as it was read, with changes; null when it is another's or has changed since. */
export async function leaseScan(
  database: Database,
  row: ScanRow,
  lease: ScanLease,
  change: Partial<ScanRow>,
): Promise<ScanRow | null> {
  const set = { ...change, owner: lease.owner, fence: row.fence + 1, leaseUntil: lease.until };
  const { endedAt: _ended, ...rest } = row;
  const result = await database.model(duplicateScanCollection).collection.updateOne(
    { _id: row._id as never, fence: row.fence } as never,
    {
      $set: set,
      ...(change.phase === 'KEYS' ? { $unset: { endedAt: '' } } : {}),
    } as never,
  );
  return result.matchedCount === 1 ? { ...rest, ...set } : null;
}

/** Writes how far a scan has come, while the lease is still one's own. Returns whether it was. */
export async function saveScan(
  database: Database,
  row: Pick<ScanRow, '_id' | 'fence' | 'owner'>,
  change: Partial<ScanRow>,
): Promise<boolean> {
  const result = await database
    .model(duplicateScanCollection)
    .collection.updateOne({ _id: row._id as never, fence: row.fence, owner: row.owner } as never, { $set: change });
  return result.matchedCount === 1;
}
