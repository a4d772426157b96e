import { createHash } from 'node:crypto';

/** Longest file name (without its ending) that mongodump writes as it is. */
const MAX_NAME_BYTES = 238;
const CUT_NAME_BYTES = 208;

/**
 * Name of a collection's file as mongodump writes it and mongorestore reads it: percent-encoded, and a long one cut, with
 * an escaped dollar sign and the SHA-1 of the whole. The metadata beside it has the name in full.
 */
export function dumpName(collection: string): string {
  const escaped = [...Buffer.from(collection)].map(escapeByte).join('');
  if (escaped.length <= MAX_NAME_BYTES) return escaped;
  const hash = createHash('sha1').update(collection).digest('base64url');
  // Never in the middle of an escape, which could not be read back.
  return `${escaped.slice(0, CUT_NAME_BYTES).replace(/%.?$/, '')}%24${hash}`;
}

function escapeByte(byte: number): string {
  const character = String.fromCharCode(byte);
  return /[A-Za-z0-9._-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}
