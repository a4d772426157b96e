import { randomUUID } from 'node:crypto';
import type { OperationContext } from '../access/context.js';
import { World } from '../access/world.js';
import type { BrandEntry, Brands } from '../brands/brands.js';
import { runTransaction } from '../brands/transaction.js';
import type { StepOutcome } from '../journal/journal.js';
import { type Clock, Deadline, pause } from '../kernel/clock.js';
import { AppError, Refusal } from '../kernel/errors.js';
import type { Uuid } from '../kernel/ids.js';
import type { Logger } from '../kernel/logger.js';
import type { MergeRefusal } from '../merges/merge.js';
import { mergePair } from '../merges/merge-pair.service.js';
import { actingAs, type MergeBatchDocument, type MergeBatchRowDocument, mergeIdOf } from './merge-batch.js';
import { changeBatch, findBatch } from './merge-batch.store.js';
import { decideRows, findRowsByOrder, type RowVerdict } from './merge-batch-row.store.js';
import { RowLanes } from './row-lanes.js';

/** Rows that may be under way at once, to be finished by a pause and looked at again after a crash. */
const windowRows = 32;
/** Places from the first to the last row of a window, refused ones between them included. */
const windowSpanMax = 1_000;
/** Rows read at once while looking for undecided ones. */
const scanRows = 256;
/** How long one merge, or the record of a window, may take. */
const deadlineMs = 20_000;
/** Attempts at a row whose profiles others keep writing to. */
const attemptsMax = 6;
/** After so long the lease is given back for a moment, so that other work of the brand gets its turn. */
const sliceMs = 60_000;

/** What work on batches is made of. */
export interface BatchWorkDeps {
  readonly brands: Brands;
  readonly clock: Clock;
  readonly log: Logger;
  /** Merges that run side by side. */
  readonly concurrency: number;
  /** Whether this process is about to end: the window under way is finished, the rest left to others. */
  readonly isStopping: () => boolean;
}

/** Which start of which batch, with the fence of the lease it is worked on under. */
export interface BatchLease {
  readonly batchId: Uuid;
  readonly run: number;
  readonly fence: number;
}

/**
 * Carries a batch on, window by window: the rows of a window are merged, then one transaction writes their verdicts,
 * counts them and opens the next window. A worker that has lost its lease, or whose start was followed by another,
 * writes no verdict any more; a row it still merges is merged once all the same, because the row's merge has a fixed id.
 */
export async function workOnBatch(deps: BatchWorkDeps, entry: BrandEntry, lease: BatchLease): Promise<StepOutcome> {
  const { database } = entry;
  const { batchId: _id, run, fence } = lease;
  // Later leases have higher fences, so an older one that wakes up does not get the batch back.
  const deadline = Deadline.after(deadlineMs);
  const batch = await database.run(deadline, async () => {
    const isOurs = await changeBatch(database, { _id, run, fence: { $lt: fence } }, { $set: { fence } });
    return isOurs ? findBatch(database, _id, { deadline }) : null;
  });
  if (batch === null) return 'end';
  return new BatchWork(deps, entry, lease, batch).go();
}

class BatchWork {
  readonly #deps: BatchWorkDeps;
  readonly #entry: BrandEntry;
  readonly #lease: BatchLease;
  readonly #batch: MergeBatchDocument;
  readonly #startedAtMs = Date.now();
  #windowEnd: number;

  constructor(deps: BatchWorkDeps, entry: BrandEntry, lease: BatchLease, batch: MergeBatchDocument) {
    this.#deps = deps;
    this.#entry = entry;
    this.#lease = lease;
    this.#batch = batch;
    this.#windowEnd = batch.windowEnd;
  }

  async go(): Promise<StepOutcome> {
    let rows: readonly MergeBatchRowDocument[] = await this.#leftOver();
    for (;;) {
      const verdicts = await this.#merge(rows);
      const isYielding = this.#deps.isStopping() || Date.now() - this.#startedAtMs > sliceMs;
      const next = isYielding ? null : await this.#next();
      const outcome = await this.#record(verdicts, next);
      if (outcome !== 'next') return outcome;
      rows = next?.rows ?? [];
    }
  }

