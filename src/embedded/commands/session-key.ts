import type { Binary } from 'bson';
import { classOf, type Document } from '../bson/value.js';
import { engineError } from '../engine-error.js';
import { checkFields } from './options.js';

const UUID_BYTES = 16;

/** Identity of a session as text (one character per byte of its UUID). Errors: 72. */
export function sessionKeyOf(lsid: Document): string {
  checkFields(lsid, ['id'], 'lsid');
  const id = lsid['id'];
  const bytes = classOf(id) === 'Binary' ? (id as Binary).buffer.subarray(0, (id as Binary).position) : undefined;
  if (bytes?.length !== UUID_BYTES) throw engineError('InvalidOptions', 'wanted a UUID of 16 bytes as lsid.id');
  return Buffer.from(bytes).toString('latin1');
}
