import { randomUUID } from 'node:crypto';
import {
  contentHashOf,
  type SaleContent,
  type TransactionRow,
  transactionIdOf,
  transactionRow,
} from '../../../src/activity/transaction.js';
import { addTransactions } from '../../../src/activity/transaction.service.js';
import type { TransactionIngestInput } from '../../../src/generated/resolvers-types.js';
import { formatNodeId } from '../../../src/kernel/ids.js';
import type { TestGroup } from '../group.js';

/** Dollars as clients send them. */
export function aud(amount: string): { amount: string; currencyCode: string } {
  return { amount, currencyCode: 'AUD' };
}

/** A sale as a till sends it: to nobody, with a number of its own, unless said otherwise. */
export function aSale(brand: string, overrides: Partial<TransactionIngestInput> = {}): TransactionIngestInput {
  return {
    brand,
    system: 'pos',
    externalId: `sale-${randomUUID()}`,
    total: aud('129.95'),
    transactedAt: new Date('2026-03-04T05:06:07.089Z'),
    items: [{ lineId: '1', sku: 'SKIRT-12', quantity: '1', unitPrice: aud('129.95'), netTotal: aud('129.95') }],
    payments: [],
    ...overrides,
  };
}

/** A sale's stored row on an account, made without asking a database. */
export function aTransactionRow(
  brand: string,
  accountId: string,
  overrides: Partial<SaleContent> = {},
): TransactionRow {
  const content: SaleContent = {
    system: 'pos',
    externalId: randomUUID(),
    type: 'PURCHASE',
    currency: 'AUD',
    total: 12_995,
    totalOriginal: 12_995,
    tax: null,
    items: [],
    payments: [],
    locationCode: null,
    receiptRef: null,
    returnOfExternalId: null,
    transactedAt: new Date('2026-03-04T05:06:07.089Z'),
    ...overrides,
  };
  return transactionRow(content, {
    id: transactionIdOf(brand, content.system, content.externalId),
    accountId,
    locationId: null,
    returnOf: null,
    receivedAt: content.transactedAt,
    contentHash: contentHashOf(content, null),
  });
}

/** Stores a sale on an account (a profile's own account has the profile's id) and gives its row. */
export async function aTransaction(
  group: TestGroup,
  brand: string,
  accountId: string,
  overrides: Partial<SaleContent> = {},
): Promise<TransactionRow> {
  const row = aTransactionRow(brand, accountId, overrides);
  await addTransactions(group.entry(brand), [row]);
  return row;
}

/** Global id of a transaction. */
export function transactionId(brand: string, row: Pick<TransactionRow, '_id' | 'accountId'>): string {
  return formatNodeId('txn', brand, row.accountId, row._id);
}
