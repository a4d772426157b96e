import { isDeepStrictEqual } from 'node:util';
import { encodeDocument } from '../bson/encode.js';
import { fieldName } from '../bson/field-name.js';
import { type Document, isDocument, isNumber } from '../bson/value.js';
import { engineError, typeMismatch } from '../engine-error.js';
import { compileFilter } from '../query/match.js';
import { checkDeadline, yieldTurn } from '../sessions/cursor-table.js';
import {
  type Collection,
  describeIndexes,
  ID_INDEX_NAME,
  type Index,
  type IndexSpecification,
} from '../store/collection.js';
import { type BuildPace, beginBuild, endOfBuild } from '../store/index-build.js';
import { BlockedByTransaction } from '../store/write-scope.js';
import type { Reply } from '../wire/reply.js';
import { type CommandContext, collectionNameOf, databaseOf } from './context.js';
import { replyFirstBatch, yieldAll } from './open-cursor.js';
import { booleanOption, checkFields, documentOption, numberOption } from './options.js';
import { collectionForWrite, refuseWhileWritten } from './run-write.js';

/** Fields of an index in `createIndexes`. */
export const INDEX_FIELDS = [
  'v',
  'key',
  'name',
  'ns',
  'sparse',
  'partialFilterExpression',
  'expireAfterSeconds',
  'background',
];

/** Reads and checks one index to create. Errors: 67, 72, 197, 14, 2. */
export function parseIndex(value: unknown): IndexSpecification {
  if (!isDocument(value)) throw typeMismatch('wanted documents in createIndexes.indexes');
  if (value['unique'] === true) {
    throw engineError('CannotCreateIndex', 'unique indexes are not supported by the embedded engine: make it the _id');
  }
  const { unique, ...rest } = value;
  checkFields(rest, INDEX_FIELDS, 'createIndexes.indexes');
  const key = value['key'];
  const name = value['name'];
  if (!isDocument(key) || Object.keys(key).length === 0) throw engineError('CannotCreateIndex', 'wanted index keys');
  if (typeof name !== 'string' || name === '') throw engineError('CannotCreateIndex', 'wanted a name for the index');
  for (const [field, direction] of Object.entries(key)) {
    const path = fieldName(field);
    const isPlain = path !== '' && !path.startsWith('$') && !path.includes('$**') && path.split('.').every(Boolean);
    if (!isPlain) throw engineError('CannotCreateIndex', `the index path ${path} is not supported`);
    if (!isNumber(direction) || Number(direction) !== 1) {
      throw engineError('CannotCreateIndex', `wanted 1 for the index path ${path}: only ascending keys are supported`);
    }
  }
  const partial = value['partialFilterExpression'];
  if (partial !== undefined && !isDocument(partial)) throw typeMismatch('wanted a document as partialFilterExpression');
  if (partial) checkPartialFilter(partial);
  checkShellFields(value);
  const isSparse = booleanOption(value, 'sparse', false);
  if (partial && isSparse) {
    throw engineError('CannotCreateIndex', 'cannot mix "partialFilterExpression" and "sparse" options');
  }
  const expireAfterSeconds = numberOption(value, 'expireAfterSeconds');
  if (expireAfterSeconds !== undefined && Object.keys(key).length > 1) {
    throw engineError('CannotCreateIndex', 'TTL indexes are single-field indexes, compound indexes do not support TTL');
  }
  return {
    key: Object.fromEntries(Object.keys(key).map((path) => [path, 1])),
    name,
    ...(isSparse ? { sparse: true } : {}),
    ...(partial ? { partialFilterExpression: partial } : {}),
    ...(expireAfterSeconds === undefined ? {} : { expireAfterSeconds }),
  };
}

/** Only what a query can be seen to imply: equality with a value, and presence. Errors: 67. */
function checkPartialFilter(partial: Document): void {
  compileFilter(partial);
  for (const [path, condition] of Object.entries(partial)) {
    const operators = isDocument(condition) ? Object.entries(condition) : [];
    const isPlain = !path.startsWith('$') && operators.every(([name]) => !name.startsWith('$'));
    const isPresence = operators.length === 1 && operators[0]?.[0] === '$exists' && operators[0][1] === true;
    if (isPlain || (isPresence && !path.startsWith('$'))) continue;
    throw engineError(
      'CannotCreateIndex',
      `unsupported expression in partial index: wanted equality or {$exists: true} for ${path}`,
    );
  }
}

/** Fields that change nothing here but that shells and drivers may send: their forms are checked all the same. Errors: 14, 67. */
function checkShellFields(value: Document): void {
  booleanOption(value, 'background', false);
  if (value['ns'] !== undefined && typeof value['ns'] !== 'string') throw typeMismatch('wanted a string as ns');
  const version = numberOption(value, 'v');
  if (version !== undefined && version !== 1 && version !== 2) {
    throw engineError('CannotCreateIndex', `Invalid index specification: version ${version} is not supported`);
  }
}

