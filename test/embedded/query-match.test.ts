import { Decimal128, Double, Long, ObjectId, serialize } from 'bson';
import { describe, expect, it } from 'vitest';
import { compilePick } from '../../src/embedded/bson/raw.js';
import { decodeDocument } from '../../src/embedded/bson/value.js';
import { compileElementTest, compileFilter } from '../../src/embedded/query/match.js';

/** As it comes from the wire: whole numbers are ints, other numbers doubles. */
const bson = (doc: object) => decodeDocument(serialize(doc as Record<string, unknown>));

const matches = (filter: object, doc: object) => compileFilter(bson(filter)).matches(bson(doc));

const long = (text: string) => Long.fromString(text);
const nan = new Double(Number.NaN);
const day = (number: number) => new Date(Date.UTC(2024, 0, number));

/** filter, document, whether it matches; one line per rule of MongoDB. */
const CASES: readonly [string, object, object, boolean][] = [
  ['null equals missing', { a: null }, {}, true],
  ['null equals null', { a: null }, { a: null }, true],
  ['null is not false', { a: null }, { a: false }, false],
  ['null is not an empty array', { a: null }, { a: [] }, false],
  ['null is found in an array', { a: null }, { a: [1, null] }, true],
  ['$gte null takes missing', { a: { $gte: null } }, {}, true],
  ['$lte null takes null', { a: { $lte: null } }, { a: null }, true],
  ['$gt null takes nothing', { a: { $gt: null } }, { a: 1 }, false],
  ['$ne null wants a value', { a: { $ne: null } }, {}, false],
  ['$ne null takes a value', { a: { $ne: null } }, { a: 0 }, true],
  ['dotted null through a scalar', { 'a.b': null }, { a: 5 }, true],
  ['dotted null through a missing field', { 'a.b': null }, {}, true],
  ['dotted null: one object without the field', { 'a.b': null }, { a: [{ b: 1 }, {}] }, true],
  ['dotted null: every object has it', { 'a.b': null }, { a: [{ b: 1 }] }, false],
  ['dotted null: array of scalars offers nothing', { 'a.b': null }, { a: [1, 2] }, false],
  ['dotted null: empty array offers nothing', { 'a.b': null }, { a: [] }, false],
  ['int equals double', { a: 1 }, { a: new Double(1) }, true],
  ['int equals long', { a: 1 }, { a: Long.fromNumber(1) }, true],
  ['long beyond 2^53 is exact', { a: long('9007199254740993') }, { a: new Double(9007199254740992) }, false],
  ['decimal equals int', { a: Decimal128.fromString('1.0') }, { a: 1 }, true],
  ['int equals decimal', { a: 1 }, { a: Decimal128.fromString('1.00') }, true],
  ['decimal range', { a: { $gt: 1 } }, { a: Decimal128.fromString('1.5') }, true],
  ['$in finds a decimal by value', { a: { $in: [1, 2] } }, { a: Decimal128.fromString('2') }, true],
  ['$in finds an exact long', { a: { $in: [long('9007199254740993'), 7] } }, { a: long('9007199254740993') }, true],
  ['$in keeps long and double apart', { a: { $in: [long('9007199254740993'), 7] } }, { a: 2 ** 53 }, false],
  ['minus zero equals zero', { a: 0 }, { a: new Double(-0) }, true],
  ['true is not 1', { a: 1 }, { a: true }, false],
  ['a string is not a number', { a: '1' }, { a: 1 }, false],
  ['NaN equals NaN', { a: nan }, { a: nan }, true],
  ['NaN is not below a number', { a: { $lt: 5 } }, { a: nan }, false],
  ['no number is above NaN', { a: { $gt: nan } }, { a: 5 }, false],
  ['$gte NaN takes NaN', { a: { $gte: nan } }, { a: nan }, true],
  ['$lte NaN takes NaN only', { a: { $lte: nan } }, { a: 5 }, false],
  ['$in NaN', { a: { $in: [nan, 1] } }, { a: nan }, true],
  ['strings by UTF-8 bytes', { a: { $gt: '\uFFFD' } }, { a: '\u{1F600}' }, true],
  ['object equality', { a: { x: 1, y: 2 } }, { a: { x: 1, y: 2 } }, true],
  ['object equality wants key order', { a: { y: 2, x: 1 } }, { a: { x: 1, y: 2 } }, false],
  ['object equality is not a subset', { a: { x: 1 } }, { a: { x: 1, y: 2 } }, false],
  ['numbers inside objects by value', { a: { x: new Double(1) } }, { a: { x: 1 } }, true],
  ['an empty object', { a: {} }, { a: {} }, true],
  ['an object later using $ is a value', { a: { b: 1, $gt: 2 } }, { a: { b: 1, $gt: 2 } }, true],
  ['scalar in array', { a: 2 }, { a: [1, 2] }, true],
  ['scalar in nested array: no', { a: 2 }, { a: [[1, 2]] }, false],
  ['whole array', { a: [1, 2] }, { a: [1, 2] }, true],
  ['whole array wants order', { a: [2, 1] }, { a: [1, 2] }, false],
  ['array as an element', { a: [1, 2] }, { a: [[1, 2], 3] }, true],
  ['range: any element', { a: { $gt: 4 } }, { a: [1, 5] }, true],
  ['range: two elements may meet two bounds', { a: { $gt: 4, $lt: 2 } }, { a: [1, 5] }, true],
  ['$gt on an array operand', { a: { $gt: [1, 2] } }, { a: [1, 3] }, true],
  ['$ne looks at all elements', { a: { $ne: 1 } }, { a: [1, 2] }, false],
  ['$in with null takes missing', { a: { $in: [null, 1] } }, {}, true],
  ['$in with null: not a value', { a: { $in: [null, 1] } }, { a: 2 }, false],
  ['$in with an array: whole', { a: { $in: [[1, 2]] } }, { a: [1, 2] }, true],
  ['$in with an array: element', { a: { $in: [[1], 'x'] } }, { a: [[1]] }, true],
  ['$in over an array field', { a: { $in: ['x', 'y'] } }, { a: ['z', 'y'] }, true],
  ['$in of nothing', { a: { $in: [] } }, { a: 1 }, false],
  ['$in with ids', { a: { $in: [new ObjectId('0'.repeat(24)), day(1)] } }, { a: new ObjectId('0'.repeat(24)) }, true],
  ['$in with dates', { a: { $in: [new ObjectId('0'.repeat(24)), day(1)] } }, { a: day(1) }, true],
  ['$in with objects', { a: { $in: [{ x: 1 }, 'y'] } }, { a: { x: new Double(1) } }, true],
  ['$exists true', { a: { $exists: true } }, { a: null }, true],
  ['$exists true: missing', { a: { $exists: true } }, {}, false],
  ['$exists false', { a: { $exists: false } }, {}, true],
  ['$exists 0 is false', { a: { $exists: 0 } }, {}, true],
  ['$exists on an empty array', { a: { $exists: true } }, { a: [] }, true],
  ['$exists below an array', { 'a.b': { $exists: true } }, { a: [1, { b: null }] }, true],
  ['$exists false below scalars in an array', { 'a.b': { $exists: false } }, { a: [1] }, true],
  ['dotted into an object', { 'a.b.c': 1 }, { a: { b: { c: 1 } } }, true],
  ['dotted into an array of objects', { 'a.b': 2 }, { a: [{ b: 1 }, { b: 2 }] }, true],
  ['dotted into arrays in arrays of objects', { 'a.b.c': 2 }, { a: [{ b: [{ c: 2 }] }] }, true],
  ['dotted does not enter nested arrays', { 'a.b': 1 }, { a: [[{ b: 1 }]] }, false],
  ['position', { 'a.1': 5 }, { a: [4, 5] }, true],
  ['position: other element', { 'a.0': 5 }, { a: [4, 5] }, false],
  ['position then field', { 'a.1.b': 5 }, { a: [{ b: 4 }, { b: 5 }] }, true],
  ['position does not open a nested array', { 'a.1': 2 }, { a: [5, [2, 4]] }, false],
  ['position into a nested array', { 'a.1.0': 2 }, { a: [5, [2, 4]] }, true],
  ['number as a field name', { 'a.1': 4 }, { a: [{ 1: 4 }, 5] }, true],
  ['number as a field name of an object', { 'a.1': 4 }, { a: { 1: 4 } }, true],
  ['$elemMatch: one element meets both', { a: { $elemMatch: { $gt: 4, $lt: 6 } } }, { a: [1, 5] }, true],
  ['$elemMatch: not two elements', { a: { $elemMatch: { $gt: 4, $lt: 2 } } }, { a: [1, 5] }, false],
  ['$elemMatch wants an array', { a: { $elemMatch: { $gt: 4 } } }, { a: 5 }, false],
  ['$elemMatch does not open nested arrays', { a: { $elemMatch: { $eq: 5 } } }, { a: [[5]] }, false],
  ['$elemMatch of objects', { a: { $elemMatch: { x: 1, y: 2 } } }, { a: [{ x: 1 }, { x: 1, y: 2 }] }, true],
  ['$elemMatch of objects: split', { a: { $elemMatch: { x: 1, y: 2 } } }, { a: [{ x: 1 }, { y: 2 }] }, false],
  ['$elemMatch with $or', { a: { $elemMatch: { $or: [{ x: 1 }, { x: 2 }] } } }, { a: [{ x: 2 }] }, true],
  ['$elemMatch nested in $elemMatch', { a: { $elemMatch: { $elemMatch: { $gt: 1 } } } }, { a: [[2]] }, true],
  ['$elemMatch below an array', { 'a.b': { $elemMatch: { $gt: 1 } } }, { a: [{ b: [2] }] }, true],
  ['$elemMatch {} takes any object', { a: { $elemMatch: {} } }, { a: [{}] }, true],
  ['$elemMatch {} takes no scalar', { a: { $elemMatch: {} } }, { a: [1] }, false],
  ['$elemMatch $ne per element', { a: { $elemMatch: { $ne: 1 } } }, { a: [1, 2] }, true],
  ['$and', { $and: [{ a: 1 }, { b: 2 }] }, { a: 1, b: 2 }, true],
  ['$and: one fails', { $and: [{ a: 1 }, { b: 3 }] }, { a: 1, b: 2 }, false],
  ['$or', { $or: [{ a: 9 }, { b: 2 }] }, { a: 1, b: 2 }, true],
  ['$or: none', { $or: [{ a: 9 }, { b: 9 }] }, { a: 1, b: 2 }, false],
  ['fields beside $or', { a: 1, $or: [{ b: 1 }, { b: 2 }] }, { a: 1, b: 2 }, true],
  ['empty filter', {}, { a: 1 }, true],
  ['inherited names are missing', { constructor: { $exists: true } }, {}, false],
  ['inherited names can be fields', { toString: 'x' }, { toString: 'x' }, true],
  ['a DBRef-like value', { a: { $ref: 'x', $id: 1 } }, { a: { $ref: 'x', $id: 1 } }, true],
];

