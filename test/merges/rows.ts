import type { Brand } from '../../src/brands/brand.js';
import { brandsOf } from '../../src/brands/load-config.js';
import type { SeededRandom } from '../../src/kernel/random.js';
import type { PlanInput } from '../../src/merges/merge-plan.js';
import type { Channel, ProfileRow, StoredChannel } from '../../src/profiles/profile.js';
import { groupConfig } from '../support/group.js';

const brands = brandsOf(groupConfig('plans'));

/** A brand of the journeys, without a database. */
export function aBrand(handle = 'wren'): Brand {
  return brands.find((brand) => brand.handle === handle) as Brand;
}

let drawn = 0;

/** A UUID that no other row of this file has. */
export function anId(): string {
  drawn += 1;
  return `00000000-0000-4000-8000-${String(drawn).padStart(12, '0')}`;
}

/** A live profile document with one account of its own and nothing told. */
export function aRow(overrides: Partial<ProfileRow> = {}): ProfileRow {
  const id = overrides._id ?? anId();
  return {
    _id: id,
    state: 'ACTIVE',
    live: true,
    version: 1,
    accounts: [id],
    type: 'ACTIVE',
    createdAt: new Date('2024-01-01T00:00:00Z'),
    updatedAt: new Date('2024-01-01T00:00:00Z'),
    ...overrides,
  };
}

/** Wishes for one channel. */
export function aChannel(channel: Channel, overrides: Partial<StoredChannel> = {}): StoredChannel {
  return {
    channel,
    isPromotional: null,
    isOptedOut: false,
    isBounced: false,
    categories: [],
    updatedAt: new Date('2025-01-01T00:00:00Z'),
    ...overrides,
  };
}

/** What a plan of two rows in one brand is worked out from. */
export function anInput(
  loser: ProfileRow,
  winner: ProfileRow,
  takeFromLoser: readonly string[] = [],
  overrides: Partial<PlanInput> = {},
): PlanInput {
  return {
    winner: { brand: aBrand(), row: winner },
    loser: { brand: aBrand(), row: loser },
    takeFromLoser,
    addressCount: 0,
    mayGrantStatuses: true,
    staleLinks: new Set(),
    ...overrides,
  };
}

/** Seed of this run's random histories: from the environment to repeat one, else new. */
export function runSeed(): number {
  const given = Number(process.env['TEST_SEED']);
  return Number.isInteger(given) && given > 0 ? given : Math.floor(Math.random() * 2 ** 31) + 1;
}

/** The items in another order. */
export function shuffled<T>(items: readonly T[], random: SeededRandom): T[] {
  const rest = [...items];
  const order: T[] = [];
  while (rest.length > 0) order.push(...rest.splice(random.below(rest.length), 1));
  return order;
}
