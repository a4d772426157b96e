import type { KeyRange } from './keyspace.js';
import type { Chunk, Entry, View } from './view.js';

/** Position of the first key in `keys` (sorted) that is not smaller than `key`. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Text form of a key: one character per byte, so that the order of texts is the order of bytes. */
export function keyText(key: Buffer): string {
  return key.toString('latin1');
}

/**
 * Uncommitted changes above another view: reads see the changes, the view below stays as it is. Throwing an overlay
 * away undoes its changes. A `null` stands for a removed key.
 */
export class Overlay implements View {
  readonly #base: View;
  readonly #changes = new Map<string, Buffer | null>();
  #sorted: string[] | undefined;
  #version = 0;

  constructor(base: View) {
    this.#base = base;
  }

  get epoch(): number {
    return this.#base.epoch + this.#version;
  }

  /** Number of changed keys. */
  get size(): number {
    return this.#changes.size;
  }

  get(key: Buffer): Buffer | undefined {
    if (this.#changes.size > 0) {
      const own = this.#changes.get(keyText(key));
      if (own !== undefined) return own ?? undefined;
    }
    return this.#base.get(key);
  }

  put(key: Buffer, value: Buffer): void {
    this.#change(keyText(key), value);
  }

  remove(key: Buffer): void {
    this.#change(keyText(key), null);
  }

  /** Takes over all changes of another overlay. */
  absorb(other: Overlay): void {
    for (const [key, value] of other.#changes) this.#change(key, value);
  }

  /** Hands every change to the given receivers, for the commit. */
  drain(put: (key: Buffer, value: Buffer) => void, remove: (key: Buffer) => void): void {
    for (const [text, value] of this.#changes) {
      const key = Buffer.from(text, 'latin1');
      if (value) put(key, value);
      else remove(key);
    }
  }

  chunk(range: KeyRange, isReverse: boolean, limit: number): Chunk {
    const base = this.#base.chunk(range, isReverse, limit);
    if (this.#changes.size === 0) return base;
    const keys = this.#sortedKeys();
    const lower = keyText(range.lower);
    const upper = keyText(range.upper);
    let from = lowerBound(keys, lower);
    let to = lowerBound(keys, upper);
    if (!base.isEnd && base.lastKey) {
      // Own keys beyond the last base key belong to the next chunk.
      const last = keyText(base.lastKey);
      if (isReverse) from = lowerBound(keys, last);
      else {
        to = lowerBound(keys, last);
        if (keys[to] === last) to++;
      }
    }
    if (from >= to) return base;
    const own = keys.slice(from, to);
    if (isReverse) own.reverse();
    return { ...base, entries: this.#merge(base.entries, own, isReverse) };
  }

  #merge(base: readonly Entry[], own: readonly string[], isReverse: boolean): Entry[] {
    const merged: Entry[] = [];
    let next = 0;
    const takeOwn = (): void => {
      const text = own[next++] as string;
      const value = this.#changes.get(text);
      if (value) merged.push({ key: Buffer.from(text, 'latin1'), value });
    };
    for (const entry of base) {
      const text = keyText(entry.key);
      for (let key = own[next]; key !== undefined && (isReverse ? key > text : key < text); key = own[next]) takeOwn();
      if (own[next] === text) takeOwn();
      else merged.push(entry);
    }
    while (next < own.length) takeOwn();
    return merged;
  }

  #change(key: string, value: Buffer | null): void {
    this.#version++;
    if (this.#sorted && !this.#changes.has(key)) this.#sorted.splice(lowerBound(this.#sorted, key), 0, key);
    this.#changes.set(key, value);
  }

  #sortedKeys(): string[] {
    this.#sorted ??= [...this.#changes.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    return this.#sorted;
  }
}
