import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BSON, type Document } from 'bson';
import { checkFolder } from '../../src/embedded/check/check-folder.js';
import { seededRandom } from '../../src/kernel/random.js';
import { CrashWriter, type Truth } from './crash-writer.js';
import { EngineProcess } from './engine-process.js';
import { WireConnection } from './wire-connection.js';

const WRITERS = 8;
const ACCOUNTS = ['a', 'b', 'c', 'd'];
/** Collections that transactions write to have to be there before. */
const COLLECTIONS = ['rows', 'claims', 'pairsA', 'pairsB', 'accounts'];
const INDEXES = [
  { key: { group: 1, _id: 1 }, name: 'group' },
  { key: { tags: 1, n: 1 }, name: 'tags' },
  { key: { note: 1 }, name: 'note', sparse: true },
  { key: { n: 1 }, name: 'live', partialFilterExpression: { isLive: true } },
];
/** A new folder after so many rounds, so that rounds do not grow slow. */
const ROUNDS_PER_FOLDER = 25;

/** What a search has done, for the record. */
export interface CrashReport {
  rounds: number;
  acknowledged: number;
  /** What was found wrong, each with its round. */
  problems: string[];
}

/** The data of one folder over several crashes. */
export class CrashedBank {
  readonly folder: string;
  readonly truth: Truth = { rows: new Map(), claims: new Map(), pairs: new Set(), balances: new Map() };
  readonly #writers: CrashWriter[];
  #engine: EngineProcess | undefined;

  private constructor(folder: string, seed: number) {
    this.folder = folder;
    const contest = { next: 0 };
    const name = (n: number): string => `w${n}`;
    this.#writers = Array.from({ length: WRITERS }, (_, n) => new CrashWriter(name(n), seed + n, this.truth, contest));
  }

  static async make(seed: number): Promise<CrashedBank> {
    const bank = new CrashedBank(await mkdtemp(join(tmpdir(), 'engine-crash-')), seed);
    const engine = await EngineProcess.start(bank.folder);
    const connection = new WireConnection(engine.socket);
    for (const create of COLLECTIONS) await connection.send({ create, $db: 'bank' });
    await connection.send({ createIndexes: 'rows', indexes: INDEXES, $db: 'bank' });
    const documents = ACCOUNTS.map((_id) => ({ _id, sum: 0 }));
    await connection.send({ insert: 'accounts', documents, $db: 'bank' });
    for (const account of ACCOUNTS) bank.truth.balances.set(account, 0);
    connection.close();
    await engine.end();
    return bank;
  }

