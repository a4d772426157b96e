import { describe, expect, it } from 'vitest';
import { makeShop, type Row, seeded } from './start-test-engine.js';

type Shop = Awaited<ReturnType<typeof makeShop>>;

/** All stages of an explained plan, outermost first. */
function stagesOf(plan: { stage?: string; inputStage?: never; inputStages?: never[] }): string[] {
  const inner = plan.inputStages ? plan.inputStages.slice(0, 1) : plan.inputStage ? [plan.inputStage] : [];
  return [plan.stage ?? '', ...inner.flatMap(stagesOf)];
}

async function explainFind(db: Shop['db'], find: object): Promise<{ stages: string[]; text: string }> {
  const reply = await db.command({ explain: { find: 'rows', ...find }, verbosity: 'queryPlanner' });
  const plan = reply['queryPlanner'].winningPlan;
  return { stages: stagesOf(plan), text: JSON.stringify(plan) };
}

const SEED = 20_261_122;

describe('merge of ordered scans', () => {
  const random = seeded(SEED);
  const pick = (n: number): number => Math.floor(random() * n);

  it(`gives what sorting everything would give (seed ${SEED})`, async () => {
    const { db } = await makeShop();
    const rows = db.collection<Row>('rows');
    await rows.createIndex({ account: 1, at: 1, _id: 1 });
    const all: Row[] = Array.from({ length: 600 }, (_, n) => ({
      _id: `r${String((n * 7919) % 600).padStart(3, '0')}`,
      account: `a${pick(12)}`,
      at: [pick(40), null, pick(40) / 4, `t${pick(5)}`][pick(6)] ?? pick(40),
    }));
    await rows.insertMany(all);
    const rank = (value: unknown): number => (value === null ? 0 : typeof value === 'number' ? 1 : 2);
    const compare = (a: unknown, b: unknown): number =>
      rank(a) - rank(b) || ((a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0);
    for (let round = 0; round < 60; round++) {
      const accounts = Array.from({ length: 1 + pick(5) }, () => `a${pick(14)}`);
      const direction = round % 2 === 0 ? 1 : -1;
      const bound = round % 3 === 0 ? { at: { $lte: pick(40) } } : {};
      const limit = 1 + pick(30);
      const expected = all
        .filter((row) => accounts.includes(row['account'] as string))
        .filter((row) => !bound.at || (typeof row['at'] === 'number' && row['at'] <= bound.at.$lte))
        .sort((a, b) => direction * (compare(a['at'], b['at']) || compare(a._id, b._id)))
        .slice(0, limit);
      const filter = { account: { $in: accounts }, ...bound };
      const found = await rows.find(filter).sort({ at: direction, _id: direction }).limit(limit).toArray();
      expect(found.map((row) => row._id)).toEqual(expected.map((row) => row._id));
    }
  });

  it('reads a few rows of each scan, not all', async () => {
    const { db } = await makeShop();
    await db.collection('rows').createIndex({ account: 1, at: 1 });
    await db.collection('rows').insertMany(Array.from({ length: 3000 }, (_, n) => ({ account: `a${n % 3}`, at: n })));
    const find = { find: 'rows', filter: { account: { $in: ['a0', 'a1'] } }, sort: { at: -1 }, limit: 5 };
    const reply = await db.command({ explain: find, verbosity: 'executionStats' });
    expect(reply['executionStats']).toMatchObject({ nReturned: 5, totalKeysExamined: 5, totalDocsExamined: 5 });
    expect(stagesOf(reply['queryPlanner'].winningPlan)).toEqual(['LIMIT', 'FETCH', 'SORT_MERGE', 'IXSCAN']);
  });

  it('pages through equal sort values without loss or repetition', async () => {
    const { db } = await makeShop();
    const rows = db.collection<Row>('rows');
    await rows.createIndex({ account: 1, at: 1, _id: 1 });
    await rows.insertMany(Array.from({ length: 90 }, (_, n) => ({ _id: `r${n}`, account: `a${n % 2}`, at: n % 4 })));
    const seen: string[] = [];
    let after: Row | undefined;
    do {
      const page = after
        ? { at: { $lte: after['at'] }, $or: [{ at: { $lt: after['at'] } }, { _id: { $lt: after._id } }] }
        : {};
      const filter = { account: { $in: ['a0', 'a1'] }, ...page };
      const found = await rows.find(filter).sort({ at: -1, _id: -1 }).limit(7).toArray();
      seen.push(...found.map((row) => row._id));
      after = found.at(-1);
    } while (after);
    expect(seen).toHaveLength(90);
    expect(new Set(seen).size).toBe(90);
  });
});

describe('$lookup', () => {
  it('gives the newest rows of each parent, limited per parent', async () => {
    const { db } = await makeShop();
    await db.collection('sales').createIndex({ account: 1, at: 1, _id: 1 });
    await db.collection<Row>('people').insertMany([
      { _id: 'p', accounts: ['a', 'b'] },
      { _id: 'q', formerAccounts: ['c'] },
      { _id: 'r', accounts: [] },
    ]);
    const sales = ['a', 'b', 'c'].flatMap((account, turn) =>
      Array.from({ length: 10 }, (_, n) => ({ _id: `${account}${n}`, account, at: n * 3 + turn })),
    );
    await db.collection<Row>('sales').insertMany(sales);
    const pipeline = [
      { $match: { _id: { $in: ['p', 'q', 'r'] } } },
      { $project: { a: { $ifNull: ['$accounts', '$formerAccounts'] } } },
      {
        $lookup: {
          from: 'sales',
          localField: 'a',
          foreignField: 'account',
          as: 's',
          pipeline: [{ $sort: { at: -1, _id: -1 } }, { $limit: 3 }, { $project: { at: 1 } }],
        },
      },
      { $unwind: '$s' },
    ];
    const found = await db.collection('people').aggregate(pipeline).toArray();
    expect(found.map((row) => `${row['_id']}:${row['s']._id}`)).toEqual([
      'p:b9',
      'p:a9',
      'p:b8',
      'q:c9',
      'q:c8',
      'q:c7',
    ]);
    const plan = await db.collection('people').aggregate(pipeline).explain('queryPlanner');
    const text = JSON.stringify(plan);
    expect(text).toContain('"indexesUsed":["account_1_at_1__id_1"]');
    expect(text).not.toContain('"SORT"');
    expect(text).not.toContain('"COLLSCAN"');
  });
});

describe('the plan', () => {
  async function makeRows() {
    const { db } = await makeShop();
    const rows = db.collection<Row>('rows');
    await rows.createIndexes([
      { key: { group: 1, at: 1 }, name: 'group' },
      { key: { keys: 1 }, name: 'keys', sparse: true },
      { key: { at: 1, _id: 1 }, name: 'live', partialFilterExpression: { live: true } },
      { key: { parent: 1 }, name: 'handled', partialFilterExpression: { handle: { $exists: true } } },
    ]);
    await rows.insertMany([
      { _id: 'a', group: 'x', at: 1, keys: ['n:ann', 'n:bee'], live: true, parent: 1, handle: 'h' },
      { _id: 'b', group: 'x', at: 2, keys: ['n:cat'], parent: 1 },
      { _id: 'c', group: 'y', at: 3, live: true },
    ]);
    return { db, rows };
  }

  it.each([
    [{ filter: { _id: 'a' } }, ['IDHACK']],
    [{ filter: { _id: { $in: ['a', 'b'] } } }, ['FETCH', 'IXSCAN']],
    [{ filter: { _id: { $gt: 'a' } }, sort: { _id: -1 } }, ['FETCH', 'IXSCAN']],
    [{ filter: {}, sort: { _id: 1 } }, ['FETCH', 'IXSCAN']],
    [{ filter: { group: 'x' }, sort: { at: -1 }, limit: 2 }, ['LIMIT', 'FETCH', 'IXSCAN']],
    [{ filter: { group: 'x', at: { $gte: 1, $lt: 2 } } }, ['FETCH', 'IXSCAN']],
    [{ filter: { group: { $in: ['x', 'y'] } }, sort: { group: 1, at: 1 } }, ['FETCH', 'IXSCAN']],
    [{ filter: { group: { $in: ['x', 'y'] } }, sort: { at: 1 } }, ['FETCH', 'SORT_MERGE', 'IXSCAN']],
    [{ filter: { keys: { $elemMatch: { $gte: 'n:b', $lt: 'n:c' } } } }, ['FETCH', 'IXSCAN']],
    [{ filter: { live: true }, sort: { at: -1, _id: -1 }, limit: 1 }, ['LIMIT', 'FETCH', 'IXSCAN']],
    [{ filter: { parent: 1, handle: { $exists: true } } }, ['FETCH', 'IXSCAN']],
    [{ filter: { parent: 1 } }, ['COLLSCAN']],
    [{ filter: { at: 1 } }, ['COLLSCAN']],
    [{ filter: { keys: null } }, ['COLLSCAN']],
    [{ filter: { group: 'x' }, sort: { at: 1, _id: -1 } }, ['SORT', 'FETCH', 'IXSCAN']],
    [{ filter: {}, sort: { at: 1 }, limit: 2 }, ['LIMIT', 'SORT', 'COLLSCAN']],
  ])('of %j', async (find, stages) => {
    const { db } = await makeRows();
    expect((await explainFind(db, find)).stages).toEqual(stages);
  });

  it('finds the same as a scan would, index or not', async () => {
    const { rows } = await makeRows();
    const ids = async (filter: object): Promise<string[]> => (await rows.find(filter).toArray()).map((row) => row._id);
    expect(await ids({ keys: { $elemMatch: { $gte: 'n:b', $lt: 'n:c' } } })).toEqual(['a']);
    expect(await ids({ keys: { $gte: 'n:b', $lt: 'n:c' } })).toEqual(['a']);
    expect(await ids({ keys: { $gt: 'n:bee', $lt: 'n:bee' } })).toEqual([]);
    expect(await ids({ keys: { $in: ['n:ann', 'n:bee'] } })).toEqual(['a']);
    expect(await ids({ keys: null })).toEqual(['c']);
    expect(await ids({ parent: 1 })).toEqual(['a', 'b']);
    expect(await ids({ group: { $in: [] } })).toEqual([]);
  });

  it('sees an element range met by two different elements, as MongoDB does', async () => {
    const { db } = await makeShop();
    const rows = db.collection<Row>('rows');
    await rows.createIndex({ v: 1 });
    await rows.insertOne({ _id: 'wide', v: [1, 9] });
    expect(await rows.find({ v: { $gt: 3, $lt: 5 } }).toArray()).toHaveLength(1);
    expect(await rows.find({ v: { $elemMatch: { $gt: 3, $lt: 5 } } }).toArray()).toHaveLength(0);
  });

  it('never takes the order of an array field from its index', async () => {
    const { db } = await makeShop();
    const rows = db.collection<Row>('rows');
    await rows.createIndex({ v: 1 });
    await rows.insertMany([
      { _id: 'a', v: [5, 1] },
      { _id: 'b', v: 3 },
      { _id: 'c', v: [2, 9] },
    ]);
    const ids = async (direction: 1 | -1): Promise<string[]> =>
      (
        await rows
          .find({ v: { $gt: 0 } })
          .sort({ v: direction })
          .toArray()
      ).map((row) => row._id);
    expect(await ids(1)).toEqual(['a', 'c', 'b']);
    expect(await ids(-1)).toEqual(['c', 'a', 'b']);
  });

  it('does not combine two paths into one array', async () => {
    const { db } = await makeShop();
    const rows = db.collection<Row>('rows');
    await rows.createIndex({ 'l.a': 1, 'l.b': 1 });
    await rows.insertOne({
      _id: 'x',
      l: [
        { a: 1, b: 9 },
        { a: 9, b: 2 },
      ],
    });
    expect(await rows.find({ 'l.a': 1, 'l.b': 2 }).toArray()).toHaveLength(1);
    expect(await rows.find({ l: { $elemMatch: { a: 1, b: 2 } } }).toArray()).toHaveLength(0);
  });
});

describe('keys longer than LMDB takes', () => {
  it('neither collide nor get lost, as _id and in an index', async () => {
    const { db } = await makeShop();
    const rows = db.collection<Row>('rows');
    await rows.createIndex({ text: 1 });
    const long = 'k'.repeat(5000);
    const all = ['z', 'a', 'm'].map((end) => ({ _id: long + end, text: long + end }));
    await rows.insertMany(all);
    for (const row of all) {
      expect(await rows.findOne({ _id: row._id })).toEqual(row);
      expect(await rows.find({ text: row.text }).toArray()).toEqual([row]);
      expect(await rows.find({ text: { $gte: row.text, $lte: row.text } }).toArray()).toEqual([row]);
    }
    await expect(rows.insertOne({ _id: `${long}a` })).rejects.toMatchObject({ code: 11000 });
    const ends = async (sort: Record<string, 1 | -1>): Promise<(string | undefined)[]> =>
      (
        await rows
          .find({ text: { $gt: 'a' } })
          .sort(sort)
          .toArray()
      ).map((row) => row._id.at(-1));
    expect(await ends({ text: 1 })).toEqual(['a', 'm', 'z']);
    expect(await ends({ _id: -1 })).toEqual(['z', 'm', 'a']);
    await rows.updateOne({ _id: `${long}m` }, { $set: { text: 'short' } });
    expect(await rows.find({ text: `${long}m` }).toArray()).toEqual([]);
  });
});
