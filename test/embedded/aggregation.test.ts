import { Decimal128, Double, Int32, Long, serialize } from 'bson';
import { describe, expect, it } from 'vitest';
import { lookupValues, withLookupResult } from '../../src/embedded/aggregation/lookup.js';
import { type PureStage, parsePipeline, runStages } from '../../src/embedded/aggregation/pipeline.js';
import { decodeDocument } from '../../src/embedded/bson/value.js';

const bson = (doc: object) => decodeDocument(serialize(doc as Record<string, unknown>));

const parse = (pipeline: object[]) => parsePipeline(bson({ p: pipeline })['p']);

const run = (pipeline: object[], docs: object[]) => [...runStages(parse(pipeline) as PureStage[], docs.map(bson))];

function expectRows(actual: object[], expected: object[]): void {
  const hex = (rows: object[]) =>
    rows.map((row) => Buffer.from(serialize(row as Record<string, unknown>)).toString('hex'));
  if (hex(actual).join() !== hex(expected).join()) expect(actual).toEqual(expected.map(bson));
  expect(hex(actual)).toEqual(hex(expected));
}

/** rule, pipeline, documents, result */
const CASES: readonly [string, object[], object[], object[]][] = [
  ['$match', [{ $match: { a: { $gt: 1 } } }], [{ a: 1 }, { a: 2 }], [{ a: 2 }]],
  ['$sort and $limit', [{ $sort: { a: -1 } }, { $limit: 2 }], [{ a: 1 }, { a: 3 }, { a: 2 }], [{ a: 3 }, { a: 2 }]],
  ['$limit then $sort', [{ $limit: 2 }, { $sort: { a: -1 } }], [{ a: 1 }, { a: 3 }, { a: 9 }], [{ a: 3 }, { a: 1 }]],
  ['$project inclusion', [{ $project: { a: 1 } }], [{ _id: 1, a: 2, b: 3 }], [{ _id: 1, a: 2 }]],
  ['$project without _id', [{ $project: { _id: 0, a: 1 } }], [{ _id: 1, a: 2, b: 3 }], [{ a: 2 }]],
  ['$project a path', [{ $project: { x: '$a.b' } }], [{ _id: 1, a: { b: 2 } }], [{ _id: 1, x: 2 }]],
  ['$project a path with nothing there', [{ $project: { x: '$a.b' } }], [{ _id: 1 }], [{ _id: 1 }]],
  [
    '$project a path through an array',
    [{ $project: { x: '$a.b' } }],
    [{ a: [{ b: 1 }, {}, 5, { b: 2 }] }],
    [{ x: [1, 2] }],
  ],
  [
    '$project $ifNull: first',
    [{ $project: { x: { $ifNull: ['$a', '$b'] } } }],
    [{ _id: 1, a: [1], b: [2] }],
    [{ _id: 1, x: [1] }],
  ],
  [
    '$project $ifNull: null falls through',
    [{ $project: { x: { $ifNull: ['$a', '$b'] } } }],
    [{ _id: 1, a: null, b: [2] }],
    [{ _id: 1, x: [2] }],
  ],
  ['$project $ifNull: a literal', [{ $project: { x: { $ifNull: ['$a', 0] } } }], [{ _id: 1 }], [{ _id: 1, x: 0 }]],
  [
    '$project computed beside included',
    [{ $project: { _id: 0, b: 1, x: '$a' } }],
    [{ _id: 1, a: 2, b: 3 }],
    [{ b: 3, x: 2 }],
  ],
  ['$project only computed, no _id', [{ $project: { _id: 0, x: '$a' } }], [{ _id: 1, a: 2 }], [{ x: 2 }]],
  [
    '$unwind',
    [{ $unwind: '$a' }],
    [{ k: 1, a: ['x', 'y'] }],
    [
      { k: 1, a: 'x' },
      { k: 1, a: 'y' },
    ],
  ],
  ['$unwind keeps a scalar', [{ $unwind: '$a' }], [{ a: 'x' }], [{ a: 'x' }]],
  ['$unwind drops empty, null and missing', [{ $unwind: '$a' }], [{ a: [] }, { a: null }, { b: 1 }], []],
  ['$unwind keeps null elements', [{ $unwind: { path: '$a' } }], [{ a: [null] }], [{ a: null }]],
  [
    '$unwind below an object',
    [{ $unwind: '$a.b' }],
    [{ a: { b: [1, 2], c: 3 } }],
    [{ a: { b: 1, c: 3 } }, { a: { b: 2, c: 3 } }],
  ],
  ['$group all', [{ $group: { _id: null, n: { $sum: 1 } } }], [{}, {}], [{ _id: null, n: 2 }]],
  ['$group nothing', [{ $group: { _id: null, n: { $sum: 1 } } }], [], []],
  [
    '$group by a path',
    [{ $group: { _id: '$k', n: { $sum: '$v' } } }],
    [
      { k: 'a', v: 1 },
      { k: 'b', v: 2 },
      { k: 'a', v: 3 },
    ],
    [
      { _id: 'a', n: 4 },
      { _id: 'b', n: 2 },
    ],
  ],
  ['$group: missing is null', [{ $group: { _id: '$k', n: { $sum: 1 } } }], [{}, { k: null }], [{ _id: null, n: 2 }]],
  [
    '$group: equal numbers are one group',
    [{ $group: { _id: '$k', n: { $sum: 1 } } }],
    [{ k: 1 }, { k: new Double(1) }, { k: Long.fromNumber(1) }],
    [{ _id: 1, n: 3 }],
  ],
  [
    '$group by an object of paths',
    [{ $group: { _id: { x: '$a', y: '$b.c' }, n: { $sum: 1 } } }],
    [{ a: 1, b: { c: 2 } }, { a: 1, b: { c: 2 } }, { a: 1 }],
    [
      { _id: { x: 1, y: 2 }, n: 2 },
      { _id: { x: 1 }, n: 1 },
    ],
  ],
  [
    '$sum ignores what is no number',
    [{ $group: { _id: null, n: { $sum: '$v' } } }],
    [{ v: 1 }, { v: 'x' }, { v: null }, { v: [5] }, {}],
    [{ _id: null, n: 1 }],
  ],
  [
    '$sum widens to long',
    [{ $group: { _id: null, n: { $sum: '$v' } } }],
    [{ v: 2147483647 }, { v: 1 }],
    [{ _id: null, n: Long.fromNumber(2147483648) }],
  ],
  [
    '$sum keeps longs exact',
    [{ $group: { _id: null, n: { $sum: '$v' } } }],
    [{ v: Long.fromString('9007199254740993') }, { v: 2 }],
    [{ _id: null, n: Long.fromString('9007199254740995') }],
  ],
  [
    '$sum of a small long stays long',
    [{ $group: { _id: null, n: { $sum: '$v' } } }],
    [{ v: Long.fromNumber(1) }],
    [{ _id: null, n: Long.fromNumber(1) }],
  ],
  [
    '$sum beyond long is a double',
    [{ $group: { _id: null, n: { $sum: '$v' } } }],
    [{ v: Long.MAX_VALUE }, { v: 1 }],
    [{ _id: null, n: new Double(2 ** 63) }],
  ],
  [
    '$sum of doubles is compensated',
    [{ $group: { _id: null, n: { $sum: '$v' } } }],
    [{ v: 1e100 }, { v: new Double(1) }, { v: -1e100 }],
    [{ _id: null, n: new Double(1) }],
  ],
  [
    '$min and $max',
    [{ $group: { _id: null, lo: { $min: '$v' }, hi: { $max: '$v' } } }],
    [{ v: 2 }, { v: 'x' }, { v: null }, {}, { v: 1 }],
    [{ _id: null, lo: 1, hi: 'x' }],
  ],
  ['$min of nothing', [{ $group: { _id: null, lo: { $min: '$v' } } }], [{ v: null }, {}], [{ _id: null, lo: null }]],
];

