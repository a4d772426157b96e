import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkFolder } from '../../src/embedded/check/check-folder.js';
import type { Finding } from '../../src/embedded/check/finding.js';
import { PAGE_BYTES } from '../../src/embedded/store/data-file.js';
import type { Database } from '../../src/embedded/store/database.js';
import { DatabaseFolder } from '../../src/embedded/store/database-folder.js';
import { documentRange, indexRange, type KeyRange, outcomeKey } from '../../src/embedded/store/keyspace.js';
import type { Overlay } from '../../src/embedded/store/overlay.js';
import { type Entry, iterate } from '../../src/embedded/store/view.js';
import { bytesOf, DOCUMENTS, makeStoppedFolder, overwritePage, usedPages } from './folder-fixture.js';
import { errorOf, makeClient, makeEngine, makeFolder, type Row } from './start-test-engine.js';

async function findingsIn(folder: string): Promise<readonly Finding[]> {
  return (await checkFolder(folder)).flatMap((report) => report.findings);
}

/** Plants damage in the store of a stopped folder. */
async function plant(folder: string, change: (overlay: Overlay, database: Database) => void): Promise<void> {
  const databases = new DatabaseFolder(folder, 'relaxed');
  const database = databases.need('shop');
  await database.write((scope) => change(scope.overlay, database));
  await databases.close();
}

function entries(overlay: Overlay, range: KeyRange): Entry[] {
  return [...iterate(overlay, range, false)];
}

function indexOf(database: Database, name: string): KeyRange {
  const index = database.catalogue.find('rows')?.indexes.find((each) => each.specification.name === name);
  return indexRange(index?.id as number);
}

function documentsOf(database: Database): KeyRange {
  return documentRange(database.catalogue.find('rows')?.id as number);
}

