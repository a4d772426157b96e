import { GraphQLScalarType, Kind } from 'graphql';
import { emailLengthMax } from '../kernel/limits.js';
import { hasControlCharacter } from '../kernel/text.js';
import { dateTimeScalar, isCalendarDay } from './date-time.js';
import { InputError } from './input-error.js';
import { jsonScalar } from './json-scalar.js';

/** A scalar that is a text in one form, inside and outside. `read` gives the text to keep, or null to refuse it. */
function textScalar(name: string, expected: string, read: (text: string) => string | null): GraphQLScalarType {
  const parse = (value: unknown): string => {
    const kept = typeof value === 'string' ? read(value) : null;
    if (kept === null) throw new InputError(`${expected} was expected`);
    return kept;
  };
  return new GraphQLScalarType<string, string>({
    name,
    serialize: (value) => {
      if (typeof value === 'string') return value;
      throw new TypeError(`A ${name} field was resolved to something that is not a text`);
    },
    parseValue: parse,
    parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : null),
  });
}

const matching = (pattern: RegExp) => (text: string) => (pattern.test(text) ? text : null);

const currencies = new Set(Intl.supportedValuesOf('currency'));
const regionNames = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
/** Longest time zone name in use has 32 characters; a longer text is not worth a look. */
const timeZoneLengthMax = 64;
/** RFC 5646 §4.4.1 asks for room for 35 characters. */
const languageTagLengthMax = 35;

function isTimeZone(text: string): boolean {
  try {
    return text.length <= timeZoneLengthMax && new Intl.DateTimeFormat('en', { timeZone: text }) !== null;
  } catch {
    return false;
  }
}

function languageTag(text: string): string | null {
  try {
    return text.length <= languageTagLengthMax ? (Intl.getCanonicalLocales(text)[0] ?? null) : null;
  } catch {
    return null;
  }
}

function emailShape(text: string): string | null {
  const isShaped = text.length <= emailLengthMax && /^\s*[^\s@]{1,64}@[^\s@]{1,253}\s*$/u.test(text);
  return isShaped && !hasControlCharacter(text) ? text : null;
}

/**
 * Every scalar of the schema beside the built-in ones. Telephone numbers and e-mail addresses are only checked in shape
 * here: which brand's rules read them is known where they are used.
 */
export const scalars = {
  DateTime: dateTimeScalar,
  JSON: jsonScalar,
  Date: textScalar('Date', 'A day such as 1988-02-29', (text) => (isCalendarDay(text) ? text : null)),
  YearMonth: textScalar('YearMonth', 'A month such as 2026-11', matching(/^\d{4}-(0[1-9]|1[0-2])$/)),
  Decimal: textScalar('Decimal', 'A decimal number in quotes such as "129.95"', matching(/^-?\d{1,30}(\.\d{1,20})?$/)),
  CurrencyCode: textScalar('CurrencyCode', 'An ISO 4217 code such as AUD', (text) =>
    currencies.has(text) ? text : null,
  ),
  CountryCode: textScalar('CountryCode', 'An ISO 3166-1 alpha-2 code such as AU', (text) =>
    /^[A-Z]{2}$/.test(text) && regionNames.of(text) !== undefined ? text : null,
  ),
  TimeZone: textScalar('TimeZone', 'An IANA time zone such as Australia/Melbourne', (text) =>
    isTimeZone(text) ? text : null,
  ),
  LanguageTag: textScalar('LanguageTag', 'A language tag such as en-AU', languageTag),
  EmailAddress: textScalar('EmailAddress', 'An e-mail address of at most 254 characters', emailShape),
  PhoneNumber: textScalar('PhoneNumber', 'A telephone number such as +61412345678', matching(/^[+0-9 ().\-/]{3,64}$/)),
  UUID: textScalar('UUID', 'A UUID', (text) =>
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? text.toLowerCase() : null,
  ),
  BrandHandle: textScalar(
    'BrandHandle',
    'A short name of a brand: 2–32 lower-case letters, digits and inner hyphens',
    matching(/^[a-z0-9][a-z0-9-]{0,30}[a-z0-9]$/),
  ),
} as const;
