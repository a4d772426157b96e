import { brandError } from '../../../src/brands/brand-error.js';
import type { CollectionDefinition } from '../../../src/brands/collection.js';
import type { Database } from '../../../src/brands/database.js';
import type { Deadline } from '../../../src/kernel/clock.js';
import { aggregated } from './double-aggregate.js';
import { type Doc, projected, sorted } from './double-query.js';
import { DoubleSession, type Issue, networkError } from './double-session.js';
import { type DoubleStore, serverError, type Transaction } from './double-store.js';
import type { Command, Fate } from './scheduler.js';

type Filter = Readonly<Record<string, unknown>>;

interface CommandOptions {
  readonly session?: DoubleSession;
  readonly sort?: Readonly<Record<string, 1 | -1>>;
  readonly limit?: number;
}

/**
 * A database that answers from a {@link DoubleStore}, command by command: the surface of `Database` and of mongoose that
 * stores use, and nothing beside it.
 */
export class DoubleDatabase {
  readonly isEmbedded = true;
  readonly state = 'READY';
  readonly owner: string;
  readonly #store: DoubleStore;
  readonly #issue: Issue;
  readonly connection = { collection: (name: string) => this.#collectionOf(name) };
  readonly #collections = new Map<string, CollectionDouble>();
  readonly #models = new Map<string, object>();

  private constructor(owner: string, store: DoubleStore, issue: Issue) {
    this.owner = owner;
    this.#store = store;
    this.#issue = issue;
  }

  /** A double in the place of a brand's database; `issue` decides when each command is carried out. */
  static of(owner: string, store: DoubleStore, issue: Issue): Database {
    return new DoubleDatabase(owner, store, issue) as unknown as Database;
  }

  model(definition: CollectionDefinition<{ _id: string }>): object {
    const known = this.#models.get(definition.name);
    if (known !== undefined) return known;
    const model = this.#newModel(definition.name);
    this.#models.set(definition.name, model);
    return model;
  }

  #newModel(name: string): object {
    const collection = this.#collectionOf(name);
    return {
      collection,
      find: (filter: Filter, projection: Filter | null, options: CommandOptions) =>
        this.#find(name, filter, projection, options),
      findOne: async (filter: Filter, projection: Filter | null, options: CommandOptions) =>
        (await this.#find(name, filter, projection, { ...options, limit: 1 }))[0] ?? null,
      updateOne: collection.updateOne,
      deleteOne: collection.deleteOne,
      aggregate: (pipeline: readonly Filter[]) => ({ option: () => this.#aggregate(name, pipeline) }),
    };
  }

  #collectionOf(name: string): CollectionDouble {
    const known = this.#collections.get(name);
    if (known !== undefined) return known;
    const collection = this.#newCollection(name);
    this.#collections.set(name, collection);
    return collection;
  }

  async run<T>(_deadline: Deadline, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw brandError(error, this.owner);
    }
  }

  async startSession(): Promise<DoubleSession> {
    return new DoubleSession(this.#store, this.#issue);
  }

  #newCollection(name: string): CollectionDouble {
    const insert = (docs: readonly Doc[], options: CommandOptions = {}) => {
      const detail = () => docs.map((doc) => doc._id).join(', ');
      const writes = docs.map((doc) => `${name}/${doc._id}`);
      return this.#send({ name: 'insert', collection: name, detail, writes }, options, (transaction) => {
        this.#store.insert(name, docs, transaction);
        return { insertedCount: docs.length };
      });
    };
    return {
      insertOne: (doc: Doc, options?: CommandOptions) => insert([doc], options),
      insertMany: (docs: readonly Doc[], options?: CommandOptions) => insert(docs, options),
      updateOne: (filter: Filter, update: Readonly<Record<string, Filter>>, options: CommandOptions = {}) =>
        this.#send(this.#writeOf('update', name, filter), options, (transaction) =>
          this.#store.update(name, filter, update, transaction),
        ),
      deleteOne: (filter: Filter, options: CommandOptions = {}) =>
        this.#send(this.#writeOf('delete', name, filter), options, (transaction) =>
          this.#store.delete(name, filter, transaction),
        ),
      aggregate: (pipeline: readonly Filter[]) => ({ toArray: () => this.#aggregate(name, pipeline) }),
    };
  }

  #writeOf(command: string, collection: string, filter: Filter): CommandShape {
    const { _id: id, ...rest } = filter;
    if (typeof id !== 'string') throw new Error('The double changes documents by _id only');
    const detail = () => [id, ...Object.entries(rest).map(([name, value]) => `${name}: ${value}`)].join(', ');
    return { name: command, collection, detail, writes: [`${collection}/${id}`] };
  }

  #find(name: string, filter: Filter, projection: Filter | null, options: CommandOptions = {}): Promise<Doc[]> {
    const id = filter['_id'] as string | { readonly $in?: readonly string[] } | undefined;
    const detail = (): string =>
      typeof id === 'string' ? id : (id?.$in?.join(', ') ?? Object.keys(filter).join(', '));
    return this.#send({ name: 'find', collection: name, detail, writes: nothing }, options, (transaction) => {
      const all = this.#store.find(name, filter, transaction);
      const found = options.sort === undefined ? all : sorted(all, options.sort);
      const some = options.limit === undefined ? found : found.slice(0, options.limit);
      return some.map((doc) => projected(doc, projection));
    }) as Promise<Doc[]>;
  }

  #aggregate(name: string, pipeline: readonly Filter[]): Promise<unknown> {
    return this.#send({ name: 'aggregate', collection: name, detail: () => '', writes: nothing }, {}, () =>
      aggregated(this.#store, name, pipeline),
    );
  }

  #send(
    shape: CommandShape,
    options: CommandOptions,
    carryOut: (in_: Transaction | null) => unknown,
  ): Promise<unknown> {
    const { session } = options;
    const transaction = session === undefined ? null : transactionOf(session);
    session?.noteCommand();
    return this.#issue({
      name: shape.name,
      collection: shape.collection,
      detail: shape.detail,
      writes: shape.writes,
      fates: fatesOf(shape, transaction),
      // The snapshot is fixed by the first command; afterwards a read finds what it finds, whatever others do.
      isLocal: transaction !== null && transaction.snapshot !== null && shape.writes.length === 0,
      isBlocked: () => transaction === null && this.#store.isHeld(shape.writes),
      execute: (fate) => this.#execute(fate, transaction, carryOut),
    });
  }

  #execute(fate: Fate, transaction: Transaction | null, carryOut: (in_: Transaction | null) => unknown): unknown {
    const labels = transaction === null ? [] : ['TransientTransactionError'];
    if (fate === 'before') throw networkError(...labels);
    if (fate === 'transient') {
      if (transaction !== null) this.#store.abort(transaction);
      throw serverError(112, 'WriteConflict', ...labels);
    }
    const value = carryOut(transaction);
    if (fate === 'lost') throw networkError(...labels);
    return value;
  }
}

type CollectionDouble = Readonly<Record<'insertOne' | 'insertMany' | 'updateOne' | 'deleteOne' | 'aggregate', unknown>>;

type CommandShape = Pick<Command, 'name' | 'collection' | 'detail' | 'writes'>;

function transactionOf(session: DoubleSession): Transaction {
  const { open } = session;
  if (open === null) throw new Error('A session without a transaction is used for a command');
  return open;
}

const nothing: readonly string[] = [];
const transactionFates: readonly Fate[] = ['before', 'lost', 'transient'];
const readFates: readonly Fate[] = ['before'];
const writeFates: readonly Fate[] = ['before', 'lost'];

function fatesOf(shape: CommandShape, transaction: Transaction | null): readonly Fate[] {
  if (transaction !== null) return transactionFates;
  return shape.writes.length === 0 ? readFates : writeFates;
}
