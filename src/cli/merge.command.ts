import { createInterface } from 'node:readline/promises';
import type { OperationContext } from '../access/context.js';
import type { BrandEntry } from '../brands/brands.js';
import { pause } from '../kernel/clock.js';
import { AppError, Refusal } from '../kernel/errors.js';
import { formatNodeId } from '../kernel/ids.js';
import { type CheckedFileRow, fileBatchId, prepareFileBatch, readBatch } from '../merge-batches/batch-file.service.js';
import { orderBatch } from '../merge-batches/batch-order.service.js';
import type { BatchOrder, MergeBatchView } from '../merge-batches/merge-batch.js';
import { MergeBatchJournals } from '../merge-batches/merge-batch-journals.service.js';
import { checkReason } from '../merges/merge-input.js';
import type { OpenGroup } from '../open-group.js';
import { brandNamed, openForWork, readConfig, wholeNumber } from './group-options.js';
import { type MergeFile, type MergeLine, openMergeFile } from './merge-file.js';
import { MergeVerdicts } from './merge-verdicts.js';
import { operatorContext } from './operator-context.js';
import { paint, say, startProgress } from './terminal.js';

/** Words of `kindred merge`. */
export interface MergeOptions {
  readonly brand: string;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly again: boolean;
  readonly concurrency: string;
  readonly reason?: string;
  readonly verdicts?: string;
  readonly config: string;
  readonly json?: boolean;
}

/** How often a running batch is looked at. */
const lookEveryMs = 250;
/** A run takes as long as it takes; every step has a deadline of its own. */
const runDeadlineMs = 20 * 24 * 3_600_000;

function contextOf(group: OpenGroup): OperationContext {
  return operatorContext(group, { reference: 'kindred-merge', tokenRef: 'command-line' }, runDeadlineMs);
}

/**
 * `kindred merge`: checks a file of merges, shows what would happen, asks, and carries it out as a batch that any process
 * can go on with. The same file again goes on where it stopped.
 */
export async function runMerge(name: string, options: MergeOptions): Promise<void> {
  const concurrency = wholeNumber(options.concurrency, '--concurrency', 1, 32);
  checkReason(options.reason);
  const isAsking = !options.dryRun && !options.yes;
  if (isAsking && (process.stdin.isTTY !== true || name === '-')) {
    throw new AppError('USAGE', 'There is nobody to ask whether to merge; say --yes, or --dry-run to only look');
  }
  const group = await openForWork(readConfig(options.config));
  try {
    const entry = brandNamed(group, options.brand);
    const file = await openMergeFile(name, options.brand);
    try {
      const run = new MergeRun(group, entry, file, options);
      if (options.dryRun) await run.dryRun();
      else await run.carryOut(concurrency);
    } finally {
      await file.drop();
    }
  } finally {
    await group.close();
  }
}

const signals = ['SIGINT', 'SIGTERM'] as const;
/** For orders that leave nothing to be worked on. */
const nobody: Pick<MergeBatchJournals, 'poke'> = { poke: () => {} };

type CheckedLine = (checked: CheckedFileRow<MergeLine>) => void | Promise<void>;

class MergeRun {
  readonly #context: OperationContext;
  readonly #entry: BrandEntry;
  readonly #file: MergeFile;
  readonly #options: MergeOptions;
  readonly #group: OpenGroup;

  constructor(group: OpenGroup, entry: BrandEntry, file: MergeFile, options: MergeOptions) {
    this.#group = group;
    this.#context = contextOf(group);
    this.#entry = entry;
    this.#file = file;
    this.#options = options;
  }

