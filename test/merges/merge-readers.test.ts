import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OperationContext } from '../../src/access/context.js';
import { World } from '../../src/access/world.js';
import { transactionsOf } from '../../src/activity/transaction.service.js';
import { seededRandom } from '../../src/kernel/random.js';
import type { ProfileView } from '../../src/profiles/profile.js';
import { viewProfile } from '../../src/profiles/profile.service.js';
import { aProfile } from '../support/factories/profile.js';
import { aTransaction } from '../support/factories/transaction.js';
import { openGroup, type TestGroup } from '../support/group.js';
import { merge } from './merging.js';
import { runSeed, shuffled } from './rows.js';

let group: TestGroup;
beforeAll(async () => {
  group = await openGroup();
});
afterAll(() => group.close());

const seed = runSeed();

async function pair(): Promise<[ProfileView, ProfileView]> {
  return [await aProfile(group, 'wren'), await aProfile(group, 'wren')];
}

function view(context: OperationContext, profile: ProfileView): Promise<ProfileView | null> {
  return viewProfile(context, group.entry('wren'), profile._id);
}

describe('an operation that reads while a merge commits', () => {
  it('is torn when it read the loser before and the winner after', async () => {
    const [loser, winner] = await pair();
    const context = group.context();
    await view(context, loser);
    await merge(group, loser, winner);
    await view(context, winner);
    await context.world.settle();
    expect(context.world.breached).not.toBeNull();
  });

  it('is torn when it read the winner before and the loser after', async () => {
    const [loser, winner] = await pair();
    const context = group.context();
    await view(context, winner);
    await merge(group, loser, winner);
    await view(context, loser);
    await context.world.settle();
    expect(context.world.breached).not.toBeNull();
  });

  it('is torn when an earlier loser leads past what it read', async () => {
    const [first, second] = await pair();
    const third = await aProfile(group, 'wren');
    await merge(group, first, second);
    const context = group.context();
    await view(context, second);
    await view(context, third);
    await merge(group, second, third);
    await view(context, first);
    await context.world.settle();
    expect(context.world.breached).not.toBeNull();
  });

  it('is whole when it read both on the same side of the commit', async () => {
    const [loser, winner] = await pair();
    const before = group.context();
    await view(before, loser);
    await view(before, winner);
    await merge(group, loser, winner);
    await before.world.settle();
    expect(before.world.breached).toBeNull();
    const after = group.context();
    expect((await view(after, loser))?._id).toBe(winner._id);
    expect((await view(after, winner))?._id).toBe(winner._id);
    await after.world.settle();
    expect(after.world.breached).toBeNull();
  });

  it('ends in one world when it is run again', async () => {
    const [loser, winner] = await pair();
    const context = group.context();
    await view(context, loser);
    await merge(group, loser, winner);
    await view(context, winner);
    expect(context.world.breached).not.toBeNull();
    context.world = new World();
    const views = [await view(context, loser), await view(context, winner)];
    await context.world.settle();
    expect(context.world.breached).toBeNull();
    expect(views.map((each) => each?._id)).toEqual([winner._id, winner._id]);
  });

  it(`never counts a sale twice or leaves one out (seed ${seed})`, async () => {
    const random = seededRandom(seed);
    for (let round = 0; round < 4; round += 1) {
      const all = await Promise.all([1, 2, 3].map(() => aProfile(group, 'wren')));
      for (const { _id } of all) for (let n = 0; n < 3; n += 1) await aTransaction(group, 'wren', _id);
      const [a, b, c] = all as [ProfileView, ProfileView, ProfileView];
      let isOver = false;
      const merges = merge(group, a, b)
        .then(() => merge(group, b, c))
        .finally(() => {
          isOver = true;
        });
      const counts: number[] = [];
      const reader = async (): Promise<void> => {
        do {
          const count = await countSales(shuffled(all, random));
          if (count !== null) counts.push(count);
        } while (!isOver);
      };
      await Promise.all([merges, reader(), reader()]);
      counts.push((await countSales(all)) as number);
      expect(new Set(counts)).toEqual(new Set([9]));
    }
  });

  /** Sales of the people these ids lead to, as one operation sees them; null when it was torn. */
  async function countSales(profiles: readonly ProfileView[]): Promise<number | null> {
    const context = group.context();
    const views = new Map<string, ProfileView>();
    for (const profile of profiles) {
      const shown = await view(context, profile);
      if (shown !== null) views.set(shown._id, shown);
    }
    const pages = await Promise.all([...views.values()].map((each) => transactionsOf(context, each, { first: 50 })));
    await context.world.settle();
    if (context.world.breached !== null) return null;
    return pages.reduce((sum, page) => sum + page.nodes.length, 0);
  }
});
