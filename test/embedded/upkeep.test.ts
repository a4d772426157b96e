import { describe, expect, it, onTestFinished } from 'vitest';
import { encodeDocument } from '../../src/embedded/bson/encode.js';
import { parseIndex } from '../../src/embedded/commands/index.commands.js';
import { prepareInsert } from '../../src/embedded/commands/write-statement.js';
import { CursorTable } from '../../src/embedded/sessions/cursor-table.js';
import { encodeOutcome, SessionTable } from '../../src/embedded/sessions/session.js';
import { startUpkeep } from '../../src/embedded/sessions/upkeep.js';
import type { Database } from '../../src/embedded/store/database.js';
import { DatabaseFolder } from '../../src/embedded/store/database-folder.js';
import { insertDocument } from '../../src/embedded/store/documents.js';
import {
  documentRange,
  GARBAGE_RANGE,
  indexRange,
  OUTCOME_RANGE,
  outcomeKey,
} from '../../src/embedded/store/keyspace.js';
import { makeFolder } from './start-test-engine.js';

const HOUR_MS = 3_600_000;

async function makeStore() {
  const databases = new DatabaseFolder(await makeFolder(), 'relaxed');
  onTestFinished(() => databases.close());
  const database = databases.need('shop');
  const upkeep = startUpkeep({ databases, sessions: new SessionTable(), cursors: new CursorTable() });
  onTestFinished(() => upkeep.stop());
  return { database, upkeep };
}

async function fill(database: Database, documents: Record<string, unknown>[]) {
  const specification = parseIndex({ key: { expireAt: 1 }, name: 'ttl', expireAfterSeconds: 60 });
  return database.write((scope) => {
    const { result } = database.change((overlay, seq) => {
      const collection = database.catalogue.create(overlay, 'shop', 'rows', seq);
      database.catalogue.addIndex(
        overlay,
        collection,
        database.catalogue.beginIndex(overlay, collection, specification),
        seq,
      );
      return collection;
    });
    for (const document of documents) {
      insertDocument(scope, result, { namespace: 'shop.rows', ...prepareInsert(encodeDocument(document)) }, () => {});
    }
    return result;
  });
}

function count(database: Database, range: { lower: Buffer; upper: Buffer }): number {
  const snapshot = database.openSnapshot();
  const total = snapshot.count(range);
  snapshot.release();
  return total;
}

describe('upkeep', () => {
  it('removes documents whose time is over, and no others', async () => {
    const { database, upkeep } = await makeStore();
    const now = Date.now();
    const collection = await fill(database, [
      { _id: 'old', expireAt: new Date(now - 61_000) },
      { _id: 'young', expireAt: new Date(now - 59_000) },
      { _id: 'text', expireAt: 'never' },
      { _id: 'none' },
    ]);
    await upkeep.run(now);
    expect(count(database, documentRange(collection.id))).toBe(3);
    await upkeep.run(now + HOUR_MS);
    expect(count(database, documentRange(collection.id))).toBe(2);
  });

  it('forgets stored replies of expired sessions', async () => {
    const { database, upkeep } = await makeStore();
    await database.write((scope) => {
      scope.overlay.put(outcomeKey('session'), encodeOutcome({ txnNumber: 1, kind: 'reply', reply: { ok: 1 } }));
    });
    await upkeep.run();
    expect(count(database, OUTCOME_RANGE)).toBe(1);
    await upkeep.run(Date.now() + HOUR_MS);
    expect(count(database, OUTCOME_RANGE)).toBe(0);
  });

  it('empties the ranges of dropped collections and indexes', async () => {
    const { database, upkeep } = await makeStore();
    const documents = Array.from({ length: 4500 }, (_, n) => ({ _id: n, expireAt: new Date() }));
    const collection = await fill(database, documents);
    await database.change((overlay, seq) => database.catalogue.drop(overlay, collection, seq)).done;
    expect(count(database, documentRange(collection.id))).toBe(4500);
    await upkeep.run();
    expect(count(database, documentRange(collection.id))).toBe(0);
    expect(count(database, indexRange(collection.indexes[0]?.id ?? 0))).toBe(0);
    expect(count(database, GARBAGE_RANGE)).toBe(0);
  });
});
