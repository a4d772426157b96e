import { readdirSync, readFileSync } from 'node:fs';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { type GraphQLSchema, graphql } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locationResolvers } from '../../src/activity/location.resolvers.js';
import { transactionResolvers } from '../../src/activity/transaction.resolvers.js';
import { walletResolvers } from '../../src/wallet/wallet.resolvers.js';
import { aLocation } from '../support/factories/location.js';
import { aProfile, craftMerge, profileId } from '../support/factories/profile.js';
import { aSale, aTransaction, aud } from '../support/factories/transaction.js';
import { aPointsDefinition, aReward, aWallet, somePoints } from '../support/factories/wallet.js';
import { openGroup, type TestGroup } from '../support/group.js';

let group: TestGroup;
let schema: GraphQLSchema;

beforeAll(async () => {
  group = await openGroup();
  const files = readdirSync('schema').filter((name) => name.endsWith('.graphql'));
  schema = makeExecutableSchema({
    typeDefs: files.map((name) => readFileSync(`schema/${name}`, 'utf8')),
    resolvers: [
      transactionResolvers,
      locationResolvers,
      walletResolvers,
      {
        Query: { brand: (_: unknown, { handle }: { handle: string }) => group.entry(handle).brand },
        Profile: { id: profileId },
      },
    ],
    resolverValidationOptions: { requireResolversForResolveType: 'ignore' },
  });
  await aPointsDefinition(group, 'wren', { handle: 'style' });
});

afterAll(() => group.close());

async function ask(source: string, variables: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  const { data, errors } = await graphql({
    schema,
    source,
    contextValue: group.context(),
    variableValues: variables,
  });
  expect(errors).toBeUndefined();
  return JSON.parse(JSON.stringify(data)) as Record<string, unknown>;
}

const sale = `mutation Sale($input: TransactionIngestInput!) {
  transactionIngest(input: $input) {
    outcome routing
    transaction {
      id total { amount currencyCode } totalConverted { amount } tax { amount } system { handle name } brand { handle }
      items { lineId quantity unitPrice { amount } unitPriceOriginal { amount } netTotal { amount currencyCode } }
      payments { method amount { amount } } location { name externalCode } receiptRef returnOf { id }
      profile { id wallet { rewardBalance { amount } points { definition available pending held owed } } }
    }
    userErrors { code field message }
  }
}`;

describe('a till sends a sale by loyalty card', () => {
  it('whose card came with a merge, and gets the customer with the balances', async () => {
    const identity = { handle: 'loyalty-card', identifier: 'LY-1200045' };
    const loser = await aProfile(group, 'wren', { identities: [identity] });
    const winner = await aProfile(group, 'wren');
    await aWallet(group, 'wren', winner._id, [somePoints('style', { available: 1_540, pending: 129 })]);
    await aReward(group, 'wren', loser._id, { valueRemaining: 550 });
    await craftMerge(group, loser, winner);
    const place = await aLocation(group, 'wren', { externalCode: 'MEL-1' });
    const input = aSale('wren', {
      externalId: '7-20261122-0088',
      customer: { identity },
      locationCode: 'MEL-1',
      payments: [{ method: 'card', amount: aud('129.95') }],
    });
    const answer = await ask(sale, { input });
    expect(answer).toMatchObject({
      transactionIngest: {
        outcome: 'RECORDED',
        routing: 'MATCHED',
        transaction: {
          id: expect.stringMatching(/^txn_wren_/),
          total: { amount: '129.95', currencyCode: 'AUD' },
          totalConverted: { amount: '129.95' },
          tax: null,
          system: { handle: 'pos', name: 'Tills' },
          brand: { handle: 'wren' },
          items: [
            {
              lineId: '1',
              quantity: '1',
              unitPrice: { amount: '129.95' },
              unitPriceOriginal: null,
              netTotal: { amount: '129.95', currencyCode: 'AUD' },
            },
          ],
          payments: [{ method: 'card', amount: { amount: '129.95' } }],
          location: { name: place.name, externalCode: 'MEL-1' },
          receiptRef: null,
          returnOf: null,
          profile: {
            id: profileId(winner),
            wallet: {
              rewardBalance: { amount: '5.50' },
              points: [{ definition: 'style', available: '1540', pending: '129', held: '0', owed: '0' }],
            },
          },
        },
        userErrors: [],
      },
    });
    const again = await ask(sale, { input });
    expect(again).toEqual({
      transactionIngest: { ...(answer['transactionIngest'] as object), outcome: 'REPLAYED' },
    });
    const other = await ask(sale, { input: { ...input, total: aud('1'), payments: [] } });
    expect(other).toEqual({
      transactionIngest: {
        outcome: null,
        routing: null,
        transaction: null,
        userErrors: [
          {
            code: 'TRANSACTION_CONFLICT',
            field: ['input', 'externalId'],
            message: 'This number was recorded before with other content; send a return or a new number',
          },
        ],
      },
    });
  });
});

describe('lists in a document', () => {
  it('of transactions and rewards come as pages, and places by name', async () => {
    const profile = await aProfile(group, 'hearth');
    const rows = [await aTransaction(group, 'hearth', profile._id), await aTransaction(group, 'hearth', profile._id)];
    await aReward(group, 'hearth', profile._id);
    await aLocation(group, 'hearth', { name: 'Chadstone' });
    const byRow = await ask(
      `query ($by: TransactionLookup!) {
        transaction(by: $by) {
          profile {
            transactions(first: 1) { totalCount nodes { externalId } edges { cursor node { id } } pageInfo { hasNextPage endCursor } }
            wallet { asOf rewards { totalCount nodes { id name valueInitial { amount } expiresAt } } }
          }
        }
        brand(handle: "hearth") { locations(first: 5) { totalCount nodes { id name timeZone isPublished } } }
      }`,
      { by: { external: { brand: 'hearth', system: 'pos', externalId: rows[0]?.externalId } } },
    );
    const newest = rows
      .map((row) => row._id)
      .sort()
      .at(-1);
    expect(byRow).toMatchObject({
      transaction: {
        profile: {
          transactions: {
            totalCount: 2,
            nodes: [{ externalId: rows.find((row) => row._id === newest)?.externalId }],
            pageInfo: { hasNextPage: true, endCursor: expect.any(String) },
          },
          wallet: {
            rewards: {
              totalCount: 1,
              nodes: [{ name: 'Welcome reward', valueInitial: { amount: '10.00' }, expiresAt: null }],
            },
          },
        },
      },
      brand: {
        locations: {
          totalCount: 1,
          nodes: [{ name: 'Chadstone', timeZone: 'Australia/Melbourne', isPublished: true }],
        },
      },
    });
  });
});
