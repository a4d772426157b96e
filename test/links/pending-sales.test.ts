import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ingestTransaction } from '../../src/activity/ingest.service.js';
import { ownerOfAccount, transactionsOf } from '../../src/activity/transaction.service.js';
import type { ProfileRow, ProfileView } from '../../src/profiles/profile.js';
import { viewProfile } from '../../src/profiles/profile.service.js';
import { createProfile } from '../../src/profiles/profile-create.service.js';
import { aSale } from '../support/factories/transaction.js';
import { dump, type LinkGroup, openLinkGroup } from './link-group.js';

let group: LinkGroup;
beforeAll(async () => {
  group = await openLinkGroup();
});
afterAll(() => group.close());

/** A profile that waits for its customer, with a sale booked on it by the shared identifier. */
async function withSale() {
  const person = await group.customer('wren');
  const { link, token } = await group.enrol(person);
  const identity = { handle: link.sharedHandle, identifier: link.sharedIdentifier };
  const { transaction } = await ingestTransaction(group.context(), aSale('hearth', { customer: { identity } }));
  expect(transaction?.accountId).toBe(link.b.profileId);
  return { person, link, token, transactionId: transaction?._id as string };
}

async function salesOf(profile: ProfileRow): Promise<string[]> {
  const context = group.context();
  const view = (await viewProfile(context, group.entry('hearth'), profile._id)) as ProfileView;
  const { nodes } = await transactionsOf(context, view, {});
  return nodes.map((node) => node._id);
}

async function isStored(transactionId: string): Promise<boolean> {
  const { db } = group.entry('hearth').database.connection;
  return (await db?.collection('transactions').countDocuments({ _id: transactionId as never })) === 1;
}

describe('sales booked on a profile that waits for its customer', () => {
  it('are a guest’s once the link has expired, and nothing of the customer stays with them', async () => {
    const { person, link, transactionId } = await withSale();
    group.clock.forward(73 * 3_600_000);
    await group.settle();
    expect((await group.profile('hearth', link.b.profileId))?.state).toBe('VOID');
    expect(await isStored(transactionId)).toBe(true);
    expect(await ownerOfAccount(group.context(), group.entry('hearth'), link.b.profileId)).toBeNull();
    expect(await dump(group.entry('hearth').database)).not.toContain(person.email);
  });

  it('are the member’s once the customer has activated', async () => {
    const { link, token, transactionId } = await withSale();
    await group.activate(token);
    await group.settle();
    const member = (await group.profile('hearth', link.b.profileId)) as ProfileRow;
    expect(await salesOf(member)).toEqual([transactionId]);
  });

  it('stay with the profile when the brand’s own sign-up makes it its own', async () => {
    const { person, transactionId } = await withSale();
    const own = await createProfile(group.staff('hearth'), {
      brand: 'hearth',
      email: person.email ?? null,
      firstName: 'Own',
      lastName: 'Words',
    });
    expect(await salesOf(own as ProfileRow)).toEqual([transactionId]);
  });
});
