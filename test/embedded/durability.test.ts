import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startEngine } from '../../src/embedded/engine.js';
import type { Database } from '../../src/embedded/store/database.js';
import { DatabaseFolder } from '../../src/embedded/store/database-folder.js';
import { removeDocument } from '../../src/embedded/store/documents.js';
import { documentRange, indexRange, KEY_HEAD_LENGTH, OUTCOME_RANGE } from '../../src/embedded/store/keyspace.js';
import { iterate } from '../../src/embedded/store/view.js';
import type { WriteScope } from '../../src/embedded/store/write-scope.js';
import { CrashedBank, searchCrashes } from './crash-search.js';
import { buildEngine, dropBuild, EngineProcess } from './engine-process.js';
import { makeFolder } from './start-test-engine.js';
import { WireConnection } from './wire-connection.js';

const ROUNDS = 2;
const SEED = Number(process.env['CRASH_SEED'] ?? 7_112_026);

beforeAll(buildEngine);

afterAll(dropBuild);

describe('a killed server', () => {
  it(`loses no acknowledged write, doubles none and keeps its indexes right (CRASH_SEED=${SEED})`, async () => {
    const report = await searchCrashes(ROUNDS, SEED);
    expect(report.problems).toEqual([]);
    expect(report.acknowledged).toBeGreaterThan(ROUNDS * 20);
  }, 120_000);

  it('leaves a folder that another process can take over, but not while it runs', async () => {
    const folder = await makeFolder();
    const first = await EngineProcess.start(folder);
    onTestFinished(() => first.end('SIGKILL'));
    await expect(startEngine({ folder, isInline: true })).rejects.toMatchObject({ code: 'DATA_FOLDER_LOCKED' });
    await expect(EngineProcess.start(folder)).rejects.toThrow('DATA_FOLDER_LOCKED');
    await first.end('SIGKILL');
    await (await startEngine({ folder, isInline: true })).close();
  });

  it('that was asked to stop answers what it has taken in, and leaves nothing behind', async () => {
    const folder = await makeFolder();
    const engine = await EngineProcess.start(folder);
    const connection = new WireConnection(engine.socket);
    const insert = connection.send({ insert: 'rows', documents: [{ _id: 1 }], $db: 'bank' });
    expect(await insert).toMatchObject({ ok: 1, n: 1 });
    const ended = once(engine.child, 'exit');
    engine.child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(existsSync(engine.socket)).toBe(false);
  });
});

/** Changes the store behind the bank's back. */
async function tamper(bank: CrashedBank, change: (database: Database, scope: WriteScope) => void): Promise<void> {
  const databases = new DatabaseFolder(bank.folder, 'relaxed');
  const database = databases.need('bank');
  await database.write((scope) => change(database, scope));
  await databases.close();
}

function firstDocument(database: Database, scope: WriteScope, name: string) {
  const collection = database.catalogue.find(name);
  if (!collection) throw new Error(`wanted a collection ${name}`);
  const [entry] = [...iterate(scope.overlay, documentRange(collection.id), false)];
  if (!entry) throw new Error(`wanted documents in ${name}`);
  return { collection, ...entry, idKey: Buffer.from(entry.key.subarray(KEY_HEAD_LENGTH)) };
}

function lose(name: string) {
  return (database: Database, scope: WriteScope): void => {
    const { collection, idKey, value } = firstDocument(database, scope, name);
    removeDocument(scope, collection, idKey, value);
  };
}

describe('the search for losses', () => {
  it.each([
    ['an acknowledged row is lost', /rows w\d.*: acknowledged and lost/, lose('rows')],
    ['half of a transaction is lost', /pairsB .*: acknowledged and lost/, lose('pairsB')],
    [
      'a row loses its bytes to another one',
      /DOCUMENT_MISPLACED/,
      (database, scope) => {
        const { collection, key } = firstDocument(database, scope, 'rows');
        const [, second] = [...iterate(scope.overlay, documentRange(collection.id), false)];
        scope.overlay.put(key, second?.value as Buffer);
      },
    ],
    [
      'an index entry is lost',
      /INDEX_ENTRY_MISSING.*"collection":"rows","index":"group"/,
      (database, scope) => {
        const [index] = database.catalogue.find('rows')?.indexes ?? [];
        const [entry] = [...iterate(scope.overlay, indexRange(index?.id as number), false)];
        scope.overlay.remove(entry?.key as Buffer);
      },
    ],
    [
      'the replies of acknowledged writes are lost',
      /the repeat of an acknowledged write answered|wanted 1 written/,
      (_, scope) => {
        for (const { key } of [...iterate(scope.overlay, OUTCOME_RANGE, false)]) scope.overlay.remove(key);
      },
    ],
  ] satisfies [string, RegExp, Parameters<typeof tamper>[1]][])('tells when %s', async (_, told, change) => {
    const bank = await CrashedBank.make(SEED);
    onTestFinished(() => bank.drop());
    await bank.crash(150, 0);
    expect(await bank.problems()).toEqual([]);
    await bank.stop();
    await tamper(bank, change);
    expect((await bank.problems()).join('\n')).toMatch(told);
  });
});
