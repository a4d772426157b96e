import { BSONRegExp, Decimal128, Double, Long, serialize } from 'bson';
import { describe, expect, it } from 'vitest';
import { decodeDocument } from '../../src/embedded/bson/value.js';
import { compileFilter } from '../../src/embedded/query/match.js';

/** As it comes from the wire: whole numbers are ints, other numbers doubles. */
const bson = (doc: object) => decodeDocument(serialize(doc as Record<string, unknown>));

describe('what is outside the closed list', () => {
  const refused: readonly [string, unknown, number][] = [
    ['$not', { a: { $not: { $gt: 1 } } }, 2],
    ['$nin', { a: { $nin: [1] } }, 2],
    ['$regex', { a: { $regex: 'x' } }, 2],
    ['a regular expression value', { a: new BSONRegExp('x') }, 2],
    ['a regular expression in $in', { a: { $in: [new BSONRegExp('x')] } }, 2],
    ['a regular expression in $ne', { a: { $ne: new BSONRegExp('x') } }, 2],
    ['$expr', { $expr: { $eq: ['$a', 1] } }, 2],
    ['$where', { $where: 'true' }, 2],
    ['$mod', { a: { $mod: [2, 0] } }, 2],
    ['$all', { a: { $all: [1] } }, 2],
    ['$size', { a: { $size: 1 } }, 2],
    ['$type', { a: { $type: 'int' } }, 2],
    ['$nor', { $nor: [{ a: 1 }] }, 2],
    ['$text', { $text: { $search: 'x' } }, 2],
    ['$comment', { $comment: 'x' }, 2],
    ['an unknown operator', { a: { $foo: 1 } }, 2],
    ['an unknown top-level operator', { $foo: 1 }, 2],
    ['a field beside operators', { a: { $gt: 1, b: 2 } }, 2],
    ['$in without an array', { a: { $in: 1 } }, 2],
    ['operators inside $in', { a: { $in: [{ $gt: 1 }] } }, 2],
    ['an empty $and', { $and: [] }, 2],
    ['an empty $or', { $or: [] }, 2],
    ['$or of a scalar', { $or: [1] }, 2],
    ['$or without an array', { $or: { a: 1 } }, 2],
    ['$elemMatch of a scalar', { a: { $elemMatch: 1 } }, 2],
    ['$and inside a field', { a: { $and: [{ $gt: 1 }] } }, 2],
  ];
  it.each(refused)('%s is refused with a code', (_what, filter, code) => {
    expect(() => compileFilter(bson(filter as object))).toThrow(expect.objectContaining({ name: 'EngineError', code }));
  });
});

describe('what the planner learns from a filter', () => {
  const constraints = (filter: object) => Object.fromEntries(compileFilter(bson(filter)).constraints);

  it('gathers equality, lists and ranges through $and', () => {
    expect(constraints({ a: 'x', $and: [{ b: { $in: ['p', 'q', 'p'] } }, { c: { $gte: 'k', $lt: 'm' } }] })).toEqual({
      a: { eq: ['x'] },
      b: { eq: ['p', 'q'] },
      c: { gte: 'k', lt: 'm' },
    });
  });

  it('counts equal numbers of two types once', () => {
    const { eq } =
      compileFilter(bson({ a: { $in: [1, new Double(1), Long.fromNumber(1), 2] } })).constraints.get('a') ?? {};
    expect(eq).toHaveLength(2);
  });

  it('keeps the bounds of one element apart from those of many', () => {
    expect(constraints({ keys: { $elemMatch: { $gte: 'a', $lt: 'b' } } })).toEqual({
      keys: { elemMatch: { gte: 'a', lt: 'b' } },
    });
  });

  it('says nothing about branches of $or, arrays, decimals, positions, $ne and objects in $elemMatch', () => {
    expect(
      constraints({
        $or: [{ a: 1 }, { b: 1 }],
        c: [1],
        d: { $gt: Decimal128.fromString('1') },
        'e.0': 1,
        f: { $ne: 1 },
        g: { $elemMatch: { x: 1 } },
        h: { $gt: null },
      }),
    ).toEqual({});
  });

  it('knows a filter on nothing but _id', () => {
    expect(compileFilter(bson({ _id: 'x' })).isIdOnly).toBe(true);
    expect(compileFilter(bson({ _id: { $in: ['x', 'y'] } })).isIdOnly).toBe(true);
    expect(compileFilter(bson({ _id: { $in: [['x']] } })).isIdOnly).toBe(false);
    expect(compileFilter(bson({ _id: 'x', a: 1 })).isIdOnly).toBe(false);
    expect(compileFilter(bson({ _id: { $gt: 'x' } })).isIdOnly).toBe(false);
    expect(compileFilter(bson({ _id: null })).isIdOnly).toBe(false);
  });

  it('knows when a partial index holds every match', () => {
    const implies = (filter: object, partial: object) => compileFilter(bson(filter)).impliesPartial(bson(partial));
    expect(implies({ live: true, a: 1 }, { live: true })).toBe(true);
    expect(implies({ live: { $in: [true] } }, { live: true })).toBe(true);
    expect(implies({ live: { $ne: false } }, { live: true })).toBe(false);
    expect(implies({ a: 1 }, { live: true })).toBe(false);
    expect(implies({ $or: [{ live: true }, { a: 1 }] }, { live: true })).toBe(false);
    expect(implies({ x: 'v' }, { x: { $exists: true } })).toBe(true);
    expect(implies({ x: { $exists: true } }, { x: { $exists: true } })).toBe(true);
    expect(implies({ x: { $gt: 1 } }, { x: { $exists: true } })).toBe(true);
    expect(implies({ x: { $in: ['v', null] } }, { x: { $exists: true } })).toBe(false);
    expect(implies({ x: null }, { x: { $exists: true } })).toBe(false);
    expect(implies({ x: { $gte: null } }, { x: { $exists: true } })).toBe(false);
  });

  it('never promises a sparse index a document that lacks the field', () => {
    const excludes = (filter: object) => compileFilter(bson(filter)).excludesMissing('a');
    for (const filter of [{ a: 'x' }, { a: { $exists: true } }, { a: { $lt: 5 } }, { a: { $elemMatch: { $gt: 1 } } }]) {
      expect(excludes(filter)).toBe(true);
    }
    const lenient = [{ a: null }, { a: { $in: ['x', null] } }, { a: { $lte: null } }, { a: { $ne: 'x' } }, { b: 1 }];
    for (const filter of [...lenient, { a: { $exists: false } }, { $or: [{ a: 'x' }, { b: 1 }] }]) {
      expect(excludes(filter)).toBe(false);
    }
  });
});
