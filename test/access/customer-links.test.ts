import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { customerReference, customerScopes } from '../../src/access/bound-token.js';
import type { OperationContext } from '../../src/access/context.js';
import { auditCollection } from '../../src/events/event.model.js';
import { formatNodeId, newUuid } from '../../src/kernel/ids.js';
import { listConsents } from '../../src/links/consent-list.service.js';
import { shownLinks } from '../../src/links/cross-brand-link.service.js';
import { resolveEnd } from '../../src/links/link-end.service.js';
import { withdrawLink } from '../../src/links/link-withdraw.service.js';
import { viewBoundProfile } from '../../src/profiles/bound-profile.service.js';
import type { ProfileRow } from '../../src/profiles/profile.js';
import { viewOf } from '../../src/profiles/profile.js';
import { type LinkGroup, openLinkGroup, refusalOf } from '../links/link-group.js';
import { craftMerge } from '../support/factories/profile.js';
import { anActor } from '../support/group.js';

let group: LinkGroup;
beforeAll(async () => {
  group = await openLinkGroup();
});
afterAll(() => group?.close());

/** An operation of the customer whose profile this is. */
function customer(brand: string, id: string): OperationContext {
  const actor = anActor({
    kind: 'CUSTOMER',
    reference: customerReference(id),
    role: 'customer',
    grants: customerScopes,
    brandHandles: new Set([brand]),
    isGroup: false,
    purpose: null,
    boundTo: { brand, id },
  });
  return group.context({ actor });
}

/** A customer of wren who has become one of hearth by a link. */
async function aMember() {
  const person = await group.customer('wren');
  const { link, token } = await group.enrol(person);
  await group.activate(token);
  await group.settle();
  return { person, link: await group.link(link._id), memberId: link.b.profileId };
}

const consentsOf = async (context: OperationContext, filter = {}) => {
  const page = await listConsents(context, { filter });
  return page.nodes.map((node) => node.linkId);
};

const withdraw = (context: OperationContext, linkId: string) =>
  withdrawLink(context, group.deps, { link: { id: formatNodeId('link', '', linkId) } });

const asView = (row: ProfileRow, brand: string) => viewOf({ ...row }, group.entry(brand).brand);

describe('the consents of a customer', () => {
  it('are those of links with an end at the own profile, from either side, and nobody else’s', async () => {
    const { person, link, memberId } = await aMember();
    await aMember();
    const pending = await group.enrol(await group.customer('wren'));
    expect(await consentsOf(customer('wren', person._id))).toEqual([link._id]);
    expect(await consentsOf(customer('hearth', memberId))).toEqual([link._id]);
    expect(await consentsOf(customer('wren', pending.link.a.accountId))).toEqual([pending.link._id]);
    const stranger = await group.customer('wren');
    expect(await listConsents(customer('wren', stranger._id), {})).toMatchObject({ nodes: [], totalCount: 0 });
  });

  it('do not tell an invited brand’s member of an invitation before it is accepted', async () => {
    const person = await group.customer('wren');
    const member = await group.customer('hearth', {
      firstName: 'Mei',
      lastName: 'Tanaka',
      email: person.email ?? null,
    });
    const { link, token } = await group.enrol(person);
    expect(await consentsOf(customer('hearth', member._id))).toEqual([]);
    await expect(refusalOf(withdraw(customer('hearth', member._id), link._id))).resolves.toMatchObject([
      { code: 'NOT_FOUND' },
    ]);
    await group.activate(token);
    await group.settle();
    expect(await consentsOf(customer('hearth', member._id))).toEqual([link._id]);
  });

  it('about another profile are none, whoever’s it is', async () => {
    const { person, link, memberId } = await aMember();
    const other = await aMember();
    const context = () => customer('wren', person._id);
    const about = (brand: string, id: string) => ({ profileId: formatNodeId('prof', brand, id) });
    expect(await consentsOf(context(), about('wren', person._id))).toEqual([link._id]);
    expect(await consentsOf(context(), about('wren', other.person._id))).toEqual([]);
    expect(await consentsOf(context(), about('hearth', memberId))).toEqual([]);
    expect(await consentsOf(context(), about('wren', newUuid()))).toEqual([]);
  });

  it('are read on with a cursor by the same customer alone', async () => {
    const { person } = await aMember();
    const other = await aMember();
    const { pageInfo } = await listConsents(customer('wren', person._id), { first: 1 });
    const after = pageInfo.endCursor as string;
    expect((await listConsents(customer('wren', person._id), { first: 1, after })).nodes).toEqual([]);
    for (const context of [customer('wren', other.person._id), group.staff('wren')]) {
      await expect(listConsents(context, { first: 1, after })).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
    }
  });

  it('of a profile that was merged into the own one join it', async () => {
    const { person, link } = await aMember();
    const winner = await group.customer('wren');
    expect(await consentsOf(customer('wren', winner._id))).toEqual([]);
    await craftMerge(group, asView(person, 'wren'), asView(winner, 'wren'));
    expect(await consentsOf(customer('wren', winner._id))).toEqual([link._id]);
    const about = { profileId: formatNodeId('prof', 'wren', person._id) };
    expect(await consentsOf(customer('wren', winner._id), about)).toEqual([link._id]);
    expect(await consentsOf(customer('wren', person._id))).toEqual([]);
  });
});

