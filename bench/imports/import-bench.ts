import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { repository } from '../built.js';
import { ended, nextMessage, start } from '../child.js';
import { fixed, type Target, table, targetTable } from '../table.js';
import { writeCustomersFile } from './customers-file.js';
import { type MemorySample, peaksByPart, sampleMemory } from './memory.js';
import type { NaiveResult } from './naive-process.js';

/** Rows that are taken in one by one, for comparison. */
const naiveRows = 2_000;
const memoryParts = 20;
/** How much higher the last quarter may be than the second: in the first, the heap grows to its working size. */
const flatness = 1.15;

interface ImportSummary {
  readonly rows: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly refused: number;
  readonly durationMs: number;
}

/** One run of the command over the file. */
export interface ImportRun {
  readonly summary: ImportSummary;
  readonly rowsPerSecond: number;
  readonly peakRssMb: number;
  readonly peakOwnMb: number;
  readonly peaks: readonly { readonly rssMb: number; readonly ownMb: number }[];
}

/** What the import bench found. */
export interface ImportResult {
  readonly rows: number;
  readonly fileMb: number;
  readonly first: ImportRun;
  readonly second: ImportRun;
  /** The brand's database file after both runs. */
  readonly dataMb: number;
  readonly naiveRowsPerSecond: number;
  readonly targets: readonly Target[];
}

/** Writes a configuration with a data folder of its own; durability as shipped. */
function configIn(folder: string, name: string): string {
  const config = JSON.parse(readFileSync(join(repository, 'brands.config.json'), 'utf8')) as Record<string, unknown>;
  const file = join(folder, `${name}.json`);
  const embedded = { folder: join(folder, name) };
  writeFileSync(file, JSON.stringify({ ...config, $schema: undefined, embedded }));
  return file;
}

/** Runs `kindred import` and watches its memory. */
async function runImport(config: string, file: string): Promise<ImportRun> {
  const words = ['import', '--brand', 'wren', '--config', config, '--json', '--quiet', file];
  const child = spawn(process.execPath, [join(repository, 'bin', 'kindred.js'), ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const memory = sampleMemory(child.pid as number);
  let summary: ImportSummary | null = null;
  for await (const line of createInterface({ input: child.stdout })) {
    const parsed = JSON.parse(line) as { summary?: ImportSummary };
    summary = parsed.summary ?? summary;
  }
  await ended(child);
  memory.stop();
  if (summary === null) throw new Error(`kindred import ended with ${child.exitCode} and no summary`);
  return runOf(summary, memory.samples);
}

function runOf(summary: ImportSummary, samples: readonly MemorySample[]): ImportRun {
  return {
    summary,
    rowsPerSecond: (summary.rows * 1_000) / summary.durationMs,
    peakRssMb: Math.max(0, ...samples.map((sample) => sample.rssMb)),
    peakOwnMb: Math.max(0, ...samples.map((sample) => sample.ownMb)),
    peaks: peaksByPart(samples, memoryParts),
  };
}

async function runNaive(config: string, file: string): Promise<number> {
  const child = start('imports/naive-process.js', [config, file]);
  const { rows, durationMs } = await nextMessage<NaiveResult>(child);
  await ended(child);
  return (rows * 1_000) / durationMs;
}

/** Imports generated rows by the command, once more, and a few one by one, on fresh embedded databases. */
export async function benchImport(rows: number, note: (text: string) => void): Promise<ImportResult> {
  const folder = mkdtempSync(join(tmpdir(), 'kindred-bench-'));
  try {
    const file = join(folder, 'customers.csv');
    note(`import: writing ${rows} rows`);
    await writeCustomersFile(file, rows);
    const config = configIn(folder, 'batched');
    note('import: first run');
    const first = await runImport(config, file);
    note('import: second run of the same file');
    const second = await runImport(config, file);
    note(`import: ${naiveRows} rows one by one`);
    const dataMb = statSync(join(folder, 'batched', 'kindred_wren', 'data.mdb')).size / 2 ** 20;
    const fewFile = join(folder, 'few.csv');
    await writeCustomersFile(fewFile, naiveRows);
    const naiveRowsPerSecond = await runNaive(configIn(folder, 'naive'), fewFile);
    const targets = targetsOf(first, second, naiveRowsPerSecond);
    return { rows, fileMb: statSync(file).size / 2 ** 20, first, second, dataMb, naiveRowsPerSecond, targets };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function targetsOf(first: ImportRun, second: ImportRun, naiveRowsPerSecond: number): Target[] {
  const quarter = memoryParts / 4;
  const peakOf = (from: number): number =>
    Math.max(...first.peaks.slice(from, from + quarter).map(({ ownMb }) => ownMb));
  const growth = peakOf(memoryParts - quarter) / peakOf(quarter);
  const changed = second.summary.created + second.summary.updated;
  const ratio = first.rowsPerSecond / naiveRowsPerSecond;
  return [
    {
      name: 'own memory: last quarter ÷ second quarter',
      wanted: `≤ ${flatness}`,
      measured: growth,
      isMet: growth <= flatness,
    },
    { name: 'rows changed by a second run', wanted: '= 0', measured: changed, isMet: changed === 0 },
    { name: 'rows/s ÷ one transaction per row', wanted: '> 1', measured: ratio, isMet: ratio > 1 },
  ];
}

/** The result for people. */
export function importReport(result: ImportResult): string {
  const line = (name: string, run: ImportRun): string[] => [
    name,
    fixed(run.rowsPerSecond, 0),
    `${run.summary.created}/${run.summary.updated}/${run.summary.unchanged}/${run.summary.refused}`,
    fixed(run.peakRssMb, 0),
    fixed(run.peakOwnMb, 0),
  ];
  const byTenth = (name: string, of: (part: { rssMb: number; ownMb: number }) => number): string[] => [
    name,
    ...result.first.peaks.map((part) => fixed(of(part), 0)),
  ];
  return [
    `kindred import of ${result.rows} generated rows (${fixed(result.fileMb, 1)} MB) into the embedded engine, durable, own process`,
    table(
      ['run', 'rows/s', 'created/updated/unchanged/refused', 'peak RSS MB', 'of it own MB'],
      [
        line('first', result.first),
        line('same file again', result.second),
        ['one transaction per row', fixed(result.naiveRowsPerSecond, 0), `${naiveRows} rows`, '', ''],
      ],
    ),
    `The database file has ${fixed(result.dataMb, 0)} MB afterwards.`,
    'Highest memory in each twentieth of the first run; RSS holds the touched part of the database file, which the system may take back:',
    table(
      ['part', ...result.first.peaks.map((_, at) => String(at + 1))],
      [byTenth('RSS MB', (part) => part.rssMb), byTenth('own MB', (part) => part.ownMb)],
    ),
    targetTable(result.targets),
  ].join('\n');
}
