import { randomUUID } from 'node:crypto';
import { type ApolloServer, HeaderMap, type HTTPGraphQLRequest, type HTTPGraphQLResponse } from '@apollo/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLFormattedError } from 'graphql';
import { isBound } from '../access/actor.js';
import { unauthenticated } from '../access/context.js';
import type { TokenService } from '../access/token.service.js';
import { World } from '../access/world.js';
import type { Brands } from '../brands/brands.js';
import type { ServerConfig } from '../brands/config.js';
import { type Clock, Deadline } from '../kernel/clock.js';
import { badInput } from '../kernel/errors.js';
import type { Logger } from '../kernel/logger.js';
import type { DocumentCache } from './document.js';
import { requestError } from './error-boundary.js';
import { loggableName, type RequestContext, type RequestTrace } from './request-context.js';
import { findBadVariable } from './text-check.js';

/** What the route is made of. */
export interface GraphqlRouteOptions {
  readonly config: ServerConfig;
  readonly brands: Brands;
  readonly tokens: Pick<TokenService, 'verify'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly apollo: ApolloServer<RequestContext>;
  readonly documents: DocumentCache;
}

/** Codes of answers about the document or its variables: a client that only knows JSON gets them with status 200. */
const documentCodes = new Set(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT']);

/** The trace of a request; made when it arrives, so that refused requests leave one too. */
export function newTrace(request: FastifyRequest, log: Logger): RequestTrace {
  return { requestId: request.id, log, codes: new Set(), operationName: null, tokenRef: null, runs: 0 };
}

/** A request id as sent, if it is a plain one that cannot be an address or a name with a domain; otherwise a new one. */
export function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(header) ? header : randomUUID();
}

/** Answers `/graphql`: token, limits and open fields are looked at before Apollo parses, everything else after. */
export function graphqlHandler(options: GraphqlRouteOptions) {
  return async (request: FastifyRequest, reply: FastifyReply, trace: RequestTrace): Promise<FastifyReply> => {
    const httpGraphQLRequest = httpRequestOf(request);
    let mayKnowSchema = options.config.isIntrospectionEnabled;
    const response = await options.apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest,
      context: async () => {
        try {
          const context = await makeContext(options, httpGraphQLRequest, trace);
          // Customers are told no more of the schema than strangers are.
          mayKnowSchema ||= context.actor !== null && !isBound(context.actor);
          return context;
        } catch (error) {
          throw requestError(error, trace);
        }
      },
    });
    return send(reply, response, trace, { hidesSchema: !mayKnowSchema });
  };
}

async function makeContext(
  options: GraphqlRouteOptions,
  http: HTTPGraphQLRequest,
  trace: RequestTrace,
): Promise<RequestContext> {
  const deadline = Deadline.after(options.config.requestDeadlineMs);
  const actor = await options.tokens.verify(http.headers.get('authorization'));
  trace.tokenRef = actor?.tokenRef ?? null;
  const { query, variables, operationName, extensions } = parametersOf(http);
  trace.operationName = loggableName(operationName);
  if (isRecord(extensions) && extensions['persistedQuery'] !== undefined) {
    // The words by which clients that send hashes first know that they have to send the document.
    throw badInput('PersistedQueryNotSupported', ['extensions', 'persistedQuery']);
  }
  if (typeof query === 'string') {
    const prepared = options.documents.prepare(query);
    if (actor === null && prepared?.isOpen === false) throw unauthenticated();
    const badVariable = findBadVariable(variables);
    if (badVariable !== null) throw badVariable;
    prepared?.checkLimits(isRecord(variables) ? variables : {});
  }
  return {
    requestId: trace.requestId,
    actor,
    brands: options.brands,
    clock: options.clock,
    deadline,
    log: options.log,
    selection: null,
    world: new World(),
    trace,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function parametersOf(http: HTTPGraphQLRequest): Record<string, unknown> {
  if (http.method === 'POST') return isRecord(http.body) ? http.body : {};
  const search = new URLSearchParams(http.search);
  const variables = search.get('variables');
  const extensions = search.get('extensions');
  return {
    query: search.get('query'),
    operationName: search.get('operationName'),
    variables: variables === null ? undefined : parsedOrNull(variables),
    extensions: extensions === null ? undefined : parsedOrNull(extensions),
  };
}

/** Text that is no JSON is refused by Apollo right after; here it only means that there are no variables to look at. */
function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function httpRequestOf(request: FastifyRequest): HTTPGraphQLRequest {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const url = request.raw.url ?? '';
  const mark = url.indexOf('?');
  return {
    method: request.method.toUpperCase(),
    headers,
    search: mark < 0 ? '' : url.slice(mark),
    body: request.body,
  };
}

function send(
  reply: FastifyReply,
  response: HTTPGraphQLResponse,
  trace: RequestTrace,
  options: { readonly hidesSchema: boolean },
): FastifyReply {
  for (const [name, value] of response.headers) reply.header(name, value);
  const text = response.body.kind === 'complete' ? response.body.string : '';
  const status = response.status ?? 200;
  if (status < 400) return reply.status(status).send(text);
  return sendRefusal(reply, status, text, trace, options);
}

/** A refusal of the whole request: completes what could not be known where it was raised. Rare and small, so it may be read again. */
function sendRefusal(
  reply: FastifyReply,
  status: number,
  text: string,
  trace: RequestTrace,
  options: { readonly hidesSchema: boolean },
): FastifyReply {
  const body = JSON.parse(text) as { errors?: GraphQLFormattedError[] };
  const isBadRequest = body.errors?.some((error) => error.extensions?.['code'] === 'BAD_REQUEST') ?? false;
  const errors = (body.errors ?? []).map((error): GraphQLFormattedError => {
    const given = String(error.extensions?.['code']);
    const code = given === 'BAD_REQUEST' ? 'BAD_USER_INPUT' : given;
    trace.codes.add(code);
    const isHidden = options.hidesSchema && code === 'GRAPHQL_VALIDATION_FAILED';
    return {
      ...error,
      ...(isHidden ? { message: 'The document does not fit the schema' } : {}),
      extensions: { ...error.extensions, code, requestId: trace.requestId },
    };
  });
  const isJsonOnly = String(reply.getHeader('content-type')).startsWith('application/json');
  const isAboutDocument = errors.every((error) => documentCodes.has(String(error.extensions?.['code'])));
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  // GraphQL over HTTP: without the media type of its own, a status other than 200 reads as a fault of something in between.
  const shownStatus = status === 400 && isJsonOnly && isAboutDocument && !isBadRequest ? 200 : status;
  return reply.status(shownStatus).send(`${JSON.stringify({ ...body, errors })}\n`);
}
