import { Decimal128, Double, Int32, Long, ObjectId, serialize } from 'bson';
import { describe, expect, it } from 'vitest';
import { identicalValues } from '../../src/embedded/bson/compare.js';
import { encodeDocument } from '../../src/embedded/bson/encode.js';
import { fieldNames } from '../../src/embedded/bson/field-name.js';
import { type Document, decodeDocument } from '../../src/embedded/bson/value.js';
import { buildUpsert, compileUpdate } from '../../src/embedded/update/apply.js';

/** As it comes from the wire: whole numbers are ints, other numbers doubles. */
const bson = (doc: object) => decodeDocument(serialize(doc as Record<string, unknown>));

/** Compares type, value and key order. */
function expectSame(actual: Document, expected: object): void {
  const wanted = bson(expected);
  if (!identicalValues(actual, wanted)) expect(actual).toEqual(wanted);
  expect(Object.keys(actual)).toEqual(Object.keys(wanted));
  expect(identicalValues(actual, wanted)).toBe(true);
}

const run = (doc: object, update: object, isInsert = false) =>
  compileUpdate(bson(update)).apply(bson(doc), { isInsert });

const long = (text: string) => Long.fromString(text);
const MAX_LONG = long('9223372036854775807');

/** rule, document, update, expected document; `undefined`: nothing changed. */
const CASES: readonly [string, object, object, object | undefined][] = [
  ['$set a new field', { _id: 1 }, { $set: { a: 'x' } }, { _id: 1, a: 'x' }],
  ['$set keeps the place of a field', { a: 1, b: 2 }, { $set: { a: 'x' } }, { a: 'x', b: 2 }],
  ['$set the same value', { a: { b: [1] } }, { $set: { a: { b: [1] } } }, undefined],
  ['$set another type of the same number', { a: 1 }, { $set: { a: new Double(1) } }, { a: new Double(1) }],
  ['$set another key order', { a: { x: 1, y: 2 } }, { $set: { a: { y: 2, x: 1 } } }, { a: { y: 2, x: 1 } }],
  ['$set makes objects on the way', {}, { $set: { 'a.b.c': 1 } }, { a: { b: { c: 1 } } }],
  ['$set into an object', { a: { b: 1 } }, { $set: { 'a.c': 2 } }, { a: { b: 1, c: 2 } }],
  ['$set an element', { a: [1, 2] }, { $set: { 'a.1': 9 } }, { a: [1, 9] }],
  ['$set beyond the end pads with null', { a: [1] }, { $set: { 'a.3': 9 } }, { a: [1, null, null, 9] }],
  ['$set inside an element', { a: [{ b: 1 }] }, { $set: { 'a.0.b': 2 } }, { a: [{ b: 2 }] }],
  ['$set inside a new element', { a: [] }, { $set: { 'a.0.b': 2 } }, { a: [{ b: 2 }] }],
  ['a number makes a field of an object', {}, { $set: { 'a.0': 1 } }, { a: { 0: 1 } }],
  ['new fields come in order of name', {}, { $set: { c: 1, a: 1 }, $inc: { b: 1 } }, { a: 1, b: 1, c: 1 }],
  ['$set with nothing', { a: 1 }, { $set: {} }, undefined],
  ['$set the same _id', { _id: 1 }, { $set: { _id: 1 } }, undefined],
  ['$unset', { a: 1, b: 2 }, { $unset: { a: '' } }, { b: 2 }],
  ['$unset what is missing', { b: 2 }, { $unset: { a: '' } }, undefined],
  ['$unset below an object', { a: { b: 1, c: 2 } }, { $unset: { 'a.b': 1 } }, { a: { c: 2 } }],
  ['$unset through a scalar', { a: 5 }, { $unset: { 'a.b': 1 } }, undefined],
  ['$unset an element leaves null', { a: [1, 2] }, { $unset: { 'a.0': 1 } }, { a: [null, 2] }],
  ['$unset a name in an array', { a: [1, 2] }, { $unset: { 'a.x': 1 } }, undefined],
  ['$inc int + int', { a: 1 }, { $inc: { a: 2 } }, { a: 3 }],
  ['$inc beyond int', { a: 2147483647 }, { $inc: { a: 1 } }, { a: long('2147483648') }],
  ['$inc below int', { a: -2147483648 }, { $inc: { a: -1 } }, { a: long('-2147483649') }],
  ['$inc long + int', { a: long('5') }, { $inc: { a: 1 } }, { a: long('6') }],
  ['$inc int + long', { a: 5 }, { $inc: { a: long('1') } }, { a: long('6') }],
  ['$inc exact beyond 2^53', { a: long('9007199254740993') }, { $inc: { a: 2 } }, { a: long('9007199254740995') }],
  ['$inc int + double', { a: 1 }, { $inc: { a: 0.5 } }, { a: 1.5 }],
  ['$inc stays a double', { a: new Double(1) }, { $inc: { a: 1 } }, { a: new Double(2) }],
  ['$inc missing takes the type of the argument', {}, { $inc: { a: long('3') } }, { a: long('3') }],
  ['$inc by 0', { a: 1 }, { $inc: { a: 0 } }, undefined],
  ['$inc by 0 of a wider type', { a: 1 }, { $inc: { a: long('0') } }, { a: long('1') }],
  ['$max higher', { a: 1 }, { $max: { a: 2 } }, { a: 2 }],
  ['$max lower', { a: 3 }, { $max: { a: 2 } }, undefined],
  ['$max equal of another type', { a: 2 }, { $max: { a: new Double(2) } }, undefined],
  ['$max missing', {}, { $max: { a: 2 } }, { a: 2 }],
  ['$max of null', { a: null }, { $max: { a: 2 } }, { a: 2 }],
  ['$max across types', { a: 'x' }, { $max: { a: 9 } }, undefined],
  ['$max dates', { a: new Date(1) }, { $max: { a: new Date(2) } }, { a: new Date(2) }],
  ['$setOnInsert on update', { a: 1 }, { $setOnInsert: { b: 2 } }, undefined],
  ['$push', { a: [1] }, { $push: { a: 2 } }, { a: [1, 2] }],
  ['$push missing', {}, { $push: { a: 2 } }, { a: [2] }],
  ['$push an array as one', { a: [1] }, { $push: { a: [2] } }, { a: [1, [2]] }],
  ['$push an object', {}, { $push: { a: { x: 1 } } }, { a: [{ x: 1 }] }],
  ['$push $each', { a: [1] }, { $push: { a: { $each: [2, 3] } } }, { a: [1, 2, 3] }],
  ['$push $each of nothing', { a: [1] }, { $push: { a: { $each: [] } } }, undefined],
  ['$push $each of nothing, missing', {}, { $push: { a: { $each: [] } } }, { a: [] }],
  ['$push $slice last', { a: [1, 2] }, { $push: { a: { $each: [3], $slice: -2 } } }, { a: [2, 3] }],
  ['$push $slice first', { a: [1, 2] }, { $push: { a: { $each: [3], $slice: 2 } } }, { a: [1, 2] }],
  ['$push $slice 0', { a: [1, 2] }, { $push: { a: { $each: [3], $slice: 0 } } }, { a: [] }],
  ['$push $slice wide', { a: [1] }, { $push: { a: { $each: [2], $slice: -9 } } }, { a: [1, 2] }],
  ['$push $slice cuts without pushing', { a: [1, 2] }, { $push: { a: { $each: [], $slice: 1 } } }, { a: [1] }],
  ['$push below an object', { a: { b: [1] } }, { $push: { 'a.b': 2 } }, { a: { b: [1, 2] } }],
  ['$addToSet new', { a: [1] }, { $addToSet: { a: 2 } }, { a: [1, 2] }],
  ['$addToSet known', { a: [1] }, { $addToSet: { a: 1 } }, undefined],
  ['$addToSet known in another type', { a: [1] }, { $addToSet: { a: new Double(1) } }, undefined],
  ['$addToSet known object', { a: [{ x: 1 }] }, { $addToSet: { a: { x: 1 } } }, undefined],
  [
    '$addToSet: key order differs',
    { a: [{ x: 1, y: 2 }] },
    { $addToSet: { a: { y: 2, x: 1 } } },
    {
      a: [
        { x: 1, y: 2 },
        { y: 2, x: 1 },
      ],
    },
  ],
  ['$addToSet $each', { a: [1] }, { $addToSet: { a: { $each: [1, 2, 2, 3] } } }, { a: [1, 2, 3] }],
  ['$addToSet an array as one', { a: [] }, { $addToSet: { a: [1] } }, { a: [[1]] }],
  ['$addToSet missing', {}, { $addToSet: { a: 1 } }, { a: [1] }],
  ['$addToSet $each of nothing, missing', {}, { $addToSet: { a: { $each: [] } } }, { a: [] }],
  ['$pull a value', { a: [1, 2, 1] }, { $pull: { a: 1 } }, { a: [2] }],
  ['$pull nothing', { a: [2] }, { $pull: { a: 1 } }, undefined],
  ['$pull missing', {}, { $pull: { a: 1 } }, undefined],
  ['$pull through a scalar', { a: 1 }, { $pull: { 'a.b': 1 } }, undefined],
  ['$pull by $in', { a: ['x', 'y', 'z'] }, { $pull: { a: { $in: ['x', 'z'] } } }, { a: ['y'] }],
  ['$pull by a condition on objects', { a: [{ k: 1, v: 2 }, { k: 2 }] }, { $pull: { a: { k: 1 } } }, { a: [{ k: 2 }] }],
  ['$pull all objects', { a: [{}, 1] }, { $pull: { a: {} } }, { a: [1] }],
  [
    '$pull an exact array',
    {
      a: [
        [1, 2],
        [2, 1],
      ],
    },
    { $pull: { a: [1, 2] } },
    { a: [[2, 1]] },
  ],
  [
    'several operators',
    { n: 1, a: ['x'] },
    { $inc: { n: 1 }, $push: { a: 'y' }, $unset: { z: 1 } },
    { n: 2, a: ['x', 'y'] },
  ],
  ['replacement keeps _id and puts it first', { _id: 7, a: 1 }, { b: 2 }, { _id: 7, b: 2 }],
  ['replacement with the same _id', { _id: 7, a: 1 }, { b: 2, _id: 7 }, { _id: 7, b: 2 }],
  ['replacement by the same', { _id: 7, a: 1 }, { a: 1 }, undefined],
  ['replacement by nothing', { _id: 7, a: 1 }, {}, { _id: 7 }],
  ['prototype names are plain fields', {}, { $set: { 'constructor.name': 'x' } }, { constructor: { name: 'x' } }],
];

