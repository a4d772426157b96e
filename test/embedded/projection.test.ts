import { Double, serialize } from 'bson';
import { describe, expect, it } from 'vitest';
import { decodeDocument } from '../../src/embedded/bson/value.js';
import { compileProjection, compileRawProjection } from '../../src/embedded/projection/project.js';

const bson = (doc: object) => decodeDocument(serialize(doc as Record<string, unknown>));

/** rule, specification, document, result */
const CASES: readonly [string, object, object, object][] = [
  ['nothing asked: everything', {}, { _id: 1, a: 2 }, { _id: 1, a: 2 }],
  ['inclusion brings _id', { a: 1 }, { _id: 1, a: 2, b: 3 }, { _id: 1, a: 2 }],
  ['inclusion without _id', { a: true, _id: 0 }, { _id: 1, a: 2, b: 3 }, { a: 2 }],
  ['_id alone', { _id: 1 }, { _id: 1, a: 2 }, { _id: 1 }],
  ['everything but _id', { _id: 0 }, { _id: 1, a: 2 }, { a: 2 }],
  ['exclusion', { a: 0 }, { _id: 1, a: 2, b: 3 }, { _id: 1, b: 3 }],
  ['exclusion with _id', { a: 0, _id: false }, { _id: 1, a: 2, b: 3 }, { b: 3 }],
  ['exclusion naming _id as kept', { _id: 1, a: 0 }, { _id: 1, a: 2, b: 3 }, { _id: 1, b: 3 }],
  ['the order is the document’s', { b: 1, a: 1 }, { _id: 1, a: 2, b: 3 }, { _id: 1, a: 2, b: 3 }],
  ['what is missing stays missing', { z: 1 }, { _id: 1, a: 2 }, { _id: 1 }],
  ['dotted inclusion', { 'a.b': 1 }, { _id: 1, a: { b: 2, c: 3 } }, { _id: 1, a: { b: 2 } }],
  ['dotted inclusion leaves an empty object', { 'a.z': 1 }, { _id: 1, a: { b: 2 } }, { _id: 1, a: {} }],
  ['dotted inclusion drops a scalar', { 'a.b': 1 }, { _id: 1, a: 5 }, { _id: 1 }],
  [
    'dotted inclusion fans out',
    { 'a.b': 1 },
    { a: [{ b: 1, c: 2 }, 5, [{ b: 3, c: 4 }], {}] },
    { a: [{ b: 1 }, [{ b: 3 }], {}] },
  ],
  ['dotted exclusion', { 'a.b': 0 }, { _id: 1, a: { b: 2, c: 3 } }, { _id: 1, a: { c: 3 } }],
  ['dotted exclusion keeps a scalar', { 'a.b': 0 }, { a: 5 }, { a: 5 }],
  ['dotted exclusion fans out', { 'a.b': 0 }, { a: [{ b: 1, c: 2 }, 5] }, { a: [{ c: 2 }, 5] }],
  ['a nested specification', { a: { b: 1 } }, { _id: 1, a: { b: 2, c: 3 } }, { _id: 1, a: { b: 2 } }],
  ['any number but 0 includes', { a: new Double(0.5) }, { _id: 1, a: 2, b: 3 }, { _id: 1, a: 2 }],
  ['minus zero excludes', { a: new Double(-0) }, { _id: 1, a: 2, b: 3 }, { _id: 1, b: 3 }],
  ['part of _id', { '_id.a': 1 }, { _id: { a: 1, b: 2 }, c: 3 }, { _id: { a: 1 } }],
];

describe('projections', () => {
  it.each(CASES)('%s', (_rule, spec, doc, expected) => {
    const result = compileProjection(bson(spec))(bson(doc));
    expect(Buffer.compare(serialize(result), serialize(expected))).toBe(0);
  });

  it.each(CASES)('from bytes, where no decoding is needed: %s', (_rule, spec, doc, expected) => {
    const project = compileRawProjection(bson(spec));
    const isNested = Object.entries(spec).some(([name, value]) => name.includes('.') || typeof value === 'object');
    if (project) expect(Buffer.compare(project(serialize(doc)), serialize(expected))).toBe(0);
    else expect(isNested).toBe(true);
  });

  const refused: readonly [string, object, number][] = [
    ['exclusion in an inclusion', { a: 1, b: 0 }, 31254],
    ['inclusion in an exclusion', { a: 0, b: 1 }, 31253],
    ['a path below another', { a: 1, 'a.b': 1 }, 31249],
    ['a path above another', { 'a.b': 1, a: 1 }, 31250],
    ['$slice', { a: { $slice: 1 } }, 2],
    ['$elemMatch', { a: { $elemMatch: { x: 1 } } }, 2],
    ['$meta', { a: { $meta: 'textScore' } }, 2],
    ['the positional operator', { 'a.$': 1 }, 2],
    ['an expression', { a: '$b' }, 2],
    ['a literal', { a: 'x' }, 2],
    ['null', { a: null }, 2],
    ['an array', { a: [1] }, 2],
    ['an empty object', { a: {} }, 2],
    ['an empty part', { 'a..b': 1 }, 2],
  ];
  it.each(refused)('refuses %s', (_what, spec, code) => {
    expect(() => compileProjection(bson(spec))).toThrow(expect.objectContaining({ name: 'EngineError', code }));
  });
});
