import { createServer, type IncomingMessage } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { type DocumentNode, execute, type GraphQLSchema, parse, validate } from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import type { OperationContext } from '../../src/access/context.js';
import type { TokenRow } from '../../src/access/token.js';
import { TokenService } from '../../src/access/token.service.js';
import type { TokenStore } from '../../src/access/token.store.js';
import { memoKey } from '../../src/access/world.js';
import type { Brands } from '../../src/brands/brands.js';
import { configSchema } from '../../src/brands/config.js';
import type { Resolvers } from '../../src/generated/resolvers-types.js';
import { buildSchema } from '../../src/graphql/schema.js';
import { createGraphqlServer } from '../../src/graphql/server.js';
import { systemClock } from '../../src/kernel/clock.js';
import { createLogger } from '../../src/kernel/logger.js';
import { createLoaders, createResolvers, type Loaders, typeDefs } from './synthetic-schema.js';

/** A server that listens, and what a client must send beside the query. */
export interface RunningStack {
  readonly url: string;
  readonly authorization: string | null;
}

interface PlainContext {
  readonly loaders: Loaders;
}

function plainSchema(): GraphQLSchema {
  const resolvers = createResolvers<PlainContext>((context) => context.loaders);
  return buildSchema(typeDefs, [resolvers as Resolvers]);
}

interface Parameters {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
}

async function bodyOf(request: IncomingMessage): Promise<Parameters> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Parameters;
}

/** The least that answers GraphQL over HTTP: no framework, no checks, every document parsed and validated once. */
function bare(run: (parameters: Parameters, context: PlainContext) => unknown): Promise<RunningStack> {
  const server = createServer((request, response) => {
    bodyOf(request)
      .then((parameters) => run(parameters, { loaders: createLoaders() }))
      .then((result) => {
        const text = JSON.stringify(result);
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
        response.end(text);
      })
      .catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      resolve({ url: `http://127.0.0.1:${port}/`, authorization: null });
    });
  });
}

function remembered<T>(make: (query: string) => T): (query: string) => T {
  const known = new Map<string, T>();
  return (query) => {
    const found = known.get(query) ?? make(query);
    known.set(query, found);
    return found;
  };
}

function checkedDocument(schema: GraphQLSchema, query: string): DocumentNode {
  const document = parse(query);
  const errors = validate(schema, document);
  if (errors[0] !== undefined) throw errors[0];
  return document;
}

function raw(): Promise<RunningStack> {
  const schema = plainSchema();
  const documentOf = remembered((query) => checkedDocument(schema, query));
  return bare(({ query, variables }, contextValue) =>
    execute({ schema, document: documentOf(query), variableValues: variables ?? {}, contextValue }),
  );
}

function rawJit(): Promise<RunningStack> {
  const schema = plainSchema();
  const compiledOf = remembered((query) => {
    const compiled = compileQuery(schema, checkedDocument(schema, query));
    if (!isCompiledQuery(compiled)) throw new Error('graphql-jit does not compile the query');
    return compiled;
  });
  return bare(({ query, variables }, context) => compiledOf(query).query({}, context, variables ?? {}));
}

async function apolloDefaults(): Promise<RunningStack> {
  const server = new ApolloServer<PlainContext>({ schema: plainSchema(), nodeEnv: 'production' });
  const { url } = await startStandaloneServer(server, {
    listen: { port: 0, host: '127.0.0.1' },
    context: async () => ({ loaders: createLoaders() }),
  });
  return { url, authorization: null };
}

/** One token, kept in memory; verified as any other. */
function memoryTokens(): TokenService {
  const kept = new Map<string, TokenRow>();
  const store = {
    find: async (id) => kept.get(id) ?? null,
    insert: async (row) => void kept.set(row._id, row),
    touch: async () => {},
    revoke: async () => false,
    list: async () => [...kept.values()],
    idsByPrefix: async () => [],
  } satisfies TokenStore;
  const log = createLogger({ level: 'silent' });
  return new TokenService({ store, clock: systemClock, log, brandHandles: [], purposes: [] });
}

const loadersKey = memoKey<Loaders>('bench loaders');

/** The product: tokens, scopes, limits and request log on, as in production; the log goes nowhere. */
async function kindred(isJitEnabled: boolean): Promise<RunningStack> {
  const tokens = memoryTokens();
  const { token } = await tokens.create({
    role: 'group-app',
    reference: 'bench',
    grants: ['read-profiles', 'read-personal-data'],
  });
  const registry = { owner: 'registry', state: 'READY', isKnownDown: false };
  const server = await createGraphqlServer({
    config: { ...configSchema.shape.server.parse({}), isJitEnabled },
    brands: { registry, all: () => [], find: () => null } as unknown as Brands,
    tokens,
    clock: systemClock,
    log: createLogger({ level: 'info', stream: { write: () => {} } }),
    typeDefs,
    resolvers: [
      createResolvers<OperationContext>((context) => context.world.memo(loadersKey, createLoaders)) as Resolvers,
    ],
  });
  const origin = await server.listen(0, '127.0.0.1');
  return { url: `${origin}/graphql`, authorization: `Bearer ${token}` };
}

/** Every stack that is measured. */
export const stacks = {
  raw,
  'raw + jit': rawJit,
  kindred: () => kindred(true),
  'kindred, jit off': () => kindred(false),
  'apollo defaults': apolloDefaults,
} as const satisfies Record<string, () => Promise<RunningStack>>;

/** Name of a stack. */
export type StackName = keyof typeof stacks;
