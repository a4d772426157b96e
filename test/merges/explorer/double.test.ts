import type { ClientSession } from 'mongoose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isTransient } from '../../../src/brands/brand-error.js';
import type { Database } from '../../../src/brands/database.js';
import { type SeededRandom, seededRandom } from '../../../src/kernel/random.js';
import type { ProfileRow } from '../../../src/profiles/profile.js';
import { profileCollection } from '../../../src/profiles/profile.model.js';
import { openGroup, type TestGroup } from '../../support/group.js';
import { runSeed } from '../rows.js';
import { DoubleDatabase } from './double-database.js';
import { DoubleStore } from './double-store.js';

let group: TestGroup;
beforeAll(async () => {
  group = await openGroup();
});
afterAll(() => group.close());

const seed = runSeed();
const sequences = 60;
const commandsPerSequence = 24;
const ids = ['p1', 'p2', 'p3', 'p4'];
const holders = 3;

/** One command of a sequence, by one of a few sessions or, for null, by none. */
type Asked = (database: Database, session: ClientSession | null) => Promise<unknown>;

interface Turn {
  readonly holder: number | null;
  readonly name: 'command' | 'commit' | 'abort';
  readonly ask: Asked;
  readonly writes: readonly string[];
}

const optionsOf = (session: ClientSession | null): object => (session === null ? {} : { session });

function drawCommand(random: SeededRandom): Pick<Turn, 'ask' | 'writes'> {
  const id = random.pick(ids);
  const version = random.below(4);
  const filter = random.pick([
    { _id: id },
    { _id: id, state: 'ACTIVE' },
    { _id: id, version },
    { _id: id, 'linkSlots.hearth': { $exists: false } },
  ]);
  const update = random.pick([
    { $inc: { version: 1 } },
    { $set: { state: random.pick(['ACTIVE', 'MERGED']), 'linkSlots.hearth': 'a' } },
    { $set: { state: 'ACTIVE' }, $unset: { email: '', 'linkSlots.hearth': '' } },
    { $addToSet: { accounts: random.pick(ids) } },
    { $max: { touch: version }, $inc: { version: 0 } },
  ]);
  const row = { _id: id, state: 'ACTIVE', version, accounts: [id], email: undefined };
  const model = (database: Database) => database.model(profileCollection);
  const search = random.pick([
    { state: { $eq: 'ACTIVE' } },
    { accounts: { $in: ['p1', 'p2'] } },
    { version: { $gt: 1 } },
  ]);
  const writes = [`profiles/${id}`];
  return random.pick([
    {
      writes: [],
      ask: (db: Database, s) => find(model(db).find(search as never, null, { lean: true, ...optionsOf(s) })),
    },
    {
      writes: [],
      ask: (db: Database, s) => find(model(db).find({ _id: { $in: ids } }, null, { lean: true, ...optionsOf(s) })),
    },
    {
      writes,
      ask: (db: Database, s) => changed(model(db).collection.updateOne(filter as never, update as never, optionsOf(s))),
    },
    {
      writes,
      ask: (db: Database, s) => changed(model(db).collection.updateOne(filter as never, update as never, optionsOf(s))),
    },
    { writes, ask: (db: Database, s) => changed(model(db).collection.deleteOne({ _id: id } as never, optionsOf(s))) },
    { writes, ask: (db: Database, s) => quiet(model(db).collection.insertOne({ ...row } as never, optionsOf(s))) },
    { writes, ask: (db: Database, s) => quiet(model(db).collection.insertMany([{ ...row }] as never, optionsOf(s))) },
  ] as readonly { writes: string[]; ask: Asked }[]);
}

async function find(query: PromiseLike<unknown>): Promise<unknown> {
  const rows = (await query) as ProfileRow[];
  return rows.map((row) => ({ ...row })).sort((a, b) => (a._id < b._id ? -1 : 1));
}

async function changed(work: Promise<object>): Promise<unknown> {
  const { matchedCount, modifiedCount, deletedCount } = (await work) as Record<string, number>;
  return { matchedCount, modifiedCount, deletedCount };
}

async function quiet(work: Promise<unknown>): Promise<unknown> {
  await work;
  return 'done';
}

/** What came of it, as far as product code can tell. */
async function outcomeOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    return { code: (error as { code?: unknown }).code, isTransient: isTransient(error) };
  }
}

/** One side of the comparison: a database and its sessions. */
class Side {
  readonly database: Database;
  readonly #sessions: ClientSession[] = [];
  readonly #open = new Set<number>();

  constructor(database: Database) {
    this.database = database;
  }

  async start(): Promise<void> {
    for (let n = 0; n < holders; n += 1) this.#sessions.push(await this.database.startSession());
  }

  async take({ holder, name, ask }: Turn): Promise<unknown> {
    if (holder === null) return outcomeOf(() => ask(this.database, null));
    const session = this.#sessions[holder] as ClientSession;
    if (name === 'command') {
      if (!this.#open.has(holder)) session.startTransaction({ readConcern: { level: 'snapshot' } });
      this.#open.add(holder);
      return outcomeOf(() => ask(this.database, session));
    }
    if (!this.#open.delete(holder)) return 'nothing open';
    return outcomeOf(() => quiet(name === 'commit' ? session.commitTransaction() : session.abortTransaction()));
  }

  async end(): Promise<unknown> {
    for (const session of this.#sessions) await session.endSession();
    const query = this.database.model(profileCollection).find({}, null, { lean: true });
    return find(query);
  }
}

it(`the double answers every command as the embedded engine does (seed ${seed})`, async () => {
  const random = seededRandom(seed);
  const real = group.entry('wren').database;
  let conflicts = 0;
  for (let sequence = 0; sequence < sequences; sequence += 1) {
    await real.model(profileCollection).collection.deleteMany({});
    const store = new DoubleStore();
    const double = DoubleDatabase.of('wren', store, async (command) => command.execute('ok'));
    const sides = [new Side(real), new Side(double)] as const;
    for (const side of sides) await side.start();
    const history: string[] = [];
    for (let n = 0; n < commandsPerSequence; n += 1) {
      const { ask, writes } = drawCommand(random);
      const isPlain = random.below(4) === 0;
      // A plain write that meets a held row waits in both; nobody else could go on here.
      const holder = isPlain && !store.isHeld(writes) ? null : random.below(holders);
      const name =
        holder === null ? 'command' : random.pick(['command', 'command', 'command', 'commit', 'abort'] as const);
      const turn: Turn = { holder, name, ask, writes };
      const [wanted, got] = [await sides[0].take(turn), await sides[1].take(turn)];
      history.push(`${holder} ${name} ${writes.join()} → ${JSON.stringify(wanted)}`);
      expect(got, `sequence ${sequence}\n${history.join('\n')}`).toEqual(wanted);
      if ((wanted as { isTransient?: boolean }).isTransient === true) conflicts += 1;
    }
    const [wanted, got] = [await sides[0].end(), await sides[1].end()];
    expect(got, history.join('\n')).toEqual(wanted);
  }
  expect(conflicts).toBeGreaterThan(sequences / 10);
}, 120_000);
