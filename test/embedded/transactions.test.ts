import mongoose from 'mongoose';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Transaction } from '../../src/embedded/sessions/transaction.js';
import { DatabaseFolder } from '../../src/embedded/store/database-folder.js';
import { TransactionScope } from '../../src/embedded/store/write-scope.js';
import { sendCommand } from './raw-client.js';
import {
  errorOf,
  type MongoClient,
  makeClient,
  makeEngine,
  makeFolder,
  makeShop,
  type Row,
} from './start-test-engine.js';

async function makeAccounts() {
  const shop = await makeShop({ faults: true });
  const rows = shop.db.collection<Row>('rows');
  await rows.insertMany([
    { _id: 'a', n: 1 },
    { _id: 'b', n: 1 },
  ]);
  return { ...shop, rows };
}

/** A session in an open transaction, ended after the test. */
function begin(client: MongoClient) {
  const session = client.startSession();
  onTestFinished(() => session.endSession());
  session.startTransaction();
  return session;
}

describe('inside a transaction', () => {
  it('own writes are seen, by nobody else before the commit', async () => {
    const { client, rows } = await makeAccounts();
    const session = begin(client);
    await rows.insertOne({ _id: 'c', n: 3 }, { session });
    await rows.updateOne({ _id: 'a' }, { $set: { n: 10 } }, { session });
    await rows.deleteOne({ _id: 'b' }, { session });
    expect(await rows.find({}, { session }).toArray()).toEqual([
      { _id: 'a', n: 10 },
      { _id: 'c', n: 3 },
    ]);
    expect(await rows.find().toArray()).toEqual([
      { _id: 'a', n: 1 },
      { _id: 'b', n: 1 },
    ]);
    await session.commitTransaction();
    expect(await rows.find().toArray()).toEqual([
      { _id: 'a', n: 10 },
      { _id: 'c', n: 3 },
    ]);
  });

  it('own writes are seen through indexes and merged scans too', async () => {
    const { client, db } = await makeShop();
    const rows = db.collection<Row>('rows');
    await rows.createIndex({ g: 1, at: 1 });
    await rows.insertMany([
      { _id: '1', g: 'x', at: 1 },
      { _id: '2', g: 'y', at: 2 },
      { _id: '3', g: 'x', at: 3 },
    ]);
    const session = begin(client);
    await rows.insertOne({ _id: '4', g: 'y', at: 2.5 }, { session });
    await rows.updateOne({ _id: '3' }, { $set: { at: 0 } }, { session });
    await rows.deleteOne({ _id: '1' }, { session });
    const query = rows.find({ g: { $in: ['x', 'y'] } }, { session }).sort({ at: -1 });
    expect((await query.toArray()).map((row) => row._id)).toEqual(['4', '2', '3']);
    const joined = await rows
      .aggregate(
        [
          { $match: { _id: '2' } },
          { $lookup: { from: 'rows', localField: 'g', foreignField: 'g', as: 'r', pipeline: [{ $sort: { at: 1 } }] } },
        ],
        { session },
      )
      .toArray();
    expect(joined[0]?.['r'].map((row: Row) => row._id)).toEqual(['2', '4']);
  });

  it('the snapshot is fixed by the first command', async () => {
    const { client, rows } = await makeAccounts();
    const session = begin(client);
    await rows.updateOne({ _id: 'a' }, { $set: { n: 2 } });
    expect(await rows.findOne({ _id: 'a' }, { session })).toEqual({ _id: 'a', n: 2 });
    await rows.updateOne({ _id: 'a' }, { $set: { n: 3 } });
    await rows.insertOne({ _id: 'new', n: 0 });
    expect(await rows.find({}, { session }).toArray()).toEqual([
      { _id: 'a', n: 2 },
      { _id: 'b', n: 1 },
    ]);
  });

  it('a cursor stays on the snapshot and ends with the transaction', async () => {
    const { client, db, rows } = await makeAccounts();
    const session = begin(client);
    const cursor = rows.find({}, { session, batchSize: 1 });
    expect(await cursor.next()).toEqual({ _id: 'a', n: 1 });
    await rows.updateOne({ _id: 'b' }, { $set: { n: 99 } });
    expect(await cursor.next()).toEqual({ _id: 'b', n: 1 });
    const open = rows.find({}, { session, batchSize: 1 });
    await open.next();
    const id = open.id;
    await session.abortTransaction();
    expect(await errorOf(db.command({ getMore: id, collection: 'rows' }))).toMatchObject({ code: 43 });
  });
});

