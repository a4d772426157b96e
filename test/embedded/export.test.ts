import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BSON, type Document } from 'bson';
import mongoose from 'mongoose';
import { describe, expect, it } from 'vitest';
import { dumpName } from '../../src/embedded/export/dump-names.js';
import { exportFolder } from '../../src/embedded/export/export-folder.js';
import { PAGE_BYTES } from '../../src/embedded/store/data-file.js';
import { DOCUMENTS, makeStoppedFolder, overwritePage, usedPages } from './folder-fixture.js';
import { errorOf, type MongoClient, makeClient, makeEngine, makeFolder } from './start-test-engine.js';

const { Binary, Decimal128, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } = mongoose.mongo.BSON;

/** The documents of a dump, each as its bytes. */
function documentsIn(path: string): Buffer[] {
  const bytes = readFileSync(path);
  const found: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += bytes.readInt32LE(at))
    found.push(bytes.subarray(at, at + bytes.readInt32LE(at)));
  return found;
}

async function rawDocuments(client: MongoClient, database: string, name: string): Promise<Buffer[]> {
  const found = await client.db(database).collection(name).find({}, { raw: true }).sort({ _id: 1 }).toArray();
  return (found as unknown as Uint8Array[]).map((bytes) => Buffer.from(bytes));
}

/** What mongorestore does with a dump, by way of the driver. */
async function restore(client: MongoClient, dump: string, database: string): Promise<void> {
  for (const file of readdirSync(join(dump, database)).filter((name) => name.endsWith('.bson'))) {
    const metadata = BSON.EJSON.parse(
      readFileSync(join(dump, database, file.replace(/bson$/, 'metadata.json')), 'utf8'),
    );
    const collection = client.db(database).collection(metadata.collectionName);
    await client.db(database).createCollection(metadata.collectionName);
    const documents = documentsIn(join(dump, database, file));
    const options = { promoteValues: false, promoteLongs: false };
    const decoded = documents.map((bytes) => BSON.deserialize(bytes, options));
    if (decoded.length > 0) await collection.insertMany(decoded as never);
    const indexes = metadata.indexes.filter((index: Document) => index['name'] !== '_id_');
    if (indexes.length > 0) await collection.createIndexes(indexes);
  }
}

async function everyTypeFolder(): Promise<string> {
  const folder = await makeFolder();
  const engine = await makeEngine({ folder });
  const client = await makeClient(engine);
  const db = client.db('ShopTwo');
  await db.collection('types & more').insertMany([
    {
      _id: new ObjectId(),
      i: new Int32(1),
      l: Long.fromString('9007199254740993'),
      d: new Double(1),
      z: new Double(-0),
    },
    {
      _id: 'ä😀',
      dec: Decimal128.fromString('1.10'),
      bin: new Binary(Buffer.from('ab'), 4),
      t: new Timestamp({ t: 1, i: 2 }),
    },
    {
      _id: 7,
      date: new Date(0),
      re: /a+/i,
      no: null,
      list: [1, [2, { b: 1, a: 2 }]],
      min: new MinKey(),
      max: new MaxKey(),
    },
  ] as never);
  await db.collection('types & more').createIndex({ 'list.a': 1, i: 1 }, { sparse: true, name: 'deep' });
  await db.collection('types & more').createIndex({ date: 1 }, { expireAfterSeconds: 10 ** 9 });
  await client.close();
  await engine.close();
  return folder;
}

