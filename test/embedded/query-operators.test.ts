import { Binary, Double, Int32, Long, ObjectId, serialize } from 'bson';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareValues } from '../../src/embedded/bson/compare.js';
import { decodeDocument } from '../../src/embedded/bson/value.js';
import { compileFilter } from '../../src/embedded/query/match.js';

const seed = Number(process.env['TEST_SEED'] ?? Date.now() % 1_000_000_007);
process.stdout.write(`query-operators seed ${seed} (set TEST_SEED to repeat)\n`);

/** As it comes from the wire: whole numbers are ints, other numbers doubles. */
const bson = (doc: object) => decodeDocument(serialize(doc as Record<string, unknown>));

const matches = (filter: object, doc: object) => compileFilter(bson(filter)).matches(bson(doc));

const nan = new Double(Number.NaN);
const day = (number: number) => new Date(Date.UTC(2024, 0, number));

/** One type each: a lower and a higher value of the same bracket, where the type has two. */
const BRACKETS: Record<string, readonly unknown[]> = {
  null: [null],
  int: [new Int32(1), new Int32(2)],
  string: ['a', '\u{1F600}'],
  object: [
    { a: 1, b: 1 },
    { b: 1, a: 1 },
  ],
  binary: [new Binary(Uint8Array.of(1)), new Binary(Uint8Array.of(2))],
  objectId: [new ObjectId('000000000000000000000001'), new ObjectId('000000000000000000000002')],
  bool: [false, true],
  date: [day(1), day(2)],
};

const ORDER_RULES: Record<string, (order: number) => boolean> = {
  $eq: (order) => order === 0,
  $gt: (order) => order > 0,
  $gte: (order) => order >= 0,
  $lt: (order) => order < 0,
  $lte: (order) => order <= 0,
};

describe('comparison operators over every pair of types', () => {
  for (const [operator, holds] of Object.entries(ORDER_RULES)) {
    for (const [stored, values] of Object.entries(BRACKETS)) {
      for (const [asked, operands] of Object.entries(BRACKETS)) {
        it(`${operator}: a stored ${stored} against ${asked}`, () => {
          for (const value of values) {
            for (const operand of operands) {
              const expected = stored === asked && holds(compareValues(value, operand));
              expect(matches({ f: { [operator]: operand } }, { f: value })).toBe(expected);
              expect(matches({ f: { [operator]: operand } }, { f: [value] })).toBe(expected);
            }
          }
        });
      }
    }
  }

  it('$ne is the opposite of $eq and $in of one the same, for every pair', () => {
    const all = [...Object.values(BRACKETS).flat(), [], [1], [[1]], undefined];
    for (const value of all) {
      for (const operand of all.slice(0, -1)) {
        const doc = value === undefined ? {} : { f: value };
        const isEqual = matches({ f: { $eq: operand } }, doc);
        expect(matches({ f: { $ne: operand } }, doc)).toBe(!isEqual);
        expect(matches({ f: { $in: [operand, 'unlikely'] } }, doc)).toBe(isEqual);
        expect(matches({ f: { $in: [operand] } }, doc)).toBe(isEqual);
      }
    }
  });
});

describe('large $in lists', () => {
  it('answer as a comparison one by one would', () => {
    const operand = fc.oneof(
      fc.string({ maxLength: 2 }),
      fc.integer({ min: -3, max: 3 }),
      fc.constantFrom(null, true, false, day(1), day(2), new Double(1.5), nan, Long.fromNumber(2)),
    );
    fc.assert(
      fc.property(fc.array(operand, { maxLength: 8 }), operand, (list, probe) => {
        const doc = bson({ f: probe });
        const expected = list.some((one) => compareValues(bson({ f: one })['f'], doc['f']) === 0);
        expect(compileFilter(bson({ f: { $in: list } })).matches(doc)).toBe(expected);
      }),
      { seed, numRuns: 500 },
    );
  });
});
