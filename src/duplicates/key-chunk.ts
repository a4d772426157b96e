import { AppError } from '../kernel/errors.js';
import type { Uuid } from '../kernel/ids.js';
import { digestBytes, isValueKey } from './duplicate-key.js';

/** A profile under a blocking key. */
export interface KeyEntry {
  readonly key: string;
  readonly profileId: Uuid;
}

/** An entry packed: letter of the kind, digest, id. Some 30 bytes instead of the 90 of a row of its own. */
const idBytes = 16;
const keyBytes = 1 + digestBytes;
const entryBytes = keyBytes + idBytes;

/** Keys of one class that a profile has on average; measured 2 to 3 for values as for names. */
const keysPerProfile = 3;
/** Two bytes of the digest choose the partition. */
const partitionsMax = 0x1_0000;

/** Into how many parts the keys of a brand are divided, so that each can be put into order in memory: a power of two. */
export function partitionsFor(profiles: number, entriesPerPartition: number): number {
  const wanted = (profiles * keysPerProfile) / entriesPerPartition;
  return Math.min(partitionsMax, 2 ** Math.max(0, Math.ceil(Math.log2(Math.max(1, wanted)))));
}

/** The partition of a key: those of values come first, those of names after them. */
export function partitionOf(key: string, partitions: number): number {
  const place = Buffer.from(key.slice(1, 5), 'base64url').readUInt16BE() % partitions;
  return isValueKey(key) ? place : partitions + place;
}

/** Packs the entries of one partition. */
export function packEntries(entries: readonly KeyEntry[]): Buffer {
  const bytes = Buffer.alloc(entries.length * entryBytes);
  entries.forEach(({ key, profileId }, at) => {
    const start = at * entryBytes;
    const written =
      bytes.write(key.charAt(0), start, 'latin1') +
      bytes.write(key.slice(1), start + 1, 'base64url') +
      bytes.write(profileId.replaceAll('-', ''), start + keyBytes, 'hex');
    if (written !== entryBytes) throw new AppError('INTERNAL', 'Wanted a UUID as the id of a profile; it is none');
  });
  return bytes;
}

/** Calls back for each packed entry; the id is asked for only where it is wanted. */
export function eachEntry(bytes: Buffer, take: (key: string, profileId: () => Uuid) => void): void {
  for (let start = 0; start + entryBytes <= bytes.length; start += entryBytes) {
    const key = bytes.toString('latin1', start, start + 1) + bytes.toString('base64url', start + 1, start + keyBytes);
    take(key, () => uuidAt(bytes, start + keyBytes));
  }
}

function uuidAt(bytes: Buffer, start: number): Uuid {
  const hex = bytes.toString('hex', start, start + idBytes);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The profiles under one key. */
export interface Block {
  readonly key: string;
  /** How many profiles. */
  readonly size: number;
  /** Who they are; empty when they are more than are compared. */
  readonly members: readonly Uuid[];
}

/**
 * Puts entries together by key. Of a block that is too large only the size is kept, so that a number that a whole brand
 * shares needs no more memory than any other.
 */
export class BlockGathering {
  readonly #blocks = new Map<string, { size: number; members: Uuid[] }>();
  readonly #maxOf: (key: string) => number;

  /** `maxOf` says how many profiles a block may have to be compared. */
  constructor(maxOf: (key: string) => number) {
    this.#maxOf = maxOf;
  }

  /** Takes packed entries in. */
  add(bytes: Buffer): void {
    eachEntry(bytes, (key, profileId) => {
      const block = this.#blocks.get(key);
      if (block === undefined) this.#blocks.set(key, { size: 1, members: [profileId()] });
      else if (block.members.length === 0) block.size += 1;
      else this.#join(block, profileId(), this.#maxOf(key));
    });
  }

  /** A repeated batch may have written a profile twice. */
  #join(block: { size: number; members: Uuid[] }, id: Uuid, max: number): void {
    if (block.members.includes(id)) return;
    block.size += 1;
    if (block.size > max) block.members = [];
    else block.members.push(id);
  }

  /** Blocks of at least two profiles in the order of their keys. */
  shared(): Block[] {
    const blocks: Block[] = [];
    for (const [key, { size, members }] of this.#blocks) if (size > 1) blocks.push({ key, size, members });
    return blocks.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** Ids that are held now: what the memory of a partition follows. */
  get held(): number {
    let held = 0;
    for (const { members } of this.#blocks.values()) held += members.length;
    return held;
  }
}
