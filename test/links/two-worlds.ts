import type { Actor } from '../../src/access/actor.js';
import { RateLimiter } from '../../src/access/rate-limit.js';
import { brandResolvers } from '../../src/brands/brand.resolvers.js';
import { createConsentResolvers } from '../../src/consents/consent.resolvers.js';
import { createGraphqlServer, type GraphqlServer } from '../../src/graphql/server.js';
import { identityResolvers } from '../../src/identities/identity.resolvers.js';
import type { JournalRunner } from '../../src/journal/journal-runner.js';
import { formatNodeId } from '../../src/kernel/ids.js';
import { createLogger } from '../../src/kernel/logger.js';
import { createLinkResolvers } from '../../src/links/cross-brand-link.resolvers.js';
import { groupCustomerResolvers } from '../../src/links/group-customer.resolvers.js';
import { addressResolvers } from '../../src/profiles/address.resolvers.js';
import type { ProfileRow, ProfileValues } from '../../src/profiles/profile.js';
import { profileResolvers } from '../../src/profiles/profile.resolvers.js';
import { createProfileSearchResolvers } from '../../src/profiles/profile-search.resolvers.js';
import { anActor } from '../support/group.js';
import { type LinkGroup, openLinkGroup } from './link-group.js';

/** Who asks: staff of the asking brand, a token of the group that may not search, staff of the invited brand. */
export type Asker = 'staff' | 'group' | 'invited';

const actors: Readonly<Record<Asker, Actor>> = {
  staff: anActor({ reference: 'staff_wren_19', brandHandles: new Set(['wren']), isGroup: false }),
  group: anActor({
    ...{ kind: 'MACHINE', reference: 'app_1', role: 'group-app' },
    grants: ['read-profiles', 'read-personal-data', 'read-identities', 'read-brands', 'read-group-customers'].concat([
      ...['read-links', 'read-consents', 'create-links'],
    ]),
  }),
  invited: anActor({ reference: 'staff_hearth_4', brandHandles: new Set(['hearth']), isGroup: false }),
};

/** Work is done only when a session says so. */
const nobody = { poke: async () => {} } as unknown as JournalRunner;

/** An answer with its status, and how long it took. */
export interface Answer {
  readonly text: string;
  readonly ms: number;
}

/** One of two worlds in which the same things are asked in the same order. */
export class World {
  readonly group: LinkGroup;
  readonly #server: GraphqlServer;
  readonly #names = new Map<string, string>();

  private constructor(group: LinkGroup, server: GraphqlServer) {
    this.group = group;
    this.#server = server;
  }

  static async open(): Promise<World> {
    const group = await openLinkGroup();
    const { brands, clock } = group;
    const log = createLogger({ level: 'silent' });
    const server = await createGraphqlServer({
      ...{ config: group.config.server, brands, clock, log },
      tokens: { verify: async (header) => actors[(header ?? '').slice('Bearer '.length) as Asker] ?? null },
      resolvers: [
        ...[brandResolvers, profileResolvers, addressResolvers, identityResolvers, groupCustomerResolvers],
        createProfileSearchResolvers({
          ...{ limiter: new RateLimiter(clock), searchesPerMinutePerTarget: 1_000_000, brandDeadlineMs: 2_000 },
        }),
        createConsentResolvers({ signer: group.deps.signer }),
        createLinkResolvers({ ...group.deps, journals: nobody }),
      ],
      routes: [],
    });
    return new World(group, server);
  }

  /** The answer as it was sent, with the time it took. */
  async ask(asker: Asker, query: string, variables: object): Promise<Answer> {
    const startedAtMs = performance.now();
    const { body, statusCode } = await this.#server.inject({
      ...{ method: 'POST', url: '/graphql', payload: JSON.stringify({ query, variables }) },
      headers: { 'content-type': 'application/json', authorization: `Bearer ${asker}` },
    });
    return { text: `${statusCode} ${body}`, ms: performance.now() - startedAtMs };
  }

  /** A text in which everything random has the name it was given when it first appeared. */
  renamed(text: string): string {
    return text.replaceAll(random, (name) => {
      const known = this.#names.get(name) ?? `#${this.#names.size + 1}`;
      this.#names.set(name, known);
      return known;
    });
  }

  /** A customer with these values; the same in both worlds but for the id. */
  customer(brand: string, values: ProfileValues): Promise<ProfileRow> {
    return this.group.customer(brand, values);
  }

  nodeId(brand: string, profile: ProfileRow): string {
    return formatNodeId('prof', brand, profile._id);
  }

  async close(): Promise<void> {
    await this.#server.close();
    await this.group.close();
  }
}

/** Ids in both spellings, and identifiers of links: what is drawn, and therefore differs between any two worlds. */
const random = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b(?:[a-z]+_){1,2}[0-9A-Za-z]{22}\b/g;

/** The middle of some times. */
export function median(times: readonly number[]): number {
  const sorted = [...times].sort((x, y) => x - y);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
