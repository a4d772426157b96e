import type { BrandHandle } from '../brands/brand.js';
import type { BrandEntry, Brands } from '../brands/brands.js';
import { JournalRunner, type JournalRunnerOptions } from '../journal/journal-runner.js';
import { type BatchWorkDeps, workOnBatch } from './batch-work.service.js';
import { batchJournalKind } from './merge-batch.js';

/** Merges of one batch that run side by side when nothing else is said: they wait for the disk in turns. */
const concurrencyDefault = 4;

/** What the journals of batches are made of. */
export interface MergeBatchJournalsOptions
  extends Pick<BatchWorkDeps, 'clock' | 'log'>,
    Pick<JournalRunnerOptions, 'leaseMs' | 'pollMs' | 'afterEffect'> {
  readonly brands: Brands;
  readonly concurrency?: number;
  /** Brands whose batches are carried on here; all of them when left out. */
  readonly only?: readonly BrandHandle[];
}

/** Carries the batches of every brand on: one journal runner per brand, on the brand's own database. */
export class MergeBatchJournals {
  readonly #runners = new Map<BrandHandle, JournalRunner>();
  #isStopping = false;

  constructor(options: MergeBatchJournalsOptions) {
    const { brands, clock, log, only, leaseMs, pollMs, afterEffect } = options;
    const deps: BatchWorkDeps = {
      brands,
      clock,
      log,
      concurrency: options.concurrency ?? concurrencyDefault,
      isStopping: () => this.#isStopping,
    };
    for (const entry of brands.all()) {
      if (only !== undefined && !only.includes(entry.brand.handle)) continue;
      const runner = new JournalRunner({
        database: entry.database,
        clock,
        log,
        ...(leaseMs === undefined ? {} : { leaseMs }),
        ...(pollMs === undefined ? {} : { pollMs }),
        ...(afterEffect === undefined ? {} : { afterEffect }),
      });
      this.#runners.set(entry.brand.handle, runner);
      register(runner, deps, entry);
    }
  }

  /** Begins to look for batches to carry on, those of earlier processes included. */
  start(): void {
    this.#isStopping = false;
    for (const runner of this.#runners.values()) runner.start();
  }

  /** Lets the rows under way be finished and leaves the rest to others. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all([...this.#runners.values()].map((runner) => runner.stop()));
  }

  /** Works on a journal of a brand at once; what fails is tried again later. */
  poke(brand: BrandHandle, journalId: string): void {
    void this.#runners.get(brand)?.poke(journalId);
  }

  /** Resolves when no batch can be carried on now, doing the work that can; for tests and orderly ends. */
  async idle(): Promise<void> {
    for (const runner of this.#runners.values()) await runner.idle();
  }
}

function register(runner: JournalRunner, deps: BatchWorkDeps, entry: BrandEntry): void {
  runner.register(batchJournalKind, [
    {
      name: 'merge',
      run: ({ journal }) => {
        const { batchId, run } = journal.data;
        return workOnBatch(deps, entry, { batchId: batchId as string, run: Number(run), fence: journal.fence });
      },
    },
  ]);
}
