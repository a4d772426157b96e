import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { canonicalJson, contentDigest } from '../kernel/digest.js';
import { AppError } from '../kernel/errors.js';

/** AES-256-GCM (NIST SP 800-38D): 32-byte key, 12-byte nonce, 16-byte tag. */
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
/** Starts every cursor, so that another form can follow without being mistaken for this one. */
const prefix = 'c1_';
/** Longest cursor that is looked at: 32 brands with a position each take about 2,000 characters. */
const cursorLengthMax = 4_096;

let key: Uint8Array = randomBytes(keyBytes);

/**
 * Sets the key that seals cursors. Processes that serve the same clients share one; without it each process draws its
 * own, and cursors end with the process.
 * @throws AppError `INTERNAL` when the key does not have 32 bytes.
 */
export function useCursorKey(newKey: Uint8Array): void {
  if (newKey.length !== keyBytes) throw new AppError('INTERNAL', `A cursor key has ${keyBytes} bytes`);
  key = newKey;
}

/**
 * Seals a position in a list. `binding` is everything that makes the list: name, brand, filter, order, and for lists
 * over several brands the actor. The cursor opens for an equal binding only, and shows nothing of either.
 */
export function sealCursor(binding: unknown, position: unknown): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(contentDigest(binding)));
  const sealed = Buffer.concat([
    nonce,
    cipher.update(canonicalJson(position), 'utf8'),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  return prefix + sealed.toString('base64url');
}

/**
 * Opens a cursor for the list it was sealed for; null when none was given.
 * @throws AppError `CURSOR_INVALID` for a forged or foreign one.
 */
export function openCursor(binding: unknown, cursor: string | null | undefined): unknown {
  if (cursor === null || cursor === undefined) return null;
  const sealed = cursor.startsWith(prefix) && cursor.length <= cursorLengthMax ? decode(cursor) : null;
  if (sealed === null || sealed.length < nonceBytes + tagBytes) throw invalidCursor();
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes });
    decipher.setAAD(Buffer.from(contentDigest(binding)));
    decipher.setAuthTag(sealed.subarray(-tagBytes));
    const text = Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()]);
    return JSON.parse(text.toString('utf8'));
  } catch (cause) {
    throw invalidCursor(cause);
  }
}

/**
 * Opens a cursor that may come from one of several lists, for example from that of a profile merged since.
 * @throws AppError `CURSOR_INVALID` when it comes from none.
 */
export function openCursorOfAny(bindings: readonly unknown[], cursor: string): unknown {
  for (const binding of bindings) {
    try {
      return openCursor(binding, cursor);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'CURSOR_INVALID') throw error;
    }
  }
  throw invalidCursor();
}

/** Decodes only the one spelling that is issued: base64url readers elsewhere skip what they do not know. */
function decode(cursor: string): Buffer | null {
  const text = cursor.slice(prefix.length);
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : null;
}

/** The refusal of a cursor that does not belong to the list. */
export function invalidCursor(cause?: unknown): AppError {
  return new AppError('CURSOR_INVALID', 'This cursor was not issued for this list; start again without `after`', {
    details: { field: ['after'] },
    cause,
  });
}
