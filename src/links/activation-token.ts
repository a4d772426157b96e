import { randomBytes } from 'node:crypto';
import { sha256Hex } from '../kernel/digest.js';

/** Bytes of a token: 256 bits, so that guessing is hopeless and no salt is needed for its digest. */
const tokenBytes = 32;
/** Base64url of so many bytes. */
const tokenForm = /^[A-Za-z0-9_-]{43}$/;

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Digits of a shared identifier: about 131 bits. */
const identifierDigits = 22;
/** Largest multiple of 62 below 256: bytes from here on would favour the first digits. */
const unbiasedBelow = 248;

/** A new token as the customer gets it. Only its digest is ever stored by us. */
export function newActivationToken(): string {
  return randomBytes(tokenBytes).toString('base64url');
}

/** The digest under which a token is known; null when the text cannot be one. */
export function tokenHashOf(token: string): string | null {
  return tokenForm.test(token) ? sha256Hex(token) : null;
}

/** An identifier that no other link has and that says nothing about either profile. */
export function newSharedIdentifier(): string {
  let digits = '';
  while (digits.length < identifierDigits) {
    for (const byte of randomBytes(identifierDigits)) {
      if (byte < unbiasedBelow && digits.length < identifierDigits) digits += base62[byte % 62];
    }
  }
  return `km_${digits}`;
}
