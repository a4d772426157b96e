import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineCollection } from '../../src/brands/collection.js';
import { brandCollections, registryCollections } from '../../src/collections.js';
import { uncoveredCollections } from '../../src/merges/merge-kind.js';
import { mergeKinds } from '../../src/merges/merge-kind.service.js';
import type { ProfileView } from '../../src/profiles/profile.js';
import { viewProfile } from '../../src/profiles/profile.service.js';
import { rewardBalanceOf, walletOf } from '../../src/wallet/wallet.service.js';
import { aProfile } from '../support/factories/profile.js';
import { aPointsDefinition, aReward, aWallet, somePoints } from '../support/factories/wallet.js';
import { openGroup, type TestGroup } from '../support/group.js';
import { merge, review } from './merging.js';
import { undo } from './undoing.js';

describe('kinds of rows that a merge takes along', () => {
  it('cover every collection whose rows hang on accounts', () => {
    expect(uncoveredCollections([...brandCollections, ...registryCollections], mergeKinds)).toEqual([]);
  });

  it.each([
    ['rows with an account', defineCollection('planted', { accountId: String })],
    ['rows over several accounts', defineCollection('planted', { accountIds: [String] })],
    ['one row per account', defineCollection('planted', { rev: Number }, [], { keyedBy: 'account' })],
  ])('are found to lack a collection of %s', (_what, definition) => {
    expect(uncoveredCollections([...brandCollections, definition], mergeKinds)).toEqual(['planted']);
  });

  it('cover each collection once, and only such as exist', () => {
    const covered = mergeKinds.flatMap((kind) => kind.collections);
    expect(new Set(covered).size).toBe(covered.length);
    const names = brandCollections.map((definition) => definition.name);
    for (const name of covered) expect(names).toContain(name);
  });

  it('are counted under a name of their own', () => {
    const counted = mergeKinds.filter((each) => each.kind !== null);
    expect(new Set(counted.map((each) => each.kind)).size).toBe(counted.length);
    for (const each of counted) expect(each.count).toBeDefined();
  });
});

describe('points, tiers and rewards on seeded rows', () => {
  let group: TestGroup;
  beforeAll(async () => {
    group = await openGroup();
    await aPointsDefinition(group, 'wren', { handle: 'style' });
    await aPointsDefinition(group, 'wren', { handle: 'levels', name: 'Levels', type: 'TIER', decimals: 2 });
  });
  afterAll(() => group.close());

  async function balances(id: string): Promise<unknown> {
    const context = group.context();
    const view = (await viewProfile(context, group.entry('wren'), id)) as ProfileView;
    const wallet = await walletOf(context, view);
    return { points: wallet.points.map(({ holding }) => holding), rewards: rewardBalanceOf(wallet).amount };
  }

  it('add up in the winner after a merge, and are apart again after its undo', async () => {
    const [loser, winner] = [await aProfile(group, 'wren'), await aProfile(group, 'wren')];
    const style = { available: 340, pending: 10, held: 5, debt: 2 };
    await aWallet(group, 'wren', winner._id, [somePoints('style', { available: 1_200 })]);
    await aWallet(group, 'wren', loser._id, [somePoints('style', style), somePoints('levels', { available: 700 })]);
    await aReward(group, 'wren', loser._id);
    const before = [await balances(winner._id), await balances(loser._id)];
    const plan = await review(group, loser, winner);
    expect(plan.counts).toContainEqual({ kind: 'REWARD', count: 1, sums: [{ amount: '10.00', currencyCode: 'AUD' }] });
    expect(plan.balances.map(({ unit, after }) => [unit, after])).toContainEqual(['points:style', '1543']);
    const { merge: record } = await merge(group, loser, winner);
    const both = {
      points: [
        somePoints('levels', { available: 700 }),
        somePoints('style', { available: 1_540, pending: 10, held: 5, debt: 2 }),
      ],
      rewards: '10.00',
    };
    expect([await balances(winner._id), await balances(loser._id)]).toEqual([both, both]);
    await undo(group, record as NonNullable<typeof record>);
    expect([await balances(winner._id), await balances(loser._id)]).toEqual(before);
  });
});
