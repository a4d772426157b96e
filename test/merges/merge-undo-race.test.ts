import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commitOnce, StaleRead } from '../../src/events/commit-once.js';
import { addIdentity } from '../../src/identities/identity-change.service.js';
import { Refusal } from '../../src/kernel/errors.js';
import { seededRandom } from '../../src/kernel/random.js';
import { undoMerge } from '../../src/merges/merge-undo.service.js';
import { mergeProfiles } from '../../src/merges/profile-merge.service.js';
import type { ProfileView } from '../../src/profiles/profile.js';
import { changeProfile, ownerOfClaim, readProfile, viewProfile } from '../../src/profiles/profile.service.js';
import { lookUpProfile } from '../../src/profiles/profile-lookup.service.js';
import { updateProfile } from '../../src/profiles/profile-update.service.js';
import { anIdentity } from '../support/factories/identity.js';
import { anEmail, aProfile, profileId, storedProfile } from '../support/factories/profile.js';
import { aTransaction } from '../support/factories/transaction.js';
import { openGroup, type TestGroup } from '../support/group.js';
import { expectMergeInvariants, immovables, merge, mergeInput, refusalCodes } from './merging.js';
import { runSeed } from './rows.js';
import { kindsThatFirst, merged, undo, undoInput } from './undoing.js';

let group: TestGroup;
beforeAll(async () => {
  group = await openGroup();
});
afterAll(() => group.close());

const seed = runSeed();

async function people(count: number): Promise<ProfileView[]> {
  return Promise.all(Array.from({ length: count }, () => aProfile(group, 'wren', { email: anEmail() })));
}

async function pair(): Promise<[loser: ProfileView, winner: ProfileView]> {
  return (await people(2)) as [ProfileView, ProfileView];
}

describe('an undo against a look-up that is under way (SC19)', () => {
  it('starts again when the profile it arrives at does not own the account', async () => {
    const [loser, winner] = await pair();
    const record = await merged(group, loser, winner);
    const { database } = group.entry('wren');
    const claim = { accountId: loser._id, profileId: loser._id };
    const deadline = group.context().deadline;
    const isolated = Object.create(database) as typeof database;
    let reads = 0;
    // The second read of the look-up, that of the winner, happens after the undo has committed.
    Object.defineProperty(isolated, 'model', {
      value: (definition: never) => {
        const model = database.model(definition);
        const find = async (...args: [never]) => {
          reads += 1;
          if (reads === 2) await undo(group, record);
          return model.find(...args);
        };
        return { find };
      },
    });
    const owner = await ownerOfClaim(isolated, claim, { deadline });
    expect(reads).toBeGreaterThan(2);
    expect(owner?.profile._id).toBe(loser._id);
  });

  it('is a breach of what one operation has read, so that it runs again', async () => {
    const [loser, winner] = await pair();
    const record = await merged(group, loser, winner);
    const context = group.context();
    await viewProfile(context, group.entry('wren'), loser._id);
    await undo(group, record);
    const by = { email: { brand: 'wren', email: loser.email as string } };
    await lookUpProfile(context, by);
    await context.world.settle();
    const torn = group.context();
    await viewProfile(torn, group.entry('wren'), winner._id);
    await merge(group, loser, winner);
    await viewProfile(torn, group.entry('wren'), loser._id);
    await torn.world.settle();
    expect(torn.world.breached).not.toBeNull();
  });
});

describe('points spent together (SC41)', () => {
  /** A hold over two wallets as the wallet will write it: it touches the profile that it decided by. */
  async function hold(winner: ProfileView, spent: Set<string>): Promise<void> {
    const { database } = group.entry('wren');
    const context = group.context();
    await commitOnce({
      context,
      database,
      intent: null,
      decide: async () => {
        const row = await readProfile(database, winner._id, { deadline: context.deadline });
        const filter = { _id: winner._id, state: 'ACTIVE', accounts: row?.accounts };
        return {
          result: {},
          write: async (session) => {
            if (!(await changeProfile(database, filter, { $inc: { touch: 1 } }, session))) throw new StaleRead('x');
            spent.add(winner._id);
          },
        };
      },
    });
  }

  it.each(['before', 'after'])('while an undo is being decided stand in its way: %s it judged', async (moment) => {
    const [loser, winner] = await pair();
    const record = await merged(group, loser, winner);
    const spent = new Set<string>();
    if (moment === 'before') await hold(winner, spent);
    const kinds = kindsThatFirst(
      () => (moment === 'after' ? hold(winner, spent) : Promise.resolve()),
      async () => (spent.has(winner._id) ? ['Points of both were spent together'] : []),
    );
    const work = undoMerge(group.context(), undoInput(record), kinds);
    await expect(work).rejects.toThrow(Refusal);
    await work.catch((error: Refusal) => {
      expect(error.refusals).toMatchObject([{ code: 'UNDO_AMBIGUOUS', message: 'Points of both were spent together' }]);
    });
    expect((await storedProfile(group, 'wren', loser._id)).state).toBe('MERGED');
    await expectMergeInvariants(group, 'wren');
  });
});

