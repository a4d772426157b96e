import { BSON, type Document, Double, Int32, Long, ObjectId } from 'bson';
import { describe, expect, it, onTestFinished } from 'vitest';
import { decodeDocument } from '../../src/embedded/bson/value.js';
import { makePlan } from '../../src/embedded/plan/planner.js';
import { compileFilter } from '../../src/embedded/query/match.js';
import type { Collection } from '../../src/embedded/store/collection.js';
import { type CommandLayer, openCommandLayer } from './command-layer.js';
import { Choice, SCALARS } from './model-values.js';
import { seeded } from './start-test-engine.js';

const SEED = Number(process.env['TEST_SEED'] ?? 20_261_122);

const INDEXES = [
  { key: { a: 1 }, name: 'a' },
  { key: { a: 1, b: 1 }, name: 'a_b' },
  { key: { 'o.x': 1, 'o.y': 1 }, name: 'o.x_o.y' },
  { key: { s: 1, a: 1 }, name: 's_a' },
  { key: { b: 1 }, name: 'b_sparse', sparse: true },
  { key: { b: 1, s: 1 }, name: 'b_of_s', partialFilterExpression: { s: { $exists: true } } },
];

/** Texts on both sides of every limit: what a prefix keeps, and where a key is cut. */
const TEXTS = [
  ...[1000, 1023, 1024, 1600, 1614, 1618, 1619, 1620, 1640, 1650, 1700].flatMap((length) => {
    const start = 't'.repeat(length);
    return [start, `${start}a`, `${start}b`, `${start}\u0000`];
  }),
  '',
  'a',
  'a\u0000',
  'ab',
];

async function makeLayer(): Promise<CommandLayer> {
  const layer = await openCommandLayer();
  onTestFinished(() => layer.close());
  return layer;
}

async function insert(layer: CommandLayer, name: string, documents: readonly Document[]): Promise<void> {
  const { body } = await layer.send({ insert: name, documents: documents.map((document) => BSON.serialize(document)) });
  expect(body).toMatchObject({ ok: 1, n: documents.length });
}

async function idsOf(layer: CommandLayer, name: string, filter: Document): Promise<number[]> {
  const { cursor, body } = await layer.send({ find: name, filter, projection: { _id: 1 }, batchSize: 10_000 });
  if (!cursor) throw new Error(JSON.stringify(body));
  return cursor.documents.map((bytes) => Number(BSON.deserialize(bytes)['_id'])).sort((a, b) => a - b);
}

function collectionOf(layer: CommandLayer, name: string): Collection {
  return layer.engine.databases.need('shop').catalogue.find(name) as Collection;
}

function isExact(layer: CommandLayer, name: string, filter: Document): boolean {
  return makePlan(collectionOf(layer, name), compileFilter(decodeDocument(BSON.serialize(filter)))).isExact;
}

/** Draws from few bytes, so that values meet often. */
function choiceOf(random: () => number): Choice {
  return new Choice(Uint8Array.from({ length: 40 }, () => Math.floor(random() * 256)));
}

/** A scalar, an array of some, an array in an array, or an object. */
function scalarOrMore(choice: Choice): unknown {
  const scalar = (): unknown => choice.pick(SCALARS);
  const shape = choice.below(8);
  if (shape === 0) return Array.from({ length: choice.below(3) }, scalar);
  if (shape === 1) return [[scalar()]];
  return shape === 2 ? { x: scalar() } : scalar();
}

