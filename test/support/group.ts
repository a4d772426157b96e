import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import type { Actor } from '../../src/access/actor.js';
import type { OperationContext } from '../../src/access/context.js';
import { World } from '../../src/access/world.js';
import { type BrandEntry, type Brands, openBrands } from '../../src/brands/brands.js';
import type { GroupConfig } from '../../src/brands/config.js';
import { parseConfig } from '../../src/brands/load-config.js';
import { brandCollections, registryCollections } from '../../src/collections.js';
import { type Clock, Deadline, systemClock } from '../../src/kernel/clock.js';
import { createLogger } from '../../src/kernel/logger.js';
import { brandKeysFrom } from '../../src/kernel/seal.js';

/** Three brands as in the journeys: alder (menswear), wren (womenswear), hearth (homewares). */
export function groupConfig(prefix = `t${randomUUID().slice(0, 8)}`): GroupConfig {
  const brand = (handle: string, name: string) => ({
    handle,
    name,
    database: { name: `${prefix}_${handle}` },
    currencyCode: 'AUD',
    timeZone: 'Australia/Melbourne',
    phoneRegion: 'AU',
    identityHandles: [
      { handle: 'shopify', reservedFor: 'shopify', isMultiple: true },
      { handle: 'loyalty-card', isMultiple: true },
      { handle: 'staff-number' },
      { handle: 'group-member', reservedFor: 'kindred', isMultiple: true },
    ],
    systems: [
      { handle: 'pos', name: 'Tills' },
      { handle: 'shopify', name: 'Shopify' },
    ],
    statuses: [{ handle: 'vip', grantsRights: true }, { handle: 'stylist-client' }],
    customAttributes: [
      { namespace: 'style', handle: 'favourite_colour', type: 'STRING' },
      { namespace: 'style', handle: 'visits', type: 'INTEGER' },
    ],
    onUnknownIdentity: handle === 'wren' ? 'CREATE_PROFILE' : handle === 'alder' ? 'GUEST' : 'REFUSE',
    portalUrl: `https://members.${handle}.example/welcome`,
  });
  const rule = (from: string, to: string) => ({
    from,
    to,
    attributes: ['FIRST_NAME', 'LAST_NAME', 'EMAIL', 'BIRTH_DATE'],
    purposes: ['group-service'],
    notice: {
      version: '2026-07',
      language: 'en-AU',
      text: `${to} would receive your name and e-mail to open an account for you.`,
    },
    welcomeReward: '$10 on your first order',
  });
  return parseConfig(
    {
      brands: [brand('alder', 'Alder'), brand('wren', 'Wren'), brand('hearth', 'Hearth')],
      registry: { database: { name: `${prefix}_registry` } },
      purposes: [{ code: 'group-service', text: 'To serve you in every brand of the group' }],
      sharing: [rule('wren', 'hearth'), rule('alder', 'hearth')],
    },
    {},
  );
}

/** Keys that every group of the tests has. */
export const testKeys = brandKeysFrom(new Uint8Array(32).fill(7));

/** A group of brands on the test database server, in databases of its own. */
export interface TestGroup {
  readonly config: GroupConfig;
  readonly brands: Brands;
  entry(handle: string): BrandEntry;
  /** A fresh operation: by default a group token with every scope. */
  context(overrides?: Partial<OperationContext> & { actor?: Actor | null }): OperationContext;
  /** Drops the databases and closes the connections. */
  close(): Promise<void>;
}

/** An actor with every scope on every brand. */
export function anActor(overrides: Partial<Actor> = {}): Actor {
  return {
    kind: 'STAFF',
    reference: 'staff_test_1',
    role: 'group-admin',
    grants: ['*'],
    brandHandles: null,
    isGroup: true,
    purpose: { code: 'group-service', text: 'To serve you in every brand of the group' },
    expiresAt: null,
    tokenRef: 'test',
    ...overrides,
  };
}

/** Opens a group; call `close` in afterAll. */
export async function openGroup(
  options: { config?: GroupConfig; clock?: Clock; isMonitored?: boolean } = {},
): Promise<TestGroup> {
  const config = options.config ?? groupConfig();
  const log = createLogger({ level: 'silent' });
  const server = inject('databaseServer');
  const brands = await openBrands({
    config,
    embeddedUri: (name) => server.uri.replace('__database__', name),
    brandCollections,
    registryCollections,
    keys: testKeys,
    isMonitored: options.isMonitored ?? false,
    log,
  });
  return {
    config,
    brands,
    entry: (handle) => brands.get(handle),
    context: (overrides = {}) => ({
      requestId: randomUUID(),
      actor: anActor(),
      brands,
      clock: options.clock ?? systemClock,
      deadline: Deadline.after(20_000),
      log,
      selection: null,
      world: new World(),
      ...overrides,
    }),
    close: async () => {
      for (const database of [brands.registry, ...brands.all().map((entry) => entry.database)]) {
        await database.connection.db?.dropDatabase();
      }
      await brands.close();
    },
  };
}
