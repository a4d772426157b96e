import type { RootDatabase, Transaction } from 'lmdb';
import { engineError } from '../engine-error.js';
import { type KeyRange, successor } from './keyspace.js';

/** One key with its value, as stored. */
export interface Entry {
  key: Buffer;
  value: Buffer;
}

/** A piece of a range: its entries in scan order and, unless it reaches the end, the last key it covers. */
export interface Chunk {
  entries: Entry[];
  isEnd: boolean;
  lastKey: Buffer | undefined;
}

/** An ordered key space at one moment. `epoch` changes whenever later reads may see something else. */
export interface View {
  readonly epoch: number;
  get(key: Buffer): Buffer | undefined;
  chunk(range: KeyRange, isReverse: boolean, limit: number): Chunk;
}

/** Whoever has to end all snapshots before the environment can be closed. */
export interface SnapshotHome {
  add(snapshot: Snapshot): void;
  delete(snapshot: Snapshot): void;
  /** Throws when the environment has been closed. */
  check(): void;
}

/** The environment as it is opened here: raw bytes for keys and for values. */
export type Environment = RootDatabase<Buffer, Buffer>;

/** A chunk ends early beyond this, so that a scan over large documents stays within bounded memory. */
const CHUNK_BYTES = 4 * 1024 * 1024;

/** First chunk of a scan: enough for a page of results without reading on in vain. */
const FIRST_CHUNK_ENTRIES = 24;

/** Later chunks grow to this size, where the cost of seeking again no longer shows. */
const LARGEST_CHUNK_ENTRIES = 512;

/** Committed state, frozen when created; {@link Snapshot.renew} moves it on to the newest state. */
export class Snapshot implements View {
  epoch = 0;
  readonly #environment: Environment;
  #transaction: Transaction;
  #isReleased = false;
  readonly #home: SnapshotHome;

  constructor(environment: Environment, home: SnapshotHome) {
    this.#environment = environment;
    this.#home = home;
    this.#transaction = begin(environment);
    home.add(this);
  }

  get(key: Buffer): Buffer | undefined {
    this.#check();
    return this.#environment.get(key, { transaction: this.#transaction });
  }

  chunk(range: KeyRange, isReverse: boolean, limit: number): Chunk {
    this.#check();
    const entries: Entry[] = [];
    let bytes = 0;
    const bounds = isReverse
      ? { start: range.upper, end: range.lower, exclusiveStart: true, inclusiveEnd: true }
      : { start: range.lower, end: range.upper };
    const options = { ...bounds, reverse: isReverse, limit, transaction: this.#transaction };
    for (const { key, value } of this.#environment.getRange(options)) {
      entries.push({ key, value });
      bytes += value.length;
      if (bytes > CHUNK_BYTES) break;
    }
    return { entries, isEnd: entries.length < limit && bytes <= CHUNK_BYTES, lastKey: entries.at(-1)?.key };
  }

  /** Number of keys in a range. */
  count(range: KeyRange): number {
    this.#check();
    return this.#environment.getKeysCount({ start: range.lower, end: range.upper, transaction: this.#transaction });
  }

  renew(): void {
    this.release();
    this.#home.check();
    this.#transaction = begin(this.#environment);
    this.#isReleased = false;
    this.#home.add(this);
    this.epoch++;
  }

  /** Lets go of the pages this snapshot holds; reading afterwards is refused (11601). */
  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#home.delete(this);
    this.#transaction.done();
  }

  /** Reading from an ended LMDB transaction would crash the process. */
  #check(): void {
    if (this.#isReleased) throw engineError('Interrupted', 'operation was interrupted: what it was reading has gone');
  }
}

function begin(environment: Environment): Transaction {
  // Without the reset a read transaction opened earlier in this turn would be reused, and hide a newer commit.
  environment.resetReadTxn();
  return environment.useReadTransaction();
}

/**
 * All entries of a range, read chunk by chunk: no LMDB iterator stays open between two turns. When the view moves on
 * between two entries, reading goes on behind the last entry in the new state.
 */
export function* iterate(view: View, range: KeyRange, isReverse: boolean): Generator<Entry, void> {
  let { lower, upper } = range;
  let limit = FIRST_CHUNK_ENTRIES;
  for (;;) {
    const epoch = view.epoch;
    const chunk = view.chunk({ lower, upper }, isReverse, limit);
    let last = chunk.lastKey;
    let isStale = false;
    for (const entry of chunk.entries) {
      yield entry;
      if (view.epoch !== epoch) {
        last = entry.key;
        isStale = true;
        break;
      }
    }
    if (!isStale && chunk.isEnd) return;
    if (!last) return;
    if (isReverse) upper = last;
    else lower = successor(last);
    limit = Math.min(limit * 4, LARGEST_CHUNK_ENTRIES);
  }
}
