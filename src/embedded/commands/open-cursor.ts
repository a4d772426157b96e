import { Long } from 'bson';
import { type Cursor, type CursorStep, readBatch } from '../sessions/cursor-table.js';
import type { Snapshot, View } from '../store/view.js';
import type { Reply } from '../wire/reply.js';
import { type CommandContext, databaseOf } from './context.js';

/** MongoDB's first batch when the client names no size. */
const DEFAULT_FIRST_BATCH = 101;

/** A generator over documents that are in memory already. */
export function* yieldAll(documents: readonly Uint8Array[]): Generator<Uint8Array, void> {
  yield* documents;
}

/** What a query reads from: the transaction's view, or a snapshot of its own. */
export interface ReadSource {
  view: View;
  snapshot: Snapshot | undefined;
}

/** Opens the view a read command reads from; undefined when the database does not exist. */
export function openSource(context: CommandContext): ReadSource | undefined {
  if (context.transaction) return { view: context.transaction.scope.overlay, snapshot: undefined };
  const snapshot = databaseOf(context)?.openSnapshot();
  return snapshot && { view: snapshot, snapshot };
}

/** Answers the first batch of `rows` and keeps a cursor for the rest, if there is any. */
export async function replyFirstBatch(
  context: CommandContext,
  source: ReadSource | undefined,
  rows: Generator<CursorStep, void>,
  options: { namespace: string; batchSize: number | undefined; isSingleBatch?: boolean },
): Promise<Reply> {
  const { namespace } = options;
  const { cursors } = context.engine;
  const cursor: Cursor = {
    id: cursors.newId(),
    namespace,
    rows,
    snapshot: source?.snapshot,
    transaction: context.transaction,
    sessionKey: context.session?.key,
    ahead: undefined,
    lastUsedAt: Date.now(),
    isBusy: false,
  };
  try {
    const batch = await readBatch(cursor, options.batchSize ?? DEFAULT_FIRST_BATCH, context.deadline);
    const isOver = batch.isEnd || options.isSingleBatch === true;
    if (isOver) rows.return();
    else cursors.keep(cursor);
    return {
      body: { ok: 1 },
      cursor: { field: 'firstBatch', documents: batch.documents, id: isOver ? Long.ZERO : cursor.id, namespace },
    };
  } finally {
    source?.snapshot?.release();
  }
}

/** Answers a cursor's next batch; a cursor that is read to its end is gone. */
export async function replyNextBatch(
  context: CommandContext,
  cursor: Cursor,
  size: number | undefined,
): Promise<Reply> {
  const { cursors } = context.engine;
  cursor.isBusy = true;
  cursor.snapshot?.renew();
  let isOver = true;
  try {
    const batch = await readBatch(cursor, size ?? Number.POSITIVE_INFINITY, context.deadline);
    isOver = batch.isEnd;
    return {
      body: { ok: 1 },
      cursor: {
        field: 'nextBatch',
        documents: batch.documents,
        id: isOver ? Long.ZERO : cursor.id,
        namespace: cursor.namespace,
      },
    };
  } finally {
    cursor.isBusy = false;
    cursor.snapshot?.release();
    cursor.lastUsedAt = Date.now();
    if (isOver) cursors.drop(cursor.id);
  }
}
