import { isSelected, type OperationContext, visibleBrand } from '../access/context.js';
import { invalidCursor, openCursor } from '../access/cursor.js';
import { type CountedPage, keysetPage, pageSize } from '../access/page.js';
import type { BrandEntry } from '../brands/brands.js';
import type { MergeBatchRowStatus } from '../generated/resolvers-types.js';
import { isUuid, type NodeId, type Uuid } from '../kernel/ids.js';
import type { MergeView } from '../merges/merge.js';
import { loadMergeNode } from '../merges/merge.service.js';
import { batchViewOf, type MergeBatchRowView, type MergeBatchView, rowIdOf, rowViewOf } from './merge-batch.js';
import { loadBatch, loadRows } from './merge-batch.loader.js';
import { countBatches, findBatchPage } from './merge-batch.store.js';
import { countRows, findRowsByStatus, type RowClause } from './merge-batch-row.store.js';

/** Highest total that is told. */
const totalMax = 100_000;

/** A page of a connection as clients ask for it. */
export interface BatchPageArgs {
  readonly first?: number | null;
  readonly after?: string | null;
}

/** The batch that a global id names; null alike when there is none and when its brand is not the actor's. */
export async function loadMergeBatchNode(context: OperationContext, nodeId: NodeId): Promise<MergeBatchView | null> {
  const entry = visibleBrand(context, nodeId.brand);
  return entry === null ? null : loadBatch(context, entry, nodeId.uuids[0] as Uuid);
}

/** The batch that a merge was part of; null for a merge of its own. */
export async function batchOfMerge(context: OperationContext, merge: MergeView): Promise<MergeBatchView | null> {
  if (merge.batchId === undefined) return null;
  return loadBatch(context, context.brands.get(merge.brand.handle), merge.batchId);
}

/** The merge that a row became; null while it has become none. */
export async function mergeOfRow(context: OperationContext, row: MergeBatchRowView): Promise<MergeView | null> {
  if (row.mergeId === undefined) return null;
  return loadMergeNode(context, { kind: 'merge', brand: row.brand.handle, uuids: [row.mergeId] });
}

/**
 * A page of a brand's batches, newest first. Null for a brand that is not the token's.
 * @throws AppError `CURSOR_INVALID`, `BAD_USER_INPUT`.
 */
export async function listBatches(
  context: OperationContext,
  args: BatchPageArgs & { readonly brand: string },
): Promise<CountedPage<MergeBatchView> | null> {
  const size = pageSize(args.first);
  const entry = visibleBrand(context, args.brand);
  if (entry === null) return null;
  const { database } = entry;
  const { deadline } = context;
  const binding = { list: 'mergeBatches', brand: entry.brand.handle };
  const [atMs, id] = positionOf(openCursor(binding, args.after), 2);
  const after =
    typeof atMs === 'number' && typeof id === 'string' && isUuid(id) ? { createdAt: new Date(atMs), id } : null;
  if (after === null && atMs !== undefined) throw invalidCursor();
  const [rows, totalCount] = await Promise.all([
    database.run(deadline, () => findBatchPage(database, { after, limit: size + 1, deadline })),
    isSelected(context, 'MergeBatchConnection', 'totalCount')
      ? database.run(deadline, () => countBatches(database, totalMax, deadline))
      : null,
  ]);
  return keysetPage({
    rows: rows.flatMap((row) => batchViewOf(row, entry.brand) ?? []),
    size,
    binding,
    positionOf: (batch) => [batch.createdAt.getTime(), batch._id],
    isContinued: after !== null,
    totalCount: told(totalCount),
  });
}

function positionOf(position: unknown, length: number): readonly unknown[] {
  if (position === null) return [];
  if (!Array.isArray(position) || position.length !== length) throw invalidCursor();
  return position;
}

function told(count: number | null): number | null {
  return count === null || count > totalMax ? null : count;
}

/**
 * A page of a batch's rows, in the order given. Pages of all statuses are one command for all batches of an operation,
 * because the ids of the rows are known; others take a command or two each.
 * @throws AppError `CURSOR_INVALID`, `BAD_USER_INPUT`.
 */
export async function rowsOfBatch(
  context: OperationContext,
  batch: MergeBatchView,
  args: BatchPageArgs & { readonly statuses?: readonly MergeBatchRowStatus[] | null },
): Promise<CountedPage<MergeBatchRowView>> {
  const size = pageSize(args.first);
  const entry = context.brands.get(batch.brand.handle);
  const statuses = args.statuses == null ? null : [...new Set(args.statuses)].sort();
  const binding = { list: 'mergeBatchRows', batch: batch._id, statuses };
  const [position] = positionOf(openCursor(binding, args.after), 1);
  if (position !== undefined && !Number.isSafeInteger(position)) throw invalidCursor();
  const after = (position as number | undefined) ?? 0;
  const clauses = statuses === null ? null : clausesOf(batch, statuses);
  const page = { after, limit: size + 1 };
  const [rows, totalCount] = await Promise.all([
    clauses === null ? everyRow(context, entry, batch, page) : someRows(context, entry, batch, { ...page, clauses }),
    isSelected(context, 'MergeBatchRowConnection', 'totalCount') ? countOf(context, entry, batch, clauses) : null,
  ]);
  return keysetPage({
    rows,
    size,
    binding,
    positionOf: (row) => [row.number],
    isContinued: after > 0,
    totalCount: told(totalCount),
  });
}

/** Stored rows behind the statuses that are shown: undecided ones differ by their place in the order of execution. */
function clausesOf(batch: MergeBatchView, statuses: readonly MergeBatchRowStatus[]): RowClause[] {
  const isEnded = batch.status === 'CANCELLED';
  const { windowEnd } = batch;
  return statuses.flatMap((status): RowClause[] => {
    if (status === 'MERGED' || status === 'REFUSED') return [{ status }];
    if (status === 'RUNNING') return [{ status: 'WAITING', order: { $lt: windowEnd } }];
    return (status === 'CANCELLED') === isEnded ? [{ status: 'WAITING', order: { $gte: windowEnd } }] : [];
  });
}

interface RowPage {
  readonly after: number;
  readonly limit: number;
}

async function everyRow(
  context: OperationContext,
  entry: BrandEntry,
  batch: MergeBatchView,
  { after, limit }: RowPage,
): Promise<MergeBatchRowView[]> {
  const count = Math.max(0, Math.min(limit, batch.rowCount - after));
  const ids = Array.from({ length: count }, (_, at) => rowIdOf(batch._id, after + at + 1));
  return (await loadRows(context, entry, ids)).map((row) => rowViewOf(row, batch));
}

async function someRows(
  context: OperationContext,
  { database }: BrandEntry,
  batch: MergeBatchView,
  page: RowPage & { readonly clauses: readonly RowClause[] },
): Promise<MergeBatchRowView[]> {
  const { deadline } = context;
  const rows = await database.run(deadline, () => findRowsByStatus(database, batch._id, { ...page, deadline }));
  return rows.map((row) => rowViewOf(row, batch));
}

async function countOf(
  context: OperationContext,
  { database }: BrandEntry,
  batch: MergeBatchView,
  clauses: readonly RowClause[] | null,
): Promise<number> {
  if (clauses === null) return batch.rowCount;
  const read = { max: totalMax, deadline: context.deadline };
  const counts = await database.run(context.deadline, () =>
    Promise.all(clauses.map((clause) => countRows(database, batch._id, clause, read))),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
