import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ingestTransaction } from '../../src/activity/ingest.service.js';
import { type TransactionKeyRow, transactionIdOf } from '../../src/activity/transaction.js';
import { transactionKeyCollection } from '../../src/activity/transaction.model.js';
import { originalOf, ownerOfTransaction, transactionsOf } from '../../src/activity/transaction.service.js';
import type { TransactionIngestInput } from '../../src/generated/resolvers-types.js';
import { Refusal } from '../../src/kernel/errors.js';
import type { ProfileView } from '../../src/profiles/profile.js';
import { viewProfile } from '../../src/profiles/profile.service.js';
import { aProfile, craftMerge, profileId } from '../support/factories/profile.js';
import { aSale, aud } from '../support/factories/transaction.js';
import { openGroup, type TestGroup } from '../support/group.js';

let group: TestGroup;

beforeAll(async () => {
  group = await openGroup();
});

afterAll(() => group.close());

const ingest = (input: TransactionIngestInput) => ingestTransaction(group.context(), input);

const aReturn = (returnOfExternalId: string, overrides: Partial<TransactionIngestInput> = {}) =>
  aSale('wren', { type: 'RETURN', total: aud('-50'), items: [], returnOfExternalId, ...overrides });

async function keyOf(externalId: string): Promise<TransactionKeyRow> {
  const _id = transactionIdOf('wren', 'pos', externalId);
  const row = await group.entry('wren').database.model(transactionKeyCollection).findOne({ _id }, null, { lean: true });
  return row as unknown as TransactionKeyRow;
}

async function idsOf(profile: ProfileView): Promise<string[]> {
  const context = group.context();
  const view = await viewProfile(context, group.entry('wren'), profile._id);
  const page = await transactionsOf(context, view as ProfileView, { first: 20 });
  return page.nodes.map((node) => node._id).sort();
}

describe('a return', () => {
  it('hangs where its purchase hangs, whoever brings the goods', async () => {
    const buyer = await aProfile(group, 'wren');
    const bringer = await aProfile(group, 'wren');
    const purchase = aSale('wren', { customer: { profileId: profileId(buyer) } });
    const { transaction: bought } = await ingest(purchase);
    const back = await ingest(aReturn(purchase.externalId, { customer: { profileId: profileId(bringer) } }));
    expect(back.routing).toBe('MATCHED');
    expect(back.transaction).toMatchObject({ accountId: buyer._id, returnOf: bought._id, total: -5_000 });
    expect((await originalOf(group.context(), back.transaction))?._id).toBe(bought._id);
    expect(await keyOf(purchase.externalId)).toMatchObject({ state: 'DONE', returns: [back.transaction._id] });
    expect(await idsOf(bringer)).toEqual([]);
  });

  it('hangs on nobody when its purchase does', async () => {
    const purchase = aSale('wren');
    const { transaction: bought } = await ingest(purchase);
    const back = await ingest(aReturn(purchase.externalId));
    expect(back.routing).toBe('GUEST');
    expect(back.transaction.accountId).toBe(bought.accountId);
  });

  it('may come before its purchase, which then takes it over', async () => {
    const buyer = await aProfile(group, 'wren');
    const purchaseId = `sale-${randomUUID()}`;
    const early = await ingest(aReturn(purchaseId));
    expect(early.routing).toBe('GUEST');
    expect(await originalOf(group.context(), early.transaction)).toBeNull();
    expect(await keyOf(purchaseId)).toMatchObject({ state: 'AWAITED', returns: [early.transaction._id] });

    const purchase = aSale('wren', { externalId: purchaseId, customer: { profileId: profileId(buyer) } });
    const bought = await ingest(purchase);
    expect(bought.outcome).toBe('RECORDED');
    const key = await keyOf(purchaseId);
    expect(key).toMatchObject({ state: 'DONE', accountId: buyer._id, returns: [early.transaction._id] });
    expect(key.pendingAt).toBeUndefined();
    expect(await idsOf(buyer)).toEqual([bought.transaction._id, early.transaction._id].sort());
    expect((await ownerOfTransaction(group.context(), early.transaction))?._id).toBe(buyer._id);
    expect((await ingest(purchase)).outcome).toBe('REPLAYED');
  });

  it('taken over with its purchase is still found after a merge', async () => {
    const loser = await aProfile(group, 'wren');
    const winner = await aProfile(group, 'wren');
    const purchaseId = `sale-${randomUUID()}`;
    const early = await ingest(aReturn(purchaseId));
    await ingest(aSale('wren', { externalId: purchaseId, customer: { profileId: profileId(loser) } }));
    await craftMerge(group, loser, winner);
    expect((await ownerOfTransaction(group.context(), early.transaction))?._id).toBe(winner._id);
    expect(await idsOf(winner)).toHaveLength(2);
  });

  it('stays with the customer it names when its purchase comes later', async () => {
    const buyer = await aProfile(group, 'wren');
    const named = await aProfile(group, 'wren');
    const purchaseId = `sale-${randomUUID()}`;
    const early = await ingest(aReturn(purchaseId, { customer: { profileId: profileId(named) } }));
    await ingest(aSale('wren', { externalId: purchaseId, customer: { profileId: profileId(buyer) } }));
    expect(await idsOf(named)).toEqual([early.transaction._id]);
    expect(await idsOf(buyer)).toHaveLength(1);
  });

  it('is named by its purchase once, however it raced with it', async () => {
    const buyer = await aProfile(group, 'wren');
    const purchase = aSale('wren', { customer: { profileId: profileId(buyer) } });
    const returns = Array.from({ length: 6 }, () => aReturn(purchase.externalId));
    const answers = await Promise.all([...returns, purchase, ...returns].map(ingest));
    const ids = new Set(answers.map((answer) => answer.transaction._id));
    const key = await keyOf(purchase.externalId);
    expect(key.state).toBe('DONE');
    expect([...key.returns].sort()).toEqual([...ids].filter((id) => id !== key._id).sort());
    expect(await idsOf(buyer)).toEqual([...ids].sort());
  });

  it('is refused beyond 200 of one purchase', async () => {
    const purchase = aSale('wren');
    const { transaction } = await ingest(purchase);
    await group
      .entry('wren')
      .database.model(transactionKeyCollection)
      .collection.updateOne(
        { _id: transaction._id } as never,
        { $set: { returns: Array.from({ length: 200 }, () => randomUUID()) } } as never,
      );
    await expect(ingest(aReturn(purchase.externalId))).rejects.toThrow(Refusal);
  });
});
