import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditCollection } from '../../src/events/event.model.js';
import { journalCollection } from '../../src/journal/journal.model.js';
import { newUuid } from '../../src/kernel/ids.js';
import { orderBatch } from '../../src/merge-batches/batch-order.service.js';
import { batchOfMerge, mergeOfRow, rowsOfBatch } from '../../src/merge-batches/merge-batch.service.js';
import { profileCollection } from '../../src/profiles/profile.model.js';
import { expectMergeInvariants, rowsOf } from '../merges/merging.js';
import { storedProfile } from '../support/factories/profile.js';
import { anActor, openGroup, type TestGroup } from '../support/group.js';
import { refusalsOf } from '../support/refusals.js';
import { aBatch, batchId, mergedExactly, mergesOf, nowOf, type Pair, people, statusesOf } from './batching.js';
import { ask, asleep, journalsOf, pairsOf, whenDone } from './steering.js';

let group: TestGroup;
beforeAll(async () => {
  group = await openGroup();
});
afterAll(() => group.close());

describe('a batch that was started', () => {
  it('merges every row that would be merged, each into who stands for its winner, and says so', async () => {
    const [a, b, c, d, e, lone] = (await people(group, 'wren', 6)) as [string, string, string, string, string, string];
    // A chain, given from its end, and a star.
    const batch = await aBatch(group, 'wren', [
      [c, d],
      [b, c],
      [a, b],
      [e, d],
      [lone, newUuid()],
    ]);
    const journals = journalsOf(group);
    expect(await ask(group, 'start', batch, { journals })).toMatchObject({ status: 'RUNNING', run: 1 });
    const done = await whenDone(group, batch);
    await journals.stop();
    expect(done).toMatchObject({ rowCount: 5, mergedCount: 4, refusedCount: 1 });
    expect(done.finishedAt?.getTime()).toBeGreaterThanOrEqual(done.startedAt?.getTime() ?? Number.NaN);
    expect(await statusesOf(group, batch)).toEqual(['MERGED', 'MERGED', 'MERGED', 'MERGED', 'NOT_FOUND']);
    for (const loser of [a, b, c, e]) expect((await storedProfile(group, 'wren', loser)).mergedInto).toBe(d);
    // Leaves first: each was merged into the very profile that its row names.
    const merges = await mergesOf(group, batch);
    expect(merges.map((row) => [row.loserId, row.winnerId]).sort()).toEqual(
      [
        [a, b],
        [b, c],
        [c, d],
        [e, d],
      ].sort(),
    );
    const context = group.context();
    const page = await rowsOfBatch(context, done, { first: 1 });
    const merge = await mergeOfRow(context, page.nodes[0] as never);
    expect(merge).toMatchObject({ loserId: c, winnerId: d, actor: { reference: 'staff_test_1' } });
    expect((await batchOfMerge(context, merge as never))?._id).toBe(batch._id);
    expect(await mergedExactly(group, batch)).toBe(4);
    await expectMergeInvariants(group, 'wren');
  });

  it('refuses, row by row, what has become impossible since it was checked', async () => {
    const [[a, b], [c, d], [e, f]] = (await pairsOf(group, 'wren', 3)) as [Pair, Pair, Pair];
    const batch = await aBatch(group, 'wren', [
      [a, b],
      [c, d],
      [e, f],
    ]);
    const { collection } = group.entry('wren').database.model(profileCollection);
    await collection.updateOne({ _id: c } as never, { $set: { type: 'SYSTEM' } } as never);
    await collection.updateOne({ _id: f } as never, { $set: { state: 'DELETED' } } as never);
    const journals = journalsOf(group);
    journals.start();
    await ask(group, 'start', batch, { journals });
    expect(await whenDone(group, batch)).toMatchObject({ mergedCount: 1, refusedCount: 2 });
    await journals.stop();
    expect(await statusesOf(group, batch)).toEqual(['MERGED', 'TYPE_NOT_MERGEABLE', 'PROFILE_NOT_LIVE']);
    expect(await mergedExactly(group, batch)).toBe(1);
    await collection.updateOne({ _id: f } as never, { $set: { state: 'ACTIVE' } } as never);
  });

  it('merges with the rights of its maker, whoever starts it', async () => {
    const [[a, b]] = (await pairsOf(group, 'wren', 1)) as [Pair];
    const maker = anActor({ reference: 'staff_maker', grants: ['merge-profiles', 'read-merges'] });
    const batch = await aBatch(group, 'wren', [[a, b]], group.context({ actor: maker }));
    const { collection } = group.entry('wren').database.model(profileCollection);
    await collection.updateOne({ _id: a } as never, { $set: { statuses: ['vip'] } } as never);
    const journals = journalsOf(group);
    journals.start();
    await ask(group, 'start', batch, { journals });
    await whenDone(group, batch);
    await journals.stop();
    expect(await statusesOf(group, batch)).toEqual(['STATUS_NOT_GRANTABLE']);
    const audit = (await rowsOf(group, 'wren', auditCollection)).filter((row) => row.subject === batch._id);
    expect(audit.map((row) => [row.action, row.actor.reference]).sort()).toEqual([
      ['mergeBatchCreate', 'staff_maker'],
      ['mergeBatchStart', 'staff_test_1'],
    ]);
  });
});

