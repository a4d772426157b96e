import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addIdentity } from '../../src/identities/identity-change.service.js';
import { type SeededRandom, seededRandom } from '../../src/kernel/random.js';
import { mergeProfiles } from '../../src/merges/profile-merge.service.js';
import { accountsOf, formerIdsOf, type ProfileView } from '../../src/profiles/profile.js';
import { viewProfile } from '../../src/profiles/profile.service.js';
import { lookUpProfile } from '../../src/profiles/profile-lookup.service.js';
import { updateProfile } from '../../src/profiles/profile-update.service.js';
import { aProfile, profileId, storedProfile } from '../support/factories/profile.js';
import { aTransaction } from '../support/factories/transaction.js';
import { openGroup, type TestGroup } from '../support/group.js';
import { expectMergeInvariants, immovables, merge, mergeInput, refusalCodes, review } from './merging.js';
import { runSeed } from './rows.js';

let group: TestGroup;
beforeAll(async () => {
  group = await openGroup();
});
afterAll(() => group.close());

const seed = runSeed();

async function people(count: number): Promise<ProfileView[]> {
  return Promise.all(Array.from({ length: count }, () => aProfile(group, 'wren')));
}

/** Carries out reviewed merges side by side; codes of refusals, in order. */
async function sideBySide(pairs: readonly (readonly [ProfileView, ProfileView])[]): Promise<string[][]> {
  const inputs = await Promise.all(pairs.map(([loser, winner]) => mergeInput(group, loser, winner)));
  return Promise.all(inputs.map((input) => refusalCodes(mergeProfiles(group.context(), input))));
}

/** The live profile an id leads to now. */
async function liveId(view: ProfileView): Promise<string | undefined> {
  return (await viewProfile(group.context(), group.entry('wren'), view._id))?._id;
}

describe(`merges at the same time (seed ${seed})`, () => {
  it('of A into B and B into A: one is carried out', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [a, b] = (await people(2)) as [ProfileView, ProfileView];
      const answers = await sideBySide([
        [a, b],
        [b, a],
      ]);
      const done = answers.filter((codes) => codes.length === 0);
      expect(done).toHaveLength(1);
      expect(answers.flat()).toEqual([expect.stringMatching(/^(SAME_PROFILE|PLAN_STALE)$/)]);
      expect(await liveId(a)).toBe(await liveId(b));
    }
    await expectMergeInvariants(group, 'wren');
  });

  it('in a ring of three: no cycle, and every id leads somewhere', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [a, b, c] = (await people(3)) as [ProfileView, ProfileView, ProfileView];
      const answers = await sideBySide([
        [a, b],
        [b, c],
        [c, a],
      ]);
      expect(answers.filter((codes) => codes.length === 0).length).toBeGreaterThanOrEqual(1);
      for (const view of [a, b, c]) expect(await liveId(view)).toBeDefined();
    }
    await expectMergeInvariants(group, 'wren');
  });

  it('of A into B and B into C: whoever comes second is refused or follows', async () => {
    const [a, b, c] = (await people(3)) as [ProfileView, ProfileView, ProfileView];
    await sideBySide([
      [a, b],
      [b, c],
    ]);
    await expectMergeInvariants(group, 'wren');
  });

  it('of several losers into one winner: what is refused as stale succeeds when reviewed again', async () => {
    const [winner, ...losers] = (await people(5)) as [ProfileView, ...ProfileView[]];
    const answers = await sideBySide(losers.map((loser) => [loser, winner] as const));
    expect(answers.filter((codes) => codes.length === 0)).toHaveLength(1);
    expect(new Set(answers.flat())).toEqual(new Set(['PLAN_STALE']));
    for (const [index, loser] of losers.entries()) if (answers[index]?.length) await merge(group, loser, winner);
    const view = await viewProfile(group.context(), group.entry('wren'), winner._id);
    expect(formerIdsOf(view as ProfileView).sort()).toEqual(losers.map(({ _id }) => _id).sort());
    await expectMergeInvariants(group, 'wren');
  });

  it('of one loser into two winners: one gets it', async () => {
    const [loser, first, second] = (await people(3)) as [ProfileView, ProfileView, ProfileView];
    const answers = await sideBySide([
      [loser, first],
      [loser, second],
    ]);
    expect(answers.filter((codes) => codes.length === 0)).toHaveLength(1);
    expect(answers.flat()).toEqual(['PLAN_STALE']);
    await expectMergeInvariants(group, 'wren');
  });
});

