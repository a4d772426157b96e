import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runTransaction } from '../../src/brands/transaction.js';
import { findConsentEvents } from '../../src/consents/consent.store.js';
import { consentEventId, isProvenBy } from '../../src/consents/consent-event.js';
import { verifyReceipt } from '../../src/consents/receipt.service.js';
import type { CrossBrandLinkWithdrawInput } from '../../src/generated/resolvers-types.js';
import { Deadline } from '../../src/kernel/clock.js';
import { formatNodeId, newUuid } from '../../src/kernel/ids.js';
import { newActivationToken } from '../../src/links/activation-token.js';
import { groupCustomerOf } from '../../src/links/group-customer.service.js';
import { withdrawLink } from '../../src/links/link-withdraw.service.js';
import type { ProfileRow, ProfileView } from '../../src/profiles/profile.js';
import { changeProfile, viewProfile } from '../../src/profiles/profile.service.js';
import { anActor } from '../support/group.js';
import { aPerson, type LinkGroup, openLinkGroup, receiptTokenOf, refusalOf } from './link-group.js';

let group: LinkGroup;
beforeAll(async () => {
  group = await openLinkGroup();
});
afterAll(() => group.close());

const soon = () => Deadline.after(10_000);
const byId = (id: string) => ({ id: formatNodeId('link', '', id) });

function withdraw(
  link: CrossBrandLinkWithdrawInput['link'],
  more: Partial<CrossBrandLinkWithdrawInput> = {},
  context = group.staff('wren'),
) {
  return withdrawLink(context, group.deps, { link, ...more });
}

const byToken = (token: string, more: Partial<CrossBrandLinkWithdrawInput> = {}) =>
  withdraw({ receiptToken: token }, more, group.context({ actor: null }));

async function aMember(values = aPerson()) {
  const person = await group.customer('wren', values);
  const { link, token } = await group.enrol(person);
  const activated = await group.activate(token);
  await group.settle();
  return { person, link, receiptToken: receiptTokenOf(activated), memberId: link.b.profileId };
}

async function sharedClaims(linkId: string): Promise<number> {
  const counts = await Promise.all(
    ['wren', 'hearth'].map((brand) =>
      group.entry(brand).database.connection.db?.collection('claims').countDocuments({ linkId }),
    ),
  );
  return counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
}

describe('a customer who takes consent back', () => {
  it('needs nothing but the receipt, and the link is gone for every reader at once', async () => {
    const { person, link, receiptToken } = await aMember();
    const { withdrawnAt, receipt } = await byToken(receiptToken);
    const row = await group.link(link._id);
    expect(row).toMatchObject({ state: 'WITHDRAWN', epoch: 2, prior: 'ACTIVE', endedAt: withdrawnAt });
    expect(row.consent).toMatchObject({ status: 'WITHDRAWN', seq: 3, receiptId: receipt?.id });
    const context = group.context();
    const view = (await viewProfile(context, group.entry('wren'), person._id)) as ProfileView;
    expect(await groupCustomerOf(context, view)).toBeNull();
  });

  it('leaves both profiles as they are, without slot and shared identity', async () => {
    const { person, link, receiptToken, memberId } = await aMember();
    await byToken(receiptToken);
    await group.settle();
    const a = await group.profile('wren', person._id);
    expect(a).toMatchObject({ state: 'ACTIVE', email: person.email, firstName: person.firstName, linkSlots: {} });
    expect(await group.profile('hearth', memberId)).toMatchObject({
      state: 'ACTIVE',
      email: person.email,
      firstName: person.firstName,
      linkSlots: {},
    });
    expect(await sharedClaims(link._id)).toBe(0);
  });

  it('may have copies erased, except those that the brand has changed since', async () => {
    const { person, receiptToken, memberId } = await aMember();
    const { database } = group.entry('hearth');
    await runTransaction(database, soon(), (session) =>
      changeProfile(database, { _id: memberId }, { $set: { lastName: 'Newlywed' }, $inc: { version: 1 } }, session),
    );
    await byToken(receiptToken, { copies: 'ERASE_UNTOUCHED' });
    await group.settle();
    const rest = await group.profile('hearth', memberId);
    expect(rest).toMatchObject({ state: 'ACTIVE', lastName: 'Newlywed' });
    expect(rest?.email).toBeUndefined();
    expect(rest?.firstName).toBeUndefined();
    expect((await group.profile('wren', person._id))?.email).toBe(person.email);
    // The freed address can be signed up with again.
    await group.customer('hearth', aPerson({ email: person.email ?? null }));
  });

  it('gets the same answer again, whatever is chosen the second time', async () => {
    const { link, receiptToken, memberId } = await aMember();
    const first = await byToken(receiptToken);
    group.clock.forward(60_000);
    const second = await byToken(receiptToken, { copies: 'ERASE_UNTOUCHED' });
    expect(second).toEqual(first);
    await group.settle();
    expect((await group.profile('hearth', memberId))?.email).toBeTypeOf('string');
    expect((await group.link(link._id)).epoch).toBe(2);
  });

  it('gets a receipt that anybody can check, and the events prove the record', async () => {
    const { link, receiptToken } = await aMember();
    const { receipt, withdrawnAt } = await byToken(receiptToken);
    const record = await verifyReceipt(receipt?.jws ?? '', { keys: [group.deps.signer.publicJwk] });
    expect(record).toMatchObject({
      recordId: link._id,
      status: 'WITHDRAWN',
      epoch: 2,
      withdrawnAt: withdrawnAt.toISOString(),
      confirmedAt: expect.any(String),
    });
    expect(receipt?.jws).not.toContain(receiptToken);
    const row = await group.link(link._id);
    const ids = [1, 2, 3].map((seq) => consentEventId(link._id, seq));
    const events = await findConsentEvents(group.brands.registry, ids, soon());
    events.sort((x, y) => x.seq - y.seq);
    expect(isProvenBy(row.consent, events)).toBe(true);
    expect(isProvenBy(row.consent, events.slice(0, 2))).toBe(false);
  });

  it('is told to the invited brand, once', async () => {
    const { link, receiptToken } = await aMember();
    await byToken(receiptToken);
    await byToken(receiptToken);
    const told = await group.brands.registry.connection.db
      ?.collection('outbox')
      .find({ subject: link._id, kind: 'link.withdrawn' })
      .toArray();
    expect(told).toMatchObject([{ n: 2, payload: { from: 'wren', to: 'hearth' } }]);
  });

  it('is refused with the same bytes for every code that does not work', async () => {
    const pending = await group.enrol(await group.customer('wren'));
    const tokens = [pending.token, newActivationToken(), '', 'x'];
    const answers = await Promise.all(tokens.map((token) => refusalOf(byToken(token))));
    expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(answers[0]).toMatchObject([{ code: 'TOKEN_INVALID' }]);
  });

  it('can be invited again afterwards', async () => {
    const { person, receiptToken } = await aMember();
    await byToken(receiptToken);
    await group.settle();
    const again = await group.enrol(person);
    await group.activate(again.token);
    expect((await group.link(again.link._id)).mode).toBe('JOIN');
  });

  it('has a token whose text the registry does not hold', async () => {
    const { receiptToken } = await aMember();
    const { db } = group.brands.registry.connection;
    for (const name of ['links', 'activations', 'receipts', 'consentEvents', 'audit']) {
      expect(JSON.stringify(await db?.collection(name).find({}).toArray())).not.toContain(receiptToken);
    }
  });
});

