import type { JWK } from 'jose';
import type { Brand } from '../brands/brand.js';
import type { Uuid } from '../kernel/ids.js';
import type { ConsentRecord, NoticeView } from './consent.js';

/** Form of the record inside a receipt; rises when a field changes its meaning. */
export const receiptSchemaVersion = 'kindred-consent-receipt-1';

/**
 * What a receipt says: the consent record with the parties and the wording, in the fields of ISO/IEC TS 27560. Names
 * attributes, never values; the customer is present as the link's id alone.
 */
export interface ReceiptRecord {
  readonly receiptId: string;
  readonly schemaVersion: typeof receiptSchemaVersion;
  readonly recordId: Uuid;
  readonly issuedAt: string;
  readonly lawfulBasis: 'consent';
  readonly status: 'CONFIRMED' | 'WITHDRAWN';
  readonly from: { readonly brand: string; readonly name: string };
  readonly to: { readonly brand: string; readonly name: string };
  readonly purposes: readonly { readonly code: string; readonly text: string }[];
  readonly attributes: readonly string[];
  readonly notice: {
    readonly id: string;
    readonly version: string;
    readonly language: string;
    readonly sha256: string;
    readonly text: string;
  };
  readonly method: string;
  readonly givenAt: string;
  /** Null when consent was taken back before it was confirmed. */
  readonly confirmedAt: string | null;
  /** There when the receipt is about the withdrawal. */
  readonly withdrawnAt: string | null;
  /** How consent is taken back. The address alone does nothing: the customer's own code belongs to it. */
  readonly withdrawalMethod: { readonly url: string; readonly isPossibleInStore: true };
  readonly validUntil: string | null;
  readonly epoch: number;
}

/** What a receipt is written from. */
export interface ReceiptSource {
  readonly receiptId: string;
  readonly linkId: Uuid;
  readonly from: Brand;
  readonly to: Brand;
  readonly record: ConsentRecord;
  readonly notice: NoticeView;
  readonly epoch: number;
  readonly at: Date;
  readonly status: ReceiptRecord['status'];
  readonly confirmedAt: Date | null;
  /** Address of the page on which consent is taken back. */
  readonly withdrawalPage: string;
}

/** What a receipt says, as stored: whoever reads the registry finds no signed receipt that could be shown around. */
export interface ReceiptRow {
  readonly _id: string;
  readonly linkId: Uuid;
  readonly issuedAt: Date;
  /** The record as it was signed, byte by byte: signed again with the same key it is the same receipt. */
  readonly payload: string;
}

/** A signed copy of a consent for the customer. */
export interface ReceiptView {
  readonly id: string;
  readonly issuedAt: Date;
  readonly jws: string;
  /** Holds the customer's own credential: told to the customer once, to nobody else. */
  readonly withdrawalUrl: string | null;
}

/** The content of the receipt of a consent that is confirmed or taken back at `at`. */
export function receiptRecord(source: ReceiptSource): ReceiptRecord {
  const { record, notice } = source;
  return {
    receiptId: source.receiptId,
    schemaVersion: receiptSchemaVersion,
    recordId: source.linkId,
    issuedAt: source.at.toISOString(),
    lawfulBasis: 'consent',
    status: source.status,
    from: { brand: source.from.handle, name: source.from.name },
    to: { brand: source.to.handle, name: source.to.name },
    purposes: record.purposes.map(({ code, text }) => ({ code, text })),
    attributes: [...record.attributes],
    notice: {
      id: notice.id,
      version: notice.version,
      language: notice.language,
      sha256: notice.sha256,
      text: notice.text,
    },
    method: record.method,
    givenAt: record.givenAt.toISOString(),
    confirmedAt: source.confirmedAt?.toISOString() ?? null,
    withdrawnAt: source.status === 'WITHDRAWN' ? source.at.toISOString() : null,
    withdrawalMethod: { url: source.withdrawalPage, isPossibleInStore: true },
    validUntil: record.validUntil?.toISOString() ?? null,
    epoch: source.epoch,
  };
}

/** The bytes that are signed. */
export function receiptPayload(record: ReceiptRecord): string {
  return JSON.stringify(record);
}

/** Signs receipts with the group's key. */
export interface ReceiptSigner {
  /** Names the key, so that receipts signed with an earlier one can still be checked. */
  readonly kid: string;
  /** What receipts are checked with; may be published. */
  readonly publicJwk: JWK;
  /** A compact JWS over the record. */
  sign(record: ReceiptRecord): Promise<string>;
  /** The same over a record that was signed before. */
  signAgain(payload: string): Promise<string>;
}
