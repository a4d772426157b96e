import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { AppError } from './errors.js';

/** Keys of the brands: what is sealed for one can't be read with another's. */
export interface BrandKeys {
  /** 32 bytes, for the brand of this handle. */
  keyFor(brand: string): Uint8Array;
}

/** Keys of all brands from one master key (HKDF with SHA-256, RFC 5869). */
export function brandKeysFrom(masterKey: Uint8Array): BrandKeys {
  return { keyFor: (brand) => new Uint8Array(hkdfSync('sha256', masterKey, '', `kindred brand ${brand}`, 32)) };
}

const cipher = 'aes-256-gcm';
/** Nonce length that GCM is defined for (NIST SP 800-38D §8.2). */
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Bytes that only this key opens, bound to the place they are for: moved to another they do not open. The binding names
 * kind and id of that place; it is not secret. Sealed twice the same content looks different. Base 64.
 */
export function seal(key: Uint8Array, binding: string, content: string | Uint8Array): string {
  const nonce = randomBytes(nonceBytes);
  const sealing = createCipheriv(cipher, key, nonce, { authTagLength: tagBytes }).setAAD(Buffer.from(binding));
  const body = Buffer.concat([sealing.update(Buffer.from(content as string)), sealing.final()]);
  return Buffer.concat([nonce, sealing.getAuthTag(), body]).toString('base64');
}

/** What was sealed. @throws AppError `INTERNAL` when key or binding are others, or the sealed text was changed. */
export function open(key: Uint8Array, binding: string, sealed: string): Buffer {
  const bytes = Buffer.from(sealed, 'base64');
  const nonce = bytes.subarray(0, nonceBytes);
  const tag = bytes.subarray(nonceBytes, nonceBytes + tagBytes);
  try {
    const opening = createDecipheriv(cipher, key, nonce, { authTagLength: tagBytes })
      .setAAD(Buffer.from(binding))
      .setAuthTag(tag);
    return Buffer.concat([opening.update(bytes.subarray(nonceBytes + tagBytes)), opening.final()]);
  } catch (cause) {
    throw new AppError('INTERNAL', 'Sealed content does not open with the key of its brand', { cause });
  }
}

/** The text that was sealed. @throws AppError `INTERNAL` as {@link open}. */
export function openText(key: Uint8Array, binding: string, sealed: string): string {
  return open(key, binding, sealed).toString('utf8');
}