describe('the end of a transaction', () => {
  it('an abort undoes everything, and further commands get 251', async () => {
    const { client, rows } = await makeAccounts();
    const session = begin(client);
    await rows.deleteMany({}, { session });
    await session.abortTransaction();
    expect(await rows.find().toArray()).toHaveLength(2);
    const stray = begin(client);
    await rows.findOne({}, { session: stray });
    await errorOf(rows.insertOne({ _id: 'a' }, { session: stray }));
    const error = await errorOf(stray.commitTransaction());
    expect(error.code).toBe(251);
    expect(error.hasErrorLabel('TransientTransactionError')).toBe(true);
  });

  it('a commit can be repeated, an abort after it is 256, an older number 225', async () => {
    const { client, rows } = await makeAccounts();
    const session = begin(client);
    await rows.insertOne({ _id: 'c' }, { session });
    await session.commitTransaction();
    await session.commitTransaction();
    const number = Number((session as unknown as { serverSession: { txnNumber: number } }).serverSession.txnNumber);
    const numbered = { lsid: session.id, txnNumber: mongoose.mongo.Long.fromNumber(number), autocommit: false };
    expect(await errorOf(sendRaw(client, 'admin', { abortTransaction: 1, ...numbered }))).toMatchObject({ code: 256 });
    expect(await errorOf(sendRaw(client, 'shop', { find: 'rows', ...numbered }))).toMatchObject({ code: 256 });
    session.startTransaction();
    await rows.insertOne({ _id: 'd' }, { session });
    expect(await errorOf(sendRaw(client, 'shop', { find: 'rows', ...numbered }))).toMatchObject({ code: 225 });
  });

  it('a higher number aborts the open transaction of the session', async () => {
    const { client, rows } = await makeAccounts();
    const lsid = { id: new mongoose.mongo.UUID().toBinary() };
    const numbered = (n: number) => ({ lsid, txnNumber: mongoose.mongo.Long.fromNumber(n), autocommit: false });
    await sendRaw(client, 'shop', {
      delete: 'rows',
      deletes: [{ q: {}, limit: 0 }],
      startTransaction: true,
      ...numbered(4),
    });
    await sendRaw(client, 'shop', { find: 'rows', startTransaction: true, ...numbered(5) });
    expect(await errorOf(sendRaw(client, 'admin', { commitTransaction: 1, ...numbered(4) }))).toMatchObject({
      code: 225,
    });
    expect(await rows.updateOne({ _id: 'a' }, { $set: { n: 2 } })).toMatchObject({ modifiedCount: 1 });
  });

  it('ending the session ends its transaction', async () => {
    const { client, rows } = await makeAccounts();
    const lsid = { id: new mongoose.mongo.UUID().toBinary() };
    const numbered = { lsid, txnNumber: mongoose.mongo.Long.fromNumber(1), autocommit: false };
    await sendRaw(client, 'shop', {
      delete: 'rows',
      deletes: [{ q: {}, limit: 0 }],
      startTransaction: true,
      ...numbered,
    });
    await sendRaw(client, 'admin', { endSessions: [lsid] });
    expect(await rows.deleteMany({})).toMatchObject({ deletedCount: 2 });
  });

  it('the lifetime is limited, and what it held is free again', async () => {
    const databases = new DatabaseFolder(await makeFolder(), 'relaxed');
    onTestFinished(() => databases.close());
    const database = databases.need('shop');
    const transaction = new Transaction(1, database, 5);
    transaction.scope.claim('key');
    expect(() => new TransactionScope(database.openSnapshot(), database.ledger, transaction).claim('key')).toThrow();
    await transaction.ended;
    expect(transaction.state).toBe('aborted');
    new TransactionScope(database.openSnapshot(), database.ledger, transaction).claim('key');
  });

  it('a committed transaction stays committed over a restart, also for a repeated commit', async () => {
    const folder = await makeFolder();
    const lsid = { id: new mongoose.mongo.UUID().toBinary() };
    const numbered = { lsid, txnNumber: mongoose.mongo.Long.fromNumber(7), autocommit: false };
    const engine = await makeEngine({ folder });
    const client = await makeClient(engine);
    await client.db('shop').createCollection('rows');
    await sendRaw(client, 'shop', { insert: 'rows', documents: [{ _id: 'x' }], startTransaction: true, ...numbered });
    await sendRaw(client, 'admin', { commitTransaction: 1, ...numbered });
    await client.close();
    await engine.close();
    const again = await makeClient(await makeEngine({ folder }));
    expect(await sendRaw(again, 'admin', { commitTransaction: 1, ...numbered })).toMatchObject({ ok: 1 });
    expect(await errorOf(sendRaw(again, 'admin', { abortTransaction: 1, ...numbered }))).toMatchObject({ code: 256 });
    expect(await again.db('shop').collection('rows').find().toArray()).toEqual([{ _id: 'x' }]);
  });
});

