import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bearerToken, newTokenText, type TokenRow, tokenId } from '../../src/access/token.js';
import { TokenService } from '../../src/access/token.service.js';
import { registryTokenStore, type TokenStore } from '../../src/access/token.store.js';
import type { Clock } from '../../src/kernel/clock.js';
import { createLogger } from '../../src/kernel/logger.js';
import { openGroup, type TestGroup } from '../support/group.js';

const log = createLogger({ level: 'silent' });
const purposes = [{ code: 'group-service', text: 'To serve you in every brand of the group' }];
const brandHandles = ['alder', 'wren', 'hearth'];

class TestClock implements Clock {
  #ms = Date.UTC(2026, 10, 22);
  now(): Date {
    return new Date(this.#ms);
  }
  pass(durationMs: number): void {
    this.#ms += durationMs;
  }
}

/** Counts what is asked of a store. */
function counting(store: TokenStore): TokenStore & { finds: number; touches: number } {
  const counted = {
    ...store,
    finds: 0,
    touches: 0,
    find: (id: string) => {
      counted.finds += 1;
      return store.find(id);
    },
    touch: (id: string, at: Date) => {
      counted.touches += 1;
      return store.touch(id, at);
    },
  };
  return counted;
}

let group: TestGroup;
let clock: TestClock;
let store: ReturnType<typeof counting>;
let service: TokenService;

beforeAll(async () => {
  group = await openGroup();
});
afterAll(() => group.close());
beforeEach(() => {
  clock = new TestClock();
  store = counting(registryTokenStore(group.brands.registry));
  service = new TokenService({ store, clock, log, brandHandles, purposes });
});

const bearer = (token: string): string => `Bearer ${token}`;

describe('a token', () => {
  test('is a prefix and 43 digits, different each time', () => {
    const texts = new Set(Array.from({ length: 100 }, newTokenText));
    expect(texts.size).toBe(100);
    for (const text of texts) expect(text).toMatch(/^kin_[0-9A-Za-z]{43}$/);
  });

  test('is read from the header whatever the case of the scheme', () => {
    const text = newTokenText();
    expect(bearerToken(`bearer ${text}`)).toBe(text);
    expect(bearerToken(`BEARER  ${text} `)).toBe(text);
  });

  test.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Basic abc',
    'Bearer kin_short',
    `Bearer kin_${'x'.repeat(44)}`,
    `Bearer ${'x'.repeat(5_000)}`,
  ])('is not found in %j', (header) => expect(bearerToken(header)).toBeNull());
});