describe('stages', () => {
  it.each(CASES)('%s', (_rule, pipeline, docs, expected) => {
    expectRows(run(pipeline, docs), expected);
  });

  it('$limit stops reading', () => {
    let read = 0;
    function* endless() {
      for (;;) yield bson({ n: ++read });
    }
    expect([...runStages(parse([{ $match: {} }, { $limit: 3 }]) as PureStage[], endless())]).toHaveLength(3);
    expect(read).toBe(3);
  });
});

describe('$lookup', () => {
  const lookup = { from: 'c', localField: 'a', foreignField: 'b', as: 'r' };

  it('is read with its pipeline', () => {
    const [stage] = parse([{ $lookup: { ...lookup, pipeline: [{ $sort: { at: -1 } }, { $limit: 3 }] } }]);
    expect(stage).toMatchObject({
      ...lookup,
      kind: 'lookup',
      pipeline: [{ kind: 'sort' }, { kind: 'limit', limit: 3 }],
    });
  });

  it('joins on elements, on a scalar, and on null when there is nothing', () => {
    const values = (doc: object, path: string) => lookupValues(bson(doc), path);
    expect(values({ a: ['x', 'y'] }, 'a')).toEqual(['x', 'y']);
    expect(values({ a: 'x' }, 'a')).toEqual(['x']);
    expect(values({}, 'a')).toEqual([null]);
    expect(values({ a: [] }, 'a')).toEqual([null]);
    expect(values({ a: [{ b: 'x' }, { b: ['y', 'z'] }] }, 'a.b')).toEqual(['x', 'y', 'z']);
    expect(values({ a: ['p', 'q'] }, 'a.1')).toEqual(['q']);
  });

  it('sets the rows on a copy', () => {
    const doc = bson({ _id: 1, r: 'old' });
    expect(withLookupResult(doc, 'r', [bson({ x: 1 })])).toEqual({ _id: new Int32(1), r: [{ x: new Int32(1) }] });
    expect(doc['r']).toBe('old');
  });
});

