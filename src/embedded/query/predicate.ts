import type { ObjectId } from 'bson';
import { compareStrings, compareWithin, equalValues } from '../bson/compare.js';
import { numberClass } from '../bson/number.js';
import { type BsonNumber, RANK, rankOf, toNumber } from '../bson/value.js';
import type { ComparisonOp } from './parse.js';

/** A test of one value; `undefined` is a missing field. */
export type ValueTest = (value: unknown) => boolean;

/** A number a double holds exactly, so that a `Set` or `===` may stand for exact comparison. */
function exactDouble(value: unknown): number | undefined {
  if (rankOf(value) !== RANK.NUMBER) return undefined;
  const number = toNumber(value as BsonNumber);
  const type = numberClass(value as BsonNumber);
  if (type === 'Decimal128') return undefined;
  return type === 'Long' && !Number.isSafeInteger(number) ? undefined : number;
}

const isNan = (value: unknown): boolean => rankOf(value) === RANK.NUMBER && Number.isNaN(toNumber(value as BsonNumber));

const isMissingOrNull: ValueTest = (value) => value === null || value === undefined;

/** Equality with one value. */
export function equalityTest(operand: unknown): ValueTest {
  const rank = rankOf(operand);
  if (typeof operand === 'string') {
    return (value) =>
      value === operand || (typeof value === 'object' && rankOf(value) === rank && String(value) === operand);
  }
  if (rank === RANK.NULL) return isMissingOrNull;
  if (typeof operand === 'boolean') return (value) => value === operand;
  if (rank === RANK.DATE) {
    const time = (operand as Date).getTime();
    return (value) => value instanceof Date && value.getTime() === time;
  }
  const number = exactDouble(operand);
  if (number !== undefined && !Number.isNaN(number)) {
    return (value) => {
      const other = exactDouble(value);
      if (other !== undefined) return other === number;
      return rankOf(value) === rank && compareWithin(rank, value, operand) === 0;
    };
  }
  return (value) => rankOf(value) === rank && compareWithin(rank, value, operand) === 0;
}

/** Membership in a list: strings, plain numbers, ids and dates by hash, anything else one by one. */
export function membershipTest(operands: readonly unknown[]): ValueTest {
  if (operands.length === 1) return equalityTest(operands[0]);
  const strings = new Set<string>();
  const numbers = new Set<number>();
  const ids = new Set<string>();
  const times = new Set<number>();
  const inexact: unknown[] = [];
  const others: unknown[] = [];
  let hasNull = false;
  for (const operand of operands) {
    const rank = rankOf(operand);
    const number = exactDouble(operand);
    if (rank === RANK.STRING) strings.add(String(operand));
    else if (rank === RANK.NULL) hasNull = true;
    else if (number !== undefined) numbers.add(number);
    else if (rank === RANK.NUMBER) inexact.push(operand);
    else if (rank === RANK.OBJECT_ID) ids.add((operand as ObjectId).toHexString());
    else if (rank === RANK.DATE) times.add((operand as Date).getTime());
    else others.push(operand);
  }
  const matchesNumber = (value: unknown): boolean => {
    const number = exactDouble(value);
    if (number !== undefined && numbers.has(number)) return true;
    if (inexact.some((operand) => equalValues(operand, value))) return true;
    return number === undefined && [...numbers].some((operand) => equalValues(operand, value));
  };
  return (value) => {
    if (typeof value === 'string') return strings.has(value);
    switch (rankOf(value)) {
      case RANK.NULL:
        return hasNull;
      case RANK.NUMBER:
        return matchesNumber(value);
      case RANK.STRING:
        return strings.has(String(value));
      case RANK.OBJECT_ID:
        return ids.size > 0 && ids.has((value as ObjectId).toHexString());
      case RANK.DATE:
        return times.has((value as Date).getTime());
      default:
        return others.length > 0 && others.some((operand) => equalValues(operand, value));
    }
  };
}

type RangeOp = Exclude<ComparisonOp, 'eq' | 'ne'>;

const HOLDS: Record<RangeOp, (order: number) => boolean> = {
  gt: (order) => order > 0,
  gte: (order) => order >= 0,
  lt: (order) => order < 0,
  lte: (order) => order <= 0,
};

/**
 * A range inside the operand's type bracket: values of other types never match, except with MinKey and MaxKey, which
 * bound every type. NaN is in no range but `$gte`/`$lte` NaN; null (and missing) only in `$gte`/`$lte` null.
 */
export function rangeTest(op: RangeOp, operand: unknown): ValueTest {
  const holds = HOLDS[op];
  const isInclusive = op === 'gte' || op === 'lte';
  const rank = rankOf(operand);
  if (rank === RANK.NULL) return isInclusive ? isMissingOrNull : () => false;
  if (rank === RANK.MIN_KEY || rank === RANK.MAX_KEY) return extremeTest(op, rank);
  if (isNan(operand)) return isInclusive ? isNan : () => false;
  if (typeof operand === 'string') {
    return (value) => typeof value === 'string' && holds(compareStrings(value, operand));
  }
  if (rank === RANK.DATE) {
    const time = (operand as Date).getTime();
    return (value) => value instanceof Date && holds(value.getTime() - time);
  }
  return (value) => rankOf(value) === rank && !isNan(value) && holds(compareWithin(rank, value, operand));
}

function extremeTest(op: RangeOp, rank: number): ValueTest {
  const isInclusive = op === 'gte' || op === 'lte';
  const isOutward = rank === RANK.MIN_KEY ? op === 'gt' || op === 'gte' : op === 'lt' || op === 'lte';
  return (value) => (rankOf(value) === rank ? isInclusive : isOutward);
}
