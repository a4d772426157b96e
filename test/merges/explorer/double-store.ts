import mongoose from 'mongoose';
import { compiled, type Doc, stored, updated } from './double-query.js';

const { MongoServerError } = mongoose.mongo;

interface Version {
  readonly at: number;
  readonly doc: Doc | null;
}

/** What one commit made of a document. */
export interface Change {
  readonly collection: string;
  readonly id: string;
  readonly before: Doc | null;
  readonly after: Doc | null;
}

/** An open or ended transaction on the server. */
export interface Transaction {
  /** Fixed by the first command. */
  snapshot: number | null;
  state: 'OPEN' | 'ABORTED' | 'COMMITTED';
  /** By collection and id. */
  readonly writes: Map<string, Change>;
}

type Filter = Readonly<Record<string, unknown>>;

/** An error as the server sends it. */
export function serverError(code: number, message: string, ...labels: readonly string[]): Error {
  return new MongoServerError({ ok: 0, code, errmsg: message, errorLabels: [...labels] });
}

const keyOf = (collection: string, id: string): string => `${collection}/${id}`;

/**
 * Documents with all their versions, and transactions under snapshot isolation as the gateway's databases offer it: the
 * snapshot is fixed by the first command, the first updater wins at the write, nothing is seen before the commit.
 */
export class DoubleStore {
  /** Everything that was committed, in order; plain writes are commits of one document. */
  readonly commits: (readonly Change[])[] = [];
  #collections = new Map<string, Map<string, Version[]>>();
  #locks = new Map<string, Transaction>();
  #now = 0;
  #transactions: Transaction[] = [];

  /** The number of commits so far. */
  get now(): number {
    return this.#now;
  }

  /** A store that begins where this one stands. */
  fork(): DoubleStore {
    const copy = new DoubleStore();
    for (const [name, rows] of this.#collections) {
      const kept = new Map<string, Version[]>();
      for (const [id, versions] of rows) {
        const last = versions.at(-1);
        if (last?.doc != null) kept.set(id, [{ at: 0, doc: last.doc }]);
      }
      copy.#collections.set(name, kept);
    }
    return copy;
  }

  begin(): Transaction {
    const transaction: Transaction = { snapshot: null, state: 'OPEN', writes: new Map() };
    this.#transactions.push(transaction);
    return transaction;
  }

  /** Committed documents of a collection, in no order that means anything. */
  all(collection: string): Doc[] {
    return this.#visible(collection, null);
  }

  /** Every committed document, by collection: for digests of states. */
  *everything(): Iterable<readonly [collection: string, doc: Doc]> {
    for (const name of this.#collections.keys()) for (const doc of this.all(name)) yield [name, doc];
  }

  /** Transactions that have a snapshot and have not ended. */
  openTransactions(): Transaction[] {
    return this.#transactions.filter(({ state, snapshot }) => state === 'OPEN' && snapshot !== null);
  }

  find(collection: string, filter: Filter, transaction: Transaction | null): Doc[] {
    if (transaction !== null) this.#enter(transaction);
    return this.#candidates(collection, filter, transaction).filter(compiled(filter));
  }

  insert(collection: string, docs: readonly Doc[], transaction: Transaction | null): void {
    if (transaction !== null) this.#enter(transaction);
    for (const doc of docs) {
      const isTaken = this.#candidates(collection, { _id: doc._id }, transaction).length > 0;
      if (isTaken) {
        if (transaction !== null) this.abort(transaction);
        throw serverError(11_000, `E11000 duplicate key error collection: ${collection} index: _id_`);
      }
      this.#write({ collection, id: doc._id, before: null, after: stored(doc) }, transaction);
    }
  }

  update(
    collection: string,
    filter: Filter,
    change: Readonly<Record<string, Filter>>,
    transaction: Transaction | null,
  ): { matchedCount: number; modifiedCount: number } {
    const [doc] = this.find(collection, filter, transaction);
    if (doc === undefined) return { matchedCount: 0, modifiedCount: 0 };
    const after = updated(doc, change);
    // What changes nothing writes nothing and meets nobody.
    if (after === doc) return { matchedCount: 1, modifiedCount: 0 };
    this.#write({ collection, id: doc._id, before: doc, after }, transaction);
    return { matchedCount: 1, modifiedCount: 1 };
  }

  delete(collection: string, filter: Filter, transaction: Transaction | null): { deletedCount: number } {
    const [doc] = this.find(collection, filter, transaction);
    if (doc === undefined) return { deletedCount: 0 };
    this.#write({ collection, id: doc._id, before: doc, after: null }, transaction);
    return { deletedCount: 1 };
  }

  /** Commits; once more is once. @throws 251 when there is nothing to commit any more. */
  commit(transaction: Transaction): void {
    if (transaction.state === 'COMMITTED') return;
    if (transaction.state === 'ABORTED') throw noSuchTransaction();
    transaction.state = 'COMMITTED';
    this.#release(transaction);
    if (transaction.writes.size > 0) this.#apply([...transaction.writes.values()]);
  }

  abort(transaction: Transaction): void {
    if (transaction.state !== 'OPEN') return;
    transaction.state = 'ABORTED';
    this.#release(transaction);
  }

  /** Whether an open transaction holds a row that a plain write wants. */
  isHeld(keys: readonly string[]): boolean {
    return keys.some((key) => this.#locks.has(key));
  }

  #enter(transaction: Transaction): void {
    if (transaction.state !== 'OPEN') throw noSuchTransaction();
    transaction.snapshot ??= this.#now;
  }

  #write(change: Change, transaction: Transaction | null): void {
    const key = keyOf(change.collection, change.id);
    if (transaction === null) {
      this.#apply([change]);
      return;
    }
    const holder = this.#locks.get(key);
    const isNewer = this.#lastChangeAt(change.collection, change.id) > (transaction.snapshot as number);
    if ((holder !== undefined && holder !== transaction) || isNewer) {
      this.abort(transaction);
      throw serverError(112, `WriteConflict on ${change.collection}`, 'TransientTransactionError');
    }
    this.#locks.set(key, transaction);
    const own = transaction.writes.get(key);
    transaction.writes.set(key, own === undefined ? change : { ...own, after: change.after });
  }

