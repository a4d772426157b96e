import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Actor } from '../../src/access/actor.js';
import type { OperationContext } from '../../src/access/context.js';
import { memoKey, type World } from '../../src/access/world.js';
import type { Brand } from '../../src/brands/brand.js';
import type { Brands } from '../../src/brands/brands.js';
import { configSchema, type ServerConfig } from '../../src/brands/config.js';
import type { Resolvers } from '../../src/generated/resolvers-types.js';
import { packageRoot } from '../../src/graphql/schema.js';
import { createGraphqlServer, type GraphqlServer } from '../../src/graphql/server.js';
import { systemClock } from '../../src/kernel/clock.js';
import { AppError, refuse } from '../../src/kernel/errors.js';
import { createLogger, type Logger } from '../../src/kernel/logger.js';

const typeDefs = `
${readFileSync(join(packageRoot, 'schema', 'base.graphql'), 'utf8')}
extend type Query {
  plain: String @requiresScopes(scopes: [])
  things(first: Int = 20, after: String): ThingConnection @requiresScopes(scopes: ["read-things"]) @cost(weight: 2)
  thing(id: ID!): Thing @requiresScopes(scopes: ["read-things"])
  shapes: [Shape] @requiresScopes(scopes: [])
  holders: [Holder!] @requiresScopes(scopes: [])
  open(token: String!): Open @public
  echo(input: EchoInput): String @requiresScopes(scopes: [])
  tree(input: TreeInput): String @requiresScopes(scopes: [])
  find(by: FindBy!): String @requiresScopes(scopes: [])
  values(list: [Int!] = [1, 2], level: Level = LOW, when: DateTime, mail: EmailAddress @personal(category: CONTACT), any: JSON): JSON
    @requiresScopes(scopes: [])
  fail(kind: String!): String @requiresScopes(scopes: [])
  failHard: Int! @requiresScopes(scopes: [])
  shaky(breaches: Int!): Int @requiresScopes(scopes: [])
  slow: Int @requiresScopes(scopes: [])
  info: String @requiresScopes(scopes: [])
}
extend type Mutation {
  tick(input: TickInput!): TickPayload @requiresScopes(scopes: ["write-things"]) @cost(weight: 10)
}
input TickInput { breaches: Int = 0, fails: Boolean = false, secret: EmailAddress @personal(category: CONTACT) }
type TickPayload { count: Int  seen: Int  thing: Thing }
input EchoInput { name: String = "nobody", level: Level = HIGH, tags: [String!], inner: InnerInput, mail: EmailAddress }
input InnerInput { level: Level = LOW, name: String = "inner" }
input TreeInput { name: String, branches: [TreeInput!] }
input FindBy @oneOf { id: ID  mail: EmailAddress  name: String }
enum Level { LOW HIGH }
interface Holder { holder: String }
type Person implements Holder { holder: String @personal(category: NAME)  age: Int }
type Company implements Holder { holder: String  staff: Int }
union Shape = Circle | Square
type Circle { radius: Float!  strict: String! }
type Square { side: Int }
type Thing implements Node @requiresScopes(scopes: ["read-things"]) {
  id: ID!  name: String @personal(category: NAME)  at: DateTime!  level: Level  parts(first: Int = 20): ThingConnection
  parent: Thing  tags: [String!]!  secret: String @requiresScopes(scopes: ["read-secrets"])  broken: Int  money: Money  self: Thing!
  maybe: [Thing]
}
type ThingConnection { edges: [ThingEdge!]!  nodes: [Thing!]!  pageInfo: PageInfo!  totalCount: Int @cost(weight: 5) }
type ThingEdge { cursor: String!  node: Thing! }
type Open @public { word: String! }
`;

interface ThingView {
  readonly __typename: 'Thing';
  readonly id: string;
  readonly n: number;
}

const thing = (n: number): ThingView => ({ __typename: 'Thing', id: `thing_${n}`, n });
const page = (size: number) => {
  const nodes = Array.from({ length: Math.min(size, 3) }, (_, n) => thing(n));
  return {
    edges: nodes.map((node) => ({ cursor: `c${node.n}`, node })),
    nodes,
    pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    totalCount: 3,
  };
};

