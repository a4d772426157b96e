import { insertCommon } from './duplicate-key.store.js';
import type { BatchEnd, ScanRow } from './duplicate-scan.js';
import { inScan } from './scan-lease.service.js';
import { placeOf, positionOf, type ScanWork } from './scan-work.service.js';

/**
 * Marks the values of the next partition that too many profiles share, before any pair is compared: then a pair that
 * met under another key is not taken for one person because of a shop's number.
 */
export async function markCommon(work: ScanWork, scan: ScanRow): Promise<BatchEnd> {
  const { database } = work.entry;
  const { partition } = placeOf(scan.position);
  const blocks = await work.blocksOf(partition);
  const common = blocks.filter(({ members }) => members.length === 0).map(({ key }) => key);
  await inScan(database, () => insertCommon(database, work.run, common));
  const next = partition + 1;
  return { hasMore: next < work.partitions, change: { position: positionOf({ partition: next, key: '' }) } };
}
