import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OperationContext } from '../../src/access/context.js';
import { identityClaimId } from '../../src/claims/claim.js';
import { findClaims } from '../../src/claims/claim.store.js';
import { Deadline } from '../../src/kernel/clock.js';
import { formatNodeId } from '../../src/kernel/ids.js';
import { showActivation } from '../../src/links/activation.service.js';
import { shownLinks } from '../../src/links/cross-brand-link.service.js';
import { groupCustomerOf } from '../../src/links/group-customer.service.js';
import { resolveEnd } from '../../src/links/link-end.service.js';
import { enrolLink } from '../../src/links/link-enrol.service.js';
import { linkOptionsOf } from '../../src/links/link-option.service.js';
import { listMessages } from '../../src/links/mailbox.service.js';
import type { ProfileView } from '../../src/profiles/profile.js';
import { viewProfile } from '../../src/profiles/profile.service.js';
import { aPerson, dump, type LinkGroup, openLinkGroup } from './link-group.js';

let group: LinkGroup;
beforeAll(async () => {
  group = await openLinkGroup();
});
afterAll(() => group.close());

async function seen(context: OperationContext, brand: string, id: string): Promise<ProfileView> {
  return (await viewProfile(context, group.entry(brand), id)) as ProfileView;
}

describe('staff offer a customer another brand', () => {
  it('naming what would cross, without asking that brand', async () => {
    const person = await group.customer('wren');
    const restore = group.cutOff('hearth');
    const context = group.staff('wren');
    const options = await linkOptionsOf(context, await seen(context, 'wren', person._id));
    restore();
    expect(options).toMatchObject([
      { brand: { handle: 'alder' }, state: 'UNAVAILABLE', unavailableReason: 'NO_RULE', attributes: [], notice: null },
      {
        brand: { handle: 'hearth' },
        state: 'INVITABLE',
        unavailableReason: null,
        attributes: ['FIRST_NAME', 'LAST_NAME', 'EMAIL'],
        notice: { version: '2026-07' },
        welcomeReward: '$10 on your first order',
      },
    ]);
  });

  it('only with an address that has not bounced, and for customers of their own', async () => {
    const channel = { channel: 'EMAIL' as const, isPromotional: null, isOptedOut: false, categories: [] };
    const bounced = { ...channel, isBounced: true, updatedAt: group.clock.now() };
    const people = [
      await group.customer('wren', aPerson(), { comms: { channels: [bounced] } }),
      await group.customer('wren', { firstName: 'Nobody' }),
      await group.customer('wren', aPerson(), { type: 'SYSTEM' }),
    ];
    const context = group.staff('wren');
    const reasons = await Promise.all(
      people.map(
        async (each) =>
          (await linkOptionsOf(context, await seen(context, 'wren', each._id))).find((o) => o.brand.handle === 'hearth')
            ?.unavailableReason,
      ),
    );
    expect(reasons).toEqual(['NO_CONFIRMED_CONTACT', 'NO_CONFIRMED_CONTACT', 'TYPE_NOT_LINKABLE']);
  });
});

