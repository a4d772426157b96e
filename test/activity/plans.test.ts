import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addTransactions } from '../../src/activity/transaction.service.js';
import { aTransactionRow } from '../support/factories/transaction.js';
import { openGroup, type TestGroup } from '../support/group.js';
import { planStages } from '../support/query-plan.js';

let group: TestGroup;

beforeAll(async () => {
  group = await openGroup();
  const rows = Array.from({ length: 50 }, () => aTransactionRow('wren', randomUUID()));
  await addTransactions(group.entry('wren'), rows);
});

afterAll(() => group.close());

const accounts = { $in: [randomUUID(), randomUUID()] };
const at = new Date('2026-03-04T00:00:00.000Z');
const newestFirst = { transactedAt: -1, _id: -1 };

describe('reads of transactions, places and balances', () => {
  it.each<[string, object]>([
    [
      'the last of one profile',
      { find: 'transactions', filter: { accountId: accounts }, sort: newestFirst, limit: 21 },
    ],
    [
      'the next page of one profile',
      {
        find: 'transactions',
        filter: {
          accountId: accounts,
          transactedAt: { $lte: at },
          $or: [{ transactedAt: { $lt: at } }, { _id: { $lt: randomUUID() } }],
        },
        sort: newestFirst,
        limit: 21,
      },
    ],
    ['a transaction where it stands', { find: 'transactions', filter: { _id: accounts, accountId: accounts } }],
    ['keys by id', { find: 'transactionKeys', filter: { _id: accounts } }],
    [
      'a place by its code',
      { find: 'locations', filter: { externalCode: { $eq: 'S-1' } }, sort: { externalCode: 1, _id: 1 }, limit: 1 },
    ],
    ['places by name', { find: 'locations', filter: {}, sort: { name: 1, _id: 1 }, limit: 21 }],
    [
      'the next places by name',
      {
        find: 'locations',
        filter: { name: { $gte: 'B' }, $or: [{ name: { $gt: 'B' } }, { _id: { $gt: randomUUID() } }] },
        sort: { name: 1, _id: 1 },
        limit: 21,
      },
    ],
    ['wallets', { find: 'wallets', filter: { _id: accounts } }],
    ['usable rewards', { find: 'rewards', filter: { accountId: accounts, valueRemaining: { $gt: 0 } } }],
    [
      'points definitions',
      { find: 'definitions', filter: { _id: { $gte: 'points:', $lt: 'points;' } }, sort: { _id: 1 } },
    ],
    [
      'counts',
      {
        aggregate: 'transactions',
        pipeline: [{ $match: { accountId: accounts } }, { $group: { _id: '$accountId', n: { $sum: 1 } } }],
        cursor: {},
      },
    ],
  ])('find %s by an index, in order', async (_what, command) => {
    const stages = await planStages(group.entry('wren').database, command);
    expect(stages.length).toBeGreaterThan(0);
    expect(stages).not.toContain('COLLSCAN');
    expect(stages).not.toContain('SORT');
  });
});
