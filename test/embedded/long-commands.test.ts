import { describe, expect, it, onTestFinished } from 'vitest';
import { DatabaseFolder } from '../../src/embedded/store/database-folder.js';
import { errorOf, makeFolder, makeShop, type Row } from './start-test-engine.js';

const ROWS = 20_000;

async function makeManyRows() {
  const shop = await makeShop();
  const rows = shop.db.collection<Row>('rows');
  await rows.insertMany(
    Array.from({ length: ROWS }, (_, n) => ({ _id: `r${n}`, n, group: `g${n % 7}`, text: 'x'.repeat(40) })),
  );
  return { ...shop, rows };
}

describe('a long scan', () => {
  it('lets others have their turn', async () => {
    const { client, rows } = await makeManyRows();
    const order: string[] = [];
    const scan = rows
      .find({ text: 'nothing' })
      .toArray()
      .then(() => order.push('scan'));
    const ping = client
      .db('shop')
      .command({ ping: 1 })
      .then(() => order.push('ping'));
    await Promise.all([scan, ping]);
    expect(order).toEqual(['ping', 'scan']);
  });

  it('ends at its time limit, whichever command it is', async () => {
    const { db } = await makeManyRows();
    const filter = { text: 'nothing' };
    const group = [{ $group: { _id: '$group', n: { $sum: '$n' } } }];
    for (const command of [
      { find: 'rows', filter, maxTimeMS: 1 },
      { aggregate: 'rows', pipeline: group, cursor: {}, maxTimeMS: 1 },
      { update: 'rows', updates: [{ q: filter, u: { $set: { n: 0 } }, multi: true }], maxTimeMS: 1 },
      { delete: 'rows', deletes: [{ q: filter, limit: 0 }], maxTimeMS: 1 },
    ]) {
      expect(await errorOf(db.command(command))).toMatchObject({ code: 50 });
    }
  });

  it('groups, sorts and limits over all rows', async () => {
    const { rows } = await makeManyRows();
    const groups = await rows
      .aggregate([
        { $group: { _id: '$group', n: { $sum: 1 }, top: { $max: '$n' } } },
        { $sort: { _id: 1 } },
        { $limit: 2 },
      ])
      .toArray();
    expect(groups).toEqual([
      { _id: 'g0', n: 2858, top: 19_999 },
      { _id: 'g1', n: 2857, top: 19_993 },
    ]);
    const last = await rows
      .find({}, { projection: { n: 1, _id: 0 } })
      .sort({ n: -1 })
      .limit(3)
      .toArray();
    expect(last).toEqual([{ n: 19_999 }, { n: 19_998 }, { n: 19_997 }]);
  });

  it('of many _ids gives each one once, in one command', async () => {
    const { client, rows } = await makeManyRows();
    const ids = Array.from({ length: 1000 }, (_, n) => `r${(n * 37) % ROWS}`);
    expect(await rows.find({ _id: { $in: [...ids, ...ids] } }, { batchSize: 1001 }).toArray()).toHaveLength(1000);
    await client.close();
  });
});

describe('a commit that cannot be stored', () => {
  it('refuses its writes and leaves nothing behind, in memory either', async () => {
    const databases = new DatabaseFolder(await makeFolder(), 'relaxed');
    onTestFinished(() => databases.close());
    const database = databases.need('shop');
    const write = database.write((scope) => {
      database.change((overlay, seq) => database.catalogue.create(overlay, 'shop', 'rows', seq));
      // LMDB refuses a key of this length, as it would refuse a full disk: when the group is stored.
      scope.overlay.put(Buffer.alloc(9000, 1), Buffer.from('x'));
    });
    expect(await errorOf(write)).toMatchObject({ code: 96 });
    expect(database.catalogue.find('rows')).toBeUndefined();
    await database.write(() => {
      database.change((overlay, seq) => database.catalogue.create(overlay, 'shop', 'rows', seq));
    });
    expect(database.catalogue.all().map((collection) => collection.name)).toEqual(['rows']);
  });
});