describe('the same merge again', () => {
  it('with the same key answers as before, one after the other and at once', async () => {
    const [loser, winner] = (await people(2)) as [ProfileView, ProfileView];
    const input = await mergeInput(group, loser, winner);
    const answers = await Promise.all([1, 2, 3, 4].map(() => mergeProfiles(group.context(), input)));
    answers.push(await mergeProfiles(group.context(), input));
    expect(new Set(answers.map(({ merge: record }) => record?._id)).size).toBe(1);
    for (const { profile } of answers) expect(profile).toMatchObject({ _id: winner._id, version: winner.version + 1 });
    await expectMergeInvariants(group, 'wren');
  });

  it('with the same key answers with the winner as it is now, also after it was merged on', async () => {
    const [loser, winner, last] = (await people(3)) as [ProfileView, ProfileView, ProfileView];
    const input = await mergeInput(group, loser, winner);
    const first = await mergeProfiles(group.context(), input);
    await merge(group, winner, last);
    const again = await mergeProfiles(group.context(), input);
    expect(again.merge?._id).toBe(first.merge?._id);
    expect(again.profile?._id).toBe(last._id);
  });

  it('with another key is refused: they are one profile now', async () => {
    const [loser, winner] = (await people(2)) as [ProfileView, ProfileView];
    const input = await mergeInput(group, loser, winner);
    const keys = ['another-key-1', 'another-key-2'].map((key) => `${key}-${winner._id}`);
    const answers = await Promise.all(
      keys.map((idempotencyKey) => refusalCodes(mergeProfiles(group.context(), { ...input, idempotencyKey }))),
    );
    expect(answers.filter((codes) => codes.length === 0)).toHaveLength(1);
    expect(answers.flat()).toEqual(['SAME_PROFILE']);
  });

  it('with the same key and another body is refused', async () => {
    const [loser, winner, other] = (await people(3)) as [ProfileView, ProfileView, ProfileView];
    const input = await mergeInput(group, loser, winner);
    await mergeProfiles(group.context(), input);
    const reused = { ...input, loserId: profileId(other) };
    expect(await refusalCodes(mergeProfiles(group.context(), reused))).toEqual(['IDEMPOTENCY_KEY_REUSED']);
    expect(await liveId(other)).toBe(other._id);
  });

  it('is another intent for another actor', async () => {
    const [loser, winner] = (await people(2)) as [ProfileView, ProfileView];
    const input = await mergeInput(group, loser, winner);
    await mergeProfiles(group.context(), input);
    const context = group.context();
    const stranger = {
      ...context,
      actor: { ...(context.actor as NonNullable<typeof context.actor>), reference: 'staff_2' },
    };
    expect(await refusalCodes(mergeProfiles(stranger, input))).toEqual(['SAME_PROFILE']);
  });
});

describe('a merge against other writes', () => {
  it('loses no change of the winner and lets none through to the loser', async () => {
    for (let round = 0; round < 8; round += 1) {
      const [loser, winner] = (await people(2)) as [ProfileView, ProfileView];
      const input = await mergeInput(group, loser, winner);
      const [merging, onWinner, onLoser] = await Promise.all([
        refusalCodes(mergeProfiles(group.context(), input)),
        refusalCodes(updateProfile(group.context(), { id: profileId(winner), company: 'Kept' })),
        refusalCodes(updateProfile(group.context(), { id: profileId(loser), occupation: 'Potter' })),
      ]);
      const row = await storedProfile(group, 'wren', winner._id);
      expect(onWinner).toEqual([]);
      expect(row.company).toBe('Kept');
      if (merging.length === 0) expect(onLoser).toEqual(['PROFILE_MERGED']);
      else {
        expect(merging).toEqual(['PLAN_STALE']);
        expect((await storedProfile(group, 'wren', loser._id)).occupation).toBe('Potter');
      }
    }
    await expectMergeInvariants(group, 'wren');
  });

  it('leaves every identity that was acknowledged, and it leads to a live profile', async () => {
    for (let round = 0; round < 8; round += 1) {
      const [loser, winner] = (await people(2)) as [ProfileView, ProfileView];
      const input = await mergeInput(group, loser, winner);
      const identity = { handle: 'loyalty-card', identifier: `race-${round}-${loser._id}` };
      const [, adding] = await Promise.all([
        refusalCodes(mergeProfiles(group.context(), input)),
        refusalCodes(addIdentity(group.context(), { profileId: profileId(loser), identity })),
      ]);
      const found = await lookUpProfile(group.context(), { identity: { brand: 'wren', ...identity } });
      expect(found?._id).toBe(adding.length === 0 ? await liveId(loser) : undefined);
      if (adding.length > 0) expect(adding).toEqual(['PROFILE_MERGED']);
    }
    await expectMergeInvariants(group, 'wren');
  });

  it('lets a sale that was on its way to the loser arrive at the winner', async () => {
    const [loser, winner] = (await people(2)) as [ProfileView, ProfileView];
    const input = await mergeInput(group, loser, winner);
    await Promise.all([
      mergeProfiles(group.context(), input),
      ...Array.from({ length: 10 }, () => aTransaction(group, 'wren', loser._id)),
    ]);
    await aTransaction(group, 'wren', loser._id);
    const other = await aProfile(group, 'wren');
    const { counts } = await review(group, winner, other);
    expect(counts).toContainEqual(expect.objectContaining({ kind: 'TRANSACTION', count: 11 }));
  });

  it('leaves a consistent brand after any mixture of merges, changes and sales', async () => {
    const random = seededRandom(seed);
    for (let round = 0; round < 4; round += 1) {
      const all = await people(6);
      for (const view of all) await aTransaction(group, 'wren', view._id, { total: 100 + random.below(900) });
      const before = await immovables(group, 'wren');
      await Promise.all(Array.from({ length: 12 }, () => anything(all, random)));
      expect(await immovables(group, 'wren')).toEqual(before);
      await expectMergeInvariants(group, 'wren');
      const live = new Set(await Promise.all(all.map(liveId)));
      const accounts = await Promise.all(
        [...live].map(async (id) => accountsOf(await storedProfile(group, 'wren', id as string)).length),
      );
      expect(accounts.reduce((sum, count) => sum + count, 0)).toBe(all.length);
    }
  });

  async function anything(all: readonly ProfileView[], random: SeededRandom): Promise<void> {
    const [one, other] = [random.pick(all), random.pick(all)];
    if (random.below(4) === 0) {
      await refusalCodes(updateProfile(group.context(), { id: profileId(one), addTags: [`tag-${random.below(9)}`] }));
      return;
    }
    await refusalCodes(merge(group, one, other));
  }
});
