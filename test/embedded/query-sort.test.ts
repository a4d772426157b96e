import { Double, serialize } from 'bson';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasArrayOnPath, indexValues, pickRaw } from '../../src/embedded/bson/path.js';
import { decodeDocument, EMPTY_ARRAY } from '../../src/embedded/bson/value.js';
import { compileSort } from '../../src/embedded/query/sort.js';

const seed = Number(process.env['TEST_SEED'] ?? Date.now() % 1_000_000_007);
process.stdout.write(`query-sort seed ${seed} (set TEST_SEED to repeat)\n`);

const bson = (doc: object) => decodeDocument(serialize(doc as Record<string, unknown>));

const order = (spec: object, docs: object[], limit?: number) =>
  compileSort(bson(spec))
    .sort(
      docs.map((doc, i) => ({ ...bson(doc), n: i })),
      limit,
    )
    .map((doc) => doc['n']);

describe('sorting', () => {
  it('puts the types in MongoDB order, missing beside null', () => {
    const docs = [{ a: true }, { a: 'x' }, { a: 5 }, {}, { a: null }, { a: new Date(0) }, { a: { b: 1 } }, { a: [] }];
    expect(order({ a: 1 }, docs)).toEqual([7, 3, 4, 2, 1, 6, 0, 5]);
    expect(order({ a: -1 }, docs)).toEqual([5, 0, 6, 1, 2, 3, 4, 7]);
  });

  it('takes the lowest element ascending and the highest descending', () => {
    const docs = [{ a: [5, 1] }, { a: 2 }, { a: [3, 4] }];
    expect(order({ a: 1 }, docs)).toEqual([0, 1, 2]);
    expect(order({ a: -1 }, docs)).toEqual([0, 2, 1]);
  });

  it('takes a compound key from one and the same element', () => {
    const docs = [
      {
        a: [
          { x: 1, y: 5 },
          { x: 2, y: 1 },
        ],
      },
      { a: [{ x: 1, y: 3 }] },
    ];
    expect(order({ 'a.x': 1, 'a.y': 1 }, docs)).toEqual([1, 0]);
  });

  it('sorts by several keys and keeps the order of equals', () => {
    const docs = [
      { a: 1, b: 1 },
      { a: 1, b: 2 },
      { a: 0, b: 9 },
      { a: 1, b: 2 },
    ];
    expect(order({ a: 1, b: -1 }, docs)).toEqual([2, 1, 3, 0]);
  });

  it('keeps with a limit what a full sort puts first', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 })), fc.integer({ min: 0, max: 12 }), (values, limit) => {
        const docs = values.map((a) => ({ a }));
        expect(order({ a: -1 }, docs, limit)).toEqual(order({ a: -1 }, docs).slice(0, limit));
      }),
      { seed },
    );
  });

  it('compares two documents', () => {
    const sort = compileSort(bson({ a: 1 }));
    expect(sort.compare(bson({ a: 1 }), bson({ a: new Double(1) }))).toBe(0);
    expect(sort.compare(bson({ a: 1 }), bson({ a: 2 }))).toBe(-1);
    expect(sort.fields).toEqual(['a']);
  });

  it('refuses directions other than 1 and -1, expressions, bad paths and parallel arrays', () => {
    for (const spec of [{ a: 0 }, { a: 2 }, { a: 'asc' }, { a: { $meta: 'textScore' } }, { 'a..b': 1 }, { $a: 1 }]) {
      expect(() => compileSort(bson(spec))).toThrow(expect.objectContaining({ code: 2 }));
    }
    expect(() => order({ a: 1, b: 1 }, [{ a: [1], b: [2] }])).toThrow(expect.objectContaining({ code: 2 }));
  });
});

describe('index entries of a document', () => {
  const entries = (doc: object, ...paths: string[]) =>
    indexValues(bson(doc), paths).map((tuple) => tuple.map((value) => (value === undefined ? 'missing' : value)));

  it('are one tuple for plain fields, with what is missing', () => {
    expect(entries({ a: 'x', b: { c: 'y' } }, 'a', 'b.c', 'd')).toEqual([['x', 'y', 'missing']]);
    expect(entries({ a: null }, 'a')).toEqual([[null]]);
    expect(entries({ a: 'x' }, 'a.b')).toEqual([['missing']]);
  });

  it('are one per element of the one array', () => {
    expect(entries({ a: ['x', 'y'], b: 'z' }, 'a', 'b')).toEqual([
      ['x', 'z'],
      ['y', 'z'],
    ]);
    expect(entries({ a: [{ b: 'x' }, {}, 'y'] }, 'a.b')).toEqual([['x'], ['missing'], ['missing']]);
    expect(entries({ a: [{ b: ['x', 'y'] }, { b: 'z' }] }, 'a.b')).toEqual([['x'], ['y'], ['z']]);
    expect(entries({ a: [{ b: 'p', c: 'q' }] }, 'a.b', 'a.c')).toEqual([['p', 'q']]);
  });

  it('keep an array inside an array whole', () => {
    expect(entries({ a: [['x', 'y']] }, 'a')).toEqual([[['x', 'y']]]);
  });

  it('mark an empty array, and treat it as missing below', () => {
    expect(entries({ a: [] }, 'a')).toEqual([[EMPTY_ARRAY]]);
    expect(entries({ a: [] }, 'a.b')).toEqual([['missing']]);
  });

  it('refuse two arrays', () => {
    expect(() => entries({ a: ['x'], b: ['y'] }, 'a', 'b')).toThrow(expect.objectContaining({ code: 171 }));
    expect(() => entries({ a: [{ b: ['x'], c: ['y'] }] }, 'a.b', 'a.c')).toThrow(
      expect.objectContaining({ code: 171 }),
    );
  });

  it('tell whether an array is on a path', () => {
    expect(hasArrayOnPath(bson({ a: { b: ['x'] } }), ['a.b'])).toBe(true);
    expect(hasArrayOnPath(bson({ a: [{ b: 'x' }] }), ['c', 'a.b'])).toBe(true);
    expect(hasArrayOnPath(bson({ a: { b: 'x' }, c: [] }), ['a.b'])).toBe(false);
  });
});

describe('reading single fields from bytes', () => {
  it('gives the top-level fields of the paths and nothing else', () => {
    const bytes = serialize({ _id: 'i', skipped: { deep: [1, 2] }, a: { b: 'x' }, ab: 'y', text: 'long '.repeat(50) });
    expect(pickRaw(bytes, ['a.b', 'text', 'missing'])).toEqual({ a: { b: 'x' }, text: 'long '.repeat(50) });
    expect(pickRaw(bytes, [])).toEqual({});
  });
});