/** What the synthetic resolvers have done and will do. */
export interface SyntheticState {
  ticks: number;
  worlds: World[];
  breachesLeft: number;
  reads: number;
}

const worldKey = memoKey<{ reads: number }>('synthetic');

function throwFor(kind: string): never {
  if (kind === 'app') {
    throw new AppError('BRAND_TIMEOUT', 'The brand wren did not answer in time', {
      details: { brand: 'wren', internal: 'hidden' },
    });
  }
  if (kind === 'operator') throw new AppError('CONFIG_INVALID', 'secret operator text');
  if (kind === 'refusal') return refuse('NOPE', 'a refusal that nobody caught');
  if (kind === 'string') throw 'a thrown string with mei@example.org';
  throw new Error('E11000 duplicate key error collection: wren.claims { email: "mei@example.org" }');
}

function syntheticResolvers(state: SyntheticState): object {
  const breachIfLeft = (context: OperationContext): void => {
    if (state.breachesLeft === 0) return;
    state.breachesLeft -= 1;
    context.world.breach('two views');
  };
  return {
    Query: {
      node: async (_: unknown, { id }: { id: string }) => (id === 'none' ? null : thing(1)),
      nodes: async (_: unknown, { ids }: { ids: string[] }) => ids.map((_id, n) => thing(n)),
      plain: () => 'plain',
      things: async (_: unknown, { first }: { first: number }) => page(first),
      thing: async (_: unknown, { id }: { id: string }) => (id === 'none' ? null : thing(7)),
      shapes: () => [
        { __typename: 'Circle', radius: 1.5, strict: null },
        { __typename: 'Square', side: 2 },
        null,
        { __typename: 'Circle', radius: 2, strict: 'yes' },
      ],
      holders: () => [
        { __typename: 'Person', holder: 'Mei', age: 40 },
        { __typename: 'Company', holder: 'Wren', staff: 3 },
      ],
      open: (_: unknown, { token }: { token: string }) => (token === 'good' ? { word: 'welcome' } : null),
      echo: (_: unknown, args: { input?: unknown }) => JSON.stringify(args),
      tree: (_: unknown, args: { input?: unknown }) => JSON.stringify(args),
      find: async (_: unknown, { by }: { by: object }) => Object.keys(by).join(','),
      values: (_: unknown, args: object) => ({ ...args }),
      fail: async (_: unknown, { kind }: { kind: string }) => throwFor(kind),
      failHard: async () => throwFor('app'),
      slow: () => new Promise(() => {}),
      shaky: async (_: unknown, { breaches }: { breaches: number }, context: OperationContext) => {
        state.reads += 1;
        state.worlds.push(context.world);
        if (state.reads === 1) state.breachesLeft = breaches;
        context.world.beforeAnswer(async () => breachIfLeft(context));
        return state.reads;
      },
      info: (_: unknown, _args: unknown, _context: unknown, info: { fieldName: string; path: { key: string } }) =>
        `${info.fieldName} ${info.path.key}`,
    },
    Mutation: {
      tick: async (
        _: unknown,
        { input }: { input: { breaches: number; fails: boolean } },
        context: OperationContext,
      ) => {
        state.worlds.push(context.world);
        context.world.memo(worldKey, () => ({ reads: 0 })).reads += 1;
        if (input.fails) throwFor('app');
        state.ticks += 1;
        state.breachesLeft = input.breaches;
        return { count: state.ticks };
      },
    },
    TickPayload: {
      seen: async (_: unknown, _args: unknown, context: OperationContext) => {
        state.reads += 1;
        state.worlds.push(context.world);
        breachIfLeft(context);
        return state.reads;
      },
      thing: () => thing(1),
    },
    Thing: {
      name: (view: ThingView) => `thing ${view.n}`,
      at: (view: ThingView) => new Date(1_700_000_000_000 + view.n),
      level: (view: ThingView) => (view.n % 2 === 0 ? 'LOW' : 'HIGH'),
      parts: async (_: ThingView, { first }: { first: number }) => page(first),
      parent: async (view: ThingView) => (view.n === 0 ? null : thing(view.n - 1)),
      tags: () => ['a', 'b'],
      secret: () => 'secret',
      broken: () => 'not a number',
      money: () => ({ amount: '1.50', currencyCode: 'AUD' }),
      self: async (view: ThingView) => (view.n === 2 ? null : view),
      maybe: async () => [thing(1), null, thing(2)],
    },
  };
}

