import { Binary, BSONRegExp, Decimal128, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareValues, equalValues, identicalValues } from '../../src/embedded/bson/compare.js';
import {
  CUT_KEY_BYTES,
  encodeKey,
  encodeKeyPrefix,
  encodeKeyRange,
  isCutKey,
  prefixEnd,
} from '../../src/embedded/bson/keys.js';
import { EMPTY_ARRAY, rankOf } from '../../src/embedded/bson/value.js';

const seed = Number(process.env['TEST_SEED'] ?? Date.now() % 1_000_000_007);
process.stdout.write(`bson-order seed ${seed} (set TEST_SEED to repeat)\n`);

const long = (text: string) => Long.fromString(text);
const date = (ms: number) => new Date(ms);
const bytes = (...content: number[]) => new Binary(Uint8Array.from(content));

/** Groups of equal values, from the lowest to the highest. */
const ASCENDING: readonly (readonly unknown[])[] = [
  [new MinKey()],
  [EMPTY_ARRAY],
  [null, undefined],
  [new Double(Number.NaN), Number.NaN],
  [new Double(Number.NEGATIVE_INFINITY)],
  [long('-9223372036854775808'), new Double(-(2 ** 63))],
  [long('-9007199254740993')],
  [long('-9007199254740992'), new Double(-9007199254740992)],
  [new Double(-1.5)],
  [new Int32(-1), Long.fromNumber(-1), new Double(-1)],
  [new Int32(0), Long.fromNumber(0), new Double(0), new Double(-0)],
  [new Double(5e-324)],
  [new Double(0.1)],
  [new Int32(1), Long.fromNumber(1), new Double(1), 1],
  [new Double(1.5)],
  [new Int32(2)],
  [new Int32(10)],
  [long('9007199254740992'), new Double(9007199254740992)],
  [long('9007199254740993')],
  [long('9007199254740994'), new Double(9007199254740994)],
  [long('9223372036854775807')],
  [new Double(2 ** 63)],
  [new Double(Number.POSITIVE_INFINITY)],
  [''],
  ['\0'],
  ['\0a'],
  ['A'],
  ['a'],
  ['a\0'],
  ['a\0b'],
  ['a\u0001'],
  ['aa'],
  ['b'],
  ['é'],
  ['\uD7FF'],
  ['\uE000'],
  ['\uFFFD'],
  ['\u{1F600}'],
  ['\u{10FFFF}'],
  [{}],
  [{ a: null }],
  [{ b: null }],
  [{ a: new Int32(1) }, { a: new Double(1) }],
  [{ a: new Int32(1), b: new Int32(1) }],
  [{ a: new Int32(2) }],
  [{ b: new Int32(1), a: new Int32(1) }],
  [{ a: 'x' }],
  [[]],
  [[null]],
  [[new Int32(1)], [new Double(1)]],
  [[new Int32(1), new Int32(2)]],
  [[new Int32(2)]],
  [['a']],
  [[[]]],
  [bytes()],
  [bytes(9)],
  [new Binary(Uint8Array.of(1), 4)],
  [bytes(1, 2)],
  [bytes(2, 1)],
  [new ObjectId('000000000000000000000001')],
  [new ObjectId('ff0000000000000000000000')],
  [false],
  [true],
  [date(-8.64e15)],
  [date(-1)],
  [date(0)],
  [date(1_700_000_000_000)],
  [date(8.64e15)],
  [new Timestamp({ t: 1, i: 2 })],
  [new Timestamp({ t: 2, i: 1 })],
  [new BSONRegExp('a')],
  [new BSONRegExp('b')],
  [new MaxKey()],
];

describe('the order of BSON values', () => {
  it('agrees with the table for every pair, in comparison and in key bytes', () => {
    for (const [i, lower] of ASCENDING.entries()) {
      for (const [j, higher] of ASCENDING.entries()) {
        for (const a of lower) {
          for (const b of higher) {
            const expected = Math.sign(i - j);
            const label = `row ${i} against row ${j}`;
            expect(compareValues(a, b), label).toBe(expected);
            expect(Buffer.compare(encodeKey([a]), encodeKey([b])), `${label}, as keys`).toBe(expected);
          }
        }
      }
    }
  });

  it('compares decimals by exact value with every other number', () => {
    const decimal = (text: string) => Decimal128.fromString(text);
    expect(equalValues(decimal('1.0'), decimal('1.00'))).toBe(true);
    expect(equalValues(decimal('1'), new Int32(1))).toBe(true);
    expect(equalValues(decimal('0.1'), new Double(0.1))).toBe(false);
    expect(compareValues(decimal('9'), decimal('10'))).toBe(-1);
    expect(compareValues(decimal('9007199254740993'), Long.fromString('9007199254740992'))).toBe(1);
    expect(compareValues(decimal('1E+6000'), new Double(Number.MAX_VALUE))).toBe(1);
    expect(compareValues(decimal('1E+6000'), new Double(Number.POSITIVE_INFINITY))).toBe(-1);
    expect(compareValues(decimal('-Infinity'), new Double(Number.NaN))).toBe(1);
    expect(compareValues(decimal('NaN'), new Double(Number.NaN))).toBe(0);
  });

  it('refuses decimals in keys', () => {
    expect(() => encodeKey([Decimal128.fromString('1')])).toThrow(expect.objectContaining({ code: 2 }));
  });

  it('tells identical values from equal ones', () => {
    expect(identicalValues(new Int32(1), new Int32(1))).toBe(true);
    expect(identicalValues(new Int32(1), new Double(1))).toBe(false);
    expect(identicalValues(new Double(0), new Double(-0))).toBe(false);
    expect(identicalValues(new Double(Number.NaN), new Double(Number.NaN))).toBe(true);
    expect(identicalValues({ a: 'x', b: 'y' }, { b: 'y', a: 'x' })).toBe(false);
    expect(identicalValues([{ a: [date(1)] }], [{ a: [date(1)] }])).toBe(true);
    expect(identicalValues(null, undefined)).toBe(false);
  });
});