describe('exporting a data folder', () => {
  it('writes documents byte for byte and indexes as they were made', async () => {
    const { folder } = await makeStoppedFolder();
    const out = join(await makeFolder(), 'out');
    const exported = await exportFolder({ folder, out });
    expect(exported).toMatchObject([
      { database: 'shop', collection: 'other', documents: 1, indexes: 1 },
      { database: 'shop', collection: 'rows', documents: DOCUMENTS, indexes: 4 },
    ]);
    expect(readdirSync(join(out, 'shop')).sort()).toEqual([
      'other.bson',
      'other.metadata.json',
      'rows.bson',
      'rows.metadata.json',
    ]);
    const client = await makeClient(await makeEngine({ folder }));
    expect(documentsIn(join(out, 'shop', 'rows.bson'))).toEqual(await rawDocuments(client, 'shop', 'rows'));
    const metadata = JSON.parse(readFileSync(join(out, 'shop', 'rows.metadata.json'), 'utf8'));
    expect(metadata).toMatchObject({
      collectionName: 'rows',
      type: 'collection',
      uuid: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(metadata.indexes).toContainEqual({
      ...{ v: { $numberInt: '2' }, key: { live: { $numberInt: '1' } }, name: 'live' },
      partialFilterExpression: { live: true },
    });
  });

  it('can be taken in again: every type, every index', async () => {
    const folder = await everyTypeFolder();
    const out = join(await makeFolder(), 'out');
    await exportFolder({ folder, out });
    expect(readdirSync(join(out, 'ShopTwo'))).toContain('types%20%26%20more.bson');
    const source = await makeClient(await makeEngine({ folder }));
    const target = await makeClient(await makeEngine());
    await restore(target, out, 'ShopTwo');
    const name = 'types & more';
    expect(await rawDocuments(target, 'ShopTwo', name)).toEqual(await rawDocuments(source, 'ShopTwo', name));
    const indexesOf = (client: MongoClient) => client.db('ShopTwo').collection(name).listIndexes().toArray();
    expect(await indexesOf(target)).toEqual(await indexesOf(source));
  });

  it('takes the databases that are named, and none that is not there', async () => {
    const folder = await makeFolder();
    const engine = await makeEngine({ folder });
    const client = await makeClient(engine);
    for (const name of ['alder', 'wren']) await client.db(name).collection('rows').insertOne({ name });
    await client.close();
    await engine.close();
    const out = join(await makeFolder(), 'out');
    expect(await errorOf(exportFolder({ folder, out, databases: ['oak'] }))).toMatchObject({
      reason: 'DATABASE_UNKNOWN',
      message: expect.stringContaining('there are: alder, wren'),
    });
    expect(existsSync(out)).toBe(false);
    await exportFolder({ folder, out, databases: ['wren'] });
    expect(readdirSync(out)).toEqual(['wren']);
  });

  it('uses an empty folder, refuses one that is not, and leaves nothing behind when it fails', async () => {
    const { folder, dataFile } = await makeStoppedFolder();
    const place = await makeFolder();
    const out = join(place, 'out');
    mkdirSync(out);
    writeFileSync(join(out, 'letter.txt'), 'dear');
    expect(await errorOf(exportFolder({ folder, out }))).toMatchObject({ reason: 'OUT_NOT_EMPTY' });
    expect(readdirSync(out)).toEqual(['letter.txt']);
    const empty = join(place, 'empty');
    mkdirSync(empty);
    await exportFolder({ folder, out: empty });
    expect(readdirSync(empty)).toEqual(['shop']);
    overwritePage(dataFile, usedPages(dataFile).at(-1) as number, Buffer.alloc(PAGE_BYTES));
    expect((await errorOf(exportFolder({ folder, out: join(place, 'third') }))).message).toMatch(/is damaged: page/);
    expect(readdirSync(place).sort()).toEqual(['empty', 'out']);
  });

  it('respects the lock of a running engine', async () => {
    const folder = await makeFolder();
    await makeEngine({ folder });
    const out = join(await makeFolder(), 'out');
    expect(await errorOf(exportFolder({ folder, out }))).toMatchObject({ code: 'DATA_FOLDER_LOCKED' });
    expect(existsSync(out)).toBe(false);
  });

  it('names files as mongodump does, long names included', () => {
    expect(dumpName('mail.box_1')).toBe('mail.box_1');
    expect(dumpName('a/b%c')).toBe('a%2Fb%25c');
    const long = dumpName('é'.repeat(100));
    expect(long).toMatch(/^(%C3%A9)+(%C3)?%24[\w-]{27}$/);
    expect(long).not.toBe(dumpName(`${'é'.repeat(99)}e`));
  });
});
