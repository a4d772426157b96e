import { type OperationContext, requireActor } from '../access/context.js';
import type { BrandEntry } from '../brands/brands.js';
import { runTransaction } from '../brands/transaction.js';
import { auditRow } from '../events/audit.js';
import { insertAudit } from '../events/event.store.js';
import { Deadline } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import { type Uuid, uuidV5 } from '../kernel/ids.js';
import type { MergeRefusal } from '../merges/merge.js';
import { checkPairs, type NamedPair, type ResolvedPair, resolvePairs } from './batch-check.service.js';
import { BatchForest, type ForestVerdict } from './batch-forest.js';
import { batchRowOf, type CheckedRow, forestRefusal, newBatchOf } from './batch-rows.js';
import { batchActorOf, batchViewOf, type MergeBatchView, rowIdOf, rowsPerBatchMax } from './merge-batch.js';
import { changeBatch, findBatch, insertBatch } from './merge-batch.store.js';
import { deleteRows, findRowsByNumber, insertRows } from './merge-batch-row.store.js';

/** Rows that are read, checked and written together. */
const rowsPerPart = 1_000;
/** How long one part may take to be written. */
const partDeadlineMs = 60_000;
/** Names ids of batches that come from files. */
const fileNamespace: Uuid = 'f0e2f5f5-5b0c-4b52-8a5e-6b7f5f0c9d11';

/** A line of a file. `pair` is null where it could not be read: it is passed over, and is no row of the batch. */
export interface FileRow {
  readonly pair: NamedPair | null;
}

/** A line with what became of it: its number in the batch, and why it would be refused. */
export interface CheckedFileRow<Row> {
  readonly row: Row;
  readonly number: number | null;
  readonly refusal: MergeRefusal | null;
}

/** A file to be made a batch. It is read twice, so that the rows are known as a whole before any gets its verdict. */
export interface FileBatch<Row extends FileRow> {
  readonly context: OperationContext;
  readonly entry: BrandEntry;
  /** Chosen by the caller, so that a run that died is found again; null for a dry run, which writes nothing. */
  readonly batchId: Uuid | null;
  readonly reason: string | null;
  readonly rows: () => AsyncIterable<Row>;
  readonly onChecked: (checked: CheckedFileRow<Row>) => void | Promise<void>;
}

/** Id of the batch of a file: the same content gives the same one; the next generation when it is to be run once more. */
export function fileBatchId(brand: string, contentDigest: string, generation: number): Uuid {
  return uuidV5(fileNamespace, `${brand}:${contentDigest}:${generation}`);
}

/** A batch by its id, as the command line needs it; null when there is none that was prepared to its end. */
export async function readBatch(entry: BrandEntry, id: Uuid): Promise<MergeBatchView | null> {
  const deadline = Deadline.after(partDeadlineMs);
  const row = await entry.database.run(deadline, () => findBatch(entry.database, id, { deadline }));
  return row === null ? null : batchViewOf(row, entry.brand);
}

/**
 * Checks the rows of a file and, unless it is a dry run, keeps them as a batch that is `READY`. Rows that form a circle or
 * use one loser twice are refused one by one: a long file must not fail for a line. Memory holds a few numbers for each
 * row and one part of the file. A run that died is begun again over what it has left.
 * @throws AppError `RETRY` when another process prepares the same file; `BRAND_UNAVAILABLE`, `BRAND_TIMEOUT`.
 */
export async function prepareFileBatch<Row extends FileRow>(
  file: FileBatch<Row>,
): Promise<{ readonly rowCount: number; readonly refusedCount: number }> {
  const verdict = await judgeFile(file);
  const writer = file.batchId === null ? null : await PartWriter.claim(file, file.batchId);
  let rowCount = 0;
  let refusedCount = 0;
  for await (const part of partsOf(file.rows())) {
    const checked = await checkPart(file, part, verdict, rowCount);
    const inBatch = checked.flatMap(({ row: { pair }, number, refusal }): CheckedRow[] =>
      pair === null || number === null
        ? []
        : [{ ...pair, number, refusal, order: verdict.orderOf[number - 1] as number }],
    );
    await writer?.write(inBatch);
    rowCount += inBatch.length;
    refusedCount += inBatch.filter(({ refusal }) => refusal !== null).length;
    for (const each of checked) await file.onChecked(each);
  }
  await writer?.finish(rowCount, refusedCount);
  return { rowCount, refusedCount };
}

async function judgeFile<Row extends FileRow>({ context, entry, rows }: FileBatch<Row>): Promise<ForestVerdict> {
  const forest = new BatchForest();
  let count = 0;
  for await (const part of partsOf(rows())) {
    const pairs = part.flatMap(({ pair }) => pair ?? []);
    count += pairs.length;
    if (count > rowsPerBatchMax)
      throw new AppError('CSV_INVALID', `A file has at most ${rowsPerBatchMax} rows; cut it`);
    for (const { winner, loser } of await resolvePairs(context, entry, pairs)) {
      if (winner === null) forest.skip();
      else forest.add(winner._id, loser._id);
    }
  }
  return forest.judge();
}

