import { addressKey, type DuplicateSubject, mailboxOf } from '../../src/duplicates/duplicate-subject.js';
import { foldText } from '../../src/duplicates/spelling.js';
import type { BirthDate } from '../../src/profiles/profile.js';

/** A person as a test writes one down. */
export interface SomePerson {
  readonly id?: string;
  readonly first?: string;
  readonly last?: string;
  readonly email?: string;
  readonly mobiles?: readonly string[];
  /** Street line; the town is always the same. */
  readonly street?: string;
  readonly born?: BirthDate;
  /** Cards that changed hands. */
  readonly cards?: readonly string[];
}

let count = 0;

/** The compared form of a person. */
export function aSubject(person: SomePerson = {}): DuplicateSubject {
  count += 1;
  const mailbox = mailboxOf(person.email);
  const address = person.street === undefined ? null : addressKey({ ...town, line1: person.street });
  return {
    id: person.id ?? `id-${count}`,
    given: foldText(person.first ?? ''),
    family: foldText(person.last ?? ''),
    mailboxes: mailbox === null ? [] : [mailbox],
    mobiles: person.mobiles ?? [],
    addresses: address === null ? [] : [address],
    identities: person.cards ?? [],
    birthDate: person.born ?? null,
  };
}

const town = { line2: null, city: 'Geelong', postcode: '3220', countryCode: 'AU' };
