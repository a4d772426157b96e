import { createHash } from 'node:crypto';
import type { Binary, ObjectId } from 'bson';
import { classOf } from '../bson/value.js';

/** What can be wrong with a data folder, by the code that scripts may rely on. */
export const FINDINGS = {
  DATA_FILE_DAMAGED: 'a page of the data file is damaged, or the file was cut short',
  CATALOGUE_UNREADABLE: 'the list of collections and indexes cannot be read',
  DOCUMENT_UNREADABLE: 'a document is not BSON',
  DOCUMENT_MISPLACED: 'a document stands under another _id than its own',
  INDEX_ENTRY_MISSING: 'a document is not found through the index',
  INDEX_ENTRY_WRONG: 'an index entry points to a document that it does not fit',
  INDEX_FLAG_MISSING: 'a mark that plans rely on (several values per document, cut keys) is not set',
  UNKNOWN_KEYS: 'keys belong to no collection or index',
  STORED_REPLY_UNREADABLE: 'the reply kept for a retryable write cannot be read',
} as const;

/** Code of a {@link Finding}. */
export type FindingCode = keyof typeof FINDINGS;

/** One thing that is wrong. Holds no values of documents. */
export interface Finding {
  readonly code: FindingCode;
  readonly database: string;
  readonly collection: string | null;
  readonly index: string | null;
  /** Which document: its `_id` where that is a UUID or an ObjectId, else the beginning of its key's SHA-256. */
  readonly document: string | null;
  readonly detail: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const SHOWN_HASH_DIGITS = 16;

/** Names a document without giving away a person: an `_id` may be an address or a number. */
export function documentName(id: unknown, idKey: Uint8Array): string {
  if (typeof id === 'string' && UUID.test(id)) return id;
  if (classOf(id) === 'ObjectId') return (id as ObjectId).toHexString();
  if (classOf(id) === 'Binary' && (id as Binary).sub_type === 4) return (id as Binary).toUUID().toHexString();
  return `sha256:${createHash('sha256').update(idKey).digest('hex').slice(0, SHOWN_HASH_DIGITS)}`;
}
