import mongoose from 'mongoose';
import { describe, expect, it, onTestFinished } from 'vitest';
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

/** A collection with an index, and a transaction that has written to it. */
async function makeWritten() {
  const { client, db } = await makeShop();
  const rows = db.collection<Row>('rows');
  await rows.insertOne({ _id: 'a', n: 1 });
  await rows.createIndex({ n: 1 });
  const session = begin(client);
  await rows.updateOne({ _id: 'a' }, { $set: { n: 2 } }, { session });
  return { client, db, rows, session };
}

function begin(client: MongoClient): mongoose.mongo.ClientSession {
  const session = client.startSession();
  onTestFinished(() => session.endSession());
  session.startTransaction();
  return session;
}

const CHANGES = [
  { drop: 'rows' },
  { dropIndexes: 'rows', index: 'n_1' },
  { createIndexes: 'rows', indexes: [{ key: { m: 1 }, name: 'm_1' }] },
];

describe('while a transaction has written to a collection', () => {
  it.each(CHANGES)('%j waits for its end', async (command) => {
    const { db, rows, session } = await makeWritten();
    let isOver = false;
    const change = db.command(command).then(() => {
      isOver = true;
    });
    // A command that is answered after it was sent shows that the change had its turn, and did not take it.
    await rows.findOne({});
    await rows.findOne({});
    expect(isOver).toBe(false);
    await session.commitTransaction();
    await change;
    const found = await rows.find({}).toArray();
    expect(found).toEqual('drop' in command ? [] : [{ _id: 'a', n: 2 }]);
    if (!('drop' in command)) expect(await rows.find({ n: 2 }).toArray()).toEqual(found);
  });

  it.each(CHANGES)('%j gives up when its time is over (50), with nothing changed', async (command) => {
    const { db, rows, session } = await makeWritten();
    expect(await errorOf(db.command({ ...command, maxTimeMS: 30 }))).toMatchObject({ code: 50 });
    expect((await rows.indexes()).map((index) => index.name)).toEqual(['_id_', 'n_1']);
    await session.commitTransaction();
    expect(await rows.find({ n: 2 }).toArray()).toEqual([{ _id: 'a', n: 2 }]);
  });

  it('dropDatabase ends it: it can be retried, nothing of it is stored', async () => {
    const { client, db, rows, session } = await makeWritten();
    await db.dropDatabase();
    const error = await errorOf(rows.findOne({ _id: 'a' }, { session }));
    expect(error).toMatchObject({ code: 251 });
    expect(error.hasErrorLabel('TransientTransactionError')).toBe(true);
    expect(await client.db('shop').collection('rows').find().toArray()).toEqual([]);
    await rows.insertOne({ _id: 'b' });
    expect(await rows.find().toArray()).toEqual([{ _id: 'b' }]);
  });

  it('dropDatabase before its commit makes the commit fail, for a retry', async () => {
    const { db, session } = await makeWritten();
    await db.dropDatabase();
    const error = await errorOf(session.commitTransaction());
    expect(error).toMatchObject({ code: 251 });
    expect(error.hasErrorLabel('TransientTransactionError')).toBe(true);
  });
});

describe('while a transaction has only read a collection', () => {
  it.each(CHANGES)('%j does not wait, and the transaction can be retried (246)', async (command) => {
    const { client, db } = await makeShop();
    const rows = db.collection<Row>('rows');
    await rows.insertOne({ _id: 'a', n: 1 });
    await rows.createIndex({ n: 1 });
    const session = begin(client);
    expect(await rows.findOne({ _id: 'a' }, { session })).toEqual({ _id: 'a', n: 1 });
    await db.command(command);
    const error = await errorOf(rows.findOne({ _id: 'a' }, { session }));
    expect(error).toMatchObject({ code: 246 });
    expect(error.hasErrorLabel('TransientTransactionError')).toBe(true);
  });
});

describe('the outcome of a transaction that wrote nothing', () => {
  const numbered = () => ({
    lsid: { id: new mongoose.mongo.UUID().toBinary() },
    txnNumber: mongoose.mongo.Long.fromNumber(3),
    autocommit: false,
  });

  it('is committed, also when the commit is repeated', async () => {
    const engine = await makeEngine();
    const fields = numbered();
    await sendCommand(engine.address, { find: 'rows', $db: 'shop', startTransaction: true, ...fields });
    for (let turn = 0; turn < 2; turn++) {
      const reply = await sendCommand(engine.address, { commitTransaction: 1, $db: 'admin', ...fields });
      expect(reply).toMatchObject({ ok: 1 });
    }
  });

  it('is not stored: after a restart a repeated commit is told to try the whole again (251), as in MongoDB', async () => {
    const folder = await makeFolder();
    const fields = numbered();
    const engine = await makeEngine({ folder });
    await (await makeClient(engine)).db('shop').createCollection('rows');
    await sendCommand(engine.address, { find: 'rows', $db: 'shop', startTransaction: true, ...fields });
    await sendCommand(engine.address, { commitTransaction: 1, $db: 'admin', ...fields });
    await engine.close();
    const again = await makeEngine({ folder });
    const error = await errorOf(sendCommand(again.address, { commitTransaction: 1, $db: 'admin', ...fields }));
    expect(error).toMatchObject({ code: 251, errorLabels: ['TransientTransactionError'] });
  });
});