  async dryRun(): Promise<void> {
    const verdicts = await MergeVerdicts.open(this.#entry.brand.handle, this.#options);
    await this.#prepare(null, (checked) => verdicts.checked(checked));
    await verdicts.end();
    verdicts.summary('would be merged');
  }

  async carryOut(concurrency: number): Promise<void> {
    let batch = await this.#batch();
    const waiting = batch.rowCount - batch.mergedCount - batch.refusedCount;
    if (batch.status === 'READY' && waiting > 0) {
      say(`${waiting} of ${batch.rowCount} rows would be merged, ${batch.refusedCount} are refused`);
      if (!(await this.#isConfirmed())) {
        await this.#order('cancel', batch, null);
        throw new AppError('USAGE', 'Nothing was merged');
      }
    }
    if (batch.status !== 'COMPLETED') batch = await this.#work(batch, concurrency);
    else say('This file was carried out before; these are its verdicts. Say --again to run it once more');
    const verdicts = await MergeVerdicts.open(this.#entry.brand.handle, this.#options);
    await verdicts.ofBatch(this.#entry, batch, this.#file.rows());
    await verdicts.end();
    verdicts.summary('merged');
    if (batch.status === 'COMPLETED') return;
    say(paint('yellow', `${batch.status}: run the same command to go on`));
    process.exitCode = 1;
  }

  /** The batch of this file, prepared now unless that was done before. */
  async #batch(): Promise<MergeBatchView> {
    for (let generation = 0; ; generation += 1) {
      const id = fileBatchId(this.#entry.brand.handle, this.#file.digest, generation);
      const known = await readBatch(this.#entry, id);
      const isOver = known?.status === 'CANCELLED' || (known?.status === 'COMPLETED' && this.#options.again);
      if (known !== null && !isOver) return known;
      if (known !== null) continue;
      await this.#prepare(id, () => {});
      const batch = await readBatch(this.#entry, id);
      if (batch === null) throw new AppError('INTERNAL', 'A batch that was prepared is not there');
      return batch;
    }
  }

  async #prepare(batchId: string | null, onChecked: CheckedLine): Promise<void> {
    const { sizeBytes } = this.#file;
    const progress = startProgress('Checking', 2 * sizeBytes);
    let readings = 0;
    const rows = (): AsyncIterable<MergeLine> => {
      readings += 1;
      return this.#file.rows();
    };
    const timer = setInterval(() => progress.update((readings - 1) * sizeBytes + this.#file.bytesRead()), lookEveryMs);
    try {
      const [context, entry, reason] = [this.#context, this.#entry, checkReason(this.#options.reason)];
      await prepareFileBatch({ context, entry, batchId, reason, rows, onChecked });
    } finally {
      clearInterval(timer);
      progress.end();
    }
  }

  async #isConfirmed(): Promise<boolean> {
    if (this.#options.yes) return true;
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return /^y(es)?$/i.test((await lines.question('Merge them? [y/N] ')).trim());
    } finally {
      lines.close();
    }
  }

  /** Carries the batch on in this process, beside others that may; a signal holds it, a second one ends the process. */
  async #work(batch: MergeBatchView, concurrency: number): Promise<MergeBatchView> {
    const { brands, clock, log } = this.#group;
    const journals = new MergeBatchJournals({ brands, clock, log, concurrency, only: [this.#entry.brand.handle] });
    let isHeld = false;
    const hold = (): void => {
      isHeld = true;
      say('Finishing the rows under way');
    };
    for (const signal of signals) process.once(signal, hold);
    journals.start();
    try {
      if (batch.status !== 'RUNNING') await this.#order('start', batch, journals);
      return await this.#watch(batch, () => isHeld);
    } finally {
      for (const signal of signals) process.removeListener(signal, hold);
      await journals.stop();
    }
  }

  async #watch({ _id, rowCount }: MergeBatchView, isHeld: () => boolean): Promise<MergeBatchView> {
    const progress = startProgress('Merging ', rowCount);
    try {
      for (let isAsked = false; ; await pause(lookEveryMs)) {
        const now = await readBatch(this.#entry, _id);
        if (now === null) throw new AppError('INTERNAL', 'The batch has vanished');
        progress.update(now.mergedCount + now.refusedCount, `${now.mergedCount} merged, ${now.refusedCount} refused`);
        if (now.status !== 'RUNNING' && now.doneUpTo === now.windowEnd) return now;
        if (!isHeld() || isAsked) continue;
        isAsked = true;
        await this.#order('pause', now, null);
      }
    } finally {
      progress.end();
    }
  }

  /** Asks something of the batch; that somebody else was faster is seen when it is looked at next. */
  async #order(order: BatchOrder, batch: MergeBatchView, journals: MergeBatchJournals | null): Promise<void> {
    const id = formatNodeId('batch', this.#entry.brand.handle, batch._id);
    try {
      await orderBatch(this.#context, journals ?? nobody, order, { id });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
}
