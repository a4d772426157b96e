import { Decimal128, type Document, Int32 } from 'bson';
import mongoose from 'mongoose';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { CUT_KEY_BYTES } from '../../src/embedded/bson/keys.js';
import { decodeDocument } from '../../src/embedded/bson/value.js';
import { type CommandLayer, openCommandLayer } from './command-layer.js';
import { makeEngine, seeded } from './start-test-engine.js';

const seed = Number(process.env['TEST_SEED'] ?? Date.now() % 1_000_000_007);
process.stdout.write(`key-limits seed ${seed} (set TEST_SEED to repeat)\n`);

let layer: CommandLayer;
beforeEach(async () => {
  layer = await openCommandLayer();
});
afterEach(() => layer.close());

/** All rows of a find, read in small batches. */
async function find(body: Document): Promise<Document[]> {
  let reply = await layer.send({ find: 'rows', batchSize: 7, ...body });
  const rows: Document[] = [];
  for (;;) {
    if (!reply.cursor) throw new Error(`wanted a cursor, got ${JSON.stringify(reply.body)}`);
    rows.push(...reply.cursor.documents.map(decodeDocument));
    if (reply.cursor.id.isZero()) return rows;
    reply = await layer.send({ getMore: reply.cursor.id, collection: 'rows', batchSize: 7 });
  }
}

