import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatNodeId, newUuid } from '../../src/kernel/ids.js';
import { createBatch } from '../../src/merge-batches/batch-create.service.js';
import { mergeBatchCollection, mergeBatchRowCollection } from '../../src/merge-batches/merge-batch.model.js';
import { listBatches, loadMergeBatchNode, rowsOfBatch } from '../../src/merge-batches/merge-batch.service.js';
import { mergeCollection } from '../../src/merges/merge.model.js';
import { profileCollection } from '../../src/profiles/profile.model.js';
import { merge, rowsOf } from '../merges/merging.js';
import { aProfile, profileId } from '../support/factories/profile.js';
import { anActor, openGroup, type TestGroup } from '../support/group.js';
import { refusalsOf } from '../support/refusals.js';
import { aBatch, batchId, batchInput, mergedExactly, type Pair, people, statusesOf } from './batching.js';

let group: TestGroup;
beforeAll(async () => {
  group = await openGroup({ isMonitored: true });
});
afterAll(() => group.close());

const counts = async () => ({
  batches: (await rowsOf(group, 'wren', mergeBatchCollection)).length,
  rows: (await rowsOf(group, 'wren', mergeBatchRowCollection)).length,
});

async function set(id: string, values: object): Promise<void> {
  const { collection } = group.entry('wren').database.model(profileCollection);
  await collection.updateOne({ _id: id } as never, { $set: values } as never);
}

/** Commands on a brand's database while something is done. */
async function commandsDuring(brand: string, work: () => Promise<unknown>): Promise<string[]> {
  const client = group.entry(brand).database.connection.getClient();
  const names: string[] = [];
  const note = ({ commandName }: { commandName: string }) => names.push(commandName);
  client.on('commandStarted', note);
  try {
    await work();
  } finally {
    client.removeListener('commandStarted', note);
  }
  return names;
}

