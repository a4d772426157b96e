import { parsePipeline } from '../aggregation/pipeline.js';
import { type Document, isDocument } from '../bson/value.js';
import { engineError, typeMismatch } from '../engine-error.js';
import { explainPipeline, explainQuery } from '../plan/explain.js';
import { splitPipeline } from '../plan/pipeline-rows.js';
import type { Query } from '../plan/query-rows.js';
import { compileFilter } from '../query/match.js';
import { compileSort } from '../query/sort.js';
import type { Collection } from '../store/collection.js';
import type { Database } from '../store/database.js';
import type { Reply } from '../wire/reply.js';
import { type CommandContext, databaseOf } from './context.js';
import { SERVER_VERSION } from './diagnostic.commands.js';
import { checkCommandFields, checkFields, documentOption } from './options.js';
import { AGGREGATE_OPTIONS, FIND_OPTIONS, parseFind } from './read.commands.js';

const VERBOSITIES = new Set(['queryPlanner', 'executionStats', 'allPlansExecution']);

/** `explain` of find, aggregate, count, update, delete and findAndModify: which plan would answer it. */
export function explainCommand(context: CommandContext): Reply {
  const inner = context.body['explain'];
  if (!isDocument(inner)) throw typeMismatch('wanted a command to explain');
  const verbosity = context.body['verbosity'] ?? 'allPlansExecution';
  if (!VERBOSITIES.has(verbosity as string)) throw engineError('FailedToParse', 'wanted a known verbosity');
  const name = Object.keys(inner)[0] ?? '';
  const collectionName = inner[name];
  if (typeof collectionName !== 'string') throw typeMismatch('wanted the name of a collection');
  const database = databaseOf(context);
  const collection = database?.catalogue.find(collectionName);
  const withStats = verbosity !== 'queryPlanner';
  const body = explainInner(name, inner, {
    database,
    collection,
    withStats,
    namespace: `${context.databaseName}.${collectionName}`,
  });
  const serverInfo = { host: context.engine.address, version: SERVER_VERSION, gitVersion: 'embedded' };
  return { body: { explainVersion: '1', ...body, command: inner, serverInfo, ok: 1 } };
}

interface Target {
  database: Database | undefined;
  collection: Collection | undefined;
  namespace: string;
  withStats: boolean;
}

function explainInner(name: string, inner: Document, target: Target): Document {
  if (name === 'aggregate') {
    checkCommandFields(inner, name, [...AGGREGATE_OPTIONS, 'explain']);
    return explainPipeline(target, splitPipeline(parsePipeline(inner['pipeline'])));
  }
  return explainQuery(target, queryOf(name, inner));
}

function queryOf(name: string, inner: Document): Query {
  switch (name) {
    case 'find':
      checkCommandFields(inner, name, FIND_OPTIONS);
      return parseFind(inner);
    case 'count':
      checkCommandFields(inner, name, ['query']);
      return { filter: compileFilter(documentOption(inner, 'query') ?? {}) };
    case 'findAndModify': {
      checkCommandFields(inner, name, ['query', 'sort', 'remove', 'update', 'new', 'upsert', 'fields']);
      const sort = documentOption(inner, 'sort');
      const filter = compileFilter(documentOption(inner, 'query') ?? {});
      return { filter, sort: sort ? compileSort(sort) : undefined, limit: 1 };
    }
    case 'update':
    case 'delete': {
      checkCommandFields(inner, name, [`${name}s`, 'ordered']);
      const list = inner[`${name}s`];
      const [statement] = Array.isArray(list) ? list : [];
      if (isDocument(statement)) checkFields(statement, ['q', 'u', 'multi', 'upsert', 'limit'], `${name}s`);
      return { filter: compileFilter(isDocument(statement) ? (documentOption(statement, 'q') ?? {}) : {}) };
    }
    default:
      throw engineError('CommandNotFound', `Explain failed due to unknown command: ${name}`);
  }
}