/** Texts that share a beginning of about a cut key's length and differ around its end, and a few short ones. */
function longTexts(random: () => number): string[] {
  const texts = new Set<string>(['', 'x', 'y']);
  while (texts.size < 80) {
    const head = 'x'.repeat(CUT_KEY_BYTES - 45 + Math.floor(random() * 60));
    const tail = Array.from({ length: Math.floor(random() * 4) }, () => 'ax\u0000é'[Math.floor(random() * 4)]).join('');
    texts.add(head + tail);
  }
  // Far beyond the store's own limit, with the difference at the very end.
  for (const end of 'abc') texts.add('x'.repeat(9000) + end);
  return [...texts];
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

describe('values longer than a key of the store', () => {
  it.each([
    ['as _id', '_id', undefined],
    ['in an index', 'v', { v: 1 }],
    ['in the second place of an index', 'v', { k: 1, v: 1 }],
    ['in the first place of an index', 'v', { v: 1, k: 1 }],
    ['in an array', 'v', { v: 1 }],
  ] as const)('neither collide nor get lost, %s, and ranges and sorts stay exact', async (where, field, key) => {
    const random = seeded(seed);
    const texts = longTexts(random);
    const documents = texts.map((text, n) => {
      if (field === '_id') return { _id: text, n: new Int32(n), k: new Int32(1) };
      return { _id: new Int32(n), v: where === 'in an array' ? [text] : text, k: new Int32(1) };
    });
    if (key) await layer.send({ createIndexes: 'rows', indexes: [{ key, name: 'i' }] });
    expect((await layer.send({ insert: 'rows', documents })).body).toMatchObject({ n: texts.length, ok: 1 });
    const textOf = (row: Document): string => (Array.isArray(row[field]) ? row[field][0] : row[field]);
    const base = key && 'k' in key ? { k: new Int32(1) } : {};
    const ordered = [...texts].sort(byBytes);

    expect((await find({ filter: base, sort: { [field]: 1 } })).map(textOf)).toEqual(ordered);
    expect((await find({ filter: base, sort: { [field]: -1 } })).map(textOf)).toEqual([...ordered].reverse());
    for (let round = 0; round < 25; round++) {
      const [low, high] = [0, 0].map(() => Math.floor(random() * ordered.length)).sort((a, b) => a - b) as [
        number,
        number,
      ];
      const range = { $gt: ordered[low], $lte: ordered[high] };
      const wanted = ordered.slice(low + 1, high + 1);
      const filter = { ...base, [field]: where === 'in an array' ? { $elemMatch: range } : range };
      expect((await find({ filter })).map(textOf).sort(byBytes)).toEqual(wanted);
      const limited = await find({ filter, sort: { [field]: -1 }, limit: new Int32(5) });
      expect(limited.map(textOf)).toEqual([...wanted].reverse().slice(0, 5));
      const picked = [ordered[low] as string, ordered[high] as string, `${ordered[low]}!`];
      const found = await find({ filter: { ...base, [field]: { $in: picked } } });
      expect(new Set(found.map(textOf))).toEqual(new Set(picked.filter((text) => texts.includes(text))));
    }
    for (const text of texts) expect(await find({ filter: { ...base, [field]: text } })).toHaveLength(1);
  });

  it('are unique as _id by all of their characters, and each is changed and removed by itself', async () => {
    const ids = ['a', 'b', 'c'].map((end) => 'x'.repeat(3000) + end);
    await layer.send({ insert: 'rows', documents: ids.map((_id) => ({ _id })) });
    for (const _id of ids) {
      const { body } = await layer.send({ insert: 'rows', documents: [{ _id }] });
      expect(body).toMatchObject({ n: 0, writeErrors: [{ code: 11000, keyPattern: { _id: 1 }, keyValue: { _id } }] });
    }
    await layer.send({ update: 'rows', updates: [{ q: { _id: ids[1] }, u: { $set: { n: new Int32(7) } } }] });
    await layer.send({ delete: 'rows', deletes: [{ q: { _id: ids[0] }, limit: new Int32(1) }] });
    expect(await find({ filter: {} })).toEqual([{ _id: ids[1], n: new Int32(7) }, { _id: ids[2] }]);
  });

  it('are told apart inside of objects as _id', async () => {
    const ids = ['a', 'b'].map((end) => ({ part: 'x'.repeat(2500), end }));
    await layer.send({ insert: 'rows', documents: ids.map((_id) => ({ _id })) });
    for (const _id of ids) expect(await find({ filter: { _id } })).toEqual([{ _id }]);
  });
});

describe('decimals', () => {
  const decimal = Decimal128.fromString('1.50');
  const index = { createIndexes: 'rows', indexes: [{ key: { v: 1 }, name: 'v' }] };

  it.each<[string, unknown]>([
    ['alone', decimal],
    ['in an array', [new Int32(1), decimal]],
    ['in an object', { d: decimal }],
  ])('are refused in an indexed field with a code, %s, and nothing is changed', async (_, v) => {
    await layer.send(index);
    const inserted = await layer.send({ insert: 'rows', documents: [{ _id: 'a', v }] });
    expect(inserted.body).toMatchObject({ n: 0, writeErrors: [{ index: 0, code: 2 }] });
    await layer.send({ insert: 'rows', documents: [{ _id: 'b', v: 'x' }] });
    for (const u of [{ $set: { v } }, { v }, { $push: { v: decimal } }]) {
      const { body } = await layer.send({ update: 'rows', updates: [{ q: { _id: 'b' }, u }] });
      expect(body).toMatchObject({ writeErrors: [{ index: 0, code: 2 }] });
    }
    const modified = await layer.send({ findAndModify: 'rows', query: { _id: 'b' }, update: { $set: { v } } });
    expect(modified.body).toMatchObject({ ok: 0, code: 2 });
    expect(await find({ filter: {} })).toEqual([{ _id: 'b', v: 'x' }]);
  });

  it('keep an index from being built over them', async () => {
    await layer.send({ insert: 'rows', documents: [{ _id: 'a', v: decimal }] });
    expect((await layer.send(index)).body).toMatchObject({ ok: 0, code: 2 });
    const listed = await layer.send({ listIndexes: 'rows' });
    expect(listed.cursor?.documents).toHaveLength(1);
  });

  it('are refused as _id, by insert and by upsert', async () => {
    const inserted = await layer.send({ insert: 'rows', documents: [{ _id: decimal }] });
    expect(inserted.body).toMatchObject({ writeErrors: [{ code: 2 }] });
    for (const u of [{ $set: { n: new Int32(1) } }, { n: new Int32(1) }]) {
      const { body } = await layer.send({ update: 'rows', updates: [{ q: { _id: decimal }, u, upsert: true }] });
      expect(body).toMatchObject({ writeErrors: [{ code: 2 }] });
    }
    expect(await find({ filter: {} })).toEqual([]);
  });

  it('are kept, compared and sorted by exact value where there is no index', async () => {
    const values = ['0.1', '1.50', '2', '1.5000000000000000000000000001'].map((text) => Decimal128.fromString(text));
    await layer.send({ insert: 'rows', documents: values.map((v, n) => ({ _id: new Int32(n), v })) });
    const ids = async (body: Document): Promise<number[]> => (await find(body)).map((row) => Number(row['_id']));
    expect(await ids({ filter: {}, sort: { v: 1 } })).toEqual([0, 1, 3, 2]);
    expect(await ids({ filter: { v: Decimal128.fromString('1.5') } })).toEqual([1]);
    expect(await ids({ filter: { v: { $gt: decimal } }, sort: { _id: 1 } })).toEqual([2, 3]);
    expect(await ids({ filter: { v: new Int32(2) } })).toEqual([2]);
    expect(await ids({ filter: { _id: Decimal128.fromString('3.0') } })).toEqual([3]);
    expect(await ids({ filter: { _id: { $gte: Decimal128.fromString('1.5') } }, sort: { _id: 1 } })).toEqual([2, 3]);
  });

  it.each<[string, Document]>([
    ['a sum', { $group: { _id: null, n: { $sum: '$v' } } }],
    ['groups', { $group: { _id: '$v' } }],
  ])('are refused in %s with a code', async (_, stage) => {
    await layer.send({ insert: 'rows', documents: [{ _id: 1, v: decimal }] });
    const { body } = await layer.send({ aggregate: 'rows', pipeline: [stage], cursor: {} });
    expect(body).toMatchObject({ ok: 0, code: 2 });
  });

  it('are refused in $inc with a code', async () => {
    await layer.send({ insert: 'rows', documents: [{ _id: 1, v: decimal }] });
    const { body } = await layer.send({ update: 'rows', updates: [{ q: {}, u: { $inc: { v: new Int32(1) } } }] });
    expect(body).toMatchObject({ writeErrors: [{ code: 2 }] });
  });
});

describe('counting through mongoose', () => {
  it('gives the number of documents, with a filter, without one, in a transaction, and estimated', async () => {
    const engine = await makeEngine();
    const connection = await mongoose.createConnection(engine.uri('shop')).asPromise();
    onTestFinished(() => connection.close());
    const Animal = connection.model('Animal', new mongoose.Schema({ kind: String, legs: Number }));
    expect(await Animal.countDocuments()).toBe(0);
    expect(await Animal.estimatedDocumentCount()).toBe(0);
    await Animal.create([
      { kind: 'cat', legs: 4 },
      { kind: 'hen', legs: 2 },
      { kind: 'dog', legs: 4 },
    ]);
    expect(await Animal.countDocuments()).toBe(3);
    expect(await Animal.countDocuments({ legs: 4 })).toBe(2);
    expect(await Animal.countDocuments({ legs: { $gt: 4 } })).toBe(0);
    expect(await Animal.countDocuments({}).limit(2)).toBe(2);
    expect(await Animal.estimatedDocumentCount()).toBe(3);
    await connection.transaction(async (session) => {
      await Animal.create([{ kind: 'ant', legs: 6 }], { session });
      expect(await Animal.countDocuments({}, { session })).toBe(4);
    });
    await expect(Animal.countDocuments({}).skip(1)).rejects.toMatchObject({ code: 40324 });
  });

  it.each([new Int32(1), 1, 'all', true, new Date(5), null])('a group by the constant %o is one group', async (_id) => {
    await layer.send({ insert: 'rows', documents: [{ _id: 1 }, { _id: 2 }] });
    const group = { _id, n: { $sum: new Int32(1) } };
    const { cursor } = await layer.send({ aggregate: 'rows', pipeline: [{ $group: group }], cursor: {} });
    const wanted = typeof _id === 'number' ? new Int32(_id) : _id;
    expect(cursor?.documents.map(decodeDocument)).toEqual([{ _id: wanted, n: new Int32(2) }]);
  });

  it('constants stand beside paths in a group of several', async () => {
    await layer.send({
      insert: 'rows',
      documents: [
        { _id: 1, a: 'x' },
        { _id: 2, a: 'y' },
      ],
    });
    const stage = { $group: { _id: { a: '$a', kind: 'row', one: new Int32(1) } } };
    const { cursor } = await layer.send({ aggregate: 'rows', pipeline: [stage], cursor: {} });
    expect(cursor?.documents.map(decodeDocument)).toEqual([
      { _id: { a: 'x', kind: 'row', one: new Int32(1) } },
      { _id: { a: 'y', kind: 'row', one: new Int32(1) } },
    ]);
  });
});
