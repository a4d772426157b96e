import { isIdentifier, readEmail, readPhone } from '../claims/match-key.js';
import { nameLengthMax, tagsPerProfileMax, textLengthMax } from '../kernel/limits.js';
import { characterCount, trimmedOrNull } from '../kernel/text.js';
import type { CustomerRow, RefusedRow, RowAddress, RowNote, RowNoteCode } from './customer-row.js';

/** Columns of a Shopify customer export by which a row can be found; one must be in the header. */
export const keyColumns = ['customer id', 'email', 'phone'] as const;

/** Columns that are understood. Totals, notes and tax flags are not: they are no attributes of a profile. */
export const understoodColumns = [
  ...keyColumns,
  'first name',
  'last name',
  'accepts email marketing',
  'accepts sms marketing',
  'default address company',
  'default address address1',
  'default address address2',
  'default address city',
  'default address province code',
  'default address country code',
  'default address zip',
  'default address phone',
  'tags',
] as const;

type Column = (typeof understoodColumns)[number];

/**
 * Reads one row of a Shopify customer export. Apostrophes that a spreadsheet puts before numbers go; a value that cannot
 * be used is left out with a note, and the row still counts, unless nothing remains by which the customer could be found.
 * @param region Country of the brand, for national telephone numbers.
 */
export function readShopifyCustomer(
  line: number,
  cells: Readonly<Record<string, string>>,
  region: string,
): CustomerRow | RefusedRow {
  const notes: RowNote[] = [];
  const note = (code: RowNoteCode, column: Column | null): null => {
    notes.push({ code, column });
    return null;
  };
  const cell = (column: Column): string | null => trimmedOrNull(cells[column]?.replace(/^'(?=[+\d=@-])/, ''));
  const short = (column: Column, lengthMax: number): string | null => {
    const text = cell(column);
    return text !== null && characterCount(text) > lengthMax ? note('TOO_LONG', column) : text;
  };
  const sourceId = cell('customer id');
  if (sourceId !== null && !isIdentifier(sourceId))
    return { line, notes: [{ code: 'INVALID_IDENTIFIER', column: 'customer id' }] };
  const emailText = cell('email');
  const email = emailText === null ? null : (readEmail(emailText)?.value ?? note('INVALID_EMAIL', 'email'));
  const phoneText = cell('phone');
  const mobilePhone =
    phoneText === null ? null : (readPhone(phoneText, region)?.value ?? note('INVALID_PHONE', 'phone'));
  if (sourceId === null && email === null && mobilePhone === null) {
    return { line, notes: [...notes, { code: 'NOTHING_TO_FIND_BY', column: null }] };
  }
  const addressPhone = cell('default address phone');
  const secondary =
    addressPhone === null
      ? null
      : (readPhone(addressPhone, region)?.value ?? note('INVALID_PHONE', 'default address phone'));
  return {
    line,
    sourceId,
    firstName: short('first name', nameLengthMax),
    lastName: short('last name', nameLengthMax),
    email,
    mobilePhone,
    secondaryPhone: secondary === mobilePhone ? null : secondary,
    birthDate: null,
    company: short('default address company', textLengthMax),
    tags: readTags(cell('tags'), note),
    isEmailPromotional: readYesNo(cell('accepts email marketing')),
    isSmsPromotional: readYesNo(cell('accepts sms marketing')),
    address: readAddress(short),
    notes,
  };
}

function readYesNo(text: string | null): boolean | null {
  if (text === null) return null;
  if (/^(yes|true|1)$/i.test(text)) return true;
  return /^(no|false|0)$/i.test(text) ? false : null;
}

function readTags(text: string | null, note: (code: RowNoteCode, column: Column) => null): string[] {
  if (text === null) return [];
  const tags = [
    ...new Set(
      text
        .split(',')
        .map((tag) => tag.trim())
        .filter((tag) => tag !== ''),
    ),
  ];
  const fitting = tags.filter((tag) => characterCount(tag) <= textLengthMax);
  if (fitting.length < tags.length) note('TOO_LONG', 'tags');
  if (fitting.length > tagsPerProfileMax) note('TOO_MANY', 'tags');
  return fitting.slice(0, tagsPerProfileMax).sort();
}

function readAddress(short: (column: Column, lengthMax: number) => string | null): RowAddress | null {
  const address: RowAddress = {
    line1: short('default address address1', textLengthMax),
    line2: short('default address address2', textLengthMax),
    company: short('default address company', textLengthMax),
    city: short('default address city', textLengthMax),
    state: short('default address province code', textLengthMax),
    postcode: short('default address zip', textLengthMax),
    countryCode: readCountry(short('default address country code', 2)),
  };
  const hasPlace = address.line1 !== null || address.city !== null || address.postcode !== null;
  return hasPlace ? address : null;
}

function readCountry(text: string | null): string | null {
  return text !== null && /^[A-Za-z]{2}$/.test(text) ? text.toUpperCase() : null;
}
