import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { OperationContext } from '../../src/access/context.js';
import { listGroupCustomers } from '../../src/links/group-customer-list.service.js';
import { anActor } from '../support/group.js';
import { aLink, aPage, brandToken, type Customer, CustomerWorld, idsOf, withdrawal } from './group-customer-world.js';
import { type LinkGroup, openLinkGroup } from './link-group.js';

let group: LinkGroup;
let world: CustomerWorld;
beforeAll(async () => {
  group = await openLinkGroup();
  world = new CustomerWorld(group);
});
beforeEach(() => world.clear());
afterAll(() => group.close());

const at = (minute: number) => new Date(Date.UTC(2026, 3, 1, 9, minute));

/** Somebody in alder, hearth and wren, linked along the way alder – hearth – wren. */
async function aChain(minute = 0) {
  const [alder, hearth, wren] = (await Promise.all(
    ['alder', 'hearth', 'wren'].map(async (brand) => (await world.customers(brand, 1))[0]),
  )) as [Customer, Customer, Customer];
  const first = aLink(alder, hearth, at(minute));
  const second = aLink(wren, hearth, at(minute + 1));
  await world.link(first, second);
  return { alder, hearth, wren, first, second };
}

/** Somebody in wren and hearth. */
async function aPair(minute: number) {
  const [[wren], [hearth]] = (await Promise.all([world.customers('wren', 1), world.customers('hearth', 1)])) as [
    [Customer],
    [Customer],
  ];
  const link = aLink(wren, hearth, at(minute));
  await world.link(link);
  return { wren, hearth, link, ids: [wren._id, hearth._id] };
}

async function listed(context: OperationContext, ...brands: string[]): Promise<string[][]> {
  return (await aPage(context, { brands })).nodes.map(idsOf);
}

const all = () => brandToken(group, 'alder', 'hearth', 'wren');

describe('people linked in all the brands named', () => {
  it('are those whom one link joins, looked at from the first brand', async () => {
    const pair = await aPair(5);
    const chain = await aChain();
    await aPair(2).then(({ link }) => world.change(link._id, withdrawal));
    expect(await listed(all(), 'wren', 'hearth')).toEqual([[chain.wren._id, chain.hearth._id], pair.ids]);
    expect(await listed(all(), 'hearth', 'wren')).toEqual([
      [chain.hearth._id, chain.alder._id, chain.wren._id],
      [...pair.ids].reverse(),
    ]);
    const { nodes } = await aPage(all(), { brands: ['hearth', 'wren'] });
    expect(nodes[0]?.members.map(({ link }) => link?.row._id ?? null)).toEqual([
      null,
      chain.first._id,
      chain.second._id,
    ]);
  });

  it('are joined by links of the first brand’s profile, by further ones for tokens of the group alone', async () => {
    const { alder, hearth, wren } = await aChain();
    await aPair(5);
    const fromAlder = [alder._id, hearth._id, wren._id];
    expect(await listed(group.context(), 'alder', 'hearth', 'wren')).toEqual([fromAlder]);
    expect(await listed(group.context(), 'alder', 'wren')).toEqual([fromAlder]);
    expect(await listed(all(), 'alder', 'hearth', 'wren')).toEqual([]);
    expect(await listed(all(), 'alder', 'wren')).toEqual([]);
    expect(await listed(all(), 'hearth', 'wren', 'alder')).toEqual([[hearth._id, alder._id, wren._id]]);
  });

  it('are not found by a link whose consent does not cover the purpose or has run out', async () => {
    const { second } = await aChain();
    await world.change(second._id, { 'consent.purposes': [{ code: 'something-else', text: '' }] });
    expect(await listed(group.context(), 'alder', 'wren')).toEqual([]);
    expect(await listed(group.context(), 'wren', 'hearth')).toEqual([]);
    expect(await listed(group.context(), 'alder', 'hearth')).toHaveLength(1);
    for (const purpose of [null, { code: 'marketing', text: '' }]) {
      expect(await listed(group.context({ actor: anActor({ purpose }) }), 'alder', 'hearth')).toEqual([]);
    }
    const noProfiles = group.context({ actor: anActor({ grants: ['read-group-customers'] }) });
    expect(await listed(noProfiles, 'alder', 'hearth')).toEqual([]);
    await world.change(second._id, { 'consent.purposes': [anActor().purpose] });
    expect(await listed(group.context(), 'alder', 'wren')).toHaveLength(1);
    await world.change(second._id, { 'consent.validUntil': group.clock.now() });
    expect(await listed(group.context(), 'alder', 'wren')).toEqual([]);
  });

  it('are one each however profiles were merged, the winner being shown', async () => {
    const early = await aPair(1);
    const late = await aPair(2);
    await world.change(early.link._id, withdrawal);
    await world.merge(late.wren, early.wren);
    const [heir] = (await world.customers('hearth', 1)) as [Customer];
    await world.merge(heir, late.hearth);
    expect(await listed(group.context(), 'wren', 'hearth')).toEqual([[late.wren._id, heir._id]]);
    expect(await listed(group.context(), 'hearth', 'wren')).toEqual([[heir._id, late.wren._id]]);
  });
});

