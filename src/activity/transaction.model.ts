import { Schema } from 'mongoose';
import { defineCollection } from '../brands/collection.js';
import type { TransactionKeyRow, TransactionRow } from './transaction.js';

const anything = Schema.Types.Mixed;

/** Transactions of a brand. Every index it will ever have: none is added to a collection of this size later. */
export const transactionCollection = defineCollection<TransactionRow>(
  'transactions',
  {
    accountId: String,
    system: String,
    externalId: String,
    type: { type: String },
    currency: String,
    total: Number,
    totalOriginal: Number,
    totalConverted: Number,
    tax: Number,
    items: anything,
    payments: anything,
    locationId: String,
    receiptRef: String,
    returnOf: String,
    orderId: String,
    transactedAt: Date,
    receivedAt: Date,
    contentHash: String,
  },
  [
    { key: { accountId: 1, transactedAt: 1, _id: 1 } },
    { key: { receiptRef: 1, locationId: 1 }, partialFilterExpression: { receiptRef: { $exists: true } } },
    { key: { orderId: 1 }, sparse: true },
  ],
);

/** Keys of transactions: inserting one is the check. */
export const transactionKeyCollection = defineCollection<TransactionKeyRow>(
  'transactionKeys',
  {
    state: String,
    accountId: String,
    contentHash: String,
    routing: String,
    returns: [String],
    pendingAt: Date,
  },
  [{ key: { pendingAt: 1 }, sparse: true }],
);