describe('updates', () => {
  it.each(CASES)('%s', (_rule, doc, update, expected) => {
    const before = bson(doc);
    const bytes = encodeDocument(before);
    const result = compileUpdate(bson(update)).apply(before);
    expect(result.changed).toBe(expected !== undefined);
    if (expected === undefined) expect(result.doc).toBe(before);
    else expectSame(result.doc, expected);
    expect(Buffer.compare(encodeDocument(before), bytes)).toBe(0);
  });

  it('leave the prototype of objects alone', () => {
    const update = compileUpdate({ $set: Object.fromEntries([['__proto__', 'x']]) });
    const { doc } = update.apply({ _id: 1 });
    expect(fieldNames(doc)).toEqual(['_id', '__proto__']);
    expect(Object.getPrototypeOf(doc)).toBe(Object.prototype);
  });

  it('name the top-level fields they may change', () => {
    expect(compileUpdate(bson({ $set: { 'a.b': 1 }, $inc: { c: 1 } })).touchedFields).toEqual(['a', 'c']);
    expect(compileUpdate(bson({ a: 1 })).touchedFields).toBeUndefined();
  });
});

describe('refused updates', () => {
  const refused: readonly [string, object, unknown, number][] = [
    ['$inc of a text', { a: 'x' }, { $inc: { a: 1 } }, 14],
    ['$inc of null', { a: null }, { $inc: { a: 1 } }, 14],
    ['$inc by a text', {}, { $inc: { a: 'x' } }, 14],
    ['$inc beyond long', { a: MAX_LONG }, { $inc: { a: 1 } }, 2],
    ['$inc of a decimal', { a: Decimal128.fromString('1') }, { $inc: { a: 1 } }, 2],
    ['through a scalar', { a: 5 }, { $set: { 'a.b': 1 } }, 28],
    ['through null', { a: null }, { $set: { 'a.b': 1 } }, 28],
    ['a name in an array', { a: [1] }, { $set: { 'a.b': 1 } }, 28],
    ['$inc through a scalar', { a: 5 }, { $inc: { 'a.b': 1 } }, 28],
    ['too much padding', { a: [] }, { $set: { 'a.2000000': 1 } }, 2],
    ['$push on a scalar', { a: 5 }, { $push: { a: 1 } }, 2],
    ['$push on null', { a: null }, { $push: { a: 1 } }, 2],
    ['$push $each without an array', {}, { $push: { a: { $each: 1 } } }, 2],
    ['$push $slice not whole', {}, { $push: { a: { $each: [], $slice: 1.5 } } }, 2],
    ['$push $sort', {}, { $push: { a: { $each: [], $sort: 1 } } }, 2],
    ['$push $position', {}, { $push: { a: { $each: [], $position: 0 } } }, 2],
    ['$push unknown clause', {}, { $push: { a: { $each: [], $foo: 0 } } }, 2],
    ['$push $slice alone', {}, { $push: { a: { $slice: 1 } } }, 2],
    ['$addToSet on a scalar', { a: 5 }, { $addToSet: { a: 1 } }, 2],
    ['$addToSet $each without an array', {}, { $addToSet: { a: { $each: 1 } } }, 14],
    ['$addToSet with $slice', {}, { $addToSet: { a: { $each: [], $slice: 1 } } }, 2],
    ['$pull on a scalar', { a: 5 }, { $pull: { a: 1 } }, 2],
    ['$pull with $regex', { a: [] }, { $pull: { a: { $regex: 'x' } } }, 2],
    ['conflict of equal paths', {}, { $set: { a: 1 }, $inc: { a: 1 } }, 40],
    ['conflict of a path and one below', {}, { $set: { a: 1, 'a.b': 1 } }, 40],
    ['conflict below, far apart', {}, { $set: { 'a.b.c': 1, 'a.c': 1 }, $unset: { 'a.b': 1 } }, 40],
    ['conflict with $setOnInsert', {}, { $set: { a: 1 }, $setOnInsert: { a: 1 } }, 40],
    ['changed _id', { _id: 1 }, { $set: { _id: 2 } }, 66],
    ['removed _id', { _id: 1 }, { $unset: { _id: 1 } }, 66],
    ['changed below _id', { _id: { a: 1 } }, { $set: { '_id.a': 2 } }, 66],
    ['replacement with another _id', { _id: 1 }, { _id: 2 }, 66],
    ['$ in a replacement', { _id: 1 }, { a: 1, $set: { b: 1 } }, 52],
    ['$ in a path', {}, { $set: { 'a.$b': 1 } }, 52],
    ['$ as a field', {}, { $set: { $a: 1 } }, 52],
    ['the positional operator', { a: [1] }, { $set: { 'a.$': 1 } }, 2],
    ['all elements', { a: [1] }, { $set: { 'a.$[]': 1 } }, 2],
    ['array filters', { a: [1] }, { $set: { 'a.$[x]': 1 } }, 2],
    ['an empty path', {}, { $set: { '': 1 } }, 56],
    ['an empty part', {}, { $set: { 'a..b': 1 } }, 56],
    ['an operator without an object', {}, { $set: 5 }, 9],
    ['an unknown operator', {}, { $foo: { a: 1 } }, 9],
    ['a field beside operators', {}, { $set: { a: 1 }, b: 1 }, 9],
    ['$min', {}, { $min: { a: 1 } }, 9],
    ['$mul', {}, { $mul: { a: 1 } }, 9],
    ['$rename', {}, { $rename: { a: 'b' } }, 9],
    ['$currentDate', {}, { $currentDate: { a: true } }, 9],
    ['$pop', {}, { $pop: { a: 1 } }, 9],
    ['$bit', {}, { $bit: { a: { and: 1 } } }, 9],
    ['$pullAll', {}, { $pullAll: { a: [1] } }, 9],
  ];
  it.each(refused)('%s', (_rule, doc, update, code) => {
    expect(() => run(doc, update as object)).toThrow(expect.objectContaining({ name: 'EngineError', code }));
  });

  it('refuse a pipeline and anything that is no object', () => {
    expect(() => compileUpdate([{ $set: { a: 1 } }])).toThrow(expect.objectContaining({ code: 2 }));
    expect(() => compileUpdate('x')).toThrow(expect.objectContaining({ code: 9 }));
    expect(() => compileUpdate(undefined)).toThrow(expect.objectContaining({ code: 9 }));
  });

  it('never carry values of the document', () => {
    expect(() => run({ a: 'secret' }, { $inc: { a: 1 } })).toThrow(expect.not.stringContaining('secret'));
    expect(() => run({ a: 'secret' }, { $set: { 'a.b': 1 } })).toThrow(expect.not.stringContaining('secret'));
  });
});

