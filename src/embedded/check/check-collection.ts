import { encodeKey, isCutKey } from '../bson/keys.js';
import { compilePick, readDocument } from '../bson/raw.js';
import type { Collection, Index } from '../store/collection.js';
import { entriesOf } from '../store/documents.js';
import { documentKey, documentRange, indexRange, KEY_HEAD_LENGTH } from '../store/keyspace.js';
import type { Entry, View } from '../store/view.js';
import { iterate } from '../store/view.js';
import { documentName, type FindingCode } from './finding.js';

/** Told of what is wrong inside one collection. */
export type OnCollectionFinding = (
  code: FindingCode,
  where: { index?: string; document?: string },
  detail: string,
) => void;

/** What a collection holds. */
export interface CollectionCount {
  documents: number;
  /** Entries by index name. */
  indexes: Record<string, number>;
}

const pickId = compilePick(['_id']);

/**
 * Compares a collection's documents and its index entries with each other, in both directions: each document is BSON,
 * stands under its own `_id` (which also makes `_id`s unique) and is found through every index that should hold it; each
 * index entry leads to a document that asks for it. `onEntry` is told of every key read.
 */
export function checkCollection(
  view: View,
  collection: Collection,
  onFinding: OnCollectionFinding,
  onEntry: () => void,
): CollectionCount {
  const wanted = new Map(collection.indexes.map((index) => [index, 0]));
  let documents = 0;
  for (const { key, value } of iterate(view, documentRange(collection.id), false)) {
    documents++;
    onEntry();
    const idKey = key.subarray(KEY_HEAD_LENGTH);
    if (!isSound(collection, value, idKey, onFinding)) continue;
    for (const index of collection.indexes) {
      const found = checkEntriesOf(view, collection, index, { value, idKey }, onFinding);
      wanted.set(index, (wanted.get(index) ?? 0) + found);
    }
  }
  const indexes: Record<string, number> = {};
  for (const index of collection.indexes) {
    let entries = 0;
    for (const _ of iterate(view, indexRange(index.id), false)) {
      entries++;
      onEntry();
    }
    indexes[index.specification.name] = entries;
    // All that should be there were found: only when there are more, some of them are wrong.
    if (entries !== wanted.get(index)) findStrayEntries(view, collection, index, onFinding);
  }
  return { documents, indexes };
}

function isSound(collection: Collection, bytes: Buffer, idKey: Buffer, onFinding: OnCollectionFinding): boolean {
  let id: unknown;
  try {
    if (bytes.length < 5 || bytes.readInt32LE(0) !== bytes.length || bytes.at(-1) !== 0)
      throw new Error('wrong length');
    readDocument(bytes, 0);
    id = pickId(bytes)['_id'];
  } catch {
    onFinding('DOCUMENT_UNREADABLE', { document: documentName(undefined, idKey) }, `${bytes.length} bytes`);
    return false;
  }
  const document = documentName(id, idKey);
  if (id === undefined || !encodeKey([id]).equals(idKey)) {
    onFinding('DOCUMENT_MISPLACED', { document: documentName(undefined, idKey) }, 'its _id is another than its key');
    return false;
  }
  if (isCutKey(idKey) && !collection.hasCutIds) {
    onFinding('INDEX_FLAG_MISSING', { index: '_id_', document }, 'long _ids are not noted');
  }
  return true;
}

/** Number of entries of a document that an index holds as it should. */
function checkEntriesOf(
  view: View,
  collection: Collection,
  index: Index,
  row: { value: Buffer; idKey: Buffer },
  onFinding: OnCollectionFinding,
): number {
  const { name } = index.specification;
  const document = documentName(pickId(row.value)['_id'], row.idKey);
  const onFlag = (): void =>
    onFinding('INDEX_FLAG_MISSING', { index: name, document }, 'a mark of the index is not set');
  let found = 0;
  for (const key of entriesOf(collection, row.value, row.idKey, onFlag, [index]).values()) {
    const value = view.get(key);
    if (value?.equals(row.idKey)) found++;
    else if (value) onFinding('INDEX_ENTRY_WRONG', { index: name, document }, 'it points to another document');
    else onFinding('INDEX_ENTRY_MISSING', { index: name, document }, 'the index has no entry for it');
  }
  return found;
}

function findStrayEntries(view: View, collection: Collection, index: Index, onFinding: OnCollectionFinding): void {
  for (const entry of iterate(view, indexRange(index.id), false)) {
    const reason = strayReason(view, collection, index, entry);
    if (!reason) continue;
    const document = documentName(undefined, entry.value);
    onFinding('INDEX_ENTRY_WRONG', { index: index.specification.name, document }, reason);
  }
}

function strayReason(view: View, collection: Collection, index: Index, { key, value }: Entry): string | undefined {
  const bytes = view.get(documentKey(collection.id, value));
  if (!bytes) return 'there is no such document';
  try {
    const entries = entriesOf(collection, bytes, value, undefined, [index]);
    return [...entries.values()].some((wanted) => wanted.equals(key)) ? undefined : 'the document has other values';
  } catch {
    // The document itself has been told of.
    return undefined;
  }
}
