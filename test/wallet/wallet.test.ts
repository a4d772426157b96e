import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NodeId } from '../../src/kernel/ids.js';
import type { ProfileView } from '../../src/profiles/profile.js';
import { viewProfile } from '../../src/profiles/profile.service.js';
import { walletCollection } from '../../src/wallet/wallet.model.js';
import {
  balancesOf,
  countRewards,
  loadRewardNode,
  rewardBalanceOf,
  rewardsOf,
  walletOf,
} from '../../src/wallet/wallet.service.js';
import { aProfile, craftMerge } from '../support/factories/profile.js';
import { aPointsDefinition, aReward, aWallet, somePoints } from '../support/factories/wallet.js';
import { openGroup, type TestGroup } from '../support/group.js';

const now = new Date('2026-06-01T00:00:00.000Z');
const past = new Date('2026-05-31T23:59:59.999Z');
const soon = new Date('2026-06-10T00:00:00.000Z');
const later = new Date('2026-09-01T00:00:00.000Z');

let group: TestGroup;

beforeAll(async () => {
  group = await openGroup({ isMonitored: true, clock: { now: () => now } });
  await aPointsDefinition(group, 'wren', { handle: 'style', decimals: 0 });
  await aPointsDefinition(group, 'wren', { handle: 'levels', name: 'Levels', type: 'TIER', decimals: 2 });
});

afterAll(() => group.close());

async function commandsOf(work: () => Promise<unknown>): Promise<string[]> {
  const client = group.entry('wren').database.connection.getClient();
  const commands: string[] = [];
  const listener = (event: { commandName: string; command: Record<string, unknown> }) =>
    commands.push(`${event.commandName} ${String(event.command[event.commandName])}`);
  client.on('commandStarted', listener);
  try {
    await work();
  } finally {
    client.off('commandStarted', listener);
  }
  return commands.sort();
}

async function view(id: string, context = group.context()): Promise<ProfileView> {
  return (await viewProfile(context, group.entry('wren'), id)) as ProfileView;
}

describe('a wallet', () => {
  it('is empty, not missing, for a customer who holds nothing', async () => {
    const profile = await aProfile(group, 'wren');
    const wallet = await walletOf(group.context(), profile);
    expect(wallet.asOf).toEqual(now);
    expect(wallet.points.map((each) => each.holding)).toEqual([somePoints('levels'), somePoints('style')]);
    expect(rewardBalanceOf(wallet)).toEqual({ amount: '0.00', currencyCode: 'AUD' });
    expect(rewardsOf(wallet, {})).toMatchObject({ nodes: [], totalCount: 0, pageInfo: { hasNextPage: false } });
  });

  it('adds points per definition over all accounts, and never across definitions', async () => {
    const [winner, loser] = await Promise.all([aProfile(group, 'wren'), aProfile(group, 'wren')]);
    await aWallet(group, 'wren', winner._id, [
      somePoints('style', { available: 1_000, held: 40 }),
      somePoints('levels', { available: 7 }),
    ]);
    await aWallet(group, 'wren', loser._id, [somePoints('style', { available: 540, pending: 129, debt: 3 })]);
    await craftMerge(group, loser, winner);
    const wallet = await walletOf(group.context(), await view(winner._id));
    expect(wallet.points.map((each) => each.holding)).toEqual([
      somePoints('levels', { available: 7 }),
      somePoints('style', { available: 1_540, held: 40, pending: 129, debt: 3 }),
    ]);
  });

  it('shows usable rewards, nearest expiry first, page by page', async () => {
    const profile = await aProfile(group, 'wren');
    const own = (overrides: object) => aReward(group, 'wren', profile._id, overrides);
    const endless = [await own({}), await own({})].map((reward) => reward._id).sort();
    const third = await own({ expiresAt: later });
    const first = await own({ expiresAt: soon, valueRemaining: 250 });
    await own({ expiresAt: past });
    await own({ expiresAt: now });
    await own({ valueRemaining: 0 });
    const wallet = await walletOf(group.context(), profile);
    expect(rewardBalanceOf(wallet).amount).toBe('32.50');
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page = rewardsOf(wallet, { first: 1, after });
      expect(page.totalCount).toBe(4);
      seen.push(...page.nodes.map((node) => node._id));
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen).toEqual([first._id, third._id, ...endless]);
  });

  it('refuses the cursor of another wallet', async () => {
    const [one, two] = await Promise.all([aProfile(group, 'wren'), aProfile(group, 'wren')]);
    await aReward(group, 'wren', one._id);
    const { pageInfo } = rewardsOf(await walletOf(group.context(), one), { first: 1 });
    const other = await walletOf(group.context(), two);
    expect(() => rewardsOf(other, { after: pageInfo.endCursor })).toThrow(/cursor/);
  });

  it.each([10, 50])('of %i customers costs one command per collection', async (count) => {
    const profiles = await Promise.all(Array.from({ length: count }, () => aProfile(group, 'wren')));
    await Promise.all(
      profiles.map((profile) => aWallet(group, 'wren', profile._id, [somePoints('style', { available: 5 })])),
    );
    const context = group.context();
    let wallets: Awaited<ReturnType<typeof walletOf>>[] = [];
    const commands = await commandsOf(async () => {
      wallets = await Promise.all(profiles.map((profile) => walletOf(context, profile)));
    });
    expect(commands).toEqual(['find definitions', 'find rewards', 'find wallets']);
    expect(wallets.map((wallet) => wallet.points[1]?.holding.available)).toEqual(profiles.map(() => 5));
  });

  it('reads only what is selected', async () => {
    const profile = await aProfile(group, 'wren');
    const points = group.context({ selection: new Map([['Wallet', new Set(['points'])]]) });
    expect(await commandsOf(() => walletOf(points, profile))).toEqual(['find definitions', 'find wallets']);
    const rewards = group.context({ selection: new Map([['Wallet', new Set(['rewardBalance'])]]) });
    expect(await commandsOf(() => walletOf(rewards, profile))).toEqual(['find rewards']);
  });

  it('of several accounts is read from one moment, whatever moves between them', async () => {
    const [winner, loser] = await Promise.all([aProfile(group, 'wren'), aProfile(group, 'wren')]);
    await aWallet(group, 'wren', winner._id, [somePoints('style', { available: 500 })]);
    await aWallet(group, 'wren', loser._id, [somePoints('style', { available: 500 })]);
    await craftMerge(group, loser, winner);
    const { database } = group.entry('wren');
    const wallets = database.model(walletCollection).collection;
    let isReading = true;
    const moving = (async () => {
      for (let step = 1; isReading; step += 1) {
        const session = await database.startSession();
        await session.withTransaction(async () => {
          for (const [id, available] of [
            [winner._id, 500 - (step % 500)],
            [loser._id, 500 + (step % 500)],
          ] as const) {
            await wallets.updateOne(
              { _id: id } as never,
              { $set: { points: [somePoints('style', { available })] } } as never,
              { session },
            );
          }
        });
        await session.endSession();
      }
    })();
    for (let read = 0; read < 25; read += 1) {
      const context = group.context();
      const wallet = await walletOf(context, await view(winner._id, context));
      expect(wallet.points[1]?.holding.available).toBe(1_000);
    }
    isReading = false;
    await moving;
  });
});

