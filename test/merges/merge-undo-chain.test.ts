import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatNodeId } from '../../src/kernel/ids.js';
import { undoBlockersOf } from '../../src/merges/merge-undo.service.js';
import type { ProfileView } from '../../src/profiles/profile.js';
import { viewProfile } from '../../src/profiles/profile.service.js';
import { updateProfile } from '../../src/profiles/profile-update.service.js';
import { aMobile, anEmail, aProfile, profileId, storedProfile } from '../support/factories/profile.js';
import { openGroup, type TestGroup } from '../support/group.js';
import { expectMergeInvariants, merge, refusalCodes } from './merging.js';
import { lasting, merged, storedView, undo } from './undoing.js';

let group: TestGroup;
beforeAll(async () => {
  group = await openGroup();
});
afterAll(() => group.close());

async function pair(): Promise<[loser: ProfileView, winner: ProfileView]> {
  const loser = await aProfile(group, 'wren', { firstName: 'May', mobilePhone: aMobile(), tags: ['autumn'] });
  return [loser, await aProfile(group, 'wren', { email: anEmail(), tags: ['linen'] })];
}

async function change(profile: ProfileView, values: object): Promise<void> {
  await updateProfile(group.context(), { id: profileId(profile), ...values });
}

describe('several merges', () => {
  it('along a chain are undone the last one first', async () => {
    const [a, b] = await pair();
    const c = await aProfile(group, 'wren');
    const before = await Promise.all(
      [a, b, c].map(async (view) => lasting(await storedProfile(group, 'wren', view._id))),
    );
    const first = await merged(group, a, b);
    const second = await merged(group, b, c);
    const [blocker] = await undoBlockersOf(group.context(), await storedView(group, first));
    expect(blocker).toMatchObject({ code: 'UNDO_AMBIGUOUS' });
    expect(blocker?.message).toContain(formatNodeId('merge', 'wren', second._id));
    expect(await refusalCodes(undo(group, first))).toEqual(['UNDO_AMBIGUOUS']);
    await undo(group, second);
    await expectMergeInvariants(group, 'wren');
    expect((await viewProfile(group.context(), group.entry('wren'), a._id))?._id).toBe(b._id);
    await undo(group, first);
    const after = await Promise.all(
      [a, b, c].map(async (view) => lasting(await storedProfile(group, 'wren', view._id))),
    );
    expect(after).toEqual(before);
    await expectMergeInvariants(group, 'wren');
  });

  it('into one winner are undone in any order when they went by different fields', async () => {
    const winner = await aProfile(group, 'wren', { firstName: 'Mei', lastName: 'Tanaka', email: anEmail() });
    const first = await aProfile(group, 'wren', { firstName: 'Mei', lastName: 'Tanaka', mobilePhone: aMobile() });
    const second = await aProfile(group, 'wren', {
      firstName: 'Mei',
      lastName: 'Tanaka',
      email: anEmail(),
    });
    const rows = () =>
      Promise.all([winner, first, second].map(async (view) => lasting(await storedProfile(group, 'wren', view._id))));
    await change(second, { company: 'Ada' });
    const before = await rows();
    const one = await merged(group, first, winner);
    const two = await merged(group, second, winner);
    await undo(group, one);
    await expectMergeInvariants(group, 'wren');
    expect((await storedProfile(group, 'wren', winner._id)).company).toBe('Ada');
    await undo(group, two);
    expect(await rows()).toEqual(before);
  });

  it('into one winner that went by the same field are undone the last one first', async () => {
    const winner = await aProfile(group, 'wren', { email: anEmail() });
    const [first, second] = [
      await aProfile(group, 'wren', { mobilePhone: aMobile() }),
      await aProfile(group, 'wren', { mobilePhone: aMobile() }),
    ];
    const one = await merged(group, first, winner);
    const two = await merged(group, second, winner);
    const [blocker] = await undoBlockersOf(group.context(), await storedView(group, one));
    expect(blocker?.message).toContain('mobilePhone');
    expect(await refusalCodes(undo(group, one))).toEqual(['UNDO_AMBIGUOUS']);
    await undo(group, two);
    await undo(group, one);
    await expectMergeInvariants(group, 'wren');
  });

  it('after an undo lead where they should: A into B, undone, A into C, B into D', async () => {
    const [a, b] = await pair();
    const [c, d] = [await aProfile(group, 'wren'), await aProfile(group, 'wren')];
    await undo(group, await merged(group, a, b));
    await merge(group, a, c);
    await merge(group, b, d);
    expect((await viewProfile(group.context(), group.entry('wren'), a._id))?._id).toBe(c._id);
    expect((await storedProfile(group, 'wren', a._id)).mergedInto).toBe(c._id);
    await expectMergeInvariants(group, 'wren');
  });
});
