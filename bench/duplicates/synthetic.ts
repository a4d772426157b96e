import { type SeededRandom, seededRandom } from '../../src/kernel/random.js';
import type { AddressRow } from '../../src/profiles/address.js';
import type { BirthDate, ProfileRow } from '../../src/profiles/profile.js';

/** How a second profile of a person differs from the first. */
export const twinKinds = ['plus-tag', 'number elsewhere, typing error', 'name and birth date', 'name alone'] as const;

/** One way in which a second profile came about. */
export type TwinKind = (typeof twinKinds)[number];

/** A profile with its address, and whose twin it is. */
export interface Synthetic {
  readonly profile: ProfileRow;
  readonly address: AddressRow | null;
  readonly twin: { readonly kind: TwinKind; readonly originalId: string } | null;
}

const syllables = 'ba be bo da de do ka ke ko la le lo ma me mo na ne no ra re ro sa se so ta te to va ve vo'.split(
  ' ',
);
/** Distinct names; the squared draw below makes some of them as common as Smith. */
const familyNames = 20_000;
const givenNames = 2_000;
/** Of all profiles, the share that is the second one of its person. */
const twinShare = 0.02;
/** Of all profiles, the share that a till gave the shop's own number. */
const shopShare = 0.005;
const shopNumber = '03 9999 1234';

function nameAt(rank: number, ending: string): string {
  const parts = [rank % 27, Math.floor(rank / 27) % 27, Math.floor(rank / 729) % 30].map((at) => syllables[at]);
  const name = parts.join('') + ending;
  return name.charAt(0).toUpperCase() + name.slice(1);
}

const common = (random: SeededRandom, bound: number): number => Math.floor(bound * random.next() ** 3);

/** So many made-up customers, one after the other, about one in fifty of them a second time. */
export function* synthetics(count: number): Generator<Synthetic> {
  const now = new Date('2026-07-01T00:00:00.000Z');
  for (let n = 0; n < count; n += 1) {
    const { random, isTwin, id } = drawn(n);
    const original = isTwin ? drawn(n - 1) : null;
    if (original === null || original.isTwin) yield made(id, valuesOf(n), now, null);
    else {
      const kind = random.pick(twinKinds);
      yield made(id, twinOf(valuesOf(n - 1), kind, n), now, { kind, originalId: original.id });
    }
  }
}

/** What the number of a customer decides. */
function drawn(n: number): { random: SeededRandom; isTwin: boolean; id: string } {
  const random = seededRandom(77 + n * 7919);
  const isTwin = random.next() < twinShare && n > 0;
  return { random, isTwin, id: random.uuid() };
}

interface Values {
  readonly firstName: string;
  readonly lastName: string;
  readonly email?: string;
  readonly mobilePhone?: string;
  readonly secondaryPhone?: string;
  readonly birthDate?: BirthDate;
  readonly street?: string;
}

function valuesOf(n: number): Values {
  const random = seededRandom(1_000_003 + n * 104_729);
  const contacts = random.next();
  return {
    firstName: nameAt(common(random, givenNames), random.pick(['', 'n', 'a'])),
    lastName: nameAt(common(random, familyNames), random.pick(['r', 's', 'son', 'y'])),
    ...(contacts < 0.9 ? { email: `customer.${n}@example.org` } : {}),
    ...(contacts > 0.25 ? { mobilePhone: mobileAt(n) } : {}),
    ...(random.next() < 0.6
      ? { birthDate: { day: 1 + random.below(28), month: 1 + random.below(12), year: 1940 + random.below(66) } }
      : {}),
    ...(random.next() < 0.5 ? { street: `${1 + random.below(240)} ${nameAt(random.below(3_000), '')} Street` } : {}),
    ...(random.next() < shopShare ? { secondaryPhone: shopNumber } : {}),
  };
}

/** Valid Australian mobiles, scattered. */
function mobileAt(n: number): string {
  return `+614${String(10_000_000 + ((n * 7_919) % 80_000_000)).padStart(8, '0')}`;
}

function twinOf(values: Values, kind: TwinKind, n: number): Values {
  const { firstName, lastName } = values;
  if (kind === 'plus-tag')
    return { firstName, lastName, email: (values.email ?? `customer.${n}@example.org`).replace('@', '+2@') };
  if (kind === 'number elsewhere, typing error') {
    const wrong = `${firstName.slice(0, -2)}${firstName.at(-1)}${firstName.at(-2)}`;
    return { firstName: wrong, lastName, secondaryPhone: (values.mobilePhone ?? mobileAt(n)).replace('+61', '0') };
  }
  if (kind === 'name and birth date') {
    return { firstName: lastName, lastName: firstName, ...(values.birthDate ? { birthDate: values.birthDate } : {}) };
  }
  return { firstName: firstName.slice(0, -1), lastName };
}

function made(id: string, values: Values, now: Date, twin: Synthetic['twin']): Synthetic {
  const { street, ...told } = values;
  const profile: ProfileRow = {
    _id: id,
    state: 'ACTIVE',
    live: true,
    version: 1,
    accounts: [id],
    type: 'ACTIVE',
    ...told,
    createdAt: now,
    updatedAt: now,
  };
  const address: AddressRow | null =
    street === undefined
      ? null
      : {
          _id: id.replace('-4', '-5'),
          accountId: id,
          rev: 1,
          line1: street,
          line2: null,
          line3: null,
          company: null,
          city: 'Melbourne',
          state: 'VIC',
          postcode: String(3_000 + (street.length % 20)),
          countryCode: 'AU',
          createdAt: now,
        };
  return { profile, address, twin };
}
