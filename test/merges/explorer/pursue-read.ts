import type { OperationContext } from '../../../src/access/context.js';
import { World } from '../../../src/access/world.js';
import { transactionsOf } from '../../../src/activity/transaction.service.js';
import { identitiesOf } from '../../../src/identities/identity.loader.js';
import { AppError } from '../../../src/kernel/errors.js';
import { accountsOf, type ProfileView } from '../../../src/profiles/profile.js';
import { viewProfile } from '../../../src/profiles/profile.service.js';
import { lookUpProfile } from '../../../src/profiles/profile-lookup.service.js';
import { walletOf } from '../../../src/wallet/wallet.service.js';
import type { TestGroup } from '../../support/group.js';
import { brandHandle, type Name, type SmallWorld } from './explorer-world.js';
import { attemptsMax } from './repeated.js';
import type { Means, Shown, Told, WishOf } from './wishes.js';

/** One operation, run again in a new world while what it saw belongs to two moments. */
export async function readAll(wish: WishOf<'read'>, { group, people }: Means): Promise<Partial<Told>> {
  const context = group.context();
  for (let run = 1; run <= attemptsMax; run += 1) {
    context.world = new World();
    const shown = await readOnce(context, wish, group, people);
    await context.world.settle();
    if (context.world.breached === null) return { shown };
  }
  throw new AppError('RETRY', 'What was read kept changing');
}

async function readOnce(
  context: OperationContext,
  { order, by }: WishOf<'read'>,
  group: TestGroup,
  people: SmallWorld['people'],
): Promise<Shown> {
  const views: [Name, ProfileView | null][] = [];
  for (const name of order) {
    const identity = { brand: brandHandle, handle: 'loyalty-card', identifier: `CARD-${name}` };
    const view =
      by === 'id'
        ? viewProfile(context, group.entry(brandHandle), people[name]._id)
        : lookUpProfile(context, { identity });
    views.push([name, await view]);
  }
  const distinct = [...new Map(views.flatMap(([, view]) => (view === null ? [] : [[view._id, view]]))).values()];
  const sales: string[] = [];
  const identities: string[] = [];
  let points = 0;
  for (const view of distinct) {
    const [page, cards, wallet] = await Promise.all([
      transactionsOf(context, view, { first: 50 }),
      identitiesOf(context, view),
      walletOf(context, view),
    ]);
    sales.push(...page.nodes.map(({ externalId }) => externalId));
    identities.push(...cards.map(({ identifier }) => identifier));
    points += wallet.points.reduce((sum, { holding }) => sum + holding.available + holding.held, 0);
  }
  return {
    views: views.map(([name, view]) => [name, view?._id ?? null, view === null ? [] : accountsOf(view)]),
    sales,
    identities,
    points,
  };
}
