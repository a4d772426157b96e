import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from 'bson';
import { type EngineError, engineError } from '../engine-error.js';
import { fieldKey } from './field-name.js';
import type { Document } from './value.js';

/** Deeper bytes are refused instead of exhausting the stack; what comes from clients is checked before, more strictly. */
const MAX_DEPTH = 250;

/** Longest text read unit by unit; beyond it the native decoder wins over the loop. */
const SHORT_TEXT_BYTES = 24;

/** BSON element types with a fixed size in bytes. */
const FIXED_SIZES: Record<number, number> = {
  1: 8,
  6: 0,
  7: 12,
  8: 1,
  9: 8,
  10: 0,
  16: 4,
  17: 8,
  18: 8,
  19: 16,
  127: 0,
  255: 0,
};

const SIZE_OF_TYPE = new Int8Array(256).fill(-1);
for (const [type, size] of Object.entries(FIXED_SIZES)) SIZE_OF_TYPE[Number(type)] = size;

/** One element of a document's bytes. */
export interface RawElement {
  readonly type: number;
  /** Offset of the type byte. */
  readonly start: number;
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly valueStart: number;
  /** Offset after the value. */
  readonly end: number;
}

function corrupt(): EngineError {
  return engineError('InvalidBSON', 'the BSON bytes are damaged: a length points outside the document');
}

/** The same memory as a Buffer. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Offset after a value of this type; throws InvalidBSON (22) for unknown types and lengths outside the bytes. */
export function skipValue(bytes: Buffer, type: number, offset: number): number {
  let end: number;
  const fixed = SIZE_OF_TYPE[type] as number;
  if (fixed >= 0) end = offset + fixed;
  else if (type === 2 || type === 13 || type === 14) end = offset + 4 + bytes.readInt32LE(offset);
  else if (type === 3 || type === 4 || type === 15) end = offset + bytes.readInt32LE(offset);
  else if (type === 5) end = offset + 5 + bytes.readInt32LE(offset);
  else if (type === 11) end = bytes.indexOf(0, bytes.indexOf(0, offset) + 1) + 1;
  else if (type === 12) end = offset + 4 + bytes.readInt32LE(offset) + 12;
  else throw engineError('InvalidBSON', `the BSON type ${type} is unknown`);
  if (end < offset || end >= bytes.length) throw corrupt();
  return end;
}

/**
 * Decodes the BSON document that starts at `offset`; keys as `fieldKey` makes them. In the array `rawField` at the top,
 * objects are left as their bytes.
 */
export function readDocument(bytes: Uint8Array, offset: number, rawField?: string): Document {
  const buffer = asBuffer(bytes);
  if (buffer.length - offset < 5 || buffer.readInt32LE(offset) > buffer.length - offset) throw corrupt();
  try {
    return readObject(buffer, offset, 0, rawField);
  } catch (error) {
    throw error instanceof RangeError ? corrupt() : error;
  }
}

function readObject(bytes: Buffer, offset: number, depth: number, rawField?: string): Document {
  if (depth > MAX_DEPTH) throw tooDeep();
  const end = offset + bytes.readInt32LE(offset) - 1;
  if (end >= bytes.length) throw corrupt();
  const document: Document = {};
  let at = offset + 4;
  while (at < end) {
    const type = bytes[at] as number;
    const name = readName(bytes, at + 1);
    const nameEnd = nameEndOffset;
    const isRaw = rawField !== undefined && type === 4 && name === rawField;
    document[fieldKey(name)] = isRaw
      ? readArray(bytes, nameEnd + 1, depth + 1, true)
      : readValue(bytes, type, nameEnd + 1, depth + 1);
    at = skipValue(bytes, type, nameEnd + 1);
  }
  return document;
}

function tooDeep(): EngineError {
  return engineError('Overflow', `documents may be nested at most ${MAX_DEPTH} levels deep`);
}

function readArray(bytes: Buffer, offset: number, depth: number, isRaw = false): unknown[] {
  if (depth > MAX_DEPTH) throw tooDeep();
  const end = offset + bytes.readInt32LE(offset) - 1;
  if (end >= bytes.length) throw corrupt();
  const array: unknown[] = [];
  let at = offset + 4;
  while (at < end) {
    const type = bytes[at] as number;
    const valueStart = endOfName(bytes, at + 1) + 1;
    const next = skipValue(bytes, type, valueStart);
    array.push(isRaw && type === 3 ? bytes.subarray(valueStart, next) : readValue(bytes, type, valueStart, depth + 1));
    at = next;
  }
  return array;
}

/** Field names seen lately: the same string object again spares building and interning it per document. */
const NAME_SLOTS = 2048;
const recentNames: string[] = new Array(NAME_SLOTS).fill('');

/** Where the last name read ended; a second result of {@link readName} without an allocation. */
let nameEndOffset = 0;

function readName(bytes: Buffer, start: number): string {
  let at = start;
  let hash = 0;
  for (let byte = bytes[at]; byte !== 0; byte = bytes[++at]) {
    if (byte === undefined) throw corrupt();
    hash = (hash * 31 + byte) | 0;
  }
  nameEndOffset = at;
  const slot = hash & (NAME_SLOTS - 1);
  const recent = recentNames[slot] as string;
  if (recent.length === at - start && isTextAt(bytes, start, recent)) return recent;
  const name = readText(bytes, start, at);
  // Names beyond ASCII differ in length from their bytes and are never kept, so a hit is always exact.
  if (name.length === at - start) recentNames[slot] = name;
  return name;
}

