import type { Brand } from '../brands/brand.js';
import { readEmail, readPhone } from '../claims/match-key.js';
import type { Uuid } from '../kernel/ids.js';
import type { AddressRow } from '../profiles/address.js';
import { type BirthDate, isRealName, type ProfileRow } from '../profiles/profile.js';
import type { ComparedName } from './name-likeness.js';
import { foldText } from './spelling.js';

/** What of a profile is compared with others, in the form in which it is compared. Never stored. */
export interface DuplicateSubject extends ComparedName {
  readonly id: Uuid;
  /** Mailboxes that its e-mail ends up in. */
  readonly mailboxes: readonly string[];
  /** Numbers in E.164, wherever in the profile they stand. */
  readonly mobiles: readonly string[];
  readonly addresses: readonly string[];
  /** Identities that changed hands and that it has or once had: `_id`s of their claims. */
  readonly identities: readonly string[];
  readonly birthDate: BirthDate | null;
}

/** Stored fields that a subject is made of. */
export const subjectFields = [
  'state',
  'version',
  'accounts',
  'mergedIn',
  'mergedInto',
  'firstName',
  'lastName',
  'email',
  'mobilePhone',
  'secondaryPhone',
  'birthDate',
  'createdAt',
] as const;

/** Addresses of one profile that are compared: an older one says little about who lives there now. */
const addressesMax = 8;

/** What of a subject lies outside its profile. */
export interface SubjectRows {
  readonly addresses?: readonly AddressRow[];
  readonly identities?: readonly string[];
}

/** The subject of a profile, with what else was read of it. */
export function subjectOf(
  row: ProfileRow,
  { addresses = [], identities = [] }: SubjectRows,
  brand: Brand,
): DuplicateSubject {
  const name = (text: string | null | undefined): string => (isRealName(text) ? foldText(text as string) : '');
  return {
    id: row._id,
    given: name(row.firstName),
    family: name(row.lastName),
    mailboxes: unique([mailboxOf(row.email)]),
    mobiles: unique([row.mobilePhone, row.secondaryPhone].map((text) => phoneOf(text, brand.phoneRegion))),
    addresses: addressesOf(addresses),
    identities,
    birthDate: row.birthDate ?? null,
  };
}

/** Addresses of one profile as they are compared. */
export function addressesOf(addresses: readonly AddressRow[]): string[] {
  return unique(addresses.map(addressKey)).slice(0, addressesMax);
}

function unique(values: readonly (string | null)[]): string[] {
  return [...new Set(values.filter((value): value is string => value !== null))].sort();
}

/** Hosts of the one provider that documents that dots in its local parts mean nothing. */
const dotlessHosts: ReadonlySet<string> = new Set(['gmail.com', 'googlemail.com']);

/**
 * The mailbox that an address is delivered to: without plus-tag, and for Gmail without dots. A hint only: identity and
 * look-ups go by the address as it stands.
 */
export function mailboxOf(email: string | null | undefined): string | null {
  const read = email ? readEmail(email) : null;
  if (read === null) return null;
  const at = read.key.lastIndexOf('@');
  const local = read.key.slice(0, at);
  const host = read.key.slice(at + 1);
  const untagged = local.split('+')[0] || local;
  return dotlessHosts.has(host) ? `${untagged.replaceAll('.', '')}@gmail.com` : `${untagged}@${host}`;
}

function phoneOf(text: string | null | undefined, region: string): string | null {
  return text ? (readPhone(text, region)?.key ?? null) : null;
}

/** Usual short forms of the last word of a street. `St` at the beginning is a saint. */
const streetWords: Readonly<Record<string, string>> = {
  st: 'street',
  str: 'street',
  rd: 'road',
  ave: 'avenue',
  av: 'avenue',
  dr: 'drive',
  ct: 'court',
  crt: 'court',
  pl: 'place',
  ln: 'lane',
  tce: 'terrace',
  ter: 'terrace',
  pde: 'parade',
  hwy: 'highway',
  cres: 'crescent',
  cr: 'crescent',
  bvd: 'boulevard',
  blvd: 'boulevard',
  gr: 'grove',
  esp: 'esplanade',
  sq: 'square',
};
const unitWords = /\b(unit|apartment|apt|flat|suite|level)\b/g;

/**
 * An address for comparing: street line with the unit, and postcode or town. Null without a street line or a place, for
 * then it would be a whole suburb.
 */
export function addressKey(
  address: Pick<AddressRow, 'line1' | 'line2' | 'city' | 'postcode' | 'countryCode'>,
): string | null {
  const street = foldText(address.line1 ?? '').replace(unitWords, '');
  const place = foldText(address.postcode ?? '') || foldText(address.city ?? '');
  if (!/\p{L}/u.test(street) || place === '') return null;
  const words = street.split(' ').filter((word) => word !== '');
  const last = words.length - 1;
  words[last] = streetWords[words[last] as string] ?? (words[last] as string);
  // A second line counts where it says which door.
  const door = foldText(address.line2 ?? '').match(/\d+\p{L}?/gu) ?? [];
  return [(address.countryCode ?? '').toUpperCase(), place, [...door, ...words].join(' ')].join('|');
}
