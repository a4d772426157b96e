import { rowProjection } from './row-projection.js';

/** Read with every transaction: what places it in lists and tells whose it is. */
const alwaysRead = ['accountId', 'system', 'externalId', 'type', 'currency', 'transactedAt'] as const;

/**
 * Stored fields that the operation needs of every transaction, lines only when they are selected: they are most of a
 * row. Null: all of them.
 */
export const transactionProjection = rowProjection('Transaction', alwaysRead, {
  id: [],
  brand: [],
  profile: [],
  location: ['locationId'],
});
