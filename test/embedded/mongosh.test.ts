import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, startEngine } from '../../src/embedded/engine.js';

const candidates = [
  process.env['MONGOSH'],
  fileURLToPath(new URL('../mongosh/node_modules/.bin/mongosh', import.meta.url)),
];
const executablePath = candidates.find((path) => path !== undefined && path !== '' && existsSync(path));

/** A shell that hangs is ended after this long. */
const SHELL_DEADLINE_MS = 60_000;

const TEST_DEADLINE_MS = 2 * SHELL_DEADLINE_MS;

/** Answers of all steps as one JSON line each: what came, or the error as the shell shows it. */
const PRELUDE = `
function step(name, work) {
  let answer;
  try {
    const result = work();
    answer = { result: result && typeof result.toArray === 'function' ? result.toArray() : result };
  } catch (error) {
    answer = { error: { code: error.code, codeName: error.codeName, message: error.message } };
  }
  print('STEP ' + EJSON.stringify({ name, ...answer }));
}
`;

interface Ended {
  code: number;
  printed: string;
}

interface Answer {
  result?: unknown;
  error?: { code: number; codeName: string; message: string };
}

if (executablePath === undefined) {
  it('mongosh: not tried, because it was not found (npm ci --prefix test/mongosh --ignore-scripts, or set MONGOSH)', ({
    annotate,
  }) => annotate('Not tried: no mongosh was found').then(() => {}));
} else {
  describe('mongosh', () => {
    let folder: string;
    let engine: Engine;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'engine-mongosh-'));
      engine = await startEngine({
        folder: join(folder, 'data'),
        durability: 'relaxed',
        isInline: true,
        listen: 'tcp',
      });
    });
    afterAll(async () => {
      await engine.close();
      await rm(folder, { recursive: true, force: true });
    });

    /** Runs the shell without a terminal, a home or a way to ask; answers what it printed and how it ended. */
    function run(...args: string[]): Promise<Ended> {
      return runOn(engine, ...args);
    }

    function runOn(on: Engine, ...args: string[]): Promise<Ended> {
      const env = { PATH: process.env['PATH'], HOME: folder, MONGOSH_FORCE_CONNECTION_STRING_PROMPT: '' };
      const all = [executablePath as string, on.uri('shop'), '--quiet', '--norc', ...args];
      return new Promise((resolve, reject) => {
        const child = execFile(process.execPath, all, { env, timeout: SHELL_DEADLINE_MS }, (error, stdout, stderr) => {
          if (error?.killed) reject(new Error(`mongosh did not end: ${stdout}${stderr}`));
          else resolve({ code: typeof error?.code === 'number' ? error.code : 0, printed: `${stdout}${stderr}` });
        });
        child.stdin?.end();
      });
    }

    /** Runs named steps in one shell. */
    async function steps(work: Record<string, string>): Promise<Record<string, Answer>> {
      const file = join(folder, 'steps.js');
      const lines = Object.entries(work).map(([name, code]) => `step(${JSON.stringify(name)}, () => ${code});`);
      await writeFile(file, `${PRELUDE}${lines.join('\n')}\n`);
      const { code, printed } = await run('--file', file);
      expect(code, printed).toBe(0);
      const answers = printed.split('\n').filter((line) => line.startsWith('STEP '));
      expect(answers, printed).toHaveLength(lines.length);
      return Object.fromEntries(
        answers.map((line) => JSON.parse(line.slice(5))).map(({ name, ...rest }) => [name, rest]),
      );
    }

    it(
      'writes, reads, counts, indexes and explains',
      async () => {
        const answers = await steps({
          insertOne: `db.people.insertOne({ _id: 1, name: 'Ann', 5: 'five' })`,
          insertMany: `db.people.insertMany([{ _id: 2, name: 'Bob' }, { _id: 3, name: 'Cy' }])`,
          find: `db.people.find({ _id: { $gte: 1 } }, { name: 1 }).sort({ name: -1 }).limit(2)`,
          findOne: `db.people.findOne({ _id: 1 })`,
          updateOne: `db.people.updateOne({ _id: 3 }, { $set: { name: 'Dee' } })`,
          deleteOne: `db.people.deleteOne({ _id: 2 })`,
          countAll: 'db.people.countDocuments()',
          countSome: `db.people.countDocuments({ name: 'Ann' })`,
          estimate: 'db.people.estimatedDocumentCount()',
          createIndex: 'db.people.createIndex({ name: 1 })',
          getIndexes: 'db.people.getIndexes()',
          explain: `db.people.find({ name: 'Ann' }).explain().queryPlanner.winningPlan.inputStage.indexName`,
          stats: `db.people.explain('executionStats').find({ name: 'Ann' }).finish().executionStats.nReturned`,
          aggregate: `db.people.aggregate([{ $group: { _id: null, high: { $max: '$name' } } }])`,
          explainAggregate: `db.people.explain().aggregate([{ $match: { name: 'Ann' } }]).queryPlanner.namespace`,
        });
        for (const [name, { error }] of Object.entries(answers)) expect(error, name).toBeUndefined();
        expect(answers['insertOne']?.result).toMatchObject({ acknowledged: true, insertedId: 1 });
        expect(answers['insertMany']?.result).toMatchObject({ insertedIds: { 0: 2, 1: 3 } });
        expect(answers['find']?.result).toEqual([
          { _id: 3, name: 'Cy' },
          { _id: 2, name: 'Bob' },
        ]);
        expect(answers['findOne']?.result).toEqual({ _id: 1, name: 'Ann', 5: 'five' });
        expect(answers['updateOne']?.result).toMatchObject({ modifiedCount: 1 });
        expect(answers['deleteOne']?.result).toMatchObject({ deletedCount: 1 });
        expect([answers['countAll'], answers['countSome'], answers['estimate']].map((one) => one?.result)).toEqual([
          2, 1, 2,
        ]);
        expect(answers['createIndex']?.result).toBe('name_1');
        expect(answers['getIndexes']?.result).toMatchObject([{ name: '_id_' }, { name: 'name_1', key: { name: 1 } }]);
        expect([answers['explain']?.result, answers['stats']?.result]).toEqual(['name_1', 1]);
        expect(answers['aggregate']?.result).toEqual([{ _id: null, high: 'Dee' }]);
        expect(answers['explainAggregate']?.result).toBe('shop.people');
      },
      TEST_DEADLINE_MS,
    );

    it(
      'connects through a socket file too',
      async () => {
        const other = await startEngine({ folder: join(folder, 'other'), durability: 'relaxed', isInline: true });
        try {
          const ended = await runOn(other, '--eval', 'db.version()');
          expect(ended).toEqual({ code: 0, printed: expect.stringMatching(/^\d+\.\d+\.\d+\s*$/) });
        } finally {
          await other.close();
        }
      },
      TEST_DEADLINE_MS,
    );

    it(
      'looks around',
      async () => {
        const answers = await steps({
          insert: 'db.things.insertOne({ _id: 1 })',
          version: 'db.version()',
          hello: 'db.hello()',
          status: 'rs.status()',
          dbStats: 'db.stats()',
          collStats: 'db.things.stats()',
          hostInfo: 'db.hostInfo()',
          serverStatus: 'db.serverStatus()',
          buildInfo: 'db.serverBuildInfo()',
          names: 'db.getCollectionNames()',
          infos: `db.getCollectionInfos({ name: 'things' })`,
          databases: 'db.adminCommand({ listDatabases: 1 })',
          parameter: 'db.adminCommand({ getParameter: 1, featureCompatibilityVersion: 1 })',
          options: 'db.adminCommand({ getCmdLineOpts: 1 })',
          connection: 'db.runCommand({ connectionStatus: 1 })',
          log: `db.adminCommand({ getLog: 'startupWarnings' })`,
        });
        for (const [name, { error }] of Object.entries(answers)) expect(error, name).toBeUndefined();
        expect(answers['version']?.result).toMatch(/^\d+\.\d+\.\d+$/);
        expect(answers['hello']?.result).toMatchObject({ isWritablePrimary: true, me: engine.address });
        expect(answers['status']?.result).toMatchObject({ myState: 1, members: [{ stateStr: 'PRIMARY' }] });
        expect(answers['dbStats']?.result).toMatchObject({ db: 'shop', collections: expect.any(Number) });
        expect(answers['collStats']?.result).toMatchObject({ ns: 'shop.things', count: 1, nindexes: 1 });
        expect(answers['names']?.result).toContain('things');
        expect(answers['infos']?.result).toMatchObject([{ name: 'things', type: 'collection' }]);
        const { printed: databases, code } = await run('--eval', 'show dbs');
        expect(databases).toMatch(/^shop\s+[\d.]+ \w+$/m);
        const { printed: collections } = await run('--eval', 'show collections');
        expect(collections.split('\n').map((line) => line.trim())).toContain('things');
        expect(code).toBe(0);
      },
      TEST_DEADLINE_MS,
    );

    it(
      'shows a readable error for what is refused, never silence',
      async () => {
        const answers = await steps({
          command: 'db.runCommand({ frobnicate: 1 })',
          distinct: `db.people.distinct('name')`,
          knownOption: `db.people.find().collation({ locale: 'de' }).toArray()`,
          unknownOption: `db.runCommand({ find: 'people', wat: 1 })`,
          operator: `db.people.find({ name: { $regex: 'A' } }).toArray()`,
          regex: 'db.people.find({ name: /A/ }).toArray()',
          stage: 'db.people.aggregate([{ $out: "x" }]).toArray()',
          latency: 'db.people.latencyStats()',
          unique: 'db.people.createIndex({ a: 1 }, { unique: true })',
          duplicate: 'db.people.insertMany([{ _id: "x" }, { _id: "x" }])',
          rename: `db.people.renameCollection('x')`,
          watch: 'db.people.watch().tryNext()',
        });
        const codes = Object.entries(answers).map(([name, { error }]) => [name, error?.code]);
        expect(Object.fromEntries(codes)).toEqual({
          command: 59,
          distinct: 59,
          knownOption: 72,
          unknownOption: 40415,
          operator: 2,
          regex: 2,
          stage: 40324,
          latency: 40415,
          unique: 67,
          duplicate: 11000,
          rename: 59,
          watch: 40324,
        });
        for (const [name, { error }] of Object.entries(answers))
          expect(error?.message.length, name).toBeGreaterThan(10);
        const { code, printed } = await run('--eval', 'db.runCommand({ frobnicate: 1 })');
        expect(code).not.toBe(0);
        expect(printed).toContain('frobnicate');
      },
      TEST_DEADLINE_MS,
    );
  });
}
