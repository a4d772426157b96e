import type { BrandEntry } from '../brands/brands.js';
import { blockMax, type DuplicateKeys, kindOf } from './duplicate-key.js';
import { findEntries } from './duplicate-key.store.js';
import type { ScanLimits } from './duplicate-scan.js';
import { type Block, BlockGathering } from './key-chunk.js';
import { inScan } from './scan-lease.service.js';

/** What a {@link ScanWork} is made of. */
export interface ScanWorkOptions {
  readonly entry: BrandEntry;
  readonly keys: DuplicateKeys;
  readonly run: number;
  readonly partitions: number;
  readonly limits: ScanLimits;
}

/** What the batches of a run work with. Keeps one partition in memory, the last that was read, and nothing else. */
export class ScanWork {
  readonly entry: BrandEntry;
  readonly keys: DuplicateKeys;
  readonly run: number;
  readonly partitions: number;
  readonly limits: ScanLimits;
  #held: { readonly partition: number; readonly blocks: readonly Block[] } | null = null;

  constructor({ entry, keys, run, partitions, limits }: ScanWorkOptions) {
    this.entry = entry;
    this.keys = keys;
    this.run = run;
    this.partitions = partitions;
    this.limits = limits;
  }

  /** The blocks of at least two profiles of a partition in the order of their keys. */
  async blocksOf(partition: number): Promise<readonly Block[]> {
    if (this.#held?.partition === partition) return this.#held.blocks;
    this.#held = null;
    const gathering = new BlockGathering((key) => blockMax(kindOf(key)));
    const { database } = this.entry;
    const limit = this.limits.chunksPerPage;
    let after: string | null = null;
    for (let hasMore = true; hasMore; ) {
      const rows = await inScan(database, () => findEntries(database, { run: this.run, partition }, after, limit));
      for (const { entries } of rows) gathering.add(entries);
      after = rows.at(-1)?.id ?? after;
      hasMore = rows.length === limit;
    }
    const blocks = gathering.shared();
    this.#held = { partition, blocks };
    return blocks;
  }
}

/** A place among the keys of a run: a partition, and the last key in it that is done with; empty at its beginning. */
export interface KeyPlace {
  readonly partition: number;
  readonly key: string;
}

/** A place as a position is stored. */
export function positionOf({ partition, key }: KeyPlace): string {
  return `${partition}:${key}`;
}

/** The place that a stored position names. */
export function placeOf(position: string): KeyPlace {
  const [partition = '0', key = ''] = position === '' ? [] : position.split(':');
  return { partition: Number(partition), key };
}
