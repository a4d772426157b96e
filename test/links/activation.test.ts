import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runTransaction } from '../../src/brands/transaction.js';
import { emailClaimId } from '../../src/claims/claim.js';
import { deleteClaim, findClaims, insertClaims } from '../../src/claims/claim.store.js';
import { emailClaim } from '../../src/claims/new-claim.js';
import { eventsOfConsent } from '../../src/consents/consent.service.js';
import { Deadline } from '../../src/kernel/clock.js';
import { Refusal } from '../../src/kernel/errors.js';
import { activateLink, showActivation } from '../../src/links/activation.service.js';
import { joinTarget } from '../../src/links/activation-join.service.js';
import { newActivationToken } from '../../src/links/activation-token.js';
import { consentView } from '../../src/links/cross-brand-link.service.js';
import { groupCustomerOf } from '../../src/links/group-customer.service.js';
import { resolveEnd } from '../../src/links/link-end.service.js';
import type { ProfileRow, ProfileView } from '../../src/profiles/profile.js';
import { changeProfile, viewProfile } from '../../src/profiles/profile.service.js';
import { aPerson, type LinkGroup, openLinkGroup, refusalOf } from './link-group.js';

let group: LinkGroup;
beforeAll(async () => {
  group = await openLinkGroup();
});
afterAll(() => group.close());

const soon = () => Deadline.after(10_000);

/** A customer of wren whose e-mail belongs to a customer of hearth. */
async function knownInBoth(): Promise<{ person: ProfileRow; member: ProfileRow }> {
  const person = await group.customer('wren');
  const member = await group.customer('hearth', aPerson({ email: person.email ?? null, firstName: 'Other' }));
  return { person, member };
}

/** Takes an e-mail away from a profile, as a change of address does, and gives it to another or nobody. */
async function moveEmail(from: ProfileRow, to: ProfileRow | null): Promise<void> {
  const { database } = group.entry('hearth');
  const email = from.email as string;
  const claims = await findClaims(database, [emailClaimId(email)], { deadline: soon() });
  await runTransaction(database, soon(), async (session) => {
    for (const claim of claims.values()) await deleteClaim(database, claim, session);
    await changeProfile(database, { _id: from._id }, { $unset: { email: '' }, $inc: { version: 1 } }, session);
  });
  if (to === null) return;
  const claim = emailClaim(email, { accountId: to._id, profileId: to._id, at: group.clock.now() });
  await runTransaction(database, soon(), async (session) => {
    await insertClaims(database, claim === null ? [] : [claim], session);
    await changeProfile(database, { _id: to._id }, { $set: { email }, $inc: { version: 1 } }, session);
  });
}

describe('an activation token', () => {
  it('works once, however many use it at the same time', async () => {
    const { token } = await group.enrol(await group.customer('wren'));
    // Ten processes with ten tries each; on a busy machine they retry for long, and the deadline is not what is tested.
    const processes = Array.from({ length: 10 }, () => ({ ...group.deps }));
    const context = () => group.context({ actor: null, deadline: Deadline.after(100_000) });
    const tries = await Promise.allSettled(
      processes.flatMap((deps) =>
        Array.from({ length: 10 }, () => activateLink(context(), deps, { token, isAccepted: true })),
      ),
    );
    const refused = tries.filter((each) => each.status === 'rejected').map((each) => each.reason as Refusal);
    expect(tries.filter((each) => each.status === 'fulfilled')).toHaveLength(1);
    expect(refused.every((each) => each instanceof Refusal)).toBe(true);
    expect(new Set(refused.map((each) => JSON.stringify(each.refusals))).size).toBe(1);
    expect(refused[0]?.refusals[0]?.code).toBe('TOKEN_INVALID');
  }, 120_000);

  it('works once where a profile is joined, too, and leaves that profile its slot', async () => {
    const { person, member } = await knownInBoth();
    const { link, token } = await group.enrol(person);
    expect(link.mode).toBe('JOIN');
    const activate = () => activateLink(group.context({ actor: null }), { ...group.deps }, { token, isAccepted: true });
    const tries = await Promise.allSettled(Array.from({ length: 8 }, activate));
    expect(tries.filter((each) => each.status === 'fulfilled')).toHaveLength(1);
    await group.settle();
    expect((await group.profile('hearth', member._id))?.linkSlots).toEqual({ wren: link._id });
    expect((await group.link(link._id)).b.accountId).toBe(member._id);
  });

  it('is refused with the same bytes whatever is wrong with it, and shows nothing', async () => {
    const used = await group.enrol(await group.customer('wren'));
    await group.activate(used.token);
    const late = await group.enrol(await group.customer('wren'));
    group.clock.forward(73 * 3_600_000);
    const altered = `${late.token.slice(0, -1)}${late.token.endsWith('A') ? 'B' : 'A'}`;
    const tokens = [used.token, late.token, altered, newActivationToken(), '', 'x', 'é'.repeat(43)];
    const answers = await Promise.all(tokens.map((token) => refusalOf(group.activate(token))));
    expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1);
    for (const token of tokens) expect(await showActivation(group.context({ actor: null }), token)).toBeNull();
  });

  it('is not used up by looking, and not without accepting', async () => {
    const { token } = await group.enrol(await group.customer('wren'));
    const context = group.context({ actor: null });
    for (let look = 0; look < 5; look += 1) expect(await showActivation(context, token)).not.toBeNull();
    expect(await refusalOf(activateLink(context, group.deps, { token, isAccepted: false }))).toMatchObject([
      { code: 'CONSENT_REQUIRED', field: ['input', 'isAccepted'] },
    ]);
    await group.activate(token);
  });

  it('is stored nowhere in the registry', async () => {
    const { link, token } = await group.enrol(await group.customer('wren'));
    expect(link.tokenHash).toMatch(/^[0-9a-f]{64}$/);
    const { db } = group.brands.registry.connection;
    const activation = await db?.collection('activations').findOne({ _id: link.tokenHash as never });
    expect(activation).toEqual({ _id: link.tokenHash, linkId: link._id, expireAt: expect.any(Date) });
    expect(JSON.stringify(await db?.collection('links').find({}).toArray())).not.toContain(token);
  });
});

