import { CompactSign, calculateJwkThumbprint, importJWK, type JWK } from 'jose';
import { AppError } from '../kernel/errors.js';
import type { ReceiptSigner } from './receipt.js';

/** Type of the token in its header (RFC 8725 §3.11): a receipt can't be mistaken for a token of another kind. */
const receiptType = 'consent-receipt+jws';

/**
 * A signer with an Ed25519 key. Its `kid` is the key's own, or its thumbprint (RFC 7638).
 * @throws AppError `CONFIG_INVALID` when the key is not a private Ed25519 JWK.
 */
export async function createReceiptSigner(privateJwk: JWK): Promise<ReceiptSigner> {
  if (privateJwk.kty !== 'OKP' || privateJwk.crv !== 'Ed25519' || privateJwk.d === undefined) {
    throw new AppError('CONFIG_INVALID', 'Receipts are signed with a private Ed25519 key; give one as a JWK');
  }
  const key = await importJWK(privateJwk, 'EdDSA');
  const kid = privateJwk.kid ?? (await calculateJwkThumbprint(privateJwk));
  return {
    kid,
    sign: (record) =>
      new CompactSign(new TextEncoder().encode(JSON.stringify(record)))
        .setProtectedHeader({ alg: 'EdDSA', typ: receiptType, kid })
        .sign(key),
  };
}
