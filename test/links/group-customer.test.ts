import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OperationContext } from '../../src/access/context.js';
import { formatNodeId } from '../../src/kernel/ids.js';
import { shownLinks } from '../../src/links/cross-brand-link.service.js';
import { findGroupCustomer, groupCustomerOf } from '../../src/links/group-customer.service.js';
import { resolveEnd } from '../../src/links/link-end.service.js';
import type { ProfileRow, ProfileView } from '../../src/profiles/profile.js';
import { viewProfile } from '../../src/profiles/profile.service.js';
import { anActor } from '../support/group.js';
import { type LinkGroup, openLinkGroup } from './link-group.js';

let group: LinkGroup;
beforeAll(async () => {
  group = await openLinkGroup({ isMonitored: true });
});
afterAll(() => group.close());

/** A customer of all three brands: alder – hearth – wren, with no link between the outer two. */
async function aChain() {
  const alder = await group.customer('alder');
  const hearth = await group.customer('hearth');
  const wren = await group.customer('wren');
  const first = await group.linked(alder, hearth, { from: 'alder', to: 'hearth' });
  const second = await group.linked(wren, hearth, { from: 'wren', to: 'hearth' });
  return { alder, hearth, wren, first, second };
}

async function membersFrom(context: OperationContext, brand: string, profile: ProfileRow) {
  const view = (await viewProfile(context, group.entry(brand), profile._id)) as ProfileView;
  const customer = await groupCustomerOf(context, view);
  return customer?.members.map((member) => member.profile?._id) ?? null;
}

/** A token of several brands that is not one of the group. */
function aBrandToken(...handles: string[]): OperationContext {
  return group.context({ actor: anActor({ isGroup: false, brandHandles: new Set(handles) }) });
}

async function changeLink(id: string, set: object): Promise<void> {
  const { db } = group.brands.registry.connection;
  await db?.collection('links').updateOne({ _id: id as never }, { $set: set });
}

describe('one person in several brands', () => {
  it('is reached one link from a profile, and further by tokens of the group', async () => {
    const { alder, hearth, wren } = await aChain();
    expect(await membersFrom(group.context(), 'alder', alder)).toEqual([alder._id, hearth._id, wren._id]);
    expect(await membersFrom(aBrandToken('alder', 'hearth', 'wren'), 'alder', alder)).toEqual([alder._id, hearth._id]);
    expect(await membersFrom(aBrandToken('alder', 'hearth', 'wren'), 'hearth', hearth)).toEqual([
      hearth._id,
      alder._id,
      wren._id,
    ]);
  });

  it('is not shown beyond a consent that does not cover the purpose', async () => {
    const { alder, hearth, second } = await aChain();
    await changeLink(second._id, { 'consent.purposes': [{ code: 'something-else', text: '' }] });
    expect(await membersFrom(group.context(), 'alder', alder)).toEqual([alder._id, hearth._id]);
    const other = group.context({ actor: anActor({ purpose: { code: 'marketing', text: '' } }) });
    expect(await membersFrom(other, 'alder', alder)).toBeNull();
    expect(await membersFrom(group.context({ actor: anActor({ purpose: null }) }), 'alder', alder)).toBeNull();
  });

  it('is not shown in brands that are not the token’s, nor without the scope', async () => {
    const { alder } = await aChain();
    expect(await membersFrom(aBrandToken('alder'), 'alder', alder)).toBeNull();
    const noProfiles = group.context({ actor: anActor({ grants: ['read-group-customers'] }) });
    expect(await membersFrom(noProfiles, 'alder', alder)).toBeNull();
  });

  it('is nobody else once a link has ended or its consent has run out', async () => {
    const { hearth, alder, wren, first, second } = await aChain();
    await changeLink(first._id, { state: 'WITHDRAWN', 'consent.status': 'WITHDRAWN', epoch: 2 });
    expect(await membersFrom(group.context(), 'alder', alder)).toBeNull();
    expect(await membersFrom(group.context(), 'hearth', hearth)).toEqual([hearth._id, wren._id]);
    await changeLink(second._id, { 'consent.validUntil': group.clock.now() });
    expect(await membersFrom(group.context(), 'hearth', hearth)).toBeNull();
  });

  it('is found by any key of a profile, and tells which brand is missing', async () => {
    const { alder, hearth, wren } = await aChain();
    const by = { id: formatNodeId('prof', 'alder', alder._id) };
    const restore = group.cutOff('hearth');
    const partial = await findGroupCustomer(group.context(), by);
    restore();
    expect(partial?.members.map((member) => [member.brand.handle, member.profile?._id ?? null])).toEqual([
      ['alder', alder._id],
      ['hearth', null],
      ['wren', wren._id],
    ]);
    expect(partial?.brandStatuses.map(({ brand, state }) => [brand.handle, state])).toEqual([
      ['alder', 'COMPLETE'],
      ['hearth', 'UNAVAILABLE'],
      ['wren', 'COMPLETE'],
    ]);
    const restoreStart = group.cutOff('alder');
    const nothing = await findGroupCustomer(group.context(), by);
    restoreStart();
    expect(nothing?.members).toMatchObject([{ brand: { handle: 'alder' }, profile: null }]);
    expect(nothing?.brandStatuses).toMatchObject([{ state: 'UNAVAILABLE', isRetryable: true }]);
    const email = { brand: 'hearth', email: hearth.email as string };
    expect((await findGroupCustomer(group.context(), { email }))?.members).toHaveLength(3);
    expect(await findGroupCustomer(aBrandToken('wren'), by)).toBeNull();
  });
});