describe('what a transaction refuses', () => {
  it.each([
    [{ count: 'rows' }, 263],
    [{ explain: { find: 'rows' } }, 263],
    [{ create: 'other' }, 263],
    [{ createIndexes: 'rows', indexes: [{ key: { a: 1 }, name: 'a' }] }, 263],
    [{ insert: 'missing', documents: [{ a: 1 }] }, 263],
    [{ find: 'rows', writeConcern: { w: 1 } }, 72],
  ])('%j', async (command, code) => {
    const { client } = await makeAccounts();
    const lsid = { id: new mongoose.mongo.UUID().toBinary() };
    const numbered = { lsid, txnNumber: mongoose.mongo.Long.fromNumber(1), autocommit: false, startTransaction: true };
    expect(await errorOf(sendRaw(client, 'shop', { ...command, ...numbered }))).toMatchObject({ code });
  });

  it('readConcern on a later command, and another database', async () => {
    const { client } = await makeAccounts();
    for (const [second, code] of [
      [{ find: 'rows', readConcern: { level: 'local' } }, 72],
      [{ find: 'rows', $db: 'elsewhere' }, 263],
    ] as const) {
      const lsid = { id: new mongoose.mongo.UUID().toBinary() };
      const numbered = { lsid, txnNumber: mongoose.mongo.Long.fromNumber(1), autocommit: false };
      await sendRaw(client, 'shop', { find: 'rows', startTransaction: true, ...numbered });
      expect(await errorOf(sendRaw(client, second.$db ?? 'shop', { ...second, ...numbered }))).toMatchObject({ code });
      expect(await errorOf(sendRaw(client, 'admin', { commitTransaction: 1, ...numbered }))).toMatchObject({
        code: 251,
      });
    }
  });

  it('a collection whose indexes changed after the snapshot', async () => {
    const { client, db, rows } = await makeAccounts();
    const session = begin(client);
    await rows.findOne({}, { session });
    await db.collection('other').createIndex({ a: 1 });
    const error = await errorOf(db.collection('other').findOne({}, { session }));
    expect(error.code).toBe(246);
    expect(error.hasErrorLabel('TransientTransactionError')).toBe(true);
  });

  it('index builds wait for a transaction that has written to the collection', async () => {
    const { client, rows } = await makeAccounts();
    const session = begin(client);
    await rows.insertOne({ _id: 'c', n: 9 }, { session });
    const build = rows.createIndex({ n: 1 });
    await rows.findOne({});
    await session.commitTransaction();
    await build;
    expect(await rows.find({ n: 9 }).toArray()).toEqual([{ _id: 'c', n: 9 }]);
    expect(JSON.stringify(await rows.find({ n: 9 }).explain('queryPlanner'))).toContain('n_1');
  });
});

describe('random write conflicts of a test build', () => {
  it('are overcome by withTransaction', async () => {
    const { client, rows } = await makeAccounts();
    await client.db('admin').command({
      configureFailPoint: 'failCommand',
      mode: { times: 20 },
      data: { failCommands: ['update', 'insert'], errorCode: 112, probability: 0.5, seed: 42 },
    });
    for (let turn = 0; turn < 10; turn++) {
      await client.withSession((session) =>
        session.withTransaction(async () => {
          await rows.updateOne({ _id: 'a' }, { $inc: { n: 1 } }, { session });
          await rows.insertOne({ _id: `t${turn}` }, { session });
        }),
      );
    }
    expect(await rows.findOne({ _id: 'a' })).toEqual({ _id: 'a', n: 11 });
  });
});

/** Sends a command with session fields that the driver would refuse or replace. */
async function sendRaw(client: MongoClient, database: string, command: object): Promise<object> {
  return sendCommand(client.options.hosts[0]?.socketPath ?? '', { ...command, $db: database });
}
