import { domainToASCII } from 'node:url';
import parsePhoneNumber, { type CountryCode } from 'libphonenumber-js/max';
import { emailLengthMax, identifierLengthMax } from '../kernel/limits.js';
import { characterCount, hasControlCharacter, hasLoneSurrogate } from '../kernel/text.js';

/** A value as typed together with the form in which it is compared. */
export interface MatchValue {
  readonly value: string;
  readonly key: string;
}

const localPart = /^[^\s@"(),:;<>[\\\]]+$/u;
const hostLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Reads an e-mail address. Compared in normal form C, lower case, with the host in its ASCII form (IDNA, UTS 46).
 * Dots and plus-tags count: two mailboxes that a provider delivers to one person are still two addresses.
 * Null when the text is not an address with a host of at least two labels.
 */
export function readEmail(text: string): MatchValue | null {
  const value = text.normalize('NFC').trim();
  if (value.length > emailLengthMax || hasLoneSurrogate(value) || hasControlCharacter(value)) return null;
  const at = value.lastIndexOf('@');
  const local = value.slice(0, at);
  if (
    at < 1 ||
    local.length > 64 ||
    !localPart.test(local) ||
    local.startsWith('.') ||
    local.endsWith('.') ||
    local.includes('..')
  )
    return null;
  const host = domainToASCII(value.slice(at + 1).toLowerCase());
  const labels = host.split('.');
  if (labels.length < 2 || host.length > 253 || !labels.every((label) => hostLabel.test(label))) return null;
  if (/^\d+$/.test(labels.at(-1) as string)) return null;
  return { value, key: `${local.toLowerCase()}@${host}` };
}

/**
 * Reads a telephone number in E.164 or in the national form of a region. Value and key are both E.164.
 * Null when no valid number can be read.
 */
export function readPhone(text: string, region: string): MatchValue | null {
  if (text.length > 64 || hasLoneSurrogate(text)) return null;
  const parsed = parsePhoneNumber(text.trim(), region as CountryCode);
  if (parsed === undefined || !parsed.isValid() || parsed.ext !== undefined) return null;
  return { value: parsed.number, key: parsed.number };
}

/** Whether a text can be an identifier in another system: 1–512 characters, no control characters, kept exactly as given. */
export function isIdentifier(text: string): boolean {
  const length = characterCount(text);
  return (
    length >= 1 &&
    length <= identifierLengthMax &&
    !hasLoneSurrogate(text) &&
    !hasControlCharacter(text) &&
    text.trim() !== ''
  );
}
