import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { formatNodeId } from '../../src/kernel/ids.js';
import { mergeResolvers } from '../../src/merges/merge.resolvers.js';
import { mergeProfiles } from '../../src/merges/profile-merge.service.js';
import { addAddress } from '../../src/profiles/address.service.js';
import type { ProfileView } from '../../src/profiles/profile.js';
import { updateProfile } from '../../src/profiles/profile-update.service.js';
import { aMobile, aProfile, profileId, storedProfile } from '../support/factories/profile.js';
import { anActor, openGroup, type TestGroup } from '../support/group.js';
import { merge, mergeInput, refusalCodes, review } from './merging.js';

let group: TestGroup;
beforeAll(async () => {
  group = await openGroup();
});
afterAll(() => group.close());

describe('a merge is refused', () => {
  let winner: ProfileView;
  let loser: ProfileView;
  beforeEach(async () => {
    winner = await aProfile(group, 'wren');
    loser = await aProfile(group, 'wren');
  });

  const missing = formatNodeId('prof', 'wren', '00000000-0000-4000-8000-000000000000');
  const foreign = formatNodeId('prof', 'hearth', '00000000-0000-4000-8000-000000000000');

  it('when nobody has made sure that both are one person', async () => {
    expect(await refusalCodes(merge(group, loser, winner, { isSamePersonConfirmed: false }))).toEqual([
      'NOT_CONFIRMED',
    ]);
  });

  it('when one of them has changed since the preview, address and identity included', async () => {
    const input = await mergeInput(group, loser, winner);
    await updateProfile(group.context(), { id: profileId(loser), mobilePhone: aMobile() });
    expect(await refusalCodes(mergeProfiles(group.context(), input))).toEqual(['PLAN_STALE']);
    const again = await mergeInput(group, loser, winner);
    await addAddress(group.context(), { profileId: profileId(winner), address: { line1: '2 Swan St' } });
    expect(await refusalCodes(mergeProfiles(group.context(), again))).toEqual(['PLAN_STALE']);
  });

  it('in the same words for an id that never was and for one of another brand’s', async () => {
    const staff = group.context({ actor: anActor({ brandHandles: new Set(['wren']), isGroup: false }) });
    const answers = await Promise.all(
      [missing, foreign].flatMap((id) =>
        (['winnerId', 'loserId'] as const).map(async (side) => {
          const input = await mergeInput(group, loser, winner, { planHash: 'p1_0', [side]: id });
          return { side, body: JSON.stringify(await callMerge(staff, input)) };
        }),
      ),
    );
    for (const side of ['winnerId', 'loserId']) {
      const bodies = answers.filter((answer) => answer.side === side).map(({ body }) => body);
      expect(new Set(bodies).size).toBe(1);
      expect(bodies[0]).toContain('"code":"NOT_FOUND"');
    }
  });

  it('across brands, and says so only to whoever may see both', async () => {
    const other = await aProfile(group, 'alder');
    const input = await mergeInput(group, other, winner, { planHash: 'p1_0' });
    expect(await refusalCodes(mergeProfiles(group.context(), input))).toEqual(['DIFFERENT_BRANDS']);
    const staff = group.context({ actor: anActor({ brandHandles: new Set(['wren']), isGroup: false }) });
    expect(await refusalCodes(mergeProfiles(staff, input))).toEqual(['NOT_FOUND']);
    expect((await review(group, other, winner)).blockers).toMatchObject([{ code: 'DIFFERENT_BRANDS' }]);
  });

  it('of a profile with itself, or with what it was merged into', async () => {
    expect(await refusalCodes(merge(group, winner, winner))).toEqual(['SAME_PROFILE']);
    await merge(group, loser, winner);
    expect(await refusalCodes(merge(group, loser, winner))).toEqual(['SAME_PROFILE']);
    expect(await refusalCodes(merge(group, winner, loser))).toEqual(['SAME_PROFILE']);
  });

  it('with the codes that the preview showed as blockers', async () => {
    const { database } = group.entry('wren');
    const slots = async (view: ProfileView, set: object): Promise<void> => {
      await database.connection
        .collection('profiles')
        .updateOne({ _id: view._id } as never, { $set: set, $inc: { version: 1 } });
    };
    await slots(winner, { type: 'SYSTEM' });
    const plan = await review(group, loser, winner);
    expect([plan.isMergeable, plan.blockers.map(({ code }) => code)]).toEqual([false, ['TYPE_NOT_MERGEABLE']]);
    expect(await refusalCodes(merge(group, loser, winner))).toEqual(['TYPE_NOT_MERGEABLE']);
    await slots(winner, { type: 'ACTIVE' });
    await slots(loser, { statuses: ['vip'] });
    const clerk = anActor({ grants: ['merge-profiles', 'read-profiles', 'read-merges'] });
    const reviewed = await review(group, loser, winner, [], group.context({ actor: clerk }));
    const input = await mergeInput(group, loser, winner, { planHash: reviewed.hash });
    expect(await refusalCodes(mergeProfiles(group.context({ actor: clerk }), input))).toEqual(['STATUS_NOT_GRANTABLE']);
    await slots(loser, { state: 'DELETED' });
    expect(await refusalCodes(mergeProfiles(group.context(), input))).toEqual(['PROFILE_NOT_LIVE']);
  });

  it.each([
    ['an id of another kind', { winnerId: formatNodeId('brand', 'wren') }],
    ['an id of ours with something behind it', { loserId: `${missing}_` }],
    ['a text that is no id', { loserId: '{"$ne":null}' }],
    ['an empty id', { winnerId: '' }],
    ['a key that is too short', { idempotencyKey: 'short' }],
    ['a key that is not printable', { idempotencyKey: 'key-\u0007-with-a-bell' }],
    ['a key that is too long', { idempotencyKey: 'k'.repeat(129) }],
    ['a reason of more than 500 characters', { reason: 'x'.repeat(501) }],
    ['a reason with a lone surrogate', { reason: 'because \ud800' }],
    ['a reason with a null character', { reason: 'because \u0000' }],
    ['a field name beyond all bounds', { takeFromLoser: ['x'.repeat(129)] }],
    ['more fields than there are', { takeFromLoser: Array.from({ length: 1_001 }, () => 'firstName') }],
  ])('as bad input for %s, and nothing is written', async (_case, overrides) => {
    const before = [await storedProfile(group, 'wren', winner._id), await storedProfile(group, 'wren', loser._id)];
    const input = { ...(await mergeInput(group, loser, winner)), ...overrides };
    await expect(mergeProfiles(group.context(), input)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    expect([await storedProfile(group, 'wren', winner._id), await storedProfile(group, 'wren', loser._id)]).toEqual(
      before,
    );
  });

  it('without a token', async () => {
    const input = await mergeInput(group, loser, winner);
    await expect(mergeProfiles(group.context({ actor: null }), input)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  function callMerge(context: ReturnType<TestGroup['context']>, input: unknown): unknown {
    const resolve = mergeResolvers.Mutation?.profileMerge as (...args: unknown[]) => unknown;
    return resolve({}, { input }, context, undefined);
  }
});
