import { describe, expect, it } from 'vitest';
import type { Brand, SharingRule } from '../../src/brands/brand.js';
import { newActivationToken, newSharedIdentifier, tokenHashOf } from '../../src/links/activation-token.js';
import { confirmedContact, maskAddress } from '../../src/links/contact.js';
import { isStaleSlot, type LinkRow } from '../../src/links/cross-brand-link.js';
import { offerTo } from '../../src/links/link-option.js';
import { messageWords } from '../../src/links/message-words.js';
import { valuesToCopy } from '../../src/links/shareable.js';
import type { ProfileRow } from '../../src/profiles/profile.js';
import { groupConfig } from '../support/group.js';

const now = new Date('2026-11-22T04:05:00.000Z');

function aProfile(values: Partial<ProfileRow> = {}): ProfileRow {
  const _id = 'p1';
  return {
    _id,
    state: 'ACTIVE',
    version: 1,
    accounts: [_id],
    type: 'ACTIVE',
    createdAt: now,
    updatedAt: now,
    ...values,
  };
}

function aRule(changes: Partial<SharingRule> = {}): SharingRule {
  return {
    from: 'wren',
    to: 'hearth',
    agreement: 'SAME_GROUP',
    attributes: ['FIRST_NAME', 'EMAIL', 'GENDER', 'BIRTH_DATE'],
    purposes: [],
    notice: { version: '1', language: 'en', text: 'words' },
    activationHours: 72,
    welcomeReward: null,
    sharedHandle: 'group-member',
    quietDays: 30,
    storageLocation: null,
    retentionYears: 7,
    ...changes,
  };
}

function aBrand(rule: SharingRule): Brand {
  return { ...(groupConfig().brands[1] as unknown as Brand), sharingRules: [rule] };
}

function aLink(changes: Partial<LinkRow> = {}): LinkRow {
  const link = {
    _id: 'l1',
    state: 'ACTIVE',
    a: { brand: 'wren', accountId: 'p1' },
    b: { brand: 'hearth' },
    ...changes,
  };
  return link as LinkRow;
}

describe('an offer', () => {
  const person = aProfile({ firstName: 'Mei', email: 'mei@example.org', gender: 'WITHHELD', birthDate: { day: null } });

  it('names what the rule allows and the brand really holds', () => {
    expect(offerTo(aBrand(aRule()), 'hearth', person, [], now)).toMatchObject({ attributes: ['FIRST_NAME', 'EMAIL'] });
    const unknown = { ...person, firstName: ' unknown ' };
    expect(offerTo(aBrand(aRule()), 'hearth', unknown, [], now)).toMatchObject({ attributes: ['EMAIL'] });
  });

  it('is not made under an agreement that has lapsed', () => {
    const brand = aBrand(aRule({ agreement: 'INACTIVE' }));
    expect(offerTo(brand, 'hearth', person, [], now)).toEqual({ reason: 'AGREEMENT_INACTIVE' });
  });

  it('is not made to somebody who declined a short while ago', () => {
    const declined = (days: number) =>
      aLink({ state: 'DECLINED', endedAt: new Date(now.getTime() - days * 86_400_000) });
    const reason = (days: number) => offerTo(aBrand(aRule()), 'hearth', person, [declined(days)], now).reason;
    expect(reason(29)).toBe('DECLINED_RECENTLY');
    expect(reason(30)).toBeNull();
  });
});

describe('values to copy', () => {
  it('are those allowed now, agreed to then, and held', () => {
    const person = aProfile({ firstName: 'Mei', lastName: 'Tanaka', email: 'mei@example.org', gender: 'FEMALE' });
    expect(valuesToCopy(aRule(), ['FIRST_NAME', 'LAST_NAME', 'GENDER', 'BIRTH_DATE'], person)).toEqual({
      firstName: 'Mei',
      gender: 'FEMALE',
    });
    expect(valuesToCopy(aRule({ agreement: 'INACTIVE' }), ['FIRST_NAME'], person)).toEqual({});
    expect(valuesToCopy(null, ['FIRST_NAME'], person)).toEqual({});
  });
});

describe('a contact', () => {
  it('is the e-mail, else the mobile, unless its channel has bounced', () => {
    const brand = groupConfig().brands[1] as unknown as Brand;
    const channel = { isPromotional: null, isOptedOut: true, categories: [], updatedAt: now };
    const person = aProfile({ email: 'mei@example.org', mobilePhone: '+61491570156' });
    expect(confirmedContact(brand, person, null)).toEqual({ channel: 'EMAIL', address: 'mei@example.org' });
    const bounced = { ...person, comms: { channels: [{ ...channel, channel: 'EMAIL' as const, isBounced: true }] } };
    expect(confirmedContact(brand, bounced, null)?.channel).toBe('SMS');
    expect(confirmedContact(brand, bounced, 'EMAIL')).toBeNull();
  });

  it('is masked so that its length does not show', () => {
    expect(maskAddress({ channel: 'EMAIL', address: 'mei@example.org' })).toBe('m•••@e•••.org');
    expect(maskAddress({ channel: 'EMAIL', address: 'm@mail.example.com.au' })).toBe('m•••@m•••.au');
    expect(maskAddress({ channel: 'SMS', address: '+61491570156' })).toBe('•••56');
  });
});

describe('tokens and identifiers', () => {
  it('are long, different every time, and only texts of that form are looked up', () => {
    const tokens = new Set(Array.from({ length: 1_000 }, newActivationToken));
    expect(tokens.size).toBe(1_000);
    for (const token of tokens) expect(token).toMatch(/^[\w-]{43}$/);
    expect(tokenHashOf('short')).toBeNull();
    expect(tokenHashOf([...tokens][0] as string)).toMatch(/^[0-9a-f]{64}$/);
    const identifiers = new Set(Array.from({ length: 1_000 }, newSharedIdentifier));
    expect(identifiers.size).toBe(1_000);
    for (const identifier of identifiers) expect(identifier).toMatch(/^km_[0-9A-Za-z]{22}$/);
  });

  it('stand in the fragment of the URL, which is sent to no server', () => {
    const message = messageWords('activation', 'EMAIL', {
      from: groupConfig().brands[1] as unknown as Brand,
      to: groupConfig().brands[2] as unknown as Brand,
      link: { welcomeReward: '$10', activateBy: now },
      language: 'en-AU',
      publicUrl: 'https://group.example//',
      token: 'THE-TOKEN',
    });
    const url = new URL(/https:\S+/.exec(message.text)?.[0] ?? '');
    expect(url.hash).toBe('#THE-TOKEN');
    expect(`${url.origin}${url.pathname}${url.search}`).toBe('https://group.example/activate');
    expect(message.text).toContain('$10');
  });
});

describe('a slot', () => {
  it('is stale when its link has ended, is unknown, or leads to another profile; never while it is pending', () => {
    const profile = aProfile();
    expect(isStaleSlot(null, 'wren', profile)).toBe(true);
    expect(isStaleSlot(aLink({ state: 'EXPIRED' }), 'wren', profile)).toBe(true);
    expect(isStaleSlot(aLink(), 'wren', profile)).toBe(false);
    expect(isStaleSlot(aLink({ a: { brand: 'wren', accountId: 'p2' } }), 'wren', profile)).toBe(true);
    expect(
      isStaleSlot(aLink({ state: 'PENDING_ACTIVATION', a: { brand: 'wren', accountId: 'p2' } }), 'wren', profile),
    ).toBe(false);
  });
});