  #apply(changes: readonly Change[]): void {
    this.#now += 1;
    this.commits.push(changes);
    for (const { collection, id, after } of changes) {
      const rows = this.#collections.get(collection) ?? new Map<string, Version[]>();
      this.#collections.set(collection, rows);
      const version = { at: this.#now, doc: after };
      const versions = rows.get(id);
      if (versions === undefined) rows.set(id, [version]);
      else versions.push(version);
    }
  }

  #release(transaction: Transaction): void {
    for (const key of transaction.writes.keys()) {
      if (this.#locks.get(key) === transaction) this.#locks.delete(key);
    }
  }

  #lastChangeAt(collection: string, id: string): number {
    return this.#collections.get(collection)?.get(id)?.at(-1)?.at ?? 0;
  }

  /** Documents that a filter could match, seen by a transaction or, for null, as committed. */
  #candidates(collection: string, filter: Filter, transaction: Transaction | null): Doc[] {
    const condition = filter['_id'] as string | { $in?: string[] } | undefined;
    const ids = typeof condition === 'string' ? [condition] : condition?.$in;
    if (ids === undefined) return this.#visible(collection, transaction);
    const docs: Doc[] = [];
    for (const id of new Set(ids)) {
      const doc = this.#seen(collection, id, transaction);
      if (doc !== null) docs.push(doc);
    }
    return docs;
  }

  #visible(collection: string, transaction: Transaction | null): Doc[] {
    const docs: Doc[] = [];
    const rows = this.#collections.get(collection);
    for (const id of rows?.keys() ?? []) {
      const doc = this.#seen(collection, id, transaction);
      if (doc !== null) docs.push(doc);
    }
    for (const change of transaction?.writes.values() ?? []) {
      const isNew = change.collection === collection && rows?.has(change.id) !== true;
      if (isNew && change.after !== null) docs.push(change.after);
    }
    return docs;
  }

  #seen(collection: string, id: string, transaction: Transaction | null): Doc | null {
    if (transaction !== null && transaction.writes.size > 0) {
      const own = transaction.writes.get(keyOf(collection, id));
      if (own !== undefined) return own.after;
    }
    const versions = this.#collections.get(collection)?.get(id);
    if (versions === undefined) return null;
    const atMost = transaction?.snapshot ?? Number.POSITIVE_INFINITY;
    for (let at = versions.length - 1; at >= 0; at -= 1) {
      const version = versions[at] as Version;
      if (version.at <= atMost) return version.doc;
    }
    return null;
  }
}

function noSuchTransaction(): Error {
  return serverError(251, 'NoSuchTransaction', 'TransientTransactionError');
}