describe('a customer is enrolled, activates, and is one person in two brands', () => {
  it('from the invitation to the group customer', async () => {
    const values = aPerson({ birthDate: { day: 1, month: 2, year: 1988 }, occupation: 'Potter', title: 'Dr' });
    const person = await group.customer('wren', values);
    const context = group.staff('wren');
    const view = await enrolLink(context, group.journals, group.enrolInput(person));
    expect(view?.row).toMatchObject({
      state: 'PENDING_ACTIVATION',
      message: { channel: 'EMAIL', maskedAddress: 'm•••@e•••.org', status: 'QUEUED' },
      consent: {
        status: 'GIVEN',
        attributes: ['FIRST_NAME', 'LAST_NAME', 'EMAIL', 'BIRTH_DATE'],
        recordedBy: { kind: 'STAFF', reference: 'staff_wren_19' },
      },
    });
    await group.settle();
    const link = await group.link(view?.row._id as string);

    const waiting = await group.profile('hearth', link.b.profileId);
    expect(waiting).toMatchObject({ state: 'PENDING', link: link._id, linkSlots: { wren: link._id } });
    expect(waiting?.live).toBeUndefined();
    const hearthStaff = group.staff('hearth');
    expect(await viewProfile(hearthStaff, group.entry('hearth'), link.b.profileId)).toBeNull();

    const [message] = await listMessages(group.entry('wren').database, { limit: 1 });
    expect(message).toMatchObject({ to: values.email, channel: 'EMAIL', linkId: link._id });
    const token = await group.tokenOf(link._id);
    const landing = await showActivation(group.context({ actor: null }), token);
    expect(landing).toMatchObject({ fromBrandName: 'Wren', toBrandName: 'Hearth', expiresAt: link.activateBy });
    expect(await groupCustomerOf(context, await seen(context, 'wren', person._id))).toBeNull();

    const activated = await group.activate(token);
    expect(activated.portalUrl).toBe('https://members.hearth.example/welcome');
    expect(activated.receipt.withdrawalUrl).toMatch(/^https:\/\/group\.example\/withdraw#[\w-]{43}$/);
    const receipt = decodeJwt(activated.receipt.jws);
    expect(receipt).toMatchObject({ recordId: link._id, from: { brand: 'wren' }, to: { brand: 'hearth' } });

    const member = await group.profile('hearth', link.b.profileId);
    expect(member).toMatchObject({
      state: 'ACTIVE',
      live: true,
      type: 'ACTIVE',
      firstName: values.firstName,
      lastName: values.lastName,
      email: values.email,
      birthDate: values.birthDate,
    });
    expect(member?.occupation).toBeUndefined();
    expect(member?.title).toBeUndefined();

    const groupContext = group.context();
    const customer = await groupCustomerOf(groupContext, await seen(groupContext, 'wren', person._id));
    expect(customer?.members.map((each) => [each.brand.handle, each.profile?._id])).toEqual([
      ['wren', person._id],
      ['hearth', link.b.profileId],
    ]);
    expect(customer?.brandStatuses.map((each) => each.state)).toEqual(['COMPLETE', 'COMPLETE']);
    await groupContext.world.settle();
    expect(groupContext.world.breached).toBeNull();
  });

  it('and both profiles carry the same identity, reserved to the link', async () => {
    const person = await group.customer('wren');
    const { link, token } = await group.enrol(person);
    await group.activate(token);
    await group.settle();
    const id = identityClaimId('group-member', link.sharedIdentifier);
    for (const [brand, profileId] of [
      ['wren', person._id],
      ['hearth', link.b.profileId],
    ] as const) {
      const claims = await findClaims(group.entry(brand).database, [id], { deadline: Deadline.after(5_000) });
      expect(claims.get(id)).toMatchObject({ profileId, linkId: link._id, handle: 'group-member' });
    }
    expect(link.sharedIdentifier).toMatch(/^km_[0-9A-Za-z]{22}$/);
  });

  it('and a token of one brand sees that there is a link, not the profile behind it', async () => {
    const person = await group.customer('wren');
    const { link, token } = await group.enrol(person);
    await group.activate(token);
    const context = group.staff('wren');
    const [shown] = await shownLinks(context, await seen(context, 'wren', person._id), ['ACTIVE']);
    const end = (side: 'a' | 'b') =>
      resolveEnd(context, { link: shown as NonNullable<typeof shown>, side, brand: group.entry('wren').brand });
    expect(await end('b')).toEqual({ state: 'OUT_OF_REACH', profile: null });
    expect(await end('a')).toMatchObject({ state: 'AVAILABLE', profile: { _id: person._id } });
    expect(await groupCustomerOf(context, await seen(context, 'wren', person._id))).toBeNull();
    const hearth = group.staff('hearth');
    const fromThere = await shownLinks(hearth, await seen(hearth, 'hearth', link.b.profileId), ['ACTIVE']);
    expect(fromThere.map((each) => [each.row._id, each.from])).toEqual([[link._id, 'b']]);
  });
});

describe('the registry', () => {
  it('holds nothing by which the customer could be named or reached', async () => {
    const values = aPerson({
      firstName: 'Quillon',
      lastName: 'Vexworth',
      mobilePhone: '+61491570156',
      birthDate: { day: 17, month: 11, year: 1971 },
    });
    const person = await group.customer('wren', values);
    const { token } = await group.enrol(person);
    await group.activate(token);
    await group.settle();
    const text = (await dump(group.brands.registry)).toLowerCase();
    for (const value of ['quillon', 'vexworth', values.email, values.email?.split('@')[0], '491570156', token]) {
      expect(text).not.toContain((value as string).toLowerCase());
    }
    // Digests and ids may hold the digits of a year by chance.
    expect(text).not.toMatch(/(?<![0-9a-f])1971(?![0-9a-f])/);
  });

  it('and the inviting brand hold the address only encrypted, and only while the link is pending', async () => {
    const values = { firstName: 'Thistle', lastName: 'Rowanberry', mobilePhone: '+61491570157' };
    const person = await group.customer('wren', values);
    const { link, token } = await group.enrol(person);
    const deliveries = group.entry('hearth').database.connection.db?.collection('linkDeliveries');
    const row = await deliveries?.findOne({ _id: link._id as never });
    expect(row).toMatchObject({ channel: 'SMS' });
    expect(await dump(group.entry('hearth').database)).not.toContain('491570157');
    await group.activate(token);
    await group.settle();
    expect(await deliveries?.findOne({ _id: link._id as never })).toBeNull();
  });
});

describe('a link by its id', () => {
  it('is there for the brands at its ends and for nobody else', async () => {
    const { loadConsentNode, loadLinkNode } = await import('../../src/links/cross-brand-link.service.js');
    const person = await group.customer('wren');
    const { link, token } = await group.enrol(person);
    const id = { kind: 'link' as const, brand: '', uuids: [link._id] };
    expect((await loadLinkNode(group.staff('wren'), id))?.row._id).toBe(link._id);
    expect(await loadLinkNode(group.staff('hearth'), id)).toBeNull();
    expect(await loadLinkNode(group.staff('alder'), id)).toBeNull();
    await group.activate(token);
    expect((await loadLinkNode(group.staff('hearth'), id))?.row._id).toBe(link._id);
    expect((await loadConsentNode(group.staff('hearth'), id))?.record.status).toBe('CONFIRMED');
    expect(await loadConsentNode(group.staff('alder'), id)).toBeNull();
    expect(formatNodeId('link', '', link._id)).toMatch(/^link_/);
  });
});