async function checkPart<Row extends FileRow>(
  { context, entry }: FileBatch<Row>,
  part: readonly Row[],
  { orderOf, faults }: ForestVerdict,
  before: number,
): Promise<CheckedFileRow<Row>[]> {
  const named = part.flatMap((row) => (row.pair === null ? [] : [row.pair]));
  const resolved = await resolvePairs(context, entry, named);
  const refusals = new Map<number, MergeRefusal | null>();
  const planned: { index: number; pair: ResolvedPair & { refusal: null } }[] = [];
  resolved.forEach((pair, at) => {
    const index = before + at;
    const fault = faults.get(index);
    if (pair.refusal !== null) refusals.set(index, pair.refusal);
    else if (fault !== undefined) refusals.set(index, forestRefusal(fault, null));
    // Merged or undone between the two readings of the file: the order no longer fits, so another run must take it.
    else if (orderOf[index] === -1) refusals.set(index, changedMeanwhile);
    else planned.push({ index, pair });
  });
  planned.sort((a, b) => (orderOf[a.index] as number) - (orderOf[b.index] as number));
  const verdicts = await checkPairs(
    context,
    entry,
    planned.map(({ pair }) => pair),
  );
  planned.forEach(({ index }, at) => {
    refusals.set(index, verdicts[at] ?? null);
  });
  let next = before;
  return part.map((row) => {
    if (row.pair === null) return { row, number: null, refusal: null };
    const refusal = refusals.get(next) ?? null;
    next += 1;
    return { row, number: next, refusal };
  });
}

const changedMeanwhile: MergeRefusal = {
  code: 'MERGE_IN_PROGRESS',
  message: 'One of the profiles changed while the file was checked; take the row again',
  field: null,
};

async function* partsOf<Row>(rows: AsyncIterable<Row>): AsyncGenerator<Row[]> {
  let part: Row[] = [];
  for await (const row of rows) {
    part.push(row);
    if (part.length < rowsPerPart) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}

/** Writes the rows of a batch part by part, as long as nobody else has begun to prepare the same one. */
class PartWriter {
  readonly #file: Pick<FileBatch<FileRow>, 'context' | 'entry'>;
  readonly #batchId: Uuid;
  /** In the place of a worker's fence, which a batch being prepared does not have. */
  readonly #fence: number;
  readonly #isAgain: boolean;

  private constructor(
    file: Pick<FileBatch<FileRow>, 'context' | 'entry'>,
    batchId: Uuid,
    claim: { fence: number; isAgain: boolean },
  ) {
    this.#file = file;
    this.#batchId = batchId;
    this.#fence = claim.fence;
    this.#isAgain = claim.isAgain;
  }

  static async claim<Row extends FileRow>(file: FileBatch<Row>, batchId: Uuid): Promise<PartWriter> {
    const { context, entry, reason } = file;
    const { database } = entry;
    const claim = await runTransaction(database, Deadline.after(partDeadlineMs), async (session) => {
      const known = await findBatch(database, batchId, { session });
      if (known === null) {
        const by = { actor: batchActorOf(requireActor(context)), reason, at: context.clock.now() };
        await insertBatch(database, newBatchOf(batchId, by), session);
        return { fence: 0, isAgain: false };
      }
      const fence = known.fence + 1;
      const filter = { _id: batchId, status: 'PREPARING', rev: known.rev };
      if (!(await changeBatch(database, filter, { $set: { fence } }, session))) throw prepared();
      return { fence, isAgain: true };
    });
    return new PartWriter(file, batchId, claim);
  }

  async write(rows: readonly CheckedRow[]): Promise<void> {
    const { database, brand } = this.#file.entry;
    const documents = rows.map((row) => batchRowOf(this.#batchId, brand.handle, row));
    await runTransaction(database, Deadline.after(partDeadlineMs), async (session) => {
      const filter = { _id: this.#batchId, status: 'PREPARING', fence: this.#fence };
      if (!(await changeBatch(database, filter, {}, session))) throw prepared();
      if (this.#isAgain) {
        const ids = rows.map(({ number }) => rowIdOf(this.#batchId, number));
        await deleteRows(database, ids, session);
      }
      await insertRows(database, documents, session);
    });
  }

  async finish(rowCount: number, refusedCount: number): Promise<void> {
    const { context, entry } = this.#file;
    const at = context.clock.now();
    const audit = auditRow(context, 'mergeBatchCreate', this.#batchId, at, { rowCount, refusedCount });
    await runTransaction(entry.database, Deadline.after(partDeadlineMs), async (session) => {
      const filter = { _id: this.#batchId, status: 'PREPARING', fence: this.#fence };
      const $set = { status: 'READY' as const, rowCount, refusedCount, createdAt: at, fence: 0 };
      if (!(await changeBatch(entry.database, filter, { $set }, session))) throw prepared();
      await insertAudit(entry.database, [audit], session);
    });
  }
}

function prepared(): AppError {
  return new AppError('RETRY', 'Another process has taken up the same file; let it end, or run this one again');
}

/** The lines of a file with what the batch's rows came to, in order. */
export async function* fileVerdicts<Row extends FileRow>(
  entry: BrandEntry,
  batch: MergeBatchView,
  rows: AsyncIterable<Row>,
): AsyncGenerator<{ readonly row: Row; readonly stored: Awaited<ReturnType<typeof findRowsByNumber>>[number] | null }> {
  let number = 0;
  for await (const part of partsOf(rows)) {
    const deadline = Deadline.after(partDeadlineMs);
    const page = { after: number, limit: rowsPerPart, deadline };
    const stored = await entry.database.run(deadline, () => findRowsByNumber(entry.database, batch._id, page));
    let at = 0;
    for (const row of part) {
      yield { row, stored: row.pair === null ? null : (stored[at] ?? null) };
      if (row.pair !== null) at += 1;
    }
    number += at;
  }
}
