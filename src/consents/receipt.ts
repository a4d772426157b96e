import type { JWK } from 'jose';
import type { Brand, ShareableAttribute } from '../brands/brand.js';
import type { Uuid } from '../kernel/ids.js';
import type { ConsentRecord, NoticeView } from './consent.js';

/** Form of the record inside a receipt; rises when a field changes its meaning. */
export const receiptSchemaVersion = 'kindred-consent-receipt-1';

/** A party to a consent (TS 27560: controller and recipient, with party name, address, contact). */
export interface ReceiptParty {
  readonly brand: string;
  readonly name: string;
  /** What it is in this consent: it gives, or it receives. */
  readonly role: 'exporter' | 'recipient';
  readonly legalName: string;
  readonly address: string | null;
  readonly contact: string | null;
  readonly jurisdiction: string | null;
  /** Authority that the customer may complain to. */
  readonly authority: string | null;
}

/** A kind of personal data that a consent names (TS 27560: PII type, category, optional, sensitive). */
export interface ReceiptAttribute {
  readonly name: ShareableAttribute;
  readonly category: 'identity' | 'contact' | 'demographic';
  /** Whether the customer could leave it out and still be welcome. */
  readonly isOptional: boolean;
  readonly isSensitive: boolean;
}

/** What the customer may ask of every party (GDPR 13(2)(b–d), APP 12 and 13). */
export const receiptRights = ['withdraw', 'access', 'correct', 'erase', 'complain'] as const;

const categories: Readonly<Record<ShareableAttribute, ReceiptAttribute['category']>> = {
  TITLE: 'identity',
  FIRST_NAME: 'identity',
  LAST_NAME: 'identity',
  EMAIL: 'contact',
  MOBILE_PHONE: 'contact',
  BIRTH_DATE: 'demographic',
  GENDER: 'demographic',
};

/**
 * What a receipt says: the consent record with the parties and the wording, in the fields of ISO/IEC TS 27560. Names
 * attributes, never values; the customer is present as a reference that these two brands alone share.
 */
export interface ReceiptRecord {
  readonly receiptId: string;
  readonly schemaVersion: typeof receiptSchemaVersion;
  readonly recordId: Uuid;
  /** The customer, as the shared identity of these two brands: it joins them with no third. */
  readonly principal: string;
  readonly issuedAt: string;
  readonly lawfulBasis: 'consent';
  readonly status: 'CONFIRMED' | 'WITHDRAWN';
  readonly from: ReceiptParty;
  readonly to: ReceiptParty;
  readonly purposes: readonly { readonly code: string; readonly text: string }[];
  readonly attributes: readonly ReceiptAttribute[];
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
  readonly storageLocation: string | null;
  /** How long the evidence is kept once the consent has ended. */
  readonly retention: { readonly years: number; readonly from: 'end of consent' };
  readonly rights: typeof receiptRights;
  readonly epoch: number;
}

/** What a receipt is written from. */
export interface ReceiptSource {
  readonly receiptId: string;
  readonly linkId: Uuid;
  readonly principal: string;
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
    principal: source.principal,
    issuedAt: source.at.toISOString(),
    lawfulBasis: 'consent',
    status: source.status,
    from: partyOf(source.from, 'exporter'),
    to: partyOf(source.to, 'recipient'),
    purposes: record.purposes.map(({ code, text }) => ({ code, text })),
    attributes: record.attributes.map((name) => ({
      name,
      category: categories[name],
      isOptional: true,
      isSensitive: false,
    })),
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
    storageLocation: record.storageLocation,
    retention: { years: record.retentionYears, from: 'end of consent' },
    rights: receiptRights,
    epoch: source.epoch,
  };
}

function partyOf({ handle, name, controller }: Brand, role: ReceiptParty['role']): ReceiptParty {
  return { brand: handle, name, role, ...controller };
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
