import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DuplicateKeys } from '../../src/duplicates/duplicate-key.js';
import { candidateScoreMin, scoreOf, signalsOf } from '../../src/duplicates/duplicate-signal.js';
import type { DuplicateSubject } from '../../src/duplicates/duplicate-subject.js';
import { jaroWinkler, soundex } from '../../src/duplicates/spelling.js';

const some = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.uniqueArray(value, { maxLength: 2 });
const name = fc.constantFrom(
  '',
  'mei',
  'may',
  'm',
  'anna',
  'anna maria',
  'robert',
  'bob',
  'charlotte',
  'tanaka',
  '田中',
);
const date = fc.record({
  day: fc.constantFrom(1, 2, null),
  month: fc.constantFrom(1, 2),
  year: fc.constantFrom(1980, 1981, null),
});

/** Few values, so that people meet in them. */
const person: fc.Arbitrary<DuplicateSubject> = fc.record({
  id: fc.uuid(),
  given: name,
  family: name,
  mailboxes: some(fc.constantFrom('a@x.org', 'b@x.org')),
  mobiles: some(fc.constantFrom('+61400000001', '+61400000002')),
  addresses: some(fc.constantFrom('AU|1|x street', 'AU|2|y street')),
  identities: some(fc.constantFrom('card 1', 'card 2')),
  birthDate: fc.option(date),
});

const score = (a: DuplicateSubject, b: DuplicateSubject): number => scoreOf(signalsOf(a, b));
const both = fc.tuple(person, person).filter(([a, b]) => a.id !== b.id);

describe('a score', () => {
  it('is the same whichever profile is named first', () => {
    fc.assert(
      fc.property(both, ([a, b]) => {
        expect(signalsOf(a, b)).toEqual(signalsOf(b, a));
      }),
    );
  });

  it('is the bounded sum of its signals, the strongest first', () => {
    fc.assert(
      fc.property(both, ([a, b]) => {
        const signals = signalsOf(a, b);
        const sizes = signals.map(({ weight }) => Math.abs(weight));
        expect(sizes).toEqual([...sizes].sort((x, y) => y - x));
        expect(new Set(signals.map(({ kind }) => kind)).size).toBe(signals.length);
        const sum = signals.reduce((total, { weight }) => total + weight, 0);
        expect(scoreOf(signals)).toBeCloseTo(Math.min(1, Math.max(0, sum)), 6);
      }),
    );
  });

  it('never falls when both turn out to share one more value', () => {
    const more = fc.constantFrom('mailboxes', 'mobiles', 'addresses', 'identities');
    fc.assert(
      fc.property(both, more, ([a, b], field) => {
        const with_ = (each: DuplicateSubject): DuplicateSubject => ({ ...each, [field]: [...each[field], 'shared'] });
        expect(score(with_(a), with_(b))).toBeGreaterThanOrEqual(score(a, b));
      }),
    );
  });

  it('never rises by a birth date that differs', () => {
    fc.assert(
      fc.property(both, ([a, b]) => {
        const born = (each: DuplicateSubject, year: number): DuplicateSubject => ({
          ...each,
          birthDate: { day: 1, month: 1, year },
        });
        const unknown = score({ ...a, birthDate: null }, { ...b, birthDate: null });
        expect(score(born(a, 1970), born(b, 1990))).toBeLessThanOrEqual(unknown);
      }),
    );
  });

  it('above the threshold is only reached by profiles that share a key', () => {
    const keys = new DuplicateKeys(new Uint8Array(32), 'wren');
    fc.assert(
      fc.property(both, ([a, b]) => {
        if (score(a, b) < candidateScoreMin) return;
        const own = keys.keysOf(a);
        const isSpellingOnly = signalsOf(a, b).every(({ kind }) => kind === 'SIMILAR_NAME');
        expect(isSpellingOnly || keys.keysOf(b).some((key) => own.includes(key))).toBe(true);
      }),
    );
  });
});

describe('spelling', () => {
  const word = fc.stringMatching(/^[a-e]{1,8}$/);

  it('is compared symmetrically and from 0 to 1', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        const likeness = jaroWinkler(a, b);
        expect(likeness).toBeCloseTo(jaroWinkler(b, a), 12);
        expect(likeness).toBeGreaterThanOrEqual(0);
        expect(likeness).toBeLessThanOrEqual(1);
        expect(likeness === 1).toBe(a === b);
      }),
    );
  });

  it.each([
    ['martha', 'marhta', 0.961],
    ['dixon', 'dicksonx', 0.813],
    ['dwayne', 'duane', 0.84],
  ])('gives Winkler’s published figure for %s and %s', (a, b, likeness) => {
    expect(jaroWinkler(a, b)).toBeCloseTo(likeness, 2);
  });

  it.each([
    ['washington', 'w252'],
    ['lee', 'l000'],
    ['gutierrez', 'g362'],
    ['pfister', 'p236'],
    ['jackson', 'j250'],
    ['tymczak', 't522'],
    ['ashcraft', 'a261'],
  ])('gives the National Archives’ code for %s', (text, code) => {
    expect(soundex(text)).toBe(code);
  });
});
