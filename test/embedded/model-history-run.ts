import { BSON, type Document } from 'bson';
import type { Reply } from '../../src/embedded/wire/reply.js';
import { type CommandLayer, RawSession } from './command-layer.js';
import type { History, HistoryOperation, HistoryTransaction } from './model-history.js';
import { seeded } from './start-test-engine.js';

/** Writes that met another one: the transaction is over. */
const WRITE_CONFLICT = 112;

const COLLECTION = 'lists';

interface Draw {
  below(bound: number): number;
}

/** Sessions have numbers of their own over all histories of a process. */
let lastSession = 1_000_000;

/** The collection that all histories write to. */
export async function prepareLists(layer: CommandLayer): Promise<void> {
  await layer.send({ create: COLLECTION });
  await layer.send({ createIndexes: COLLECTION, indexes: [{ key: { group: 1 }, name: 'group' }] });
}

/** Runs one random history on keys of its own: some clients at the same time, each with a few transactions. */
export async function runHistory(layer: CommandLayer, seed: number): Promise<History> {
  const random = seeded(seed);
  const draw: Draw = { below: (bound) => Math.floor(random() * bound) };
  const keys = Array.from({ length: 2 + draw.below(2) }, (_, n) => `${seed}:${n}`);
  const documents = keys.map((_id) => ({ _id, group: seed, list: [] }));
  await layer.send({ insert: COLLECTION, documents });
  const recorder = new Recorder(layer, keys, seed);
  const clients = Array.from({ length: 2 + draw.below(4) }, () => new Client(recorder, draw, ++lastSession).run());
  await Promise.all(clients);
  const final = new Map((await recorder.readAll((body) => body)).map(({ key, list }) => [key, list]));
  await layer.send({ delete: COLLECTION, deletes: [{ q: { _id: { $in: keys } }, limit: 0 }] });
  return { transactions: recorder.transactions, final };
}

interface Read {
  key: string;
  list: number[];
}

/** What the clients of one history share. */
class Recorder {
  readonly transactions: HistoryTransaction[] = [];
  readonly #layer: CommandLayer;
  readonly keys: readonly string[];
  readonly #group: number;
  #now = 0;
  #lastValue = 0;

  constructor(layer: CommandLayer, keys: readonly string[], group: number) {
    this.#layer = layer;
    this.keys = keys;
    this.#group = group;
  }

  now(): number {
    return ++this.#now;
  }

  newValue(): number {
    return ++this.#lastValue;
  }

  begin(isPlain: boolean): HistoryTransaction {
    const id = this.transactions.length + 1;
    const transaction: HistoryTransaction = {
      id,
      isPlain,
      operations: [],
      outcome: 'aborted',
      sentAt: this.now(),
      endedAt: 0,
    };
    this.transactions.push(transaction);
    return transaction;
  }

  async send(body: Document): Promise<Reply> {
    return this.#layer.send(body);
  }

  /** All keys in one command: by `_id`, or by the group's index. */
  async readAll(wrap: (body: Document) => Document, byIndex = false): Promise<Read[]> {
    const filter = byIndex ? { group: this.#group } : { _id: { $in: this.keys } };
    return this.#read(wrap({ find: COLLECTION, filter }));
  }

  async readOne(wrap: (body: Document) => Document, key: string): Promise<Read[]> {
    return this.#read(wrap({ find: COLLECTION, filter: { _id: key } }));
  }

  async #read(body: Document): Promise<Read[]> {
    const reply = await this.send(body);
    if (!reply.cursor)
      throw Object.assign(new Error(`a read failed: ${reply.body['errmsg']}`), { code: reply.body['code'] });
    return reply.cursor.documents.map((bytes) => {
      const row = BSON.deserialize(bytes);
      return { key: row['_id'], list: row['list'] };
    });
  }

  /** Appends a value; the answer is the error's code, if there is one. */
  async append(wrap: (body: Document) => Document, key: string, value: number): Promise<number | undefined> {
    const update = { q: { _id: key }, u: { $push: { list: new BSON.Int32(value) } } };
    const { body } = await this.send(wrap({ update: COLLECTION, updates: [update] }));
    if (body['ok'] !== 1) return body['code'];
    if (body['writeErrors'] || body['n'] !== 1) throw new Error(`an append did not match: ${JSON.stringify(body)}`);
    return undefined;
  }
}

class Client {
  readonly #recorder: Recorder;
  readonly #draw: Draw;
  readonly #session: RawSession;

  constructor(recorder: Recorder, draw: Draw, number: number) {
    this.#recorder = recorder;
    this.#draw = draw;
    this.#session = new RawSession(number);
  }

  async run(): Promise<void> {
    for (let left = 1 + this.#draw.below(2); left > 0; left--) {
      await this.#linger();
      if (this.#draw.below(5) === 0) await this.#runPlain();
      else await this.#runTransaction();
    }
  }

  /** Lets others go first, a random number of times. */
  async #linger(): Promise<void> {
    for (let turns = this.#draw.below(4); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
  }

  #anyKey(): string {
    const { keys } = this.#recorder;
    return keys[this.#draw.below(keys.length)] as string;
  }

  async #runPlain(): Promise<void> {
    const transaction = this.#recorder.begin(true);
    const code = await this.#step(transaction, (body) => body);
    if (code !== undefined) throw new Error(`a plain command may not fail, got ${code}`);
    transaction.outcome = 'committed';
    transaction.endedAt = this.#recorder.now();
  }

  async #runTransaction(): Promise<void> {
    const transaction = this.#recorder.begin(false);
    this.#session.begin();
    for (let left = 1 + this.#draw.below(4); left > 0; left--) {
      const code = await this.#step(transaction, (body) => this.#session.inTransaction(body));
      if (code === WRITE_CONFLICT) transaction.outcome = 'conflict';
      else if (code !== undefined) throw new Error(`wanted a write conflict or success, got ${code}`);
      if (code !== undefined) return this.#end(transaction);
      await this.#linger();
    }
    const command = this.#draw.below(8) === 0 ? 'abortTransaction' : 'commitTransaction';
    const { body } = await this.#recorder.send(this.#session.end(command));
    if (body['ok'] !== 1) throw new Error(`${command} failed: ${body['errmsg']}`);
    if (command === 'commitTransaction') transaction.outcome = 'committed';
    this.#end(transaction);
  }

  #end(transaction: HistoryTransaction): void {
    transaction.endedAt = this.#recorder.now();
  }

  async #step(transaction: HistoryTransaction, wrap: (body: Document) => Document): Promise<number | undefined> {
    const enter = (reads: Read[]): undefined => {
      transaction.operations.push(...reads.map((read): HistoryOperation => ({ kind: 'read', ...read })));
      return undefined;
    };
    const kind = this.#draw.below(6);
    if (kind === 0) return enter(await this.#recorder.readAll(wrap));
    if (kind === 1) return enter(await this.#recorder.readAll(wrap, true));
    const key = this.#anyKey();
    if (kind === 2) return enter(await this.#recorder.readOne(wrap, key));
    const value = this.#recorder.newValue();
    const code = await this.#recorder.append(wrap, key, value);
    // Entered all the same when it failed: such a value must never be seen.
    transaction.operations.push({ kind: 'append', key, value });
    return code;
  }
}
