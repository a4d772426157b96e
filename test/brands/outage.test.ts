import { describe, expect, it, vi } from 'vitest';
import { openBrands } from '../../src/brands/brands.js';
import type { Database } from '../../src/brands/database.js';
import { Deadline } from '../../src/kernel/clock.js';
import { createLogger } from '../../src/kernel/logger.js';
import { groupConfig, testKeys } from '../support/group.js';
import { aDatabase, aDeadPort, anEnginePort, rejection, things, uriOf } from './a-database.js';
import { aStandaloneMongod } from './stub-mongod.js';
import { aTcpProxy } from './tcp-proxy.js';

const patience = { timeout: 15_000, interval: 50 };

async function count(database: Database, deadline = Deadline.after(5_000)): Promise<number> {
  return (await database.run(deadline, () => database.model(things).find({}).lean())).length;
}

describe('a server without transactions', () => {
  it('stops the start with the command that mends it', async () => {
    const database = aDatabase({ uri: uriOf(await aStandaloneMongod()) });
    const error = await rejection(database.open());
    expect(error).toMatchObject({ code: 'TRANSACTIONS_UNSUPPORTED', details: { brand: 'wren' } });
    expect(error).toHaveProperty('message', expect.stringContaining('--replSet rs0'));
    expect(error).toHaveProperty('message', expect.stringContaining('rs.initiate()'));
    expect(database.state).toBe('UNSUITABLE');
    expect(database.unsuitable).toBe(error);
  });

  it('is not asked again', async () => {
    const database = aDatabase({ uri: uriOf(await aStandaloneMongod()) });
    const unsuitable = await rejection(database.open());
    const ask = vi.fn(async () => 1);
    const error = await rejection(database.run(Deadline.after(1_000), ask));
    expect(error).toMatchObject({ code: 'BRAND_UNAVAILABLE', cause: unsuitable });
    expect(ask).not.toHaveBeenCalled();
  });

  it('that turns up while the process runs is known and left alone', async () => {
    const port = await aDeadPort();
    const database = aDatabase({ uri: uriOf(port) });
    await database.open();
    await aStandaloneMongod(port);
    await vi.waitFor(() => expect(database.state).toBe('UNSUITABLE'), patience);
    expect(await rejection(count(database))).toMatchObject({ code: 'BRAND_UNAVAILABLE' });
  });

  it('of one brand stops the whole group and leaves nothing open', async () => {
    const config = groupConfig();
    const enginePort = await anEnginePort();
    const standalone = uriOf(await aStandaloneMongod());
    const withUri = config.brands.map((brand) =>
      brand.handle === 'wren' ? { ...brand, database: { ...brand.database, uri: standalone } } : brand,
    );
    const opening = openBrands({
      config: { ...config, brands: withUri },
      embeddedUri: () => uriOf(enginePort),
      brandCollections: [things],
      registryCollections: [],
      keys: testKeys,
      log: createLogger({ level: 'silent' }),
    });
    expect(await rejection(opening)).toMatchObject({ code: 'TRANSACTIONS_UNSUPPORTED', details: { brand: 'wren' } });
  });
});

describe('a server that cannot be reached', () => {
  it('does not stop the start, is refused at once, and is picked up when it comes', async () => {
    const proxy = await aTcpProxy(await anEnginePort());
    await proxy.close();
    const database = aDatabase({ uri: uriOf(proxy.port) });
    await database.open();
    expect([database.state, database.isKnownDown]).toEqual(['UNREACHABLE', true]);
    const ask = vi.fn(async () => 1);
    expect(await rejection(database.run(Deadline.after(60_000), ask))).toMatchObject({
      code: 'BRAND_UNAVAILABLE',
      details: { brand: 'wren' },
    });
    expect(ask).not.toHaveBeenCalled();

    await proxy.reopen();
    await vi.waitFor(() => expect(database.state).toBe('READY'), patience);
    expect(await count(database)).toBe(0);
    const indexes = await database.connection.db?.collection('things').listIndexes().toArray();
    expect(indexes).toHaveLength(3);
  });

  it('can be closed while it is still looked for', async () => {
    const database = aDatabase({ uri: uriOf(await aDeadPort()) });
    await database.open();
    await database.close();
    expect(database.state).toBe('CLOSED');
  });

  it('stays closed when it comes back in the moment of closing', async () => {
    const proxy = await aTcpProxy(await anEnginePort());
    await proxy.close();
    const database = aDatabase({ uri: uriOf(proxy.port) });
    await database.open();
    await proxy.reopen();
    const connecting = new Promise((resolve) => database.connection.once('connected', resolve));
    await connecting;
    await database.close();
    expect(database.state).toBe('CLOSED');
    expect(database.connection.readyState).toBe(0);
  });
});

describe('a server that stops later', () => {
  it('costs its answers only, is soon refused at once, and comes back with the same connection and models', async () => {
    const proxy = await aTcpProxy(await anEnginePort());
    const database = aDatabase({ uri: uriOf(proxy.port) });
    await database.open();
    const { connection } = database;
    const model = database.model(things);
    await model.collection.insertOne({ _id: 'a' } as never);

    await proxy.close();
    const first = (await rejection(count(database))) as { code: string };
    expect(['BRAND_UNAVAILABLE', 'BRAND_TIMEOUT']).toContain(first.code);
    await vi.waitFor(() => expect(database.isKnownDown).toBe(true), patience);
    const ask = vi.fn(async () => 1);
    expect(await rejection(database.run(Deadline.after(60_000), ask))).toMatchObject({ code: 'BRAND_UNAVAILABLE' });
    expect(ask).not.toHaveBeenCalled();

    await proxy.reopen();
    await vi.waitFor(() => expect(database.isKnownDown).toBe(false), patience);
    expect(await count(database)).toBe(1);
    expect(database.connection).toBe(connection);
    expect(database.model(things)).toBe(model);
  });

  it('and still accepts, but never answers, costs the deadline and no more', async () => {
    const proxy = await aTcpProxy(await anEnginePort());
    const database = aDatabase({ uri: uriOf(proxy.port) });
    await database.open();
    proxy.mute();
    const deadline = Deadline.after(200);
    const error = await rejection(count(database, deadline));
    expect(error).toMatchObject({ code: 'BRAND_TIMEOUT', details: { brand: 'wren' } });
    // The timer of the answer and the clock of the deadline may differ by a millisecond.
    expect(deadline.remainingMs()).toBeLessThan(20);

    await vi.waitFor(() => expect(database.isKnownDown).toBe(true), patience);
    proxy.unmute();
    await vi.waitFor(() => expect(database.isKnownDown).toBe(false), patience);
    expect(await count(database)).toBe(0);
  });
});

describe('a server that accepts and never answers from the start', () => {
  it('does not hold the start up for ever, and is picked up when it answers', async () => {
    const proxy = await aTcpProxy(await anEnginePort());
    proxy.mute();
    const database = aDatabase({ uri: uriOf(proxy.port), selectionTimeoutMs: 300 });
    await database.open();
    expect(database.state).toBe('UNREACHABLE');
    proxy.unmute();
    await vi.waitFor(() => expect(database.state).toBe('READY'), patience);
  });
});
