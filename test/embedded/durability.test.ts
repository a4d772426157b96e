import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import mongoose from 'mongoose';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type MongoClient, makeFolder, type Row, seeded } from './start-test-engine.js';

/** Inside the project, so that the built files find their packages. */
const BUILD = resolve('node_modules/.cache', `embedded-build-${process.pid}`);

const SEED = 7_112_026;
const ROUNDS = 3;
const WRITERS = 8;

beforeAll(async () => {
  await promisify(execFile)('npx', ['tsc', '-p', 'tsconfig.build.json', '--outDir', BUILD]);
});

afterAll(() => rm(BUILD, { recursive: true, force: true }));

/** A process that runs the built engine in its worker thread until it is killed. */
async function startChild(folder: string): Promise<{ child: ChildProcess; uri: string }> {
  const script = `
    const { startEngine } = await import(${JSON.stringify(`${BUILD}/embedded/engine.js`)});
    const engine = await startEngine({ folder: ${JSON.stringify(folder)} });
    process.on('SIGTERM', () => engine.close());
    process.stdout.write(engine.uri('bank') + '\\n');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const early = once(child, 'exit').then(() => Promise.reject(new Error('the child ended before it was ready')));
  early.catch(() => undefined);
  const [line] = (await Promise.race([once(child.stdout, 'data'), early])) as [Buffer];
  return { child, uri: line.toString().trim() };
}

async function connect(uri: string): Promise<MongoClient> {
  const options = { serverSelectionTimeoutMS: 2000, retryWrites: false };
  return new mongoose.mongo.MongoClient(uri, options).connect();
}

/** Writes until the connection breaks; what was acknowledged is noted. */
async function writeUntilKilled(client: MongoClient, name: string, acknowledged: string[]): Promise<void> {
  const rows = client.db('bank').collection<Row>('rows');
  const accounts = client.db('bank').collection<Row>('accounts');
  for (let n = 0; ; n++) {
    const _id = `${name}-${n}`;
    try {
      await rows.insertOne({ _id, group: `g${n % 5}`, tags: [name, `t${n % 3}`] });
      acknowledged.push(_id);
      const transfer = async (session: mongoose.mongo.ClientSession): Promise<void> => {
        await accounts.updateOne({ _id: 'a' }, { $inc: { sum: -n } }, { session });
        await accounts.updateOne({ _id: 'b' }, { $inc: { sum: n } }, { session });
      };
      if (n % 4 === 0)
        await client.withSession((session) => session.withTransaction(() => transfer(session), { timeoutMS: 3000 }));
    } catch {
      return; // The server is gone: nothing after this counts as acknowledged.
    }
  }
}

describe('a killed server', () => {
  it(`loses no acknowledged write and keeps its indexes right (seed ${SEED})`, async () => {
    const folder = await makeFolder();
    const random = seeded(SEED);
    const acknowledged: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const { child, uri } = await startChild(folder);
      const client = await connect(uri);
      const db = client.db('bank');
      await db.collection('rows').createIndexes([{ key: { group: 1, _id: 1 } }, { key: { tags: 1 } }]);
      for (const _id of ['a', 'b']) {
        await db.collection<Row>('accounts').updateOne({ _id }, { $setOnInsert: { sum: 0 } }, { upsert: true });
      }
      const target = acknowledged.length + 100 + Math.floor(random() * 200);
      const writers = Array.from({ length: WRITERS }, (_, writer) =>
        writeUntilKilled(client, `r${round}w${writer}`, acknowledged),
      );
      await expect.poll(() => acknowledged.length, { timeout: 20_000, interval: 5 }).toBeGreaterThan(target);
      child.kill('SIGKILL');
      await once(child, 'exit');
      await client.close(true);
      await Promise.all(writers);
    }
    const { child, uri } = await startChild(folder);
    const client = await connect(uri);
    const rows = client.db('bank').collection<Row>('rows');
    const stored = await rows.find().toArray();
    const ids = new Set(stored.map((row) => row._id));
    expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
    const groups = { group: { $in: ['g0', 'g1', 'g2', 'g3', 'g4'] } };
    expect((await rows.find(groups).sort({ _id: 1 }).toArray()).map((row) => row._id)).toEqual([...ids].sort());
    const stats = await client.db('bank').command({ collStats: 'rows' });
    expect(stats['keysPerIndex']).toEqual({ _id_: ids.size, group_1__id_1: ids.size, tags_1: 2 * ids.size });
    const sums = await client.db('bank').collection('accounts').find().toArray();
    expect(sums.reduce((sum, account) => sum + account['sum'], 0)).toBe(0);
    await client.close();
    child.kill('SIGTERM');
    await once(child, 'exit');
  }, 120_000);

  it('leaves a folder that another process can take over, but not while it runs', async () => {
    const folder = await makeFolder();
    const { startEngine } = await import('../../src/embedded/engine.js');
    const first = await startChild(folder);
    await expect(startEngine({ folder, isInline: true })).rejects.toMatchObject({ code: 'DATA_FOLDER_LOCKED' });
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    const engine = await startEngine({ folder, isInline: true });
    await engine.close();
  });
});
