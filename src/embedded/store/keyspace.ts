/**
 * Layout of one LMDB environment: one ordered key space, divided by the first byte.
 *
 * - `01 name` catalogue row of a collection (BSON)
 * - `02 collectionId idKey` document (BSON bytes, `_id` first)
 * - `03 indexId valuesKey idKey` index entry, the value is the idKey
 * - `06 lsid` last retryable write or transaction outcome of a session (BSON)
 * - `07 tag id` a dropped key range that the sweeper still has to empty
 */
const CATALOGUE_TAG = 1;
const DOCUMENT_TAG = 2;
const INDEX_TAG = 3;
const OUTCOME_TAG = 6;
const GARBAGE_TAG = 7;

/** Every key begins with a byte between these. */
export const KEY_TAGS = { first: CATALOGUE_TAG, last: GARBAGE_TAG } as const;

/** A half-open range of keys: `lower` is included, `upper` is not. */
export interface KeyRange {
  lower: Buffer;
  upper: Buffer;
}

function tagged(tag: number, id: number, rest?: Uint8Array): Buffer {
  const key = Buffer.allocUnsafe(5 + (rest?.length ?? 0));
  key[0] = tag;
  key.writeUInt32BE(id, 1);
  if (rest) key.set(rest, 5);
  return key;
}

/** Key of a collection's catalogue row. */
export function catalogueKey(name: string): Buffer {
  return Buffer.concat([Buffer.from([CATALOGUE_TAG]), Buffer.from(name, 'utf8')]);
}

/** Where all catalogue rows are. */
export const CATALOGUE_RANGE: KeyRange = {
  lower: Buffer.from([CATALOGUE_TAG]),
  upper: Buffer.from([CATALOGUE_TAG + 1]),
};

/** Where all stored session outcomes are. */
export const OUTCOME_RANGE: KeyRange = { lower: Buffer.from([OUTCOME_TAG]), upper: Buffer.from([OUTCOME_TAG + 1]) };

/** Where the ranges still to be emptied are noted. */
export const GARBAGE_RANGE: KeyRange = { lower: Buffer.from([GARBAGE_TAG]), upper: Buffer.from([GARBAGE_TAG + 1]) };

/** Key of one document; `idKey` is the encoded `_id`. */
export function documentKey(collectionId: number, idKey: Uint8Array): Buffer {
  return tagged(DOCUMENT_TAG, collectionId, idKey);
}

/** All documents of a collection, in `_id` order. */
export function documentRange(collectionId: number): KeyRange {
  return { lower: tagged(DOCUMENT_TAG, collectionId), upper: tagged(DOCUMENT_TAG, collectionId + 1) };
}

/** Key prefix of an index; encoded values and the idKey follow it. */
export function indexPrefix(indexId: number): Buffer {
  return tagged(INDEX_TAG, indexId);
}

/** All entries of an index. */
export function indexRange(indexId: number): KeyRange {
  return { lower: tagged(INDEX_TAG, indexId), upper: tagged(INDEX_TAG, indexId + 1) };
}

/** Key of one index entry. */
export function indexKey(indexId: number, valuesKey: Uint8Array, idKey: Uint8Array): Buffer {
  const key = Buffer.allocUnsafe(5 + valuesKey.length + idKey.length);
  key[0] = INDEX_TAG;
  key.writeUInt32BE(indexId, 1);
  key.set(valuesKey, 5);
  key.set(idKey, 5 + valuesKey.length);
  return key;
}

/** Number of bytes before the idKey in a document key, and before the values in an index key. */
export const KEY_HEAD_LENGTH = 5;

/** Key of a session's stored outcome; `sessionKey` is the session's identity as text. */
export function outcomeKey(sessionKey: string): Buffer {
  return Buffer.concat([Buffer.from([OUTCOME_TAG]), Buffer.from(sessionKey, 'latin1')]);
}

/** Notes a dropped collection's or index's range for the sweeper. */
export function garbageKey(kind: 'documents' | 'index', id: number): Buffer {
  const range = tagged(kind === 'documents' ? DOCUMENT_TAG : INDEX_TAG, id);
  return Buffer.concat([Buffer.from([GARBAGE_TAG]), range]);
}

/** The range that a garbage note stands for. */
export function garbageRange(key: Buffer): KeyRange {
  const lower = Buffer.from(key.subarray(1));
  const upper = Buffer.from(lower);
  upper.writeUInt32BE(lower.readUInt32BE(1) + 1, 1);
  return { lower, upper };
}

/** The smallest key after every key that starts with `prefix`. */
export function afterPrefix(prefix: Buffer): Buffer {
  const bound = Buffer.from(prefix);
  for (let at = bound.length - 1; at >= 0; at--) {
    const byte = bound[at] as number;
    if (byte < 255) {
      bound[at] = byte + 1;
      return bound.subarray(0, at + 1);
    }
  }
  return Buffer.alloc(64, 255);
}

/** The smallest key greater than `key`. */
export function successor(key: Buffer): Buffer {
  return Buffer.concat([key, Buffer.from([0])]);
}
