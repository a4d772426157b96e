import type { ChildProcess } from 'node:child_process';
import { ended, nextMessage, start } from '../child.js';
import { type Spread, spread } from '../statistics.js';
import { fixed, type Target, table, targetTable } from '../table.js';
import { LoadClient } from './load.js';
import type { ProcessFigures } from './server-process.js';
import type { RunningStack, StackName } from './stacks.js';
import type { QueryName } from './synthetic-schema.js';

/** Requests per round after a warm-up of half as many: about as much time for either query. */
const requestCounts: Readonly<Record<QueryName, number>> = { list: 200, floor: 3_000 };

const stackNames: readonly StackName[] = ['raw', 'raw + jit', 'kindred', 'kindred, jit off', 'apollo defaults'];

/** CPU of a stack for one query, in milliseconds per request. */
export interface StackFigures {
  readonly stack: StackName;
  readonly cpuMs: Readonly<Record<QueryName, Spread>>;
  /** The user part of it. */
  readonly userMs: Readonly<Record<QueryName, Spread>>;
  readonly rssMb: Spread;
}

/** What the executor bench found. */
export interface ExecutorResult {
  readonly rounds: number;
  readonly valuesPerList: number;
  readonly bytesPerList: number;
  readonly batchesPerList: number;
  readonly keysPerList: number;
  readonly stacks: readonly StackFigures[];
  readonly targets: readonly Target[];
}

interface Round {
  readonly cpuMs: Record<QueryName, number>;
  readonly userMs: Record<QueryName, number>;
  readonly rssMb: number;
  readonly bodies: Record<QueryName, string>;
  readonly perList: { readonly batches: number; readonly keys: number };
}

async function figuresOf(child: ChildProcess): Promise<ProcessFigures> {
  child.send('figures');
  return nextMessage<ProcessFigures>(child);
}

async function runRound(stack: StackName): Promise<Round> {
  const child = start('executor/server-process.js', [stack]);
  const client = new LoadClient(await nextMessage<RunningStack>(child));
  try {
    const cpuMs: Record<QueryName, number> = { list: 0, floor: 0 };
    const userMs: Record<QueryName, number> = { list: 0, floor: 0 };
    const bodies: Record<QueryName, string> = { list: '', floor: '' };
    let perList = { batches: 0, keys: 0 };
    for (const name of ['list', 'floor'] as const) {
      const count = requestCounts[name];
      bodies[name] = await client.post(name);
      await client.fire(name, count / 2, bodies[name].length);
      const before = await figuresOf(child);
      await client.fire(name, count, bodies[name].length);
      const after = await figuresOf(child);
      cpuMs[name] = (after.cpuMicros - before.cpuMicros) / 1_000 / count;
      userMs[name] = (after.userMicros - before.userMicros) / 1_000 / count;
      if (name === 'list') {
        perList = { batches: (after.batches - before.batches) / count, keys: (after.keys - before.keys) / count };
      }
    }
    return { cpuMs, userMs, rssMb: (await figuresOf(child)).rssBytes / 2 ** 20, bodies, perList };
  } finally {
    client.close();
    child.disconnect();
    await ended(child);
  }
}

function countValues(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + countValues(item), 0);
  if (value === null || typeof value !== 'object') return 1;
  return Object.values(value).reduce<number>((sum, item) => sum + countValues(item), 1);
}

/** The same answer in every stack, or the figures mean nothing. */
function requireEqual(stack: StackName, got: Round, wanted: Round): void {
  for (const name of ['list', 'floor'] as const) {
    if (got.bodies[name] !== wanted.bodies[name]) throw new Error(`${stack} answers ${name} differently`);
  }
  if (got.perList.batches !== wanted.perList.batches || got.perList.keys !== wanted.perList.keys)
    throw new Error(`${stack} asks the sources differently`);
}

/** Measures server CPU per request of every stack over the same objects: fresh processes, rounds interleaved. */
export async function benchExecutor(rounds: number, note: (text: string) => void): Promise<ExecutorResult> {
  const all = new Map<StackName, Round[]>(stackNames.map((stack) => [stack, []]));
  let first: Round | null = null;
  for (let round = 1; round <= rounds; round += 1) {
    for (const stack of stackNames) {
      note(`executor: round ${round} of ${rounds}, ${stack}`);
      const result = await runRound(stack);
      first ??= result;
      requireEqual(stack, result, first);
      all.get(stack)?.push(result);
    }
  }
  if (first === null) throw new Error('At least one round is needed');
  const stacks = stackNames.map((stack): StackFigures => {
    const results = all.get(stack) ?? [];
    const of = (what: 'cpuMs' | 'userMs', name: QueryName): Spread => spread(results.map((each) => each[what][name]));
    const both = (what: 'cpuMs' | 'userMs') => ({ list: of(what, 'list'), floor: of(what, 'floor') });
    const rssMb = spread(results.map((each) => each.rssMb));
    return { stack, cpuMs: both('cpuMs'), userMs: both('userMs'), rssMb };
  });
  const { data } = JSON.parse(first.bodies.list) as { data: { customers: { nodes: unknown } } };
  return {
    rounds,
    valuesPerList: countValues(data.customers.nodes) + 1,
    bytesPerList: Buffer.byteLength(first.bodies.list),
    batchesPerList: first.perList.batches,
    keysPerList: first.perList.keys,
    stacks,
    targets: targetsOf(stacks),
  };
}

function targetsOf(stacks: readonly StackFigures[]): Target[] {
  const cpu = (stack: StackName, query: QueryName): number =>
    stacks.find((candidate) => candidate.stack === stack)?.cpuMs[query].median ?? Number.NaN;
  const target = (query: QueryName, against: StackName, limit: number): Target => {
    const measured = cpu('kindred', query) / cpu(against, query);
    return { name: `${query}: kindred ÷ ${against}`, wanted: `≤ ${limit}`, measured, isMet: measured <= limit };
  };
  return [
    target('list', 'raw', 0.45),
    target('list', 'raw + jit', 1.6),
    target('list', 'apollo defaults', 0.25),
    target('floor', 'raw', 2.2),
  ];
}

/** The result for people. */
export function executorReport(result: ExecutorResult): string {
  const base = result.stacks[0];
  const cell = ({ median, min, max }: Spread): string => `${fixed(median)} (${fixed(min)}–${fixed(max)})`;
  const rows = result.stacks.map(({ stack, cpuMs, userMs, rssMb }) => [
    stack,
    cell(cpuMs.list),
    fixed(cpuMs.list.median / (base?.cpuMs.list.median ?? 1)),
    cell(cpuMs.floor),
    fixed(cpuMs.floor.median / (base?.cpuMs.floor.median ?? 1)),
    fixed(userMs.floor.median / (base?.userMs.floor.median ?? 1)),
    fixed(rssMb.median, 0),
  ]);
  return [
    `Server CPU in ms per request, median of ${result.rounds} rounds (min–max); only ratios within one run count.`,
    `list: ${result.valuesPerList} values, ${result.bytesPerList} bytes, ${result.batchesPerList} batches, ${result.keysPerList} keys; floor: { __typename }`,
    table(['stack', 'list', '÷ raw', 'floor', '÷ raw', 'user ÷ raw', 'RSS MB'], rows),
    targetTable(result.targets),
  ].join('\n');
}
