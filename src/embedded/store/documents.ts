import { compareValues } from '../bson/compare.js';
import { encodeKey, isCutKey } from '../bson/keys.js';
import { indexValues } from '../bson/path.js';
import { compilePick } from '../bson/raw.js';
import type { Document } from '../bson/value.js';
import { engineError } from '../engine-error.js';
import type { Collection, Index } from './collection.js';
import { documentKey, indexKey } from './keyspace.js';
import { keyText } from './overlay.js';
import type { WriteScope } from './write-scope.js';

/** MongoDB's limit for one document, in bytes. */
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

/** Called when a document gave an index or its collection a new lasting flag: the catalogue row has to be written. */
export type OnIndexFlag = (collection: Collection) => void;

/** A document with this `_id` exists already (11000, in MongoDB's shape). */
export function duplicateId(namespace: string, id: unknown): Error {
  const shown = typeof id === 'string' ? `"${id}"` : String(id);
  const message = `E11000 duplicate key error collection: ${namespace} index: _id_ dup key: { _id: ${shown} }`;
  return engineError('DuplicateKey', message, { extra: { keyPattern: { _id: 1 }, keyValue: { _id: id } } });
}

function checkSize(bytes: Uint8Array): void {
  if (bytes.length <= MAX_DOCUMENT_BYTES) return;
  throw engineError(
    'BSONObjectTooLarge',
    `wanted a document of at most ${MAX_DOCUMENT_BYTES} bytes, got ${bytes.length}; store large values elsewhere`,
  );
}

/** Stores a new document with its index entries. Errors: 11000, 171, 10334, and what the scope's claim throws. */
export function insertDocument(
  scope: WriteScope,
  collection: Collection,
  row: { namespace: string; id: unknown; bytes: Buffer },
  onIndexFlag: OnIndexFlag,
): void {
  checkSize(row.bytes);
  const idKey = encodeKey([row.id]);
  const key = documentKey(collection.id, idKey);
  if (scope.overlay.get(key)) throw duplicateId(row.namespace, row.id);
  const entries = entriesOf(collection, row.bytes, idKey, onIndexFlag);
  if (!collection.hasCutIds && isCutKey(idKey)) {
    collection.hasCutIds = true;
    onIndexFlag(collection);
  }
  scope.claim(keyText(key));
  scope.overlay.put(key, row.bytes);
  for (const entry of entries.values()) scope.overlay.put(entry, idKey);
}

/** Replaces a stored document's bytes (same `_id`) and corrects its index entries. */
export function replaceDocument(
  scope: WriteScope,
  collection: Collection,
  row: { idKey: Buffer; before: Buffer; after: Buffer; touchedFields?: readonly string[] | undefined },
  onIndexFlag: OnIndexFlag,
): void {
  checkSize(row.after);
  const key = documentKey(collection.id, row.idKey);
  const indexes = touchedIndexes(collection, row.touchedFields);
  const after = indexes.length > 0 ? entriesOf(collection, row.after, row.idKey, onIndexFlag, indexes) : undefined;
  scope.claim(keyText(key));
  scope.overlay.put(key, row.after);
  if (!after) return;
  const before = entriesOf(collection, row.before, row.idKey, undefined, indexes);
  for (const [text, entry] of before) if (!after.has(text)) scope.overlay.remove(entry);
  for (const [text, entry] of after) if (!before.has(text)) scope.overlay.put(entry, row.idKey);
}

/** Removes a document and its index entries. */
export function removeDocument(scope: WriteScope, collection: Collection, idKey: Buffer, before: Buffer): void {
  const key = documentKey(collection.id, idKey);
  scope.claim(keyText(key));
  scope.overlay.remove(key);
  for (const entry of entriesOf(collection, before, idKey).values()) scope.overlay.remove(entry);
}

function touchedIndexes(collection: Collection, touched: readonly string[] | undefined): readonly Index[] {
  if (!touched) return collection.maintained;
  return collection.maintained.filter((index) => fieldsOf(index).some((field) => touched.includes(field)));
}

/** Top-level fields that decide whether and where a document stands in an index. */
function fieldsOf(index: Index): string[] {
  const own = index.paths.map((path) => path.split('.', 1)[0] as string);
  return index.partial ? [...own, ...index.partial.fields] : own;
}

/** Decoders of just the fields that a set of indexes needs; the set only changes with the collection's shape. */
const pickers = new WeakMap<readonly Index[], (bytes: Uint8Array) => Document>();

function pickerOf(indexes: readonly Index[]): (bytes: Uint8Array) => Document {
  let pick = pickers.get(indexes);
  if (!pick) {
    pick = compilePick([...new Set(indexes.flatMap(fieldsOf))]);
    pickers.set(indexes, pick);
  }
  return pick;
}

/** Keys of all index entries of a document, by their text. */
export function entriesOf(
  collection: Collection,
  bytes: Buffer,
  idKey: Buffer,
  onIndexFlag?: OnIndexFlag,
  indexes: readonly Index[] = collection.maintained,
): Map<string, Buffer> {
  const entries = new Map<string, Buffer>();
  if (indexes.length === 0) return entries;
  const document = pickerOf(indexes)(bytes);
  let hasNewFlag = false;
  for (const index of indexes) {
    if (index.partial && !index.partial.matches(document)) continue;
    const tuples = indexValues(document, index.paths);
    if (tuples.length > 1 && noteMultikey(index, tuples)) hasNewFlag = true;
    for (const tuple of tuples) {
      if (index.specification.sparse && tuple.every((value) => value === undefined)) continue;
      const valuesKey = encodeKey(tuple);
      if (!index.hasCutKeys && isCutKey(valuesKey)) {
        index.hasCutKeys = true;
        hasNewFlag = true;
      }
      const key = indexKey(index.id, valuesKey, idKey);
      entries.set(keyText(key), key);
    }
  }
  if (hasNewFlag) onIndexFlag?.(collection);
  return entries;
}

function noteMultikey(index: Index, tuples: readonly unknown[][]): boolean {
  let isNew = false;
  const first = tuples[0] as unknown[];
  for (let column = 0; column < index.paths.length; column++) {
    const path = index.paths[column] as string;
    if (index.multikey.has(path)) continue;
    if (tuples.some((tuple) => compareValues(tuple[column], first[column]) !== 0)) {
      index.multikey.add(path);
      isNew = true;
    }
  }
  return isNew;
}
