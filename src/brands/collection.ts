import { type Connection, type Model, Schema, type SchemaDefinition } from 'mongoose';

/** One index beside `_id`. Ascending only: newest-first is a backward scan. Never unique: uniqueness is carried by `_id`. */
export interface CollectionIndex {
  readonly key: Readonly<Record<string, 1>>;
  readonly sparse?: true;
  readonly partialFilterExpression?: Readonly<Record<string, unknown>>;
  readonly expireAfterSeconds?: number;
}

/** What a store declares about a collection: its name, the fields rows may have, and its indexes. */
export interface CollectionDefinition<Row extends { _id: string }> {
  readonly name: string;
  readonly schema: Schema;
  readonly indexes: readonly CollectionIndex[];
  /** `account`: `_id` is the id of the account that the row hangs on. */
  readonly keyedBy?: 'account';
  /** Carries the row type; never set. */
  readonly row?: Row;
}

/**
 * Declares a collection. Unknown paths in filters and rows throw, nothing is created by itself, and mongoose adds no
 * fields of its own.
 */
export function defineCollection<Row extends { _id: string }>(
  name: string,
  fields: SchemaDefinition,
  indexes: readonly CollectionIndex[] = [],
  options: Pick<CollectionDefinition<Row>, 'keyedBy'> = {},
): CollectionDefinition<Row> {
  const schema = new Schema(
    { _id: { type: String, required: true }, ...fields },
    {
      collection: name,
      versionKey: false,
      id: false,
      minimize: false,
      strict: 'throw',
      strictQuery: 'throw',
      autoIndex: false,
      autoCreate: false,
      bufferCommands: false,
    },
  );
  return { name, schema, indexes, ...options };
}

/** The model of a collection on one connection, made once. */
export function modelOn<Row extends { _id: string }>(
  connection: Connection,
  definition: CollectionDefinition<Row>,
): Model<Row> {
  const existing = connection.models[definition.name];
  return (existing ?? connection.model(definition.name, definition.schema, definition.name)) as Model<Row>;
}