describe('a customer whom the other brand knows by the delivery address', () => {
  it('is joined to exactly that profile, into which nothing is copied', async () => {
    const { person, member } = await knownInBoth();
    const before = await group.profiles('hearth');
    const { link, token } = await group.enrol(person);
    expect(await group.profile('hearth', member._id)).toEqual(member);
    await group.activate(token);
    await group.settle();
    const joined = await group.profile('hearth', member._id);
    expect(joined).toMatchObject({ firstName: member.firstName, lastName: member.lastName, email: member.email });
    expect(joined?.linkSlots).toEqual({ wren: link._id });
    expect(await group.profiles('hearth')).toHaveLength(before.length);
    const context = group.context();
    const view = (await viewProfile(context, group.entry('wren'), person._id)) as ProfileView;
    const customer = await groupCustomerOf(context, view);
    expect(customer?.members.map((each) => each.profile?._id)).toEqual([person._id, member._id]);
  });

  it('is joined to whoever owns the address when accepting', async () => {
    const { person, member } = await knownInBoth();
    const heir = await group.customer('hearth', { firstName: 'Heir' });
    const { link, token } = await group.enrol(person);
    await moveEmail(member, heir);
    await group.activate(token);
    expect((await group.link(link._id)).b.accountId).toBe(heir._id);
    expect((await group.profile('hearth', member._id))?.linkSlots).toBeUndefined();
  });

  it('becomes a new member when nobody owns the address any more', async () => {
    const { person, member } = await knownInBoth();
    const { link, token } = await group.enrol(person);
    await moveEmail(member, null);
    await group.activate(token);
    await group.settle();
    const made = await group.profile('hearth', link.b.profileId);
    expect(made).toMatchObject({ state: 'ACTIVE', email: person.email, linkSlots: { wren: link._id } });
    expect((await group.link(link._id)).mode).toBe('NEW');
  });

  it('is refused when that profile is linked to the asking brand already', async () => {
    const { person, member } = await knownInBoth();
    const first = await group.enrol(person);
    await group.activate(first.token);
    const second = await group.customer('wren', aPerson({ email: `two.${person.email}` }));
    const spare = await group.enrol(second);
    expect(spare.link.mode).toBe('NEW');
    const third = await group.customer('wren', aPerson({ email: `three.${person.email}` }));
    const taken = await group.customer('hearth', aPerson({ email: third.email ?? null }));
    const { token } = await group.enrol(third);
    await moveEmail(member, null);
    await moveEmail(taken, { ...member, email: third.email ?? null });
    expect(await refusalOf(group.activate(token))).toMatchObject([{ code: 'ALREADY_LINKED' }]);
  });

  it('keeps the slot that the other of two activations rests on, and loses one left behind by a moved address', async () => {
    const { person, member } = await knownInBoth();
    const heir = await group.customer('hearth', { firstName: 'Heir' });
    const { link, token } = await group.enrol(person);
    await joinTarget(group.deps.links, link, soon());
    expect((await group.profile('hearth', member._id))?.linkSlots).toEqual({ wren: link._id });
    await moveEmail(member, heir);
    await group.activate(token);
    const { clearMissedSlot } = await import('../../src/links/activation-join.service.js');
    await clearMissedSlot(group.deps.links, link, heir._id, soon());
    await clearMissedSlot(group.deps.links, link, member._id, soon());
    expect((await group.profile('hearth', heir._id))?.linkSlots).toEqual({ wren: link._id });
    expect((await group.profile('hearth', member._id))?.linkSlots).toEqual({});
  });

  it('raises the version of the profile whose slot is set', async () => {
    const { person, member } = await knownInBoth();
    const { token } = await group.enrol(person);
    const before = (await group.profile('hearth', member._id))?.version ?? 0;
    await group.activate(token);
    expect((await group.profile('hearth', member._id))?.version).toBeGreaterThan(before);
    expect((await group.profile('wren', person._id))?.version).toBeGreaterThan(person.version);
  });
});