describe('filters', () => {
  it.each(CASES)('%s', (_rule, filter, doc, expected) => {
    expect(matches(filter, doc)).toBe(expected);
  });

  it.each(CASES)('reads no more than its fields: %s', (_rule, filter, doc, expected) => {
    const compiled = compileFilter(bson(filter));
    const picked = compilePick(compiled.fields)(
      serialize({ before: 1, ...doc, after: 'z' } as Record<string, unknown>),
    );
    expect(compiled.matches(picked)).toBe(expected);
  });
});

describe('conditions on array elements, as $pull uses them', () => {
  const pulled = (condition: unknown, elements: unknown[]) => {
    const { c, e } = bson({ c: condition, e: elements }) as { c: unknown; e: unknown[] };
    const test = compileElementTest(c);
    return elements.filter((_element, i) => test(e[i]));
  };

  it('take equality, operators, $in and object conditions', () => {
    expect(pulled(2, [1, 2, [2], { a: 2 }])).toEqual([2]);
    expect(pulled({ $gt: 1 }, [1, 2, 'x', [3]])).toEqual([2, [3]]);
    expect(pulled({ $in: ['a', null] }, ['a', 'b', null])).toEqual(['a', null]);
    expect(pulled({ a: 1 }, [{ a: 1, b: 2 }, { a: 2 }, 1])).toEqual([{ a: 1, b: 2 }]);
    expect(pulled({ a: { $gte: 2 } }, [{ a: 1 }, { a: 2 }])).toEqual([{ a: 2 }]);
    expect(pulled([1, 2], [[1, 2], 1, 2])).toEqual([[1, 2]]);
    expect(pulled({ $or: [{ a: 1 }, { b: 1 }] }, [{ a: 1 }, { b: 1 }, { c: 1 }])).toEqual([{ a: 1 }, { b: 1 }]);
  });
});
