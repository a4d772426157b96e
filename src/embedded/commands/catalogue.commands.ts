import { Binary } from 'bson';
import { encodeDocument } from '../bson/encode.js';
import type { Document } from '../bson/value.js';
import { engineError } from '../engine-error.js';
import { compileFilter } from '../query/match.js';
import { type Collection, describeIndexes } from '../store/collection.js';
import type { Reply } from '../wire/reply.js';
import { type CommandContext, collectionNameOf, databaseOf } from './context.js';
import { replyFirstBatch, yieldAll } from './open-cursor.js';
import { booleanOption, checkFields, documentOption, numberOption } from './options.js';
import { refuseWhileWritten } from './run-write.js';

/** `create`: an empty collection; no options. Error 48 when it exists. */
export async function createCommand(context: CommandContext): Promise<Reply> {
  const name = collectionNameOf(context);
  const database = context.engine.databases.need(context.databaseName);
  if (database.catalogue.find(name)) {
    throw engineError('NamespaceExists', `Collection ${context.databaseName}.${name} already exists.`);
  }
  await database.change((overlay, seq) => database.catalogue.create(overlay, database.name, name, seq)).done;
  return { body: { ok: 1 } };
}

/** `drop`: a collection with all documents and indexes; its pages are freed in the background. */
export async function dropCommand(context: CommandContext): Promise<Reply> {
  const name = collectionNameOf(context);
  const database = databaseOf(context);
  const existing = database?.catalogue.find(name);
  if (!database || !existing) return { body: { ok: 1 } };
  const done = await database.write(() => {
    const collection = database.catalogue.find(name);
    if (!collection) return undefined;
    refuseWhileWritten(database, collection);
    return database.change((overlay, seq) => database.catalogue.drop(overlay, collection, seq)).done;
  }, context.deadline);
  await done;
  const namespace = `${database.name}.${name}`;
  context.engine.cursors.dropNamespace(namespace);
  return { body: { nIndexesWas: existing.indexes.length + 1, ns: namespace, ok: 1 } };
}

/** `dropDatabase`: removes the database's folder; open transactions and cursors on it end. */
export async function dropDatabaseCommand(context: CommandContext): Promise<Reply> {
  const database = databaseOf(context);
  if (!database) return { body: { ok: 1 } };
  context.engine.sessions.abortTransactions(database);
  context.engine.cursors.dropNamespace(`${database.name}.`);
  await context.engine.databases.drop(database.name);
  return { body: { dropped: database.name, ok: 1 } };
}

/** `listCollections`: one batch with all collections. */
export function listCollectionsCommand(context: CommandContext): Promise<Reply> {
  const filter = compileFilter(documentOption(context.body, 'filter') ?? {});
  const isNameOnly = booleanOption(context.body, 'nameOnly', false);
  const cursorOptions = documentOption(context.body, 'cursor') ?? {};
  checkFields(cursorOptions, ['batchSize'], 'listCollections.cursor');
  const collections = databaseOf(context)?.catalogue.all() ?? [];
  const rows = collections.map(describeCollection).filter((row) => filter.matches(row));
  const documents = rows.map((row) => encodeDocument(isNameOnly ? { name: row['name'], type: row['type'] } : row));
  return replyFirstBatch(context, undefined, yieldAll(documents), {
    namespace: `${context.databaseName}.$cmd.listCollections`,
    batchSize: numberOption(cursorOptions, 'batchSize'),
  });
}

function describeCollection(collection: Collection): Document {
  return {
    name: collection.name,
    type: 'collection',
    options: {},
    info: { readOnly: false, uuid: new Binary(Buffer.from(collection.uuid.replaceAll('-', ''), 'hex'), 4) },
    idIndex: describeIndexes(collection)[0],
  };
}

/** `listDatabases`: databases that have a collection. */
export function listDatabasesCommand(context: CommandContext): Reply {
  const filter = compileFilter(documentOption(context.body, 'filter') ?? {});
  const isNameOnly = booleanOption(context.body, 'nameOnly', false);
  const filled = context.engine.databases.all().filter((database) => database.catalogue.all().length > 0);
  const rows = filled.map((database) => ({ name: database.name, sizeOnDisk: database.sizeOnDisk(), empty: false }));
  const wanted = rows.filter((row) => filter.matches(row));
  if (isNameOnly) return { body: { databases: wanted.map(({ name }) => ({ name })), ok: 1 } };
  const totalSize = wanted.reduce((sum, row) => sum + row.sizeOnDisk, 0);
  return { body: { databases: wanted, totalSize, totalSizeMb: Math.round(totalSize / 2 ** 20), ok: 1 } };
}
