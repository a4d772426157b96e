import { beforeEach, describe, expect, test } from 'vitest';
import type { BoundProfile } from '../../src/access/actor.js';
import { newTokenText, roles, type TokenRow, tokenId } from '../../src/access/token.js';
import { TokenService } from '../../src/access/token.service.js';
import type { TokenStore } from '../../src/access/token.store.js';
import type { Clock } from '../../src/kernel/clock.js';
import { AppError } from '../../src/kernel/errors.js';
import { createLogger } from '../../src/kernel/logger.js';

const log = createLogger({ level: 'silent' });
const purposes = [{ code: 'group-service', text: 'To serve you in every brand of the group' }];
const brandHandles = ['alder', 'wren', 'hearth'];
const bearer = (token: string): string => `Bearer ${token}`;

class TestClock implements Clock {
  #ms = Date.UTC(2026, 10, 22);
  now(): Date {
    return new Date(this.#ms);
  }
  pass(durationMs: number): void {
    this.#ms += durationMs;
  }
}

/** Tokens in memory; none is ever revoked here. */
function storeInMemory(): TokenStore {
  const rows = new Map<string, TokenRow>();
  return {
    find: async (id) => rows.get(id) ?? null,
    insert: async (row) => void rows.set(row._id, row),
    revoke: async () => false,
    touch: async () => {},
    list: async () => [...rows.values()],
    idsByPrefix: async () => [],
  };
}

describe("a customer's token", () => {
  const profile = { brand: 'wren', id: '0b9a5d1e-4c1f-4f5e-8a53-0d9a3f6f2b11' };
  let clock: TestClock;
  let store: TokenStore;
  let service: TokenService;
  let active: Set<string>;
  let looks: number;
  beforeEach(() => {
    clock = new TestClock();
    store = storeInMemory();
    active = new Set([profile.id]);
    looks = 0;
    const isActiveProfile = async ({ id }: BoundProfile): Promise<boolean> => {
      looks += 1;
      return active.has(id);
    };
    service = new TokenService({ store, clock, log, brandHandles, purposes, isActiveProfile });
  });

  const hours = (count: number): Date => new Date(clock.now().getTime() + count * 3_600_000);

  test('is bound to the profile, its brand and its reference, for an hour', async () => {
    const { token, view } = await service.create({ role: 'customer', profile });
    expect(view).toMatchObject({ profileId: profile.id, brandHandles: ['wren'], reference: `profile:${profile.id}` });
    expect(await service.verify(bearer(token))).toMatchObject({
      kind: 'CUSTOMER',
      reference: `profile:${profile.id}`,
      displayName: null,
      boundTo: profile,
      brandHandles: new Set(['wren']),
      isGroup: false,
      purpose: null,
      grants: [...roles.customer.scopes],
      expiresAt: hours(1),
    });
    clock.pass(3_600_000);
    expect(await service.verify(bearer(token))).toBeNull();
  });

  test('looks at the profile with every request, however often the token was seen', async () => {
    const { token } = await service.create({ role: 'customer', profile });
    const before = looks;
    for (let i = 0; i < 3; i += 1) expect(await service.verify(bearer(token))).not.toBeNull();
    expect(looks - before).toBe(3);
    active.clear();
    expect(await service.verify(bearer(token))).toBeNull();
    active.add(profile.id);
    expect(await service.verify(bearer(token))).not.toBeNull();
  });

  test('does not ask about profiles of brands that are no longer configured, nor of expired tokens', async () => {
    const { token } = await service.create({ role: 'customer', profile });
    const isActiveProfile = async (): Promise<boolean> => {
      throw new Error('Nobody was to be asked');
    };
    const smaller = new TokenService({ store, clock, log, brandHandles: ['alder'], purposes, isActiveProfile });
    expect(await smaller.verify(bearer(token))).toBeNull();
    clock.pass(3_600_000);
    const later = new TokenService({ store, clock, log, brandHandles, purposes, isActiveProfile });
    expect(await later.verify(bearer(token))).toBeNull();
  });

  test('passes on that the brand cannot tell', async () => {
    const { token } = await service.create({ role: 'customer', profile });
    const isActiveProfile = async (): Promise<boolean> => {
      throw new AppError('BRAND_UNAVAILABLE', 'cut off', { details: { brand: 'wren' } });
    };
    const cut = new TokenService({ store, clock, log, brandHandles, purposes, isActiveProfile });
    await expect(cut.verify(bearer(token))).rejects.toMatchObject({ code: 'BRAND_UNAVAILABLE' });
  });

  test('is neither made nor accepted where nobody can tell whether the profile is in use', async () => {
    const { token } = await service.create({ role: 'customer', profile });
    const blind = new TokenService({ store, clock, log, brandHandles, purposes });
    expect(await blind.verify(bearer(token))).toBeNull();
    await expect(blind.create({ role: 'customer', profile })).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('has no scope that is no customer’s, whatever stands in the registry', async () => {
    const { token } = await service.create({ role: 'customer', profile });
    const row = (await store.find(tokenId(token))) as TokenRow;
    const other = newTokenText();
    await store.insert({ ...row, _id: tokenId(other), grants: ['*', 'merge-profiles', 'profiles.*'] });
    expect((await service.verify(bearer(other)))?.grants).toEqual([...roles.customer.scopes]);
    const few = await service.create({ role: 'customer', profile, grants: ['read-consents'] });
    expect((await service.verify(bearer(few.token)))?.grants).toEqual(['read-consents']);
  });

  test('may last a day and no longer', async () => {
    const { view } = await service.create({ role: 'customer', profile, expiresAt: hours(24) });
    expect(view.expiresAt).toEqual(hours(24));
    const longer = service.create({ role: 'customer', profile, expiresAt: new Date(hours(24).getTime() + 1) });
    await expect(longer).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('24 hours') });
  });

  test.each([
    [{ role: 'customer' }, 'needs the profile'],
    [{ role: 'customer', profile, reference: 'mei' }, 'leave reference out'],
    [{ role: 'customer', profile, brandHandles: ['alder'] }, 'leave brandHandles out'],
    [{ role: 'customer', profile, purpose: 'group-service' }, 'leave purpose out'],
    [{ role: 'customer', profile, extension: 'shopify' }, 'leave extension out'],
    [{ role: 'customer', profile, grants: ['*'] }, 'not a scope that a customer'],
    [{ role: 'customer', profile, grants: ['merge-profiles'] }, 'not a scope that a customer'],
    [{ role: 'customer', profile: { ...profile, brand: 'elm' } }, 'not a configured brand'],
    [{ role: 'customer', profile: { ...profile, id: 'nobody' } }, 'there and in use'],
    [{ role: 'staff', reference: 'x', brandHandles: ['wren'], profile }, 'bound to no profile'],
    [{ role: 'group-admin', reference: 'x', profile }, 'bound to no profile'],
    [{ role: 'group-admin' }, 'needs a reference'],
  ])('is not made from %j', async (input, words) => {
    const creating = service.create(input as Parameters<TokenService['create']>[0]);
    await expect(creating).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining(words) });
  });
});
