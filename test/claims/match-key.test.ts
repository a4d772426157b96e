import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emailClaimId, identityClaimId, mobileClaimId } from '../../src/claims/claim.js';
import { isIdentifier, readEmail, readPhone } from '../../src/claims/match-key.js';
import { emailClaim, identityClaim, mobileClaim } from '../../src/claims/new-claim.js';

describe('an e-mail address', () => {
  it.each([
    ['Mei@Example.ORG', 'mei@example.org'],
    ['  mei@example.org ', 'mei@example.org'],
    ['mei+tag@example.org', 'mei+tag@example.org'],
    ['m.e.i@example.org', 'm.e.i@example.org'],
    ['mei@bücher.example', 'mei@xn--bcher-kva.example'],
    ['mei@xn--bcher-kva.example', 'mei@xn--bcher-kva.example'],
    ['Zoe\u0308@example.org', 'zoë@example.org'],
  ])('%s is compared as %s', (text, key) => {
    expect(readEmail(text)?.key).toBe(key);
  });

  it.each([
    '',
    'mei',
    'mei@',
    '@example.org',
    'mei@example',
    'a b@example.org',
    'a@b@example.org',
    '.a@example.org',
    'a..b@example.org',
    'mei@1.2.3.4',
    'mei@-x.org',
    `${'a'.repeat(65)}@example.org`,
    'm\ud800@example.org',
  ])('%j is none', (text) => {
    expect(readEmail(text)).toBeNull();
  });

  it('is read the same when read again', () => {
    fc.assert(
      fc.property(fc.emailAddress(), (text) => {
        const once = readEmail(text);
        fc.pre(once !== null);
        expect(readEmail(once?.key as string)?.key).toBe(once?.key);
        expect(readEmail(text.toUpperCase())?.key).toBe(once?.key);
      }),
    );
  });
});

describe('a telephone number', () => {
  it.each(['0412 345 678', '+61 412 345 678', '(04) 1234-5678', '+61412345678'])(
    '%s is one number in Australia',
    (text) => {
      expect(readPhone(text, 'AU')?.key).toBe('+61412345678');
    },
  );

  it.each(['', '12', '+61', 'phone', '+61412345678 ext. 5', '0412345678'.repeat(10)])('%j is none', (text) => {
    expect(readPhone(text, 'AU')).toBeNull();
  });
});

describe('an identifier', () => {
  it.each(['1', ' LY-1 ', 'é', 'x'.repeat(512), '😀'.repeat(512)])('may be %j', (text) => {
    expect(isIdentifier(text)).toBe(true);
  });

  it.each(['', '   ', 'x'.repeat(513), 'a\u0000b', '\ud83d'])('may not be %j', (text) => {
    expect(isIdentifier(text)).toBe(false);
  });
});

describe('the _id of a claim', () => {
  const place = { accountId: 'a', profileId: 'p', at: new Date(0) };

  it('is 32 hexadecimal digits and shows nothing of the key', () => {
    for (const id of [
      emailClaimId('mei@example.org'),
      mobileClaimId('+61412345678'),
      identityClaimId('shopify', '1'),
    ]) {
      expect(id).toMatch(/^[0-9a-f]{32}$/);
    }
  });

  it('differs wherever handle or identifier differ, however they are cut', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (h1, i1, h2, i2) => {
        expect(identityClaimId(h1, i1) === identityClaimId(h2, i2)).toBe(h1 === h2 && i1 === i2);
      }),
    );
    expect(identityClaimId('ab', 'c')).not.toBe(identityClaimId('a', 'bc'));
    expect(emailClaimId('1')).not.toBe(mobileClaimId('1'));
  });

  it('is the same for every spelling of an e-mail or number', () => {
    expect(emailClaim('MEI@example.org', place)?._id).toBe(emailClaimId('mei@example.org'));
    expect(mobileClaim('0412 345 678', 'AU', place)?._id).toBe(mobileClaimId('+61412345678'));
    expect(emailClaim('nobody', place)).toBeNull();
  });

  it('of an identity stays beside random ids', () => {
    const first = identityClaim({ handle: 'shopify', identifier: '1' }, place);
    const second = identityClaim({ handle: 'shopify', identifier: '1' }, place);
    expect(first._id).toBe(second._id);
    expect(first.uid).not.toBe(second.uid);
    expect(first.publicId).not.toBe(second.publicId);
  });
});
