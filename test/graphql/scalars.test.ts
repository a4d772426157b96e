import { describe, expect, test } from 'vitest';
import { formatDateTime } from '../../src/graphql/date-time.js';
import { scalars } from '../../src/graphql/scalars.js';
import { seededRandom } from '../../src/kernel/random.js';

type Name = keyof typeof scalars;

const taken: [Name, unknown, unknown][] = [
  ['DateTime', '2026-11-22T04:05:06.789Z', new Date('2026-11-22T04:05:06.789Z')],
  ['DateTime', '2026-11-22t04:05:06z', new Date('2026-11-22T04:05:06Z')],
  ['DateTime', '2026-11-22T04:05:06+11:00', new Date('2026-11-21T17:05:06Z')],
  ['DateTime', '2024-02-29T00:00:00.123456Z', new Date('2024-02-29T00:00:00.123Z')],
  ['Date', '1988-02-29', '1988-02-29'],
  ['YearMonth', '2026-11', '2026-11'],
  ['Decimal', '-129.95', '-129.95'],
  ['CurrencyCode', 'AUD', 'AUD'],
  ['CountryCode', 'AU', 'AU'],
  ['TimeZone', 'Australia/Melbourne', 'Australia/Melbourne'],
  ['LanguageTag', 'en-au', 'en-AU'],
  ['EmailAddress', 'Mei+1@Example.org', 'Mei+1@Example.org'],
  ['EmailAddress', 'mei@bücher.example', 'mei@bücher.example'],
  ['PhoneNumber', '0412 345 678', '0412 345 678'],
  ['PhoneNumber', '+61 (0)412-345-678', '+61 (0)412-345-678'],
  ['UUID', 'C0FFEE00-0000-4000-8000-000000000000', 'c0ffee00-0000-4000-8000-000000000000'],
  ['JSON', { a: [1, 'x', null, true] }, { a: [1, 'x', null, true] }],
  ['BrandHandle', 'wren-2', 'wren-2'],
];

const refused: [Name, unknown][] = [
  ['DateTime', '2026-11-23'],
  ['DateTime', '2026-11-23T04:05:06'],
  ['DateTime', '2026-02-29T00:00:00Z'],
  ['DateTime', '2026-11-22T24:00:00Z'],
  ['DateTime', 1_700_000_000_000],
  ['Date', '2023-02-29'],
  ['Date', '0000-01-01'],
  ['Date', '1988-2-9'],
  ['YearMonth', '2026-13'],
  ['Decimal', 1.5],
  ['Decimal', '1e5'],
  ['Decimal', '.5'],
  ['Decimal', '9'.repeat(31)],
  ['CurrencyCode', 'aud'],
  ['CurrencyCode', 'XQX'],
  ['CountryCode', 'XQ'],
  ['TimeZone', 'Nowhere'],
  ['LanguageTag', 'no language'],
  ['EmailAddress', 'mei'],
  ['EmailAddress', 'a@b@c.example'],
  ['EmailAddress', `${'a'.repeat(60)}@${'b'.repeat(200)}.example`],
  ['EmailAddress', { $ne: null }],
  ['PhoneNumber', 'call me'],
  ['PhoneNumber', '1'.repeat(65)],
  ['UUID', 'c0ffee'],
  ['JSON', { $where: 'x' }],
  ['JSON', { a: { prototype: 1 } }],
  ['JSON', [[[[[[[[[1]]]]]]]]]],
  ['JSON', 'x'.repeat(70_000)],
  ['BrandHandle', 'Wren'],
  ['BrandHandle', '-wren'],
  ['BrandHandle', 'w'],
];

describe('a scalar', () => {
  test.each(taken)('%s takes %j', (name, value, kept) => {
    expect(scalars[name].parseValue(value)).toEqual(kept);
  });

  test.each(refused)('%s refuses %j without repeating it', (name, value) => {
    let message = '';
    try {
      scalars[name].parseValue(value);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toMatch(/expected/);
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (text.length > 3) expect(message).not.toContain(text);
  });
});

test('an instant is written as toISOString writes it', () => {
  const seed = 20_261_122;
  const random = seededRandom(seed);
  for (let i = 0; i < 20_000; i += 1) {
    const instant = new Date(Math.floor((random.next() * 2 - 1) * 6e13));
    expect(formatDateTime(instant), `seed ${seed}`).toBe(instant.toISOString());
  }
  for (const ms of [0, -1, 86_399_999, 86_400_000, -86_400_000, 253_402_300_799_999]) {
    expect(formatDateTime(new Date(ms))).toBe(new Date(ms).toISOString());
  }
});
