import { inject, vi } from 'vitest';
import type { BoundProfile } from '../../src/access/actor.js';
import { newTokenText, type TokenRow, tokenId } from '../../src/access/token.js';
import { registryTokenStore } from '../../src/access/token.store.js';
import { createServer, type RunningServer } from '../../src/app.js';
import { systemClock } from '../../src/kernel/clock.js';
import { AppError } from '../../src/kernel/errors.js';
import { createLogger } from '../../src/kernel/logger.js';
import { type OpenGroup, openGroup } from '../../src/open-group.js';
import type { ProfileView } from '../../src/profiles/profile.js';
import { groupConfig, openGroup as openTestGroup, type TestGroup } from '../support/group.js';

/** What a server has answered, with the headers that tell answers apart. */
export interface Answered {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly { readonly message: string; readonly extensions: Record<string, unknown> }[];
}

/** The whole server on a group of the tests, with tokens for customers. */
export interface CustomerServer {
  readonly group: TestGroup;
  readonly opened: OpenGroup;
  readonly server: RunningServer;
  ask(token: string, query: string, variables?: object): Promise<Answered>;
  /** A token that is bound to a profile. */
  tokenFor(profile: ProfileView): Promise<string>;
  /** A bound token with more granted than `kindred token create` would ever grant. */
  wideTokenFor(profile: BoundProfile, grants: readonly string[]): Promise<string>;
  /** Cuts the server off from a brand until the returned function is called. */
  cutOff(brand: string): () => void;
  close(): Promise<void>;
}

/** The one profile that a token of a profile is bound to. */
export function boundTo(profile: ProfileView): BoundProfile {
  return { brand: profile.brand.handle, id: profile._id };
}

/** Opens a group and serves it as `kindred serve` does. */
export async function openCustomerServer(): Promise<CustomerServer> {
  const config = groupConfig();
  const { uri } = inject('databaseServer');
  for (const { database } of [config.registry, ...config.brands]) {
    Object.assign(database, { uri: uri.replace('__database__', database.name) });
  }
  const group = await openTestGroup({ config });
  const env = { KINDRED_SECRET: Buffer.alloc(32, 7).toString('base64') };
  const opened = await openGroup({ config, env, clock: systemClock, log: createLogger({ level: 'silent' }) });
  const server = await createServer(opened);
  return {
    group,
    opened,
    server,
    ask: async (token, query, variables) => {
      const { statusCode, headers, body } = await server.inject({
        method: 'POST',
        url: '/graphql',
        headers: {
          'content-type': 'application/json',
          accept: 'application/graphql-response+json',
          authorization: `Bearer ${token}`,
          'x-request-id': 'same',
        },
        payload: JSON.stringify({ query, variables }),
      });
      const { data = null, errors = [] } = JSON.parse(body) as Partial<Answered>;
      return { status: statusCode, text: body, headers, data, errors };
    },
    tokenFor: async (profile) => (await opened.tokens.create({ role: 'customer', profile: boundTo(profile) })).token,
    wideTokenFor: async (profile, grants) => {
      const token = newTokenText();
      const row: TokenRow = {
        _id: tokenId(token),
        kind: 'CUSTOMER',
        reference: `profile:${profile.id}`,
        role: 'customer',
        grants,
        brandHandles: [profile.brand],
        isGroup: false,
        profileId: profile.id,
        createdAt: new Date(),
      };
      await registryTokenStore(opened.brands.registry).insert(row);
      return token;
    },
    cutOff: (brand) => {
      const spy = vi.spyOn(opened.brands.get(brand).database, 'run').mockImplementation(async () => {
        throw new AppError('BRAND_UNAVAILABLE', `The database of the brand ${brand} cannot be reached`, {
          details: { brand },
        });
      });
      return () => spy.mockRestore();
    },
    close: async () => {
      await server.close();
      await group.close();
    },
  };
}