  /** Rows that a worker before may have begun. */
  async #leftOver(): Promise<MergeBatchRowDocument[]> {
    const { doneUpTo, windowEnd } = this.#batch;
    if (doneUpTo === windowEnd) return [];
    return this.#waiting({ from: doneUpTo, to: windowEnd, limit: windowEnd - doneUpTo });
  }

  async #waiting(page: { from: number; to: number; limit: number }): Promise<MergeBatchRowDocument[]> {
    return (await this.#scan(page)).filter((row) => row.status === 'WAITING');
  }

  #scan(page: { from: number; to?: number; limit: number }): Promise<MergeBatchRowDocument[]> {
    const { database } = this.#entry;
    const deadline = Deadline.after(deadlineMs);
    return database.run(deadline, () => findRowsByOrder(database, this.#batch._id, { ...page, deadline }));
  }

  /** The next rows to be merged, and where their window ends; no rows when the batch is through. */
  async #next(): Promise<Window> {
    const rows: MergeBatchRowDocument[] = [];
    let end = this.#windowEnd;
    for (;;) {
      const limit = end === this.#windowEnd ? windowRows : scanRows;
      const scanned = await this.#scan({ from: end, limit });
      for (const row of scanned) {
        const isWide = rows[0] !== undefined && row.order - rows[0].order >= windowSpanMax;
        if (rows.length === windowRows || isWide) return { rows, end };
        if (row.status === 'WAITING') rows.push(row);
        end = row.order + 1;
      }
      if (scanned.length < limit || rows.length === windowRows) return { rows, end };
    }
  }

  /** Merges rows, those that share a profile in their order, others side by side. */
  async #merge(rows: readonly MergeBatchRowDocument[]): Promise<RowVerdict[]> {
    const lanes = new RowLanes(this.#deps.concurrency);
    const results = await Promise.allSettled(
      rows.map((row) => lanes.run([row.winnerId, row.loserId], () => this.#verdict(row))),
    );
    return results.map((result) => {
      // Whatever was merged is found merged when the window is worked on again.
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    });
  }

  async #verdict(row: MergeBatchRowDocument): Promise<RowVerdict> {
    const { number, winnerId, loserId } = row;
    const { _id: batchId, reason } = this.#batch;
    const mergeId = mergeIdOf(batchId, number);
    for (let attempt = 1; ; attempt += 1) {
      try {
        await mergePair(this.#context(), this.#entry, { winnerId, loserId, reason, origin: { batchId, mergeId } });
        return { number, mergeId };
      } catch (error) {
        const refusal = refusalOf(error);
        if (refusal === null) throw error;
        if (refusal.code !== 'MERGE_IN_PROGRESS' || attempt === attemptsMax) return { number, refusal };
      }
      await pause(50 * 2 ** attempt * (0.5 + Math.random()));
    }
  }

  #context(): OperationContext {
    const { brands, clock, log } = this.#deps;
    return {
      requestId: randomUUID(),
      actor: actingAs(this.#batch.actor),
      brands,
      clock,
      deadline: Deadline.after(deadlineMs),
      log,
      selection: null,
      world: new World(),
    };
  }

  /** Writes the verdicts of the window, closes it, and opens the next one if the batch is still to go on. */
  async #record(verdicts: readonly RowVerdict[], next: Window | null): Promise<StepOutcome> {
    const { database } = this.#entry;
    const { batchId, run, fence } = this.#lease;
    const closedAt = this.#windowEnd;
    const at = this.#deps.clock.now();
    const mergedCount = verdicts.filter((verdict) => 'mergeId' in verdict).length;
    const $inc = { mergedCount, refusedCount: verdicts.length - mergedCount };
    const outcome = await runTransaction(database, Deadline.after(deadlineMs), async (session) => {
      const batch = await findBatch(database, batchId, { session });
      if (batch === null || batch.run !== run || batch.fence !== fence) return 'end' as const;
      const $set = changeAfter(batch, closedAt, next, at, verdicts.length > 0);
      const isOurs = await changeBatch(database, { _id: batchId, run, fence, rev: batch.rev }, { $set, $inc }, session);
      if (!isOurs || !(await decideRows(database, batchId, verdicts, session))) {
        throw new AppError('RETRY', 'A batch of merges changed while its verdicts were written');
      }
      if (batch.status !== 'RUNNING' || $set.status === 'COMPLETED') return 'end' as const;
      return next === null ? { again: at } : ('next' as const);
    });
    if (outcome === 'next') this.#windowEnd = next?.end ?? closedAt;
    return outcome;
  }
}

interface Window {
  readonly rows: readonly MergeBatchRowDocument[];
  readonly end: number;
}

function changeAfter(
  batch: MergeBatchDocument,
  closedAt: number,
  next: Window | null,
  at: Date,
  hasVerdicts: boolean,
): Partial<MergeBatchDocument> {
  if (batch.status === 'RUNNING' && next !== null) {
    const [first] = next.rows;
    if (first !== undefined) return { doneUpTo: first.order, windowEnd: next.end };
    return { doneUpTo: next.end, windowEnd: next.end, status: 'COMPLETED', finishedAt: at };
  }
  const isLate = batch.status === 'CANCELLED' && hasVerdicts;
  return { doneUpTo: closedAt, windowEnd: closedAt, ...(isLate ? { finishedAt: at } : {}) };
}

/** The refusal that an error is for a row; null for what has to be tried again until it is known. */
function refusalOf(error: unknown): MergeRefusal | null {
  if (error instanceof Refusal) return (error.refusals as readonly MergeRefusal[])[0] ?? null;
  if (!(error instanceof AppError) || error.code !== 'RETRY') return null;
  return {
    code: 'MERGE_IN_PROGRESS',
    message: 'Other writes to one of the profiles kept getting in the way',
    field: null,
  };
}