function isSame(index: IndexSpecification, other: IndexSpecification): boolean {
  return (
    isDeepStrictEqual(Object.entries(index.key), Object.entries(other.key)) &&
    (index.sparse ?? false) === (other.sparse ?? false) &&
    index.expireAfterSeconds === other.expireAfterSeconds &&
    Buffer.compare(
      encodeDocument(index.partialFilterExpression ?? {}),
      encodeDocument(other.partialFilterExpression ?? {}),
    ) === 0
  );
}

/** True when the index exists already as wanted. Errors: 85, 86 when it exists otherwise. */
function exists(collection: Collection, wanted: IndexSpecification): boolean {
  if (wanted.name === ID_INDEX_NAME || isDeepStrictEqual(Object.keys(wanted.key), ['_id'])) return true;
  const named = collection.indexes.find((index) => index.specification.name === wanted.name);
  if (named && isSame(named.specification, wanted)) return true;
  if (named) {
    throw engineError(
      'IndexKeySpecsConflict',
      `An existing index has the same name as the requested index but other keys or options: ${wanted.name}`,
    );
  }
  const twin = collection.indexes.find((index) => isSame(index.specification, wanted));
  if (!twin) return false;
  throw engineError('IndexOptionsConflict', `Index already exists with a different name: ${twin.specification.name}`);
}

/** `createIndexes`: built within the command, piece by piece; waits for transactions that have written to the collection. */
export async function createIndexesCommand(context: CommandContext): Promise<Reply> {
  const name = collectionNameOf(context);
  const list = context.body['indexes'];
  if (!Array.isArray(list) || list.length === 0) throw typeMismatch('wanted an array of indexes');
  const wanted = list.map(parseIndex);
  const database = context.engine.databases.need(context.databaseName);
  const { reply, build } = await database.write((scope) => {
    const isNew = !database.catalogue.find(name);
    const collection = collectionForWrite(context, scope, database, name);
    refuseWhileWritten(database, collection);
    const ended = endOfBuild(collection);
    if (ended) throw new BlockedByTransaction({ ended });
    const missing = wanted.filter((specification) => !exists(collection, specification));
    const numIndexesBefore = collection.indexes.length + 1;
    const reply: Document = {
      numIndexesBefore,
      numIndexesAfter: numIndexesBefore + missing.length,
      createdCollectionAutomatically: isNew,
      ...(missing.length === 0 ? { note: 'all indexes already exist' } : {}),
      ok: 1,
    };
    const pace: BuildPace = {
      checkTime: () => checkDeadline(context.deadline),
      giveWay: yieldTurn,
      refuseWhileWritten: () => refuseWhileWritten(database, collection),
    };
    return { reply, build: missing.length > 0 ? beginBuild(database, collection, missing, pace) : undefined };
  }, context.deadline);
  await build;
  return { body: reply };
}

/** `listIndexes`: error 26 when the collection does not exist. */
export function listIndexesCommand(context: CommandContext): Promise<Reply> {
  const name = collectionNameOf(context);
  const collection = databaseOf(context)?.catalogue.find(name);
  const namespace = `${context.databaseName}.${name}`;
  if (!collection) throw engineError('NamespaceNotFound', `ns does not exist: ${namespace}`);
  const cursorOptions = documentOption(context.body, 'cursor') ?? {};
  checkFields(cursorOptions, ['batchSize'], 'listIndexes.cursor');
  const documents = describeIndexes(collection).map(encodeDocument);
  const batchSize = numberOption(cursorOptions, 'batchSize');
  return replyFirstBatch(context, undefined, yieldAll(documents), { namespace, batchSize });
}

function indexesMeant(collection: Collection, wanted: unknown): Index[] {
  if (wanted === '*') return collection.indexes;
  if (Array.isArray(wanted)) return wanted.flatMap((one) => indexesMeant(collection, one));
  const isId = wanted === ID_INDEX_NAME || (isDocument(wanted) && isDeepStrictEqual(Object.keys(wanted), ['_id']));
  if (isId) throw engineError('InvalidOptions', 'cannot drop _id index');
  const found = collection.indexes.find(({ specification }) =>
    isDocument(wanted)
      ? isDeepStrictEqual(Object.keys(specification.key), Object.keys(wanted))
      : specification.name === wanted,
  );
  if (found) return [found];
  throw engineError('IndexNotFound', 'index not found: no index has this name or these keys');
}

/** `dropIndexes`: by name, by keys, a list of them, or `*` for all but `_id`. */
export async function dropIndexesCommand(context: CommandContext): Promise<Reply> {
  const name = collectionNameOf(context);
  const database = databaseOf(context);
  const found = database?.catalogue.find(name);
  if (!database || !found) throw engineError('NamespaceNotFound', `ns not found ${context.databaseName}.${name}`);
  const nIndexesWas = found.indexes.length + 1;
  const done = await database.write(() => {
    const collection = database.catalogue.find(name) ?? found;
    refuseWhileWritten(database, collection);
    const meant = indexesMeant(collection, context.body['index']);
    return database.change((overlay, seq) => {
      for (const index of meant) database.catalogue.dropIndex(overlay, collection, index, seq);
    }).done;
  }, context.deadline);
  await done;
  return { body: { nIndexesWas, ok: 1 } };
}