describe('a new batch', () => {
  it('is a dry run: every row has its verdict, and nothing was merged', async () => {
    const [a, b, c, d, e, gone, system] = (await people(group, 'wren', 7)) as [
      string,
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    await set(gone, { state: 'DELETED' });
    await set(system, { type: 'SYSTEM' });
    const input = batchInput(
      'wren',
      [
        [a, b],
        [c, newUuid()],
        [d, d],
        [gone, b],
        [system, b],
        [newUuid(), e],
        [b, e],
      ],
      {
        reason: ' spring clean ',
      },
    );
    const foreign = formatNodeId('prof', 'hearth', newUuid());
    const batch = await createBatch(group.context(), {
      ...input,
      rows: [...input.rows, { winnerId: formatNodeId('prof', 'wren', e), loserId: foreign }],
    });
    expect(batch).toMatchObject({
      status: 'READY',
      rowCount: 8,
      mergedCount: 0,
      refusedCount: 6,
      reason: 'spring clean',
    });
    expect(await statusesOf(group, batch as never)).toEqual([
      'WAITING',
      'NOT_FOUND',
      'SAME_PROFILE',
      'PROFILE_NOT_LIVE',
      'TYPE_NOT_MERGEABLE',
      'NOT_FOUND',
      'WAITING',
      'DIFFERENT_BRANDS',
    ]);
    expect(await rowsOf(group, 'wren', mergeCollection)).toEqual([]);
    expect(await mergedExactly(group, batch as never)).toBe(0);
  });

  it('says of another brand’s id no more than the token may see', async () => {
    const [a, b] = (await people(group, 'wren', 2)) as [string, string];
    const other = await aProfile(group, 'hearth');
    const rows = [{ winnerId: formatNodeId('prof', 'wren', a), loserId: profileId(other) }];
    const actor = anActor({ brandHandles: new Set(['wren']) });
    const batch = await createBatch(group.context({ actor }), { ...batchInput('wren', [[b, a]]), rows });
    expect(await statusesOf(group, batch as never)).toEqual(['NOT_FOUND']);
    expect(await refusalsOf(createBatch(group.context({ actor }), batchInput('hearth', [[a, b]])))).toEqual([
      'NOT_FOUND input.brand',
    ]);
  });

  it('lets ids that were merged before stand for whoever they lead to', async () => {
    const [loser, winner, other] = await Promise.all([1, 2, 3].map(() => aProfile(group, 'wren')));
    if (!loser || !winner || !other) throw new Error('There are three');
    await merge(group, loser, winner);
    const batch = await aBatch(group, 'wren', [[loser._id, other._id]]);
    expect(await statusesOf(group, batch)).toEqual(['WAITING']);
    const same = await aBatch(group, 'wren', [[loser._id, winner._id]]);
    expect(await statusesOf(group, same)).toEqual(['SAME_PROFILE']);
    const twice = batchInput('wren', [
      [loser._id, other._id],
      [winner._id, newUuid()],
      [winner._id, other._id],
    ]);
    expect(await refusalsOf(createBatch(group.context(), twice))).toEqual(['BATCH_NOT_A_FOREST input.rows.2.loserId']);
  });

  it('is refused as a whole, row by row, when rows form a circle or use one loser twice', async () => {
    const [a, b, c, d] = (await people(group, 'wren', 4)) as [string, string, string, string];
    const before = await counts();
    for (const [pairs, rows] of [
      [
        [
          [a, b],
          [c, d],
          [b, a],
        ],
        [0, 2],
      ],
      [
        [
          [a, b],
          [a, c],
        ],
        [0, 1],
      ],
      [
        [
          [a, b],
          [a, b],
        ],
        [1],
      ],
    ] as const) {
      expect(await refusalsOf(createBatch(group.context(), batchInput('wren', pairs)))).toEqual(
        rows.map((row) => `BATCH_NOT_A_FOREST input.rows.${row}.loserId`),
      );
    }
    expect(await counts()).toEqual(before);
  });

  it('sees what rows add up to: the winner that would grow too large', async () => {
    const ids = await people(group, 'wren', 130);
    const [winner, ...losers] = ids as [string, ...string[]];
    const batch = await aBatch(
      group,
      'wren',
      losers.map((loser): Pair => [loser, winner]),
    );
    expect(batch).toMatchObject({ rowCount: 129, refusedCount: 2 });
    const refused = await rowsOfBatch(group.context(), batch, { statuses: ['REFUSED'] });
    expect(refused.nodes.map((row) => [row.number, row.refusal?.code])).toEqual([
      [128, 'TOO_MANY'],
      [129, 'TOO_MANY'],
    ]);
    expect([refused.totalCount, refused.pageInfo.hasNextPage]).toEqual([2, false]);
  });

  it('does not plan with rights that its maker lacks', async () => {
    const [a, b] = (await people(group, 'wren', 2)) as [string, string];
    await set(a, { statuses: ['vip'] });
    const actor = anActor({ grants: ['merge-profiles', 'read-merges'] });
    expect(await statusesOf(group, await aBatch(group, 'wren', [[a, b]], group.context({ actor })))).toEqual([
      'STATUS_NOT_GRANTABLE',
    ]);
    expect(await statusesOf(group, await aBatch(group, 'wren', [[a, b]]))).toEqual(['WAITING']);
  });

  it('wants confirmation, at least one row and at most a thousand, ids of profiles, a short reason', async () => {
    const [a, b] = (await people(group, 'wren', 2)) as [string, string];
    const input = batchInput('wren', [[a, b]]);
    const tried = (overrides: object) => refusalsOf(createBatch(group.context(), { ...input, ...overrides }));
    expect(await tried({ isSamePersonConfirmed: false })).toEqual(['NOT_CONFIRMED input.isSamePersonConfirmed']);
    expect(await tried({ rows: [] })).toEqual(['BAD_USER_INPUT']);
    expect(await tried({ rows: Array.from({ length: 1_001 }, () => input.rows[0]) })).toEqual(['TOO_MANY input.rows']);
    expect(await tried({ rows: [{ ...input.rows[0], loserId: 'brand_wren' }] })).toEqual(['BAD_USER_INPUT']);
    expect(await tried({ reason: 'x'.repeat(501) })).toEqual(['BAD_USER_INPUT']);
    expect(await tried({ idempotencyKey: 'short' })).toEqual(['BAD_USER_INPUT']);
  });

  it('is made once for one key', async () => {
    const [a, b] = (await people(group, 'wren', 2)) as [string, string];
    const input = batchInput('wren', [[a, b]]);
    const [first, second] = await Promise.all([
      createBatch(group.context(), input),
      createBatch(group.context(), input),
    ]);
    expect(second?._id).toBe(first?._id);
    expect((await createBatch(group.context(), input))?._id).toBe(first?._id);
    expect(await refusalsOf(createBatch(group.context(), { ...input, reason: 'other' }))).toEqual([
      'IDEMPOTENCY_KEY_REUSED input.idempotencyKey',
    ]);
  });

  it('takes a number of commands that does not depend on its rows', async () => {
    const ids = await people(group, 'wren', 400);
    const pairs = Array.from({ length: 200 }, (_, n): Pair => [ids[2 * n] as string, ids[2 * n + 1] as string]);
    const few = await commandsDuring('wren', () => aBatch(group, 'wren', pairs.slice(0, 2)));
    const many = await commandsDuring('wren', () => aBatch(group, 'wren', pairs));
    expect(many).toEqual(few);
    // Key, profiles, addresses; key, batch, rows, audit, commit; the batch for the answer.
    expect(many).toHaveLength(9);
  });
});

describe('batches of a brand', () => {
  it('come newest first, page by page, and only to those who may see the brand', async () => {
    const ids = await people(group, 'hearth', 6);
    const made: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      const pair: Pair = [ids[2 * n] as string, ids[2 * n + 1] as string];
      made.unshift((await aBatch(group, 'hearth', [pair]))._id);
    }
    const first = await listBatches(group.context(), { brand: 'hearth', first: 2 });
    expect(first?.nodes.map((batch) => batch._id)).toEqual(made.slice(0, 2));
    expect(first).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
    const rest = await listBatches(group.context(), { brand: 'hearth', after: first?.pageInfo.endCursor ?? '' });
    expect(rest?.nodes.map((batch) => batch._id)).toEqual(made.slice(2));
    const actor = anActor({ brandHandles: new Set(['wren']) });
    expect(await listBatches(group.context({ actor }), { brand: 'hearth' })).toBeNull();
    const nodeId = { kind: 'batch', brand: 'hearth', uuids: [made[0] as string] } as const;
    expect(await loadMergeBatchNode(group.context({ actor }), nodeId)).toBeNull();
    expect((await loadMergeBatchNode(group.context(), nodeId))?._id).toBe(made[0]);
  });

  it('show their rows page by page; first pages of all batches are one command', async () => {
    const ids = await people(group, 'alder', 60);
    const pairsAt = (from: number) =>
      Array.from({ length: 10 }, (_, n): Pair => [ids[from + 2 * n] as string, ids[from + 2 * n + 1] as string]);
    const batches = [await aBatch(group, 'alder', pairsAt(0)), await aBatch(group, 'alder', pairsAt(20))];
    const context = group.context();
    const pages: (readonly number[])[] = [];
    const names = await commandsDuring('alder', async () => {
      const found = await Promise.all(batches.map((batch) => rowsOfBatch(context, batch, { first: 4 })));
      pages.push(...found.map((page) => page.nodes.map((row) => row.number)));
    });
    expect([pages, names]).toEqual([
      [
        [1, 2, 3, 4],
        [1, 2, 3, 4],
      ],
      ['find'],
    ]);
    const batch = batches[0] as (typeof batches)[0];
    const first = await rowsOfBatch(group.context(), batch, { first: 4 });
    const after = first.pageInfo.endCursor;
    const rest = await rowsOfBatch(group.context(), batch, { first: 100, after });
    expect([first.totalCount, rest.nodes.map((row) => row.number)]).toEqual([10, [5, 6, 7, 8, 9, 10]]);
    expect(await refusalsOf(rowsOfBatch(group.context(), batch, { after, statuses: ['WAITING'] }))).toEqual([
      'CURSOR_INVALID',
    ]);
    expect(batchId(batch)).toMatch(/^batch_alder_/);
  });
});
