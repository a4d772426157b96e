import { randomInt } from 'node:crypto';
import { Long } from 'bson';
import { engineError } from '../engine-error.js';
import type { Snapshot } from '../store/view.js';
import type { Transaction } from './transaction.js';

/** MongoDB's default for cursors that nobody reads. */
const CURSOR_IDLE_MS = 10 * 60_000;

/** A batch never passes the document limit, as in MongoDB, except for a single larger document. */
const MAX_BATCH_BYTES = 16 * 1024 * 1024;

/** After this much uninterrupted work, others get their turn. */
const SLICE_MS = 2;

/** Bytes of the next document, or nothing: work was done without a result yet. */
export type CursorStep = Uint8Array | undefined;

/** An open result: a paused generator over a view. */
export interface Cursor {
  readonly id: Long;
  readonly namespace: string;
  readonly rows: Generator<CursorStep, void>;
  /** Snapshot of a plain cursor: renewed for each batch, let go in between. */
  readonly snapshot: Snapshot | undefined;
  readonly transaction: Transaction | undefined;
  readonly sessionKey: string | undefined;
  /** A document already read, first of the next batch. */
  ahead: CursorStep;
  lastUsedAt: number;
  isBusy: boolean;
}

/** Cursors that still have something to give. */
export class CursorTable {
  readonly #cursors = new Map<string, Cursor>();

  newId(): Long {
    return new Long(randomInt(1, 2 ** 31 - 1), randomInt(1, 2 ** 31 - 1));
  }

  keep(cursor: Cursor): void {
    cursor.lastUsedAt = Date.now();
    this.#cursors.set(cursor.id.toString(), cursor);
  }

  /** The cursor with this id; 43 when there is none, or when it belongs to another namespace or transaction. */
  take(id: Long, namespace: string, transaction: Transaction | undefined): Cursor {
    const cursor = this.#cursors.get(id.toString());
    if (!cursor || cursor.isBusy) throw engineError('CursorNotFound', `cursor id ${id} not found`);
    if (cursor.namespace !== namespace) {
      throw engineError('Unauthorized', `wanted the namespace cursor ${id} was opened on, got ${namespace}`);
    }
    if (cursor.transaction !== transaction) {
      throw engineError('CursorNotFound', `cursor id ${id} was opened in another transaction, or outside of one`);
    }
    return cursor;
  }

  drop(id: Long): boolean {
    const cursor = this.#cursors.get(id.toString());
    if (!cursor) return false;
    this.#cursors.delete(id.toString());
    if (!cursor.isBusy) cursor.rows.return();
    return true;
  }

  /** Drops cursors that are idle for too long and those whose transaction has ended. */
  expire(now = Date.now()): void {
    for (const cursor of [...this.#cursors.values()]) {
      const isIdle = !cursor.isBusy && now - cursor.lastUsedAt > CURSOR_IDLE_MS;
      const isOver = cursor.transaction && cursor.transaction.state !== 'open';
      if (isIdle || isOver) this.drop(cursor.id);
    }
  }

  /** Drops all cursors on a namespace, or on a whole database when it ends in a dot. */
  dropNamespace(namespace: string): void {
    for (const cursor of [...this.#cursors.values()]) {
      const isMeant = namespace.endsWith('.') ? cursor.namespace.startsWith(namespace) : cursor.namespace === namespace;
      if (isMeant) this.drop(cursor.id);
    }
  }

  /** Drops the cursors of a session that ends. */
  dropSession(sessionKey: string): void {
    for (const cursor of [...this.#cursors.values()]) if (cursor.sessionKey === sessionKey) this.drop(cursor.id);
  }
}

/** A turn of the event loop, so that others are served during long work. */
export function yieldTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Refuses to go on when a command's time is up (50). */
export function checkDeadline(deadline: number | undefined): void {
  if (deadline !== undefined && Date.now() > deadline) {
    throw engineError('MaxTimeMSExpired', 'operation exceeded time limit');
  }
}

/**
 * Reads up to `size` documents. One document is looked at ahead, so that a batch that happens to take the last one is
 * known to be the end. Gives way to other commands now and then; 50 after the deadline.
 */
export async function readBatch(
  cursor: Cursor,
  size: number,
  deadline: number | undefined,
): Promise<{ documents: Uint8Array[]; isEnd: boolean }> {
  const documents: Uint8Array[] = [];
  let bytes = 0;
  let sliceEnd = Date.now() + SLICE_MS;
  let next = cursor.ahead;
  cursor.ahead = undefined;
  for (let steps = 0; ; steps++) {
    if (next) {
      const isFull = documents.length >= size || (bytes + next.length > MAX_BATCH_BYTES && documents.length > 0);
      if (isFull) {
        cursor.ahead = next;
        return { documents, isEnd: false };
      }
      documents.push(next);
      bytes += next.length;
    }
    if ((steps & 7) === 7 && Date.now() > sliceEnd) {
      checkDeadline(deadline);
      await yieldTurn();
      sliceEnd = Date.now() + SLICE_MS;
    }
    const step = cursor.rows.next();
    if (step.done) return { documents, isEnd: true };
    next = step.value ?? undefined;
  }
}