function isTextAt(bytes: Buffer, start: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text.charCodeAt(i)) return false;
  return true;
}

function endOfName(bytes: Buffer, offset: number): number {
  let at = offset;
  while (bytes[at] !== 0) {
    if (at >= bytes.length) throw corrupt();
    at++;
  }
  return at;
}

/** UTF-8 text between two offsets; short ASCII, which most names and ids are, without leaving JavaScript. */
export function readText(bytes: Buffer, start: number, end: number): string {
  if (end - start > SHORT_TEXT_BYTES) return bytes.toString('utf8', start, end);
  let text = '';
  for (let at = start; at < end; at++) {
    const unit = bytes[at] as number;
    if (unit > 127) return bytes.toString('utf8', start, end);
    text += String.fromCharCode(unit);
  }
  return text;
}

/** Decodes one value of a known type; bytes are copied, so the source may be reused. */
export function readValue(bytes: Buffer, type: number, at: number, depth: number): unknown {
  switch (type) {
    case 1:
      return new Double(bytes.readDoubleLE(at));
    case 2:
      return readText(bytes, at + 4, at + 3 + bytes.readInt32LE(at));
    case 3:
      return readObject(bytes, at, depth);
    case 4:
      return readArray(bytes, at, depth);
    case 5: {
      const length = bytes.readInt32LE(at);
      return new Binary(Uint8Array.prototype.slice.call(bytes, at + 5, at + 5 + length), bytes[at + 4]);
    }
    case 7:
      return new ObjectId(Uint8Array.prototype.slice.call(bytes, at, at + 12));
    case 8:
      return bytes[at] !== 0;
    case 9:
      return new Date(bytes.readInt32LE(at + 4) * 0x100000000 + bytes.readUInt32LE(at));
    case 10:
      return null;
    case 16:
      return new Int32(bytes.readInt32LE(at));
    case 18:
      return new Long(bytes.readInt32LE(at), bytes.readInt32LE(at + 4));
    default:
      return readRareValue(bytes, type, at, depth);
  }
}

function readRareValue(bytes: Buffer, type: number, at: number, depth: number): unknown {
  switch (type) {
    case 6:
      return undefined;
    case 11: {
      const patternEnd = endOfName(bytes, at);
      return new BSONRegExp(
        readText(bytes, at, patternEnd),
        readText(bytes, patternEnd + 1, endOfName(bytes, patternEnd + 1)),
      );
    }
    case 13:
      return new Code(readText(bytes, at + 4, at + 3 + bytes.readInt32LE(at)));
    case 14:
      return new BSONSymbol(readText(bytes, at + 4, at + 3 + bytes.readInt32LE(at)));
    case 15: {
      const codeLength = bytes.readInt32LE(at + 4);
      const scope = readObject(bytes, at + 8 + codeLength, depth);
      return new Code(readText(bytes, at + 8, at + 7 + codeLength), scope);
    }
    case 17:
      return new Timestamp({ t: bytes.readUInt32LE(at + 4), i: bytes.readUInt32LE(at) });
    case 19:
      return new Decimal128(Uint8Array.prototype.slice.call(bytes, at, at + 16));
    case 127:
      return new MaxKey();
    case 255:
      return new MinKey();
    default:
      throw engineError('InvalidBSON', `the BSON type ${type} is unknown or not supported`);
  }
}

/** The top-level elements of a document, in order, without decoding values. */
export function* rawElements(bytes: Uint8Array): Generator<RawElement> {
  const buffer = asBuffer(bytes);
  let start = 4;
  while (buffer[start] !== 0 && start < buffer.length) {
    const type = buffer[start] as number;
    const nameEnd = endOfName(buffer, start + 1);
    const end = skipValue(buffer, type, nameEnd + 1);
    yield { type, start, nameStart: start + 1, nameEnd, valueStart: nameEnd + 1, end };
    start = end;
  }
}

/** Decodes only the named top-level fields of a document, skipping the rest by length; stops when it has all. */
export function compilePick(fields: readonly string[]): (bytes: Uint8Array) => Document {
  const names = [...new Set(fields)];
  const keys = names.map(fieldKey);
  const encoded = names.map((name) => Buffer.from(`${name}\0`));
  return (bytes) => {
    const buffer = asBuffer(bytes);
    const document: Document = {};
    let missing = names.length;
    let at = 4;
    while (missing > 0 && buffer[at] !== 0 && at < buffer.length) {
      const type = buffer[at] as number;
      const index = indexOfName(buffer, at + 1, encoded);
      const valueStart = (index >= 0 ? at + (encoded[index] as Buffer).length : endOfName(buffer, at + 1)) + 1;
      if (index >= 0) {
        document[keys[index] as string] = readValue(buffer, type, valueStart, 1);
        missing--;
      }
      at = skipValue(buffer, type, valueStart);
    }
    return document;
  };
}

function indexOfName(bytes: Buffer, offset: number, names: readonly Buffer[]): number {
  for (let index = 0; index < names.length; index++) {
    const name = names[index] as Buffer;
    let at = 0;
    while (at < name.length && bytes[offset + at] === name[at]) at++;
    if (at === name.length) return index;
  }
  return -1;
}
