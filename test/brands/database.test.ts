import { describe, expect, inject, it, vi } from 'vitest';
import { brandError, duplicateIndex, isDuplicateKey } from '../../src/brands/brand-error.js';
import { defineCollection } from '../../src/brands/collection.js';
import type { Database, DatabaseOptions } from '../../src/brands/database.js';
import { readMeta, writeMeta } from '../../src/brands/meta.js';
import { Deadline } from '../../src/kernel/clock.js';
import { AppError } from '../../src/kernel/errors.js';
import { createLogger } from '../../src/kernel/logger.js';
import { aDatabase, anOpenDatabase, rejection, things } from './a-database.js';

/** Names of the commands that a database sends from the moment it is connected. */
function commandsOf(database: Database): string[] {
  const commands: string[] = [];
  database.connection.once('connected', () => {
    database.connection.getClient().on('commandStarted', (event) => commands.push(event.commandName));
  });
  return commands;
}

/** The same database once more, as the next process opens it. */
function again(database: Database, options: Partial<DatabaseOptions> = {}): Database {
  const uri = inject('databaseServer').uri.replace('__database__', database.name);
  return aDatabase({ uri, name: database.name, selectionTimeoutMs: 5_000, isMonitored: true, ...options });
}

async function indexesOf(database: Database, collection: string): Promise<Record<string, unknown>[]> {
  const indexes = await database.connection.db?.collection(collection).listIndexes().toArray();
  return (indexes ?? []).map(({ v: _version, ...index }) => index as Record<string, unknown>);
}

describe('a database', () => {
  it('is ready when opened, with its collections and indexes', async () => {
    const database = await anOpenDatabase();
    expect([database.state, database.isKnownDown, database.unsuitable]).toEqual(['READY', false, null]);
    const collections = await database.connection.db?.listCollections({}, { nameOnly: true }).toArray();
    expect(collections?.map((entry) => entry.name).sort()).toEqual(['meta', 'things']);
    expect(await indexesOf(database, 'things')).toEqual([
      { key: { _id: 1 }, name: '_id_' },
      { key: { colour: 1, _id: 1 }, name: 'colour__id' },
      { key: { count: 1 }, name: 'count', sparse: true },
    ]);
  });

  it('that was prepared before is looked at and left alone', async () => {
    const database = again(await anOpenDatabase());
    const commands = commandsOf(database);
    await database.open();
    expect(commands).toEqual(['hello', 'listCollections', 'find']);
    expect(database.state).toBe('READY');
  });

  it('gets the indexes that a new version wants, and says so where others may be at work', async () => {
    const lines: string[] = [];
    const log = createLogger({ stream: { write: (line: string) => void lines.push(line) } });
    const wider = defineCollection('things', { colour: String, count: Number }, [
      ...things.indexes,
      { key: { colour: 1, count: 1 } },
    ]);
    const database = again(await anOpenDatabase(), { collections: [wider], isEmbedded: false, log });
    await database.open();
    expect((await indexesOf(database, 'things')).map((index) => index['name'])).toContain('colour_count');
    expect(lines.join('')).toContain('building them now');
  });

  it('is prepared once when several processes open it at the same time', async () => {
    const first = await anOpenDatabase();
    await first.connection.db?.dropDatabase();
    const rivals = Array.from({ length: 4 }, () => again(first));
    await Promise.all(rivals.map((rival) => rival.open()));
    expect(rivals.map((rival) => rival.state)).toEqual(['READY', 'READY', 'READY', 'READY']);
    expect(await indexesOf(first, 'things')).toHaveLength(3);
  });

  it('can be emptied, and is prepared again at once', async () => {
    const database = await anOpenDatabase();
    await database.model(things).collection.insertOne({ _id: 'a' } as never);
    await database.empty();
    expect(await database.model(things).find({}).lean()).toEqual([]);
    expect(await indexesOf(database, 'things')).toHaveLength(3);
  });

  it('keeps notes about itself, the last one of a name', async () => {
    const database = await anOpenDatabase();
    expect(await readMeta(database, 'seed')).toBeNull();
    await writeMeta(database, 'seed', { version: 1, rows: 5 });
    await writeMeta(database, 'seed', { version: 2 });
    expect(await readMeta(database, 'seed')).toEqual({ _id: 'seed', version: 2, rows: 5 });
  });

  it('refuses fields that no store has declared, in filters and in rows', async () => {
    const model = (await anOpenDatabase()).model(things);
    await expect(model.find({ size: 1 } as never).exec()).rejects.toThrow(/size/);
    await expect(model.create({ _id: 'a', size: 1 } as never)).rejects.toThrow(/size/);
    expect(await model.find({}).lean()).toEqual([]);
  });

  it('gives the same model for the same collection', async () => {
    const database = await anOpenDatabase();
    expect(database.model(things)).toBe(database.model(things));
  });

  it('answers a ping', async () => {
    const database = await anOpenDatabase();
    await expect(database.ping(Deadline.after(5_000))).resolves.toBeUndefined();
  });

  it('is closed for good, twice if need be', async () => {
    const database = await anOpenDatabase();
    await database.close();
    await database.close();
    expect(database.state).toBe('CLOSED');
    const ask = vi.fn(async () => 1);
    expect(await rejection(database.run(Deadline.after(1_000), ask))).toMatchObject({ code: 'BRAND_UNAVAILABLE' });
    expect(ask).not.toHaveBeenCalled();
  });

  it('is left after a while when the driver does not come back from closing', async () => {
    const lines: string[] = [];
    const log = createLogger({ level: 'warn', stream: { write: (line: string) => void lines.push(line) } });
    const database = await anOpenDatabase({ log });
    const stuck = vi.spyOn(database.connection, 'close').mockReturnValue(new Promise(() => {}));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const closing = database.close();
      await vi.advanceTimersByTimeAsync(5_000);
      await closing;
    } finally {
      vi.useRealTimers();
      stuck.mockRestore();
    }
    expect(lines.join('')).toContain('did not take leave in time');
  });
});

