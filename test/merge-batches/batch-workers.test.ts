import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { journalCollection } from '../../src/journal/journal.model.js';
import { seededRandom } from '../../src/kernel/random.js';
import { workOnBatch } from '../../src/merge-batches/batch-work.service.js';
import type { BatchOrder, MergeBatchView } from '../../src/merge-batches/merge-batch.js';
import { mergeBatchCollection } from '../../src/merge-batches/merge-batch.model.js';
import { expectMergeInvariants } from '../merges/merging.js';
import { runSeed, shuffled } from '../merges/rows.js';
import { openGroup, type TestGroup } from '../support/group.js';
import { until } from '../support/until.js';
import { aBatch, mergedExactly, mergesOf, nowOf, type Pair, people, storedRows } from './batching.js';
import { ask, journalsOf, pairsOf, whenDone, whenIt, workDeps } from './steering.js';

let group: TestGroup;
beforeAll(async () => {
  group = await openGroup();
});
afterAll(() => group.close());

const seed = runSeed();
/** Short, because the work of a dead process waits for it. */
const leaseMs = 400;

describe(`a batch whose workers come and go (seed ${seed})`, () => {
  it('is carried on by another process when one dies, and each merge happens once', async () => {
    const batch = await aBatch(group, 'hearth', await pairsOf(group, 'hearth', 40));
    await ask(group, 'start', batch);
    // The first window is merged, then its verdicts are lost: what follows the merges fails for good.
    const dead = new AbortController();
    const entry = group.entry('hearth');
    const dying = {
      ...entry,
      database: new Proxy(entry.database, {
        get: (target, name) => {
          if (name === 'startSession' && dead.signal.aborted) return () => Promise.reject(new Error('killed'));
          const value = Reflect.get(target, name, target) as unknown;
          return typeof value === 'function' ? value.bind(target) : value;
        },
      }),
    };
    const deps = workDeps(group);
    const work = workOnBatch(deps, dying, { batchId: batch._id, run: 1, fence: 1 });
    await until('some rows are merged', async () => (await mergesOf(group, batch)).length > 10);
    dead.abort();
    await expect(work).rejects.toThrow('killed');
    const before = await mergesOf(group, batch);
    expect(before.length).toBeGreaterThan((await nowOf(group, batch)).mergedCount);
    // A journal that two processes had leased before.
    const { collection } = entry.database.model(journalCollection);
    await collection.updateOne({ 'data.batchId': batch._id } as never, { $set: { fence: 1 } } as never);
    const journals = journalsOf(group, { leaseMs });
    journals.start();
    expect(await whenDone(group, batch)).toMatchObject({ mergedCount: 40, refusedCount: 0 });
    await journals.stop();
    expect(await mergedExactly(group, batch)).toBe(40);
    await expectMergeInvariants(group, 'hearth');
  });

  it('takes no verdict from a worker that has lost its lease, nor from one of an earlier start', async () => {
    const batch = await aBatch(group, 'hearth', await pairsOf(group, 'hearth', 3));
    await ask(group, 'start', batch);
    let taken = false;
    const deps = workDeps(group, {
      concurrency: 1,
      isStopping: () => {
        // Asked between the merges of a window and their record: now somebody else takes over.
        if (!taken) void collectionOf().updateOne({ _id: batch._id } as never, { $set: { fence: 9 } } as never);
        taken = true;
        return false;
      },
    });
    const collectionOf = () => group.entry('hearth').database.model(mergeBatchCollection).collection;
    expect(await workOnBatch(deps, group.entry('hearth'), { batchId: batch._id, run: 1, fence: 2 })).toBe('end');
    expect(await nowOf(group, batch)).toMatchObject({ mergedCount: 0, doneUpTo: 0, windowEnd: 0, status: 'RUNNING' });
    for (const lease of [
      { run: 1, fence: 9 },
      { run: 0, fence: 20 },
      { run: 2, fence: 20 },
    ]) {
      expect(await workOnBatch(deps, group.entry('hearth'), { batchId: batch._id, ...lease })).toBe('end');
    }
    expect(await mergesOf(group, batch)).toEqual([]);
    expect(await workOnBatch(deps, group.entry('hearth'), { batchId: batch._id, run: 1, fence: 10 })).toBe('end');
    expect(await mergedExactly(group, batch)).toBe(3);
  });

  it('is merged once by two workers that both believe in their lease', async () => {
    const list = await pairsOf(group, 'hearth', 30);
    const batch = await aBatch(group, 'hearth', list);
    await ask(group, 'start', batch);
    const deps = workDeps(group, { concurrency: 3 });
    const work = (fence: number) => workOnBatch(deps, group.entry('hearth'), { batchId: batch._id, run: 1, fence });
    const first = work(1);
    await until('a row is merged', async () => (await mergesOf(group, batch)).length > 0);
    expect(await Promise.all([first, work(2)])).toEqual(['end', 'end']);
    expect(await whenDone(group, batch)).toMatchObject({ mergedCount: 30, refusedCount: 0 });
    expect(await mergedExactly(group, batch)).toBe(30);
    await expectMergeInvariants(group, 'hearth');
  });

  it('comes out right however it is held, started again and ended, with two processes at work', async () => {
    const random = seededRandom(seed);
    for (let round = 0; round < 2; round += 1) {
      const ids = await people(group, 'alder', 44);
      const list = ids.slice(0, -1).flatMap((loser, at): Pair[] => {
        const winner = ids[at + 1 + random.below(Math.min(6, ids.length - at - 1))] as string;
        return random.below(6) === 0 ? [] : [[loser, winner]];
      });
      const batch = await aBatch(group, 'alder', shuffled(list, random));
      const processes = [journalsOf(group, { concurrency: 3 }), journalsOf(group, { concurrency: 2 })];
      for (const each of processes) each.start();
      for (let step = 0; step < 6; step += 1) {
        const order = random.pick<BatchOrder>(['start', 'pause', 'start', 'pause', round === 1 ? 'cancel' : 'start']);
        await ask(group, order, batch, { journals: random.pick(processes) }).catch(() => null);
        const wanted = (await nowOf(group, batch)).mergedCount + random.below(20);
        await whenIt(
          group,
          'it has come further or stands still',
          batch,
          (now) => now.status !== 'RUNNING' || now.mergedCount >= wanted,
        );
      }
      await ask(group, 'start', batch, { journals: processes[0] as (typeof processes)[0] }).catch(() => null);
      const isEnded = (now: MergeBatchView) =>
        now.status === 'COMPLETED' || (now.status === 'CANCELLED' && now.doneUpTo === now.windowEnd);
      const last = await whenIt(group, 'it is at its end', batch, isEnded);
      await Promise.all(processes.map((each) => each.stop()));
      const merged = await mergedExactly(group, batch);
      if (last.status === 'COMPLETED') expect(merged).toBe(list.length);
      expect((await storedRows(group, batch)).every((row) => row.status !== 'REFUSED')).toBe(true);
      await expectMergeInvariants(group, 'alder');
    }
  }, 90_000);
});
