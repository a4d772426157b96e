import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deleteClaim, findClaims } from '../../src/claims/claim.store.js';
import { emailClaim } from '../../src/claims/new-claim.js';
import { commitOnce } from '../../src/events/commit-once.js';
import type { Refusal } from '../../src/kernel/errors.js';
import { undoMerge } from '../../src/merges/merge-undo.service.js';
import type { ProfileView } from '../../src/profiles/profile.js';
import { updateProfile } from '../../src/profiles/profile-update.service.js';
import { anEmail, aProfile, profileId, storedProfile } from '../support/factories/profile.js';
import { openGroup, type TestGroup } from '../support/group.js';
import { expectMergeInvariants, merge, refusalCodes } from './merging.js';
import { kindsThatFirst, merged, undo, undoInput } from './undoing.js';

let group: TestGroup;
beforeAll(async () => {
  group = await openGroup();
});
afterAll(() => group.close());

async function pair(): Promise<[loser: ProfileView, winner: ProfileView]> {
  const [loser, winner] = await Promise.all([1, 2].map(() => aProfile(group, 'wren', { email: anEmail() })));
  return [loser as ProfileView, winner as ProfileView];
}

describe('e-mails that moved on (SC43)', () => {
  const emailOf = async (view: ProfileView) => (await storedProfile(group, 'wren', view._id)).email;
  const setEmail = (view: ProfileView, email: string) => updateProfile(group.context(), { id: profileId(view), email });

  it.each(['by the plan', 'by a change'])('to a third profile, after the winner had it %s, are named', async (way) => {
    const [loser, winner] = await pair();
    const mine = loser.email as string;
    const overrides = way === 'by the plan' ? { takeFromLoser: ['email'] } : {};
    const record = (await merge(group, loser, winner, overrides)).merge as NonNullable<
      Awaited<ReturnType<typeof merge>>['merge']
    >;
    if (way === 'by a change') await setEmail(winner, mine);
    await setEmail(winner, anEmail());
    await aProfile(group, 'wren', { email: mine });
    const answer = await undo(group, record).catch((error: unknown) => error);
    expect((answer as Refusal).refusals).toMatchObject([
      { code: 'UNDO_AMBIGUOUS', message: expect.stringContaining('email') },
    ]);
    await expectMergeInvariants(group, 'wren');
  });

  it('and that nobody has any more are claimed anew', async () => {
    const [loser, winner] = await pair();
    const record = await merged(group, loser, winner);
    const newer = anEmail();
    await setEmail(winner, loser.email as string);
    await setEmail(winner, newer);
    await undo(group, record);
    expect([await emailOf(loser), await emailOf(winner)]).toEqual([loser.email, newer]);
    await expectMergeInvariants(group, 'wren');
  });

  it('to the winner by choice go back, and it has its own again', async () => {
    const [loser, winner] = await pair();
    const record = (await merge(group, loser, winner, { takeFromLoser: ['email'] })).merge;
    await undo(group, record as NonNullable<typeof record>);
    expect([await emailOf(loser), await emailOf(winner)]).toEqual([loser.email, winner.email]);
    await expectMergeInvariants(group, 'wren');
  });

  it('to the winner by a change go back; its own, which somebody else has now, is lost', async () => {
    const [loser, winner] = await pair();
    const record = await merged(group, loser, winner);
    await setEmail(winner, loser.email as string);
    const other = await aProfile(group, 'wren', { email: winner.email as string });
    await undo(group, record);
    expect([await emailOf(loser), await emailOf(winner), await emailOf(other)]).toEqual([
      loser.email,
      undefined,
      winner.email,
    ]);
    await expectMergeInvariants(group, 'wren');
  });

  it('to the winner by a change go back; its own, which is free, is its again', async () => {
    const [loser, winner] = await pair();
    const record = await merged(group, loser, winner);
    await setEmail(winner, loser.email as string);
    await undo(group, record);
    expect([await emailOf(loser), await emailOf(winner)]).toEqual([loser.email, winner.email]);
    await expectMergeInvariants(group, 'wren');
  });

  it('while the undo is being decided are found out by it', async () => {
    const [loser, winner] = await pair();
    const record = await merged(group, loser, winner);
    const newer = anEmail();
    const kinds = kindsThatFirst(async () => {
      await setEmail(winner, loser.email as string);
      await setEmail(winner, newer);
      await aProfile(group, 'wren', { email: loser.email as string });
    });
    const codes = await refusalCodes(undoMerge(group.context(), undoInput(record), kinds));
    expect(codes).toEqual(['UNDO_AMBIGUOUS']);
    await expectMergeInvariants(group, 'wren');
  });

  it('that lost their claim without a change of the profile are found out as well', async () => {
    const [loser, winner] = await pair();
    const record = await merged(group, loser, winner);
    const { database } = group.entry('wren');
    const context = group.context();
    const place = { accountId: loser._id, profileId: loser._id, at: new Date() };
    const id = emailClaim(loser.email as string, place)?._id as string;
    const kinds = kindsThatFirst(async () => {
      const claim = (await findClaims(database, [id], context)).get(id);
      const write = async (session: Parameters<typeof deleteClaim>[2]): Promise<void> => {
        await deleteClaim(database, claim as NonNullable<typeof claim>, session);
      };
      await commitOnce({ context, database, intent: null, decide: async () => ({ result: {}, write }) });
    });
    await undoMerge(group.context(), undoInput(record), kinds);
    expect((await findClaims(database, [id], context)).get(id)?.accountId).toBe(loser._id);
    await expectMergeInvariants(group, 'wren');
  });
});
