import mongoose from 'mongoose';
import { describe, expect, it } from 'vitest';
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

/** Loses the reply of the next such command after it has applied. */
async function loseReply(client: MongoClient, command: string): Promise<void> {
  await client.db('admin').command({
    configureFailPoint: 'failCommand',
    mode: { times: 1 },
    data: { failCommands: [command], closeConnection: true, moment: 'afterCommit' },
  });
}

function numbered(n: number, lsid = { id: new mongoose.mongo.UUID().toBinary() }) {
  return { lsid, txnNumber: mongoose.mongo.Long.fromNumber(n), $db: 'shop' };
}

const INCREMENT = { update: 'rows', updates: [{ q: { _id: 'a' }, u: { $inc: { n: 1 } }, upsert: true }] };

describe('a write whose reply is lost', () => {
  it('is applied once, and the driver gets its reply', async () => {
    const { client, db } = await makeShop({ faults: true });
    const rows = db.collection<Row>('rows');
    await loseReply(client, 'insert');
    expect(await rows.insertOne({ _id: 'a', n: 1 })).toMatchObject({ insertedId: 'a' });
    await loseReply(client, 'update');
    expect(await rows.updateOne({ _id: 'a' }, { $inc: { n: 1 } })).toMatchObject({ modifiedCount: 1 });
    await loseReply(client, 'findAndModify');
    const after = { returnDocument: 'after' } as const;
    expect(await rows.findOneAndUpdate({ _id: 'a' }, { $inc: { n: 1 } }, after)).toEqual({ _id: 'a', n: 3 });
    await loseReply(client, 'delete');
    expect(await rows.deleteOne({ _id: 'a' })).toMatchObject({ deletedCount: 1 });
  });

  it('is a commit: the transaction stands once', async () => {
    const { client, db } = await makeShop({ faults: true });
    await db.createCollection('rows');
    await loseReply(client, 'commitTransaction');
    await client.withSession((session) =>
      session.withTransaction(() => db.collection<Row>('rows').insertOne({ _id: 'a' }, { session })),
    );
    expect(await db.collection('rows').find().toArray()).toEqual([{ _id: 'a' }]);
  });

  it('that never arrived is simply made', async () => {
    const { client, db } = await makeShop({ faults: true });
    await client.db('admin').command({
      configureFailPoint: 'failCommand',
      mode: { times: 1 },
      data: { failCommands: ['insert'], closeConnection: true },
    });
    await db.collection<Row>('rows').insertOne({ _id: 'a' });
    expect(await db.collection('rows').find().toArray()).toEqual([{ _id: 'a' }]);
  });
});

describe('a numbered write', () => {
  it('answers a repeat with the stored reply, a lower number with 225', async () => {
    const { engine, db } = await makeShop();
    const number = numbered(5);
    const first = await sendCommand(engine.address, { ...INCREMENT, ...number });
    const second = await sendCommand(engine.address, { ...INCREMENT, ...number });
    expect(first).toMatchObject({ n: 1, upserted: [{ index: 0, _id: 'a' }] });
    expect(second).toMatchObject({ n: 1, upserted: [{ index: 0, _id: 'a' }] });
    expect(await db.collection('rows').find().toArray()).toEqual([{ _id: 'a', n: 1 }]);
    expect(await errorOf(sendCommand(engine.address, { ...INCREMENT, ...numbered(4, number.lsid) }))).toMatchObject({
      code: 225,
    });
  });

  it('stores a partial failure too', async () => {
    const { engine } = await makeShop();
    const command = { insert: 'rows', documents: [{ _id: 'a' }, { _id: 'a' }, { _id: 'b' }], ...numbered(1) };
    const first = await sendCommand(engine.address, command);
    expect(first).toMatchObject({ n: 1, writeErrors: [{ index: 1, code: 11000 }] });
    expect(await sendCommand(engine.address, command)).toMatchObject({
      n: 1,
      writeErrors: [{ index: 1, code: 11000 }],
    });
  });

  it('that is repeated while it still runs is applied once', async () => {
    const { engine, client, db } = await makeShop();
    await db.collection<Row>('rows').insertOne({ _id: 'a', n: 0 });
    const session = client.startSession();
    session.startTransaction();
    await db.collection<Row>('rows').updateOne({ _id: 'a' }, { $set: { held: true } }, { session });
    const number = numbered(1);
    const repeats = [1, 2, 3].map(() => sendCommand(engine.address, { ...INCREMENT, ...number }));
    await db.collection('rows').findOne({});
    await session.commitTransaction();
    await session.endSession();
    expect((await Promise.all(repeats)).map((reply) => reply['nModified'])).toEqual([1, 1, 1]);
    expect(await db.collection('rows').findOne({})).toEqual({ _id: 'a', n: 1, held: true });
  });

  it('keeps its reply over a restart', async () => {
    const folder = await makeFolder();
    const engine = await makeEngine({ folder });
    const number = numbered(3);
    const command = { findAndModify: 'rows', query: { _id: 'a' }, update: { $inc: { n: 1 } }, upsert: true, new: true };
    await sendCommand(engine.address, { ...command, ...number });
    await engine.close();
    const again = await makeEngine({ folder });
    const reply = await sendCommand(again.address, { ...command, ...number });
    expect(reply['value']).toEqual({ _id: 'a', n: 1 });
    expect(await errorOf(sendCommand(again.address, { ...command, ...numbered(2, number.lsid) }))).toMatchObject({
      code: 225,
    });
    const client = await makeClient(again);
    expect(await client.db('shop').collection('rows').find().toArray()).toEqual([{ _id: 'a', n: 1 }]);
  });

  it('is refused where it could not be repeated safely', async () => {
    const { engine } = await makeShop();
    const many = { delete: 'rows', deletes: [{ q: {}, limit: 0 }], ...numbered(1) };
    expect((await errorOf(sendCommand(engine.address, many))).code).toBe(2);
    expect((await errorOf(sendCommand(engine.address, { create: 'rows', ...numbered(1) }))).code).toBe(72);
  });
});
