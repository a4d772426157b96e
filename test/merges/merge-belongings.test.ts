import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newUuid } from '../../src/kernel/ids.js';
import type { LinkState } from '../../src/links/cross-brand-link.js';
import { linkCollection } from '../../src/links/link.model.js';
import { addAddress } from '../../src/profiles/address.service.js';
import type { ProfileView } from '../../src/profiles/profile.js';
import { profileCollection } from '../../src/profiles/profile.model.js';
import { walletOf } from '../../src/wallet/wallet.service.js';
import { aProfile, profileId, storedProfile } from '../support/factories/profile.js';
import { aPointsDefinition, aReward, aWallet, somePoints } from '../support/factories/wallet.js';
import { openGroup, type TestGroup } from '../support/group.js';
import { expectMergeInvariants, merge, refusalCodes, review } from './merging.js';

let group: TestGroup;
beforeAll(async () => {
  group = await openGroup();
});
afterAll(() => group.close());

describe('rewards and points', () => {
  it('are announced as they will be, and are so afterwards to the last step', async () => {
    const [loser, winner] = [await aProfile(group, 'wren'), await aProfile(group, 'wren')];
    await aPointsDefinition(group, 'wren');
    await aPointsDefinition(group, 'wren', { handle: 'tier', type: 'TIER', decimals: 1 });
    await aPointsDefinition(group, 'wren', { handle: 'unused', type: 'OTHER' });
    await aWallet(group, 'wren', winner._id, [somePoints('style', { available: 1_200 })]);
    await aWallet(group, 'wren', loser._id, [
      somePoints('style', { available: 300, held: 60, debt: 20 }),
      somePoints('tier', { available: 25 }),
    ]);
    await aReward(group, 'wren', winner._id);
    await aReward(group, 'wren', loser._id, { valueRemaining: 550 });
    await aReward(group, 'wren', loser._id);
    const plan = await review(group, loser, winner);
    expect(plan.balances).toEqual([
      { unit: 'rewards', winnerBefore: '10.00', loserBefore: '15.50', after: '25.50' },
      { unit: 'points:style', winnerBefore: '1200', loserBefore: '340', after: '1540' },
      { unit: 'points:tier', winnerBefore: '0.0', loserBefore: '2.5', after: '2.5' },
    ]);
    expect(plan.counts).toContainEqual({ kind: 'REWARD', count: 2, sums: [{ amount: '15.50', currencyCode: 'AUD' }] });
    const { profile, merge: record } = await merge(group, loser, winner);
    expect(record?.counts).toEqual(plan.counts);
    const wallet = await walletOf(group.context(), profile as ProfileView);
    expect(wallet.rewards.reduce((sum, reward) => sum + reward.valueRemaining, 0)).toBe(2_550);
    const style = wallet.points.find(({ definition }) => definition.handle === 'style')?.holding;
    expect(style).toMatchObject({ available: 1_500, held: 60, debt: 20 });
  });

  it('do not make a plan stale when they change', async () => {
    const [loser, winner] = [await aProfile(group, 'wren'), await aProfile(group, 'wren')];
    const { hash } = await review(group, loser, winner);
    await aReward(group, 'wren', loser._id);
    expect((await review(group, loser, winner)).hash).toBe(hash);
    expect(await refusalCodes(merge(group, loser, winner, { planHash: hash }))).toEqual([]);
  });
});

describe('addresses', () => {
  it('of both together stay within what a profile may have', async () => {
    const address = { line1: '1 Swan St', city: 'Richmond' };
    const addresses = Array.from({ length: 26 }, () => address);
    const [loser, winner] = [
      await aProfile(group, 'alder', { addresses }),
      await aProfile(group, 'alder', { addresses }),
    ];
    expect(await refusalCodes(merge(group, loser, winner))).toEqual(['TOO_MANY']);
    const small = await aProfile(group, 'alder', { addresses: addresses.slice(0, 24) });
    const { hash } = await review(group, small, winner);
    await addAddress(group.context(), { profileId: profileId(small), address });
    expect(await refusalCodes(merge(group, small, winner, { planHash: hash }))).toEqual(['TOO_MANY']);
  });
});

describe('links to another brand', () => {
  async function linked(state: LinkState | null): Promise<ProfileView> {
    const view = await aProfile(group, 'wren');
    const linkId = newUuid();
    const filter = { _id: view._id } as never;
    const update = { $set: { 'linkSlots.hearth': linkId }, $inc: { version: 1 } } as never;
    await group.entry('wren').database.model(profileCollection).collection.updateOne(filter, update);
    if (state === null) return view;
    const ends = { a: { brand: 'wren', accountId: view._id }, b: { brand: 'hearth', profileId: newUuid() } };
    const row = { _id: linkId, state, epoch: 0, ends: [`wren:${view._id}`], ...ends };
    await group.brands.registry.model(linkCollection).collection.insertOne(row as never);
    return view;
  }

  const slotOf = async (view: ProfileView): Promise<string | undefined> =>
    (await storedProfile(group, 'wren', view._id)).linkSlots?.['hearth'];

  it('move with the loser', async () => {
    const [loser, winner] = [await linked('ACTIVE'), await aProfile(group, 'wren')];
    const slot = await slotOf(loser);
    const plan = await review(group, loser, winner);
    expect(plan.counts).toContainEqual({ kind: 'CROSS_BRAND_LINK', count: 1, sums: null });
    await merge(group, loser, winner);
    expect(await slotOf(winner)).toBe(slot);
    expect(await slotOf(loser)).toBeUndefined();
    await expectMergeInvariants(group, 'wren');
  });

  it.each([
    ['ACTIVE', 'ACTIVE'],
    ['PENDING_ACTIVATION', 'ACTIVE'],
    ['ACTIVE', 'PENDING_ACTIVATION'],
  ] as const)('stand in the way when both are live: %s and %s', async (first, second) => {
    const [loser, winner] = [await linked(first), await linked(second)];
    expect((await review(group, loser, winner)).blockers.map(({ code }) => code)).toEqual(['LINK_CONFLICT']);
    expect(await refusalCodes(merge(group, loser, winner))).toEqual(['LINK_CONFLICT']);
  });

  it.each(['WITHDRAWN', 'EXPIRED', 'ENDED', 'DECLINED', null] as const)(
    'give way when they connect nothing any more: %s',
    async (state) => {
      const [loser, winner] = [await linked('ACTIVE'), await linked(state)];
      const live = await slotOf(loser);
      await merge(group, loser, winner);
      expect(await slotOf(winner)).toBe(live);
      const [other, last] = [await linked(state), await linked('ACTIVE')];
      const kept = await slotOf(last);
      await merge(group, other, last);
      expect(await slotOf(last)).toBe(kept);
      await expectMergeInvariants(group, 'wren');
    },
  );

  it('taken up between review and merge make the plan stale', async () => {
    const [loser, winner] = [await aProfile(group, 'wren'), await aProfile(group, 'wren')];
    const { hash } = await review(group, loser, winner);
    const update = { $set: { 'linkSlots.hearth': newUuid() }, $inc: { version: 1 } } as never;
    const profiles = group.entry('wren').database.model(profileCollection).collection;
    await profiles.updateOne({ _id: loser._id } as never, update);
    expect(await refusalCodes(merge(group, loser, winner, { planHash: hash }))).toEqual(['PLAN_STALE']);
  });
});
