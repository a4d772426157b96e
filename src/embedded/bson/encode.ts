import type { Binary, BSONRegExp, BSONSymbol, Code, Decimal128, Double, Int32, Long, ObjectId, Timestamp } from 'bson';
import { badValue, engineError } from '../engine-error.js';
import { binaryBytes, binarySubtype } from './compare.js';
import { INT_MAX, INT_MIN } from './number.js';
import { type Document, typeName } from './value.js';

/** Buffer kept between calls; a larger one, that a large document needed, is given up again. */
const SCRATCH_BYTES = 1 << 16;

/** Deepest nesting a stored document may have: MongoDB keeps the rest of its 200 for what replies wrap around it. */
export const MAX_STORED_DEPTH = 180;

/** Longest text written unit by unit; beyond it the native encoder wins over the loop. */
const SHORT_TEXT = 32;

/** Deepest nesting ever written: a stored document inside of a reply. Deeper input is refused, not recursed into. */
const MAX_WRITTEN_DEPTH = 220;

let scratch = Buffer.allocUnsafe(SCRATCH_BYTES);
let used = 0;
let deepest = 0;

function reserve(bytes: number): void {
  if (used + bytes <= scratch.length) return;
  const larger = Buffer.allocUnsafe(Math.max(scratch.length * 2, used + bytes));
  scratch.copy(larger, 0, 0, used);
  scratch = larger;
}

/**
 * BSON bytes of a decoded document: fields in the order of its keys, `undefined` left out (null inside arrays). Plain
 * JS numbers become int where they are one, else double. Refuses what BSON cannot hold (2).
 */
export function encodeDocument(document: Document): Buffer {
  return encodeWithin(document, MAX_WRITTEN_DEPTH);
}

/** {@link encodeDocument} for a document that is to be stored: 15 beyond {@link MAX_STORED_DEPTH}. */
export function encodeStored(document: Document): Buffer {
  return encodeWithin(document, MAX_STORED_DEPTH);
}

function encodeWithin(document: Document, maxDepth: number): Buffer {
  used = 0;
  deepest = 0;
  try {
    writeDocument(document, 1);
    if (deepest > maxDepth) throw tooDeep(maxDepth);
    return Buffer.from(scratch.subarray(0, used));
  } finally {
    if (scratch.length > SCRATCH_BYTES) scratch = Buffer.allocUnsafe(SCRATCH_BYTES);
  }
}

/** The refusal of a document that is nested too deeply (15). */
export function tooDeep(maxDepth: number): Error {
  return engineError('Overflow', `Document exceeds maximum nesting depth of ${maxDepth}`);
}

function writeDocument(document: Document, depth: number): void {
  const start = open(depth);
  let isEmpty = true;
  for (const key of Object.keys(document)) {
    const value = document[key];
    if (value === undefined) continue;
    isEmpty = false;
    writeElement(key, value, depth);
  }
  close(start, isEmpty, depth);
}

function writeArray(array: readonly unknown[], depth: number): void {
  const start = open(depth);
  for (let i = 0; i < array.length; i++) writeElement(String(i), array[i] ?? null, depth);
  close(start, array.length === 0, depth);
}

function open(depth: number): number {
  if (depth > MAX_WRITTEN_DEPTH) throw tooDeep(MAX_WRITTEN_DEPTH);
  reserve(5);
  const start = used;
  used += 4;
  return start;
}

/** Empty objects and arrays do not count as a level, as in MongoDB. */
function close(start: number, isEmpty: boolean, depth: number): void {
  if (!isEmpty && depth > deepest) deepest = depth;
  reserve(1);
  scratch[used++] = 0;
  putInt32(used - start, start);
}

function putInt32(value: number, at: number): void {
  scratch[at] = value;
  scratch[at + 1] = value >> 8;
  scratch[at + 2] = value >> 16;
  scratch[at + 3] = value >> 24;
}

function writeElement(key: string, value: unknown, depth: number): void {
  const typeAt = used;
  reserve(key.length * 3 + 2);
  used++;
  writeName(key);
  const type = writeValue(value, depth);
  scratch[typeAt] = type;
}

/** The name without the mark that `fieldKey` may have put before it. */
function writeName(key: string): void {
  const from = key.charCodeAt(0) === 0 ? 1 : 0;
  const start = used;
  for (let i = from; i < key.length; i++) {
    const unit = key.charCodeAt(i);
    if (unit === 0) throw badValue('a field name may not contain the character NUL');
    if (unit > 127) {
      used = start + scratch.write(from === 0 ? key : key.slice(1), start, 'utf8');
      break;
    }
    scratch[used++] = unit;
  }
  scratch[used++] = 0;
}

