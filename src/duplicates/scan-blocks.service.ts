import type { Uuid } from '../kernel/ids.js';
import type { DuplicateRow } from './duplicate.js';
import { insertDuplicates } from './duplicate.store.js';
import { dismissedAmong } from './duplicate-family.service.js';
import { type BlockKind, kindOf } from './duplicate-key.js';
import type { BatchEnd, ScanCounts, ScanRow } from './duplicate-scan.js';
import type { Block } from './key-chunk.js';
import { type ComparedPair, comparePairs, type IdPair } from './scan-compare.service.js';
import { inScan } from './scan-lease.service.js';
import { type KeyPlace, placeOf, positionOf, type ScanWork } from './scan-work.service.js';

/** What the blocks of one batch come to. */
interface BlockBatch {
  readonly pairs: readonly IdPair[];
  /** Where the next batch begins. */
  readonly next: KeyPlace;
  readonly blocks: number;
  readonly skipped: readonly { readonly kind: BlockKind; readonly size: number }[];
  readonly isLast: boolean;
}

/** Compares the next blocks and writes the pairs that are new. */
export async function compareBlocks(work: ScanWork, scan: ScanRow, now: Date): Promise<BatchEnd> {
  const { database } = work.entry;
  const { position, counts } = scan;
  const batch = await nextBlocks(work, placeOf(position));
  const compared = await comparePairs(work, batch.pairs);
  const fresh = await withoutDismissed(work, compared, now);
  const found = await inScan(database, () => insertDuplicates(database, fresh));
  return {
    hasMore: !batch.isLast,
    change: { position: positionOf(batch.next), counts: countsAfter(counts, batch, found) },
  };
}

function countsAfter(counts: ScanCounts, batch: BlockBatch, found: number): ScanCounts {
  const skippedBlocks = { ...counts.skippedBlocks };
  for (const { kind } of batch.skipped) skippedBlocks[kind] = (skippedBlocks[kind] ?? 0) + 1;
  return {
    ...counts,
    blocks: counts.blocks + batch.blocks,
    skippedBlocks,
    skippedMembers: counts.skippedMembers + batch.skipped.reduce((sum, { size }) => sum + size, 0),
    comparisons: counts.comparisons + batch.pairs.length,
    found: counts.found + found,
  };
}

/** The next blocks of a partition, as many as are compared together, but at least one. */
async function nextBlocks(work: ScanWork, { partition, key }: KeyPlace): Promise<BlockBatch> {
  const { limits, partitions } = work;
  const all = await work.blocksOf(partition);
  const from = firstAfter(all, key);
  const pairs: IdPair[] = [];
  const skipped: { kind: BlockKind; size: number }[] = [];
  let [profiles, to] = [0, from];
  for (; to < all.length; to += 1) {
    const block = all[to] as Block;
    const isEnough =
      profiles + block.members.length > limits.profilesPerComparison || pairs.length > limits.pairsPerComparison;
    if (isEnough && to > from) break;
    profiles += block.members.length;
    if (block.members.length === 0) skipped.push({ kind: kindOf(block.key), size: block.size });
    else pairs.push(...pairsOf(block.members));
  }
  const isPartitionDone = to === all.length;
  return {
    pairs,
    next: isPartitionDone ? { partition: partition + 1, key: '' } : { partition, key: (all[to - 1] as Block).key },
    blocks: to - from,
    skipped,
    isLast: isPartitionDone && partition + 1 === 2 * partitions,
  };
}

/** Where blocks after a key begin; they stand in the order of their keys. */
function firstAfter(blocks: readonly Block[], key: string): number {
  let [low, high] = [0, blocks.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((blocks[middle] as Block).key > key) high = middle;
    else low = middle + 1;
  }
  return low;
}

function pairsOf(members: readonly Uuid[]): IdPair[] {
  return members.flatMap((a, at) => members.slice(at + 1).map((b): IdPair => [a, b]));
}

/** Leaves out pairs that staff have told apart, themselves or before one of them was merged on, or by undoing a merge. */
async function withoutDismissed(
  { entry: { database } }: ScanWork,
  compared: readonly ComparedPair[],
  now: Date,
): Promise<DuplicateRow[]> {
  const undecided = compared.filter((pair) => !pair.wasUndone);
  if (undecided.length === 0) return [];
  const dismissed = await inScan(database, (deadline) =>
    dismissedAmong(
      database,
      undecided.map((pair) => pair.live),
      deadline,
    ),
  );
  return undecided
    .filter((pair) => !dismissed.has(pair._id))
    .map(({ _id, profiles, score, signals }) => ({
      _id,
      profiles,
      score,
      signals,
      status: 'OPEN',
      rev: 1,
      foundAt: now,
    }));
}
