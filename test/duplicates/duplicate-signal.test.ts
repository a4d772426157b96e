import { describe, expect, it } from 'vitest';
import {
  candidateScoreMin,
  likelyScoreMin,
  scoreOf,
  signalsOf,
  withoutCommon,
} from '../../src/duplicates/duplicate-signal.js';
import { aSubject, type SomePerson } from './subjects.js';

const born = { day: 14, month: 3, year: 1988 };
const phone = ['+61412345678'];

function compare(a: SomePerson, b: SomePerson): { score: number; kinds: string[] } {
  const signals = signalsOf(aSubject(a), aSubject(b));
  return { score: scoreOf(signals), kinds: signals.map(({ kind }) => kind).sort() };
}

const likely: Record<string, [SomePerson, SomePerson]> = {
  'a name with another spelling and the same number': [
    { first: 'Chloé', last: "O'Brien", mobiles: phone },
    { first: 'Chloe', last: 'OBrien', mobiles: phone },
  ],
  'a plus-tag': [
    { first: 'Mei', last: 'Tanaka', email: 'mei@example.org' },
    { first: 'May', last: 'Tanaka', email: 'mei+shop@example.org' },
  ],
  'dots in a Gmail address': [
    { first: 'Mei', last: 'Tanaka', email: 'mei.tanaka@gmail.com' },
    { first: 'Mei', last: 'Tanaka', email: 'Meitanaka@googlemail.com' },
  ],
  'swapped names and the same birth date': [
    { first: 'Mei', last: 'Tanaka', born },
    { first: 'Tanaka', last: 'Mei', born },
  ],
  'a short form, the same address, and a birth date': [
    { first: 'Bob', last: 'Stone', street: '3/12 King St', born },
    { first: 'Robert', last: 'Stone', street: 'Unit 3, 12 King Street', born },
  ],
  'a name in Chinese characters and the same birth date': [
    { first: '美咲', last: '田中', born },
    { first: '田中', last: '美咲', born },
  ],
  'a typing error in the birth date against the same name and number': [
    { first: 'Mei', last: 'Tanaka', mobiles: phone, born },
    { first: 'Mei', last: 'Tanaka', mobiles: phone, born: { ...born, day: 3, month: 14 } },
  ],
};

const possible: Record<string, [SomePerson, SomePerson]> = {
  'a name cut short, one with an e-mail and one with a number': [
    { first: 'Charlotte', last: 'Müller', email: 'c@example.org' },
    { first: 'Charlott', last: 'Muller', mobiles: phone },
  ],
  'a name that sounds alike, one with an e-mail and one with a number': [
    { first: 'Mei', last: 'Tanaka', email: 'mei@example.org' },
    { first: 'May', last: 'Tanaka', mobiles: phone },
  ],
};

const strangers: Record<string, [SomePerson, SomePerson]> = {
  'a couple at one address with one number': [
    { first: 'Anna', last: 'Reid', street: '1 High St', mobiles: phone },
    { first: 'Thomas', last: 'Reid', street: '1 High St', mobiles: phone },
  ],
  'twins with a parent’s number': [
    { first: 'Isla', last: 'Reid', street: '1 High St', mobiles: phone, born },
    { first: 'Hugo', last: 'Reid', street: '1 High St', mobiles: phone, born },
  ],
  'father and son of one name at one address': [
    { first: 'John', last: 'Reid', street: '1 High St', born: { day: 1, month: 2, year: 1950 } },
    { first: 'John', last: 'Reid', street: '1 High St', born: { day: 9, month: 7, year: 1985 } },
  ],
  'namesakes with numbers of their own': [
    { first: 'Jack', last: 'Smith', mobiles: ['+61400000001'] },
    { first: 'Jack', last: 'Smith', mobiles: ['+61400000002'] },
  ],
  'the same first name alone': [{ first: 'Mei' }, { first: 'Mei' }],
  'a dot in a mailbox where dots count': [
    { first: 'Ann', email: 'ann.lee@example.org' },
    { first: 'Ann', email: 'annlee@example.org' },
  ],
  'Hindi names that differ in their vowels': [
    { first: 'रवि', last: 'शर्मा', email: 'a@example.org' },
    { first: 'रव', last: 'शर्मा', mobiles: phone },
  ],
  'Chinese names that share a character': [
    { first: '美咲', last: '田中' },
    { first: '美香', last: '田中' },
  ],
  'neighbours in two units': [
    { first: 'Mei', last: 'Tanaka', street: '3/12 King St', email: 'a@example.org' },
    { first: 'Ravi', last: 'Sharma', street: '4/12 King St', email: 'b@example.org' },
  ],
};

describe('the evidence', () => {
  it.each(Object.entries(likely))('makes likely: %s', (_, [a, b]) => {
    expect(compare(a, b).score).toBeGreaterThanOrEqual(likelyScoreMin);
  });

  it.each(Object.entries(possible))('makes possible: %s', (_, [a, b]) => {
    const { score } = compare(a, b);
    expect(score).toBeGreaterThanOrEqual(candidateScoreMin);
    expect(score).toBeLessThan(likelyScoreMin);
  });

  it.each(Object.entries(strangers))('makes nothing of %s', (_, [a, b]) => {
    expect(compare(a, b).score).toBeLessThan(candidateScoreMin);
  });

  it('names what speaks against as well as what speaks for', () => {
    const [a, b] = strangers['twins with a parent’s number'] as [SomePerson, SomePerson];
    expect(compare(a, b).kinds).toEqual(['HOUSEHOLD', 'SAME_ADDRESS', 'SAME_MOBILE_PHONE']);
    const [father, son] = strangers['father and son of one name at one address'] as [SomePerson, SomePerson];
    expect(compare(father, son).kinds).toEqual(['DIFFERENT_BIRTH_DATE', 'SAME_ADDRESS', 'SIMILAR_NAME']);
  });

  it('counts identities that were together for as long as a merge lasted', () => {
    const [a, b] = [aSubject({ first: 'Ana', last: 'Reid' }), aSubject({ first: 'Noor', last: 'Khan' })];
    expect(signalsOf(a, b, { wasMerged: true })).toEqual([{ kind: 'SHARED_IDENTITY_HISTORY', weight: 0.4 }]);
    expect(signalsOf(a, b)).toEqual([]);
  });

  it('counts a card that went from one to the other, unless it went to somebody else at home', () => {
    const cards = ['claim of a card'];
    const compared = (a: SomePerson, b: SomePerson) => compare({ ...a, cards }, { ...b, cards });
    const nobody = compared({}, { first: 'Noor', last: 'Khan' });
    expect([nobody.kinds, nobody.score]).toEqual([['SHARED_IDENTITY_HISTORY'], 0.4]);
    const handedOn = compared(
      { first: 'Ana', last: 'Reid', street: '1 High St' },
      { first: 'Tom', last: 'Reid', street: '1 High St' },
    );
    expect(handedOn.kinds).toEqual(['HOUSEHOLD', 'SAME_ADDRESS', 'SHARED_IDENTITY_HISTORY']);
    expect(handedOn.score).toBeLessThan(candidateScoreMin);
  });

  it('gives no weight to a value that was found to be common', () => {
    const desk = { email: 'info@example.org' };
    const people = [
      aSubject({ first: 'Ana', last: 'Reid', ...desk }),
      aSubject({ first: 'Bo', last: 'Khan', ...desk }),
    ];
    const [a, b] = people.map((each) => withoutCommon(each, (value) => value === 'info@example.org'));
    expect(signalsOf(a as never, b as never)).toEqual([]);
  });
});
