import { engineError } from '../engine-error.js';
import type { Database } from '../store/database.js';
import type { Snapshot } from '../store/view.js';
import { type Owner, TransactionScope } from '../store/write-scope.js';

/** Longest life of a transaction: an older snapshot would keep pages from being reused. */
export const TRANSACTION_LIFETIME_MS = 60_000;

/** A multi-document transaction: an overlay above the snapshot that its first command fixed. */
export class Transaction implements Owner {
  readonly txnNumber: number;
  readonly ended: Promise<void>;
  state: 'open' | 'committing' | 'committed' | 'aborted' = 'open';
  readonly #database: Database;
  readonly #snapshot: Snapshot;
  readonly #scope: TransactionScope;
  readonly #expiry: NodeJS.Timeout;
  #end!: () => void;

  constructor(txnNumber: number, database: Database, lifetimeMs = TRANSACTION_LIFETIME_MS) {
    this.txnNumber = txnNumber;
    this.#database = database;
    this.#snapshot = database.openSnapshot();
    this.#scope = new TransactionScope(this.#snapshot, database.ledger, this);
    database.register(this.#scope);
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#expiry = setTimeout(() => this.abort(), lifetimeMs);
    this.#expiry.unref();
  }

  get database(): Database {
    return this.#database;
  }

  get scope(): TransactionScope {
    return this.#scope;
  }

  /** Undoes everything; nothing happens when the transaction has ended already. */
  abort(): void {
    if (this.state !== 'open') return;
    this.state = 'aborted';
    clearTimeout(this.#expiry);
    this.#database.unregister(this.#scope);
    this.#snapshot.release();
    this.#end();
  }

  /** Makes all writes visible at once and durable. On failure the transaction counts as aborted. */
  async commit(): Promise<void> {
    this.state = 'committing';
    clearTimeout(this.#expiry);
    const done = this.#database.commit(this.#scope);
    this.#snapshot.release();
    this.#end();
    try {
      await done;
      this.state = 'committed';
    } catch (error) {
      this.state = 'aborted';
      throw error;
    }
  }

  /** Refuses collections whose shape changed after the snapshot (246, the transaction can be retried). */
  checkShape(name: string): void {
    const { catalogue } = this.#database;
    const changedAt = Math.max(catalogue.find(name)?.changedAtSeq ?? 0, catalogue.droppedAtSeq(name));
    if (changedAt <= this.#scope.snapshotSeq) return;
    throw engineError('SnapshotUnavailable', `Collection ${name} changed its shape since the snapshot; retry`);
  }
}
