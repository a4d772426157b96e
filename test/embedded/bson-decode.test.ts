import {
  Binary,
  BSONRegExp,
  Decimal128,
  Double,
  deserialize,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  serialize,
  Timestamp,
} from 'bson';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identicalValues } from '../../src/embedded/bson/compare.js';
import { encodeDocument } from '../../src/embedded/bson/encode.js';
import { fieldNames } from '../../src/embedded/bson/field-name.js';
import { fieldOf } from '../../src/embedded/bson/path.js';
import { decodeDocument } from '../../src/embedded/bson/value.js';

const seed = Number(process.env['TEST_SEED'] ?? Date.now() % 1_000_000_007);
process.stdout.write(`bson-decode seed ${seed} (set TEST_SEED to repeat)\n`);

const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer().map((value) => new Int32(value)),
  fc.double().map((value) => new Double(value)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => Long.fromBigInt(value)),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array({ maxLength: 5 }).map((content) => new Binary(content)),
  fc.uint8Array({ minLength: 12, maxLength: 12 }).map((content) => new ObjectId(content)),
);

const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, scalar, tie('array'), tie('object')),
  array: fc.array(tie('value'), { maxLength: 3 }),
  object: fc.dictionary(fc.constantFrom('a', 'b', 'ab', 'é', 'c'), tie('value'), { maxKeys: 3, noNullPrototype: true }),
}));

describe('decoding documents', () => {
  const options = {
    promoteValues: false,
    promoteBuffers: false,
    promoteLongs: false,
    bsonRegExp: true,
  };

  it('reads what the bson package reads, and writes the same bytes again', () => {
    const document = fc.dictionary(fc.constantFrom('a', 'b', 'naïve', 'longer field name than most'), value, {
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(document, (doc) => {
        const encoded = serialize(doc);
        const decoded = decodeDocument(encoded);
        expect(identicalValues(decoded, deserialize(encoded, options))).toBe(true);
        expect(Buffer.compare(encodeDocument(decoded), encoded)).toBe(0);
      }),
      { seed, numRuns: 500 },
    );
  });

  it('keeps rare types', () => {
    const doc = {
      timestamp: new Timestamp({ t: 4_000_000_000, i: 7 }),
      regex: new BSONRegExp('a+', 'i'),
      decimal: Decimal128.fromString('12.50'),
      low: new MinKey(),
      high: new MaxKey(),
      ref: { $ref: 'people', $id: new Int32(1) },
    };
    const encoded = serialize(doc);
    expect(Buffer.compare(encodeDocument(decodeDocument(encoded)), encoded)).toBe(0);
  });

  it('refuses damaged bytes with a coded error, and takes a class name of the decoder as any other field', () => {
    const encoded = serialize({ name: 'a text', list: [1, 2, 3] });
    for (let length = 0; length < encoded.length; length++) {
      expect(() => decodeDocument(encoded.subarray(0, length))).toThrow(expect.objectContaining({ code: 22 }));
    }
    const reserved = Buffer.from(serialize({ Xbsontype: 'Int32' }));
    reserved[5] = '_'.charCodeAt(0);
    expect(fieldOf(decodeDocument(reserved), '_bsontype')).toBe('Int32');
    expect(Buffer.compare(encodeDocument(decodeDocument(reserved)), reserved)).toBe(0);
  });

  it('refuses endless nesting instead of exhausting the stack', () => {
    let doc: Record<string, unknown> = {};
    for (let i = 0; i < 500; i++) doc = { a: doc };
    expect(() => decodeDocument(serialize(doc))).toThrow(expect.objectContaining({ code: 15 }));
  });

  it('reads the prototype names as plain fields', () => {
    const encoded = Buffer.from(serialize({ xxproto__: new Int32(1), constructor: 'c' }));
    encoded.write('__', 5, 'latin1');
    const doc = decodeDocument(encoded);
    expect(fieldNames(doc)).toEqual(['__proto__', 'constructor']);
    expect(fieldOf(doc, '__proto__')).toEqual(new Int32(1));
    expect(Object.getPrototypeOf(doc)).toBe(Object.prototype);
  });
});
