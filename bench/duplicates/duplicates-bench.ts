import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ended, nextMessage, start } from '../child.js';
import { peaksByPart, sampleMemory } from '../imports/memory.js';
import { fixed, type Target, table, targetTable } from '../table.js';
import type { DemoFigures, FoundPairs, ScanFigures } from './figures.js';

/** What the part about duplicates found. */
export interface DuplicatesResult {
  readonly rows: number;
  readonly demo: readonly DemoFigures[];
  readonly first: ScanFigures & { readonly peaks: ReturnType<typeof peaksByPart> };
  /** The same brand once more, with everything known. */
  readonly second: ScanFigures;
  readonly found: FoundPairs;
  readonly targets: readonly Target[];
}

const memoryParts = 10;
/** How much higher the last quarter may be than the second: in the first, the heap grows to its working size. */
const flatness = 1.15;

async function run<T>(mode: string, folder: string, rows: number): Promise<T> {
  const child = start('duplicates/duplicates-process.js', [mode, folder, String(rows)]);
  const result = await nextMessage<T>(child);
  await ended(child);
  return result;
}

/** Scans twice and says what was found; memory is watched during the first scan. */
async function runScans(folder: string, rows: number): Promise<Pick<DuplicatesResult, 'first' | 'second' | 'found'>> {
  const child = start('duplicates/duplicates-process.js', ['scan', folder, String(rows)]);
  const memory = sampleMemory(child.pid as number);
  const first = await nextMessage<ScanFigures>(child);
  memory.stop();
  const second = await nextMessage<ScanFigures>(child);
  const found = await nextMessage<FoundPairs>(child);
  await ended(child);
  return { first: { ...first, peaks: peaksByPart(memory.samples, memoryParts) }, second, found };
}

/** Seeds the demo and so many made-up customers on fresh embedded databases, and looks for duplicates in both. */
export async function benchDuplicates(rows: number, note: (text: string) => void): Promise<DuplicatesResult> {
  const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'kindred-bench-')));
  const [demoFolder, folder] = folders as [string, string];
  try {
    note('duplicates: the demo');
    const demo = await run<DemoFigures[]>('demo', demoFolder, 0);
    note(`duplicates: writing ${rows} customers`);
    await run('fill', folder, rows);
    note('duplicates: scanning');
    const scans = await runScans(folder, rows);
    return { rows, demo, ...scans, targets: targetsOf(demo, scans.first.peaks) };
  } finally {
    for (const each of folders) rmSync(each, { recursive: true, force: true });
  }
}

function sum(demo: readonly DemoFigures[], at: number): { seeded: number; listed: number; right: number } {
  const total = { seeded: 0, listed: 0, right: 0 };
  for (const { seeded, thresholds } of demo) {
    total.seeded += seeded;
    total.listed += thresholds[at]?.listed ?? 0;
    total.right += thresholds[at]?.right ?? 0;
  }
  return total;
}

function targetsOf(demo: readonly DemoFigures[], peaks: ReturnType<typeof peaksByPart>): Target[] {
  const { seeded, right } = sum(demo, 0);
  const quarter = peaks.length / 4;
  const second = Math.max(...peaks.slice(Math.floor(quarter), Math.ceil(2 * quarter)).map(({ ownMb }) => ownMb));
  const last = Math.max(...peaks.slice(-Math.ceil(quarter)).map(({ ownMb }) => ownMb));
  return [
    { name: 'recall on the demo, %', wanted: '100', measured: (100 * right) / seeded, isMet: right === seeded },
    {
      name: 'memory, last quarter to second',
      wanted: `≤ ${flatness}`,
      measured: last / second,
      isMet: last / second <= flatness,
    },
  ];
}

/** The figures for people. */
export function duplicatesReport(result: DuplicatesResult): string {
  const { demo, first, second, found, rows } = result;
  const percent = (part: number, whole: number): string => (whole === 0 ? '–' : `${fixed((100 * part) / whole, 1)} %`);
  const thresholds = [0, 1, 2].map((at) => {
    const { seeded, listed, right } = sum(demo, at);
    const min = demo[0]?.thresholds[at]?.min ?? 0;
    return [
      `from ${min}`,
      String(seeded),
      String(listed),
      String(listed - right),
      percent(right, seeded),
      percent(right, listed),
    ];
  });
  const seconds = (ms: number | undefined): string => fixed((ms ?? 0) / 1_000, 1);
  const scanRow = (name: string, scan: ScanFigures): string[] => [
    name,
    fixed((scan.counts.profiles * 1_000) / scan.durationMs, 0),
    seconds(scan.durationMs),
    ...['KEYS', 'BLOCKS', 'SETTLE', 'CLEAN'].map((phase) => seconds(scan.phasesMs[phase])),
  ];
  const { counts } = first;
  return [
    'The demo, three brands together, against what its seeding made twice:',
    table(['score', 'seeded', 'listed', 'false', 'recall', 'precision'], thresholds),
    `${rows} generated customers of one brand, one in fifty of them twice, embedded engine, own process:`,
    table(
      ['scan', 'profiles/s', 'seconds', 'keys', 'blocks', 'settle', 'clean'],
      [scanRow('first', first), scanRow('again', second)],
    ),
    `${counts.keys} keys, ${counts.blocks} blocks, ${counts.comparisons} comparisons; skipped as too common: ${JSON.stringify(counts.skippedBlocks)} (${counts.skippedMembers} times a profile)`,
    table(
      ['planted', 'pairs', 'found', 'likely'],
      found.kinds.map(({ kind, ...each }) => [
        kind,
        String(each.planted),
        percent(each.found, each.planted),
        percent(each.likely, each.planted),
      ]),
    ),
    `${found.pairs} pairs listed, ${found.likely} of them likely.`,
    'Highest memory in each tenth of the first scan:',
    table(
      ['part', ...first.peaks.map((_, at) => String(at + 1))],
      [
        ['RSS MB', ...first.peaks.map(({ rssMb }) => fixed(rssMb, 0))],
        ['own MB', ...first.peaks.map(({ ownMb }) => fixed(ownMb, 0))],
      ],
    ),
    targetTable(result.targets),
  ].join('\n');
}
