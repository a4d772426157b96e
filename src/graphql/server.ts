import { join } from 'node:path';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { TokenService } from '../access/token.service.js';
import type { Brands } from '../brands/brands.js';
import type { ServerConfig } from '../brands/config.js';
import type { Resolvers } from '../generated/resolvers-types.js';
import { type Clock, Deadline } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import type { Logger } from '../kernel/logger.js';
import { createApollo } from './apollo.js';
import { DocumentCache } from './document.js';
import type { ExecutionCounters } from './execution-plan.js';
import { Executor } from './executor.js';
import { graphqlHandler, newTrace, requestIdOf } from './graphql-route.js';
import { readiness } from './health.js';
import { sendHttpError, sendNotFound } from './http-errors.js';
import { wrapMutations } from './mutation-run.js';
import type { RequestTrace } from './request-context.js';
import { buildSchema, packageRoot, readTypeDefs } from './schema.js';
import { SchemaPolicy } from './schema-policy.js';
import { securityHeaders } from './security-headers.js';
import { graphiqlPage, registerPage } from './static-page.js';

/** How long requests under way may still take when the server stops. */
const drainMs = 30_000;
/** How often a stopping server looks for connections that have become idle. */
const sweepMs = 50;

/** What the server is built from. */
export interface GraphqlServerOptions {
  readonly config: ServerConfig;
  readonly brands: Brands;
  readonly tokens: Pick<TokenService, 'verify'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly resolvers: readonly Resolvers[];
  /** Another schema than the packaged one, for tests and benchmarks. */
  readonly typeDefs?: string;
  /** Further routes, each with hooks and parsers of its own. */
  readonly routes?: readonly ((app: FastifyInstance) => Promise<void>)[];
  /** Where the built pages lie; by default in the package. */
  readonly builtFolder?: string;
}

/** The HTTP server with everything behind it. */
export interface GraphqlServer {
  /**
   * Listens and answers with the address as a URL.
   * @throws AppError `PORT_IN_USE`.
   */
  listen(port: number, host: string): Promise<string>;
  /** Answers a request without a network. */
  readonly inject: FastifyInstance['inject'];
  /** Stops accepting, lets requests under way end for at most 30 seconds. */
  close(): Promise<void>;
  /** How many operations ran compiled, and how many did not. */
  readonly counters: ExecutionCounters;
}

/** Builds the server; nothing listens yet. */
export async function createGraphqlServer(options: GraphqlServerOptions): Promise<GraphqlServer> {
  const { config, log } = options;
  const schema = buildSchema(options.typeDefs ?? readTypeDefs(), options.resolvers);
  wrapMutations(schema);
  const documents = new DocumentCache(new SchemaPolicy(schema), config);
  const executor = new Executor(schema, documents, config);
  const { isIntrospectionEnabled } = config;
  const apollo = createApollo({ schema, documents, executor, isIntrospectionEnabled, log });
  await apollo.start();
  const app = createApp(config, log);
  const answer = graphqlHandler({ ...options, apollo, documents });
  app.all('/graphql', (request, reply) => answer(request, reply, traceOf(request, log)));
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const state = readiness(options.brands);
    return reply.status(state.status === 'ready' ? 200 : 503).send(state);
  });
  const builtFolder = options.builtFolder ?? join(packageRoot, 'dist');
  await registerPage(app, graphiqlPage(join(builtFolder, 'graphiql')));
  for (const routes of options.routes ?? []) await app.register(routes);
  await app.ready();
  let closing: Promise<void> | null = null;
  return {
    listen: (port, host) => listen(app, port, host),
    inject: app.inject.bind(app) as FastifyInstance['inject'],
    close: () => {
      closing ??= drain(app).then(() => apollo.stop());
      return closing;
    },
    counters: executor.counters,
  };
}

const traces = new WeakMap<FastifyRequest, RequestTrace>();

function traceOf(request: FastifyRequest, log: Logger): RequestTrace {
  let trace = traces.get(request);
  if (trace === undefined) {
    trace = newTrace(request, log);
    traces.set(request, trace);
  }
  return trace;
}

function createApp(config: ServerConfig, log: Logger): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: config.bodyBytesMax,
    genReqId: (request) => requestIdOf(request.headers['x-request-id']),
    // Keys that name a prototype are refused with the place where they stand, which the parser cannot tell.
    onProtoPoisoning: 'ignore',
    onConstructorPoisoning: 'ignore',
    forceCloseConnections: 'idle',
    frameworkErrors: (error, request, reply) => sendHttpError(error, reply, traceOf(request, log)),
  });
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders).header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => logRequest(request, reply, traceOf(request, log)));
  app.setErrorHandler((error, request, reply) => sendHttpError(error, reply, traceOf(request, log)));
  app.setNotFoundHandler((request, reply) => sendNotFound(reply, traceOf(request, log)));
  return app;
}

function logRequest(request: FastifyRequest, reply: FastifyReply, trace: RequestTrace): void {
  trace.log.info(
    {
      request_id: trace.requestId,
      method: request.method,
      // The pattern of the route, never the URL: that may carry a query or somebody's data.
      route: request.routeOptions.url ?? null,
      status: reply.statusCode,
      duration_ms: Math.round(reply.elapsedTime * 10) / 10,
      ...(trace.operationName === null ? {} : { operation: trace.operationName }),
      ...(trace.codes.size === 0 ? {} : { codes: [...trace.codes] }),
      ...(trace.tokenRef === null ? {} : { token_ref: trace.tokenRef }),
      ...(trace.runs > 1 ? { runs: trace.runs } : {}),
    },
    'Request',
  );
}

async function listen(app: FastifyInstance, port: number, host: string): Promise<string> {
  try {
    return await app.listen({ port, host });
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EADDRINUSE') throw error;
    const message = `Port ${port} is taken by another process; stop it, or set PORT to another number`;
    throw new AppError('PORT_IN_USE', message, { cause: error });
  }
}

async function drain(app: FastifyInstance): Promise<void> {
  const deadline = Deadline.after(drainMs);
  // A connection whose answer has just been sent stays open for the next one unless it is closed.
  const sweep = setInterval(() => {
    if (deadline.isPast) app.server.closeAllConnections();
    else app.server.closeIdleConnections();
  }, sweepMs);
  try {
    await app.close();
  } finally {
    clearInterval(sweep);
  }
}
