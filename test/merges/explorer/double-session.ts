import mongoose, { type ClientSession } from 'mongoose';
import type { DoubleStore, Transaction } from './double-store.js';
import { serverError } from './double-store.js';
import type { Command, Fate } from './scheduler.js';

const { ClientSession: DriverSession, MongoError, MongoNetworkError } = mongoose.mongo;

/** An error as the driver makes it of a broken connection. */
export function networkError(...labels: readonly string[]): Error {
  const error = new MongoNetworkError('connection closed');
  for (const label of labels) error.addErrorLabel(label);
  return error;
}

/** Hands commands to whoever schedules them. */
export type Issue = (command: Command) => Promise<unknown>;

const commitFates: readonly Fate[] = ['before', 'lost', 'transient', 'timeout-applied', 'timeout-unapplied'];
const unknownOutcome = 'UnknownTransactionCommitResult';

/**
 * A session whose transactions live in a {@link DoubleStore}. The loop of `withTransaction` is the driver's own; only what
 * it calls is replaced: beginning, commit with the driver's one retry, and abort, whose errors the driver ignores.
 */
export class DoubleSession {
  readonly transaction = { state: 'NO_TRANSACTION' };
  timeoutContext: unknown = null;
  readonly #store: DoubleStore;
  readonly #issue: Issue;
  #current: Transaction | null = null;

  constructor(store: DoubleStore, issue: Issue) {
    this.#store = store;
    this.#issue = issue;
  }

  withTransaction<T>(body: (session: ClientSession) => Promise<T>, options?: object): Promise<T> {
    return DriverSession.prototype.withTransaction.call(this, body as never, options) as Promise<T>;
  }

  startTransaction(): void {
    this.#current = this.#store.begin();
    this.transaction.state = 'STARTING_TRANSACTION';
  }

  /** The open transaction, for the commands made with this session. */
  get open(): Transaction | null {
    const isOpen = ['STARTING_TRANSACTION', 'TRANSACTION_IN_PROGRESS'].includes(this.transaction.state);
    return isOpen ? this.#current : null;
  }

  /** A command was sent: from now on there is something to commit or abort. */
  noteCommand(): void {
    if (this.transaction.state === 'STARTING_TRANSACTION') this.transaction.state = 'TRANSACTION_IN_PROGRESS';
  }

  async commitTransaction(): Promise<void> {
    if (['STARTING_TRANSACTION', 'TRANSACTION_COMMITTED_EMPTY'].includes(this.transaction.state)) {
      this.transaction.state = 'TRANSACTION_COMMITTED_EMPTY';
      return;
    }
    try {
      await this.#send('commitTransaction').catch((error: unknown) => {
        // The driver asks once more by itself when the connection broke.
        if (!(error instanceof MongoNetworkError)) throw error;
        return this.#send('commitTransaction');
      });
    } catch (error) {
      const failed = error as InstanceType<typeof MongoError>;
      if (failed instanceof MongoNetworkError || failed.code === 50) failed.addErrorLabel(unknownOutcome);
      throw failed;
    } finally {
      this.transaction.state = 'TRANSACTION_COMMITTED';
    }
  }

  async abortTransaction(): Promise<void> {
    if (this.transaction.state === 'STARTING_TRANSACTION') {
      this.transaction.state = 'TRANSACTION_ABORTED';
      return;
    }
    this.transaction.state = 'TRANSACTION_ABORTED';
    // The server has undone it already: nobody can see whether this command comes early or late.
    if (this.#current?.state === 'ABORTED') return;
    await this.#send('abortTransaction');
  }

  async endSession(): Promise<void> {
    if (this.open !== null) await this.abortTransaction();
  }

  #send(name: 'commitTransaction' | 'abortTransaction'): Promise<unknown> {
    const transaction = this.#current as Transaction;
    return this.#issue({
      name,
      collection: '',
      detail: () => '',
      writes: [...transaction.writes.keys()],
      fates: name === 'commitTransaction' ? commitFates : [],
      isLocal: transaction.writes.size === 0,
      isBlocked: () => false,
      execute: (fate) => {
        if (name === 'abortTransaction') this.#store.abort(transaction);
        else this.#commit(transaction, fate);
      },
    });
  }

  #commit(transaction: Transaction, fate: Fate): void {
    if (fate === 'transient') {
      this.#store.abort(transaction);
      throw serverError(251, 'NoSuchTransaction', 'TransientTransactionError');
    }
    if (fate !== 'before' && fate !== 'timeout-unapplied') this.#store.commit(transaction);
    // A server that gives up a commit ends the transaction sooner or later; here at once.
    if (fate === 'timeout-unapplied') this.#store.abort(transaction);
    if (fate === 'before' || fate === 'lost') throw networkError();
    if (fate !== 'ok') throw serverError(50, 'MaxTimeMSExpired');
  }
}