describe('what is outside the closed list', () => {
  const refused: readonly [string, object[], number][] = [
    ['an unknown stage', [{ $foo: {} }], 40324],
    ['$facet', [{ $facet: {} }], 40324],
    ['$unionWith', [{ $unionWith: 'c' }], 40324],
    ['$out', [{ $out: 'c' }], 40324],
    ['$skip', [{ $skip: 1 }], 40324],
    ['$addFields', [{ $addFields: { a: 1 } }], 40324],
    ['a stage with two fields', [{ $match: {}, $limit: 1 }], 40323],
    ['a stage with none', [{}], 40323],
    ['$match of a scalar', [{ $match: 1 }], 15959],
    ['$limit 0', [{ $limit: 0 }], 15958],
    ['$limit below 0', [{ $limit: -1 }], 5107201],
    ['$limit of a text', [{ $limit: 'x' }], 5107201],
    ['an empty $sort', [{ $sort: {} }], 15976],
    ['a wrong direction', [{ $sort: { a: 2 } }], 2],
    ['an empty $project', [{ $project: {} }], 51272],
    ['another expression', [{ $project: { a: { $add: ['$b', 1] } } }], 2],
    ['a variable', [{ $project: { a: '$$ROOT' } }], 2],
    ['a literal text', [{ $project: { a: 'x' } }], 2],
    ['a computed path', [{ $project: { 'a.b': '$c' } }], 2],
    ['exclusion beside a computed field', [{ $project: { a: 0, b: '$c' } }], 31254],
    ['$ifNull of one', [{ $project: { a: { $ifNull: ['$b'] } } }], 1257300],
    ['$unwind without $', [{ $unwind: 'a' }], 28818],
    ['$unwind with options', [{ $unwind: { path: '$a', preserveNullAndEmptyArrays: true } }], 2],
    ['$unwind of a number', [{ $unwind: 1 }], 28808],
    ['$group without _id', [{ $group: { n: { $sum: 1 } } }], 15955],
    ['$group by an array', [{ $group: { _id: ['$a', 1] } }], 2],
    ['$group by a variable', [{ $group: { _id: '$$ROOT' } }], 2],
    ['$group by an object in an object', [{ $group: { _id: { a: { b: '$c' } } } }], 2],
    ['$group by an expression', [{ $group: { _id: { $year: '$at' } } }], 2],
    ['another accumulator', [{ $group: { _id: null, n: { $avg: '$v' } } }], 15952],
    ['an accumulator over an expression', [{ $group: { _id: null, n: { $sum: { $add: [1, 2] } } } }], 2],
    ['a field without an accumulator', [{ $group: { _id: null, n: 1 } }], 40234],
    ['$lookup with let', [{ $lookup: { from: 'c', let: {}, localField: 'a', foreignField: 'b', as: 'r' } }], 2],
    ['$lookup without fields', [{ $lookup: { from: 'c', pipeline: [], as: 'r' } }], 2],
    ['$lookup without as', [{ $lookup: { from: 'c', localField: 'a', foreignField: 'b' } }], 4572],
    [
      '$lookup with an unknown argument',
      [{ $lookup: { from: 'c', localField: 'a', foreignField: 'b', as: 'r', x: 1 } }],
      9,
    ],
    [
      '$group inside $lookup',
      [{ $lookup: { from: 'c', localField: 'a', foreignField: 'b', as: 'r', pipeline: [{ $group: { _id: null } }] } }],
      2,
    ],
  ];
  it.each(refused)('%s is refused with a code', (_what, pipeline, code) => {
    expect(() => parse(pipeline)).toThrow(expect.objectContaining({ name: 'EngineError', code }));
  });

  it('a pipeline that is no array, or holds no objects, is refused', () => {
    expect(() => parsePipeline({})).toThrow(expect.objectContaining({ code: 14 }));
    expect(() => parsePipeline(['x'])).toThrow(expect.objectContaining({ code: 14 }));
  });

  it('decimals are refused where they would be added or grouped', () => {
    const doc = { v: Decimal128.fromString('1.5') };
    expect(() => run([{ $group: { _id: null, n: { $sum: '$v' } } }], [doc])).toThrow(
      expect.objectContaining({ code: 2 }),
    );
    expect(() => run([{ $group: { _id: '$v' } }], [doc])).toThrow(expect.objectContaining({ code: 2 }));
  });
});
