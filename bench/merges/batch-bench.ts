import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repository } from '../built.js';
import { ended, nextMessage, start } from '../child.js';
import { type MemorySample, sampleMemory } from '../imports/memory.js';
import { fixed, type Target, table, targetTable } from '../table.js';
import type { BatchProcessMessage, BatchProcessResult } from './batch-process.js';

/** Merges side by side that are compared. */
const concurrencies = [1, 4] as const;
/** How much higher memory may be in the last third of the merging than in the second: in the first, the heap settles. */
const flatness = 1.2;

/** One batch with so many merges side by side. */
export interface MergeBatchRun extends BatchProcessResult {
  readonly concurrency: number;
  readonly checkedPerSecond: number;
  readonly mergesPerSecond: number;
  readonly peakRssMb: number;
  readonly peakOwnMb: number;
  readonly growth: number;
}

/** What the batch part found. */
export interface MergeBatchesResult {
  readonly pairs: number;
  readonly runs: readonly MergeBatchRun[];
  readonly targets: readonly Target[];
}

async function runBatch(folder: string, pairs: number, concurrency: number): Promise<MergeBatchRun> {
  const config = JSON.parse(readFileSync(join(repository, 'brands.config.json'), 'utf8')) as Record<string, unknown>;
  const file = join(folder, `merges-${concurrency}.json`);
  const embedded = { folder: join(folder, `merges-${concurrency}`) };
  writeFileSync(file, JSON.stringify({ ...config, $schema: undefined, embedded }));
  const child = start('merges/batch-process.js', [file, String(pairs), String(concurrency)]);
  let samples: readonly MemorySample[] = [];
  let memory: ReturnType<typeof sampleMemory> | null = null;
  for (;;) {
    const message = await nextMessage<BatchProcessMessage>(child);
    memory?.stop();
    if (!('part' in message)) {
      await ended(child);
      return runOf(message, concurrency, samples);
    }
    memory = sampleMemory(child.pid as number);
    samples = memory.samples;
  }
}

function runOf(result: BatchProcessResult, concurrency: number, samples: readonly MemorySample[]): MergeBatchRun {
  const rows = result.mergedCount + result.refusedCount;
  const third = Math.floor(samples.length / 3);
  const peakOf = (part: readonly MemorySample[]): number => Math.max(1, ...part.map(({ ownMb }) => ownMb));
  return {
    ...result,
    concurrency,
    checkedPerSecond: (rows * 1_000) / result.checkMs,
    mergesPerSecond: (result.mergedCount * 1_000) / result.mergeMs,
    peakRssMb: Math.max(0, ...samples.map(({ rssMb }) => rssMb)),
    peakOwnMb: peakOf(samples),
    growth: peakOf(samples.slice(2 * third)) / peakOf(samples.slice(third, 2 * third)),
  };
}

/** Merges generated pairs as one batch on fresh embedded databases, one by one and side by side. */
export async function benchMergeBatches(pairs: number, note: (text: string) => void): Promise<MergeBatchesResult> {
  const folder = mkdtempSync(join(tmpdir(), 'kindred-bench-'));
  try {
    const runs: MergeBatchRun[] = [];
    for (const concurrency of concurrencies) {
      note(`merges: a batch of ${pairs} pairs, ${concurrency} side by side`);
      runs.push(await runBatch(folder, pairs, concurrency));
    }
    const targets = runs.flatMap((run): Target[] => [
      {
        name: `merged, ${run.concurrency} at once`,
        wanted: `= ${pairs}`,
        measured: run.mergedCount,
        isMet: run.mergedCount === pairs,
      },
      {
        name: 'own memory: last third ÷ second',
        wanted: `≤ ${flatness}`,
        measured: run.growth,
        isMet: run.growth <= flatness,
      },
    ]);
    return { pairs, runs, targets };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The result for people. */
export function mergeBatchesReport({ pairs, runs, targets }: MergeBatchesResult): string {
  return [
    `A batch of ${pairs} pairs on the embedded engine, durable, in one process with its worker`,
    table(
      ['side by side', 'rows checked/s', 'merges/s', 'peak RSS MB', 'of it own MB'],
      runs.map((run) => [
        String(run.concurrency),
        fixed(run.checkedPerSecond, 0),
        fixed(run.mergesPerSecond, 0),
        fixed(run.peakRssMb, 0),
        fixed(run.peakOwnMb, 0),
      ]),
    ),
    targetTable(targets),
  ].join('\n');
}
