import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isDuplicateKey } from '../../src/brands/brand-error.js';
import { runTransaction } from '../../src/brands/transaction.js';
import type { ClaimRow } from '../../src/claims/claim.js';
import { deleteClaim, findClaims, findIdentityClaims, insertClaims } from '../../src/claims/claim.store.js';
import { emailClaim, identityClaim } from '../../src/claims/new-claim.js';
import { Deadline } from '../../src/kernel/clock.js';
import { newUuid } from '../../src/kernel/ids.js';
import { aCardNumber } from '../support/factories/identity.js';
import { anEmail } from '../support/factories/profile.js';
import { openGroup, type TestGroup } from '../support/group.js';

let group: TestGroup;
beforeAll(async () => {
  group = await openGroup();
});
afterAll(() => group.close());

const deadline = () => Deadline.after(20_000);

function place(accountId = newUuid()) {
  return { accountId, profileId: accountId, at: new Date() };
}

function insert(...claims: ClaimRow[]): Promise<void> {
  const { database } = group.entry('wren');
  return runTransaction(database, deadline(), (session) => insertClaims(database, claims, session));
}

describe('inserting claims', () => {
  it('takes all of them or none', async () => {
    const email = anEmail();
    const taken = emailClaim(email, place()) as ClaimRow;
    await insert(taken);
    const other = identityClaim({ handle: 'loyalty-card', identifier: aCardNumber() }, place());
    const rival = emailClaim(email, place()) as ClaimRow;
    await expect(insert(other, rival)).rejects.toSatisfy(isDuplicateKey);
    const { database } = group.entry('wren');
    const found = await findClaims(database, [other._id, rival._id], { deadline: deadline() });
    expect([...found.values()].map((claim) => claim.uid)).toEqual([taken.uid]);
  });

  it('never makes two rivals wait for each other, whatever the order of their keys', async () => {
    const emails = Array.from({ length: 5 }, () => anEmail());
    const all = (order: readonly string[]) => insert(...order.map((email) => emailClaim(email, place()) as ClaimRow));
    const outcomes = await Promise.allSettled([all(emails), all([...emails].reverse()), all(emails)]);
    expect(outcomes.filter((each) => each.status === 'fulfilled')).toHaveLength(1);
    for (const each of outcomes) if (each.status === 'rejected') expect(isDuplicateKey(each.reason)).toBe(true);
  });
});

describe('deleting a claim', () => {
  it('deletes the one that was seen, never a later one of the same key', async () => {
    const email = anEmail();
    const first = emailClaim(email, place()) as ClaimRow;
    const second = emailClaim(email, place()) as ClaimRow;
    const { database } = group.entry('wren');
    const remove = (claim: ClaimRow) =>
      runTransaction(database, deadline(), (session) => deleteClaim(database, claim, session));
    await insert(first);
    expect(await remove(first)).toBe(true);
    await insert(second);
    expect(await remove(first)).toBe(false);
    expect((await findClaims(database, [second._id], { deadline: deadline() })).get(second._id)?.uid).toBe(second.uid);
  });
});

describe('identities of accounts', () => {
  it('are those of exactly these accounts, without claims of other kinds', async () => {
    const { database } = group.entry('wren');
    const accounts = [newUuid(), newUuid()];
    for (const accountId of [...accounts, newUuid()]) {
      const identity = identityClaim({ handle: 'loyalty-card', identifier: aCardNumber() }, place(accountId));
      await insert(identity, emailClaim(anEmail(), place(accountId)) as ClaimRow);
    }
    const found = await findIdentityClaims(database, accounts, { deadline: deadline() });
    expect(found.map((claim) => claim.accountId).sort()).toEqual([...accounts].sort());
    expect(found.every((claim) => claim.kind === 'id')).toBe(true);
  });

  it('of very many accounts come in commands of a thousand', async () => {
    const { database } = group.entry('wren');
    const accounts = Array.from({ length: 2_500 }, () => newUuid());
    const claim = identityClaim({ handle: 'loyalty-card', identifier: aCardNumber() }, place(accounts.at(-1)));
    await insert(claim);
    const found = await findIdentityClaims(database, accounts, { deadline: deadline() });
    expect(found.map((each) => each._id)).toEqual([claim._id]);
  });
});