describe('balances for previews', () => {
  it('name the same units for every customer', async () => {
    const [rich, poor] = [randomUUID(), randomUUID()];
    await aWallet(group, 'wren', rich, [
      somePoints('style', { available: 100, held: 20, debt: 5 }),
      somePoints('levels', { available: 1_234 }),
    ]);
    await aReward(group, 'wren', rich, { valueRemaining: 750, expiresAt: soon });
    await aReward(group, 'wren', rich, { expiresAt: past });
    const entry = group.entry('wren');
    expect(await balancesOf(group.context(), entry, [rich])).toEqual([
      { unit: 'rewards', amount: '7.50' },
      { unit: 'points:levels', amount: '12.34' },
      { unit: 'points:style', amount: '115' },
    ]);
    expect(await balancesOf(group.context(), entry, [poor])).toEqual([
      { unit: 'rewards', amount: '0.00' },
      { unit: 'points:levels', amount: '0.00' },
      { unit: 'points:style', amount: '0' },
    ]);
    expect(await countRewards(group.context(), entry, [rich, poor])).toEqual({
      count: 1,
      sums: [{ amount: '7.50', currencyCode: 'AUD' }],
    });
  });
});

describe('one reward', () => {
  it('is found by id while its customer is shown', async () => {
    const profile = await aProfile(group, 'wren');
    const { _id } = await aReward(group, 'wren', profile._id);
    const nodeId: NodeId = { kind: 'rwd', brand: 'wren', uuids: [profile._id, _id] };
    expect(await loadRewardNode(group.context(), nodeId)).toMatchObject({ __typename: 'Reward', _id });
    const orphan = await aReward(group, 'wren', randomUUID());
    for (const uuids of [
      [orphan.accountId, orphan._id],
      [profile._id, orphan._id],
      [profile._id, randomUUID()],
    ]) {
      expect(await loadRewardNode(group.context(), { ...nodeId, uuids })).toBeNull();
    }
    expect(await loadRewardNode(group.context(), { ...nodeId, brand: 'nowhere' })).toBeNull();
  });
});
