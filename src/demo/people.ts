import { type SeededRandom, seededRandom } from '../kernel/random.js';
import type { BirthDate, Gender } from '../profiles/profile.js';
import { familyNames, givenNames, places, streets } from './names.js';

/** People in the demo. */
export const peopleCount = 5_000;
/** Everything in the demo follows from this number. */
export const demoSeed = 20_261_122;
/** Of all people, the share that is a customer of exactly two brands. */
export const twoBrandShare = 0.22;
/** Of all people, the share that is a customer of three brands. */
export const threeBrandShare = 0.05;
/** Of all memberships, the share that is in its brand twice by mistake. */
export const duplicateShare = 0.04;

/** A made-up person. */
export interface Person {
  /** From 0; the first is always the same. */
  readonly number: number;
  readonly firstName: string;
  readonly lastName: string;
  readonly gender: Gender | null;
  readonly email: string;
  readonly mobilePhone: string;
  readonly birthDate: BirthDate | null;
  readonly address: {
    readonly line1: string;
    readonly city: string;
    readonly state: string;
    readonly postcode: string;
  };
  /** Brands as positions in the configuration; the first is where the person is known best. */
  readonly memberships: readonly Membership[];
}

/** A person in one brand. */
export interface Membership {
  readonly brand: number;
  /** Whether the person is there a second time, with other contacts. */
  readonly isDuplicated: boolean;
  readonly hasEmail: boolean;
  readonly hasMobile: boolean;
  readonly cards: number;
  readonly hasShop: boolean;
  readonly sales: number;
  readonly daysAgo: number;
}

/** The person of the guided tour: a customer of the second brand twice by mistake, and of the first once. */
const guide = { firstName: 'Mei', lastName: 'Tanaka', email: 'mei@example.org', mobilePhone: '+61412345678' } as const;

/** Made-up people, the same ones every time, one after the other. */
export function* makePeople(count: number, brands: number): Generator<Person> {
  for (let number = 0; number < count; number += 1) {
    // A generator of its own for each person: the first thousand are the same whatever the count.
    const random = seededRandom(demoSeed + number * 7919);
    yield number === 0 ? guidePerson(random, brands) : makePerson(number, random, brands);
  }
}

function makePerson(number: number, random: SeededRandom, brands: number): Person {
  const isFemale = random.next() < 0.55;
  const firstName = random.pick(isFemale ? givenNames.female : givenNames.male);
  const lastName = random.pick(familyNames);
  const told = random.next();
  return {
    number,
    firstName,
    lastName,
    gender: told < 0.6 ? (isFemale ? 'FEMALE' : 'MALE') : told < 0.65 ? 'WITHHELD' : null,
    email: `${asciiName(firstName)}.${asciiName(lastName)}.${number}@example.${random.pick(['com', 'org', 'net'])}`,
    // 0412 numbers, spread so that neighbours do not look alike.
    mobilePhone: `+61412${String((number * 7_919 + 13) % 1_000_000).padStart(6, '0')}`,
    birthDate: makeBirthDate(random),
    address: makeAddress(random),
    memberships: makeMemberships(random, brands),
  };
}

function guidePerson(random: SeededRandom, brands: number): Person {
  const membership = (brand: number, isDuplicated: boolean, sales: number): Membership => ({
    brand,
    isDuplicated,
    hasEmail: true,
    hasMobile: !isDuplicated,
    cards: isDuplicated ? 1 : 0,
    hasShop: false,
    sales,
    daysAgo: 400,
  });
  const memberships = brands > 1 ? [membership(1, true, 9), membership(0, false, 3)] : [membership(0, true, 9)];
  return {
    number: 0,
    ...guide,
    gender: 'FEMALE',
    birthDate: { day: 14, month: 3, year: 1988 },
    address: makeAddress(random),
    memberships,
  };
}

function makeMemberships(random: SeededRandom, brands: number): Membership[] {
  const share = random.next();
  const wanted = share < threeBrandShare ? 3 : share < threeBrandShare + twoBrandShare ? 2 : 1;
  const first = random.below(brands);
  return Array.from({ length: Math.min(wanted, brands) }, (_, step): Membership => {
    const contacts = random.next();
    const isShopper = random.next() < 0.75;
    return {
      brand: (first + step) % brands,
      isDuplicated: random.next() < duplicateShare,
      hasEmail: contacts < 0.9,
      hasMobile: contacts >= 0.25,
      cards: random.next() < 0.7 ? 1 : 0,
      hasShop: random.next() < 0.5,
      sales: isShopper ? 1 + random.below(6) : 0,
      daysAgo: 30 + random.below(1_400),
    };
  });
}

function makeBirthDate(random: SeededRandom): BirthDate | null {
  const told = random.next();
  if (told < 0.3) return null;
  const day = 1 + random.below(28);
  const month = 1 + random.below(12);
  return told < 0.4 ? { day, month } : { day, month, year: 1940 + random.below(66) };
}

function makeAddress(random: SeededRandom): Person['address'] {
  const [city, state, postcode] = random.pick(places);
  return { line1: `${1 + random.below(240)} ${random.pick(streets)}`, city, state, postcode };
}

function asciiName(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/ø/gu, 'o')
    .toLowerCase()
    .replace(/[^a-z]/g, '');
}