describe('checking a data folder', () => {
  it('finds a sound one sound, counts what is in it, and writes nothing', async () => {
    const { folder } = await makeStoppedFolder();
    const before = bytesOf(folder);
    const [report] = await checkFolder(folder);
    expect(report).toMatchObject({ name: 'shop', findings: [], storedReplies: expect.any(Number) });
    expect(report?.collections).toEqual([
      { name: 'other', documents: 1, indexes: {}, findings: 0 },
      {
        name: 'rows',
        documents: DOCUMENTS,
        indexes: { group: DOCUMENTS, tags: 2 * DOCUMENTS, live: DOCUMENTS / 3 },
        findings: 0,
      },
    ]);
    expect(bytesOf(folder)).toEqual(before);
  });

  it('respects the lock of a running engine', async () => {
    const folder = await makeFolder();
    const engine = await makeEngine({ folder });
    const client = await makeClient(engine);
    await client.db('shop').collection('rows').insertOne({});
    expect(await errorOf(checkFolder(folder))).toMatchObject({ code: 'DATA_FOLDER_LOCKED' });
    await client.close();
    await engine.close();
    expect(await findingsIn(folder)).toEqual([]);
  });

  it.each([
    ['that is not there', async () => join(await makeFolder(), 'nothing')],
    [
      'with other files',
      async () => {
        const folder = await makeFolder();
        writeFileSync(join(folder, 'letter.txt'), 'dear');
        return folder;
      },
    ],
  ])('refuses a folder %s and makes none', async (_, make) => {
    const folder = await make();
    expect(await errorOf(checkFolder(folder))).toMatchObject({ code: 'DATA_FOLDER_FOREIGN' });
  });

  it.each([
    [
      'an index entry that is missing',
      { code: 'INDEX_ENTRY_MISSING', collection: 'rows', index: 'group' },
      (overlay, database) => overlay.remove(entries(overlay, indexOf(database, 'group'))[7]?.key as Buffer),
    ],
    [
      'an index entry for values that its document does not have',
      { code: 'INDEX_ENTRY_WRONG', collection: 'rows', index: 'tags', detail: 'the document has other values' },
      (overlay, database) => {
        const [first, last] = [
          entries(overlay, indexOf(database, 'tags'))[0],
          entries(overlay, indexOf(database, 'tags')).at(-1),
        ];
        const other = last?.value as Buffer;
        // The first value with the id of another document, as an update that left its old entry behind would have it.
        const key = Buffer.concat([(first as Entry).key.subarray(0, -(first as Entry).value.length), other]);
        overlay.put(key, other);
      },
    ],
    [
      'an index entry of a document that is gone',
      { code: 'INDEX_ENTRY_WRONG', collection: 'rows', index: 'live', detail: 'there is no such document' },
      (overlay, database) => {
        const [first] = entries(overlay, indexOf(database, 'live'));
        const value = Buffer.from(first?.value as Buffer);
        value[3] = 250;
        overlay.put(Buffer.concat([(first as Entry).key.subarray(0, -value.length), value]), value);
      },
    ],
    [
      'an index entry that points to another document than its key says',
      { code: 'INDEX_ENTRY_WRONG', collection: 'rows', index: 'group', detail: 'it points to another document' },
      (overlay, database) => {
        const [first, second] = entries(overlay, indexOf(database, 'group'));
        overlay.put(first?.key as Buffer, second?.value as Buffer);
      },
    ],
    [
      'a document whose bytes are damaged',
      { code: 'DOCUMENT_UNREADABLE', collection: 'rows', index: null },
      (overlay, database) => {
        const third = entries(overlay, documentsOf(database))[3];
        const bytes = Buffer.from(third?.value as Buffer);
        bytes.fill(0xee, 20, 60);
        overlay.put(third?.key as Buffer, bytes);
      },
    ],
    [
      'a document that was cut short',
      { code: 'DOCUMENT_UNREADABLE', collection: 'rows', index: null },
      (overlay, database) => {
        const first = entries(overlay, documentsOf(database))[0];
        overlay.put(first?.key as Buffer, Buffer.from((first as Entry).value.subarray(0, -9)));
      },
    ],
    [
      'a document that is gone while its entries stayed',
      { code: 'INDEX_ENTRY_WRONG', collection: 'rows', index: 'group', detail: 'there is no such document' },
      (overlay, database) => overlay.remove(entries(overlay, documentsOf(database))[5]?.key as Buffer),
    ],
    [
      'a document under the _id of another',
      { code: 'DOCUMENT_MISPLACED', collection: 'rows', index: null },
      (overlay, database) => {
        const [first, second] = entries(overlay, documentsOf(database));
        overlay.put(first?.key as Buffer, second?.value as Buffer);
      },
    ],
    [
      'a mark that plans rely on',
      { code: 'INDEX_FLAG_MISSING', collection: 'rows', index: 'tags' },
      (overlay, database) => {
        const collection = database.catalogue.find('rows');
        collection?.indexes.find((index) => index.specification.name === 'tags')?.multikey.clear();
        if (collection) database.catalogue.save(overlay, collection);
      },
    ],
    [
      'keys of no collection',
      { code: 'UNKNOWN_KEYS', collection: null, index: null },
      (overlay) => overlay.put(documentRange(4_000).lower, Buffer.from('x')),
    ],
    [
      'a stored reply that cannot be read',
      { code: 'STORED_REPLY_UNREADABLE', collection: null, index: null },
      (overlay) => overlay.put(outcomeKey('0123456789abcdef'), Buffer.from('x')),
    ],
  ] satisfies [string, Partial<Finding>, Parameters<typeof plant>[1]][])('names %s', async (_, finding, change) => {
    const { folder } = await makeStoppedFolder();
    await plant(folder, change);
    const before = bytesOf(folder);
    const findings = await findingsIn(folder);
    expect(findings[0] && findings).toContainEqual(expect.objectContaining({ database: 'shop', ...finding }));
    expect(bytesOf(folder)).toEqual(before);
  });

  it('tells which collection a damaged page belongs to, and goes on with the other databases', async () => {
    const { folder, dataFile } = await makeStoppedFolder();
    const second = await makeStoppedFolder();
    mkdirSync(join(folder, 'other'));
    writeFileSync(join(folder, 'other', 'data.mdb'), readFileSync(second.dataFile));
    const whole = readFileSync(dataFile);
    const places = new Set<string>();
    for (const page of usedPages(dataFile)) {
      overwritePage(dataFile, page, Buffer.alloc(PAGE_BYTES));
      const [other, shop] = await checkFolder(folder);
      expect(other).toMatchObject({ name: 'other', findings: [] });
      const damage = shop?.findings.filter((finding) => finding.code === 'DATA_FILE_DAMAGED') ?? [];
      expect(damage.map((finding) => finding.detail).join()).toMatch(new RegExp(`page ${page}: wanted`));
      expect(shop?.collections).toEqual([]);
      for (const { collection, index } of damage) places.add([collection, index].filter(Boolean).join(' '));
      writeFileSync(dataFile, whole);
    }
    expect([...places]).toEqual(expect.arrayContaining(['rows', 'rows group', 'rows tags']));
  });

  it('never shows an _id that may be personal', async () => {
    const folder = await makeFolder();
    const engine = await makeEngine({ folder });
    const client = await makeClient(engine);
    const rows = client.db('shop').collection<Row>('rows');
    await rows.createIndex({ n: 1 });
    const uuid = '7f3c0a4e-3b0e-4c0c-9f0e-6f0a4e3b0e4c';
    for (const _id of ['mei@example.org', '+61491570156', '6432187480007123', uuid])
      await rows.insertOne({ _id, n: 1 });
    await client.close();
    await engine.close();
    await plant(folder, (overlay, database) => {
      for (const { key } of entries(overlay, indexRange(database.catalogue.find('rows')?.indexes[0]?.id as number)))
        overlay.remove(key);
    });
    const findings = await findingsIn(folder);
    expect(findings).toHaveLength(4);
    expect(JSON.stringify(findings)).not.toMatch(/mei|6149|6432/);
    expect(findings.map((finding) => finding.document)).toContain(uuid);
    expect(findings.filter((finding) => /^sha256:[0-9a-f]{16}$/.test(finding.document ?? ''))).toHaveLength(3);
  });

  it('reads scans over many pages, long values and cut keys as they were written', async () => {
    const folder = await makeFolder();
    const engine = await makeEngine({ folder });
    const client = await makeClient(engine);
    const rows = client.db('shop').collection<Row>('rows');
    await rows.createIndex({ body: 1 });
    const row = (n: number): Row => ({
      _id: `${n % 100 === 0 ? 'k'.repeat(3000) : 'k'}${n}`,
      body: 'b'.repeat((n * 37) % 9000),
    });
    await rows.insertMany(Array.from({ length: 2000 }, (_, n) => row(n)));
    await client.close();
    await engine.close();
    const [report] = await checkFolder(folder);
    expect(report?.findings).toEqual([]);
    expect(report?.collections).toMatchObject([{ documents: 2000, indexes: { body_1: 2000 } }]);
  });
});
