import type { ClientSession } from 'mongoose';
import { describe, expect, it, vi } from 'vitest';
import { isTransient } from '../../src/brands/brand-error.js';
import type { Database } from '../../src/brands/database.js';
import { runTransaction } from '../../src/brands/transaction.js';
import { Deadline } from '../../src/kernel/clock.js';
import { Refusal } from '../../src/kernel/errors.js';
import { anOpenDatabase, rejection, type Thing, things } from './a-database.js';

const longMs = 20_000;

/** The collection as the driver has it: writes go past mongoose. */
function collectionOf(database: Database) {
  return database.connection.collection<Thing>('things');
}

async function rowsOf(database: Database): Promise<Thing[]> {
  return database
    .model(things)
    .find({}, {}, { sort: { _id: 1 } })
    .lean<Thing[]>();
}

/** A write that another transaction holds open on the row `a`, so that everybody else's conflicts. */
async function aRivalWrite(database: Database): Promise<{ commit(): Promise<void>; undo(): Promise<void> }> {
  const session = await database.startSession();
  session.startTransaction();
  await collectionOf(database).updateOne({ _id: 'a' }, { $set: { colour: 'rival' } }, { session });
  const end = (how: () => Promise<unknown>) => async (): Promise<void> => {
    await how();
    await session.endSession();
  };
  return { commit: end(() => session.commitTransaction()), undo: end(() => session.abortTransaction()) };
}

describe('a transaction', () => {
  it('writes all of it or nothing', async () => {
    const database = await anOpenDatabase();
    const collection = collectionOf(database);
    const insert = (ids: readonly string[]) => (session: ClientSession) =>
      collection.insertMany(
        ids.map((_id) => ({ _id })),
        { session },
      );
    await runTransaction(database, Deadline.after(longMs), insert(['a', 'b']));
    await rejection(
      runTransaction(database, Deadline.after(longMs), async (session) => {
        await insert(['c'])(session);
        await insert(['a'])(session);
      }),
    );
    expect((await rowsOf(database)).map((row) => row._id)).toEqual(['a', 'b']);
  });

  it('gives back what its body answers', async () => {
    expect(await runTransaction(await anOpenDatabase(), Deadline.after(longMs), async () => 7)).toBe(7);
  });

  it('passes a refusal and a fault on as they are, and undoes what was written', async () => {
    const database = await anOpenDatabase();
    const refusal = new Refusal([{ code: 'TAKEN', message: 'It is taken', field: null }]);
    for (const fault of [refusal, new TypeError('x is not a function')]) {
      const act = runTransaction(database, Deadline.after(longMs), async (session) => {
        await collectionOf(database).insertOne({ _id: 'a' }, { session });
        throw fault;
      });
      expect(await rejection(act)).toBe(fault);
    }
    expect(await rowsOf(database)).toEqual([]);
  });

  it('sees the rows as they were when it began to read', async () => {
    const database = await anOpenDatabase();
    const collection = collectionOf(database);
    await collection.insertOne({ _id: 'a', count: 1 });
    const seen = await runTransaction(database, Deadline.after(longMs), async (session) => {
      const before = await collection.findOne({ _id: 'a' }, { session });
      await collection.updateOne({ _id: 'a' }, { $set: { count: 2 } });
      const after = await collection.findOne({ _id: 'a' }, { session });
      return [before?.count, after?.count];
    });
    expect(seen).toEqual([1, 1]);
  });

  it('runs again after a conflict, until it is alone', async () => {
    const database = await anOpenDatabase();
    await collectionOf(database).insertOne({ _id: 'a', count: 0 });
    const rival = await aRivalWrite(database);
    let attempts = 0;
    await runTransaction(database, Deadline.after(longMs), async (session) => {
      attempts += 1;
      if (attempts === 2) await rival.commit();
      await collectionOf(database).updateOne({ _id: 'a' }, { $inc: { count: 1 } }, { session });
    });
    // Ends in the attempt that begins after the rival's commit.
    expect(attempts).toBeGreaterThanOrEqual(2);
    expect(await rowsOf(database)).toEqual([{ _id: 'a', colour: 'rival', count: 1 }]);
  });

  it('loses no count when many write the same row', async () => {
    const database = await anOpenDatabase();
    const collection = collectionOf(database);
    await collection.insertOne({ _id: 'a', count: 0 });
    const add = () =>
      runTransaction(database, Deadline.after(longMs), async (session) => {
        const row = await collection.findOne({ _id: 'a' }, { session });
        await collection.updateOne({ _id: 'a' }, { $set: { count: (row?.count ?? 0) + 1 } }, { session });
      });
    await Promise.all(Array.from({ length: 12 }, add));
    expect(await rowsOf(database)).toEqual([{ _id: 'a', count: 12 }]);
  });

  it('whose conflicts outlast the deadline is RETRY, and nothing was written', async () => {
    const database = await anOpenDatabase();
    await collectionOf(database).insertOne({ _id: 'a', count: 0 });
    const rival = await aRivalWrite(database);
    const sessions: ClientSession[] = [];
    const faults: unknown[] = [];
    const act = runTransaction(database, Deadline.after(1_500), async (session) => {
      sessions.push(session);
      await collectionOf(database).insertOne({ _id: 'b' }, { session });
      try {
        await collectionOf(database).updateOne({ _id: 'a' }, { $inc: { count: 1 } }, { session });
      } catch (error) {
        faults.push(error);
        throw error;
      }
    });
    expect(await rejection(act)).toMatchObject({ code: 'RETRY', details: { brand: 'wren' }, isRetryable: true });
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.every(isTransient)).toBe(true);
    await vi.waitFor(() => expect(sessions[0]?.hasEnded).toBe(true));
    await rival.undo();
    expect(await rowsOf(database)).toEqual([{ _id: 'a', count: 0 }]);
  });

  it('whose body ends after the deadline is not committed', async () => {
    const database = await anOpenDatabase();
    const deadline = Deadline.after(150);
    let last: ClientSession | null = null;
    const act = runTransaction(database, deadline, async (session) => {
      last = session;
      await collectionOf(database).insertOne({ _id: 'a' }, { session });
      await vi.waitFor(() => expect(deadline.isPast).toBe(true));
    });
    expect(await rejection(act)).toMatchObject({ isRetryable: true });
    await vi.waitFor(() => expect(last?.hasEnded).toBe(true));
    expect(await rowsOf(database)).toEqual([]);
  });

  it('does not begin when the deadline is past', async () => {
    const database = await anOpenDatabase();
    const body = vi.fn(async () => 1);
    const deadline = Deadline.after(0);
    expect(await rejection(runTransaction(database, deadline, body))).toMatchObject({ isRetryable: true });
    expect(body).not.toHaveBeenCalled();
  });
});