describe('what can be asked of a batch', () => {
  it('depends on its state, and is done once for one key', async () => {
    const batch = await aBatch(group, 'alder', await pairsOf(group, 'alder', 2));
    expect(await refusalsOf(ask(group, 'pause', batch))).toEqual(['STATE_NOT_ALLOWED input.id']);
    const input = { id: batchId(batch), idempotencyKey: `start-${newUuid()}` };
    const start = () => orderBatch(group.context(), asleep, 'start', input);
    expect(await Promise.all([start(), start()])).toMatchObject([{ run: 1 }, { run: 1 }]);
    expect(await refusalsOf(ask(group, 'start', batch))).toEqual(['STATE_NOT_ALLOWED input.id']);
    expect(await ask(group, 'pause', batch)).toMatchObject({ status: 'PAUSED' });
    expect(await start()).toMatchObject({ status: 'PAUSED', run: 1 });
    expect(await ask(group, 'start', batch)).toMatchObject({ status: 'RUNNING', run: 2 });
    expect(await ask(group, 'cancel', batch)).toMatchObject({ status: 'CANCELLED' });
    for (const order of ['start', 'pause', 'cancel'] as const) {
      expect(await refusalsOf(ask(group, order, batch))).toEqual(['STATE_NOT_ALLOWED input.id']);
    }
    const page = await rowsOfBatch(group.context(), await nowOf(group, batch), { statuses: ['CANCELLED', 'WAITING'] });
    expect([page.totalCount, page.nodes.map((row) => row.status)]).toEqual([2, ['CANCELLED', 'CANCELLED']]);
    const journals = journalsOf(group);
    await journals.idle();
    expect(await mergedExactly(group, batch)).toBe(0);
    const open = (await rowsOf(group, 'alder', journalCollection)).filter((row) => row.open === true);
    expect(open).toEqual([]);
  });

  it('is nothing, in one wording, where the batch is not there or not the token’s', async () => {
    const batch = await aBatch(group, 'alder', await pairsOf(group, 'alder', 1));
    const stranger = group.context({ actor: anActor({ brandHandles: new Set(['wren']) }) });
    expect(await refusalsOf(ask(group, 'start', batch, { context: stranger }))).toEqual(['NOT_FOUND input.id']);
    expect(await refusalsOf(ask(group, 'start', { ...batch, _id: newUuid() }))).toEqual(['NOT_FOUND input.id']);
    const id = `prof${batchId(batch).slice('batch'.length)}`;
    expect(await refusalsOf(orderBatch(group.context(), asleep, 'start', { id }))).toEqual(['BAD_USER_INPUT']);
  });
});
