import { isUtf8 } from 'node:buffer';
import { badValue, engineError } from '../engine-error.js';
import { tooDeep } from './encode.js';
import { asBuffer } from './raw.js';

/** Deepest nesting a message may have, as in MongoDB. */
export const MAX_MESSAGE_DEPTH = 200;

/** Up to so many fields names are compared by hash, one by one; beyond it a set wins. */
const FEW_FIELDS = 64;

/** Milliseconds from 1970 that a JavaScript date can hold: its 32 high bits, rounded outwards. */
const MAX_DATE_MS = 8.64e15;

/** Letters BSON knows as options of a regular expression; they stand in alphabetical order. */
const REGEX_OPTIONS = /^i?l?m?s?u?x?$/;

const FIXED_SIZES: readonly (readonly [number, number])[] = [
  [1, 8],
  [7, 12],
  [8, 1],
  [9, 8],
  [10, 0],
  [16, 4],
  [17, 8],
  [18, 8],
  [19, 16],
  [127, 0],
  [255, 0],
];

const SIZE_OF_TYPE = new Int8Array(256).fill(-1);
for (const [type, size] of FIXED_SIZES) SIZE_OF_TYPE[type] = size;

let deepest = 0;

/**
 * Checks that bytes are one whole document that can be read and written again without losing anything; answers its
 * depth. Errors: InvalidBSON (22) for lengths, terminators, UTF-8, booleans, options and array positions that are
 * wrong; 15 beyond {@link MAX_MESSAGE_DEPTH}; 2 for a field named twice in one object and for what a decoded document
 * cannot hold (undefined, DBPointer, dates beyond JavaScript's), which MongoDB would store.
 */
export function checkDocument(bytes: Uint8Array): number {
  const buffer = asBuffer(bytes);
  deepest = 0;
  const end = checkObject(buffer, 0, buffer.length, 1, false);
  if (end !== buffer.length) throw invalid('the document is shorter than its bytes');
  return deepest;
}

function invalid(what: string): Error {
  return engineError('InvalidBSON', `the BSON bytes are damaged: ${what}`);
}

function intAt(bytes: Buffer, at: number, end: number): number {
  if (at + 4 > end) throw invalid('a length is cut off');
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

/** Offset after a run of `length` bytes. */
function after(at: number, length: number, end: number): number {
  if (length < 0 || at + length > end) throw invalid('a length points outside the document');
  return at + length;
}

function checkObject(bytes: Buffer, start: number, limit: number, depth: number, isArray: boolean): number {
  const size = intAt(bytes, start, limit);
  const end = after(start, size, limit) - 1;
  if (size < 5 || bytes[end] !== 0) throw invalid('an object does not end where it says');
  if (size === 5) return end + 1;
  if (depth > MAX_MESSAGE_DEPTH) throw tooDeep(MAX_MESSAGE_DEPTH);
  if (depth > deepest) deepest = depth;
  const names = isArray ? undefined : new FieldNames(bytes);
  let position = 0;
  let at = start + 4;
  while (at < end) {
    const type = bytes[at] as number;
    const nameStart = at + 1;
    const nameEnd = names ? names.add(nameStart, end) : checkPosition(bytes, nameStart, position++, end);
    const isId = type === 6 && depth === 1 && bytes.toString('latin1', nameStart, nameEnd) === '_id';
    at = isId ? nameEnd + 1 : checkValue(bytes, type, nameEnd + 1, end, depth);
  }
  return end + 1;
}

/** Names of one object as they are met; refuses the second of two equal ones. */
class FieldNames {
  readonly #bytes: Buffer;
  readonly #hashes: number[] = [];
  readonly #ends: number[] = [];
  #seen: Set<string> | undefined;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Reads the name that starts here and answers where it ends. */
  add(start: number, end: number): number {
    const bytes = this.#bytes;
    let at = start;
    let hash = 0;
    let bits = 0;
    for (let byte = bytes[at] as number; byte !== 0; byte = bytes[++at] as number) {
      if (at >= end) throw invalid('a field name does not end');
      hash = (hash * 31 + byte) | 0;
      bits |= byte;
    }
    if (bits > 127 && !isUtf8(bytes.subarray(start, at))) throw invalid('a field name is no UTF-8');
    this.#note(hash, start, at);
    return at;
  }

  #note(hash: number, start: number, end: number): void {
    const hashes = this.#hashes;
    if (!this.#seen && hashes.length < FEW_FIELDS) {
      for (let i = 0; i < hashes.length; i++) if (hashes[i] === hash) this.#compare(i, start, end);
      hashes.push(hash);
      this.#ends.push(start, end);
      return;
    }
    this.#seen ??= new Set(hashes.map((_, i) => this.#text(this.#ends[2 * i], this.#ends[2 * i + 1])));
    const before = this.#seen.size;
    if (this.#seen.add(this.#text(start, end)).size === before) throw this.#twice(start, end);
  }

  #compare(index: number, start: number, end: number): void {
    const text = this.#text(this.#ends[2 * index], this.#ends[2 * index + 1]);
    if (text === this.#text(start, end)) throw this.#twice(start, end);
  }

  #text(start: number | undefined, end: number | undefined): string {
    return this.#bytes.toString('latin1', start, end);
  }

  #twice(start: number, end: number): Error {
    return badValue(`the field '${this.#bytes.toString('utf8', start, end)}' is there twice; name it once`);
  }
}

