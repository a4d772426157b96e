import fc from 'fast-check';
import type { AgreementStatus, ShareableAttribute } from '../../src/brands/brand.js';
import type { ProfileRow, ProfileValues } from '../../src/profiles/profile.js';
import { aRow } from '../merges/rows.js';
import { canaries } from '../support/canaries.js';

/** What the asking brand may hold of an attribute: values that it knows, and odd ones that tell nothing. */
interface Pool {
  readonly name: keyof ProfileValues;
  readonly known: readonly unknown[];
  readonly blank: readonly unknown[];
}

const nothing = [undefined, null] as const;

/** Pools by attribute. No known text is part of another, so that a trace of one tells which has leaked. */
export const pools: Readonly<Record<ShareableAttribute, Pool>> = {
  TITLE: { name: 'title', known: ['Canarydoctor', 'Canaryprof'], blank: [...nothing, ''] },
  FIRST_NAME: {
    name: 'firstName',
    known: [canaries.firstName, 'Žofie-Ænn 🐦'],
    blank: [...nothing, '', ' ', 'Unknown'],
  },
  LAST_NAME: { name: 'lastName', known: [canaries.lastName, "d'Œuvre-李"], blank: [...nothing, '', '\t', 'uNKNOWN '] },
  EMAIL: {
    name: 'email',
    known: ['Heron.77@lagoon-mail.example', 'Bird+Tag@Straße-canary.example', canaries.otherEmail],
    blank: [...nothing, '', canaries.badEmail],
  },
  MOBILE_PHONE: {
    name: 'mobilePhone',
    known: [canaries.mobile, canaries.otherMobile],
    blank: [...nothing, '', 'canary-no-number'],
  },
  BIRTH_DATE: {
    name: 'birthDate',
    known: [{ day: 23, month: 7, year: 1961 }, { year: 1961 }, { day: 29, month: 2, year: null }],
    blank: [...nothing, {}, { day: null, month: null }],
  },
  GENDER: { name: 'gender', known: ['FEMALE', 'OTHER'], blank: [...nothing, 'WITHHELD'] },
};

/** Every attribute that a rule can name. */
export const attributes = Object.keys(pools) as ShareableAttribute[];

/** Values of one customer, with what is really known of them. */
export interface Held {
  readonly values: ProfileValues;
  readonly known: ReadonlySet<ShareableAttribute>;
}

/** One number decides all seven values: drawing each of them would take longer than everything that is tested. */
const held: fc.Arbitrary<Held> = fc.nat().map((choices) => {
  let left = choices;
  const values: Record<string, unknown> = {};
  const known = new Set<ShareableAttribute>();
  for (const attribute of attributes) {
    const { name, known: knownValues, blank } = pools[attribute];
    // Known twice as often as not.
    const all = [...knownValues, ...knownValues, ...knownValues, ...blank];
    const choice = left % all.length;
    left = Math.floor(left / all.length);
    const value = all[choice];
    if (choice < knownValues.length * 3) known.add(attribute);
    if (value !== undefined) values[name] = value;
  }
  return { values: values as ProfileValues, known };
});

/** What a rule says that matters here. */
export interface RuleTerms {
  readonly agreement: AgreementStatus;
  readonly attributes: readonly ShareableAttribute[];
}

/** Any attributes, in any order, some of them twice. */
const someAttributes: fc.Arbitrary<readonly ShareableAttribute[]> = fc.nat({ max: 8_191 }).map((choice) => {
  const some = attributes.filter((_, at) => ((choice >> at) & 1) === 0);
  const turn = (choice >> 7) % attributes.length;
  return [...some.slice(turn), ...some.slice(0, turn), ...some.slice(0, choice >> 11)];
});
const terms: fc.Arbitrary<RuleTerms> = fc.record({
  agreement: fc.constantFrom<AgreementStatus>('SAME_GROUP', 'SAME_GROUP', 'SAME_GROUP', 'ACTIVE_PARTNER', 'INACTIVE'),
  attributes: someAttributes,
});

/** A consent and the copy that follows it, between which everything may change. */
export interface CopyCase {
  readonly ruleThen: RuleTerms;
  /** Null when it was taken out of the configuration. */
  readonly ruleNow: RuleTerms | null;
  readonly heldThen: Held;
  readonly heldNow: Held;
  /** Attributes that the customer agreed to by name; null agrees to all that were read out. */
  readonly named: readonly ShareableAttribute[] | null;
  /** Whether those may be others than were read out, which is refused. */
  readonly isNamedFreely: boolean;
  readonly isEmailOwned: boolean;
  readonly isMobileOwned: boolean;
  readonly state: 'PENDING' | 'ACTIVE';
}

/** Half of the cases change nothing in between: otherwise hardly anything would be left to copy. */
export const copyCase: fc.Arbitrary<CopyCase> = fc
  .record({
    ruleThen: terms,
    laterRule: fc.option(fc.option(terms), { nil: undefined, freq: 2 }),
    heldThen: held,
    laterHeld: fc.option(held, { nil: undefined, freq: 2 }),
    named: fc.option(someAttributes, { freq: 2 }),
    isNamedFreely: fc.nat({ max: 7 }).map((choice) => choice === 7),
    isEmailOwned: fc.boolean(),
    isMobileOwned: fc.boolean(),
    state: fc.constantFrom('PENDING' as const, 'ACTIVE' as const),
  })
  .map(({ laterRule, laterHeld, ...rest }) => ({
    ...rest,
    ruleNow: laterRule === undefined ? rest.ruleThen : laterRule,
    heldNow: laterHeld ?? rest.heldThen,
  }));

/** Everything else that a brand may know of somebody and that no rule can name; each text occurs nowhere else. */
const somebody: ProfileRow = aRow({
  secondaryPhone: '+61390001234',
  company: 'Magpie Holdings',
  occupation: 'Magpie breeder',
  tags: ['magpie-tag'],
  statuses: ['magpie-status'],
  custom: [{ namespace: 'magpie', handle: 'magpie_colour', type: 'STRING', value: 'Magpie yellow' }],
  appearance: [{ handle: 'magpie-shoe', value: 'magpie-43' }],
  dates: [{ handle: 'magpie-wedding', date: '1999-12-31', isRecurring: true, relationship: 'magpie-wife' }],
  comms: {
    channels: [],
    termsAcceptedAt: new Date('1999-11-30T00:00:00Z'),
    termsAcceptedVersion: 'magpie-terms',
  },
  imports: { 'magpie-source': 'magpie-digest' },
  keys: ['magpie-key'],
  linkSlots: { alder: 'magpie-other-link' },
  defaultAddressId: 'magpie-address',
  primaryIdentity: 'magpie-card',
  createdAt: new Date('1999-11-30T00:00:00Z'),
  joinedAt: new Date('1999-11-30T00:00:00Z'),
});

/** The row of a customer who holds these values and much that must never cross. */
export function aSource({ values }: Held): ProfileRow {
  return { ...somebody, ...values };
}

/** Texts of the row that no copy may contain, whatever was agreed to. None can stand in an id or a digest by chance. */
export const privateTexts: readonly string[] = ['magpie', '+61390001234', '1999-11-30', '1999-12-31'];

/** Known texts of attributes, lower case; a birth date and a gender are looked for by name. */
export function textsOf(values: ProfileValues, wanted: Iterable<ShareableAttribute>): string[] {
  return [...wanted].flatMap((attribute) => {
    const value = values[pools[attribute].name];
    return typeof value === 'string' && value.trim() !== '' ? [value.toLowerCase()] : [];
  });
}
