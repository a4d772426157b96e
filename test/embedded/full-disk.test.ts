import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Document, Long, UUID } from 'bson';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { checkFolder } from '../../src/embedded/check/check-folder.js';
import { buildEngine, dropBuild, EngineProcess } from './engine-process.js';
import { makeFolder } from './start-test-engine.js';
import { WireConnection } from './wire-connection.js';

const DISK_BYTES = 8 * 1024 * 1024;
const BALLAST_BYTES = 3 * 1024 * 1024;
const BODY = 'x'.repeat(30_000);
/** Open at the same time: their table takes several pages, which LMDB would fill in only now. */
const SNAPSHOTS = 400;

const OUT_OF_SPACE = { code: 14031, codeName: 'OutOfDiskSpace' };

beforeAll(buildEngine);

afterAll(dropBuild);

/** A disk of its own where the machine allows it, otherwise a limit for the size of files, which writes meet in the same way. */
const mayMount = spawnSync('unshare', ['-rm', 'sh', '-c', 'mount -t tmpfs tmpfs /mnt']).status === 0;

/** An engine whose disk is small, and the way to make room on it. */
interface SmallDisk {
  engine: EngineProcess;
  makeRoom(): Promise<EngineProcess>;
  /** A copy of the folder as it is now. */
  copy(): Promise<string>;
}

async function onMountedDisk(): Promise<SmallDisk> {
  const disk = await makeFolder();
  const script = `mount -t tmpfs -o size=${DISK_BYTES} tmpfs '${disk}' && exec "$@"`;
  const wrapper = ['unshare', '-rm', 'sh', '-c', script, 'sh'];
  const engine = await EngineProcess.start(join(disk, 'data'), { wrapper });
  // The mount is seen by the process alone; this is the way in.
  const inside = join(`/proc/${engine.child.pid}/root`, disk);
  writeFileSync(join(inside, 'ballast'), Buffer.alloc(BALLAST_BYTES, 1));
  const makeRoom = async (): Promise<EngineProcess> => {
    rmSync(join(inside, 'ballast'));
    return engine;
  };
  return { engine, makeRoom, copy: async () => copyOf(join(inside, 'data')) };
}

async function underFileLimit(): Promise<SmallDisk> {
  const folder = await makeFolder();
  const script = `trap '' XFSZ; ulimit -f ${(DISK_BYTES - BALLAST_BYTES) / 512}; exec "$@"`;
  const engine = await EngineProcess.start(folder, { wrapper: ['sh', '-c', script, 'sh'] });
  const makeRoom = async (): Promise<EngineProcess> => {
    await engine.end();
    return EngineProcess.start(folder);
  };
  return { engine, makeRoom, copy: async () => copyOf(folder) };
}

async function copyOf(folder: string): Promise<string> {
  const copy = join(await makeFolder(), 'copy');
  mkdirSync(copy);
  cpSync(folder, copy, { recursive: true });
  rmSync(join(copy, 'engine.lock'), { force: true });
  return copy;
}

/** Inserts until the disk is full; the `_id`s that were acknowledged, and the refusal. */
async function fill(connection: WireConnection): Promise<{ stored: number[]; refusal: Document }> {
  const stored: number[] = [];
  for (let _id = 0; ; _id++) {
    const reply = await connection.send({ insert: 'rows', documents: [{ _id, group: _id % 5, BODY }], $db: 'bank' });
    if (reply['ok'] !== 1 || reply['writeErrors']) return { stored, refusal: reply };
    stored.push(_id);
  }
}

async function idsOf(connection: WireConnection): Promise<number[]> {
  const reply = await connection.send({
    find: 'rows',
    projection: { _id: 1 },
    sort: { _id: 1 },
    batchSize: 5000,
    $db: 'bank',
  });
  return (reply['cursor']['firstBatch'] as Document[]).map((row) => row['_id'] as number);
}

describe.each([
  ...(mayMount ? [['a full disk', onMountedDisk] as const] : []),
  ['a limit for the size of files', underFileLimit] as const,
])('%s', (_, makeDisk) => {
  it('refuses the write that does not fit, keeps all that was acknowledged, and lets writes go on when there is room', async () => {
    const disk = await makeDisk();
    onTestFinished(() => disk.engine.end('SIGKILL'));
    let connection = new WireConnection(disk.engine.socket);
    await connection.send({ createIndexes: 'rows', indexes: [{ key: { group: 1 }, name: 'group' }], $db: 'bank' });
    const { stored, refusal } = await fill(connection);
    expect(refusal).toMatchObject({ ok: 0, ...OUT_OF_SPACE, errmsg: expect.stringContaining('free some space') });
    expect(stored.length).toBeGreaterThan(50);
    expect(await idsOf(connection)).toEqual(stored);

    // A retryable write that was refused is not taken for done when it is repeated.
    const big = [9_000, 9_001, 9_002].map((_id) => ({ _id, group: 1, body: BODY.repeat(20) }));
    const retryable = { insert: 'rows', documents: big, $db: 'bank', lsid: { id: new UUID() }, txnNumber: Long.ONE };
    expect(await connection.send(retryable)).toMatchObject(OUT_OF_SPACE);
    expect(await connection.send(retryable)).toMatchObject(OUT_OF_SPACE);
    expect(await commitBig(connection)).toMatchObject(OUT_OF_SPACE);
    await readAtOnce(disk.engine);
    expect(await idsOf(connection)).toEqual(stored);
    expect(await problemsOf(await disk.copy())).toEqual([]);

    connection.close();
    const engine = await disk.makeRoom();
    onTestFinished(() => engine.end('SIGKILL'));
    connection = new WireConnection(engine.socket);
    expect(await connection.send(retryable)).toMatchObject({ ok: 1, n: 3 });
    expect(await connection.send(retryable)).toMatchObject({ ok: 1, n: 3 });
    expect(await idsOf(connection)).toEqual([...stored, 9_000, 9_001, 9_002]);
    expect(await problemsOf(await disk.copy())).toEqual([]);
    connection.close();
    await engine.end('SIGKILL');
  }, 120_000);
});

/** A transaction that does not fit. */
async function commitBig(connection: WireConnection): Promise<Document> {
  const inside = { lsid: { id: new UUID() }, txnNumber: Long.ONE, autocommit: false };
  const documents = [9_100, 9_101, 9_102].map((_id) => ({ _id, group: 2, body: BODY.repeat(20) }));
  await connection.send({ insert: 'rows', documents, $db: 'bank', ...inside, startTransaction: true });
  return connection.send({ commitTransaction: 1, $db: 'admin', ...inside });
}

/** Many snapshots, all open at once. */
async function readAtOnce(engine: EngineProcess): Promise<void> {
  const connection = new WireConnection(engine.socket);
  const sessions = Array.from({ length: SNAPSHOTS }, () => ({
    lsid: { id: new UUID() },
    txnNumber: Long.ONE,
    autocommit: false,
  }));
  for (const inside of sessions) {
    const find = { find: 'rows', filter: { _id: 1 }, $db: 'bank', ...inside, startTransaction: true };
    expect(await connection.send(find)).toMatchObject({ ok: 1 });
  }
  for (const inside of sessions) await connection.send({ abortTransaction: 1, $db: 'admin', ...inside });
  connection.close();
}

async function problemsOf(folder: string): Promise<unknown[]> {
  return (await checkFolder(folder)).flatMap((report) => report.findings);
}