describe('asking a database', () => {
  it('gives the answer back and leaves no timer behind', async () => {
    const database = await anOpenDatabase();
    const clear = vi.spyOn(globalThis, 'clearTimeout');
    expect(await database.run(Deadline.after(60_000), async () => 'answer')).toBe('answer');
    expect(clear).toHaveBeenCalled();
    clear.mockRestore();
  });

  it('ends at the deadline as BRAND_TIMEOUT, naming the brand', async () => {
    const database = await anOpenDatabase();
    const deadline = Deadline.after(30);
    const error = await rejection(database.run(deadline, () => new Promise(() => {})));
    expect(error).toMatchObject({ code: 'BRAND_TIMEOUT', details: { brand: 'wren' }, isRetryable: true });
    expect(deadline.isPast).toBe(true);
  });

  it('passes on a fault that has nothing to do with the brand', async () => {
    const database = await anOpenDatabase();
    for (const fault of [new TypeError('x is not a function'), new AppError('BAD_USER_INPUT', 'A date was expected')]) {
      expect(await rejection(database.run(Deadline.after(5_000), () => Promise.reject(fault)))).toBe(fault);
    }
  });

  it('passes on a duplicate, which says which row was there already', async () => {
    const { collection } = (await anOpenDatabase()).model(things);
    await collection.insertOne({ _id: 'b' } as never);
    const rows = ['a', 'b', 'c'].map((_id) => ({ _id }));
    const error = await rejection(collection.insertMany(rows as never[]));
    expect([isDuplicateKey(error), duplicateIndex(error)]).toEqual([true, 1]);
    expect(brandError(error, 'wren')).toBe(error);
    expect(isDuplicateKey(new Error('x'))).toBe(false);
    expect(isDuplicateKey(null)).toBe(false);
    expect(duplicateIndex(new Error('x'))).toBeNull();
  });
});

describe('a failure of a brand', () => {
  const named = (name: string, more: object = {}): Error =>
    Object.assign(new Error('ada.quill@example.com'), { name }, more);

  it.each([
    { name: 'MongoServerSelectionError', more: {}, code: 'BRAND_UNAVAILABLE' },
    { name: 'MongoNetworkError', more: {}, code: 'BRAND_UNAVAILABLE' },
    { name: 'MongoNetworkTimeoutError', more: {}, code: 'BRAND_UNAVAILABLE' },
    { name: 'MongoPoolClearedError', more: {}, code: 'BRAND_UNAVAILABLE' },
    { name: 'MongoNotConnectedError', more: {}, code: 'BRAND_UNAVAILABLE' },
    { name: 'MongoWaitQueueTimeoutError', more: {}, code: 'BRAND_TIMEOUT' },
    { name: 'MongoServerError', more: { code: 50 }, code: 'BRAND_TIMEOUT' },
    { name: 'MongoServerError', more: { code: 262 }, code: 'BRAND_TIMEOUT' },
    {
      name: 'MongoServerError',
      more: { code: 112, hasErrorLabel: (label: string) => label === 'TransientTransactionError' },
      code: 'RETRY',
    },
  ])('of the kind $name is told as $code, in our own words', ({ name, more, code }) => {
    const error = named(name, more);
    const told = brandError(error, 'wren') as AppError;
    expect(told).toMatchObject({ code, details: { brand: 'wren' }, cause: error });
    expect(told.message).not.toContain('ada');
  });

  it('is not seen in what is none', () => {
    for (const other of [named('MongoServerError', { code: 2 }), new AppError('FORBIDDEN', 'x'), 'text', null]) {
      expect(brandError(other, 'wren')).toBe(other);
    }
  });
});
