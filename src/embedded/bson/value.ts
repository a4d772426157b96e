import { type Binary, type Decimal128, type Double, type Int32, Long, type ObjectId } from 'bson';
import { readDocument } from './raw.js';

/**
 * A decoded BSON object: key order is meaningful, `undefined` stands for a missing field. Keys are field names, a few of
 * them marked: write `fieldKey(name)` and read `fieldName(key)` where a name may be anything.
 */
export type Document = { [field: string]: unknown };

/**
 * Comparison brackets in MongoDB's order of types; values of different brackets never compare as equal.
 * `EMPTY_ARRAY` exists in index and sort keys only, where an empty array sorts before null.
 */
export const RANK = {
  MIN_KEY: 10,
  EMPTY_ARRAY: 15,
  NULL: 20,
  NUMBER: 30,
  STRING: 40,
  OBJECT: 50,
  ARRAY: 60,
  BINARY: 70,
  OBJECT_ID: 80,
  BOOL: 90,
  DATE: 100,
  TIMESTAMP: 110,
  REGEX: 120,
  DB_POINTER: 125,
  CODE: 130,
  CODE_WITH_SCOPE: 135,
  MAX_KEY: 240,
} as const;

/** The key an empty array leaves in an index or a sort: below null, above MinKey. */
export const EMPTY_ARRAY: unique symbol = Symbol('empty array');

/** A number as BSON holds it; plain JS numbers are accepted as doubles. */
export type BsonNumber = Int32 | Double | Long | Decimal128 | number;

const RANK_OF_CLASS: Record<string, number> = {
  Int32: RANK.NUMBER,
  Double: RANK.NUMBER,
  Long: RANK.NUMBER,
  Decimal128: RANK.NUMBER,
  BSONSymbol: RANK.STRING,
  Binary: RANK.BINARY,
  ObjectId: RANK.OBJECT_ID,
  Timestamp: RANK.TIMESTAMP,
  BSONRegExp: RANK.REGEX,
  DBRef: RANK.OBJECT,
  MinKey: RANK.MIN_KEY,
  MaxKey: RANK.MAX_KEY,
};

/** The `_bsontype` of a wrapped value, or undefined for plain values. */
export function classOf(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null
    ? ((value as { _bsontype?: unknown })._bsontype as string | undefined)
    : undefined;
}

/** The bracket of a value in MongoDB's order of types ({@link RANK}); missing counts as null. */
export function rankOf(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return RANK.STRING;
    case 'number':
    case 'bigint':
      return RANK.NUMBER;
    case 'boolean':
      return RANK.BOOL;
    case 'undefined':
      return RANK.NULL;
    case 'symbol':
      return RANK.EMPTY_ARRAY;
    default:
      return value === null ? RANK.NULL : rankOfObject(value as object);
  }
}

function rankOfObject(value: object): number {
  const name = (value as { _bsontype?: string })._bsontype;
  if (typeof name === 'string') {
    if (name === 'Code') return (value as { scope?: unknown }).scope ? RANK.CODE_WITH_SCOPE : RANK.CODE;
    return RANK_OF_CLASS[name] ?? RANK.OBJECT;
  }
  if (Array.isArray(value)) return RANK.ARRAY;
  if (value instanceof Date) return RANK.DATE;
  if (value instanceof Uint8Array) return RANK.BINARY;
  if (value instanceof RegExp) return RANK.REGEX;
  return RANK.OBJECT;
}

/** True for a BSON object as a plain JS object (not an array, not a wrapped scalar). */
export function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && rankOfObject(value) === RANK.OBJECT;
}

/** True for any BSON number, decimals included. */
export function isNumber(value: unknown): value is BsonNumber {
  return rankOf(value) === RANK.NUMBER;
}

/** MongoDB's alias of a value's type, for messages. */
export function typeName(value: unknown): string {
  if (value === undefined) return 'missing';
  const name = classOf(value);
  if (name !== undefined) {
    const aliases: Record<string, string> = {
      Int32: 'int',
      Double: 'double',
      Long: 'long',
      Decimal128: 'decimal',
      Binary: 'binData',
      ObjectId: 'objectId',
      Timestamp: 'timestamp',
      BSONRegExp: 'regex',
      MinKey: 'minKey',
      MaxKey: 'maxKey',
      BSONSymbol: 'symbol',
      Code: 'javascript',
    };
    return aliases[name] ?? 'object';
  }
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return 'double';
  if (Array.isArray(value)) return 'array';
  if (value instanceof Date) return 'date';
  if (value instanceof Uint8Array) return 'binData';
  return typeof value;
}

/** Whether MongoDB takes a value as "yes" in flags and projections: not 0, false, null or missing. */
export function isTruthy(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return false;
  if (!isNumber(value)) return true;
  return toNumber(value) !== 0;
}

/** The nearest JS number of a BSON number (longs beyond 2^53 lose digits, decimals are parsed). */
export function toNumber(value: BsonNumber): number {
  if (typeof value === 'number') return value;
  if (value._bsontype === 'Long') return Long.prototype.toNumber.call(value);
  if (value._bsontype === 'Decimal128') return Number(value.toString());
  return value.value;
}

/** A BSON number that must be a whole number within ±2^53; anything else is undefined. */
export function toInteger(value: unknown): number | undefined {
  if (!isNumber(value)) return undefined;
  const number = toNumber(value);
  return Number.isSafeInteger(number) ? number : undefined;
}

/**
 * Decodes BSON bytes with every type kept: Int32, Double, Long, Binary, ObjectId and the like as their `bson` classes,
 * dates, strings, booleans and null as plain values.
 */
export function decodeDocument(bytes: Uint8Array): Document {
  return readDocument(bytes, 0);
}

/** Same bytes: type, value and key order. Tells an update that changed nothing from one that did. */
export type IdentityCheck = (a: unknown, b: unknown) => boolean;

/** Values of the classes a binary or id can come as. */
export type BsonBytes = Binary | ObjectId | Uint8Array;
