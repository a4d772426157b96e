import { randomUUID } from 'node:crypto';
import { Binary, type Document, Long, UUID } from 'bson';
import { seededRandom } from '../../src/kernel/random.js';
import type { WireConnection } from './wire-connection.js';

/** What the database must hold once every write has its answer. */
export interface Truth {
  /** `n` of each row. */
  readonly rows: Map<string, number>;
  /** Who holds each contested `_id`. */
  readonly claims: Map<string, string>;
  /** Rows that transactions put into two collections. */
  readonly pairs: Set<string>;
  readonly balances: Map<string, number>;
}

/** Beyond it a field is too long for a whole index key. */
const LONG_TEXT = 'x'.repeat(4000);
/** Needs pages of its own. */
const BODY = 'y'.repeat(20_000);

const ACCOUNTS = ['a', 'b', 'c', 'd'];

/** A command whose answer decides what is true. */
interface Step {
  readonly command: Document;
  /** Changes the truth as the reply says. */
  settle(reply: Document): void;
}

/** An answer that a repeat must give again, word for word. */
interface Answered {
  readonly command: Document;
  readonly reply: Document;
}

/**
 * Writes one command after the other in one session, each with a number, so that every one of them may be repeated after
 * a crash: inserts, increments, deletes, races for an `_id`, and transactions over four collections.
 */
export class CrashWriter {
  readonly name: string;
  readonly #truth: Truth;
  readonly #random: ReturnType<typeof seededRandom>;
  readonly #lsid = { id: new UUID() };
  readonly #contest: { next: number };
  #number = 0;
  #rows = 0;
  /** Sent, and not answered when the connection broke. */
  #pending: Step | undefined;
  #last: Answered | undefined;

  constructor(name: string, seed: number, truth: Truth, contest: { next: number }) {
    this.name = name;
    this.#truth = truth;
    this.#random = seededRandom(seed);
    this.#contest = contest;
  }

  /** Writes until the connection breaks; `onAck` is told of each answer. */
  async run(connection: WireConnection, onAck: () => void): Promise<void> {
    try {
      for (;;) {
        if (this.#random.below(5) === 0) await this.#transfer(connection);
        else await this.#ask(connection, this.#plainStep());
        onAck();
      }
    } catch (error) {
      if (!/ended|ECONN|EPIPE|ENOENT/.test(String(error))) throw error;
    }
  }

  /**
   * After the restart: repeats what had no answer, which decides it; otherwise repeats the last answered write.
   * Returns what is wrong.
   */
  async resume(connection: WireConnection): Promise<string[]> {
    if (this.#pending) {
      await this.#ask(connection, this.#pending);
      return [];
    }
    if (!this.#last) return [];
    const { command, reply } = this.#last;
    const again = await connection.send(command);
    if (JSON.stringify(again) === JSON.stringify(reply)) return [];
    const shown = JSON.stringify(again);
    return [`${this.name}: the repeat of an acknowledged write answered ${shown} instead of ${JSON.stringify(reply)}`];
  }

  async #ask(connection: WireConnection, step: Step): Promise<Document> {
    this.#pending = step;
    const reply = await connection.send(step.command);
    step.settle(reply);
    this.#pending = undefined;
    this.#last = { command: step.command, reply };
    return reply;
  }

  #numbered(command: Document): Document {
    return { ...command, $db: 'bank', lsid: this.#lsid, txnNumber: Long.fromNumber(++this.#number) };
  }

  #plainStep(): Step {
    const own = [...this.#truth.rows.keys()].filter((id) => id.startsWith(`${this.name}-`));
    const kind = this.#random.below(own.length > 0 ? 10 : 5);
    if (kind < 4) return this.#insertRow();
    if (kind < 5) return this.#raceForId();
    const id = this.#random.pick(own);
    return kind < 8 ? this.#increment(id) : this.#remove(id);
  }

  #insertRow(): Step {
    const _id = `${this.name}-${this.#rows++}${this.#random.below(25) === 0 ? LONG_TEXT : ''}`;
    const n = this.#random.below(1000);
    const row = {
      ...{ _id, n, group: `g${n % 7}`, tags: [this.name, `t${n % 3}`, `t${n % 5}`] },
      ...(n % 40 === 0 ? { note: LONG_TEXT + n } : {}),
      ...(n % 50 === 1 ? { body: BODY } : {}),
      ...(n % 4 === 0 ? { isLive: true } : {}),
      key: new Binary(Buffer.from(randomUUID())),
    };
    return {
      command: this.#numbered({ insert: 'rows', documents: [row] }),
      settle: (reply) => {
        expectDone(reply, 1);
        this.#truth.rows.set(_id, n);
      },
    };
  }

