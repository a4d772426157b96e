import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startEngine } from '../../src/embedded/engine.js';
import { errorOf, makeClient, makeEngine, makeFolder, makeShop, type Row } from './start-test-engine.js';

describe('the data folder', () => {
  it('keeps databases apart, names with capitals included', async () => {
    const { client } = await makeShop();
    await client.db('Shop').collection('rows').insertOne({ from: 'Shop' });
    await client.db('shop').collection('rows').insertOne({ from: 'shop' });
    expect(await client.db('Shop').collection('rows').find().project({ _id: 0 }).toArray()).toEqual([{ from: 'Shop' }]);
  });

  it('is given to one engine at a time', async () => {
    const folder = await makeFolder();
    const first = await makeEngine({ folder });
    const error = await errorOf(startEngine({ folder, isInline: true }));
    expect(error).toMatchObject({ code: 'DATA_FOLDER_LOCKED' });
    expect(error.message).toContain(String(process.pid));
    await first.close();
    await (await startEngine({ folder, isInline: true })).close();
  });

  it('is taken over from a process that no longer runs', async () => {
    const folder = await makeFolder();
    await (await startEngine({ folder, isInline: true })).close();
    writeFileSync(join(folder, 'engine.lock'), JSON.stringify({ pid: 2 ** 22 + 1, processStart: '1', token: 'old' }));
    await makeEngine({ folder });
    expect(readdirSync(folder).filter((name) => name.startsWith('engine.lock'))).toEqual(['engine.lock']);
  });

  it('is refused when it holds something else or a newer format', async () => {
    const foreign = await makeFolder();
    writeFileSync(join(foreign, 'letter.txt'), 'dear');
    expect(await errorOf(startEngine({ folder: foreign, isInline: true }))).toMatchObject({
      code: 'DATA_FOLDER_FOREIGN',
    });
    expect(readdirSync(foreign)).toEqual(['letter.txt']);
    const newer = await makeFolder();
    writeFileSync(join(newer, 'engine.json'), JSON.stringify({ format: 'embedded-engine', version: 99 }));
    expect(await errorOf(startEngine({ folder: newer, isInline: true }))).toMatchObject({
      code: 'DATA_FOLDER_FOREIGN',
    });
    expect(existsSync(join(newer, 'engine.lock'))).toBe(false);
  });

  it('is refused when its data file is damaged, and left as it is', async () => {
    const folder = await makeFolder();
    const engine = await startEngine({ folder, isInline: true });
    const client = await makeClient(engine);
    await client.db('shop').collection('rows').insertOne({});
    await client.close();
    await engine.close();
    const file = join(folder, 'shop', 'data.mdb');
    writeFileSync(file, 'not a data file'.repeat(2000));
    expect(await errorOf(startEngine({ folder, isInline: true }))).toMatchObject({ code: 'DATA_FOLDER_UNUSABLE' });
    expect(readFileSync(file, 'utf8')).toBe('not a data file'.repeat(2000));
    expect(existsSync(join(folder, 'engine.lock'))).toBe(false);
  });

  it('holds data, indexes and stored types over a restart', async () => {
    const folder = await makeFolder();
    const first = await makeEngine({ folder });
    const before = await makeClient(first);
    await before
      .db('shop')
      .collection('rows')
      .createIndex({ n: 1 }, { partialFilterExpression: { live: true } });
    await before
      .db('shop')
      .collection<Row>('rows')
      .insertMany([
        { _id: 'a', n: 2, live: true },
        { _id: 'b', n: 1 },
      ]);
    await before.close();
    await first.close();
    const after = await makeClient(await makeEngine({ folder }));
    const rows = after.db('shop').collection<Row>('rows');
    expect(await rows.find({ live: true }).sort({ n: 1 }).toArray()).toEqual([{ _id: 'a', n: 2, live: true }]);
    const plan = await rows.find({ live: true }).sort({ n: 1 }).explain('queryPlanner');
    expect(JSON.stringify(plan)).toContain('"indexName":"n_1"');
    expect(await rows.find().toArray()).toHaveLength(2);
  });
});
