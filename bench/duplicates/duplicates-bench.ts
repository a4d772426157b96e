import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ended, nextMessage, start } from '../child.js';
import { fixed, type Target, table, targetTable } from '../table.js';
import type { DemoFigures, FoundPairs, HeldMemory, ScanFigures } from './figures.js';

/** What the part about duplicates found. */
export interface DuplicatesResult {
  readonly rows: number;
  readonly demo: readonly DemoFigures[];
  readonly first: ScanFigures;
  /** The same brand once more, with everything known. */
  readonly second: ScanFigures;
  readonly found: FoundPairs;
  readonly targets: readonly Target[];
}

const memoryParts = 10;
/** How much higher the last quarter may be than the second: in the first, the heap grows to its working size. */
const flatness = 1.15;
/** Megabytes by which two looks at the same memory differ. */
const noiseMb = 3;

async function run<T>(mode: string, folder: string, rows: number): Promise<T> {
  const child = start('duplicates/duplicates-process.js', [mode, folder, String(rows)]);
  const result = await nextMessage<T>(child);
  await ended(child);
  return result;
}

/** Scans twice, in a process without the engine, and says what was found. */
async function runScans(folder: string, rows: number): Promise<Pick<DuplicatesResult, 'first' | 'second' | 'found'>> {
  const child = start('duplicates/duplicates-process.js', ['scan', folder, String(rows)], ['--expose-gc']);
  const first = await nextMessage<ScanFigures>(child);
  const second = await nextMessage<ScanFigures>(child);
  const found = await nextMessage<FoundPairs>(child);
  await ended(child);
  return { first, second, found };
}

/** Runs work on a folder's databases while another process runs their engine. */
async function besideEngine<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const engine = start('duplicates/duplicates-process.js', ['engine', folder, '0']);
  await nextMessage(engine);
  try {
    return await work();
  } finally {
    engine.send('end');
    await ended(engine);
  }
}

/** Highest memory in each of so many equal parts of a scan. */
function peaks(memory: readonly HeldMemory[]): HeldMemory[] {
  const endMs = memory.at(-1)?.atMs ?? 0;
  return Array.from({ length: memoryParts }, (_, part) => {
    const inPart = memory.filter(
      ({ atMs }) => Math.min(memoryParts - 1, Math.floor((atMs * memoryParts) / endMs)) === part,
    );
    const highest = (name: 'heapMb' | 'externalMb' | 'rssMb'): number =>
      Math.max(0, ...inPart.map((each) => each[name]));
    return {
      atMs: (endMs * part) / memoryParts,
      phase: [...new Set(inPart.map(({ phase }) => phase))].join(' '),
      heapMb: highest('heapMb'),
      externalMb: highest('externalMb'),
      rssMb: highest('rssMb'),
    };
  });
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
    const scans = await besideEngine(folder, () => runScans(folder, rows));
    return { rows, demo, ...scans, targets: targetsOf(demo, scans.first.memory) };
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

function targetsOf(demo: readonly DemoFigures[], memory: readonly HeldMemory[]): Target[] {
  const { seeded, right } = sum(demo, 0);
  const quarter = memory.length / 4;
  const held = ({ heapMb, externalMb }: HeldMemory): number => heapMb + externalMb;
  const second = Math.max(...memory.slice(Math.floor(quarter), Math.ceil(2 * quarter)).map(held));
  const last = Math.max(...memory.slice(-Math.ceil(quarter)).map(held));
  return [
    { name: 'recall on the demo, %', wanted: '100', measured: (100 * right) / seeded, isMet: right === seeded },
    {
      name: 'memory held, last quarter to second',
      wanted: `≤ ${flatness}`,
      measured: last / second,
      isMet: last <= flatness * second + noiseMb,
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
    seconds(scan.cpuMs),
    ...['KEYS', 'COMMON', 'BLOCKS', 'SETTLE', 'CLEAN'].map((phase) => seconds(scan.phasesMs[phase])),
  ];
  const { counts } = first;
  return [
    'The demo, three brands together, against what its seeding made twice:',
    table(['score', 'seeded', 'listed', 'false', 'recall', 'precision'], thresholds),
    `${rows} generated customers of one brand, one in fifty of them twice, embedded engine in another process:`,
    table(
      ['scan', 'profiles/s', 'seconds', 'CPU s', 'keys', 'common', 'blocks', 'settle', 'clean'],
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
    `${found.pairs} pairs listed, ${percent(found.right, found.pairs)} of them planted; ${found.likely} likely, ${percent(found.likelyRight, found.likely)} of them planted.`,
    'Memory of the scanning process after a full collection, highest in each tenth of the first scan:',
    table(
      ['from s', 'phase', 'heap MB', 'external MB', 'RSS MB'],
      peaks(first.memory).map((each) => [
        seconds(each.atMs),
        each.phase,
        ...[each.heapMb, each.externalMb, each.rssMb].map((value) => fixed(value, 1)),
      ]),
    ),
    targetTable(result.targets),
  ].join('\n');
}