describe('an index that proves the filter by itself', () => {
  it(`gives what testing every document gives, index by index (seed ${SEED})`, async () => {
    const random = seeded(SEED);
    const layer = await makeLayer();
    let exact = 0;
    for (const [round, index] of [...INDEXES, ...INDEXES].entries()) {
      const [plain, indexed] = [`plain${round}`, `indexed${round}`];
      // Every other round has no arrays, so that the index stays one that can prove anything.
      const value = (choice: Choice): unknown => (round < INDEXES.length ? choice.pick(SCALARS) : scalarOrMore(choice));
      const documents = Array.from({ length: 150 }, (_, _id) => {
        // One array at most: an index over two of them is refused.
        const choice = choiceOf(random);
        const document: Document = { _id };
        if (choice.below(6) > 0) document['a'] = value(choice);
        if (choice.below(6) > 0) document['b'] = 'a' in index.key ? choice.pick(SCALARS) : value(choice);
        if (choice.below(3) > 0) document['s'] = choice.pick(TEXTS);
        const shape = choice.below(4);
        if (shape > 0) document['o'] = { x: value(choice), y: choice.pick(SCALARS) };
        const isListed = shape === 3 && round >= INDEXES.length && !Array.isArray(document['o'].x);
        if (isListed) document['o'] = [document['o'], choice.pick(SCALARS)];
        return document;
      });
      await insert(layer, plain, documents);
      expect((await layer.send({ createIndexes: indexed, indexes: [index] })).body).toMatchObject({ ok: 1 });
      await insert(layer, indexed, documents);
      for (let turn = 0; turn < 80; turn++) {
        const choice = choiceOf(random);
        const filter: Document = {};
        for (const path of Object.keys(index.key)) {
          const operand = (): unknown => (path === 's' ? choice.pick(TEXTS) : choice.pick(SCALARS));
          const condition = choice.below(8);
          if (condition < 4) filter[path] = operand();
          else if (condition < 6) filter[path] = { $in: [operand(), operand(), operand(), operand()] };
          else if (condition === 6) filter[path] = { $eq: operand(), $gte: operand() };
        }
        if (isExact(layer, indexed, filter)) exact++;
        expect(await idsOf(layer, indexed, filter), BSON.EJSON.stringify(filter)).toEqual(
          await idsOf(layer, plain, filter),
        );
      }
    }
    // It has to be about what it claims to be about.
    expect(exact).toBeGreaterThan(100);
  });

  it('is trusted for plain values alone', async () => {
    const layer = await makeLayer();
    await layer.send({ createIndexes: 'rows', indexes: [{ key: { a: 1, b: 1 }, name: 'a_b' }] });
    const proves = (filter: Document): boolean => isExact(layer, 'rows', filter);
    for (const value of [
      'x',
      new Int32(1),
      new Double(-0),
      Long.fromString('9007199254740993'),
      true,
      new ObjectId(),
      new Date(0),
    ]) {
      expect(proves({ a: value })).toBe(true);
      expect(proves({ a: { $in: [value, 'y', value] }, b: value })).toBe(true);
      expect(proves({ $and: [{ b: value }, { a: value }] })).toBe(true);
    }
    for (const condition of [
      null,
      { $in: ['x', null] },
      new Double(Number.NaN),
      { x: 1 },
      { $gt: 1 },
      { $exists: true },
    ]) {
      expect(proves({ a: condition })).toBe(false);
    }
    for (const condition of [{ $elemMatch: { $eq: 1 } }, { $ne: 1 }, { $eq: 1, $in: [1, 2] }, 'x'.repeat(1100)]) {
      expect(proves({ a: condition })).toBe(false);
    }
    expect(proves({ a: 1, b: { $gt: 0 } })).toBe(false);
    expect(proves({ a: 1, c: 1 })).toBe(false);
    expect(proves({ $or: [{ a: 1 }, { a: 2 }] })).toBe(false);
    expect(proves({ $and: [{ a: 1 }, { a: 2 }] })).toBe(false);
    expect(proves({})).toBe(false);
    await insert(layer, 'rows', [{ _id: 1, a: [1, 2] }]);
    expect(proves({ a: 1 })).toBe(false);
  });

  it('is no longer, or only then, trusted when indexes come and go', async () => {
    const layer = await makeLayer();
    const filter = { a: 1, b: 2 };
    await insert(layer, 'rows', [
      { _id: 1, a: 1, b: 2 },
      { _id: 2, a: 1, b: 3 },
    ]);
    expect(await idsOf(layer, 'rows', filter)).toEqual([1]);
    await layer.send({ createIndexes: 'rows', indexes: [{ key: { a: 1, b: 1 }, name: 'a_b' }] });
    expect(isExact(layer, 'rows', filter)).toBe(true);
    expect(await idsOf(layer, 'rows', filter)).toEqual([1]);
    await layer.send({ dropIndexes: 'rows', index: 'a_b' });
    expect(isExact(layer, 'rows', filter)).toBe(false);
    expect(await idsOf(layer, 'rows', filter)).toEqual([1]);
  });
});

describe('many _ids at once', () => {
  it('come once each, in their order, however many and of whatever type', async () => {
    const layer = await makeLayer();
    const ids = [...SCALARS.filter((id) => id !== null), ...TEXTS, ...Array.from({ length: 3000 }, (_, n) => n + 10)];
    const seen = new Set<string>();
    const distinct = ids.filter((id) => {
      const key = decodeKey(id);
      return !seen.has(key) && seen.add(key);
    });
    await insert(
      layer,
      'rows',
      distinct.map((_id) => ({ _id })),
    );
    const wanted = [...ids, ...ids, 'absent', new Int32(-5)].reverse();
    const all = (await layer.send({ find: 'rows', filter: {}, batchSize: 10_000 })).cursor?.documents ?? [];
    const found = (await layer.send({ find: 'rows', filter: { _id: { $in: wanted } }, batchSize: 10_000 })).cursor
      ?.documents;
    expect(found).toHaveLength(distinct.length);
    expect(found?.map((bytes) => Buffer.from(bytes).toString('hex'))).toEqual(
      all.map((bytes) => Buffer.from(bytes).toString('hex')),
    );
  });
});

/** One text for numbers that are equal, whatever their type. */
function decodeKey(id: unknown): string {
  const type = (id as { _bsontype?: string } | null)?._bsontype;
  if (type === 'Long') return `n${(id as Long).toString()}`;
  if (typeof id === 'number' || type === 'Int32' || type === 'Double') return `n${Number(id) === 0 ? 0 : Number(id)}`;
  return BSON.EJSON.stringify({ id });
}
