import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { BrandHandle } from '../brands/brand.js';
import { AppError } from '../kernel/errors.js';
import type { Uuid } from '../kernel/ids.js';

/** Keys of the brands: what is sealed for one can't be read with another's. */
export interface BrandKeys {
  /** 32 bytes. */
  keyFor(brand: BrandHandle): Uint8Array;
}

/** Keys of all brands from one master key (HKDF with SHA-256, RFC 5869). */
export function brandKeysFrom(masterKey: Uint8Array): BrandKeys {
  return { keyFor: (brand) => new Uint8Array(hkdfSync('sha256', masterKey, '', `kindred brand ${brand}`, 32)) };
}

const cipher = 'aes-256-gcm';
/** Nonce length that GCM is defined for (NIST SP 800-38D §8.2). */
const nonceBytes = 12;
const tagBytes = 16;

/** An address that only the brand's key opens, bound to the link: moved to another link it does not open. */
export function sealAddress(key: Uint8Array, linkId: Uuid, address: string): string {
  const nonce = randomBytes(nonceBytes);
  const sealing = createCipheriv(cipher, key, nonce, { authTagLength: tagBytes }).setAAD(Buffer.from(linkId));
  const body = Buffer.concat([sealing.update(address, 'utf8'), sealing.final()]);
  return Buffer.concat([nonce, sealing.getAuthTag(), body]).toString('base64');
}

/** @throws AppError `INTERNAL` when the key is another or the text was changed. */
export function openAddress(key: Uint8Array, linkId: Uuid, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64');
  const nonce = bytes.subarray(0, nonceBytes);
  const tag = bytes.subarray(nonceBytes, nonceBytes + tagBytes);
  try {
    const opening = createDecipheriv(cipher, key, nonce, { authTagLength: tagBytes })
      .setAAD(Buffer.from(linkId))
      .setAuthTag(tag);
    return opening.update(bytes.subarray(nonceBytes + tagBytes)).toString('utf8') + opening.final('utf8');
  } catch (cause) {
    throw new AppError('INTERNAL', 'A delivery address does not open with the key of its brand', { cause });
  }
}