/** A brand as far as the server itself looks at one. */
export function fakeBrands(states: Readonly<Record<string, string>> = { registry: 'READY', wren: 'READY' }): Brands {
  const database = (owner: string) => ({ owner, state: states[owner] ?? 'READY', isKnownDown: false });
  const handles = Object.keys(states).filter((owner) => owner !== 'registry');
  return {
    registry: database('registry'),
    all: () => handles.map((handle) => ({ brand: { handle } as Brand, database: database(handle) })),
    find: () => null,
  } as unknown as Brands;
}

/** An actor that holds the given scopes. */
export function actorWith(...grants: string[]): Actor {
  return {
    kind: 'STAFF',
    reference: 'staff_1',
    role: 'staff',
    grants,
    brandHandles: null,
    isGroup: true,
    purpose: null,
    expiresAt: null,
    tokenRef: 'abc123abc123',
  };
}

export interface Synthetic {
  readonly server: GraphqlServer;
  readonly state: SyntheticState;
  /** POSTs an operation; the token `all` holds every scope, `some:a,b` those listed, null sends none. */
  post(query: string, options?: PostOptions): Promise<Posted>;
}

export interface PostOptions {
  readonly variables?: Record<string, unknown>;
  readonly operationName?: string;
  readonly token?: string | null;
  readonly headers?: Record<string, string>;
}

export interface PostedError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly locations?: unknown;
  readonly extensions: Record<string, unknown>;
}

export interface Posted {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly text: string;
  readonly data: Record<string, unknown> | null | undefined;
  readonly errors: readonly PostedError[] | undefined;
}

export function serverConfig(overrides: Partial<ServerConfig> = {}): ServerConfig {
  const parsed = configSchema.shape.server.parse({});
  return { ...parsed, ...overrides };
}

const fakeTokens = {
  verify: async (header: string | undefined): Promise<Actor | null> => {
    if (header === 'Bearer all') return actorWith('*');
    const some = /^Bearer some:(.*)$/.exec(header ?? '')?.[1];
    return some === undefined ? null : actorWith(...some.split(',').filter((grant) => grant !== ''));
  },
};

/** A server over made-up resolvers, without any database. */
export async function openSynthetic(
  options: { config?: Partial<ServerConfig>; brands?: Brands; log?: Logger; builtFolder?: string } = {},
): Promise<Synthetic> {
  const state: SyntheticState = { ticks: 0, worlds: [], breachesLeft: 0, reads: 0 };
  const server = await createGraphqlServer({
    config: serverConfig(options.config),
    brands: options.brands ?? fakeBrands(),
    tokens: fakeTokens,
    clock: systemClock,
    log: options.log ?? createLogger({ level: 'silent' }),
    resolvers: [syntheticResolvers(state) as Resolvers],
    typeDefs,
    builtFolder: options.builtFolder ?? '/nonexistent',
  });
  return {
    server,
    state,
    post: async (query, given = {}) => {
      const token = given.token === undefined ? 'all' : given.token;
      const response = await server.inject({
        method: 'POST',
        url: '/graphql',
        headers: {
          'content-type': 'application/json',
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...given.headers,
        },
        payload: JSON.stringify({
          query,
          ...(given.variables === undefined ? {} : { variables: given.variables }),
          ...(given.operationName === undefined ? {} : { operationName: given.operationName }),
        }),
      });
      const body = JSON.parse(response.body) as Pick<Posted, 'data' | 'errors'>;
      return {
        status: response.statusCode,
        headers: response.headers,
        text: response.body,
        data: body.data,
        errors: body.errors,
      };
    },
  };
}

/** Codes of the errors in an answer, in order. */
export function codesOf(posted: Posted): unknown[] {
  return (posted.errors ?? []).map((error) => error.extensions['code']);
}
