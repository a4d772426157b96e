import type { BrandEntry } from '../brands/brands.js';
import { type Clock, pause } from '../kernel/clock.js';
import { countProfilesRoughly } from '../profiles/profile-scan.service.js';
import { DuplicateKeys } from './duplicate-key.js';
import { deleteKeys } from './duplicate-key.store.js';
import {
  type BatchEnd,
  type ScanLimits,
  type ScanPhase,
  type ScanRow,
  scanLimits,
  scanPhases,
} from './duplicate-scan.js';
import { findScan } from './duplicate-scan.store.js';
import { partitionsFor } from './key-chunk.js';
import { compareBlocks } from './scan-blocks.service.js';
import { markCommon } from './scan-common.service.js';
import { writeKeys } from './scan-keys.service.js';
import { inScan, takeScan } from './scan-lease.service.js';
import { settlePairs } from './scan-settle.service.js';
import { placeOf, ScanWork } from './scan-work.service.js';

/** One look for duplicates through a brand. */
export interface ScanOptions {
  readonly entry: BrandEntry;
  readonly clock: Clock;
  /** Keys the digests; the same in every process of the group. */
  readonly secret: Uint8Array;
  /** Called after each batch. */
  readonly onProgress?: (progress: ScanProgress) => void;
  /** Asked after each batch: true ends this process's part; the scan stays to be carried on. */
  readonly shouldStop?: () => boolean;
  /** Share of the time that is left to others, from 0 to below 1: what runs beside a server waits after each batch. */
  readonly idleShare?: number;
  /** How much it has in hand at a time; tests make it small. */
  readonly limits?: Partial<ScanLimits>;
}

/** How far a scan has come. */
export interface ScanProgress {
  readonly phase: ScanPhase;
  /** Of the phase: 0 to 1, as far as it is known. */
  readonly share: number;
}

/** A scan that has ended or was given up for now, and how long this process worked on it. */
export interface ScanResult {
  readonly scan: ScanRow;
  readonly durationMs: number;
}

/**
 * Looks for duplicates through all live profiles of a brand, or carries an unfinished look on. Memory stays flat: no
 * part of it grows with the brand. Every batch has its effect before its position is written, and each effect is the same
 * when it is repeated: a crash costs one batch, and two processes at once cost time only.
 * @throws AppError `RETRY` while another process is at it; `BRAND_UNAVAILABLE`. LostScan when one takes it over.
 */
export async function scanForDuplicates(options: ScanOptions): Promise<ScanResult> {
  const { entry, clock } = options;
  const startedAtMs = Date.now();
  const limits = { ...scanLimits, ...options.limits };
  const total = Math.max(1, await countProfilesRoughly(entry.database));
  const scan = await takeScan(entry.database, clock, partitionsFor(total, limits.entriesPerPartition));
  const { run, partitions } = scan.row;
  const keys = new DuplicateKeys(options.secret, entry.brand.handle);
  const work = new ScanWork({ entry, keys, run, partitions, limits });
  while (!isDone(scan.row)) {
    const batchAtMs = Date.now();
    const { phase } = scan.row;
    const { hasMore, change } = await batchOf(work, scan.row, clock);
    await scan.save({ ...change, ...(hasMore ? {} : nextPhase(phase, clock)) });
    options.onProgress?.({ phase, share: hasMore ? shareOf(scan.row, total) : 1 });
    if (options.shouldStop?.() && !isDone(scan.row)) {
      await scan.release();
      break;
    }
    const idleShare = options.idleShare ?? 0;
    // Zero still lets whatever waits have its turn.
    await pause(((Date.now() - batchAtMs) * idleShare) / (1 - idleShare));
  }
  return { scan: scan.row, durationMs: Date.now() - startedAtMs };
}

function isDone(row: ScanRow): boolean {
  return row.phase === 'DONE';
}

async function batchOf(work: ScanWork, scan: ScanRow, clock: Clock): Promise<BatchEnd> {
  if (scan.phase === 'KEYS') return writeKeys(work, scan);
  if (scan.phase === 'COMMON') return markCommon(work, scan);
  if (scan.phase === 'BLOCKS') return compareBlocks(work, scan, clock.now());
  if (scan.phase === 'SETTLE') return settlePairs(work, scan, clock.now());
  const { database } = work.entry;
  const hasMore = await inScan(database, () => deleteKeys(database, scan.run, work.limits.chunksPerRemoval));
  return { hasMore, change: {} };
}

function nextPhase(phase: ScanPhase, clock: Clock): Partial<ScanRow> {
  const next = scanPhases[scanPhases.indexOf(phase) + 1] ?? 'DONE';
  return { phase: next, position: '', ...(next === 'DONE' ? { endedAt: clock.now() } : {}) };
}

/** Positions are partitions or random ids: how far one is follows from its beginning. */
function shareOf({ phase, position, counts, partitions }: ScanRow, total: number): number {
  if (phase === 'KEYS') return Math.min(1, counts.profiles / total);
  if (phase === 'COMMON') return placeOf(position).partition / partitions;
  if (phase === 'BLOCKS') return placeOf(position).partition / (2 * partitions);
  if (phase === 'SETTLE') return Number.parseInt(position.slice(0, 4), 16) / 0x10000;
  return 0;
}

/** The last scan of a brand; null when there never was one. */
export function lastScan(entry: BrandEntry): Promise<ScanRow | null> {
  return inScan(entry.database, () => findScan(entry.database));
}
