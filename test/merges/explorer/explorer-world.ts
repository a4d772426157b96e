import type { OperationContext } from '../../../src/access/context.js';
import { World } from '../../../src/access/world.js';
import { Brands } from '../../../src/brands/brands.js';
import type { GroupConfig } from '../../../src/brands/config.js';
import { brandsOf } from '../../../src/brands/load-config.js';
import type { Clock } from '../../../src/kernel/clock.js';
import { Deadline } from '../../../src/kernel/clock.js';
import { createLogger } from '../../../src/kernel/logger.js';
import type { ProfileView } from '../../../src/profiles/profile.js';
import { profileCollection } from '../../../src/profiles/profile.model.js';
import { anIdentity } from '../../support/factories/identity.js';
import { aProfile } from '../../support/factories/profile.js';
import { aTransaction } from '../../support/factories/transaction.js';
import { aPointsDefinition, aReward, aWallet, somePoints } from '../../support/factories/wallet.js';
import { anActor, groupConfig, type TestGroup } from '../../support/group.js';
import { merge } from '../merging.js';
import { DoubleDatabase } from './double-database.js';
import type { Issue } from './double-session.js';
import { DoubleStore } from './double-store.js';
import { Scheduler } from './scheduler.js';

/** The brand in which histories happen. */
export const brandHandle = 'wren';
const config = groupConfig('explored');
const brands = brandsOf(config).filter((brand) => brand.handle === brandHandle);
const log = createLogger({ level: 'silent' });
const clock: Clock = { now: () => new Date('2026-06-01T00:00:00.000Z') };
/** Nothing here takes time: a deadline that is never met would be chance. */
const deadlineMs = 24 * 60 * 60 * 1_000;

/** Stores of one brand and of the registry. */
export interface Stores {
  readonly brand: DoubleStore;
  readonly registry: DoubleStore;
}

/** A group of one brand over doubles; the factories and checks of the merge tests work on it. */
export function doubleGroup(stores: Stores, issue: Issue): TestGroup {
  const entries = brands.map((brand) => ({
    brand,
    database: DoubleDatabase.of(brand.handle, stores.brand, issue),
    sealKey: new Uint8Array(32).fill(7),
  }));
  const group = new Brands(entries, DoubleDatabase.of('registry', stores.registry, issue));
  const deadline = Deadline.after(deadlineMs);
  let operations = 0;
  return {
    config: config as GroupConfig,
    brands: group,
    entry: (handle) => group.get(handle),
    context: (overrides = {}): OperationContext => {
      operations += 1;
      return {
        requestId: `operation-${operations}`,
        actor: anActor({ extension: 'shopify' }),
        brands: group,
        clock,
        deadline,
        log,
        selection: null,
        world: new World(),
        ...overrides,
      };
    },
    close: async () => {},
  };
}

/** Names of the people of the small world; E was merged into A before. */
export const names = ['A', 'B', 'C', 'D'] as const;
/** One of the people. */
export type Name = (typeof names)[number];
/** They, or the one who had been merged. */
export type Person = Name | 'E';

/** Live links: the first is in B's slot for hearth, the second in nobody's yet. */
export const linkIds = ['a0000000-0000-4000-8000-000000000001', 'b0000000-0000-4000-8000-000000000002'] as const;

/** What every history begins with. */
export interface SmallWorld {
  readonly stores: Stores;
  readonly people: Readonly<Record<Person, ProfileView>>;
  /** Hashes of plans that were reviewed before anything was written, by pair: every history begins with the same rows. */
  readonly firstPlans: Map<string, string>;
}

/** Leaves few of the points that A has with E: whoever sets them aside twice overspends. */
const debtOfA = 8;

let template: SmallWorld | undefined;

/**
 * Four customers with everything that can get lost: identities, e-mail, sales, points, a reward, tags, a link's slot,
 * and an earlier merge. Made once by the real services; each call gives stores of one's own.
 */
export async function smallWorld(): Promise<SmallWorld> {
  template ??= await makeTemplate();
  const { stores } = template;
  return { ...template, stores: { brand: stores.brand.fork(), registry: stores.registry.fork() } };
}

async function makeTemplate(): Promise<SmallWorld> {
  const scheduler = new Scheduler(0);
  const stores = { brand: new DoubleStore(), registry: new DoubleStore() };
  const group = doubleGroup(stores, (command) => scheduler.issue(0, command));
  let people: SmallWorld['people'] | undefined;
  await scheduler.run(
    [
      async () => {
        people = await populate(group);
      },
    ],
    (ready) => ({ pending: ready[0] as never, fate: 'ok' }),
  );
  const [holder, other] = [people?.B._id, people?.D._id];
  const links = linkIds.map((_id, index) => ({
    _id,
    state: 'PENDING_ACTIVATION',
    a: { brand: brandHandle, accountId: index === 0 ? holder : other },
    b: { brand: 'hearth', profileId: _id },
  }));
  stores.registry.insert('links', links, null);
  // Forks of a fork share everything.
  const begun = { brand: stores.brand.fork(), registry: stores.registry.fork() };
  return { stores: begun, people: people as SmallWorld['people'], firstPlans: new Map() };
}

async function populate(group: TestGroup): Promise<SmallWorld['people']> {
  await aPointsDefinition(group, brandHandle);
  const made: Partial<Record<Person, ProfileView>> = {};
  for (const [index, name] of (['E', ...names] as const).entries()) {
    const view = await aProfile(group, brandHandle, {
      firstName: index % 2 === 0 ? `First${name}` : 'Unknown',
      lastName: `Last${name}`,
      email: `${name.toLowerCase()}@example.com`,
      tags: [`of-${name}`],
    });
    await anIdentity(group, view, { identifier: `CARD-${name}` });
    for (let sale = 0; sale < 2; sale += 1) {
      await aTransaction(group, brandHandle, view._id, { externalId: `${name}-${sale}`, total: 10 ** index + sale });
    }
    await aWallet(group, brandHandle, view._id, [
      somePoints('style', { available: 10 ** index, debt: name === 'A' ? debtOfA : 0 }),
    ]);
    await aReward(group, brandHandle, view._id, { valueRemaining: 100 * 10 ** index });
    made[name] = view;
  }
  const people = made as Record<Person, ProfileView>;
  await merge(group, people.E, people.A);
  await group
    .entry(brandHandle)
    .database.model(profileCollection)
    .collection.updateOne(
      { _id: people.B._id } as never,
      { $set: { 'linkSlots.hearth': linkIds[0] }, $inc: { version: 1 } } as never,
    );
  return people;
}
