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
  /** What it began with, shared by all forks and never written. */
  #base: ReadonlyMap<string, ReadonlyMap<string, Doc>> = new Map();
  #collections = new Map<string, Map<string, Version[]>>();
  #locks = new Map<string, Transaction>();
  #now = 0;
  #transactions: Transaction[] = [];

  /** The number of commits so far. */
  get now(): number {
    return this.#now;
  }

  /** A store that begins where this one stands. Costs nothing when this one has not been written to. */
  fork(): DoubleStore {
    const copy = new DoubleStore();
    copy.#base = this.#collections.size === 0 ? this.#base : this.#standing();
    return copy;
  }

  #standing(): ReadonlyMap<string, ReadonlyMap<string, Doc>> {
    const names = new Set([...this.#base.keys(), ...this.#collections.keys()]);
    return new Map([...names].map((name) => [name, new Map(this.all(name).map((doc) => [doc._id, doc]))]));
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
    const names = new Set([...this.#base.keys(), ...this.#collections.keys()]);
    for (const name of names) for (const doc of this.all(name)) yield [name, doc];
  }

  /** Transactions that have a snapshot and have not ended. */
  openTransactions(): Transaction[] {
    return this.#transactions.filter(({ state, snapshot }) => state === 'OPEN' && snapshot !== null);
  }

  find(collection: string, filter: Filter, transaction: Transaction | null): Doc[] {
    if (transaction !== null) this.#enter(transaction);
    const candidates = this.#candidates(collection, filter, transaction);
    if (candidates.length === 0) return candidates;
    const isWanted = testOf(filter);
    return isWanted === null ? candidates : candidates.filter(isWanted);
  }

  insert(collection: string, docs: readonly Doc[], transaction: Transaction | null): void {
    if (transaction !== null) this.#enter(transaction);
    for (const doc of docs) {
      if (this.#seen(collection, doc._id, transaction) !== null) {
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
    return this.#locks.size > 0 && keys.some((key) => this.#locks.has(key));
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
    for (const id of ids.length > 1 ? new Set(ids) : ids) {
      const doc = this.#seen(collection, id, transaction);
      if (doc !== null) docs.push(doc);
    }
    return docs;
  }

  #visible(collection: string, transaction: Transaction | null): Doc[] {
    const docs: Doc[] = [];
    const [base, rows] = [this.#base.get(collection), this.#collections.get(collection)];
    const isPlain = rows === undefined && (transaction === null || transaction.writes.size === 0);
    if (isPlain) return base === undefined ? docs : [...base.values()];
    const look = (id: string): void => {
      const doc = this.#seen(collection, id, transaction);
      if (doc !== null) docs.push(doc);
    };
    for (const id of base?.keys() ?? []) look(id);
    for (const id of rows?.keys() ?? []) if (base?.has(id) !== true) look(id);
    for (const change of transaction?.writes.values() ?? []) {
      const isNew = change.collection === collection && rows?.has(change.id) !== true && base?.has(change.id) !== true;
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
    if (versions !== undefined) {
      const atMost = transaction?.snapshot ?? Number.POSITIVE_INFINITY;
      for (let at = versions.length - 1; at >= 0; at -= 1) {
        const version = versions[at] as Version;
        if (version.at <= atMost) return version.doc;
      }
    }
    return this.#base.get(collection)?.get(id) ?? null;
  }
}

/** What is left to look at once documents were found by `_id`; null when that was all. */
function testOf(filter: Filter): ((doc: Doc) => boolean) | null {
  const id = filter['_id'] as { readonly $in?: unknown } | string | undefined;
  const isById = typeof id === 'string' || (id?.$in !== undefined && Object.keys(id).length === 1);
  if (!isById) return compiled(filter);
  const { _id, ...rest } = filter;
  for (const _name in rest) return compiled(rest);
  return null;
}

function noSuchTransaction(): Error {
  return serverError(251, 'NoSuchTransaction', 'TransientTransactionError');
}
