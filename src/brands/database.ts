import mongoose, { type ClientSession, type Connection, type Model } from 'mongoose';
import { Deadline } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import type { Logger } from '../kernel/logger.js';
import { brandError } from './brand-error.js';
import { type CollectionDefinition, modelOn } from './collection.js';
import { prepareCollections } from './prepare-collections.js';

/** How often the driver looks whether a server is there: a brand that returns is picked up within this time. */
const heartbeatMs = 1_000;
/** A database known to have had no primary for so long is refused at once, not after the deadline. */
const knownDownMs = 1_000;
/** Wait between attempts to connect for the first time. */
const reconnectMs = 1_000;
/** Longest wait for the driver to take leave of a database: of one that has just died it may wait for ever. */
const closeWaitMs = 5_000;
/** Connections of one process to one brand. */
const poolSizeMax = 20;

/** Whether a database can be used now, and if not, why. */
export type DatabaseState = 'CONNECTING' | 'READY' | 'UNREACHABLE' | 'UNSUITABLE' | 'CLOSED';

/** What a {@link Database} is made of. */
export interface DatabaseOptions {
  /** Handle of the brand, or `registry`. */
  readonly owner: string;
  /** URI without database name in its path, or with it; `name` decides. */
  readonly uri: string;
  readonly name: string;
  /** Whether the embedded engine serves it: then collections and indexes are always made at start. */
  readonly isEmbedded: boolean;
  readonly collections: readonly CollectionDefinition<{ _id: string }>[];
  readonly selectionTimeoutMs: number;
  /** Emit command events on the client, for budgets in tests and benchmarks. */
  readonly isMonitored?: boolean;
  readonly log: Logger;
}

/**
 * One database for the life of the process: one mongoose connection, one set of models. Connects in the background,
 * goes on trying, and knows whether it can be asked now.
 */
export class Database {
  readonly owner: string;
  readonly name: string;
  readonly isEmbedded: boolean;
  readonly connection: Connection;
  readonly #options: DatabaseOptions;
  #state: DatabaseState = 'CONNECTING';
  #unsuitable: AppError | null = null;
  #downSince: number | null = null;
  #opening: Promise<void> | null = null;

  constructor(options: DatabaseOptions) {
    this.owner = options.owner;
    this.name = options.name;
    this.isEmbedded = options.isEmbedded;
    this.#options = options;
    this.connection = mongoose.createConnection();
    for (const definition of options.collections) modelOn(this.connection, definition);
  }

  /** State as last seen; `READY` is no promise that the next command succeeds. */
  get state(): DatabaseState {
    return this.#state;
  }

  /** Why the database can never be used as it is configured; null when nothing is known against it. */
  get unsuitable(): AppError | null {
    return this.#unsuitable;
  }

  /** The model of a collection that was declared when the database was opened. */
  model<Row extends { _id: string }>(definition: CollectionDefinition<Row>): Model<Row> {
    return modelOn(this.connection, definition);
  }

