import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { World } from '../../src/access/world.js';
import { mergeResolvers } from '../../src/merges/merge.resolvers.js';
import type { ProfileView } from '../../src/profiles/profile.js';
import { lookUpProfile } from '../../src/profiles/profile-lookup.service.js';
import { updateProfile } from '../../src/profiles/profile-update.service.js';
import { aMobile, anEmail, aProfile, profileId, storedProfile } from '../support/factories/profile.js';
import { aTransaction } from '../support/factories/transaction.js';
import { anActor, openGroup, type TestGroup } from '../support/group.js';
import { review } from './merging.js';

let group: TestGroup;
beforeAll(async () => {
  group = await openGroup();
});
afterAll(() => group.close());

describe('a preview', () => {
  it('is null alike for what is not there and what is another brand’s', async () => {
    const winner = await aProfile(group, 'wren');
    const staff = group.context({ actor: anActor({ brandHandles: new Set(['wren']), isGroup: false }) });
    const other = await aProfile(group, 'alder');
    for (const loser of [
      { id: profileId(other) },
      { email: { brand: 'wren', email: anEmail() } },
      { email: { brand: 'nowhere', email: anEmail() } },
    ]) {
      const resolve = mergeResolvers.Query?.mergePreview as (...args: unknown[]) => unknown;
      expect(await resolve({}, { input: { loser, winner: { id: profileId(winner) } } }, staff, undefined)).toBeNull();
    }
  });

  it('warns of what should be thought about', async () => {
    const winner = await aProfile(group, 'wren', {
      mobilePhone: aMobile(),
      birthDate: { year: 1980 },
      identities: [{ handle: 'staff-number', identifier: 'S-1' }],
    });
    const loser = await aProfile(group, 'wren', {
      firstName: 'Jo',
      lastName: 'Kerr',
      email: anEmail(),
      birthDate: { year: 1990 },
      identities: [{ handle: 'staff-number', identifier: 'S-2' }],
    });
    const transactedAt = new Date();
    for (const { _id } of [winner, loser]) await aTransaction(group, 'wren', _id, { transactedAt });
    const plan = await review(group, loser, winner);
    expect(plan.warnings.map(({ code }) => code)).toEqual([
      'WINNER_HAS_NO_VALID_EMAIL',
      'BOTH_IN_USE',
      'NAMES_DIFFER',
      'BIRTH_DATES_DIFFER',
      'HANDLE_HELD_TWICE',
    ]);
    expect(plan.suggestion).toMatchObject({ profileId: loser._id, reasons: ['HAS_VALID_EMAIL'] });
    expect(plan.isMergeable).toBe(true);
  });

  it('decides on the whole profiles, however little of them is selected', async () => {
    const winner = await aProfile(group, 'wren', { tags: ['linen'] });
    const loser = await aProfile(group, 'wren', { firstName: 'May', tags: ['autumn'] });
    const { hash } = await review(group, loser, winner);
    const selection = new Map([
      ['MergePlan', new Set(['hash', 'winner'])],
      ['Profile', new Set(['id'])],
    ]);
    const lean = await review(group, loser, winner, [], group.context({ selection }));
    expect(lean.hash).toBe(hash);
    expect(lean.winner).not.toHaveProperty('firstName');
  });

  it('is torn when a profile changes while it is worked out', async () => {
    const [winner, loser] = [await aProfile(group, 'wren'), await aProfile(group, 'wren')];
    const context = group.context();
    await lookUpProfile(context, { id: profileId(winner) });
    await updateProfile(group.context(), { id: profileId(winner), company: 'Wren' });
    await review(group, loser, winner, [], context);
    expect(context.world.breached).not.toBeNull();
  });

  it('writes nothing', async () => {
    const [winner, loser] = [await aProfile(group, 'wren'), await aProfile(group, 'wren')];
    const before = await storedProfile(group, 'wren', winner._id);
    const context = group.context();
    await review(group, loser, winner, [], context);
    await context.world.settle();
    expect(context.world.breached).toBeNull();
    expect(await storedProfile(group, 'wren', winner._id)).toEqual(before);
    expect(context.world).toBeInstanceOf(World);
  });

  it('says of one profile whether anything about it stands in the way', async () => {
    const view = await aProfile(group, 'wren');
    const mergeability = mergeResolvers.Profile?.mergeability as (profile: ProfileView) => unknown;
    expect(mergeability(view)).toEqual({ isMergeable: true, blockers: [] });
    expect(mergeability({ ...view, type: 'SYSTEM' })).toMatchObject({
      isMergeable: false,
      blockers: [{ code: 'TYPE_NOT_MERGEABLE' }],
    });
    const accounts = Array.from({ length: 128 }, (_, at) => `account-${at}`);
    expect(mergeability({ ...view, accounts })).toMatchObject({ blockers: [{ code: 'TOO_MANY' }] });
  });
});
