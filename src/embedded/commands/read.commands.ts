import { Long } from 'bson';
import { parsePipeline } from '../aggregation/pipeline.js';
import { encodeDocument } from '../bson/encode.js';
import { compilePick } from '../bson/raw.js';
import { type Document, isDocument } from '../bson/value.js';
import { badValue, engineError, typeMismatch } from '../engine-error.js';
import {
  fieldsOfGroup,
  type PipelineEnvironment,
  runPipeline,
  type SplitPipeline,
  splitPipeline,
} from '../plan/pipeline-rows.js';
import { type Query, queryRows } from '../plan/query-rows.js';
import { compileProjection, compileRawProjection } from '../projection/project.js';
import { compileFilter } from '../query/match.js';
import { compileSort } from '../query/sort.js';
import type { CursorStep } from '../sessions/cursor-table.js';
import { documentRange } from '../store/keyspace.js';
import { decode } from '../wire/frame.js';
import type { Reply } from '../wire/reply.js';
import { type CommandContext, collectionNameOf, databaseOf } from './context.js';
import { collStatsRows } from './diagnostic.commands.js';
import { openSource, type ReadSource, replyFirstBatch, replyNextBatch, yieldAll } from './open-cursor.js';
import { booleanOption, checkFields, documentOption, numberOption } from './options.js';

/** Options of `find` that are supported. */
export const FIND_OPTIONS = ['filter', 'projection', 'sort', 'limit', 'skip', 'batchSize', 'singleBatch'] as const;

/** Options of `aggregate` that are supported. */
export const AGGREGATE_OPTIONS = ['pipeline', 'cursor'] as const;

/** The query a `find` describes, in a form that `explain` can use too. */
export function parseFind(body: Document): Query {
  const sort = documentOption(body, 'sort');
  const limit = numberOption(body, 'limit');
  return {
    filter: compileFilter(documentOption(body, 'filter') ?? {}),
    sort: sort && Object.keys(sort).length > 0 ? compileSort(sort) : undefined,
    skip: numberOption(body, 'skip'),
    limit: limit === 0 ? undefined : limit,
  };
}

/** From stored bytes to the bytes of the answer; undefined when they are the same. */
function projector(spec: Document | undefined): ((bytes: Buffer) => Uint8Array) | undefined {
  if (!spec || Object.keys(spec).length === 0) return undefined;
  const raw = compileRawProjection(spec);
  if (raw) return raw;
  const project = compileProjection(spec);
  return (bytes) => encodeDocument(project(decode(bytes)));
}

/** `find`: without projection, documents are answered as the bytes they are stored as. */
export function findCommand(context: CommandContext): Promise<Reply> {
  const { body } = context;
  const name = collectionNameOf(context);
  const query = parseFind(body);
  const project = projector(documentOption(body, 'projection'));
  const options = {
    namespace: `${context.databaseName}.${name}`,
    batchSize: numberOption(body, 'batchSize'),
    isSingleBatch: booleanOption(body, 'singleBatch', false),
  };
  context.transaction?.checkShape(name);
  const source = openSource(context);
  return replyFirstBatch(context, source, findRows(context, source, name, query, project), options);
}

function* findRows(
  context: CommandContext,
  source: ReadSource | undefined,
  name: string,
  query: Query,
  project: ((bytes: Buffer) => Uint8Array) | undefined,
): Generator<CursorStep, void> {
  const collection = databaseOf(context)?.catalogue.find(name);
  if (!collection || !source) return;
  for (const row of queryRows(collection, source.view, query)) {
    yield row && (project ? project(row.bytes) : row.bytes);
  }
}

/** `getMore`: the next batch of a cursor. */
export function getMoreCommand(context: CommandContext): Promise<Reply> {
  const { body } = context;
  const id = asCursorId(body['getMore']);
  const collection = body['collection'];
  if (typeof collection !== 'string') throw typeMismatch('wanted the name of a collection in getMore.collection');
  const namespace = `${context.databaseName}.${collection}`;
  const cursor = context.engine.cursors.take(id, namespace, context.transaction);
  return replyNextBatch(context, cursor, numberOption(body, 'batchSize') || undefined);
}

