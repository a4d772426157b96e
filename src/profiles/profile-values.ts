import type { Brand } from '../brands/brand.js';
import { type MatchValue, readEmail, readPhone } from '../claims/match-key.js';
import type { AddressInput, BirthDateInput, Gender } from '../generated/resolvers-types.js';
import { emailLengthMax, nameLengthMax } from '../kernel/limits.js';
import type { AddressValues } from './address.js';
import { readBirthDate } from './birth-date.js';
import type { InputReader } from './input-reader.js';
import type { ProfileValues } from './profile.js';

/** Values as clients give them; those left out are not there or undefined. */
export interface ProfileValuesInput {
  readonly title?: string | null;
  readonly firstName?: string | null;
  readonly lastName?: string | null;
  readonly email?: string | null;
  readonly mobilePhone?: string | null;
  readonly secondaryPhone?: string | null;
  readonly birthDate?: BirthDateInput | null;
  readonly gender?: Gender | null;
  readonly company?: string | null;
  readonly occupation?: string | null;
}

const shortTexts = [
  ['title', nameLengthMax],
  ['firstName', nameLengthMax],
  ['lastName', nameLengthMax],
  ['company', undefined],
  ['occupation', undefined],
] as const;

/**
 * Checks the values that are there and puts them into the form that is stored: trimmed, normal form C, telephone
 * numbers in E.164, e-mail as typed. Null means: clear it. Mistakes are noted in the reader.
 */
export function readProfileValues(
  reader: InputReader,
  input: ProfileValuesInput,
  options: { readonly brand: Brand; readonly now: Date },
): ProfileValues {
  const values: Record<string, unknown> = {};
  for (const [name, lengthMax] of shortTexts) {
    if (input[name] !== undefined) values[name] = reader.line(input[name], [name], lengthMax);
  }
  if (input.email !== undefined) values['email'] = readEmailValue(reader, input.email);
  for (const name of ['mobilePhone', 'secondaryPhone'] as const) {
    if (input[name] !== undefined) values[name] = readPhoneValue(reader, input[name], name, options.brand);
  }
  if (input.birthDate !== undefined) {
    values['birthDate'] = readBirthDate(reader, input.birthDate, ['birthDate'], options.now);
  }
  if (input.gender !== undefined) values['gender'] = input.gender;
  return values;
}

function readEmailValue(reader: InputReader, text: string | null): string | null {
  if (text === null || text.trim() === '') return null;
  if (text.trim().length > emailLengthMax) {
    return reader.fail('TOO_LONG', `An e-mail address has at most ${emailLengthMax} characters`, ['email']);
  }
  const read: MatchValue | null = readEmail(text);
  return read?.value ?? reader.fail('INVALID_VALUE', 'This is not an e-mail address', ['email']);
}

function readPhoneValue(reader: InputReader, text: string | null, field: string, brand: Brand): string | null {
  if (text === null || text.trim() === '') return null;
  const read = readPhone(text, brand.phoneRegion);
  if (read !== null) return read.value;
  return reader.fail('INVALID_VALUE', 'This is not a telephone number; use E.164 or the national form', [field]);
}

/** Characters of a postal code; the longest in use have ten. */
const postcodeLengthMax = 16;
const countryPattern = /^[A-Z]{2}$/;

/** Checks an address and fills in the brand's country. An address without any line is refused. */
export function readAddress(
  reader: InputReader,
  input: AddressInput,
  options: { readonly brand: Brand; readonly path: readonly string[] },
): AddressValues {
  const { path } = options;
  const line = (name: keyof AddressInput & string, lengthMax?: number): string | null =>
    reader.line(input[name] as string | null | undefined, [...path, name], lengthMax);
  const mistakesBefore = reader.refusals.length;
  const lines = {
    line1: line('line1'),
    line2: line('line2'),
    line3: line('line3'),
    company: line('company'),
    city: line('city'),
    state: line('state'),
    postcode: line('postcode', postcodeLengthMax),
  };
  const countryCode = input.countryCode ?? options.brand.phoneRegion;
  if (!countryPattern.test(countryCode)) {
    reader.fail('INVALID_VALUE', 'A country is two capital letters (ISO 3166-1)', [...path, 'countryCode']);
  }
  if (reader.refusals.length === mistakesBefore && Object.values(lines).every((each) => each === null)) {
    reader.fail('INVALID_VALUE', 'An address has at least one line', path);
  }
  return { ...lines, countryCode };
}
