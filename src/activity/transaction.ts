import type { Brand } from '../brands/brand.js';
import { contentDigest, keyDigest } from '../kernel/digest.js';
import type { Uuid } from '../kernel/ids.js';
import type { ProfileView } from '../profiles/profile.js';
import type { MinorUnits } from './money.js';
import { naturalIds } from './natural-id.js';

/** Kinds of transaction. */
export type TransactionType = 'PURCHASE' | 'RETURN' | 'EXCHANGE';

/** How the customer of a transaction was found when it came in. */
export type IngestRouting = 'MATCHED' | 'PROFILE_CREATED' | 'GUEST';

/** Lines of one transaction. */
export const itemsMax = 500;
/** Payments of one transaction. */
export const paymentsMax = 20;
/** Returns of one purchase: bounds its key row. */
export const returnsMax = 200;

/** A line. Prices are minor units of the transaction's currency; the quantity is a plain decimal. */
export interface TransactionLine {
  readonly lineId: string;
  readonly sku: string;
  readonly name: string | null;
  readonly quantity: string;
  readonly unitPrice: MinorUnits;
  readonly unitPriceOriginal: MinorUnits | null;
  readonly netTotal: MinorUnits;
}

/** A way in which it was paid, in minor units of the transaction's currency. */
export interface TransactionPayment {
  readonly method: string;
  readonly amount: MinorUnits;
}

/** A sale as a system sent it, checked and in canonical form: the same sale always reads the same. */
export interface SaleContent {
  readonly system: string;
  readonly externalId: string;
  readonly type: TransactionType;
  /** ISO 4217; of every amount in it. */
  readonly currency: string;
  readonly total: MinorUnits;
  readonly totalOriginal: MinorUnits;
  readonly tax: MinorUnits | null;
  readonly items: readonly TransactionLine[];
  readonly payments: readonly TransactionPayment[];
  readonly locationCode: string | null;
  readonly receiptRef: string | null;
  readonly returnOfExternalId: string | null;
  readonly transactedAt: Date;
}

/** A completed sale or return, as stored. Never changed after its insert. */
export interface TransactionRow {
  /** Derived from brand, system and external id. */
  readonly _id: Uuid;
  readonly accountId: Uuid;
  readonly system: string;
  readonly externalId: string;
  readonly type: TransactionType;
  readonly currency: string;
  readonly total: MinorUnits;
  readonly totalOriginal: MinorUnits;
  /** The total in the brand's currency. */
  readonly totalConverted: MinorUnits;
  readonly tax?: MinorUnits;
  readonly items: readonly TransactionLine[];
  readonly payments: readonly TransactionPayment[];
  readonly locationId?: Uuid;
  readonly receiptRef?: string;
  /** Id of the purchase that this return takes back, whether that has come yet or not. */
  readonly returnOf?: Uuid;
  readonly transactedAt: Date;
  readonly receivedAt: Date;
  readonly contentHash: string;
}

/**
 * The check that a sale is taken in once, and the document that it shares with its returns. AWAITED: a return has come,
 * the purchase it names has not.
 */
export interface TransactionKeyRow {
  /** Id of the transaction. */
  readonly _id: Uuid;
  readonly state: 'DONE' | 'AWAITED';
  readonly accountId?: Uuid;
  readonly contentHash?: string;
  readonly routing?: IngestRouting;
  /** Ids of the returns that name it. */
  readonly returns: readonly Uuid[];
  /** AWAITED only: since when. */
  readonly pendingAt?: Date;
}

/** A transaction of a brand the actor may see. */
export interface TransactionView extends TransactionRow {
  readonly __typename: 'Transaction';
  readonly brand: Brand;
  /** Its profile, where it was reached through it; undefined when that was not looked up yet. */
  readonly owner?: ProfileView;
}

/** The id of a system's transaction in a brand. Its namespace is any fixed UUID. */
export const transactionIdOf = naturalIds('6f1d4d0e-52b7-4f0c-9a43-0d6f2f9be7c1');

/** `_id` of the claim by which a profile took over the account of a sale to nobody. */
export function guestClaimId(accountId: Uuid): string {
  return keyDigest('guest', accountId);
}

/** Digest of what a system sent, whom it named included: two equal ones are the same sale sent twice. */
export function contentHashOf(content: SaleContent, customer: unknown): string {
  return contentDigest({ content, customer });
}

/** Where a sale goes and what the brand's own records add to it. */
export interface SalePlacement {
  readonly id: Uuid;
  readonly accountId: Uuid;
  readonly locationId: Uuid | null;
  readonly returnOf: Uuid | null;
  readonly receivedAt: Date;
  readonly contentHash: string;
}

/** The row of a sale. Absent values are left out, because partial indexes go by presence. */
export function transactionRow(content: SaleContent, placement: SalePlacement): TransactionRow {
  return {
    _id: placement.id,
    accountId: placement.accountId,
    system: content.system,
    externalId: content.externalId,
    type: content.type,
    currency: content.currency,
    total: content.total,
    totalOriginal: content.totalOriginal,
    totalConverted: content.total,
    ...(content.tax === null ? {} : { tax: content.tax }),
    items: content.items,
    payments: content.payments,
    ...(placement.locationId === null ? {} : { locationId: placement.locationId }),
    ...(content.receiptRef === null ? {} : { receiptRef: content.receiptRef }),
    ...(placement.returnOf === null ? {} : { returnOf: placement.returnOf }),
    transactedAt: content.transactedAt,
    receivedAt: placement.receivedAt,
    contentHash: placement.contentHash,
  };
}

/** The key row that goes with a stored transaction. */
export function keyRowOf(
  row: Pick<TransactionRow, '_id' | 'accountId' | 'contentHash'>,
  routing: IngestRouting,
): TransactionKeyRow {
  return {
    _id: row._id,
    state: 'DONE',
    accountId: row.accountId,
    contentHash: row.contentHash,
    routing,
    returns: [],
  };
}

/** Makes a freshly read row a view, in place: rows are many and the reader owns them. */
export function transactionView(row: TransactionRow, brand: Brand, owner?: ProfileView): TransactionView {
  const view = row as TransactionRow & { __typename?: 'Transaction'; brand?: Brand; owner?: ProfileView };
  view.__typename = 'Transaction';
  view.brand = brand;
  if (owner !== undefined) view.owner = owner;
  return view as TransactionView;
}

/** Which transactions of a profile to list, in stored terms. All conditions must hold. */
export interface TransactionConditions {
  readonly from: Date | null;
  readonly to: Date | null;
  readonly types: readonly TransactionType[] | null;
  readonly system: string | null;
}
