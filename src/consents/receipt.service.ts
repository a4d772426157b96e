import {
  CompactSign,
  calculateJwkThumbprint,
  compactVerify,
  createLocalJWKSet,
  importJWK,
  type JSONWebKeySet,
  type JWK,
} from 'jose';
import type { OperationContext } from '../access/context.js';
import { sha256Hex } from '../kernel/digest.js';
import { AppError } from '../kernel/errors.js';
import type { ConsentRecord } from './consent.js';
import { receiptLoader } from './consent.loader.js';
import {
  type ReceiptRecord,
  type ReceiptSigner,
  type ReceiptView,
  receiptPayload,
  receiptSchemaVersion,
} from './receipt.js';

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
  const { kty, crv, x } = privateJwk;
  const kid = privateJwk.kid ?? (await calculateJwkThumbprint(privateJwk));
  const signAgain = (payload: string): Promise<string> =>
    new CompactSign(new TextEncoder().encode(payload))
      .setProtectedHeader({ alg: 'EdDSA', typ: receiptType, kid })
      .sign(key);
  return {
    kid,
    publicJwk: { kty, crv, x: x ?? '', kid, alg: 'EdDSA', use: 'sig' },
    signAgain,
    sign: (record) => signAgain(receiptPayload(record)),
  };
}

/**
 * The receipt last given for a consent, signed again: the same bytes as long as the key is the same. Without the address
 * that holds the customer's credential.
 */
export async function receiptOf(
  context: OperationContext,
  signer: ReceiptSigner,
  record: ConsentRecord,
): Promise<ReceiptView | null> {
  if (record.receiptId === undefined) return null;
  const row = await receiptLoader(context).load(record.receiptId);
  if (row === null) return null;
  const jws = await signer.signAgain(row.payload);
  return { id: row._id, issuedAt: row.issuedAt, jws, withdrawalUrl: null };
}

/**
 * Checks a receipt with nothing but public keys: signature, kind, form, and that the wording is the one its digest names.
 * @throws AppError `RECEIPT_INVALID` saying which of these does not hold.
 */
export async function verifyReceipt(jws: string, keys: JSONWebKeySet): Promise<ReceiptRecord> {
  const payload = await verifiedPayload(jws, keys);
  let record: Partial<ReceiptRecord> | null;
  try {
    record = JSON.parse(new TextDecoder().decode(payload)) as Partial<ReceiptRecord> | null;
  } catch (cause) {
    throw invalid('it is signed, but its content is not JSON', cause);
  }
  if (record?.schemaVersion !== receiptSchemaVersion) {
    throw invalid(`it is signed, but not of the form ${receiptSchemaVersion}`);
  }
  if (record.notice === undefined || sha256Hex(record.notice.text) !== record.notice.sha256) {
    throw invalid('its wording is not the one that its digest names');
  }
  return record as ReceiptRecord;
}

async function verifiedPayload(jws: string, keys: JSONWebKeySet): Promise<Uint8Array> {
  try {
    const { payload, protectedHeader } = await compactVerify(jws.trim(), createLocalJWKSet(keys), {
      algorithms: ['EdDSA'],
    });
    if (protectedHeader.typ === receiptType) return payload;
  } catch (cause) {
    const code = (cause as { code?: string }).code;
    if (code === 'ERR_JWKS_NO_MATCHING_KEY') throw invalid('none of these keys has signed it', cause);
    if (code === 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED') throw invalid('its signature does not fit it', cause);
    throw invalid('it is not a signed receipt in compact form', cause);
  }
  throw invalid(`it is signed, but not as a ${receiptType}`);
}

function invalid(why: string, cause?: unknown): AppError {
  return new AppError('RECEIPT_INVALID', `This receipt does not hold: ${why}`, { cause });
}