function writeText(text: string): void {
  reserve(text.length * 3 + 5);
  const length = writeAscii(text, used + 4) ? text.length : scratch.write(text, used + 4, 'utf8');
  putInt32(length + 1, used);
  used += length + 5;
  scratch[used - 1] = 0;
}

/** Short ASCII without leaving JavaScript; false when the text is neither short nor ASCII. */
function writeAscii(text: string, at: number): boolean {
  if (text.length > SHORT_TEXT) return false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 127) return false;
    scratch[at + i] = unit;
  }
  return true;
}

function writeInt32(value: number): 16 {
  reserve(4);
  putInt32(value, used);
  used += 4;
  return 16;
}

function writeDouble(value: number): 1 {
  reserve(8);
  used = scratch.writeDoubleLE(value, used);
  return 1;
}

function writeBytes(bytes: Uint8Array): void {
  reserve(bytes.length);
  scratch.set(bytes, used);
  used += bytes.length;
}

function writeHalves(low: number, high: number): void {
  reserve(8);
  putInt32(low, used);
  putInt32(high, used + 4);
  used += 8;
}

/** Writes a value and answers its BSON type. */
function writeValue(value: unknown, depth: number): number {
  switch (typeof value) {
    case 'string':
      writeText(value);
      return 2;
    case 'number': {
      const isInt = Number.isInteger(value) && value >= INT_MIN && value <= INT_MAX && !Object.is(value, -0);
      return isInt ? writeInt32(value) : writeDouble(value);
    }
    case 'boolean':
      reserve(1);
      scratch[used++] = value ? 1 : 0;
      return 8;
    case 'object':
      return value === null ? 10 : writeObject(value, depth);
    default:
      throw badValue(`a value of type ${typeName(value)} cannot be stored`);
  }
}

function writeObject(value: object, depth: number): number {
  const name = (value as { _bsontype?: unknown })._bsontype;
  if (typeof name === 'string') return writeWrapped(value, name, depth);
  if (Array.isArray(value)) {
    writeArray(value, depth + 1);
    return 4;
  }
  if (value instanceof Date) {
    const time = value.getTime();
    if (Number.isNaN(time)) throw badValue('a date outside the range of years ±271821 cannot be stored');
    writeHalves(time >>> 0, Math.floor(time / 0x100000000));
    return 9;
  }
  if (value instanceof Uint8Array) return writeBinary(value);
  if (value instanceof RegExp) throw badValue('a regular expression has to be a BSONRegExp here');
  writeDocument(value as Document, depth + 1);
  return 3;
}

function writeBinary(value: Binary | Uint8Array): 5 {
  const bytes = binaryBytes(value);
  reserve(5);
  used = scratch.writeInt32LE(bytes.length, used);
  scratch[used++] = binarySubtype(value);
  writeBytes(bytes);
  return 5;
}

function writeWrapped(value: object, name: string, depth: number): number {
  switch (name) {
    case 'Int32':
      return writeInt32((value as Int32).value);
    case 'Double':
      return writeDouble((value as Double).value);
    case 'Long':
      writeHalves((value as Long).low, (value as Long).high);
      return 18;
    case 'ObjectId':
      writeBytes((value as ObjectId).id);
      return 7;
    case 'Binary':
      return writeBinary(value as Binary);
    case 'Timestamp':
      writeHalves((value as Timestamp).low, (value as Timestamp).high);
      return 17;
    case 'Decimal128':
      writeBytes((value as Decimal128).bytes);
      return 19;
    case 'MinKey':
      return 255;
    case 'MaxKey':
      return 127;
    default:
      return writeRare(value, name, depth);
  }
}

function writeRare(value: object, name: string, depth: number): number {
  switch (name) {
    case 'BSONRegExp': {
      const { pattern, options } = value as BSONRegExp;
      reserve((pattern.length + options.length) * 3 + 2);
      writeName(pattern);
      writeName(options);
      return 11;
    }
    case 'BSONSymbol':
      writeText((value as BSONSymbol).value);
      return 14;
    case 'Code': {
      const { code, scope } = value as Code;
      if (!scope) {
        writeText(code);
        return 13;
      }
      const start = open(depth);
      writeText(code);
      writeDocument(scope, depth + 1);
      scratch.writeInt32LE(used - start, start);
      return 15;
    }
    default:
      throw badValue(`a value of the class ${name} cannot be stored`);
  }
}
