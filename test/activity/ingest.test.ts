import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ingestTransaction } from '../../src/activity/ingest.service.js';
import { transactionIdOf } from '../../src/activity/transaction.js';
import { transactionCollection, transactionKeyCollection } from '../../src/activity/transaction.model.js';
import { ownerOfTransaction, transactionsOf } from '../../src/activity/transaction.service.js';
import type { TransactionIngestInput } from '../../src/generated/resolvers-types.js';
import { Refusal } from '../../src/kernel/errors.js';
import { profileCollection } from '../../src/profiles/profile.model.js';
import { viewProfile } from '../../src/profiles/profile.service.js';
import { aLocation } from '../support/factories/location.js';
import { aProfile, craftMerge, profileId } from '../support/factories/profile.js';
import { aSale, aud } from '../support/factories/transaction.js';
import { openGroup, type TestGroup } from '../support/group.js';
import { interrupted } from './before-commit.js';

let group: TestGroup;

beforeAll(async () => {
  group = await openGroup();
});

afterAll(() => group.close());

const card = (identifier = `LY-${randomUUID()}`) => ({ handle: 'loyalty-card', identifier });

function ingest(input: TransactionIngestInput) {
  return ingestTransaction(group.context(), input);
}

async function refusalOf(
  input: TransactionIngestInput,
): Promise<readonly { code: string; field: readonly string[] | null }[]> {
  const error = await ingest(input).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Refusal)) throw new Error('It was not refused', { cause: error });
  return error.refusals.map(({ code, field }) => ({ code, field }));
}

async function storedCount(brand: string, externalId: string): Promise<{ rows: number; keys: number; events: number }> {
  const { database } = group.entry(brand);
  const _id = transactionIdOf(brand, 'pos', externalId);
  const rows = await database.model(transactionCollection).find({ _id }, null, { lean: true });
  const keys = await database.model(transactionKeyCollection).find({ _id }, null, { lean: true });
  const events = await database.connection
    .collection('outbox')
    .find({ _id: `${_id}:1:transaction.ingested` } as never)
    .toArray();
  return { rows: rows.length, keys: keys.length, events: events.length };
}

describe('taking in a sale', () => {
  it('stores it once and answers it with what was sent', async () => {
    const location = await aLocation(group, 'alder');
    const input = aSale('alder', {
      locationCode: location.externalCode,
      receiptRef: 'R-1',
      tax: aud('11.81'),
      payments: [
        { method: 'card', amount: aud('100') },
        { method: 'cash', amount: aud('29.95') },
      ],
    });
    const { transaction, outcome, routing } = await ingest(input);
    expect({ outcome, routing }).toEqual({ outcome: 'RECORDED', routing: 'GUEST' });
    expect(transaction).toMatchObject({
      total: 12_995,
      totalOriginal: 12_995,
      totalConverted: 12_995,
      tax: 1_181,
      locationId: location._id,
      payments: [
        { method: 'card', amount: 10_000 },
        { method: 'cash', amount: 2_995 },
      ],
    });
    expect(await storedCount('alder', input.externalId)).toEqual({ rows: 1, keys: 1, events: 1 });
  });

  it('answers a repeat from what is stored, however its amounts are written', async () => {
    const input = aSale('alder', { total: aud('20') });
    const first = await ingest(input);
    const second = await ingest({ ...input, total: aud('20.00'), totalOriginal: aud('20.0') });
    expect(second.outcome).toBe('REPLAYED');
    expect(second.routing).toBe(first.routing);
    expect(second.transaction._id).toBe(first.transaction._id);
    expect(second.transaction.receivedAt).toEqual(first.transaction.receivedAt);
  });

  it('refuses other content under a number that was used, and writes nothing', async () => {
    const input = aSale('alder');
    await ingest(input);
    const other = { ...input, total: aud('1.00'), items: [] };
    expect(await refusalOf(other)).toEqual([{ code: 'TRANSACTION_CONFLICT', field: ['input', 'externalId'] }]);
    const [row] = await group
      .entry('alder')
      .database.model(transactionCollection)
      .find({ externalId: input.externalId }, null, { lean: true });
    expect(row?.total).toBe(12_995);
    expect(await storedCount('alder', input.externalId)).toEqual({ rows: 1, keys: 1, events: 1 });
  });

  it('keeps the numbers of systems and brands apart', async () => {
    const input = aSale('alder');
    const all = [input, { ...input, system: 'shopify' }, { ...input, brand: 'hearth' }];
    for (const each of all) expect((await ingest(each)).outcome).toBe('RECORDED');
    expect(transactionIdOf('alder', 'a', 'bc')).not.toBe(transactionIdOf('alder', 'ab', 'c'));
  });

  it('records one of 64 equal sales sent at once and replays the others', async () => {
    const input = aSale('wren', { customer: { identity: card() } });
    const answers = await Promise.all(Array.from({ length: 64 }, () => ingest(input)));
    const outcomes = answers.map((answer) => answer.outcome);
    expect(outcomes.filter((outcome) => outcome === 'RECORDED')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'REPLAYED')).toHaveLength(63);
    expect(new Set(answers.map((answer) => answer.routing))).toEqual(new Set(['PROFILE_CREATED']));
    expect(new Set(answers.map((answer) => answer.transaction.accountId)).size).toBe(1);
    expect(await storedCount('wren', input.externalId)).toEqual({ rows: 1, keys: 1, events: 1 });
  });

  it('makes one profile for an unknown card that is scanned by 16 tills at once', async () => {
    const identity = card();
    const answers = await Promise.all(
      Array.from({ length: 16 }, () => ingest(aSale('wren', { customer: { identity } }))),
    );
    expect(answers.filter((answer) => answer.routing === 'PROFILE_CREATED')).toHaveLength(1);
    expect(new Set(answers.map((answer) => answer.transaction.accountId)).size).toBe(1);
  });
});

