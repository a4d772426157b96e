import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildBench, repository } from '../built.js';
import { ended, nextMessage, start } from '../child.js';
import type { EngineResult } from './engine-process.js';
import { engineReport, engineTargets } from './report.js';

const usage = `npm run bench:engine -- [--rounds N] [--rows N] [--json]

  --rounds  rounds of interleaved operations, of which medians are taken (5)
  --rows    rows of the collection (100000); the targets are for 100000
  --json    the result as JSON on standard output, nothing else
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      rows: { type: 'string', default: '100000' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [rounds, rows] = [Number(values.rounds), Number(values.rows)];
  const isUsable = Number.isInteger(rounds) && rounds > 0 && Number.isInteger(rows) && rows >= 2000;
  if (values.help || !isUsable) {
    process.stderr.write(isUsable ? usage : `Wanted at least one round and 2000 rows\n${usage}`);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  buildBench();
  const machine = {
    node: process.version,
    cpu: cpus()[0]?.model ?? '',
    cores: cpus().length,
    loadBefore: loadavg()[0],
  };
  process.stderr.write(`engine: ${rows} rows, ${rounds} rounds, in a process with the engine in its worker thread\n`);
  const child = start('engine/engine-process.js', [String(rows), String(rounds)]);
  const result = await nextMessage<EngineResult>(child);
  await ended(child);
  const at = new Date().toISOString();
  const whole = { at, machine: { ...machine, loadAfter: loadavg()[0] }, ...result, targets: engineTargets(result) };
  const text = `${JSON.stringify(whole, null, 2)}\n`;
  const folder = join(repository, 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `engine-${at.slice(0, 19).replaceAll(':', '-')}.json`);
  writeFileSync(file, text);
  process.stdout.write(values.json ? text : `\n${engineReport(result)}\n\nWritten to ${file}\n`);
}

await main();
