import { BSON, type Document } from 'bson';
import { type CommandLayer, RawSession } from './command-layer.js';
import { seeded } from './start-test-engine.js';

const COLLECTION = 'accounts';
const ACCOUNTS = 6;

/** What the clients of a bank have done. */
export interface BankReport {
  committed: number;
  conflicts: number;
  /** Sums other than zero, with how they were read. */
  wrongSums: string[];
  reads: number;
}

/**
 * Moves amounts between accounts in concurrent transactions while others read all accounts. Half of the transfers write
 * what they have computed from a read, so that a lost update would show.
 */
export async function runBank(layer: CommandLayer, seed: number, transfers: number): Promise<BankReport> {
  const random = seeded(seed);
  const below = (bound: number): number => Math.floor(random() * bound);
  const documents = Array.from({ length: ACCOUNTS }, (_, _id) => ({
    _id: new BSON.Int32(_id),
    sum: new BSON.Int32(0),
  }));
  await layer.send({ create: COLLECTION });
  await layer.send({ insert: COLLECTION, documents });
  const report: BankReport = { committed: 0, conflicts: 0, wrongSums: [], reads: 0 };
  let started = 0;
  let isOver = false;
  const mover = async (number: number): Promise<void> => {
    const session = new RawSession(number);
    while (started++ < transfers) {
      const from = below(ACCOUNTS);
      const to = (from + 1 + below(ACCOUNTS - 1)) % ACCOUNTS;
      const isDone = await transfer(layer, session, { from, to, amount: 1 + below(50), isComputed: below(2) === 0 });
      if (isDone) report.committed++;
      else report.conflicts++;
      // Whoever is in the way needs some turns to commit.
      for (let turns = below(6); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const reader = async (number: number): Promise<void> => {
    const session = new RawSession(number);
    while (!isOver) {
      for (const [how, sum] of await sums(layer, session)) {
        report.reads++;
        if (sum !== 0) report.wrongSums.push(`${how}: ${sum}`);
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const readers = [reader(2_000_001), reader(2_000_002)];
  await Promise.all(Array.from({ length: 6 }, (_, n) => mover(2_000_010 + n)));
  isOver = true;
  await Promise.all(readers);
  return report;
}

interface Transfer {
  from: number;
  to: number;
  amount: number;
  isComputed: boolean;
}

async function transfer(layer: CommandLayer, session: RawSession, move: Transfer): Promise<boolean> {
  session.begin();
  const send = async (body: Document): Promise<Document> => {
    const reply = await layer.send(session.inTransaction(body));
    const documents = reply.cursor?.documents.map((bytes) => BSON.deserialize(bytes)) ?? [];
    return { ...reply.body, documents };
  };
  for (const [account, amount] of [
    [move.from, -move.amount],
    [move.to, move.amount],
  ] as const) {
    const q = { _id: new BSON.Int32(account) };
    let u: Document = { $inc: { sum: new BSON.Int32(amount) } };
    if (move.isComputed) {
      const { documents } = await send({ find: COLLECTION, filter: q });
      u = { $set: { sum: new BSON.Int32(documents[0].sum + amount) } };
    }
    const reply = await send({ update: COLLECTION, updates: [{ q, u }] });
    if (reply['ok'] !== 1 && reply['code'] === 112) return false;
    if (reply['ok'] !== 1 || reply['n'] !== 1) throw new Error(`a transfer failed: ${JSON.stringify(reply)}`);
  }
  const { body } = await layer.send(session.end('commitTransaction'));
  if (body['ok'] !== 1) throw new Error(`a commit failed: ${body['errmsg']}`);
  return true;
}

/** The sum of all accounts: in one plain command, by a plain pipeline, and account by account in a transaction. */
async function sums(layer: CommandLayer, session: RawSession): Promise<[string, number][]> {
  const read = async (body: Document): Promise<Document[]> => {
    const reply = await layer.send(body);
    if (!reply.cursor) throw new Error(`a read failed: ${reply.body['errmsg']}`);
    return reply.cursor.documents.map((bytes) => BSON.deserialize(bytes));
  };
  const total = (rows: Document[]): number => rows.reduce((all, row) => all + row['sum'], 0);
  const plain = total(await read({ find: COLLECTION, filter: {} }));
  const group = { $group: { _id: null, sum: { $sum: '$sum' } } };
  const grouped = total(await read({ aggregate: COLLECTION, pipeline: [group], cursor: {} }));
  session.begin();
  let inside = 0;
  for (let account = 0; account < ACCOUNTS; account++) {
    inside += total(await read(session.inTransaction({ find: COLLECTION, filter: { _id: new BSON.Int32(account) } })));
  }
  await layer.send(session.end('commitTransaction'));
  return [
    ['find', plain],
    ['aggregate', grouped],
    ['transaction', inside],
  ];
}
