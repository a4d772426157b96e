import { BSON, type Document, Int32 } from 'bson';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startUpkeep } from '../../src/embedded/sessions/upkeep.js';
import { type CommandLayer, openCommandLayer, RawSession } from './command-layer.js';

const ROWS = 6000;

/** Commands without a socket over a collection of many rows and one, `points`, to read beside. */
async function makeMany(): Promise<CommandLayer> {
  const layer = await openCommandLayer();
  onTestFinished(() => layer.close());
  const bytes = (row: Document): Uint8Array => BSON.serialize(row);
  const rows = Array.from({ length: ROWS }, (_, n) =>
    bytes({ _id: n, n: (n * 7919) % ROWS, k: `k${n % 5}`, t: [n, -n] }),
  );
  await layer.send({ insert: 'rows', documents: rows });
  await layer.send({ insert: 'points', documents: [bytes({ _id: 'p' })] });
  return layer;
}

/** A clock that moves on a little whenever somebody looks at it, so that work and not the machine decides what is long. */
function startClock(): void {
  let now = Date.now();
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => now++);
  onTestFinished(() => clock.mockRestore());
}

/** Waits for long work; answers how many point reads, one after the other, were answered meanwhile. */
async function readsBeside(layer: CommandLayer, work: Promise<unknown>): Promise<number> {
  let isOver = false;
  const long = work.finally(() => {
    isOver = true;
  });
  let reads = 0;
  while (!isOver) {
    const point = await layer.send({ find: 'points', filter: { _id: 'p' } });
    expect(point.cursor?.documents).toHaveLength(1);
    // Only reads that a turn of the event loop lies between show that the long work gives way.
    await new Promise((resolve) => setImmediate(resolve));
    if (!isOver) reads++;
  }
  await long;
  return reads;
}

const nothing = { k: 'nothing' };
const group = { $group: { _id: '$n', top: { $max: '$k' } } };
const join = { from: 'rows', localField: 'k', foreignField: 'absent', as: 'j', pipeline: [{ $limit: 1 }] };

const LONG: [string, Document][] = [
  ['a scan', { find: 'rows', filter: nothing }],
  ['a sort', { find: 'rows', filter: {}, sort: { n: 1 }, batchSize: 1 }],
  ['$group', { aggregate: 'rows', pipeline: [group], cursor: { batchSize: 1 } }],
  [
    '$group and $sort',
    { aggregate: 'rows', pipeline: [group, { $sort: { top: -1, _id: 1 } }], cursor: { batchSize: 1 } },
  ],
  ['$lookup', { aggregate: 'rows', pipeline: [{ $limit: 3 }, { $lookup: join }], cursor: {} }],
  ['$unwind', { aggregate: 'rows', pipeline: [{ $unwind: '$t' }, { $match: nothing }], cursor: {} }],
  ['an index build', { createIndexes: 'rows', indexes: [{ key: { n: 1, t: 1 }, name: 'n_t' }] }],
  ['an update of many', { update: 'rows', updates: [{ q: {}, u: { $set: { x: 1 } }, multi: true }] }],
  ['a delete of many', { delete: 'rows', deletes: [{ q: {}, limit: 0 }] }],
];

describe('long commands', () => {
  it.each(LONG)('%s gives way to others', async (_what, command) => {
    const layer = await makeMany();
    startClock();
    const reply = layer.send(command);
    expect(await readsBeside(layer, reply)).toBeGreaterThan(5);
    expect((await reply).body).toMatchObject({ ok: 1 });
  });

  it.each(LONG)('%s ends at its time limit', async (_what, command) => {
    const layer = await makeMany();
    startClock();
    const { body } = await layer.send({ ...command, maxTimeMS: new Int32(1) });
    expect(body).toMatchObject({ ok: 0, code: 50 });
  });

  it('removing what is past its time gives way to others', async () => {
    const layer = await makeMany();
    const ttl = { key: { at: 1 }, name: 'at', expireAfterSeconds: 0 };
    expect((await layer.send({ createIndexes: 'points', indexes: [ttl] })).body).toMatchObject({ ok: 1 });
    const past = Array.from({ length: 1500 }, (_, _id) => BSON.serialize({ _id, at: new Date(0) }));
    await layer.send({ insert: 'points', documents: past });
    const upkeep = startUpkeep(layer.engine);
    expect(await readsBeside(layer, upkeep.run())).toBeGreaterThan(5);
    await upkeep.stop();
    expect((await layer.send({ count: 'points' })).body).toMatchObject({ n: 1 });
  });

  it('of a transaction give way too, and are undone by an abort in between', async () => {
    const layer = await makeMany();
    startClock();
    const session = new RawSession(1);
    session.begin();
    const update = { update: 'rows', updates: [{ q: {}, u: { $set: { x: 1 } }, multi: true }] };
    const long = layer.send(session.inTransaction(update));
    await new Promise((resolve) => setImmediate(resolve));
    expect((await layer.send(session.end('abortTransaction'))).body).toMatchObject({ ok: 1 });
    expect((await long).body).toMatchObject({ ok: 0, code: 251 });
    const found = await layer.send({ find: 'rows', filter: { x: 1 } });
    expect(found.cursor?.documents).toHaveLength(0);
    // No document is left to a transaction that is gone.
    expect((await layer.send(update)).body).toMatchObject({ ok: 1, n: ROWS, nModified: ROWS });
  });

  it('hold no more than their part of the memory: a sort and a $group of too much are refused', async () => {
    const layer = await openCommandLayer();
    onTestFinished(() => layer.close());
    const text = 'x'.repeat(4 << 20);
    for (let _id = 0; _id < 26; _id++) {
      const { body } = await layer.send({ insert: 'rows', documents: [BSON.serialize({ _id, n: _id % 10, text })] });
      expect(body).toMatchObject({ ok: 1 });
    }
    const sort = { n: -1, _id: 1 };
    const refused = [
      { find: 'rows', filter: {}, sort },
      { aggregate: 'rows', pipeline: [{ $unwind: '$n' }, { $sort: sort }], cursor: {} },
      { aggregate: 'rows', pipeline: [{ $group: { _id: { text: '$text', id: '$_id' } } }], cursor: {} },
    ];
    for (const command of refused) expect((await layer.send(command)).body).toMatchObject({ ok: 0, code: 292 });
    const first = { find: 'rows', filter: {}, sort, limit: 2, projection: { n: 1 } };
    const pipeline = [{ $unwind: '$n' }, { $sort: sort }, { $limit: 2 }, { $project: { n: 1 } }];
    for (const command of [first, { aggregate: 'rows', pipeline, cursor: {} }]) {
      const { cursor } = await layer.send(command);
      const found = cursor?.documents.map((bytes) => BSON.deserialize(bytes));
      expect(found).toEqual([
        { _id: 9, n: 9 },
        { _id: 19, n: 9 },
      ]);
    }
  });
});

