import mongoose from 'mongoose';
import { describe, expect, it } from 'vitest';
import { errorOf, makeEngine, makeShop, type Row } from './start-test-engine.js';

describe('a client of the engine', () => {
  it('sees a replica set primary with sessions', async () => {
    const { db } = await makeShop();
    const hello = await db.command({ hello: 1 });
    expect(hello).toMatchObject({ isWritablePrimary: true, logicalSessionTimeoutMinutes: 30, maxWireVersion: 21 });
    expect(hello['topologyVersion']).toBeUndefined();
    expect((await db.admin().buildInfo())['version']).toMatch(/^7\.0\./);
  });

  it('connects over TCP too', async () => {
    const { client } = await makeShop({ listen: 'tcp' });
    expect(await client.db('shop').command({ ping: 1 })).toMatchObject({ ok: 1 });
  });

  it('is used by mongoose models without any change', async () => {
    const engine = await makeEngine();
    const connection = await mongoose.createConnection(engine.uri('shop')).asPromise();
    const Person = connection.model('Person', new mongoose.Schema({ name: String, tags: [String] }));
    await Person.create({ name: 'Ada', tags: ['a'] });
    await Person.updateOne({ name: 'Ada' }, { $addToSet: { tags: 'b' } });
    expect(await Person.findOne({ tags: 'b' }).lean()).toMatchObject({ name: 'Ada', tags: ['a', 'b'] });
    await connection.close();
  });

  it('creates, reads, updates and deletes', async () => {
    const { db } = await makeShop();
    const rows = db.collection<Row>('rows');
    expect(
      await rows.insertMany([
        { _id: 'a', n: 1 },
        { _id: 'b', n: 2 },
      ]),
    ).toMatchObject({ insertedCount: 2 });
    expect(await rows.updateOne({ _id: 'a' }, { $inc: { n: 5 } })).toMatchObject({ matchedCount: 1, modifiedCount: 1 });
    expect(await rows.updateOne({ _id: 'a' }, { $set: { n: 6 } })).toMatchObject({ matchedCount: 1, modifiedCount: 0 });
    expect(await rows.replaceOne({ _id: 'b' }, { n: 9 })).toMatchObject({ modifiedCount: 1 });
    expect(
      await rows
        .find({ n: { $gt: 5 } })
        .sort({ n: -1 })
        .toArray(),
    ).toEqual([
      { _id: 'b', n: 9 },
      { _id: 'a', n: 6 },
    ]);
    expect(await rows.deleteMany({ n: { $gte: 9 } })).toMatchObject({ deletedCount: 1 });
    expect(await rows.estimatedDocumentCount()).toBe(1);
  });

  it('stores _id first and keeps number types', async () => {
    const { db } = await makeShop();
    const { Int32, Double, Long } = mongoose.mongo;
    await db
      .collection('rows')
      .insertOne({ i: new Int32(1), d: new Double(1), l: Long.fromNumber(1), _id: 'x' as never });
    await db.collection('rows').updateOne({ i: 1 }, { $set: { touched: true } });
    const found = await db.collection('rows').findOne({}, { promoteValues: false });
    expect(Object.keys(found ?? {})).toEqual(['_id', 'i', 'd', 'l', 'touched']);
    expect([found?.['i']._bsontype, found?.['d']._bsontype, found?.['l']._bsontype]).toEqual([
      'Int32',
      'Double',
      'Long',
    ]);
  });

  it('upserts by _id and answers the new id', async () => {
    const { db } = await makeShop();
    const rows = db.collection<Row>('rows');
    const result = await rows.updateOne({ _id: 'u' }, { $inc: { n: 1 }, $setOnInsert: { at: 7 } }, { upsert: true });
    expect(result).toMatchObject({ matchedCount: 0, upsertedId: 'u', upsertedCount: 1 });
    const options = { upsert: true, returnDocument: 'after' } as const;
    expect(await rows.findOneAndUpdate({ _id: 'u' }, { $inc: { n: 1 } }, options)).toEqual({ _id: 'u', n: 2, at: 7 });
    expect(await rows.findOneAndDelete({ _id: 'u' })).toEqual({ _id: 'u', n: 2, at: 7 });
    expect(await rows.findOneAndDelete({ _id: 'u' })).toBeNull();
  });

  it('gives an _id to exactly one of 64 writers', async () => {
    const { db } = await makeShop();
    const attempts = Array.from({ length: 64 }, (_, writer) =>
      db
        .collection<Row>('claims')
        .insertOne({ _id: 'taken', writer })
        .then(
          () => 'won',
          (error: { code: number }) => error.code,
        ),
    );
    const results = await Promise.all(attempts);
    expect(results.filter((result) => result === 'won')).toHaveLength(1);
    expect(results.filter((result) => result === 11000)).toHaveLength(63);
  });

  it('reports a duplicate in the shape of MongoDB', async () => {
    const { db } = await makeShop();
    await db.collection<Row>('claims').insertOne({ _id: 'a' });
    const error = await errorOf(db.collection<Row>('claims').insertMany([{ _id: 'b' }, { _id: 'a' }, { _id: 'c' }]));
    expect(error).toMatchObject({ code: 11000 });
    expect(error.message).toBe('E11000 duplicate key error collection: shop.claims index: _id_ dup key: { _id: "a" }');
    expect(await db.collection('claims').estimatedDocumentCount()).toBe(2);
    const unordered = db.collection<Row>('claims').insertMany([{ _id: 'a' }, { _id: 'd' }], { ordered: false });
    expect(await errorOf(unordered)).toMatchObject({ code: 11000, insertedCount: 1 });
  });
});

