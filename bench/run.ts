import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildBench, repository } from './built.js';
import { benchCommands, commandsReport } from './commands/commands-bench.js';
import { benchDuplicates, duplicatesReport } from './duplicates/duplicates-bench.js';
import { benchExecutor, executorReport } from './executor/executor-bench.js';
import { benchImport, importReport } from './imports/import-bench.js';
import { benchMergeHistory, mergeHistoryReport } from './merge-history/history-bench.js';
import { benchMergeBatches, mergeBatchesReport } from './merges/batch-bench.js';

const usage = `npm run bench -- [--only executor|commands|import|merge-history|merges|duplicates] [--rounds N] [--rows N] [--json]

  --only    one part instead of all; may be given several times
  --rounds  rounds of the executor part (5)
  --rows    rows of the import part (100000)
  --history transactions of the largest loser of the merge-history part (1000000)
  --pairs   pairs of the merges part (10000)
  --customers generated customers of the duplicates part (100000)
  --json    the result as JSON on standard output, nothing else
`;

interface Part {
  /** Measures; answers with what goes into the JSON and what people read. */
  run(): Promise<{ readonly result: unknown; readonly report: string }>;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      rounds: { type: 'string', default: '5' },
      rows: { type: 'string', default: '100000' },
      history: { type: 'string', default: '1000000' },
      pairs: { type: 'string', default: '10000' },
      customers: { type: 'string', default: '100000' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const note = (text: string): void => {
    process.stderr.write(`${text}\n`);
  };
  const parts: Readonly<Record<string, Part>> = {
    executor: {
      run: async () => {
        const result = await benchExecutor(Number(values.rounds), note);
        return { result, report: executorReport(result) };
      },
    },
    commands: {
      run: async () => {
        const result = await benchCommands(note);
        return { result, report: commandsReport(result) };
      },
    },
    import: {
      run: async () => {
        const result = await benchImport(Number(values.rows), note);
        return { result, report: importReport(result) };
      },
    },
    merges: {
      run: async () => {
        const result = await benchMergeBatches(Number(values.pairs), note);
        return { result, report: mergeBatchesReport(result) };
      },
    },
    'merge-history': {
      run: async () => {
        const result = await benchMergeHistory(Number(values.history), note);
        return { result, report: mergeHistoryReport(result) };
      },
    },
    duplicates: {
      run: async () => {
        const result = await benchDuplicates(Number(values.customers), note);
        return { result, report: duplicatesReport(result) };
      },
    },
  };
  const chosen = values.only ?? Object.keys(parts);
  const unknown = chosen.find((name) => !Object.hasOwn(parts, name));
  if (values.help || unknown !== undefined) {
    process.stderr.write(unknown === undefined ? usage : `There is no part ${unknown}\n${usage}`);
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
  const results: Record<string, unknown> = {};
  for (const name of chosen) {
    const { result, report } = await (parts[name] as Part).run();
    results[name] = result;
    if (!values.json) process.stdout.write(`\n## ${name}\n${report}\n`);
  }
  const at = new Date().toISOString();
  const text = `${JSON.stringify({ at, machine: { ...machine, loadAfter: loadavg()[0] }, ...results }, null, 2)}\n`;
  const folder = join(repository, 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${at.slice(0, 19).replaceAll(':', '-')}.json`);
  writeFileSync(file, text);
  if (values.json) process.stdout.write(text);
  else process.stdout.write(`\nWritten to ${file}\n`);
}

await main();
