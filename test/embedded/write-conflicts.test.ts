import { describe, expect, it, onTestFinished } from 'vitest';
import { errorOf, type MongoClient, makeShop, type Row } from './start-test-engine.js';

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

describe('write conflicts', () => {
  it('the second writer of a row fails at once with 112 and can try again', async () => {
    const { client, rows } = await makeAccounts();
    const [first, second] = [begin(client), begin(client)];
    await rows.updateOne({ _id: 'a' }, { $inc: { n: 1 } }, { session: first });
    await rows.updateOne({ _id: 'b' }, { $inc: { n: 1 } }, { session: second });
    const error = await errorOf(rows.updateOne({ _id: 'a' }, { $inc: { n: 1 } }, { session: second }));
    expect(error.code).toBe(112);
    expect(error.hasErrorLabel('TransientTransactionError')).toBe(true);
    await first.commitTransaction();
    expect(await rows.find().toArray()).toEqual([
      { _id: 'a', n: 2 },
      { _id: 'b', n: 1 },
    ]);
  });

  it('a row changed since the snapshot conflicts, also when it has its old value again', async () => {
    const { client, rows } = await makeAccounts();
    const session = begin(client);
    await rows.findOne({ _id: 'b' }, { session });
    await rows.updateOne({ _id: 'a' }, { $set: { n: 7 } });
    await rows.updateOne({ _id: 'a' }, { $set: { n: 1 } });
    expect(await errorOf(rows.updateOne({ _id: 'a' }, { $set: { n: 5 } }, { session }))).toMatchObject({ code: 112 });
  });

  it('a row deleted since the snapshot conflicts', async () => {
    const { client, rows } = await makeAccounts();
    const session = begin(client);
    await rows.findOne({ _id: 'a' }, { session });
    await rows.deleteOne({ _id: 'a' });
    expect(await errorOf(rows.deleteOne({ _id: 'a' }, { session }))).toMatchObject({ code: 112 });
  });

  it('an _id taken since the snapshot is 112, one taken before it 11000', async () => {
    const { client, rows } = await makeAccounts();
    const session = begin(client);
    await rows.findOne({ _id: 'a' }, { session });
    await rows.insertOne({ _id: 'late', n: 0 });
    expect(await errorOf(rows.insertOne({ _id: 'late', n: 1 }, { session }))).toMatchObject({ code: 112 });
    const other = begin(client);
    const error = await errorOf(rows.insertOne({ _id: 'a', n: 1 }, { session: other }));
    expect(error.code).toBe(11000);
    expect(error.hasErrorLabel('TransientTransactionError')).toBe(false);
    expect(await errorOf(rows.findOne({}, { session: other }))).toMatchObject({ code: 251 });
  });

  it('two transactions that insert the same _id conflict', async () => {
    const { client, rows } = await makeAccounts();
    const [first, second] = [begin(client), begin(client)];
    await rows.insertOne({ _id: 'x', by: 1 }, { session: first });
    expect(await errorOf(rows.insertOne({ _id: 'x', by: 2 }, { session: second }))).toMatchObject({ code: 112 });
    await first.commitTransaction();
    expect(await rows.findOne({ _id: 'x' })).toEqual({ _id: 'x', by: 1 });
  });

  it('an update that matches nothing or changes nothing conflicts with nobody', async () => {
    const { client, rows } = await makeAccounts();
    const [first, second] = [begin(client), begin(client)];
    await rows.updateOne({ _id: 'a' }, { $set: { n: 5 } }, { session: first });
    expect(await rows.updateOne({ _id: 'a' }, { $set: { n: 1 } }, { session: second })).toMatchObject({
      modifiedCount: 0,
    });
    expect(await rows.updateOne({ _id: 'a', n: 5 }, { $set: { n: 2 } }, { session: second })).toMatchObject({
      matchedCount: 0,
    });
    await first.commitTransaction();
    await second.commitTransaction();
  });

  it('write skew is possible, as snapshot isolation has it', async () => {
    const { client, rows } = await makeAccounts();
    const [first, second] = [begin(client), begin(client)];
    await rows.findOne({ _id: 'b' }, { session: first });
    await rows.findOne({ _id: 'a' }, { session: second });
    await rows.updateOne({ _id: 'a' }, { $set: { n: 0 } }, { session: first });
    await rows.updateOne({ _id: 'b' }, { $set: { n: 0 } }, { session: second });
    await first.commitTransaction();
    await second.commitTransaction();
    expect(await rows.find().toArray()).toEqual([
      { _id: 'a', n: 0 },
      { _id: 'b', n: 0 },
    ]);
  });

  it('a plain write waits for the transaction and matches again', async () => {
    const { client, rows } = await makeAccounts();
    const session = begin(client);
    await rows.updateOne({ _id: 'a' }, { $set: { n: 5 } }, { session });
    let isDone = false;
    const plain = rows.updateOne({ _id: 'a', n: 1 }, { $set: { n: 100 } }).then((result) => {
      isDone = true;
      return result;
    });
    expect(await rows.findOne({ _id: 'a' })).toEqual({ _id: 'a', n: 1 });
    expect(isDone).toBe(false);
    await session.commitTransaction();
    expect(await plain).toMatchObject({ matchedCount: 0 });
    expect(await rows.findOne({ _id: 'a' })).toEqual({ _id: 'a', n: 5 });
  });

  it('a plain insert waits for an open insert of the same _id', async () => {
    const { client, rows } = await makeAccounts();
    const session = begin(client);
    await rows.insertOne({ _id: 'x' }, { session });
    const plain = errorOf(rows.insertOne({ _id: 'x' }));
    await rows.findOne({});
    await session.commitTransaction();
    expect(await plain).toMatchObject({ code: 11000 });
  });

  it('the wait of a plain write ends with its time limit', async () => {
    const { client, db, rows } = await makeAccounts();
    const session = begin(client);
    await rows.updateOne({ _id: 'a' }, { $set: { n: 5 } }, { session });
    const command = { update: 'rows', updates: [{ q: { _id: 'a' }, u: { $inc: { n: 1 } } }], maxTimeMS: 20 };
    expect(await errorOf(db.command(command))).toMatchObject({ code: 50 });
  });

  it('concurrent transfers neither lose nor make money', async () => {
    const { client, rows } = await makeAccounts();
    const transfers = Array.from({ length: 12 }, async (_, turn) => {
      const [from, to] = turn % 2 === 0 ? ['a', 'b'] : ['b', 'a'];
      await client.withSession((session) =>
        session.withTransaction(async () => {
          await rows.updateOne({ _id: from }, { $inc: { n: -turn } }, { session });
          await rows.updateOne({ _id: to }, { $inc: { n: turn } }, { session });
        }),
      );
    });
    await Promise.all(transfers);
    const [a, b] = await rows.find().toArray();
    expect(a?.['n'] + b?.['n']).toBe(2);
    expect(a?.['n']).toBe(1 + 6);
  });
});