describe('an operation that shows rows by a link', () => {
  it('is breached when the consent changes between the read and the answer', async () => {
    const { alder, first } = await aChain();
    for (const change of [{ epoch: 2 }, { state: 'WITHDRAWN' }, { 'consent.status': 'EXPIRED' }]) {
      const context = group.context();
      await membersFrom(context, 'alder', alder);
      await changeLink(first._id, change);
      await context.world.settle();
      expect(context.world.breached).not.toBeNull();
      await changeLink(first._id, { epoch: 1, state: 'ACTIVE', 'consent.status': 'CONFIRMED' });
    }
    const context = group.context();
    await membersFrom(context, 'alder', alder);
    await context.world.settle();
    expect(context.world.breached).toBeNull();
  });

  it('is not breached by a link that it only lists', async () => {
    const { alder, first } = await aChain();
    const context = aBrandToken('alder');
    const view = (await viewProfile(context, group.entry('alder'), alder._id)) as ProfileView;
    const [link] = await shownLinks(context, view, ['ACTIVE']);
    expect(
      await resolveEnd(context, { link: link as NonNullable<typeof link>, side: 'b', brand: view.brand }),
    ).toMatchObject({ state: 'OUT_OF_REACH' });
    await changeLink(first._id, { epoch: 2 });
    await context.world.settle();
    expect(context.world.breached).toBeNull();
  });

  it('asks the databases equally often for 10 and for 50 profiles', async () => {
    const pairs = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const wren = await group.customer('wren');
        const hearth = await group.customer('hearth');
        await group.linked(wren, hearth, { from: 'wren', to: 'hearth' });
        return wren;
      }),
    );
    const ten = await commandsFor(pairs.slice(0, 10));
    const fifty = await commandsFor(pairs);
    expect(ten).toEqual(['registry find links', 'hearth find profiles', 'registry find links']);
    expect(fifty).toEqual(ten);
  });
});

/** Commands for the other ends of these profiles, the profiles themselves being read already. */
async function commandsFor(profiles: readonly ProfileRow[]): Promise<string[]> {
  const context = group.context();
  const views = await Promise.all(profiles.map((each) => viewProfile(context, group.entry('wren'), each._id)));
  const commands: string[] = [];
  const databases = [group.brands.registry, ...group.brands.all().map((entry) => entry.database)];
  const stops = databases.map((database) => {
    const client = database.connection.getClient();
    const note = (event: { commandName: string; command: Record<string, unknown> }) =>
      commands.push(`${database.owner} ${event.commandName} ${String(event.command[event.commandName])}`);
    client.on('commandStarted', note);
    return () => client.off('commandStarted', note);
  });
  await Promise.all(
    views.map(async (view) => {
      for (const link of await shownLinks(context, view as ProfileView, ['ACTIVE'])) {
        await resolveEnd(context, { link, side: 'b', brand: link.toBrand });
      }
    }),
  );
  await context.world.settle();
  for (const stop of stops) stop();
  expect(context.world.breached).toBeNull();
  return commands;
}
