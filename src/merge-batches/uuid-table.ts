import type { Uuid } from '../kernel/ids.js';

const startSize = 1_024;
/** Share of places in use at which the table grows: beyond, probing gets long. */
const loadMax = 0.6;

/**
 * Numbers UUIDs from 0 in the order in which they are first met. Takes about 40 bytes an id where a map of strings takes
 * two hundred: the one thing that a file of any length keeps in memory.
 */
export class UuidTable {
  #high = new BigUint64Array(startSize);
  #low = new BigUint64Array(startSize);
  /** Place → number + 1; 0 is free. */
  #places = new Int32Array(startSize * 2);
  #size = 0;

  /** How many different ids were met. */
  get size(): number {
    return this.#size;
  }

  /** The number of an id, a new one when it was not met before. */
  numberOf(id: Uuid): number {
    const hex = id.replaceAll('-', '');
    const high = BigInt(`0x${hex.slice(0, 16)}`);
    const low = BigInt(`0x${hex.slice(16)}`);
    const place = this.#placeOf(high, low);
    const known = this.#places[place] as number;
    if (known > 0) return known - 1;
    return this.#add(high, low, place);
  }

  #placeOf(high: bigint, low: bigint): number {
    const mask = this.#places.length - 1;
    let place = Number((high ^ (low * 0x9e3779b97f4a7c15n)) & 0x7fffffffn) & mask;
    for (;;) {
      const known = this.#places[place] as number;
      if (known === 0 || (this.#high[known - 1] === high && this.#low[known - 1] === low)) return place;
      place = (place + 1) & mask;
    }
  }

  #add(high: bigint, low: bigint, place: number): number {
    const number = this.#size;
    this.#size += 1;
    if (number === this.#high.length) this.#growIds();
    this.#high[number] = high;
    this.#low[number] = low;
    this.#places[place] = number + 1;
    if (this.#size > this.#places.length * loadMax) this.#growPlaces();
    return number;
  }

  #growIds(): void {
    for (const half of ['high', 'low'] as const) {
      const old = half === 'high' ? this.#high : this.#low;
      const wider = new BigUint64Array(old.length * 2);
      wider.set(old);
      if (half === 'high') this.#high = wider;
      else this.#low = wider;
    }
  }

  #growPlaces(): void {
    this.#places = new Int32Array(this.#places.length * 2);
    for (let number = 0; number < this.#size; number += 1) {
      const place = this.#placeOf(this.#high[number] as bigint, this.#low[number] as bigint);
      this.#places[place] = number + 1;
    }
  }
}
