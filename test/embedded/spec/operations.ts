import type { Document } from 'bson';
import { type Client, type Collection, type Db, type Entities, need, type Session, toConcerns } from './entities.js';

type CollectionOperation = (collection: Collection, options: Document) => Promise<unknown>;

/** `returnDocument` in the driver's spelling. */
function lowered(options: Document): Document {
  const returned = options['returnDocument'];
  return returned ? { ...options, returnDocument: String(returned).toLowerCase() } : options;
}

const COLLECTION_OPERATIONS: Record<string, CollectionOperation> = {
  aggregate: (collection, { pipeline, ...options }) => collection.aggregate(pipeline, options).toArray(),
  bulkWrite: (collection, { requests, ...options }) => collection.bulkWrite(requests, options),
  count: (collection, { filter, ...options }) =>
    (collection as unknown as { count(filter: Document, options: Document): Promise<number> }).count(filter, options),
  countDocuments: (collection, { filter, ...options }) => collection.countDocuments(filter, options),
  createIndex: (collection, { keys, ...options }) => collection.createIndex(keys, options),
  deleteMany: (collection, { filter, ...options }) => collection.deleteMany(filter, options),
  deleteOne: (collection, { filter, ...options }) => collection.deleteOne(filter, options),
  distinct: (collection, { fieldName, filter, ...options }) => collection.distinct(fieldName, filter, options),
  estimatedDocumentCount: (collection, options) => collection.estimatedDocumentCount(options),
  find: (collection, { filter, ...options }) => collection.find(filter, options).toArray(),
  findOne: (collection, { filter, ...options }) => collection.findOne(filter, options),
  findOneAndDelete: (collection, { filter, ...options }) => collection.findOneAndDelete(filter, options),
  findOneAndReplace: (collection, { filter, replacement, ...options }) =>
    collection.findOneAndReplace(filter, replacement, lowered(options)),
  findOneAndUpdate: (collection, { filter, update, ...options }) =>
    collection.findOneAndUpdate(filter, update, lowered(options)),
  insertMany: (collection, { documents, ...options }) => collection.insertMany(documents, options),
  insertOne: (collection, { document, ...options }) => collection.insertOne(document, options),
  replaceOne: (collection, { filter, replacement, ...options }) => collection.replaceOne(filter, replacement, options),
  updateMany: (collection, { filter, update, ...options }) => collection.updateMany(filter, update, options),
  updateOne: (collection, { filter, update, ...options }) => collection.updateOne(filter, update, options),
};

/** An operation on a collection. */
export function runOnCollection(collection: Collection, name: string, options: Document): Promise<unknown> {
  const operation = COLLECTION_OPERATIONS[name];
  if (!operation) throw new Error(`the collection operation ${name} is unknown to this runner`);
  return operation(collection, options);
}

/** An operation on a database. */
export async function runOnDatabase(database: Db, name: string, options: Document): Promise<unknown> {
  switch (name) {
    case 'aggregate': {
      const { pipeline, ...rest } = options;
      return database.aggregate(pipeline, rest).toArray();
    }
    case 'runCommand': {
      const { command, commandName: _, ...rest } = options;
      return database.command(command, toConcerns(rest));
    }
    case 'createCollection': {
      const { collection, ...rest } = options;
      await database.createCollection(collection, rest);
      return undefined;
    }
    case 'dropCollection':
      return database.dropCollection(options['collection']);
    case 'modifyCollection': {
      const { collection, ...rest } = options;
      return database.command({ collMod: collection, ...rest });
    }
    default:
      throw new Error(`the database operation ${name} is unknown to this runner`);
  }
}

/** A bulk over several collections; servers older than 8.0 have no command for it, so that only the driver answers. */
export function runOnClient(client: Client, name: string, options: Document): Promise<unknown> {
  if (name !== 'clientBulkWrite') throw new Error(`the client operation ${name} is unknown to this runner`);
  const { models, ...rest } = options;
  const named = (models as Document[]).map((model) => {
    const [kind] = Object.keys(model) as [string];
    return { name: kind, ...model[kind] };
  });
  return client.bulkWrite(named as never, rest);
}

/** An operation on a session; `runCallback` carries out what `withTransaction` is given. */
export async function runOnSession(
  session: Session,
  name: string,
  options: Document,
  runCallback: () => Promise<void>,
): Promise<unknown> {
  switch (name) {
    case 'startTransaction':
      session.startTransaction(toConcerns(options));
      return undefined;
    case 'commitTransaction':
      return session.commitTransaction();
    case 'abortTransaction':
      return session.abortTransaction();
    case 'endSession':
      return session.endSession();
    case 'withTransaction': {
      const { callback: _, ...rest } = options;
      return session.withTransaction(runCallback, toConcerns(rest));
    }
    default:
      throw new Error(`the session operation ${name} is unknown to this runner`);
  }
}

/** Arguments with the session they name put in. */
export function withSession(entities: Entities, options: Document | undefined): Document {
  const { session, ...rest } = options ?? {};
  return session === undefined ? rest : { ...rest, session: need(entities.sessions, session) };
}
