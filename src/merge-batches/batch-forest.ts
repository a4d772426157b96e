import type { Uuid } from '../kernel/ids.js';
import { UuidTable } from './uuid-table.js';

/** What the rows of a batch come to as a whole. */
export interface ForestVerdict {
  /**
   * Row → place in the order of execution, -1 for rows that take no part. Whoever is merged away has received its own
   * losers before, and rows between two places that share no profile may run side by side.
   */
  readonly orderOf: Int32Array;
  /** Rows that cannot be part of any forest, with the reason, by index. */
  readonly faults: ReadonlyMap<number, ForestFault>;
}

/** `CIRCLE`: the row closes a circle. `TWO_WINNERS`: its loser is to go into several. `REPEATED`: an earlier row says the same. */
export type ForestFault = 'CIRCLE' | 'TWO_WINNERS' | 'REPEATED';

const none = -1;

/** A list of numbers that grows, four bytes each. */
class IntList {
  #values = new Int32Array(1_024);
  length = 0;

  push(value: number): void {
    if (this.length === this.#values.length) {
      const wider = new Int32Array(this.length * 2);
      wider.set(this.#values);
      this.#values = wider;
    }
    this.#values[this.length] = value;
    this.length += 1;
  }

  at(index: number): number {
    return this.#values[index] as number;
  }
}

/**
 * Gathers the rows of a batch, one by one, and judges them together: every profile goes into at most one other, and
 * nobody comes round to itself. Memory is a few numbers for each row and profile.
 */
export class BatchForest {
  readonly #ids = new UuidTable();
  readonly #winners = new IntList();
  readonly #losers = new IntList();

  /** Adds the next row, by the ids that its profiles have now. */
  add(winnerId: Uuid, loserId: Uuid): void {
    this.#winners.push(this.#ids.numberOf(winnerId));
    this.#losers.push(this.#ids.numberOf(loserId));
  }

  /** Adds a row that cannot be carried out whatever the others are: it keeps its index and takes no part. */
  skip(): void {
    this.#winners.push(none);
    this.#losers.push(none);
  }

  /** Judges all rows. */
  judge(): ForestVerdict {
    const faults = new Map<number, ForestFault>();
    const rowOf = this.#rowsByLoser(faults);
    const waves = this.#waves(rowOf);
    for (let row = 0; row < this.#losers.length; row += 1) {
      if (this.#losers.at(row) !== none && !faults.has(row) && waves[row] === none) faults.set(row, 'CIRCLE');
    }
    return { orderOf: ranksOf(waves), faults };
  }

  /** Loser → the one row that merges it away. */
  #rowsByLoser(faults: Map<number, ForestFault>): Int32Array {
    const rowOf = new Int32Array(this.#ids.size).fill(none);
    const isAmbiguous = new Uint8Array(this.#ids.size);
    for (let row = 0; row < this.#losers.length; row += 1) {
      const loser = this.#losers.at(row);
      if (loser === none) continue;
      const first = rowOf[loser] as number;
      if (first === none) rowOf[loser] = row;
      else if (this.#winners.at(first) === this.#winners.at(row)) faults.set(row, 'REPEATED');
      else isAmbiguous[loser] = 1;
    }
    for (let row = 0; row < this.#losers.length; row += 1) {
      const loser = this.#losers.at(row);
      if (loser === none || isAmbiguous[loser] === 0) continue;
      faults.set(row, 'TWO_WINNERS');
      rowOf[loser] = none;
    }
    return rowOf;
  }

  /**
   * Row → wave. Rows of one wave share no profile; a row comes after all rows into its loser and after the rows before it
   * into its winner. Rows on a circle get none: nobody on it is ever without a row to wait for.
   */
  #waves(rowOf: Int32Array): Int32Array {
    const waves = new Int32Array(this.#losers.length).fill(none);
    const awaited = new Int32Array(this.#ids.size);
    const lastInto = new Int32Array(this.#ids.size).fill(none);
    for (const row of rowOf) if (row !== none) (awaited[this.#winners.at(row)] as number) += 1;
    const ready = new Int32Array(this.#ids.size);
    let end = 0;
    for (let row = 0; row < waves.length; row += 1) {
      const loser = this.#losers.at(row);
      if (loser !== none && rowOf[loser] === row && awaited[loser] === 0) {
        ready[end] = loser;
        end += 1;
      }
    }
    for (let next = 0; next < end; next += 1) {
      const loser = ready[next] as number;
      const row = rowOf[loser] as number;
      const winner = this.#winners.at(row);
      const wave = Math.max(lastInto[loser] as number, lastInto[winner] as number) + 1;
      waves[row] = wave;
      lastInto[winner] = wave;
      awaited[winner] = (awaited[winner] as number) - 1;
      if (awaited[winner] === 0 && rowOf[winner] !== none) {
        ready[end] = winner;
        end += 1;
      }
    }
    return waves;
  }
}

/** Row → rank by (wave, row), by counting. */
function ranksOf(waves: Int32Array): Int32Array {
  let last = none;
  for (const wave of waves) last = Math.max(last, wave);
  const starts = new Int32Array(last + 2);
  for (const wave of waves) if (wave !== none) (starts[wave + 1] as number) += 1;
  for (let wave = 1; wave < starts.length; wave += 1) (starts[wave] as number) += starts[wave - 1] as number;
  return waves.map((wave) => {
    if (wave === none) return none;
    const rank = starts[wave] as number;
    starts[wave] = rank + 1;
    return rank;
  });
}