describe('cursors', () => {
  async function countCommands(total: number, options: { batchSize?: number; limit?: number }): Promise<string[]> {
    const { client, db } = await makeShop({}, { monitorCommands: true });
    await db.collection<Row>('rows').insertMany(Array.from({ length: total }, (_, n) => ({ _id: String(n) })));
    const names: string[] = [];
    client.on('commandStarted', (event) => names.push(event.commandName));
    const find = db.collection('rows').find({}, options);
    expect(await find.toArray()).toHaveLength(options.limit ?? total);
    return names;
  }

  it('need one command for 101 rows and two for 102', async () => {
    expect(await countCommands(101, {})).toEqual(['find']);
    expect(await countCommands(102, {})).toEqual(['find', 'getMore']);
  });

  it('end exactly at the batch size and at the limit', async () => {
    expect(await countCommands(10, { batchSize: 10 })).toEqual(['find']);
    expect(await countCommands(10, { batchSize: 5 })).toEqual(['find', 'getMore']);
    expect(await countCommands(10, { batchSize: 4, limit: 8 })).toEqual(['find', 'getMore']);
  });

  it('go on behind the last row while rows before it disappear', async () => {
    const { db } = await makeShop();
    const rows = db.collection<Row>('rows');
    await rows.insertMany(Array.from({ length: 50 }, (_, n) => ({ _id: String(n).padStart(2, '0') })));
    const cursor = rows.find({}, { batchSize: 10 });
    const seen: string[] = [];
    for await (const row of cursor) {
      seen.push(row._id);
      if (seen.length === 10) await rows.deleteMany({ _id: { $lt: '20' } });
    }
    expect(seen.slice(0, 10).at(-1)).toBe('09');
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((id) => id >= '20')).toHaveLength(30);
  });

  it('are forgotten after killCursors', async () => {
    const { db } = await makeShop();
    await db.collection('rows').insertMany([{}, {}, {}]);
    const first = await db.command({ find: 'rows', batchSize: 1 });
    const id = first['cursor'].id;
    expect(await db.command({ killCursors: 'rows', cursors: [id] })).toMatchObject({ cursorsKilled: [id] });
    expect(await errorOf(db.command({ getMore: id, collection: 'rows' }))).toMatchObject({ code: 43 });
  });

  it('keep documents of many megabytes below the size of a reply', async () => {
    const { db } = await makeShop();
    const text = 'x'.repeat(6_000_000);
    for (const _id of ['a', 'b', 'c', 'd']) await db.collection<Row>('rows').insertOne({ _id, text });
    expect((await db.collection('rows').find().toArray()).map((row) => row['text'].length)).toEqual([
      6e6, 6e6, 6e6, 6e6,
    ]);
  });
});