  /**
   * Tries once to connect and to prepare collections; on failure goes on trying in the background.
   * @throws AppError `TRANSACTIONS_UNSUPPORTED` when the server answers but is a standalone.
   */
  async open(): Promise<void> {
    try {
      await this.#attempt();
    } catch (error) {
      if (this.#unsuitable !== null) throw this.#unsuitable;
      this.#options.log.warn({ brand_id: this.owner, err: error }, 'Database cannot be reached; trying on');
      this.#become('UNREACHABLE');
      this.#downSince ??= Date.now();
      this.#opening = this.#keepTrying();
    }
  }

  async #keepTrying(): Promise<void> {
    while (this.#state === 'UNREACHABLE') {
      await new Promise((resolve) => setTimeout(resolve, reconnectMs).unref());
      if (this.#state !== 'UNREACHABLE') return;
      try {
        await this.#attempt();
        this.#options.log.info({ brand_id: this.owner }, 'Database reached');
      } catch (error) {
        this.#options.log.debug({ brand_id: this.owner, err: error }, 'Database still cannot be reached');
      }
    }
  }

  async #attempt(): Promise<void> {
    const { uri, name, selectionTimeoutMs } = this.#options;
    await this.connection.openUri(uri, {
      dbName: name,
      maxPoolSize: poolSizeMax,
      minPoolSize: 1,
      heartbeatFrequencyMS: heartbeatMs,
      serverSelectionTimeoutMS: selectionTimeoutMs,
      waitQueueTimeoutMS: selectionTimeoutMs,
      connectTimeoutMS: selectionTimeoutMs,
      serverMonitoringMode: 'poll',
      monitorCommands: this.#options.isMonitored ?? false,
      retryWrites: true,
      readPreference: 'primary',
      writeConcern: { w: 'majority', journal: true },
      readConcern: { level: 'local' },
      autoIndex: false,
      autoCreate: false,
      bufferCommands: false,
    });
    const client = this.connection.getClient();
    client.removeAllListeners('topologyDescriptionChanged');
    client.on('topologyDescriptionChanged', (event) => {
      const hasWritable = [...event.newDescription.servers.values()].some((server) => server.isWritable);
      this.#downSince = hasWritable ? null : (this.#downSince ?? Date.now());
    });
    await this.#requireTransactions();
    await prepareCollections(this.connection, this.#options.collections, this.#options);
    this.#downSince = null;
    this.#become('READY');
  }

  /** Changes the state; a database that was closed meanwhile stays closed. */
  #become(state: DatabaseState): void {
    if (this.#state !== 'CLOSED') this.#state = state;
  }

  async #requireTransactions(): Promise<void> {
    const hello = await this.connection.db?.admin().command({ hello: 1 });
    if (hello?.['setName'] !== undefined || hello?.['msg'] === 'isdbgrid') return;
    this.#become('UNSUITABLE');
    this.#unsuitable = new AppError(
      'TRANSACTIONS_UNSUPPORTED',
      `The MongoDB of ${this.owner} is a standalone server, which has no transactions. Start it with --replSet rs0 and run once: mongosh --eval "rs.initiate()"`,
      { details: { brand: this.owner } },
    );
    await this.connection.close();
    throw this.#unsuitable;
  }

  /** Whether it is known that nobody would answer, so that callers need not wait for their deadline. */
  get isKnownDown(): boolean {
    if (this.#state === 'CONNECTING') return false;
    if (this.#state !== 'READY') return true;
    return this.#downSince !== null && Date.now() - this.#downSince > knownDownMs;
  }

  /**
   * Runs a read or write against this database until the deadline.
   * @throws AppError `BRAND_UNAVAILABLE`, `BRAND_TIMEOUT`, `RETRY`; other errors as they are.
   */
  async run<T>(deadline: Deadline, ask: () => Promise<T>): Promise<T> {
    if (this.#unsuitable !== null) throw this.#unavailable(this.#unsuitable);
    if (this.isKnownDown) throw this.#unavailable();
    try {
      return await this.#within(deadline, ask());
    } catch (error) {
      throw brandError(error, this.owner);
    }
  }

  /** Waits for an answer until the deadline. @throws AppError `BRAND_TIMEOUT`. */
  async #within<T>(deadline: Deadline, answer: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () =>
          reject(
            new AppError('BRAND_TIMEOUT', `The brand ${this.owner} did not answer in time`, {
              details: { brand: this.owner },
            }),
          ),
        deadline.remainingMs(),
      );
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #unavailable(cause?: unknown): AppError {
    return new AppError('BRAND_UNAVAILABLE', `The database of the brand ${this.owner} cannot be reached`, {
      details: { brand: this.owner },
      cause,
    });
  }

  /** A session for causally consistent reads or a transaction; the caller ends it. */
  startSession(): Promise<ClientSession> {
    return this.connection.startSession();
  }

  /** Asks the server whether it is there. */
  async ping(deadline: Deadline): Promise<void> {
    await this.run(deadline, async () => {
      await this.connection.db?.admin().command({ ping: 1 });
    });
  }

  /** Drops everything and prepares empty collections again. For demo data that was interrupted, and for tests. */
  async empty(): Promise<void> {
    await this.connection.db?.dropDatabase();
    await prepareCollections(this.connection, this.#options.collections, this.#options);
  }

  /** Ends the connections, without waiting for long for a database that does not answer. */
  async close(): Promise<void> {
    this.#state = 'CLOSED';
    await this.#opening;
    const { log } = this.#options;
    const closed = this.connection.close();
    try {
      await this.#within(Deadline.after(closeWaitMs), closed);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      log.warn({ brand_id: this.owner }, 'A database did not take leave in time; its connections are left');
      closed.catch((late) => log.warn({ brand_id: this.owner, err: late }, 'A database closed late'));
    }
  }
}