const scalar = fc.oneof(
  fc.constant(null),
  fc.constant(EMPTY_ARRAY),
  fc.boolean(),
  fc.integer().map((value) => new Int32(value)),
  fc.double().map((value) => new Double(value)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => Long.fromBigInt(value)),
  fc.bigInt({ min: 2n ** 53n - 4n, max: 2n ** 53n + 4n }).map((value) => Long.fromBigInt(value)),
  fc.integer({ min: -4, max: 4 }).map((value) => new Double(2 ** 53 + value)),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.string({ maxLength: 4 }),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array({ maxLength: 5 }).map((content) => new Binary(content)),
  fc.uint8Array({ minLength: 12, maxLength: 12 }).map((content) => new ObjectId(content)),
);

const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, scalar, tie('array'), tie('object')),
  array: fc.array(tie('value'), { maxLength: 3 }),
  object: fc.dictionary(fc.constantFrom('a', 'b', 'ab', 'é', 'c'), tie('value'), { maxKeys: 3, noNullPrototype: true }),
}));

describe('index keys', () => {
  it('have the byte order of the value tuples they encode', () => {
    const tuple = fc.array(value, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(tuple, tuple, (a, b) => {
        const length = Math.min(a.length, b.length);
        const left = a.slice(0, length);
        const right = b.slice(0, length);
        const order = left.map((one, i) => compareValues(one, right[i])).find((one) => one !== 0) ?? 0;
        expect(Buffer.compare(encodeKey(left), encodeKey(right))).toBe(order);
      }),
      { seed, numRuns: 3000 },
    );
  });

  it('hold a range scan exactly: inside the bounds if and only if the value is', () => {
    const bounds = fc.record({ lower: scalar, upper: scalar, isOpen: fc.boolean() });
    fc.assert(
      fc.property(scalar, scalar, bounds, (first, probe, { lower, upper, isOpen }) => {
        fc.pre(compareValues(lower, null) > 0 && rankOf(lower) === rankOf(upper));
        const range = encodeKeyRange([first], isOpen ? { gt: lower, lt: upper } : { gte: lower, lte: upper });
        const key = encodeKey([first, probe]);
        const isInside = key.compare(range.start) >= 0 && key.compare(range.end) < 0;
        const minimum = isOpen ? 1 : 0;
        const expected = compareValues(probe, lower) >= minimum && compareValues(upper, probe) >= minimum;
        expect(isInside).toBe(expected);
      }),
      { seed, numRuns: 2000 },
    );
  });

  it('stay inside the type of a single bound', () => {
    const inRange = (bounds: Parameters<typeof encodeKeyRange>[1], probe: unknown) => {
      const { start, end } = encodeKeyRange([], bounds);
      const key = encodeKey([probe]);
      return key.compare(start) >= 0 && key.compare(end) < 0;
    };
    expect(inRange({ gt: new Int32(5) }, new Int32(6))).toBe(true);
    expect(inRange({ gt: new Int32(5) }, 'a')).toBe(false);
    expect(inRange({ lt: 'm' }, 'a')).toBe(true);
    expect(inRange({ lt: 'm' }, new Int32(1))).toBe(false);
    expect(inRange({ lt: date(5) }, true)).toBe(false);
    expect(inRange({}, true)).toBe(true);
  });

  it('are cut when long, keep long values apart and stay under their prefix', () => {
    const start = 'x'.repeat(CUT_KEY_BYTES);
    const [a, b] = [encodeKey([`${start}a`]), encodeKey([`${start}b`])];
    expect(isCutKey(a)).toBe(true);
    expect(a.equals(b)).toBe(false);
    expect(a.equals(encodeKey([`${start}a`]))).toBe(true);
    const prefix = encodeKeyPrefix([`${start}a`]);
    expect(a.subarray(0, prefix.length).equals(prefix)).toBe(true);
    expect(isCutKey(encodeKey(['short']))).toBe(false);
    const { start: from, end: to } = encodeKeyRange([], { gt: start, lt: `${start}c` });
    expect(b.compare(from) >= 0 && b.compare(to) < 0).toBe(true);
  });

  it('know the first key after a prefix', () => {
    expect([...prefixEnd(Uint8Array.of(1, 2))]).toEqual([1, 3]);
    expect([...prefixEnd(Uint8Array.of(1, 255))]).toEqual([2]);
    expect(prefixEnd(new Uint8Array(0)).compare(encodeKey([new MaxKey()]))).toBe(1);
  });
});