describe('what is outside the closed list', () => {
  it.each([
    [{ distinct: 'rows', key: 'a' }, 59],
    [{ mapReduce: 'rows' }, 59],
    [{ renameCollection: 'shop.a', to: 'shop.b' }, 59],
    [{ find: 'rows', collation: { locale: 'en' } }, 72],
    [{ find: 'rows', hint: '_id_' }, 72],
    [{ find: 'rows', nonsense: 1 }, 40415],
    [{ find: 'rows', readConcern: { level: 'snapshot' } }, 246],
    [{ find: 'rows', readConcern: { level: 'linearizable' } }, 72],
    [{ find: 'rows', filter: { $where: 'true' } }, 2],
    [{ create: 'rows', capped: true, size: 10 }, 72],
    [{ create: 'rows', validator: {} }, 72],
    [{ createIndexes: 'rows', indexes: [{ key: { a: 1 }, name: 'a', unique: true }] }, 67],
    [{ createIndexes: 'rows', indexes: [{ key: { a: -1 }, name: 'a' }] }, 67],
    [{ createIndexes: 'rows', indexes: [{ key: { a: 'text' }, name: 'a' }] }, 67],
    [{ createIndexes: 'rows', indexes: [{ key: { a: 1 }, name: 'a', hidden: true }] }, 40415],
    [{ update: 'rows', updates: [{ q: {}, u: { $set: { a: 1 } }, arrayFilters: [] }] }, 72],
    [{ insert: 'rows', documents: [{}], writeConcern: { w: 3 } }, 100],
    [{ aggregate: 'rows', pipeline: [{ $facet: {} }], cursor: {} }, undefined],
  ])('is refused with a code: %j', async (command, code) => {
    const { db } = await makeShop();
    const error = await errorOf(db.command(command));
    expect(error.code).toBeGreaterThan(0);
    if (code !== undefined) expect(error.code).toBe(code);
  });

  it('takes no other name for a database or collection than MongoDB does', async () => {
    const { client, db } = await makeShop();
    expect(await errorOf(db.command({ insert: 'a$b', documents: [{}] }))).toMatchObject({ code: 73 });
    expect(await errorOf(client.db('admin').collection('x').insertOne({}))).toMatchObject({ code: 73 });
  });
});

describe('collections and indexes', () => {
  it('are listed, and told apart from missing ones', async () => {
    const { client, db } = await makeShop();
    await db.createCollection('one');
    await db.collection('two').createIndex({ a: 1, b: 1 }, { sparse: true });
    expect((await db.listCollections({}, { nameOnly: true }).toArray()).map((row) => row.name)).toEqual(['one', 'two']);
    expect(await db.listCollections({ name: 'two' }).toArray()).toHaveLength(1);
    expect(await db.collection('two').listIndexes().toArray()).toEqual([
      { v: 2, key: { _id: 1 }, name: '_id_' },
      { v: 2, key: { a: 1, b: 1 }, name: 'a_1_b_1', sparse: true },
    ]);
    expect(await errorOf(db.collection('none').listIndexes().toArray())).toMatchObject({ code: 26 });
    expect(await errorOf(db.createCollection('one'))).toMatchObject({ code: 48 });
    expect((await client.db().admin().listDatabases()).databases.map((row) => row.name)).toEqual(['shop']);
  });

  it('are dropped and can be made again, empty', async () => {
    const { client, db } = await makeShop();
    await db.collection<Row>('rows').insertOne({ _id: 'a', n: 1 });
    await db.collection('rows').createIndex({ n: 1 });
    await db.collection('rows').dropIndex('n_1');
    expect(await errorOf(db.collection('rows').dropIndex('n_1'))).toMatchObject({ code: 27 });
    await db.collection('rows').drop();
    await db.collection<Row>('rows').insertOne({ _id: 'a', n: 2 });
    expect(await db.collection('rows').find().toArray()).toEqual([{ _id: 'a', n: 2 }]);
    await Promise.all([db.dropDatabase(), client.db('shop').collection<Row>('other').insertOne({ _id: 'x' })]);
    expect(await db.collection('rows').find().toArray()).toEqual([]);
  });

  it('refuses another index under a taken name', async () => {
    const { db } = await makeShop();
    await db.collection('rows').createIndex({ a: 1 }, { name: 'n' });
    await db.collection('rows').createIndex({ a: 1 }, { name: 'n' });
    expect(await errorOf(db.collection('rows').createIndex({ b: 1 }, { name: 'n' }))).toMatchObject({ code: 86 });
    expect(await errorOf(db.collection('rows').createIndex({ a: 1 }, { name: 'm' }))).toMatchObject({ code: 85 });
  });

  it('refuses two arrays in one index and stores nothing of the document', async () => {
    const { db } = await makeShop();
    await db.collection('rows').createIndex({ a: 1, b: 1 });
    expect(await errorOf(db.collection('rows').insertOne({ a: [1, 2], b: [1, 2] }))).toMatchObject({ code: 171 });
    expect(await db.collection('rows').estimatedDocumentCount()).toBe(0);
  });
});
