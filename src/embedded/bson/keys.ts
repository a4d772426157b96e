import { createHash } from 'node:crypto';
import type { Binary, BSONRegExp, Long, ObjectId, Timestamp } from 'bson';
import { badValue } from '../engine-error.js';
import { binaryBytes, binarySubtype } from './compare.js';
import { fieldName } from './field-name.js';
import { numberClass } from './number.js';
import { type BsonNumber, type Document, RANK, rankOf, toNumber, typeName } from './value.js';

/**
 * A key of exactly this many bytes was cut: its order among keys with the same start is not the values' order.
 * LMDB holds 1,978 bytes per key; the rest is room for what stands before and after the values.
 */
export const CUT_KEY_BYTES = 1652;

/** SHA-256 at the end of a cut key, so that two long values never share one. */
const HASH_BYTES = 32;

/** Bounds of one path inside one type bracket. */
export interface RangeBounds {
  gt?: unknown;
  gte?: unknown;
  lt?: unknown;
  lte?: unknown;
}

/** Reused between calls; encoding is synchronous and copies its result out. */
let scratch = Buffer.allocUnsafe(4096);
let used = 0;

function reserve(bytes: number): void {
  if (used + bytes <= scratch.length) return;
  const larger = Buffer.allocUnsafe(Math.max(scratch.length * 2, used + bytes));
  scratch.copy(larger, 0, 0, used);
  scratch = larger;
}

function putByte(byte: number): void {
  reserve(1);
  scratch[used++] = byte;
}

function putBytes(bytes: Uint8Array): void {
  reserve(bytes.length);
  scratch.set(bytes, used);
  used += bytes.length;
}

/** UTF-8 with NUL escaped, ended by two NULs: a text sorts before every longer text it begins. */
function putText(text: string): void {
  reserve(text.length * 6 + 2);
  const start = used;
  let isAscii = true;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 0 || unit > 127) {
      isAscii = false;
      break;
    }
    scratch[used++] = unit;
  }
  if (!isAscii) {
    used = start;
    for (const byte of Buffer.from(text)) {
      scratch[used++] = byte;
      if (byte === 0) scratch[used++] = 0xff;
    }
  }
  scratch[used++] = 0;
  scratch[used++] = 0;
}

/** Order-preserving double, then how far a long lies from it: exact for every long beside every double. */
function putNumber(value: BsonNumber): void {
  const type = numberClass(value);
  if (type === 'Decimal128') throw badValue('a value of type decimal cannot be indexed; store an int, long or double');
  const near = toNumber(value);
  reserve(10);
  if (Number.isNaN(near)) {
    scratch.fill(0, used, used + 10);
    used += 10;
    return;
  }
  scratch.writeDoubleBE(near === 0 ? 0 : near, used);
  const first = scratch[used] as number;
  if (first & 0x80) {
    for (let i = used; i < used + 8; i++) scratch[i] = ~(scratch[i] as number) & 0xff;
  } else scratch[used] = first | 0x80;
  const rest = type === 'Long' && !Number.isSafeInteger(near) ? Number((value as Long).toBigInt() - BigInt(near)) : 0;
  scratch.writeUInt16BE(rest + 0x8000, used + 8);
  used += 10;
}

function putDate(value: Date): void {
  reserve(8);
  const time = value.getTime();
  if (Number.isNaN(time)) throw badValue('a date outside the range of years ±271821 cannot be indexed');
  scratch.writeBigInt64BE(BigInt(time), used);
  scratch[used] = (scratch[used] as number) ^ 0x80;
  used += 8;
}

function putBinary(value: Binary | Uint8Array): void {
  const bytes = binaryBytes(value);
  reserve(5);
  scratch.writeUInt32BE(bytes.length, used);
  scratch[used + 4] = binarySubtype(value);
  used += 5;
  putBytes(bytes);
}

const WRITERS: Record<number, (value: never) => void> = {
  [RANK.STRING]: (value: unknown) => putText(String(value)),
  [RANK.NUMBER]: putNumber,
  [RANK.DATE]: putDate,
  [RANK.BOOL]: (value: boolean) => putByte(value ? 1 : 0),
  [RANK.OBJECT_ID]: (value: ObjectId) => putBytes(value.id),
  [RANK.BINARY]: putBinary,
  [RANK.OBJECT]: putDocument,
  [RANK.ARRAY]: putArray,
  [RANK.TIMESTAMP]: putTimestamp,
  [RANK.REGEX]: putRegex,
  [RANK.CODE]: refuseCode,
  [RANK.CODE_WITH_SCOPE]: refuseCode,
};

