import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RateLimiter } from '../../src/access/rate-limit.js';
import { auditCollection } from '../../src/events/event.model.js';
import type { ProfileSearchBy, QueryProfileSearchArgs } from '../../src/generated/resolvers-types.js';
import { systemClock } from '../../src/kernel/clock.js';
import { type ProfileSearchOptions, searchProfiles } from '../../src/profiles/profile-search.service.js';
import { aCardNumber } from '../support/factories/identity.js';
import { aMobile, anEmail, aProfile, craftMerge } from '../support/factories/profile.js';
import { anActor, openGroup, type TestGroup } from '../support/group.js';
import { refusalsOf } from '../support/refusals.js';
import { stoppedBrand } from '../support/stopped-brand.js';

let group: TestGroup;
let nowMs = Date.UTC(2026, 10, 22);
beforeAll(async () => {
  group = await openGroup({
    clock: {
      now: () => {
        nowMs += 1_000;
        return new Date(nowMs);
      },
    },
  });
});
afterAll(() => group.close());

function options(overrides: Partial<ProfileSearchOptions> = {}): ProfileSearchOptions {
  return {
    limiter: new RateLimiter(systemClock),
    searchesPerMinutePerTarget: 1_000,
    brandDeadlineMs: 10_000,
    ...overrides,
  };
}

function search(by: ProfileSearchBy, args: Partial<QueryProfileSearchArgs> = {}, context = group.context()) {
  return searchProfiles(context, { by, first: 20, ...args }, options());
}

async function found(by: ProfileSearchBy, args: Partial<QueryProfileSearchArgs> = {}): Promise<string[]> {
  const page = await search(by, args);
  return page.edges.map(({ node }) => `${node.brand.handle} ${node.firstName} ${node.lastName}`);
}

describe('a search over brands', () => {
  it('finds the same e-mail, mobile and identity in every brand that has it, newest first', async () => {
    const email = anEmail();
    const mobilePhone = aMobile();
    const identifier = aCardNumber();
    const identities = [{ handle: 'loyalty-card', identifier }];
    for (const brand of ['hearth', 'alder', 'wren']) {
      await aProfile(group, brand, { firstName: 'Ada', lastName: 'Same', email, mobilePhone, identities });
    }
    const all = ['wren Ada Same', 'alder Ada Same', 'hearth Ada Same'];
    expect(await found({ email: email.toUpperCase() })).toEqual(all);
    expect(await found({ mobilePhone: mobilePhone.replace('+61', '0') })).toEqual(all);
    expect(await found({ identity: { handle: 'loyalty-card', identifier } })).toEqual(all);
    const page = await search({ email }, { brands: ['alder'] });
    expect(page.edges.map((edge) => edge.matchedOn)).toEqual([['EMAIL']]);
    expect(page.brandStatuses.map((each) => [each.brand.handle, each.state])).toEqual([['alder', 'COMPLETE']]);
  });

  it('finds names by the beginning of each part, whole names first, then newest first', async () => {
    await aProfile(group, 'alder', { firstName: 'Quentin', lastName: 'Marlowe' });
    await aProfile(group, 'wren', { firstName: 'Quentin', lastName: 'Marlowe-Smith' });
    await aProfile(group, 'hearth', { firstName: 'Quen', lastName: 'Mar' });
    await aProfile(group, 'alder', { firstName: 'Quentin', lastName: 'Other' });
    const expected = ['hearth Quen Mar', 'wren Quentin Marlowe-Smith', 'alder Quentin Marlowe'];
    expect(await found({ name: 'quen mar' })).toEqual(expected);
    expect(await found({ name: 'MAR  Quen' })).toEqual(expected);
    expect(await found({ name: 'Quentin Marlowe' })).toEqual(['alder Quentin Marlowe', 'wren Quentin Marlowe-Smith']);
    expect(await found({ name: 'quentin o' })).toEqual(['alder Quentin Other']);
  });

  it('finds names without their marks', async () => {
    await aProfile(group, 'wren', { firstName: 'Zoë', lastName: 'Ñandú' });
    expect(await found({ name: 'zoe nandu' })).toEqual(['wren Zoë Ñandú']);
  });

  it('finds the winner of a merge by the loser’s e-mail, and the loser by nothing', async () => {
    const email = anEmail();
    const loser = await aProfile(group, 'wren', { firstName: 'Lost', lastName: 'Xylander', email });
    const winner = await aProfile(group, 'wren', { firstName: 'Won', lastName: 'Xylander' });
    await craftMerge(group, loser, winner);
    expect(await found({ email })).toEqual(['wren Won Xylander']);
    expect(await found({ name: 'xylander' })).toEqual(['wren Won Xylander']);
  });

  it('takes what was given as text, never as a pattern', async () => {
    expect(await found({ name: '.*.*.*' }).catch(() => 'refused')).toEqual('refused');
    expect(await found({ name: 'xyl%$^[a-z]' })).toEqual([]);
  });

  it.each([
    [{ name: 'ab' }, ['by', 'name']],
    [{ email: 'nobody' }, ['by', 'email']],
    [{ mobilePhone: '12' }, ['by', 'mobilePhone']],
    [{ identity: { handle: 'loyalty-card', identifier: '' } }, ['by', 'identity', 'identifier']],
    [{}, ['by']],
    [{ name: 'abc', email: 'a@example.com' }, ['by']],
  ] as [ProfileSearchBy, string[]][])('refuses %j and names the argument', async (by, field) => {
    await expect(search(by)).rejects.toMatchObject({ code: 'BAD_USER_INPUT', details: { field } });
  });

  it('is for group tokens', async () => {
    const context = group.context({ actor: anActor({ isGroup: false, brandHandles: new Set(['wren']) }) });
    expect(await refusalsOf(search({ name: 'anybody' }, {}, context))).toEqual(['FORBIDDEN']);
  });

  it('asks only brands of the token', async () => {
    const context = group.context({ actor: anActor({ brandHandles: new Set(['wren', 'alder']) }) });
    const page = await search({ name: 'anybody' }, {}, context);
    expect(page.brandStatuses.map((each) => each.brand.handle)).toEqual(['alder', 'wren']);
    expect(await refusalsOf(search({ name: 'anybody' }, { brands: ['hearth'] }, context))).toEqual(['BAD_USER_INPUT']);
  });

  it('is written to the audit of every brand with the purpose, without what was searched for', async () => {
    const email = anEmail();
    const context = group.context();
    await search({ email }, { brands: ['wren', 'hearth'] }, context);
    for (const [brand, count] of [
      ['wren', 1],
      ['hearth', 1],
      ['alder', 0],
    ] as const) {
      const { database } = group.entry(brand);
      const rows = await database.model(auditCollection).find({ action: 'profileSearch' }, null, { lean: true });
      const own = rows.filter((row) => row.requestId === context.requestId);
      expect(own).toHaveLength(count);
      expect(own.every((row) => row.purpose === 'group-service' && row.payload['by'] === 'EMAIL')).toBe(true);
      expect(JSON.stringify(own)).not.toContain(email);
    }
  });

  it('for one target is limited per minute, for another it is free', async () => {
    const limited = options({ searchesPerMinutePerTarget: 2 });
    const email = anEmail();
    const ask = (by: ProfileSearchBy) => searchProfiles(group.context(), { by, first: 1 }, limited);
    await ask({ email });
    await ask({ email: email.toUpperCase() });
    expect(await refusalsOf(ask({ email }))).toEqual(['RATE_LIMITED']);
    await expect(ask({ email: anEmail() })).resolves.toBeDefined();
  });
});