describe('staff who withdraw for a customer', () => {
  it('may do so before the customer has answered, and nothing stays in the other brand', async () => {
    const person = await group.customer('wren');
    const { link, token } = await group.enrol(person);
    await withdraw(byId(link._id), { idempotencyKey: 'till-7-withdraw' });
    await withdraw(byId(link._id), { idempotencyKey: 'till-7-withdraw' });
    await group.settle();
    expect(await group.link(link._id)).toMatchObject({ state: 'WITHDRAWN', prior: 'PENDING_ACTIVATION' });
    expect((await group.profile('hearth', link.b.profileId))?.state).toBe('VOID');
    expect((await group.profile('wren', person._id))?.linkSlots).toEqual({});
    expect(await sharedClaims(link._id)).toBe(0);
    expect(await refusalOf(group.activate(token))).toMatchObject([{ code: 'TOKEN_INVALID' }]);
    const told = group.brands.registry.connection.db?.collection('outbox').find({ subject: link._id });
    expect(await told?.toArray()).toEqual([]);
  });

  it('leaves a member alone whose address was known', async () => {
    const person = await group.customer('wren');
    const member = await group.customer('hearth', aPerson({ email: person.email ?? null }));
    const { link, token } = await group.enrol(person);
    await group.activate(token);
    await group.settle();
    await withdraw(byId(link._id), { copies: 'ERASE_UNTOUCHED' });
    await group.settle();
    const {
      version: _version,
      updatedAt: _at,
      linkSlots,
      ...rest
    } = (await group.profile('hearth', member._id)) as ProfileRow;
    expect(linkSlots).toEqual({});
    expect({ ...rest }).toEqual(
      Object.fromEntries(Object.entries(member).filter(([name]) => !['version', 'updatedAt'].includes(name))),
    );
  });

  it('find a link of other brands as little as one that is not there', async () => {
    const { link } = await group.enrol(await group.customer('wren'));
    const foreign = await refusalOf(withdraw(byId(link._id), {}, group.staff('hearth')));
    const absent = await refusalOf(withdraw(byId(newUuid())));
    expect(foreign).toEqual(absent);
    expect(foreign).toMatchObject([{ code: 'NOT_FOUND' }]);
  });

  it('need the right to, and a link that is live', async () => {
    const { link } = await group.enrol(await group.customer('wren'));
    const reader = group.context({ actor: anActor({ grants: ['read-links'] }) });
    await expect(withdraw(byId(link._id), {}, reader)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(withdraw(byId(link._id), {}, group.context({ actor: null }))).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    group.clock.forward(73 * 3_600_000);
    await group.settle();
    expect(await refusalOf(withdraw(byId(link._id)))).toMatchObject([{ code: 'STATE_NOT_ALLOWED' }]);
  });
});
