import { engineError } from '../engine-error.js';
import { Overlay } from './overlay.js';
import type { View } from './view.js';

/** Where the writes of one command or transaction go, and who may write which document. */
export interface WriteScope {
  readonly overlay: Overlay;
  /** Announces a write to the document with this key (as text); throws when somebody else is ahead. */
  claim(documentKey: string): void;
}

/** The open transaction that owns a document; others only need to know when it ends. */
export interface Owner {
  readonly ended: Promise<void>;
}

/** A plain write met a document that an open transaction has written: it has to wait and start over. */
export class BlockedByTransaction extends Error {
  readonly owner: Owner;

  constructor(owner: Owner) {
    super('waits for an open transaction');
    this.owner = owner;
  }
}

/** Who has written what lately: decides conflicts. One per database, kept in memory only. */
export class WriteLedger {
  readonly owners = new Map<string, Owner>();
  /** Commit sequence number per document, kept while a transaction is open or a commit is on its way. */
  readonly recent = new Map<string, number>();
  /** Number of the last change handed to a commit. */
  seq = 0;
  /** Number of the last change that is committed, hence part of new snapshots. */
  committedSeq = 0;
}

/** A plain command's writes: they wait for transactions and conflict with nobody else. */
export class PlainScope implements WriteScope {
  readonly overlay: Overlay;
  readonly claimed = new Set<string>();
  readonly #ledger: WriteLedger;

  constructor(base: View, ledger: WriteLedger) {
    this.overlay = new Overlay(base);
    this.#ledger = ledger;
  }

  claim(documentKey: string): void {
    const owner = this.#ledger.owners.get(documentKey);
    if (owner) throw new BlockedByTransaction(owner);
    this.claimed.add(documentKey);
  }
}

/** The refusal of a write in a transaction that somebody else was faster with. */
export function writeConflict(): Error {
  return engineError(
    'WriteConflict',
    'Write conflict during transaction: the document was changed since the snapshot; retry the transaction',
  );
}

/** A transaction's writes: first updater wins, the other one fails at once. */
export class TransactionScope implements WriteScope {
  readonly overlay: Overlay;
  readonly #owned = new Set<string>();
  readonly #ledger: WriteLedger;
  readonly #snapshotSeq: number;
  readonly #owner: Owner;

  constructor(base: View, ledger: WriteLedger, owner: Owner) {
    this.overlay = new Overlay(base);
    this.#ledger = ledger;
    this.#snapshotSeq = ledger.committedSeq;
    this.#owner = owner;
  }

  /** The transaction these writes belong to. */
  get owner(): Owner {
    return this.#owner;
  }

  /** Sequence number that this transaction's snapshot includes. */
  get snapshotSeq(): number {
    return this.#snapshotSeq;
  }

  /** Keys (as text) of the documents this transaction has written. */
  get owned(): ReadonlySet<string> {
    return this.#owned;
  }

  claim(documentKey: string): void {
    if (this.#owned.has(documentKey)) return;
    const isTaken = this.#ledger.owners.has(documentKey);
    if (isTaken || (this.#ledger.recent.get(documentKey) ?? 0) > this.#snapshotSeq) throw writeConflict();
    this.#ledger.owners.set(documentKey, this.#owner);
    this.#owned.add(documentKey);
  }

  /** Gives all documents free for others. */
  releaseOwned(): void {
    for (const key of this.#owned) this.#ledger.owners.delete(key);
  }
}