describe('the links of a customer', () => {
  it('show the own end and keep the other one out of reach', async () => {
    const { person, link } = await aMember();
    const context = customer('wren', person._id);
    const own = await viewBoundProfile(context);
    const [shown] = own === null ? [] : await shownLinks(context, own, ['ACTIVE']);
    if (shown === undefined) throw new Error('The link cannot be seen');
    expect(shown.row._id).toBe(link._id);
    const [source, target] = await Promise.all([
      resolveEnd(context, { link: shown, side: 'a', brand: shown.fromBrand }),
      resolveEnd(context, { link: shown, side: 'b', brand: shown.toBrand }),
    ]);
    expect(source).toMatchObject({ state: 'AVAILABLE', profile: { _id: person._id } });
    expect(target).toEqual({ state: 'OUT_OF_REACH', profile: null });
  });
});

describe('a customer who withdraws by the API', () => {
  it.each(['wren', 'hearth'])('takes the own link back from the side of %s', async (brand) => {
    const { person, link, memberId } = await aMember();
    const context = customer(brand, brand === 'wren' ? person._id : memberId);
    const { withdrawnAt, receipt } = await withdraw(context, link._id);
    const row = await group.link(link._id);
    expect(row).toMatchObject({ state: 'WITHDRAWN', endedAt: withdrawnAt });
    expect(receipt).toMatchObject({ withdrawalUrl: null });
    const { db } = group.brands.registry.connection;
    const event = await db?.collection('consentEvents').findOne({ linkId: link._id, seq: row.consent.seq });
    expect(event).toMatchObject({
      status: 'WITHDRAWN',
      actor: { kind: 'CUSTOMER', reference: `link:${link._id}` },
    });
    const audit = await group.brands.registry.model(auditCollection).findOne({
      subject: link._id,
      action: 'crossBrandLinkWithdraw',
    } as never);
    expect(audit).toMatchObject({
      actor: { kind: 'CUSTOMER', reference: context.actor?.reference, tokenRef: 'test' },
    });
    expect(await withdraw(context, link._id)).toMatchObject({ withdrawnAt });
    await group.settle();
    expect(await consentsOf(context)).toEqual([link._id]);
  });

  it('takes back an invitation that has not been accepted', async () => {
    const person = await group.customer('wren');
    const { link } = await group.enrol(person);
    await withdraw(customer('wren', person._id), link._id);
    expect(await group.link(link._id)).toMatchObject({ state: 'WITHDRAWN', prior: 'PENDING_ACTIVATION' });
  });

  it('finds no link but the own ones: another customer’s, another brand’s and an unknown one are refused alike', async () => {
    const { person } = await aMember();
    const other = await aMember();
    const [alderPerson, hearthPerson] = [await group.customer('alder'), await group.customer('hearth')];
    const foreign = await group.linked(alderPerson, hearthPerson, { from: 'alder', to: 'hearth' });
    const context = () => customer('wren', person._id);
    const refusals = await Promise.all(
      [other.link._id, foreign._id, newUuid()].map((id) => refusalOf(withdraw(context(), id))),
    );
    expect(refusals[0]).toMatchObject([{ code: 'NOT_FOUND' }]);
    expect(refusals[1]).toEqual(refusals[0]);
    expect(refusals[2]).toEqual(refusals[0]);
    expect((await group.link(other.link._id)).state).toBe('ACTIVE');
    expect((await group.link(foreign._id)).state).toBe('ACTIVE');
  });

  it('finds another one’s link no more when it has ended', async () => {
    const { person } = await aMember();
    const other = await aMember();
    await withdraw(customer('wren', other.person._id), other.link._id);
    await expect(refusalOf(withdraw(customer('wren', person._id), other.link._id))).resolves.toMatchObject([
      { code: 'NOT_FOUND' },
    ]);
  });

  it('does nothing with a profile that was merged away meanwhile', async () => {
    const { person, link } = await aMember();
    const winner = await group.customer('wren');
    await craftMerge(group, asView(person, 'wren'), asView(winner, 'wren'));
    await expect(refusalOf(withdraw(customer('wren', person._id), link._id))).resolves.toMatchObject([
      { code: 'NOT_FOUND' },
    ]);
    await withdraw(customer('wren', winner._id), link._id);
    expect((await group.link(link._id)).state).toBe('WITHDRAWN');
  });

  it('needs the scope', async () => {
    const { person, link } = await aMember();
    const context = customer('wren', person._id);
    const actor = { ...context.actor, grants: ['read-links'] } as OperationContext['actor'];
    await expect(withdraw({ ...context, actor }, link._id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});