describe('a list of people over several pages', () => {
  it('goes on behind people whose link has ended meanwhile, and shows nobody twice', async () => {
    const [gone, again, next, merged, last] = [
      await aPair(1),
      await aPair(2),
      await aPair(3),
      await aPair(4),
      await aPair(5),
    ];
    const brands = ['wren', 'hearth'];
    const first = await aPage(group.context(), { brands, first: 2 });
    expect(first.nodes.map(idsOf)).toEqual([gone.ids, again.ids]);
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    await world.change(gone.link._id, withdrawal);
    await world.change(again.link._id, withdrawal);
    await world.change(next.link._id, withdrawal);
    await world.link(aLink(again.wren, again.hearth, at(9)), aLink(next.wren, next.hearth, at(10)));
    await world.merge(last.wren, again.wren);
    await world.merge(last.hearth, again.hearth);
    const rest = await aPage(group.context(), { brands, first: 2, after: first.pageInfo.endCursor });
    expect(rest.nodes.map(idsOf)).toEqual([next.ids, merged.ids]);
    expect(rest.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    expect(rest.edges.map((edge) => edge.node)).toEqual(rest.nodes);
    expect((await aPage(group.context(), { brands, first: 0 })).pageInfo).toMatchObject({
      hasNextPage: true,
      endCursor: null,
    });
  });

  it('answers with less than asked for and a cursor where very few of very many links count', async () => {
    const nobody = (brand: string): Customer => ({ brand, _id: randomUUID() });
    const ended = Array.from({ length: 1_010 }, (_, index) =>
      aLink(nobody('wren'), nobody('hearth'), at(index), { state: 'WITHDRAWN' }),
    );
    await world.link(...ended);
    const { ids } = await aPair(1_300);
    const brands = ['wren', 'hearth'];
    const page = await aPage(group.context(), { brands, first: 1 });
    expect(page.nodes).toEqual([]);
    expect(page.pageInfo).toMatchObject({ hasNextPage: true, startCursor: null, endCursor: expect.any(String) });
    const next = await aPage(group.context(), { brands, first: 1, after: page.pageInfo.endCursor });
    expect(next.nodes.map(idsOf)).toEqual([ids]);
    expect(next.pageInfo.hasNextPage).toBe(false);
  });

  it('is read again when a link it used has changed before the answer', async () => {
    const { alder, hearth, wren, second } = await aChain();
    const context = group.context();
    const { nodes } = await listGroupCustomers(context, { brands: ['alder', 'wren'] });
    expect(nodes.map(idsOf)).toEqual([[alder._id, hearth._id, wren._id]]);
    await world.change(second._id, withdrawal);
    await context.world.settle();
    expect(context.world.breached).not.toBeNull();
    expect(await listed(group.context(), 'alder', 'wren')).toEqual([]);
  });
});

describe('a brand that cannot be read', () => {
  it('leaves its members without a profile and everybody in the list', async () => {
    const { alder, wren } = await aChain();
    const brands = ['alder', 'hearth', 'wren'];
    const whole = await aPage(group.context(), { brands });
    expect(whole.brandStatuses.map(({ brand, state }) => [brand.handle, state])).toEqual(
      brands.map((brand) => [brand, 'COMPLETE']),
    );
    for (const [down, ids] of [
      ['hearth', [alder._id, '-', wren._id]],
      ['alder', ['-', expect.any(String), wren._id]],
    ] as const) {
      const restore = group.cutOff(down);
      const page = await aPage(group.context(), { brands });
      restore();
      expect(page.nodes.map(idsOf)).toEqual([ids]);
      for (const statuses of [page.brandStatuses, page.nodes[0]?.brandStatuses ?? []]) {
        expect(statuses.map(({ brand, state, isRetryable }) => [brand.handle, state, isRetryable])).toEqual(
          brands.map((brand) => (brand === down ? [brand, 'UNAVAILABLE', true] : [brand, 'COMPLETE', false])),
        );
      }
    }
  });

  it('is waited for once, however many people are members there', async () => {
    const { alder, wren } = await aChain();
    const [[other], [there]] = (await Promise.all([world.customers('alder', 1), world.customers('wren', 1)])) as [
      [Customer],
      [Customer],
    ];
    const [further] = (await world.customers('hearth', 1)) as [Customer];
    await world.link(aLink(other, there, at(7)), aLink(there, further, at(8)));
    const restore = group.cutOff('hearth');
    const page = await aPage(group.context(), { brands: ['alder', 'hearth', 'wren'] });
    const { calls } = vi.mocked(group.entry('hearth').database.run).mock;
    restore();
    expect(page.nodes.map(idsOf)).toEqual([
      [alder._id, '-', wren._id],
      [other._id, there._id, '-'],
    ]);
    expect(calls).toHaveLength(1);
  });

  it('is told of when nobody is found, and named even when it need not be asked', async () => {
    const { brandStatuses } = await aPage(group.context(), { brands: ['wren', 'alder'] });
    expect(brandStatuses).toMatchObject([
      { brand: { handle: 'wren' }, state: 'COMPLETE', latencyMs: null },
      { brand: { handle: 'alder' }, state: 'COMPLETE', latencyMs: null },
    ]);
  });
});

describe('a list that cannot be made', () => {
  it.each<[string, object, string, string[]]>([
    ['no brands', { brands: [] }, 'BAD_USER_INPUT', ['brands']],
    ['one brand', { brands: ['wren'] }, 'BAD_USER_INPUT', ['brands']],
    ['a brand named twice', { brands: ['wren', 'hearth', 'wren'] }, 'BAD_USER_INPUT', ['brands', '2']],
    ['an unknown brand', { brands: ['wren', 'linden'] }, 'BAD_USER_INPUT', ['brands', '1']],
    ['too large a page', { brands: ['wren', 'hearth'], first: 101 }, 'BAD_USER_INPUT', ['first']],
    ['a negative page', { brands: ['wren', 'hearth'], first: -1 }, 'BAD_USER_INPUT', ['first']],
    ['a forged cursor', { brands: ['wren', 'hearth'], after: 'c1_forged' }, 'CURSOR_INVALID', ['after']],
  ])('says so of %s', async (_what, args, code, field) => {
    await expect(listGroupCustomers(group.context(), args as never)).rejects.toMatchObject({
      code,
      details: { field },
    });
  });

  it('takes no cursor of other brands, of another order of them or of somebody else', async () => {
    await aPair(1);
    await aPair(2);
    const { pageInfo } = await aPage(group.context(), { brands: ['wren', 'hearth'], first: 1 });
    const after = pageInfo.endCursor;
    const other = group.context({ actor: anActor({ reference: 'staff_test_2' }) });
    for (const [context, brands] of [
      [group.context(), ['hearth', 'wren']],
      [group.context(), ['wren', 'hearth', 'alder']],
      [other, ['wren', 'hearth']],
      [all(), ['wren', 'hearth']],
    ] as const) {
      await expect(listGroupCustomers(context, { brands, after })).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
    }
  });

  it('answers alike for a brand that is not the token’s and one that does not exist', async () => {
    await aPair(1);
    const refusals = await Promise.all(
      ['hearth', 'linden'].map((brand) =>
        listGroupCustomers(brandToken(group, 'wren', 'alder'), { brands: ['wren', brand] }).catch(
          (error: unknown) => error,
        ),
      ),
    );
    expect(refusals[0]).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(String(refusals[0])).toEqual(String(refusals[1]));
    expect(await listed(brandToken(group, 'wren', 'alder'), 'wren', 'alder')).toEqual([]);
  });
});
