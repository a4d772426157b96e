import { DamagedFile, PAGE_BYTES } from './data-file.js';

/** Bytes before a page's list of nodes; offsets of nodes count from its end. */
const HEADER_BYTES = 24;
const NODE_HEADER_BYTES = 8;

const BRANCH_FLAG = 1;
const LEAF_FLAG = 2;
const OVERFLOW_FLAG = 4;
const KIND_FLAGS = 0x6f;

/** Node flag: the value stands on pages of its own. */
const BIG_VALUE_FLAG = 1;
const REFERENCE_BYTES = 24;

/** A value on pages of its own. */
export interface BigValue {
  page: number;
  pages: number;
  length: number;
}

/** A page of a tree, read but not copied; LMDB's format, see `mdb.c` of the bundled LMDB. */
export class Page {
  readonly number: number;
  readonly bytes: Buffer;
  readonly count: number;

  /** Errors: {@link DamagedFile} when these bytes are not a page of this number and kind. */
  constructor(number: number, bytes: Buffer, kind: 'branch' | 'leaf') {
    this.number = number;
    this.bytes = bytes;
    const wanted = kind === 'branch' ? BRANCH_FLAG : LEAF_FLAG;
    const lower = bytes.readUInt16LE(20);
    const upper = bytes.readUInt16LE(22);
    const isPage = Number(bytes.readBigUInt64LE(0)) === number && (bytes.readUInt16LE(18) & KIND_FLAGS) === wanted;
    if (!isPage || lower % 2 !== 0 || lower > upper || upper > PAGE_BYTES - HEADER_BYTES) {
      throw new DamagedFile(`wanted a ${kind} page, got other bytes`, number);
    }
    this.count = lower / 2;
  }

  #node(position: number): number {
    const at = this.bytes.readUInt16LE(HEADER_BYTES + 2 * position) + HEADER_BYTES;
    const end = at + NODE_HEADER_BYTES;
    if (at < HEADER_BYTES + 2 * this.count || end > PAGE_BYTES || end + this.bytes.readUInt16LE(at + 6) > PAGE_BYTES) {
      throw new DamagedFile(`entry ${position} points outside of the page`, this.number);
    }
    return at;
  }

  key(position: number): Buffer {
    const at = this.#node(position);
    return this.bytes.subarray(at + NODE_HEADER_BYTES, at + NODE_HEADER_BYTES + this.bytes.readUInt16LE(at + 6));
  }

  /** Page below an entry of a branch page. */
  child(position: number): number {
    const at = this.#node(position);
    return this.bytes.readUInt32LE(at) + this.bytes.readUInt16LE(at + 4) * 2 ** 32;
  }

  /** Value of an entry of a leaf page. */
  value(position: number): Buffer | BigValue {
    const at = this.#node(position);
    const start = at + NODE_HEADER_BYTES + this.bytes.readUInt16LE(at + 6);
    const length = this.bytes.readUInt32LE(at);
    const flags = this.bytes.readUInt16LE(at + 4);
    const isBig = flags === BIG_VALUE_FLAG;
    if ((flags !== 0 && !isBig) || start + (isBig ? REFERENCE_BYTES : length) > PAGE_BYTES) {
      throw new DamagedFile(`entry ${position} has a value that points outside of the page`, this.number);
    }
    if (!isBig) return this.bytes.subarray(start, start + length);
    const pages = Number(this.bytes.readBigUInt64LE(start + 16));
    if (pages !== Math.floor((HEADER_BYTES - 1 + length) / PAGE_BYTES) + 1) {
      throw new DamagedFile(`entry ${position} has a value of ${length} bytes on ${pages} pages`, this.number);
    }
    return { page: Number(this.bytes.readBigUInt64LE(start)), pages, length };
  }

  /** Position of the first entry whose key is not smaller. */
  seek(key: Buffer, from = 0): number {
    let low = from;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (Buffer.compare(this.key(middle), key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Position in a branch page below which the key stands; the first entry's key counts as the smallest of all. */
  seekChild(key: Buffer): number {
    const at = this.seek(key, 1);
    return at < this.count && this.key(at).equals(key) ? at : at - 1;
  }
}

/** The value that stands on pages of its own. Errors: {@link DamagedFile}. */
export function bigValueOf(bytes: Buffer, value: BigValue): Buffer {
  const isRight =
    Number(bytes.readBigUInt64LE(0)) === value.page &&
    (bytes.readUInt16LE(18) & KIND_FLAGS) === OVERFLOW_FLAG &&
    bytes.readUInt32LE(20) === value.pages;
  if (!isRight) throw new DamagedFile('wanted the first page of a long value, got other bytes', value.page);
  return bytes.subarray(HEADER_BYTES, HEADER_BYTES + value.length);
}