  #increment(_id: string): Step {
    const change = { $inc: { n: 1 }, $set: { group: `g${this.#random.below(7)}` } };
    return {
      command: this.#numbered({ update: 'rows', updates: [{ q: { _id }, u: change }] }),
      settle: (reply) => {
        expectDone(reply, 1);
        this.#truth.rows.set(_id, (this.#truth.rows.get(_id) ?? 0) + 1);
      },
    };
  }

  #remove(_id: string): Step {
    return {
      command: this.#numbered({ delete: 'rows', deletes: [{ q: { _id }, limit: 1 }] }),
      settle: (reply) => {
        expectDone(reply, 1);
        this.#truth.rows.delete(_id);
      },
    };
  }

  /** All writers go for the same `_id`s: exactly one gets each. */
  #raceForId(): Step {
    const _id = `claim-${this.#contest.next}`;
    return {
      command: this.#numbered({ insert: 'claims', documents: [{ _id, owner: this.name }] }),
      settle: (reply) => {
        const isTaken = (reply['writeErrors'] as Document[] | undefined)?.[0]?.['code'] === 11000;
        if (this.#contest.next === Number(_id.slice(6))) this.#contest.next++;
        if (isTaken) return;
        expectDone(reply, 1);
        if (this.#truth.claims.has(_id)) throw new Error(`${_id} was given to two writers`);
        this.#truth.claims.set(_id, this.name);
      },
    };
  }

  async #transfer(connection: WireConnection): Promise<void> {
    const _id = `${this.name}-p${this.#number}`;
    const [from, to] = [this.#random.pick(ACCOUNTS), this.#random.pick(ACCOUNTS)];
    const amount = 1 + this.#random.below(50);
    const begin = this.#numbered({ startTransaction: true, autocommit: false });
    const { startTransaction: _, ...inside } = begin;
    const inc = (account: string, by: number) => ({ q: { _id: account }, u: { $inc: { sum: by } } });
    const body: Document[] = [
      { insert: 'pairsA', documents: [{ _id, by: this.name }], ...begin },
      { update: 'accounts', updates: [inc(from, -amount), inc(to, amount)], ...inside },
      { insert: 'pairsB', documents: [{ _id, by: this.name }], ...inside },
    ];
    // What breaks off before the commit was sent must leave no trace: nothing is pending.
    this.#last = undefined;
    for (const command of body) {
      const reply = await connection.send(command);
      if (reply['ok'] !== 1) return;
    }
    await this.#ask(connection, {
      command: { commitTransaction: 1, ...inside, $db: 'admin' },
      settle: (reply) => {
        // 251: the crash came first, the transaction is gone as a whole.
        if (reply['code'] === 251) return;
        if (reply['ok'] !== 1) throw new Error(`a commit was answered with ${JSON.stringify(reply)}`);
        this.#truth.pairs.add(_id);
        this.#add(from, -amount);
        this.#add(to, amount);
      },
    });
  }

  #add(account: string, by: number): void {
    this.#truth.balances.set(account, (this.#truth.balances.get(account) ?? 0) + by);
  }
}

function expectDone(reply: Document, n: number): void {
  if (reply['ok'] === 1 && reply['n'] === n && !reply['writeErrors']) return;
  throw new Error(`wanted ${n} written, got ${JSON.stringify(reply)}`);
}
