import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runTransaction } from '../../src/brands/transaction.js';
import { startEngine } from '../../src/embedded/engine.js';
import { Deadline } from '../../src/kernel/clock.js';
import {
  eraseMergeSnapshots,
  startSnapshotSweep,
  sweepMergeSnapshots,
} from '../../src/merges/merge-erasure.service.js';
import { undoBlockersOf, undoMerge } from '../../src/merges/merge-undo.service.js';
import { aMobile, aProfile } from '../support/factories/profile.js';
import { groupConfig, openGroup, type TestGroup } from '../support/group.js';
import { until } from '../support/until.js';
import { expectMergeInvariants, merge, refusalCodes } from './merging.js';
import { merged, storedMerge, undo, undoInput } from './undoing.js';

const dayMs = 86_400_000;
let nowMs = Date.parse('2026-05-01T00:00:00.000Z');
const clock = { now: () => new Date(nowMs) };

let group: TestGroup;
beforeAll(async () => {
  group = await openGroup({ clock });
});
afterAll(() => group.close());

const people = () => Promise.all([aProfile(group, 'wren', { mobilePhone: aMobile() }), aProfile(group, 'wren')]);

describe('the time for undoing', () => {
  it('ends by the date, whatever is still stored, and what was kept is swept away', async () => {
    const [loser, winner] = await people();
    const record = await merged(group, loser, winner);
    nowMs += 30 * dayMs - 1;
    expect(await undoBlockersOf(group.context(), record)).toEqual([]);
    expect(await sweepMergeSnapshots(group.entry('wren'), clock.now())).toBe(0);
    nowMs += 1;
    expect(await undoBlockersOf(group.context(), record)).toMatchObject([{ code: 'UNDO_EXPIRED' }]);
    expect(await refusalCodes(undo(group, record))).toEqual(['UNDO_EXPIRED']);
    const swept = await Promise.all([1, 2].map(() => sweepMergeSnapshots(group.entry('wren'), clock.now())));
    expect(swept.reduce((sum, count) => sum + count, 0)).toBe(1);
    const row = await storedMerge(group, 'wren', record._id);
    expect([row.snapshot, row.undoableUntil]).toEqual([undefined, undefined]);
    expect(await refusalCodes(undo(group, record))).toEqual(['UNDO_EXPIRED']);
    await expectMergeInvariants(group, 'wren');
  });

  it('is watched over by every server process, and ends with it', async () => {
    const [loser, winner] = await people();
    const record = await merged(group, loser, winner);
    nowMs += 31 * dayMs;
    const { log } = group.context();
    const sweeps = [1, 2].map(() => startSnapshotSweep({ brands: group.brands, clock, log, pauseMs: 1 }));
    await until(
      'the snapshot is swept away',
      async () => (await storedMerge(group, 'wren', record._id)).snapshot === undefined,
    );
    await Promise.all(sweeps.map((sweep) => sweep.stop()));
  });

  it('is none at all where the brand says so', async () => {
    const config = groupConfig();
    const brands = config.brands.map((brand) => ({ ...brand, mergeUndoDays: 0 }));
    const never = await openGroup({ config: { ...config, brands } });
    const { merge: record } = await merge(never, await aProfile(never, 'wren'), await aProfile(never, 'wren'));
    const kept = record as NonNullable<typeof record>;
    expect(await storedMerge(never, 'wren', kept._id)).not.toHaveProperty('snapshot');
    expect(await refusalCodes(undoMerge(never.context(), undoInput(kept)))).toEqual(['UNDO_EXPIRED']);
    await never.close();
  });
});

describe('erasing what merges keep of a profile', () => {
  it.each([0, 1])('ends undoing, whichever side it was on', async (side) => {
    const pair = await people();
    const [loser, winner] = pair;
    const other = await merged(group, ...(await people()));
    const record = await merged(group, loser, winner);
    const { database } = group.entry('wren');
    const erase = () =>
      runTransaction(database, Deadline.after(10_000), (session) =>
        eraseMergeSnapshots(database, [(pair[side] as (typeof pair)[0])._id], session),
      );
    expect([await erase(), await erase()]).toEqual([1, 0]);
    expect(await refusalCodes(undo(group, record))).toEqual(['UNDO_EXPIRED']);
    expect(await undoBlockersOf(group.context(), other)).toEqual([]);
    await expectMergeInvariants(group, 'wren');
  });

  it('while an undo is under way lets one of them win', async () => {
    const [loser, winner] = await people();
    const record = await merged(group, loser, winner);
    const { database } = group.entry('wren');
    const [codes, count] = await Promise.all([
      refusalCodes(undo(group, record)),
      runTransaction(database, Deadline.after(10_000), (session) =>
        eraseMergeSnapshots(database, [loser._id], session),
      ),
    ]);
    expect(codes).toEqual(count === 1 ? ['UNDO_EXPIRED'] : []);
    await expectMergeInvariants(group, 'wren');
  });

  it('leaves no value that only a snapshot held anywhere in the data folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kindred-canary-'));
    const engine = await startEngine({ folder, isInline: true, durability: 'relaxed' });
    const config = groupConfig();
    for (const { database } of [config.registry, ...config.brands]) {
      Object.assign(database, { uri: engine.uri(database.name) });
    }
    const own = await openGroup({ config });
    const canary = 'Zephyrinecanary';
    const [loser, winner] = [await aProfile(own, 'wren', { firstName: canary }), await aProfile(own, 'wren')];
    const everything = async () => {
      const { db } = own.entry('wren').database.connection;
      const names = (await db?.listCollections().toArray()) ?? [];
      return JSON.stringify(await Promise.all(names.map(({ name }) => db?.collection(name).find({}).toArray())));
    };
    expect(await everything()).toContain(canary);
    const { merge: record } = await merge(own, loser, winner);
    // Pages that held the loser's document are written over, so that what is found is what is kept.
    for (let at = 0; at < 12; at += 1) await aProfile(own, 'wren');
    const { database } = own.entry('wren');
    await runTransaction(database, Deadline.after(10_000), (session) =>
      eraseMergeSnapshots(database, [loser._id, winner._id], session),
    );
    const kept = record as NonNullable<typeof record>;
    expect(await refusalCodes(undoMerge(own.context(), undoInput(kept)))).toEqual(['UNDO_EXPIRED']);
    expect((await everything()).toLowerCase()).not.toContain(canary.toLowerCase());
    await own.close();
    await engine.close();
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    const texts = await Promise.all(
      files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), 'latin1')),
    );
    expect(texts.some((text) => text.includes(canary))).toBe(false);
    await rm(folder, { recursive: true, force: true });
  });
});