describe('an activation', () => {
  it('stands while the other brand is down, and reaches it later', async () => {
    const person = await group.customer('wren');
    const { link, token } = await group.enrol(person);
    const restore = group.cutOff('hearth');
    await group.activate(token);
    const context = group.context();
    const view = (await viewProfile(context, group.entry('wren'), person._id)) as ProfileView;
    const customer = await groupCustomerOf(context, view);
    restore();
    expect(customer?.members[1]).toMatchObject({ brand: { handle: 'hearth' }, profile: null });
    expect(customer?.brandStatuses.map((each) => each.state)).toEqual(['COMPLETE', 'UNAVAILABLE']);
    expect((await group.profile('hearth', link.b.profileId))?.state).toBe('PENDING');
    group.clock.forward(60_000);
    await group.settle();
    expect((await group.profile('hearth', link.b.profileId))?.state).toBe('ACTIVE');
  });

  it('is carried on when the process dies after any of its steps', async () => {
    for (const fatal of ['open-target', 'forget-address']) {
      const person = await group.customer('wren');
      const { link, token } = await group.enrol(person);
      const dying = group.runner({
        afterEffect: (_journal, step) => {
          if (step === fatal) throw new Error('killed');
        },
      });
      const context = group.context({ actor: null });
      await activateLink(context, { ...group.deps, journals: dying }, { token, isAccepted: true });
      group.clock.forward(30_000);
      await group.settle();
      expect(await group.profile('hearth', link.b.profileId)).toMatchObject({ state: 'ACTIVE', version: 2 });
      const { db } = group.entry('hearth').database.connection;
      expect(await db?.collection('linkDeliveries').findOne({ _id: link._id as never })).toBeNull();
    }
  });

  it('is proven by a chain of events that names the receipt', async () => {
    const { link, token } = await group.enrol(await group.customer('wren'));
    const { receipt } = await group.activate(token);
    const context = group.context();
    const events = await eventsOfConsent(context, consentView(context, await group.link(link._id)));
    expect(events.map((event) => [event.status, event.actor.kind])).toEqual([
      ['GIVEN', 'STAFF'],
      ['CONFIRMED', 'CUSTOMER'],
    ]);
    expect(events[1]?.evidence).toMatchObject({ receiptId: receipt.id });
    const row = await group.link(link._id);
    expect(row.consent.head).toBe(events[1]?.hash);
    expect(row.message).toBeUndefined();
    expect(row.tokenHash).toBeUndefined();
  });

  it('tells a brand that is down by the state of the end, not by an error', async () => {
    const person = await group.customer('wren');
    const { link, token } = await group.enrol(person);
    await group.activate(token);
    const row = await group.link(link._id);
    const restore = group.cutOff('hearth');
    const brands = { fromBrand: group.entry('wren').brand, toBrand: group.entry('hearth').brand };
    const end = await resolveEnd(group.context(), {
      link: { __typename: 'CrossBrandLink', row, from: 'a', ...brands },
      side: 'b',
      brand: brands.toBrand,
    });
    restore();
    expect(end).toEqual({ state: 'BRAND_UNAVAILABLE', profile: null });
  });
});
