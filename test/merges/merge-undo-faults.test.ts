import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError, Refusal } from '../../src/kernel/errors.js';
import type { MergeView } from '../../src/merges/merge.js';
import { undoMerge } from '../../src/merges/merge-undo.service.js';
import type { ProfileView } from '../../src/profiles/profile.js';
import { aProfile, storedProfile } from '../support/factories/profile.js';
import { aTransaction } from '../support/factories/transaction.js';
import { type FaultyGroup, openFaultyGroup } from '../support/faulty-group.js';
import type { TestGroup } from '../support/group.js';
import { expectMergeInvariants, immovables, refusalCodes } from './merging.js';
import { runSeed } from './rows.js';
import { lasting, merged, undo, undoInput } from './undoing.js';

let faulty: FaultyGroup;
let group: TestGroup;

const seed = runSeed();

beforeAll(async () => {
  faulty = await openFaultyGroup();
  group = faulty.group;
});
beforeEach(() => faulty.fail('off'));
afterAll(() => faulty.close());

interface Stage {
  readonly record: MergeView;
  readonly loser: ProfileView;
  readonly winner: ProfileView;
  /** Both profiles as they were before the merge. */
  readonly before: readonly object[];
}

async function stage(): Promise<Stage> {
  const [loser, winner] = await Promise.all([
    aProfile(group, 'wren', { tags: ['autumn'] }),
    aProfile(group, 'wren', { tags: ['linen'] }),
  ]);
  await aTransaction(group, 'wren', loser._id);
  const before = await lastingOf(loser, winner);
  return { record: await merged(group, loser, winner), loser, winner, before };
}

async function lastingOf(...views: readonly ProfileView[]): Promise<object[]> {
  return Promise.all(views.map(async (view) => lasting(await storedProfile(group, 'wren', view._id))));
}

/** Whether it was carried out; false for a coded failure, which is all that may be seen of a broken database. */
async function outcomeOf(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (error instanceof AppError || error instanceof Refusal) return false;
    throw error;
  }
}

const conflict = { errorCode: 112, errorLabels: ['TransientTransactionError'] };
/** Every write of the transaction and its commit is a point at which the connection can break, and one beyond. */
const commands = ['insert', 'update', 'commitTransaction'];
const points = Array.from({ length: 8 }, (_, skip) => skip);

describe(`an undo whose database fails (seed ${seed})`, () => {
  it.each(['before', 'afterCommit'])(
    'is whole or absent wherever the connection breaks (%s), and its key finishes it',
    async (moment) => {
      let broken = 0;
      for (const skip of points) {
        const { record, loser, winner, before } = await stage();
        const input = undoInput(record);
        const rows = await immovables(group, 'wren');
        await faulty.fail({ times: 1, skip }, { failCommands: commands, closeConnection: true, moment });
        const isDone = await outcomeOf(undoMerge(group.context(), input));
        await faulty.fail('off');
        if (!isDone) broken += 1;
        const { state } = await storedProfile(group, 'wren', loser._id);
        if (isDone) expect(state).toBe('ACTIVE');
        const { restored } = await undoMerge(group.context(), input);
        expect(restored?.version).toBe(loser.version + 2);
        expect(await lastingOf(loser, winner)).toEqual(before);
        expect(await immovables(group, 'wren')).toEqual(rows);
      }
      await expectMergeInvariants(group, 'wren');
      expect(broken).toBeLessThan(points.length);
    },
  );

  it('has written nothing whichever of its reads fails', async () => {
    const { record, loser, winner, before } = await stage();
    const now = await lastingOf(loser, winner);
    const input = undoInput(record);
    let failed = 0;
    for (; ; failed += 1) {
      // Time that ran out is no reason for the driver to read again.
      await faulty.fail({ times: 1, skip: failed }, { failCommands: ['find'], errorCode: 50 });
      const isDone = await outcomeOf(undoMerge(group.context(), input));
      await faulty.fail('off');
      if ((await storedProfile(group, 'wren', loser._id)).state === 'ACTIVE') break;
      expect(isDone).toBe(false);
      expect(await lastingOf(loser, winner)).toEqual(now);
    }
    expect(failed, 'reads before the commit').toBeGreaterThan(6);
    await undoMerge(group.context(), input);
    expect(await lastingOf(loser, winner)).toEqual(before);
    await expectMergeInvariants(group, 'wren');
  });

  it('answers the repeated key with the undo that had been carried out unheard', async () => {
    const { record, loser } = await stage();
    const input = undoInput(record);
    // MaxTimeMSExpired is the one answer to a commit after which the driver does not ask again.
    await faulty.fail({ times: 1 }, { failCommands: ['commitTransaction'], errorCode: 50, moment: 'afterCommit' });
    await expect(undoMerge(group.context(), input)).rejects.toMatchObject({ code: 'BRAND_TIMEOUT' });
    expect(await storedProfile(group, 'wren', loser._id)).toMatchObject({ state: 'ACTIVE' });
    expect(await refusalCodes(undo(group, record))).toEqual(['UNDO_EXPIRED']);
    expect((await undoMerge(group.context(), input)).restored?._id).toBe(loser._id);
    await expectMergeInvariants(group, 'wren');
  });

  it('is refused, with nothing written, when conflicts do not pass, and goes on through those that do', async () => {
    const { record, loser, winner, before } = await stage();
    const now = await lastingOf(loser, winner);
    await faulty.fail('alwaysOn', { failCommands: ['update'], ...conflict });
    expect(await refusalCodes(undo(group, record))).toEqual(['MERGE_IN_PROGRESS']);
    await faulty.fail('off');
    expect(await lastingOf(loser, winner)).toEqual(now);
    await faulty.fail({ times: 4 }, { failCommands: ['update'], ...conflict });
    await undo(group, record);
    expect(await lastingOf(loser, winner)).toEqual(before);
    await expectMergeInvariants(group, 'wren');
  });

  it('is whole or absent under random conflicts', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { record, loser } = await stage();
      const settings = {
        failCommands: ['update', 'insert', 'commitTransaction'],
        probability: 0.25,
        seed: seed + round,
      };
      await faulty.fail('alwaysOn', { ...settings, ...conflict });
      const isDone = await outcomeOf(undo(group, record));
      await faulty.fail('off');
      expect((await storedProfile(group, 'wren', loser._id)).state).toBe(isDone ? 'ACTIVE' : 'MERGED');
    }
    await expectMergeInvariants(group, 'wren');
  });
});
