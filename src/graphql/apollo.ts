import { ApolloServer, type ApolloServerOptions } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { type GraphQLSchema, printSchema } from 'graphql';
import type { Logger } from '../kernel/logger.js';
import type { DocumentCache } from './document.js';
import { formatDocumentError } from './document-errors.js';
import type { Executor, ExecutorRequest } from './executor.js';
import type { RequestContext } from './request-context.js';

type Options = ApolloServerOptions<RequestContext>;
type Gateway = NonNullable<Options['gateway']>;
type DocumentStore = NonNullable<Options['documentStore']>;

/** Digits of SHA-256 at the end of the keys under which Apollo keeps documents. */
const hashLength = 64;

/**
 * Apollo Server reduced to HTTP, parsing and validation: execution is ours through its gateway interface, documents are
 * kept in our cache, and no plugin looks at fields, because one that does costs more than compiled execution.
 */
export function createApollo(options: {
  readonly schema: GraphQLSchema;
  readonly documents: DocumentCache;
  readonly executor: Executor;
  readonly isIntrospectionEnabled: boolean;
  readonly log: Logger;
}): ApolloServer<RequestContext> {
  return new ApolloServer<RequestContext>({
    gateway: gatewayOf(options.schema, options.executor),
    documentStore: documentStoreOf(options.documents),
    introspection: options.isIntrospectionEnabled,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      // Otherwise a key in the environment would send reports to somebody else's server.
      ApolloServerPluginUsageReportingDisabled(),
    ],
    formatError: formatDocumentError,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: true,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    nodeEnv: 'production',
    logger: quietLogger(options.log),
  } as Options);
}

function gatewayOf(schema: GraphQLSchema, executor: Executor): Gateway {
  let announce: Parameters<Gateway['onSchemaLoadOrUpdate']>[0] | null = null;
  return {
    onSchemaLoadOrUpdate: (callback) => {
      announce = callback;
      return () => {
        announce = null;
      };
    },
    load: async () => {
      announce?.({ apiSchema: schema, coreSupergraphSdl: printSchema(schema) });
      return { executor: (request) => executor.execute(request as unknown as ExecutorRequest) };
    },
    stop: async () => {},
  };
}

/** Apollo asks for a document before it parses and validates, and gives back what has passed both. */
function documentStoreOf(documents: DocumentCache): DocumentStore {
  return {
    get: async (key) => documents.find(key.slice(-hashLength))?.document,
    set: async (key, document) => {
      documents.keep(key.slice(-hashLength), document);
    },
    delete: async () => false,
  };
}

/** Apollo's messages quote errors, which may quote values; what happened is told, the words are not. */
function quietLogger(log: Logger): NonNullable<Options['logger']> {
  const warn = (): void => log.warn('Apollo Server reported something unusual');
  return { debug: () => {}, info: () => {}, warn, error: warn };
}
