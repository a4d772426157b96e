import type { Decimal128, Double, Int32 } from 'bson';
import { Long } from 'bson';
import { type BsonNumber, toNumber } from './value.js';

/** First double above every long. */
const TWO_POW_63 = 2 ** 63;

/** A finite decimal or double as `coefficient × base^exponent`, exact. */
interface Exact {
  coefficient: bigint;
  base: 2n | 10n;
  exponent: number;
}

const sign = (a: number | bigint, b: number | bigint): -1 | 0 | 1 => (a < b ? -1 : a > b ? 1 : 0);

/** A long as a `Long`, whichever of the two classes with that name made it. */
export function asLong(value: BsonNumber): Long {
  return value as Long;
}

/**
 * Compares two BSON numbers by exact value whatever their types; NaN equals itself and is below all others.
 * Long against double never rounds; decimals are compared as fractions.
 */
export function compareNumbers(a: BsonNumber, b: BsonNumber): -1 | 0 | 1 {
  const classA = typeof a === 'number' ? 'Double' : a._bsontype;
  const classB = typeof b === 'number' ? 'Double' : b._bsontype;
  if (classA === 'Decimal128' || classB === 'Decimal128') return compareExact(a, b);
  if (classA === 'Long' && classB === 'Long') return compareLongs(a as Long, b as Long);
  if (classA === 'Long') return compareLongToDouble(a as Long, toNumber(b));
  if (classB === 'Long') return compareLongToDouble(b as Long, toNumber(a), -1);
  return compareDoubles(toNumber(a), toNumber(b));
}

/** Order of two JS numbers with NaN first and equal to itself. */
export function compareDoubles(a: number, b: number): -1 | 0 | 1 {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return 0;
  const isNanA = Number.isNaN(a);
  return isNanA === Number.isNaN(b) ? 0 : isNanA ? -1 : 1;
}

function compareLongs(a: Long, b: Long): -1 | 0 | 1 {
  return a.high === b.high ? sign(a.low >>> 0, b.low >>> 0) : sign(a.high, b.high);
}

/** `whenHigher` is the answer for a long above the double: -1 turns the order around. */
function compareLongToDouble(long: Long, double: number, whenHigher: 1 | -1 = 1): -1 | 0 | 1 {
  const whenLower = whenHigher === 1 ? -1 : 1;
  if (Number.isNaN(double) || double < -TWO_POW_63) return whenHigher;
  if (double >= TWO_POW_63) return whenLower;
  const rounded = toNumber(long);
  if (rounded !== double) return rounded > double ? whenHigher : whenLower;
  if (Number.isSafeInteger(rounded)) return 0;
  const order = sign(long.toBigInt(), BigInt(double));
  return order === 0 ? 0 : order > 0 ? whenHigher : whenLower;
}

function compareExact(a: BsonNumber, b: BsonNumber): -1 | 0 | 1 {
  const nearA = toNumber(a);
  const nearB = toNumber(b);
  const exactA = exactOf(a);
  const exactB = exactOf(b);
  if (!exactA || !exactB)
    return compareDoubles(exactA ? clampFinite(nearA) : nearA, exactB ? clampFinite(nearB) : nearB);
  let left = exactA.coefficient;
  let right = exactB.coefficient;
  for (const [mine, addMine] of [
    [exactA, true],
    [exactB, false],
  ] as const) {
    const factor = mine.base ** BigInt(Math.abs(mine.exponent));
    if (mine.exponent >= 0 === addMine) left *= factor;
    else right *= factor;
  }
  return sign(left, right);
}

function clampFinite(value: number): number {
  return Number.isFinite(value) ? value : Math.sign(value) * Number.MAX_VALUE;
}

function exactOf(value: BsonNumber): Exact | undefined {
  if (typeof value !== 'number' && value._bsontype === 'Decimal128') return exactOfDecimal(value);
  if (typeof value !== 'number' && value._bsontype === 'Long') {
    return { coefficient: asLong(value).toBigInt(), base: 2n, exponent: 0 };
  }
  let number = toNumber(value);
  if (!Number.isFinite(number)) return undefined;
  let exponent = 0;
  while (!Number.isInteger(number)) {
    number *= 2;
    exponent--;
  }
  return { coefficient: BigInt(number), base: 2n, exponent };
}

function exactOfDecimal(value: Decimal128): Exact | undefined {
  const parts = /^(-?)(\d*)\.?(\d*)(?:E([+-]?\d+))?$/.exec(value.toString());
  if (!parts) return undefined;
  const [, minus, whole = '', fraction = '', power = '0'] = parts;
  const coefficient = BigInt(`${whole}${fraction}` || '0');
  return { coefficient: minus ? -coefficient : coefficient, base: 10n, exponent: Number(power) - fraction.length };
}

/** Same type and same bits: 1 (int) and 1.0 (double) differ, so do 0.0 and -0.0. */
export function identicalNumbers(a: BsonNumber, b: BsonNumber): boolean {
  const classA = typeof a === 'number' ? 'Double' : a._bsontype;
  const classB = typeof b === 'number' ? 'Double' : b._bsontype;
  if (classA !== classB) return false;
  if (classA === 'Long') return compareLongs(a as Long, b as Long) === 0;
  if (classA === 'Decimal128') {
    return Buffer.compare((a as Decimal128).bytes, (b as Decimal128).bytes) === 0;
  }
  return Object.is(toNumber(a), toNumber(b));
}

/** Largest and smallest int. */
export const INT_MAX = 0x7fffffff;
/** See {@link INT_MAX}. */
export const INT_MIN = -0x80000000;

/**
 * Whole-number sum with the type rule of `$inc` and `$sum`: int while it fits and both are int, else long;
 * undefined when it does not fit a long.
 */
export function longFromBigInt(value: bigint): Long | undefined {
  return BigInt.asIntN(64, value) === value ? Long.fromBigInt(value) : undefined;
}

/** The class name of a number: Int32, Long, Double or Decimal128. */
export function numberClass(value: BsonNumber): 'Int32' | 'Long' | 'Double' | 'Decimal128' {
  return typeof value === 'number' ? 'Double' : (value as Int32 | Double | Long | Decimal128)._bsontype;
}