function putValue(rank: number, value: unknown): void {
  if (rank === RANK.STRING) putText(String(value));
  else WRITERS[rank]?.(value as never);
}

function putArray(value: readonly unknown[]): void {
  for (const element of value) putTagged(element);
  putByte(0);
}

function putTimestamp(value: Timestamp): void {
  reserve(8);
  scratch.writeUInt32BE(value.high >>> 0, used);
  scratch.writeUInt32BE(value.low >>> 0, used + 4);
  used += 8;
}

function putRegex(value: BSONRegExp): void {
  putText(value.pattern);
  putText(value.options);
}

function refuseCode(value: unknown): void {
  throw badValue(`a value of type ${typeName(value)} cannot be indexed`);
}

/** Type, name, value: the order in which MongoDB compares two objects' fields. */
function putDocument(document: Document): void {
  for (const name of Object.keys(document)) {
    const value = document[name];
    const rank = rankOf(value);
    putByte(rank);
    putText(fieldName(name));
    putValue(rank, value);
  }
  putByte(0);
}

function putTagged(value: unknown): void {
  const rank = rankOf(value);
  putByte(rank);
  putValue(rank, value);
}

function encode(values: readonly unknown[]): void {
  used = 0;
  for (const value of values) putTagged(value);
}

/**
 * Bytes whose order is the order of the value tuples by `compareValues`; missing and null share a key. A key of
 * `maxBytes` bytes was cut and ends in the SHA-256 of the whole key: still one key per value, but no longer in order
 * among keys with the same start, and its values must be rechecked. Refuses decimals and code (2).
 */
export function encodeKey(values: readonly unknown[], maxBytes: number = CUT_KEY_BYTES): Buffer {
  encode(values);
  if (used < maxBytes) return Buffer.from(scratch.subarray(0, used));
  const hash = createHash('sha256').update(scratch.subarray(0, used)).digest();
  return Buffer.concat([scratch.subarray(0, maxBytes - HASH_BYTES), hash]);
}

/** Bytes every key starts with whose leading values are these; a superset when the values are long. */
export function encodeKeyPrefix(values: readonly unknown[], maxBytes: number = CUT_KEY_BYTES): Buffer {
  encode(values);
  return Buffer.from(scratch.subarray(0, Math.min(used, maxBytes - HASH_BYTES)));
}

/** True when {@link encodeKey} cut this key. */
export function isCutKey(key: Uint8Array, maxBytes: number = CUT_KEY_BYTES): boolean {
  return key.length === maxBytes;
}

/**
 * Scan limits, start inclusive and end exclusive, of the keys with equal `prefix` values whose next value lies in
 * `bounds` and in the bounds' type bracket. Exact for values that are not cut, otherwise a superset: recheck the filter.
 */
export function encodeKeyRange(
  prefix: readonly unknown[],
  bounds: RangeBounds,
  maxBytes: number = CUT_KEY_BYTES,
): { start: Buffer; end: Buffer } {
  const bound = [bounds.gt, bounds.gte, bounds.lt, bounds.lte].find((value) => value !== undefined);
  const head = encodeKeyPrefix(prefix, maxBytes);
  if (bound === undefined) return { start: head, end: prefixEnd(head) };
  const bracket = Buffer.concat([head, Buffer.of(rankOf(bound))]).subarray(0, maxBytes - HASH_BYTES);
  const at = (value: unknown) => encodeKeyPrefix([...prefix, value], maxBytes);
  const isCut = (key: Buffer) => key.length === maxBytes - HASH_BYTES;
  let start: Buffer = Buffer.from(bracket);
  let end = prefixEnd(bracket);
  if (bounds.gte !== undefined) start = at(bounds.gte);
  if (bounds.gt !== undefined) {
    const key = at(bounds.gt);
    const after = isCut(key) ? key : prefixEnd(key);
    if (Buffer.compare(after, start) > 0) start = after;
  }
  if (bounds.lte !== undefined) end = prefixEnd(at(bounds.lte));
  if (bounds.lt !== undefined) {
    const key = at(bounds.lt);
    const before = isCut(key) ? prefixEnd(key) : key;
    if (Buffer.compare(before, end) < 0) end = before;
  }
  return { start, end };
}

/** The first key after every key that starts with these bytes; for an empty prefix one above every key. */
export function prefixEnd(prefix: Uint8Array): Buffer {
  let length = prefix.length;
  while (length > 0 && prefix[length - 1] === 0xff) length--;
  if (length === 0) return Buffer.alloc(CUT_KEY_BYTES + 1, 0xff);
  const end = Buffer.from(prefix.subarray(0, length));
  end[length - 1] = (end[length - 1] as number) + 1;
  return end;
}
