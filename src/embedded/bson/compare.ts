import type { Binary, BSONRegExp, Code, ObjectId, Timestamp } from 'bson';
import { fieldName } from './field-name.js';
import { compareNumbers, identicalNumbers } from './number.js';
import { type BsonNumber, classOf, type Document, RANK, rankOf } from './value.js';

type Order = -1 | 0 | 1;

const toOrder = (difference: number): Order => (difference < 0 ? -1 : difference > 0 ? 1 : 0);

/**
 * Order of two strings by their UTF-8 bytes. UTF-16 order differs only where a surrogate meets U+E000–U+FFFF,
 * so the first differing unit decides after lifting surrogates above that range.
 */
export function compareStrings(a: string, b: string): Order {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return liftSurrogate(x) < liftSurrogate(y) ? -1 : 1;
  }
  return a.length < b.length ? -1 : 1;
}

function liftSurrogate(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}

/** MongoDB's total order of values over all types; missing equals null, NaN is the lowest number. */
export function compareValues(a: unknown, b: unknown): Order {
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  const rank = rankOf(a);
  const other = rankOf(b);
  return rank === other ? compareWithin(rank, a, b) : rank < other ? -1 : 1;
}

/** Equality as `$eq` and `_id` see it: numbers by value across types, objects with key order, missing equals null. */
export function equalValues(a: unknown, b: unknown): boolean {
  return a === b || compareValues(a, b) === 0;
}

/** {@link compareValues} for two values known to be of the same bracket. */
export function compareWithin(rank: number, a: unknown, b: unknown): Order {
  switch (rank) {
    case RANK.NUMBER:
      return compareNumbers(a as BsonNumber, b as BsonNumber);
    case RANK.STRING:
      return compareStrings(String(a), String(b));
    case RANK.OBJECT:
      return compareDocuments(a as Document, b as Document);
    case RANK.ARRAY:
      return compareArrays(a as unknown[], b as unknown[]);
    case RANK.BINARY:
      return compareBinaries(a as Binary, b as Binary);
    case RANK.OBJECT_ID:
      return toOrder(Buffer.compare((a as ObjectId).id, (b as ObjectId).id));
    case RANK.BOOL:
      return toOrder(Number(a) - Number(b));
    case RANK.DATE:
      return toOrder((a as Date).getTime() - (b as Date).getTime());
    case RANK.TIMESTAMP:
      return compareTimestamps(a as Timestamp, b as Timestamp);
    case RANK.REGEX:
      return compareRegexes(a as BSONRegExp, b as BSONRegExp);
    case RANK.CODE:
    case RANK.CODE_WITH_SCOPE:
      return compareCodes(a as Code, b as Code);
    default:
      return 0;
  }
}

/** Field by field: type first, then name, then value; the shorter of two equal beginnings is lower. */
function compareDocuments(a: Document, b: Document): Order {
  const namesA = Object.keys(a);
  const namesB = Object.keys(b);
  const length = Math.min(namesA.length, namesB.length);
  for (let i = 0; i < length; i++) {
    const nameA = namesA[i] as string;
    const nameB = namesB[i] as string;
    const rank = rankOf(a[nameA]);
    const order =
      toOrder(rank - rankOf(b[nameB])) || compareNames(nameA, nameB) || compareWithin(rank, a[nameA], b[nameB]);
    if (order !== 0) return order;
  }
  return toOrder(namesA.length - namesB.length);
}

function compareNames(a: string, b: string): Order {
  return a === b ? 0 : compareStrings(fieldName(a), fieldName(b));
}

function compareArrays(a: readonly unknown[], b: readonly unknown[]): Order {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const order = compareValues(a[i], b[i]);
    if (order !== 0) return order;
  }
  return toOrder(a.length - b.length);
}

/** Length, then subtype, then bytes. */
function compareBinaries(a: Binary | Uint8Array, b: Binary | Uint8Array): Order {
  const bytesA = binaryBytes(a);
  const bytesB = binaryBytes(b);
  return (
    toOrder(bytesA.length - bytesB.length) ||
    toOrder(binarySubtype(a) - binarySubtype(b)) ||
    toOrder(Buffer.compare(bytesA, bytesB))
  );
}

/** Content of a binary value. */
export function binaryBytes(value: Binary | Uint8Array): Uint8Array {
  return value instanceof Uint8Array ? value : value.buffer.subarray(0, value.position);
}

/** Subtype of a binary value; bare bytes are generic (0). */
export function binarySubtype(value: Binary | Uint8Array): number {
  return value instanceof Uint8Array ? 0 : value.sub_type;
}

function compareTimestamps(a: Timestamp, b: Timestamp): Order {
  return toOrder((a.high >>> 0) - (b.high >>> 0)) || toOrder((a.low >>> 0) - (b.low >>> 0));
}

function compareRegexes(a: BSONRegExp, b: BSONRegExp): Order {
  return compareStrings(a.pattern, b.pattern) || compareStrings(a.options, b.options);
}

function compareCodes(a: Code, b: Code): Order {
  return compareStrings(a.code, b.code) || compareValues(a.scope ?? null, b.scope ?? null);
}

/** Same BSON bytes: type, value and key order alike. Decides whether an update changed anything. */
export function identicalValues(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  const rank = rankOf(a);
  if (rank !== rankOf(b)) return false;
  switch (rank) {
    case RANK.NULL:
      return (a === undefined) === (b === undefined);
    case RANK.NUMBER:
      return identicalNumbers(a as BsonNumber, b as BsonNumber);
    case RANK.STRING:
      return classOf(a) === classOf(b) && String(a) === String(b);
    case RANK.ARRAY:
      return identicalLists(a as unknown[], b as unknown[]);
    case RANK.OBJECT: {
      const namesA = Object.keys(a as Document);
      const namesB = Object.keys(b as Document);
      return (
        namesA.length === namesB.length &&
        namesA.every((name, i) => name === namesB[i] && identicalValues((a as Document)[name], (b as Document)[name]))
      );
    }
    default:
      return compareWithin(rank, a, b) === 0;
  }
}

function identicalLists(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, i) => identicalValues(value, b[i]));
}