describe('whose a sale is', () => {
  it('goes to the profile that an id names, by whatever id it went', async () => {
    const winner = await aProfile(group, 'wren');
    const loser = await aProfile(group, 'wren');
    await craftMerge(group, loser, winner);
    const { transaction, routing } = await ingest(aSale('wren', { customer: { profileId: profileId(loser) } }));
    expect(routing).toBe('MATCHED');
    expect(transaction.accountId).toBe(winner._id);
  });

  it('hangs on the account of the card, and is the winner’s after a merge', async () => {
    const identity = card();
    const loser = await aProfile(group, 'wren', { identities: [identity] });
    const winner = await aProfile(group, 'wren');
    await craftMerge(group, loser, winner);
    const { transaction, routing } = await ingest(aSale('wren', { customer: { identity } }));
    expect(routing).toBe('MATCHED');
    expect(transaction.accountId).toBe(loser._id);
    const owner = await ownerOfTransaction(group.context(), transaction);
    expect(owner?._id).toBe(winner._id);
  });

  it('is the winner’s although its customer was looked up before the merge', async () => {
    const identity = card();
    const loser = await aProfile(group, 'wren', { identities: [identity] });
    const winner = await aProfile(group, 'wren');
    const context = interrupted(group, 'wren', () => craftMerge(group, loser, winner));
    const { transaction } = await ingestTransaction(context, aSale('wren', { customer: { identity } }));
    expect(transaction.accountId).toBe(loser._id);
    const reader = group.context();
    const view = await viewProfile(reader, group.entry('wren'), winner._id);
    const page = await transactionsOf(reader, view as never, { first: 5 });
    expect(page.nodes.map((node) => node._id)).toEqual([transaction._id]);
  });

  it('follows the brand’s rule for a card that nobody has', async () => {
    const identity = card();
    const created = await ingest(aSale('wren', { customer: { identity } }));
    expect(created.routing).toBe('PROFILE_CREATED');
    const owner = await ownerOfTransaction(group.context(), created.transaction);
    expect(owner).toMatchObject({ type: 'INCOMPLETE', version: 1 });
    expect(owner?.email).toBeUndefined();
    expect((await ingest(aSale('wren', { customer: { identity } }))).routing).toBe('MATCHED');

    const guest = await ingest(aSale('alder', { customer: { identity: card() } }));
    expect(guest.routing).toBe('GUEST');
    expect(await ownerOfTransaction(group.context(), guest.transaction)).toBeNull();

    const refused = aSale('hearth', { customer: { identity: card() } });
    expect(await refusalOf(refused)).toEqual([
      { code: 'IDENTITY_NOT_FOUND', field: ['input', 'customer', 'identity'] },
    ]);
    expect(await storedCount('hearth', refused.externalId)).toEqual({ rows: 0, keys: 0, events: 0 });
  });

  it('makes no profile under a reserved handle for anyone but its owner', async () => {
    const identity = { handle: 'shopify', identifier: randomUUID() };
    const { routing } = await ingest(aSale('wren', { customer: { identity } }));
    expect(routing).toBe('GUEST');
  });

  it('hangs on the account of a profile that waits, and is noticed by whoever activates it', async () => {
    const identity = card();
    const waiting = await aProfile(group, 'wren', { identities: [identity] });
    const profiles = group.entry('wren').database.model(profileCollection).collection;
    await profiles.updateOne(
      { _id: waiting._id } as never,
      { $set: { state: 'PENDING' }, $unset: { live: '' } } as never,
    );
    const { transaction, routing } = await ingest(aSale('wren', { customer: { identity } }));
    expect({ routing, accountId: transaction.accountId }).toEqual({ routing: 'MATCHED', accountId: waiting._id });
    expect(await profiles.findOne({ _id: waiting._id } as never)).toMatchObject({ touch: 1, version: 1 });
    expect(await ownerOfTransaction(group.context(), transaction)).toBeNull();
  });

  it('is refused for a profile that is not there, alike in another brand', async () => {
    const elsewhere = await aProfile(group, 'alder');
    const missing = profileId({ ...elsewhere, _id: randomUUID() });
    for (const id of [missing, missing.replace('_alder_', '_wren_'), profileId(elsewhere)]) {
      expect(await refusalOf(aSale('wren', { customer: { profileId: id } }))).toEqual([
        { code: 'PROFILE_NOT_FOUND', field: ['input', 'customer', 'profileId'] },
      ]);
    }
  });
});