  async drop(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /**
   * Lets all writers write until `acknowledged` answers have come, then ends the process without warning. That is the one
   * that the last {@link problems} has left behind, or a durable one.
   */
  async crash(acknowledged: number, delayMs: number): Promise<number> {
    this.#engine ??= await EngineProcess.start(this.folder);
    const engine = this.#engine;
    let count = 0;
    let isDoomed = false;
    const onAck = (): void => {
      if (++count < acknowledged || isDoomed) return;
      isDoomed = true;
      if (delayMs === 0) engine.child.kill('SIGKILL');
      else setTimeout(() => engine.child.kill('SIGKILL'), delayMs);
    };
    try {
      await Promise.all(this.#writers.map((writer) => writer.run(new WireConnection(engine.socket), onAck)));
    } finally {
      this.#engine = undefined;
      await engine.end('SIGKILL');
    }
    return count;
  }

  /** Ends the process that {@link problems} has left running. */
  async stop(): Promise<void> {
    await this.#engine?.end();
    this.#engine = undefined;
  }

  /** Looks at the folder as the crash left it, then at what a new process makes of it. Returns what is wrong. */
  async problems(durability: 'durable' | 'relaxed' = 'durable'): Promise<string[]> {
    await this.stop();
    const reports = await checkFolder(this.folder);
    const found = reports.flatMap(({ findings }) => findings.map((finding) => JSON.stringify(finding)));
    if (reports.length === 0) found.push('the database is gone');
    this.#engine = await EngineProcess.start(this.folder, { durability });
    const connection = new WireConnection(this.#engine.socket);
    try {
      for (const writer of this.#writers) found.push(...(await writer.resume(connection)));
      found.push(...(await this.#differences(connection)));
    } catch (error) {
      found.push(String(error));
    } finally {
      connection.close();
    }
    return found;
  }

  /** Every write has an answer by now: what is stored must be exactly what was acknowledged. */
  async #differences(connection: WireConnection): Promise<string[]> {
    const { rows, claims, pairs, balances } = this.truth;
    const both = new Map([...pairs].map((id) => [id, undefined]));
    return [
      ...difference('rows', rows, await readAll(connection, 'rows', 'n')),
      ...difference('claims', claims, await readAll(connection, 'claims', 'owner')),
      ...difference('pairsA', both, await readAll(connection, 'pairsA', 'none')),
      ...difference('pairsB', both, await readAll(connection, 'pairsB', 'none')),
      ...difference('accounts', balances, await readAll(connection, 'accounts', 'sum')),
    ];
  }
}

async function readAll(connection: WireConnection, find: string, field: string): Promise<Map<string, unknown>> {
  const projection = { [field]: 1 };
  let reply = await connection.send({ find, projection, batchSize: 1000, $db: 'bank' });
  const found = new Map<string, unknown>();
  for (;;) {
    const { firstBatch, nextBatch, id } = reply['cursor'] as {
      firstBatch?: Document[];
      nextBatch?: Document[];
      id: BSON.Long;
    };
    for (const row of firstBatch ?? nextBatch ?? []) found.set(String(row['_id']), row[field]);
    if (String(id) === '0') return found;
    reply = await connection.send({ getMore: BSON.Long.fromValue(id), collection: find, batchSize: 1000, $db: 'bank' });
  }
}

function difference(name: string, wanted: ReadonlyMap<string, unknown>, got: ReadonlyMap<string, unknown>): string[] {
  const short = (id: string): string => `${name} ${id.slice(0, 40)}`;
  const lost = [...wanted].filter(([id]) => !got.has(id)).map(([id]) => `${short(id)}: acknowledged and lost`);
  const extra = [...got].filter(([id]) => !wanted.has(id)).map(([id]) => `${short(id)}: there, though it must not be`);
  const other = [...wanted].filter(([id, value]) => got.has(id) && got.get(id) !== value);
  return [...lost, ...extra, ...other.map(([id, value]) => `${short(id)}: wanted ${value}, got ${got.get(id)}`)];
}

/**
 * Kills an engine under eight writers, over and over. The seed decides what is written, after how many answers the process
 * is killed and whether writes were durable or relaxed; how the writers interleave is up to the machine.
 */
export async function searchCrashes(rounds: number, seed: number): Promise<CrashReport> {
  const random = seededRandom(seed);
  const report: CrashReport = { rounds: 0, acknowledged: 0, problems: [] };
  let bank: CrashedBank | undefined;
  try {
    for (let round = 0; round < rounds && report.problems.length === 0; round++) {
      if (round % ROUNDS_PER_FOLDER === 0) {
        await bank?.drop();
        bank = await CrashedBank.make(seed + round);
      }
      const acknowledged = 20 + random.below(400);
      report.acknowledged += (await bank?.crash(acknowledged, random.below(6))) ?? 0;
      const problems = (await bank?.problems(random.below(4) === 0 ? 'relaxed' : 'durable')) ?? [];
      report.rounds++;
      report.problems.push(...problems.map((problem) => `seed ${seed}, round ${round}: ${problem}`));
    }
  } finally {
    // What is wrong stays for a look at it.
    if (report.problems.length === 0) await bank?.drop();
    else await bank?.stop();
  }
  return report;
}
