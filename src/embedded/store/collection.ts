import { BSON } from 'bson';
import { encodeDocument } from '../bson/encode.js';
import { fieldNames } from '../bson/field-name.js';
import { type Document, decodeDocument } from '../bson/value.js';
import { type CompiledFilter, compileFilter } from '../query/match.js';

/** What `createIndexes` and `listIndexes` say about an index. */
export interface IndexSpecification {
  name: string;
  /** Path to 1, in key order. */
  key: Record<string, unknown>;
  sparse?: boolean;
  partialFilterExpression?: Document;
  expireAfterSeconds?: number;
}

/** A secondary index as it is used. */
export interface Index {
  readonly id: number;
  readonly specification: IndexSpecification;
  readonly paths: readonly string[];
  readonly partial: CompiledFilter | undefined;
  /** Paths on which some document had an array of several elements; never shrinks. */
  readonly multikey: Set<string>;
  /** Some key was too long and cut: the order of entries is not the order of values. Never turns false again. */
  hasCutKeys: boolean;
}

/** A collection as it is used; `_id` needs no index, documents are stored by it. */
export interface Collection {
  readonly id: number;
  readonly name: string;
  readonly uuid: string;
  indexes: Index[];
  /** Indexes that are being built: every write keeps them right, no plan uses them yet. */
  building: readonly Index[];
  /** All indexes that writes keep right. */
  maintained: readonly Index[];
  /** Some `_id` was too long for a whole key: the order of documents is not the order of `_id`s. */
  hasCutIds: boolean;
  /** Sequence number of the last change of shape: older snapshots must not use it. */
  changedAtSeq: number;
}

/** Name MongoDB gives the index on `_id`. */
export const ID_INDEX_NAME = '_id_';

const INDEX_VERSION = 2;

/** All indexes of a collection as `listIndexes` shows them, `_id` first. */
export function describeIndexes(collection: Collection): Document[] {
  const rest = collection.indexes.map((index) => ({ v: INDEX_VERSION, ...index.specification }));
  return [{ v: INDEX_VERSION, key: { _id: 1 }, name: ID_INDEX_NAME }, ...rest];
}

/** Makes an index from its specification. */
export function makeIndex(
  id: number,
  specification: IndexSpecification,
  multikey: Iterable<string> = [],
  hasCutKeys = false,
): Index {
  const filter = specification.partialFilterExpression;
  return {
    id,
    specification,
    paths: fieldNames(specification.key),
    partial: filter ? compileFilter(filter) : undefined,
    multikey: new Set(multikey),
    hasCutKeys,
  };
}

/** Changes which indexes there are; a new list each time, because what is compiled for a list is kept beside it. */
export function setIndexes(collection: Collection, indexes: Index[], building: readonly Index[]): void {
  collection.indexes = indexes;
  collection.building = building;
  collection.maintained = [...indexes, ...building];
}

/** Catalogue row of a collection. */
export function encodeCollection(collection: Collection): Buffer {
  const row = {
    id: collection.id,
    name: collection.name,
    uuid: collection.uuid,
    hasCutIds: collection.hasCutIds,
    indexes: collection.indexes.map((index) => ({
      id: index.id,
      multikey: [...index.multikey],
      hasCutKeys: index.hasCutKeys,
      specification: index.specification,
    })),
  };
  return encodeDocument(row);
}

interface CollectionRow {
  id: number;
  name: string;
  uuid: string;
  hasCutIds: boolean;
  indexes: { id: number; multikey: string[]; hasCutKeys: boolean; specification: Document }[];
}

/** The collection that a catalogue row describes. */
export function decodeCollection(bytes: Buffer): Collection {
  const row = BSON.deserialize(bytes) as CollectionRow;
  // Number types inside a partial filter decide what it matches, so that part is read without promoting values.
  const exact = decodeDocument(bytes) as unknown as CollectionRow;
  const indexes = row.indexes.map(({ id, multikey, hasCutKeys, specification }, position) => {
    const kept = exact.indexes[position]?.specification as Partial<IndexSpecification> | undefined;
    const filter = kept?.partialFilterExpression;
    // The order of keys matters too: whole numbers as names keep theirs only in a document decoded here.
    const key = Object.fromEntries(Object.keys(kept?.key ?? {}).map((field) => [field, 1]));
    const plain = { ...specification, key } as IndexSpecification;
    return makeIndex(id, filter ? { ...plain, partialFilterExpression: filter } : plain, multikey, hasCutKeys);
  });
  const { id, name, uuid, hasCutIds } = row;
  return { id, name, uuid, hasCutIds, indexes, building: [], maintained: indexes, changedAtSeq: 0 };
}