function asCursorId(value: unknown): Long {
  if (Long.isLong(value)) return value as Long;
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw typeMismatch('wanted a cursor id of type long');
  return Long.fromNumber(number);
}

/** `killCursors`: forgets cursors before they are read to the end. */
export function killCursorsCommand(context: CommandContext): Reply {
  const ids = context.body['cursors'];
  if (!Array.isArray(ids)) throw typeMismatch('wanted an array of cursor ids');
  const cursorsKilled: Long[] = [];
  const cursorsNotFound: Long[] = [];
  for (const value of ids) {
    const id = asCursorId(value);
    (context.engine.cursors.drop(id) ? cursorsKilled : cursorsNotFound).push(id);
  }
  return { body: { cursorsKilled, cursorsNotFound, cursorsAlive: [], cursorsUnknown: [], ok: 1 } };
}

/** `count` without a query: the number of documents of a collection. */
export function countCommand(context: CommandContext): Reply {
  const query = documentOption(context.body, 'query');
  if (query && Object.keys(query).length > 0) {
    throw badValue(
      'count with a query is not supported by the embedded engine; use an aggregate with $match and $group',
    );
  }
  const database = databaseOf(context);
  const collection = database?.catalogue.find(collectionNameOf(context));
  if (!database || !collection) return { body: { n: 0, ok: 1 } };
  const snapshot = database.openSnapshot();
  const n = snapshot.count(documentRange(collection.id));
  snapshot.release();
  return { body: { n, ok: 1 } };
}

/** `aggregate`: a pipeline of the supported stages over one collection. */
export function aggregateCommand(context: CommandContext): Promise<Reply> {
  const { body } = context;
  const name = collectionNameOf(context);
  const cursorOptions = body['cursor'];
  if (!isDocument(cursorOptions)) {
    throw engineError(
      'FailedToParse',
      "The 'cursor' option is required, except for aggregate with the explain argument",
    );
  }
  checkFields(cursorOptions, ['batchSize'], 'aggregate.cursor');
  const stats = collStatsRows(context, name);
  if (stats) {
    const namespace = `${context.databaseName}.${name}`;
    return replyFirstBatch(context, undefined, yieldAll(stats.map(encodeDocument)), {
      namespace,
      batchSize: numberOption(cursorOptions, 'batchSize'),
    });
  }
  const stages = parsePipeline(body['pipeline']);
  const split = splitPipeline(stages);
  const decodeRow = decoderFor(split, (body['pipeline'] as Document[])[stages.length - split.rest.length]);
  const options = {
    namespace: `${context.databaseName}.${name}`,
    batchSize: numberOption(cursorOptions, 'batchSize'),
  };
  context.transaction?.checkShape(name);
  for (const stage of split.rest) if (stage.kind === 'lookup') context.transaction?.checkShape(stage.from);
  const source = openSource(context);
  return replyFirstBatch(context, source, aggregateRows(context, source, name, split, decodeRow), options);
}

/** Decodes what the first stage after the query needs of a document: all of it, unless it is a `$group`. */
function decoderFor(split: SplitPipeline, written: Document | undefined): (bytes: Uint8Array) => Document {
  if (split.rest[0]?.kind !== 'group') return decode;
  return compilePick([...new Set(fieldsOfGroup(written?.['$group']))]);
}

function* aggregateRows(
  context: CommandContext,
  source: ReadSource | undefined,
  name: string,
  split: SplitPipeline,
  decodeRow: (bytes: Uint8Array) => Document,
): Generator<CursorStep, void> {
  const catalogue = databaseOf(context)?.catalogue;
  if (!catalogue || !source) return;
  const collection = catalogue.find(name);
  if (split.rest.length === 0 && collection) {
    for (const row of queryRows(collection, source.view, split.query)) yield row?.bytes;
    return;
  }
  const environment: PipelineEnvironment = { catalogue, view: source.view };
  for (const document of runPipeline(environment, collection, split, decodeRow)) {
    yield document && encodeDocument(document);
  }
}
