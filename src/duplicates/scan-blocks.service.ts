import type { Uuid } from '../kernel/ids.js';
import type { DuplicateRow } from './duplicate.js';
import { insertDuplicates } from './duplicate.store.js';
import { dismissedAmong } from './duplicate-family.service.js';
import { type BlockKind, blockMax, kindOf } from './duplicate-key.js';
import { findKeys } from './duplicate-key.store.js';
import type { BatchEnd, ScanCounts, ScanRow } from './duplicate-scan.js';
import { type ComparedPair, type Comparing, comparePairs, type IdPair } from './scan-compare.service.js';
import { inScan } from './scan-lease.service.js';

/** Entries read at once. More than any block that is compared has, so that a batch always gets on. */
const entriesPerBatch = 1_000;

/** What the entries of one batch come to. */
interface BlockBatch {
  readonly pairs: readonly IdPair[];
  /** `_id` of the last entry that is done with. */
  readonly position: string;
  readonly blocks: number;
  readonly skipped: readonly { readonly kind: BlockKind; readonly size: number }[];
  readonly isLast: boolean;
}

/** Compares the next blocks and writes the pairs that are new. */
export async function compareBlocks(work: Comparing, scan: ScanRow, now: Date): Promise<BatchEnd> {
  const { database } = work.entry;
  const { position, counts } = scan;
  const batch = await nextBlocks(work, position);
  const compared = await comparePairs(work, batch.pairs);
  const fresh = await withoutDismissed(work, compared, now);
  const found = await inScan(database, () => insertDuplicates(database, fresh));
  return {
    hasMore: !batch.isLast,
    change: { position: batch.position, counts: countsAfter(counts, batch, found) },
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

/**
 * Reads on and puts whole blocks together. A block that ends with the batch may go on, so it is left to the next one; one
 * that fills the batch is too large to be compared, and is counted to its end.
 */
async function nextBlocks(work: Comparing, after: string): Promise<BlockBatch> {
  const entries = await read(work, after);
  const isLast = entries.length < entriesPerBatch;
  const blocks = new Map<string, { members: Uuid[]; lastId: string }>();
  for (const { key, profileId, id } of entries) {
    const block = blocks.get(key);
    if (block === undefined) blocks.set(key, { members: [profileId], lastId: id });
    else {
      block.members.push(profileId);
      block.lastId = id;
    }
  }
  if (!isLast && blocks.size > 1) blocks.delete(entries.at(-1)?.key as string);
  else if (!isLast) return hugeBlock(work, entries[0]?.key as string, entries.at(-1)?.id as string);
  const pairs: IdPair[] = [];
  const skipped: { kind: BlockKind; size: number }[] = [];
  let shared = 0;
  let position = after;
  for (const [key, { members, lastId }] of blocks) {
    position = lastId;
    if (members.length < 2) continue;
    shared += 1;
    const kind = kindOf(key);
    if (members.length > blockMax(kind)) skipped.push({ kind, size: members.length });
    else pairs.push(...pairsOf(members));
  }
  return { pairs, position, blocks: shared, skipped, isLast };
}

function read({ entry, run }: Comparing, after: string): ReturnType<typeof findKeys> {
  return inScan(entry.database, () => findKeys(entry.database, run, after, entriesPerBatch));
}

async function hugeBlock(work: Comparing, key: string, readTo: string): Promise<BlockBatch> {
  let size = entriesPerBatch;
  let position = readTo;
  for (;;) {
    const entries = await read(work, position);
    const own = entries.filter((entry) => entry.key === key);
    size += own.length;
    position = own.at(-1)?.id ?? position;
    if (own.length < entriesPerBatch) {
      const isLast = own.length === entries.length;
      return { pairs: [], position, blocks: 1, skipped: [{ kind: kindOf(key), size }], isLast };
    }
  }
}

function pairsOf(members: readonly Uuid[]): IdPair[] {
  return members.flatMap((a, at) => members.slice(at + 1).map((b): IdPair => [a, b]));
}

/** Leaves out pairs that staff have told apart, themselves or before one of them was merged on, or by undoing a merge. */
async function withoutDismissed(
  { entry: { database } }: Comparing,
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
