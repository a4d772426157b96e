import { userErrorsOf } from '../access/user-errors.js';
import type { Resolvers } from '../generated/resolvers-types.js';
import { formatNodeId } from '../kernel/ids.js';
import { ingestTransaction } from './ingest.service.js';
import { findLocation } from './location.service.js';
import { formatMoney, type MinorUnits, type MoneyText } from './money.js';
import type { TransactionView } from './transaction.js';
import { findTransaction, originalOf, ownerOfTransaction, transactionsOf } from './transaction.service.js';

const moneyOf = (transaction: TransactionView, minorUnits: MinorUnits): MoneyText =>
  formatMoney(minorUnits, transaction.currency);

const moneyOrNull = (transaction: TransactionView, minorUnits: MinorUnits | null | undefined): MoneyText | null =>
  minorUnits === null || minorUnits === undefined ? null : moneyOf(transaction, minorUnits);

/** Transactions: the list of a profile, look-up, taking in. */
export const transactionResolvers: Resolvers = {
  Query: {
    transaction: (_parent, { by }, context) => findTransaction(context, by),
  },
  Mutation: {
    transactionIngest: async (_parent, { input }, context) => {
      const { value, userErrors } = await userErrorsOf(() => ingestTransaction(context, input));
      return {
        transaction: value?.transaction ?? null,
        outcome: value?.outcome ?? null,
        routing: value?.routing ?? null,
        userErrors,
      };
    },
  },
  Profile: {
    transactions: (profile, args, context) => transactionsOf(context, profile, args),
  },
  Transaction: {
    id: (transaction) => formatNodeId('txn', transaction.brand.handle, transaction.accountId, transaction._id),
    system: ({ brand, system }) =>
      brand.systems.find((known) => known.handle === system) ?? { handle: system, name: system },
    profile: (transaction, _args, context) => ownerOfTransaction(context, transaction),
    total: (transaction) => moneyOf(transaction, transaction.total),
    totalOriginal: (transaction) => moneyOf(transaction, transaction.totalOriginal),
    totalConverted: ({ brand, totalConverted }) => formatMoney(totalConverted, brand.currencyCode),
    tax: (transaction) => moneyOrNull(transaction, transaction.tax),
    items: (transaction) =>
      transaction.items.map((item) => ({
        ...item,
        unitPrice: moneyOf(transaction, item.unitPrice),
        unitPriceOriginal: moneyOrNull(transaction, item.unitPriceOriginal),
        netTotal: moneyOf(transaction, item.netTotal),
      })),
    payments: (transaction) =>
      transaction.payments.map(({ method, amount }) => ({ method, amount: moneyOf(transaction, amount) })),
    location: ({ brand, locationId }, _args, context) =>
      locationId === undefined ? null : findLocation(context, context.brands.get(brand.handle), locationId),
    receiptRef: (transaction) => transaction.receiptRef ?? null,
    returnOf: (transaction, _args, context) => originalOf(context, transaction),
  },
};
