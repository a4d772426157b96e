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
  readonly status: string;
  readonly from: { readonly brand: string; readonly name: string };
  readonly to: { readonly brand: string; readonly name: string };
  readonly purposes: readonly { readonly code: string; readonly text: string }[];
  readonly attributes: readonly string[];
  readonly notice: {
    readonly id: string;
    readonly version: string;
    readonly language: string;
    readonly sha256: string;
  };
  readonly method: string;
  readonly givenAt: string;
  readonly confirmedAt: string;
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
}

/** The content of the receipt of a consent that the customer confirms at `at`. */
export function receiptRecord(source: ReceiptSource): ReceiptRecord {
  const { record, notice } = source;
  return {
    receiptId: source.receiptId,
    schemaVersion: receiptSchemaVersion,
    recordId: source.linkId,
    issuedAt: source.at.toISOString(),
    lawfulBasis: 'consent',
    status: 'CONFIRMED',
    from: { brand: source.from.handle, name: source.from.name },
    to: { brand: source.to.handle, name: source.to.name },
    purposes: record.purposes.map(({ code, text }) => ({ code, text })),
    attributes: [...record.attributes],
    notice: { id: notice.id, version: notice.version, language: notice.language, sha256: notice.sha256 },
    method: record.method,
    givenAt: record.givenAt.toISOString(),
    confirmedAt: source.at.toISOString(),
    validUntil: record.validUntil?.toISOString() ?? null,
    epoch: source.epoch,
  };
}

/** Signs receipts with the group's key. */
export interface ReceiptSigner {
  /** Names the key, so that receipts signed with an earlier one can still be checked. */
  readonly kid: string;
  /** A compact JWS over the record. */
  sign(record: ReceiptRecord): Promise<string>;
}