describe('the token service', () => {
  test('makes a token whose text is nowhere in the registry', async () => {
    const { token, view } = await service.create({ role: 'staff', reference: 'staff_1', brandHandles: ['wren'] });
    const row = (await store.find(tokenId(token))) as TokenRow;
    expect(JSON.stringify(row)).not.toContain(token.slice(4));
    expect(row._id.startsWith(view.tokenRef)).toBe(true);
    expect(JSON.stringify(view)).not.toContain(row._id);
  });

  test('knows who acts with it', async () => {
    const { token, view } = await service.create({
      role: 'staff',
      reference: 'staff_1',
      displayName: 'Ana',
      brandHandles: ['wren'],
      purpose: 'group-service',
      expiresAt: new Date(clock.now().getTime() + 60_000),
    });
    expect(await service.verify(bearer(token))).toMatchObject({
      kind: 'STAFF',
      reference: 'staff_1',
      displayName: 'Ana',
      role: 'staff',
      grants: expect.arrayContaining(['read-profiles', 'merge-profiles']),
      brandHandles: new Set(['wren']),
      isGroup: false,
      purpose: purposes[0],
      expiresAt: new Date(clock.now().getTime() + 60_000),
      tokenRef: view.tokenRef,
    });
  });

  test('gives a group token every brand', async () => {
    const { token } = await service.create({ role: 'group-app', reference: 'app_1' });
    expect(await service.verify(bearer(token))).toMatchObject({ brandHandles: null, isGroup: true, kind: 'MACHINE' });
  });

  test('lets brands that are no longer configured drop out, and never widens a token for it', async () => {
    const { token } = await service.create({ role: 'staff', reference: 'staff_1', brandHandles: ['wren'] });
    const smaller = new TokenService({ store, clock, log, brandHandles: ['alder'], purposes });
    expect((await smaller.verify(bearer(token)))?.brandHandles).toEqual(new Set());
  });

  test.each(['', 'Bearer nonsense', `Bearer ${newTokenText()}`])('answers null to %j', async (header) => {
    expect(await service.verify(header)).toBeNull();
  });

  test('refuses an expired token from the very moment, remembered or not', async () => {
    const expiresAt = new Date(clock.now().getTime() + 5_000);
    const { token } = await service.create({ role: 'group-app', reference: 'app_1', expiresAt });
    clock.pass(4_999);
    expect(await service.verify(bearer(token))).not.toBeNull();
    clock.pass(1);
    expect(await service.verify(bearer(token))).toBeNull();
  });

  test('refuses a revoked token at once, and other processes do within ten seconds', async () => {
    const other = new TokenService({ store, clock, log, brandHandles, purposes });
    const { token, view } = await service.create({ role: 'group-app', reference: 'app_1' });
    expect(await other.verify(bearer(token))).not.toBeNull();
    expect(await service.revoke(view.tokenRef)).toBe(view.tokenRef);
    expect(await service.verify(bearer(token))).toBeNull();
    clock.pass(10_000);
    expect(await other.verify(bearer(token))).toBeNull();
  });

  test('revokes by text, too, and says when there is nothing to revoke', async () => {
    const { token, view } = await service.create({ role: 'group-app', reference: 'app_1' });
    expect(await service.revoke(token)).toBe(view.tokenRef);
    await expect(service.revoke(newTokenText())).rejects.toMatchObject({ code: 'USAGE' });
    await expect(service.revoke('000000000000')).rejects.toMatchObject({ code: 'USAGE' });
    await expect(service.revoke('*')).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('reads the registry once in ten seconds, and once for requests that come together', async () => {
    const { token } = await service.create({ role: 'group-app', reference: 'app_1' });
    await Promise.all(Array.from({ length: 20 }, () => service.verify(bearer(token))));
    await service.verify(bearer(token));
    expect(store.finds).toBe(1);
    clock.pass(10_000);
    await service.verify(bearer(token));
    expect(store.finds).toBe(2);
  });

  test('asks again for an unknown token after two seconds', async () => {
    const text = newTokenText();
    await service.verify(bearer(text));
    clock.pass(1_999);
    await service.verify(bearer(text));
    expect(store.finds).toBe(1);
    clock.pass(1);
    await service.verify(bearer(text));
    expect(store.finds).toBe(2);
  });

  test('notes the last use to the minute', async () => {
    const { token } = await service.create({ role: 'group-app', reference: 'app_1' });
    for (let i = 0; i < 5; i += 1) await service.verify(bearer(token));
    expect(store.touches).toBe(1);
    clock.pass(60_000);
    await service.verify(bearer(token));
    expect(store.touches).toBe(2);
    await expect.poll(async () => (await store.find(tokenId(token)))?.lastUsedAt).toEqual(clock.now());
  });

  test('lists tokens newest first', async () => {
    clock.pass(3_600_000);
    await service.create({ role: 'analyst', reference: 'older' });
    clock.pass(1_000);
    await service.create({ role: 'analyst', reference: 'newer' });
    expect((await service.list()).slice(0, 2).map((view) => view.reference)).toEqual(['newer', 'older']);
  });

  test.each([
    [{ role: 'king', reference: 'x' }, 'not a role'],
    [{ role: 'staff', reference: 'x' }, 'name at least one'],
    [{ role: 'staff', reference: 'x', brandHandles: [] }, 'name at least one'],
    [{ role: 'staff', reference: 'x', brandHandles: ['elm'] }, 'not a configured brand'],
    [{ role: 'group-app', reference: 'x', grants: ['read-everything'] }, 'not a scope'],
    [{ role: 'group-app', reference: 'x', purpose: 'fun' }, 'not a configured purpose'],
  ])('refuses to make %j', async (input, words) => {
    const creating = service.create(input as Parameters<TokenService['create']>[0]);
    await expect(creating).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining(words) });
  });
});