/** Elements of an array are named 0, 1, 2 …; answers where the name ends. */
function checkPosition(bytes: Buffer, start: number, position: number, end: number): number {
  let at = start;
  let value = 0;
  for (let byte = bytes[at] as number; byte !== 0; byte = bytes[++at] as number) {
    if (at >= end || byte < 0x30 || byte > 0x39) throw invalid('an array element is not named by its position');
    value = value * 10 + byte - 0x30;
  }
  const isPlain = at === start + 1 || (at > start && bytes[start] !== 0x30);
  if (!isPlain || value !== position) throw invalid('an array element is not named by its position');
  return at;
}

/** Offset after a value. */
function checkValue(bytes: Buffer, type: number, at: number, end: number, depth: number): number {
  const fixed = SIZE_OF_TYPE[type] as number;
  if (fixed >= 0) {
    const next = after(at, fixed, end);
    if (type === 8 && (bytes[at] as number) > 1) throw invalid('a boolean is neither 0 nor 1');
    if (type === 9) checkDate(bytes, at);
    return next;
  }
  switch (type) {
    case 2:
    case 13:
    case 14:
      return checkText(bytes, at, end);
    case 3:
    case 4:
      return checkObject(bytes, at, end, depth + 1, type === 4);
    case 5: {
      const length = intAt(bytes, at, end);
      if (length < 0) throw invalid('a length points outside the document');
      return after(at, length + 5, end);
    }
    case 11:
      return checkRegex(bytes, at, end);
    case 15: {
      const stop = after(at, intAt(bytes, at, end), end);
      const scope = checkText(bytes, at + 4, stop);
      if (checkObject(bytes, scope, stop, depth + 1, false) !== stop) throw invalid('code does not end where it says');
      return stop;
    }
    case 6:
    case 12:
      throw badValue(`a value of the deprecated type ${type === 6 ? 'undefined' : 'dbPointer'} is not supported`);
    default:
      throw invalid(`the type ${type} is unknown`);
  }
}

function checkText(bytes: Buffer, at: number, end: number): number {
  const length = intAt(bytes, at, end);
  const next = after(at + 4, length, end);
  if (length < 1 || bytes[next - 1] !== 0) throw invalid('a text does not end where it says');
  for (let i = at + 4; i < next; i++) {
    if ((bytes[i] as number) <= 127) continue;
    if (!isUtf8(bytes.subarray(i, next))) throw invalid('a text is no UTF-8');
    break;
  }
  return next;
}

function checkDate(bytes: Buffer, at: number): void {
  const time = bytes.readInt32LE(at + 4) * 0x100000000 + bytes.readUInt32LE(at);
  if (Math.abs(time) > MAX_DATE_MS) throw badValue('a date outside the range of years ±271821 is not supported');
}

function checkRegex(bytes: Buffer, at: number, end: number): number {
  const patternEnd = bytes.indexOf(0, at);
  const optionsEnd = bytes.indexOf(0, patternEnd + 1);
  if (patternEnd < 0 || optionsEnd < 0 || optionsEnd >= end) throw invalid('a regular expression does not end');
  if (!isUtf8(bytes.subarray(at, patternEnd))) throw invalid('a regular expression is no UTF-8');
  if (!REGEX_OPTIONS.test(bytes.toString('latin1', patternEnd + 1, optionsEnd))) {
    throw invalid('the options of a regular expression are unknown or not in order');
  }
  return optionsEnd + 1;
}