describe('upserts', () => {
  const upsert = (filter: object, update: object) => buildUpsert(bson(filter), bson(update));

  const built: readonly [string, object, object, object][] = [
    ['equality, then the update', { _id: 1, a: 'x' }, { $set: { b: 2 } }, { _id: 1, a: 'x', b: 2 }],
    ['$eq', { _id: { $eq: 1 } }, { $set: { b: 2 } }, { _id: 1, b: 2 }],
    ['$and', { $and: [{ _id: 1 }, { a: 'x' }] }, { $set: { b: 2 } }, { _id: 1, a: 'x', b: 2 }],
    ['$or of one branch', { _id: 1, $or: [{ a: 'x' }] }, { $set: { b: 2 } }, { _id: 1, a: 'x', b: 2 }],
    ['$or of two says nothing', { _id: 1, $or: [{ a: 'x' }, { a: 'y' }] }, { $set: { b: 2 } }, { _id: 1, b: 2 }],
    ['$in of one', { _id: 1, a: { $in: ['x'] } }, { $set: { b: 2 } }, { _id: 1, a: 'x', b: 2 }],
    ['ranges say nothing', { _id: 1, a: { $gt: 1 } }, { $set: { b: 2 } }, { _id: 1, b: 2 }],
    ['dotted equality makes objects', { _id: 1, 'a.b': 'x' }, { $set: { 'a.c': 2 } }, { _id: 1, a: { b: 'x', c: 2 } }],
    ['$setOnInsert counts', { _id: 1 }, { $setOnInsert: { a: 1 }, $inc: { n: 1 } }, { _id: 1, a: 1, n: 1 }],
    ['$setOnInsert _id comes first', { a: 'x' }, { $setOnInsert: { _id: 5 } }, { _id: 5, a: 'x' }],
    ['an operator on a field of the filter', { _id: 1, n: 5 }, { $inc: { n: 1 } }, { _id: 1, n: 6 }],
    ['replacement takes only _id of the filter', { _id: 1, a: 'x' }, { b: 2 }, { _id: 1, b: 2 }],
    ['replacement with its own _id', { a: 'x' }, { b: 2, _id: 5 }, { _id: 5, b: 2 }],
    ['null is a value', { _id: 1, a: null }, { $set: { b: 2 } }, { _id: 1, a: null, b: 2 }],
  ];
  it.each(built)('%s', (_rule, filter, update, expected) => {
    expectSame(upsert(filter, update), expected);
  });

  it('draw an ObjectId when nothing names an _id', () => {
    const doc = upsert({ a: 'x' }, { $set: { b: 1 } });
    expect(Object.keys(doc)).toEqual(['_id', 'a', 'b']);
    expect(doc['_id']).toBeInstanceOf(ObjectId);
    expect((upsert({ a: 'x' }, { b: new Int32(1) })['_id'] as ObjectId)._bsontype).toBe('ObjectId');
  });

  const refused: readonly [string, object, object, number][] = [
    ['a path matched twice', { $and: [{ a: 1 }, { a: 2 }] }, { $set: { b: 1 } }, 54],
    ['a path and one below', { a: { x: 1 }, 'a.y': 2 }, { $set: { b: 1 } }, 54],
    ['another _id than the filter', { _id: 1 }, { $set: { _id: 2 } }, 66],
    ['another _id in the replacement', { _id: 1 }, { _id: 2 }, 66],
    ['an array as _id', { a: 1 }, { $setOnInsert: { _id: [1] } }, 53],
    ['a path through a scalar of the filter', { a: 1 }, { $set: { 'a.b': 1 } }, 28],
  ];
  it.each(refused)('%s is refused', (_rule, filter, update, code) => {
    expect(() => upsert(filter, update)).toThrow(expect.objectContaining({ code }));
  });
});
