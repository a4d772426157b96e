import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBirthDate, wholeDate } from '../../src/profiles/birth-date.js';
import { shownChannels } from '../../src/profiles/comms.js';
import { InputReader } from '../../src/profiles/input-reader.js';
import { channels, formerIdsOf, isKnownCustomer } from '../../src/profiles/profile.js';
import { nameRank, nameSearchOf } from '../../src/profiles/profile-search.js';
import { foldName, searchKeysOf } from '../../src/profiles/search-key.js';

const now = new Date('2026-11-22T00:00:00Z');

function birthDate(day: number | null, month: number | null, year: number | null) {
  const reader = new InputReader();
  return { date: readBirthDate(reader, { day, month, year }, ['birthDate'], now), refusals: reader.refusals };
}

describe('a date of birth', () => {
  it.each([
    [29, 2, null],
    [29, 2, 1988],
    [31, null, null],
    [null, 6, null],
    [null, null, 1990],
    [null, 6, 1990],
    [22, 11, 2026],
  ])('may be %s.%s.%s', (day, month, year) => {
    expect(birthDate(day, month, year).refusals).toEqual([]);
  });

  it('without any part is none', () => {
    expect(birthDate(null, null, null).date).toBeNull();
  });

  it('accepts exactly the days that the calendar has', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 31 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1900, max: 2025 }),
        (day, month, year) => {
          const real = new Date(Date.UTC(year, month - 1, day));
          expect(birthDate(day, month, year).refusals.length === 0).toBe(real.getUTCMonth() === month - 1);
        },
      ),
    );
  });

  it('is shown as a whole date only when all parts are known', () => {
    expect(wholeDate({ day: 9, month: 2, year: 1988 })).toBe('1988-02-09');
    expect(wholeDate({ day: 9, month: 2 })).toBeNull();
  });
});

describe('wishes as shown', () => {
  it('have an entry for every channel', () => {
    expect(shownChannels(undefined).map((each) => each.channel)).toEqual(channels);
  });

  it.each([
    [{ isPromotional: null, isOptedOut: false, isBounced: false }, true],
    [{ isPromotional: true, isOptedOut: false, isBounced: false }, true],
    [{ isPromotional: false, isOptedOut: false, isBounced: false }, false],
    [{ isPromotional: true, isOptedOut: true, isBounced: false }, false],
    [{ isPromotional: true, isOptedOut: false, isBounced: true }, false],
  ])('with %j are mailable: %s', (wish, isMailable) => {
    const stored = { channels: [{ channel: 'SMS' as const, ...wish, categories: [], updatedAt: now }] };
    expect(shownChannels(stored).find((each) => each.channel === 'SMS')?.isMailable).toBe(isMailable);
  });
});

describe('a known customer', () => {
  it.each([
    [{ firstName: 'Mei', lastName: 'Tanaka', email: 'a@b.example' }, true],
    [{ firstName: 'Mei', lastName: 'Tanaka', mobilePhone: '+61412345678' }, true],
    [{ firstName: 'Mei', lastName: 'Tanaka' }, false],
    [{ firstName: 'Unknown', lastName: 'Tanaka', email: 'a@b.example' }, false],
    [{ firstName: 'Mei', lastName: ' ', email: 'a@b.example' }, false],
  ])('%j: %s', (values, isKnown) => {
    expect(isKnownCustomer(values)).toBe(isKnown);
  });
});

describe('former ids', () => {
  it('come newest merge first, with those that had led to the loser', () => {
    const merge = (loserId: string, formerIds: string[]) => ({
      mergeId: 'm',
      loserId,
      accounts: [],
      formerIds,
      at: now,
    });
    expect(formerIdsOf({ mergedIn: [merge('a', []), merge('b', ['c', 'd'])] })).toEqual(['b', 'c', 'd', 'a']);
  });
});

describe('search keys', () => {
  it('hold every rotation of a name without marks, the e-mail and the mobile from its end', () => {
    expect(
      searchKeysOf({ firstName: 'Zoë', lastName: 'O’Neil Li', email: 'Z@Ex.Example', mobilePhone: '+61412345678' }),
    ).toEqual([
      'd:87654321416',
      'e:z@ex.example',
      'n:li zoe o neil',
      'n:neil li zoe o',
      'n:o neil li zoe',
      'n:zoe o neil li',
    ]);
  });

  it('stay within their bounds for any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 400 }),
        fc.string({ unit: 'binary', maxLength: 400 }),
        (firstName, lastName) => {
          const keys = searchKeysOf({ firstName, lastName });
          expect(keys.length).toBeLessThanOrEqual(8);
          expect(keys.every((key) => [...key].length <= 66)).toBe(true);
        },
      ),
    );
  });

  it('are found by any beginning of a whole name', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[A-Za-zé]{3,12}$/),
        fc.stringMatching(/^[A-Za-zé]{3,12}$/),
        fc.integer({ min: 3, max: 24 }),
        (firstName, lastName, length) => {
          const text = foldName(`${firstName} ${lastName}`).slice(0, length);
          expect(searchKeysOf({ firstName, lastName }).some((key) => key.startsWith(`n:${text}`))).toBe(true);
          expect(nameRank({ firstName, lastName }, nameSearchOf(text))).not.toBeNull();
        },
      ),
    );
  });
});
