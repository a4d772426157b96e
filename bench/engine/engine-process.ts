import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mongoose';
import { type Engine, startEngine } from '../../src/embedded/engine.js';
import { type BenchModels, benchCustomer, benchModels, claimId, customerId } from './customers.js';
import { benchOperations, pingName } from './operations.js';
import { type Figure, figures, round, type Timing, time, timingOf } from './timing.js';

/** Point reads while something long runs beside them. */
export interface Crowded extends Timing {
  readonly name: string;
  readonly reads: number;
  /** How long the long work took, in milliseconds. */
  readonly workMs: number;
  readonly slowestMs: number;
  /** Why it did not end well, or nothing. */
  readonly failure: string;
}

/** Memory of a process in megabytes, as the system counts it. */
export interface Memory {
  readonly rss: number;
  /** The part of it that is pages of files: the system takes them back when it needs them. */
  readonly filePages: number;
}

/** What the process sends. */
export interface EngineResult {
  readonly rows: number;
  readonly figures: readonly Figure[];
  readonly insertSeconds: number;
  readonly crowded: readonly Crowded[];
  readonly memoryBefore: Memory;
  readonly memoryAfterInsert: Memory;
  readonly memoryAtEnd: Memory;
}

const insertBatch = 1000;

/** Stands for a time that never ended. */
const failedMs = 1e6;

/** Rounds that only warm up. */
const warmRounds = 1;

const [rows, rounds] = process.argv.slice(2).map(Number) as [number, number];

function memory(): Memory {
  const { rss } = process.memoryUsage();
  let filePages = 0;
  try {
    const rollup = readFileSync('/proc/self/smaps_rollup', 'utf8');
    const kilobytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(rollup)?.[1]);
    filePages = (kilobytes('Rss') - kilobytes('Anonymous')) / 1024;
  } catch {
    // Other systems have no such file; the whole is told all the same.
  }
  return { rss: rss / 2 ** 20, filePages };
}

async function fill({ customers, claims }: BenchModels): Promise<number> {
  let spent = 0;
  for (let from = 0; from < rows; from += insertBatch) {
    const numbers = Array.from({ length: Math.min(insertBatch, rows - from) }, (_, at) => from + at);
    const documents = numbers.map(benchCustomer);
    spent += await time(() => customers.insertMany(documents, { lean: true, ordered: true }));
    await claims.insertMany(
      numbers.map((n) => ({ _id: claimId(n), profileId: customerId(n) })),
      { lean: true },
    );
  }
  return spent / 1000;
}

async function crowd(name: string, { claims }: BenchModels, work: () => Promise<unknown>): Promise<Crowded> {
  let isRunning = true;
  const started = performance.now();
  const times: number[] = [];
  const read = async (): Promise<void> => {
    for (let turn = 0; isRunning; turn += 1) {
      const _id = claimId((turn * 7919) % rows);
      times.push(await time(() => claims.findById(_id).lean().exec()));
    }
  };
  const long = work().finally(() => {
    isRunning = false;
  });
  const [worked, beside] = await Promise.allSettled([long, read()]);
  // A driver gives a server up that keeps it waiting for too long; that is a result, and not a good one.
  const failed = [worked, beside].find((one) => one.status === 'rejected');
  const timing = failed ? { p50: failedMs, p99: failedMs, perSecond: 0 } : timingOf(times);
  const failure = failed && failed.reason instanceof Error ? failed.reason.message : '';
  return {
    name,
    reads: times.length,
    workMs: performance.now() - started,
    slowestMs: Math.max(...times),
    failure,
    ...timing,
  };
}

/** A sort of all rows in memory, of which only the first few are fetched. */
async function firstOfSorted({ customers }: BenchModels): Promise<void> {
  const cursor = customers.collection.find({}, { sort: { f05: 1 }, batchSize: 10 });
  await cursor.next();
  await cursor.close();
}

async function crowds(models: BenchModels): Promise<Crowded[]> {
  const { customers } = models;
  const pipeline = [{ $group: { _id: '$f01', count: { $sum: 1 }, points: { $sum: '$points' } } }];
  const works: [string, () => Promise<unknown>][] = [
    ['a scan of all rows', async () => customers.find({ f03: 'nothing' }).lean()],
    ['$group', async () => customers.aggregate(pipeline)],
    ['a sort in memory', () => firstOfSorted(models)],
    ['an index build', async () => customers.collection.createIndex({ f07: 1, at: 1 })],
    ['an update of many', async () => customers.updateMany({ tier: 'gold' }, { $set: { f09: 'many' } })],
    ['a delete of many', async () => customers.deleteMany({ tier: 'trial' })],
  ];
  const results: Crowded[] = [];
  for (const [name, work] of works) results.push(await crowd(name, models, work));
  return results;
}

async function measure(engine: Engine): Promise<EngineResult> {
  const connection = await createConnection(engine.uri('bench')).asPromise();
  try {
    const models = benchModels(connection);
    await models.customers.createCollection();
    await models.customers.createIndexes();
    await models.claims.createCollection();
    const memoryBefore = memory();
    const insertSeconds = await fill(models);
    const memoryAfterInsert = memory();
    const operations = benchOperations(connection, models, rows);
    const measured: Map<string, number[]>[] = [];
    for (let turn = 0; turn < warmRounds + rounds; turn += 1) {
      const times = await round(operations);
      if (turn >= warmRounds) measured.push(times);
    }
    return {
      rows,
      figures: figures(measured, pingName),
      insertSeconds,
      crowded: await crowds(models),
      memoryBefore,
      memoryAfterInsert,
      memoryAtEnd: memory(),
    };
  } finally {
    await connection.close(true);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'kindred-engine-bench-'));
const engine = await startEngine({ folder: join(folder, 'data') });
try {
  process.send?.(await measure(engine));
} finally {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
}