describe('pages over brands', () => {
  it('lose nothing and double nothing', async () => {
    for (let i = 0; i < 9; i += 1) {
      const brand = ['alder', 'wren', 'hearth'][i % 3] as string;
      await aProfile(group, brand, { firstName: `Bo${i}`, lastName: 'Paginata' });
    }
    const all = await found({ name: 'paginata' });
    expect(all).toHaveLength(9);
    for (const first of [1, 2, 4, 9]) {
      const walked: string[] = [];
      let after: string | null = null;
      do {
        const page = await search({ name: 'paginata' }, { first, after });
        walked.push(...page.edges.map(({ node }) => `${node.brand.handle} ${node.firstName} ${node.lastName}`));
        after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
      } while (after !== null);
      expect(walked).toEqual(all);
    }
  });

  it('go on after any row, not only the last of a page', async () => {
    const all = await found({ name: 'paginata' });
    const page = await search({ name: 'paginata' }, { first: 6 });
    expect(await found({ name: 'paginata' }, { after: page.edges[2]?.cursor })).toEqual(all.slice(3));
  });

  it('refuse a cursor of another search, actor or set of brands', async () => {
    const after = (await search({ name: 'paginata' }, { first: 1 })).pageInfo.endCursor;
    const other = group.context({ actor: anActor({ reference: 'staff_test_2' }) });
    expect(await refusalsOf(search({ name: 'paginat' }, { after }))).toEqual(['CURSOR_INVALID']);
    expect(await refusalsOf(search({ name: 'paginata' }, { after }, other))).toEqual(['CURSOR_INVALID']);
    expect(await refusalsOf(search({ name: 'paginata' }, { after, brands: ['wren'] }))).toEqual(['CURSOR_INVALID']);
    expect(await refusalsOf(search({ name: 'paginata' }, { after: 'c1_AAAA' }))).toEqual(['CURSOR_INVALID']);
  });
});

describe('a brand that is down', () => {
  it('costs its own rows only, and is left out of the rest of the pagination', async () => {
    const stopped = await stoppedBrand(group, 'hearth');
    const down = () => group.context({ brands: stopped.brands });
    const page = await search({ name: 'paginata' }, { first: 2 }, down());
    expect(page.edges).toHaveLength(2);
    expect(page.brandStatuses.map(({ brand, state, isRetryable }) => [brand.handle, state, isRetryable])).toEqual([
      ['alder', 'COMPLETE', false],
      ['hearth', 'UNAVAILABLE', true],
      ['wren', 'COMPLETE', false],
    ]);
    const next = await search({ name: 'paginata' }, { after: page.pageInfo.endCursor });
    expect(next.brandStatuses.map(({ brand, state, latencyMs }) => [brand.handle, state, latencyMs === null])).toEqual([
      ['alder', 'COMPLETE', false],
      ['hearth', 'LEFT_OUT', true],
      ['wren', 'COMPLETE', false],
    ]);
    expect([...page.edges, ...next.edges].every(({ node }) => node.brand.handle !== 'hearth')).toBe(true);
    expect([...page.edges, ...next.edges]).toHaveLength(6);
    await stopped.close();
  });

  it('with nobody found elsewhere gives an empty page that says so', async () => {
    const stopped = await stoppedBrand(group, 'hearth');
    const page = await search({ email: anEmail() }, {}, group.context({ brands: stopped.brands }));
    expect(page.edges).toEqual([]);
    expect(page.pageInfo).toMatchObject({ hasNextPage: false, endCursor: null });
    expect(page.brandStatuses.map((each) => each.state)).toContain('UNAVAILABLE');
    await stopped.close();
  });
});
