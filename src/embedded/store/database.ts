import { statSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
import { engineError } from '../engine-error.js';
import { Catalogue } from './catalogue.js';
import { PAGE_BYTES } from './data-file.js';
import { isFullDisk, outOfSpace } from './disk-space.js';
import { Overlay } from './overlay.js';
import { type Environment, Snapshot, type SnapshotHome } from './view.js';
import { BlockedByTransaction, PlainScope, type TransactionScope, WriteLedger } from './write-scope.js';

/** `durable` reaches the disk before a write is acknowledged; `relaxed` survives a crash of the process only. */
export type Durability = 'durable' | 'relaxed';

/** Room for open snapshots: one per running command, cursor in a transaction, and transaction. */
export const MAX_READERS = 1024;
/**
 * Address space reserved for one database; the file grows only as it is written. Without it the file would be mapped anew
 * each time it doubles, and the earlier mappings would stay. Windows allocates what is mapped, so there it may grow.
 */
const MAP_BYTES = 2 ** 38;

/** Writes of all commands that became ready in one turn of the event loop; they commit together. */
interface Group {
  snapshot: Snapshot;
  overlay: Overlay;
  done: Promise<void>;
  settle(error?: unknown): void;
}

/** One database: its own LMDB environment, catalogue, conflict ledger and group commit. */
export class Database {
  readonly name: string;
  readonly catalogue = new Catalogue();
  readonly ledger = new WriteLedger();
  readonly path: string;
  readonly #environment: Environment;
  readonly #transactions = new Set<TransactionScope>();
  #group: Group | undefined;
  #isClosed = false;
  readonly #snapshots = new Set<Snapshot>();
  readonly #home: SnapshotHome = {
    add: (snapshot) => void this.#snapshots.add(snapshot),
    delete: (snapshot) => void this.#snapshots.delete(snapshot),
    check: () => {
      if (this.#isClosed) throw engineError('InterruptedAtShutdown', `Database ${this.name} has been closed`);
    },
  };

  constructor(name: string, path: string, durability: Durability) {
    this.name = name;
    this.path = path;
    this.#environment = open<Buffer, Buffer>({
      path,
      encoding: 'binary',
      keyEncoding: 'binary',
      pageSize: PAGE_BYTES,
      maxReaders: MAX_READERS,
      // Overlapping syncs acknowledge before the disk has the data.
      overlappingSync: false,
      noSync: durability === 'relaxed',
      noSubdir: false,
      ...(process.platform === 'win32' ? {} : { mapSize: MAP_BYTES }),
    });
    const snapshot = this.openSnapshot();
    this.catalogue.load(snapshot);
    snapshot.release();
  }

  /** The newest committed state, frozen until released. */
  openSnapshot(): Snapshot {
    this.#home.check();
    return new Snapshot(this.#environment, this.#home);
  }

  /**
   * Runs a plain write and resolves once it is committed. `work` may run again after a wait for a transaction, so it
   * must have no effect but through its scope. Errors: what `work` throws; 50 when the wait passes `deadline`.
   */
  async write<T>(work: (scope: PlainScope) => T, deadline?: number): Promise<T> {
    for (;;) {
      const group = this.#openGroup();
      const scope = new PlainScope(group.overlay, this.ledger);
      let result: T;
      try {
        result = work(scope);
      } catch (error) {
        if (!(error instanceof BlockedByTransaction)) {
          // The refusal may rest on a write that is not on disk yet, such as a duplicate of it.
          if (group.overlay.size > 0) await group.done;
          throw error;
        }
        await withDeadline(error.owner.ended, deadline);
        continue;
      }
      if (scope.overlay.size > 0) this.#absorb(group, scope.overlay, scope.claimed);
      if (group.overlay.size > 0) await group.done;
      return result;
    }
  }

  /** Puts catalogue changes straight into the running commit; they are not undone with the command. */
  change<T>(work: (overlay: Overlay, seq: number) => T): { result: T; done: Promise<void> } {
    const group = this.#openGroup();
    const result = work(group.overlay, ++this.ledger.seq);
    return { result, done: group.done };
  }

  /** Announces an open transaction: from now on it is remembered which documents are written. */
  register(scope: TransactionScope): void {
    this.#transactions.add(scope);
  }

  /** Forgets a transaction that ended without a commit. */
  unregister(scope: TransactionScope): void {
    this.#transactions.delete(scope);
    scope.releaseOwned();
    this.#forgetRecent();
  }

  /** Commits a transaction's writes together with its stored outcome; resolves once they are on disk. */
  commit(scope: TransactionScope): Promise<void> {
    if (scope.overlay.size === 0) {
      this.unregister(scope);
      return Promise.resolve();
    }
    const group = this.#openGroup();
    this.#absorb(group, scope.overlay, scope.owned);
    this.unregister(scope);
    return group.done;
  }

  /** Open transactions that have written anything under this key prefix (as text). */
  writersOf(prefix: string): TransactionScope[] {
    return [...this.#transactions].filter((scope) => [...scope.owned].some((key) => key.startsWith(prefix)));
  }

  /** Size of the data file in bytes. */
  sizeOnDisk(): number {
    return statSync(join(this.path, 'data.mdb')).size;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    if (this.#group) this.#flush(this.#group);
    this.#isClosed = true;
    for (const snapshot of [...this.#snapshots]) snapshot.release();
    await this.#environment.close();
  }

  #absorb(group: Group, overlay: Overlay, keys: Iterable<string>): void {
    const seq = ++this.ledger.seq;
    for (const key of keys) this.ledger.recent.set(key, seq);
    group.overlay.absorb(overlay);
  }

  #forgetRecent(): void {
    if (this.#transactions.size === 0 && !this.#group) this.ledger.recent.clear();
  }

  #openGroup(): Group {
    if (this.#group) return this.#group;
    const snapshot = this.openSnapshot();
    let settle!: (error?: unknown) => void;
    const done = new Promise<void>((resolve, reject) => {
      settle = (error) => (error === undefined ? resolve() : reject(error));
    });
    // Commands that fail on their own never wait for the group; its failure reaches those that do.
    done.catch(() => undefined);
    const group: Group = { snapshot, overlay: new Overlay(snapshot), done, settle };
    this.#group = group;
    setImmediate(() => this.#flush(group));
    return group;
  }

  #flush(group: Group): void {
    if (this.#group !== group) return;
    this.#group = undefined;
    group.snapshot.release();
    const environment = this.#environment;
    try {
      if (group.overlay.size > 0) {
        environment.transactionSync(() => {
          group.overlay.drain(
            (key, value) => void environment.putSync(key, value),
            (key) => void environment.removeSync(key),
          );
        });
      }
      this.ledger.committedSeq = this.ledger.seq;
      this.#forgetRecent();
      group.settle();
    } catch (error) {
      // Nothing of the group is stored: what was remembered about it in memory has to go as well.
      const snapshot = this.openSnapshot();
      this.catalogue.load(snapshot);
      snapshot.release();
      const message = error instanceof Error ? error.message : String(error);
      const failed = engineError('OperationFailed', `The data folder could not be written: ${message}`);
      group.settle(isFullDisk(error, this.path) ? outOfSpace(error) : failed);
    }
  }
}

async function withDeadline(ended: Promise<void>, deadline: number | undefined): Promise<void> {
  if (deadline === undefined) return ended;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const expire = (): void => reject(engineError('MaxTimeMSExpired', 'operation exceeded time limit'));
    timer = setTimeout(expire, Math.max(0, deadline - Date.now()));
  });
  try {
    await Promise.race([ended, late]);
  } finally {
    clearTimeout(timer);
  }
}