describe('an index build', () => {
  const build = { createIndexes: 'rows', indexes: [{ key: { n: 1 }, name: 'n' }] };
  const by = (n: number): Document => ({ find: 'rows', filter: { n }, sort: { n: 1 }, batchSize: 100 });
  const ids = async (layer: CommandLayer, n: number): Promise<unknown[]> =>
    ((await layer.send(by(n))).cursor?.documents ?? []).map((row) => BSON.deserialize(row)['_id']);
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('takes in what is written while it runs', async () => {
    const layer = await makeMany();
    const long = layer.send(build);
    await turn();
    await layer.send({ insert: 'rows', documents: [BSON.serialize({ _id: -1, n: 1_000_000 })] });
    await layer.send({ insert: 'rows', documents: [BSON.serialize({ _id: ROWS, n: 1_000_000 })] });
    await layer.send({ update: 'rows', updates: [{ q: { _id: 0 }, u: { $set: { n: 1_000_001 } } }] });
    await layer.send({ update: 'rows', updates: [{ q: { _id: ROWS - 1 }, u: { $set: { n: 1_000_001 } } }] });
    await layer.send({ delete: 'rows', deletes: [{ q: { _id: 1 }, limit: 1 }] });
    expect((await long).body).toMatchObject({ ok: 1, numIndexesBefore: 1, numIndexesAfter: 2 });
    const { indexes } = layer.engine.databases.need('shop').catalogue.find('rows') ?? { indexes: [] };
    expect(indexes.map((index) => index.specification.name)).toEqual(['n']);
    expect(await ids(layer, 1_000_000)).toEqual([-1, ROWS]);
    expect(await ids(layer, 1_000_001)).toEqual([0, ROWS - 1]);
    expect(await ids(layer, 7919 % ROWS)).toEqual([]);
    expect(await ids(layer, (5 * 7919) % ROWS)).toEqual([5]);
  });

  it('is used by nobody before its end, and waited for by whoever wants the same', async () => {
    const layer = await makeMany();
    const long = layer.send(build);
    const again = layer.send(build);
    await turn();
    const { body } = await layer.send({ explain: { find: 'rows', filter: { n: 3 } }, verbosity: 'queryPlanner' });
    expect(body['queryPlanner'].winningPlan).toMatchObject({ stage: 'COLLSCAN' });
    expect((await long).body).toMatchObject({ ok: 1, numIndexesAfter: 2 });
    expect((await again).body).toMatchObject({ ok: 1, numIndexesBefore: 2, numIndexesAfter: 2 });
  });

  it('that is refused leaves nothing behind', async () => {
    const layer = await makeMany();
    await layer.send({ insert: 'rows', documents: [BSON.serialize({ _id: ROWS + 1, n: [1, 2], t: [3, 4] })] });
    const parallel = { createIndexes: 'rows', indexes: [{ key: { n: 1, t: 1 }, name: 'n_t' }] };
    expect((await layer.send(parallel)).body).toMatchObject({ ok: 0, code: 171 });
    const collection = layer.engine.databases.need('shop').catalogue.find('rows');
    expect(collection).toMatchObject({ indexes: [], building: [], maintained: [] });
    expect((await layer.send({ delete: 'rows', deletes: [{ q: { _id: ROWS + 1 }, limit: 1 }] })).body['n']).toBe(1);
    expect((await layer.send(parallel)).body).toMatchObject({ ok: 1, numIndexesAfter: 2 });
  });

  it('ends with its collection', async () => {
    const layer = await makeMany();
    const long = layer.send(build);
    await turn();
    expect((await layer.send({ drop: 'rows' })).body).toMatchObject({ ok: 1 });
    expect((await long).body).toMatchObject({ ok: 0, code: 276 });
  });
});