describe(`undos at the same time (seed ${seed})`, () => {
  it('of one merge: one wins, the same key answers alike', async () => {
    const [loser, winner] = await pair();
    const record = await merged(group, loser, winner);
    const input = undoInput(record);
    const same = await Promise.all([1, 2, 3].map(() => undoMerge(group.context(), input)));
    expect(new Set(same.map(({ restored }) => restored?.version)).size).toBe(1);
    const again = await merged(group, loser, winner);
    const codes = await Promise.all([1, 2, 3].map(() => refusalCodes(undo(group, again))));
    expect(codes.filter((each) => each.length === 0)).toHaveLength(1);
    expect(codes.flat()).toEqual(['UNDO_EXPIRED', 'UNDO_EXPIRED']);
    await expectMergeInvariants(group, 'wren');
  });

  it('and a merge of the winner: one of them, or both one after the other', async () => {
    for (let round = 0; round < 4; round += 1) {
      const [a, b, c] = (await people(3)) as [ProfileView, ProfileView, ProfileView];
      const record = await merged(group, a, b);
      const input = await mergeInput(group, b, c);
      const [undoing, merging] = await Promise.all([
        refusalCodes(undo(group, record)),
        refusalCodes(mergeProfiles(group.context(), input)),
      ]);
      expect([undoing, merging]).toContainEqual([]);
      if (undoing.length > 0) expect(undoing).toEqual(['UNDO_AMBIGUOUS']);
      if (merging.length > 0) expect(merging).toEqual(['PLAN_STALE']);
      await expectMergeInvariants(group, 'wren');
    }
  });

  it('and a change of the winner: both count', async () => {
    for (let round = 0; round < 4; round += 1) {
      const [loser, winner] = await pair();
      const record = await merged(group, loser, winner);
      const update = { id: profileId(winner), company: 'Kept', email: anEmail() };
      const [undoing, changing] = await Promise.all([
        refusalCodes(undo(group, record)),
        refusalCodes(updateProfile(group.context(), update)),
      ]);
      expect([undoing, changing]).toEqual([[], []]);
      expect(await storedProfile(group, 'wren', winner._id)).toMatchObject({ company: 'Kept', email: update.email });
      expect((await storedProfile(group, 'wren', loser._id)).email).toBe(loser.email);
    }
    await expectMergeInvariants(group, 'wren');
  });

  it('leave a consistent brand after any mixture of merges, undos, changes, identities and sales', async () => {
    const random = seededRandom(seed);
    const all = await people(5);
    for (const view of all) await anIdentity(group, view);
    const before = await immovables(group, 'wren');
    const records: Awaited<ReturnType<typeof merged>>[] = [];
    const anything = async (): Promise<void> => {
      const [one, other] = [random.pick(all), random.pick(all)];
      const turn = random.below(6);
      const id = profileId(one);
      if (turn < 2) await merge(group, one, other).then(({ merge: record }) => record && records.push(record));
      else if (turn < 4 && records.length > 0) await undo(group, random.pick(records));
      else if (turn === 4) await updateProfile(group.context(), { id, email: anEmail(), addTags: ['x'] });
      else if (turn === 5) {
        const identity = { handle: 'loyalty-card', identifier: `mix-${one._id}-${records.length}` };
        await addIdentity(group.context(), { profileId: id, identity });
      }
    };
    for (let round = 0; round < 6; round += 1) {
      await Promise.all(Array.from({ length: 4 }, () => refusalCodes(anything())));
      await expectMergeInvariants(group, 'wren');
    }
    const after = (await immovables(group, 'wren')) as { transactions: unknown[] };
    expect(after.transactions).toEqual((before as { transactions: unknown[] }).transactions);
    await aTransaction(group, 'wren', (all[0] as ProfileView)._id);
    await expectMergeInvariants(group, 'wren');
  });
});
