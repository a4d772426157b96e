import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError, Refusal } from '../../src/kernel/errors.js';
import { mergeProfiles } from '../../src/merges/profile-merge.service.js';
import type { ProfileView } from '../../src/profiles/profile.js';
import { aProfile, storedProfile } from '../support/factories/profile.js';
import { aTransaction } from '../support/factories/transaction.js';
import { type FaultyGroup, openFaultyGroup } from '../support/faulty-group.js';
import type { TestGroup } from '../support/group.js';
import { expectMergeInvariants, immovables, mergeInput, refusalCodes } from './merging.js';
import { runSeed } from './rows.js';

let faulty: FaultyGroup;
let group: TestGroup;

const seed = runSeed();

beforeAll(async () => {
  faulty = await openFaultyGroup();
  group = faulty.group;
});
beforeEach(() => faulty.fail('off'));
afterAll(() => faulty.close());

async function pair(): Promise<[loser: ProfileView, winner: ProfileView]> {
  const [loser, winner] = await Promise.all([aProfile(group, 'wren'), aProfile(group, 'wren')]);
  await aTransaction(group, 'wren', loser._id);
  return [loser, winner];
}

const conflict = { errorCode: 112, errorLabels: ['TransientTransactionError'] };

describe(`a merge whose database fails (seed ${seed})`, () => {
  it('is carried out once when the answer to its commit is lost', async () => {
    const [loser, winner] = await pair();
    const input = await mergeInput(group, loser, winner);
    await faulty.fail(
      { times: 1 },
      { failCommands: ['commitTransaction'], closeConnection: true, moment: 'afterCommit' },
    );
    const { profile } = await mergeProfiles(group.context(), input);
    expect(profile).toMatchObject({ _id: winner._id, version: winner.version + 1 });
    await expectMergeInvariants(group, 'wren');
  });

  it('answers the repeated key with the merge that had been carried out unheard', async () => {
    const [loser, winner] = await pair();
    const input = await mergeInput(group, loser, winner);
    // MaxTimeMSExpired is the one answer to a commit after which the driver does not ask again.
    await faulty.fail({ times: 1 }, { failCommands: ['commitTransaction'], errorCode: 50, moment: 'afterCommit' });
    await expect(mergeProfiles(group.context(), input)).rejects.toMatchObject({ code: 'BRAND_TIMEOUT' });
    expect(await storedProfile(group, 'wren', loser._id)).toMatchObject({ state: 'MERGED' });
    const other = { ...input, idempotencyKey: `other-${input.idempotencyKey}` };
    expect(await refusalCodes(mergeProfiles(group.context(), other))).toEqual(['SAME_PROFILE']);
    const { profile, merge } = await mergeProfiles(group.context(), input);
    expect(profile).toMatchObject({ _id: winner._id, version: winner.version + 1 });
    expect(merge).toMatchObject({ loserId: loser._id });
    await expectMergeInvariants(group, 'wren');
  });

  it('goes on through conflicts that pass', async () => {
    const [loser, winner] = await pair();
    const input = await mergeInput(group, loser, winner);
    await faulty.fail({ times: 4 }, { failCommands: ['update'], ...conflict });
    expect((await mergeProfiles(group.context(), input)).profile?._id).toBe(winner._id);
    await expectMergeInvariants(group, 'wren');
  });

  it('is refused, with nothing written, when conflicts do not pass', async () => {
    const [loser, winner] = await pair();
    const input = await mergeInput(group, loser, winner);
    await faulty.fail('alwaysOn', { failCommands: ['update'], ...conflict });
    expect(await refusalCodes(mergeProfiles(group.context(), input))).toEqual(['MERGE_IN_PROGRESS']);
    await faulty.fail('off');
    expect(await storedProfile(group, 'wren', winner._id)).toMatchObject({
      version: winner.version,
      accounts: [winner._id],
    });
    expect((await mergeProfiles(group.context(), input)).profile?._id).toBe(winner._id);
    await expectMergeInvariants(group, 'wren');
  });

  /** Every write of the transaction and its commit is a point at which the connection can break, and one beyond. */
  const commands = ['insert', 'update', 'commitTransaction'];
  const points = Array.from({ length: 8 }, (_, skip) => skip);

  it.each(['before', 'afterCommit'])(
    'is whole or absent wherever the connection breaks (%s), and its key finishes it',
    async (moment) => {
      let broken = 0;
      for (const skip of points) {
        const [loser, winner] = await pair();
        const input = await mergeInput(group, loser, winner);
        const before = await immovables(group, 'wren');
        await faulty.fail({ times: 1, skip }, { failCommands: commands, closeConnection: true, moment });
        const isDone = await outcomeOf(mergeProfiles(group.context(), input));
        await faulty.fail('off');
        if (!isDone) broken += 1;
        await expectMergeInvariants(group, 'wren');
        expect((await mergeProfiles(group.context(), input)).profile).toMatchObject({ version: winner.version + 1 });
        expect(await immovables(group, 'wren')).toEqual(before);
      }
      await expectMergeInvariants(group, 'wren');
      expect(broken).toBeLessThan(points.length);
    },
  );

  it('is whole or absent under random conflicts', async () => {
    for (let round = 0; round < 6; round += 1) {
      const [loser, winner] = await pair();
      const input = await mergeInput(group, loser, winner);
      const settings = {
        failCommands: ['update', 'insert', 'commitTransaction'],
        probability: 0.25,
        seed: seed + round,
      };
      await faulty.fail('alwaysOn', { ...settings, ...conflict });
      const isDone = await outcomeOf(mergeProfiles(group.context(), input));
      await faulty.fail('off');
      const row = await storedProfile(group, 'wren', loser._id);
      expect(row.state).toBe(isDone ? 'MERGED' : 'ACTIVE');
    }
    await expectMergeInvariants(group, 'wren');
  });

  /** Whether it was carried out; false for a coded failure, which is all that may be seen of a broken database. */
  async function outcomeOf(merging: Promise<unknown>): Promise<boolean> {
    try {
      await merging;
      return true;
    } catch (error) {
      if (error instanceof AppError || error instanceof Refusal) return false;
      throw error;
    }
  }
});
