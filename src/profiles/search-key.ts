import { readEmail } from '../claims/match-key.js';
import type { ProfileValues } from './profile.js';

/** Tokens of a name that are rotated: more make no search better. */
const nameTokensMax = 4;
/** Characters of one key. */
const keyLengthMax = 64;
/** Keys of one profile. */
const keysMax = 8;
/** Characters a prefix search must have: shorter ones would list a brand. */
export const searchLengthMin = 3;

/** A name without marks, in lower case, single spaces between tokens. */
export function foldName(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}' -]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/**
 * Keys under which a live profile is found by prefix: every rotation of its name tokens, its e-mail, and its mobile's
 * digits in reverse, because staff type the last digits.
 */
export function searchKeysOf(values: ProfileValues): string[] {
  const keys: string[] = [];
  const tokens = foldName([values.firstName, values.lastName].filter(Boolean).join(' '))
    .split(' ')
    .filter((token) => token !== '')
    .slice(0, nameTokensMax);
  tokens.forEach((_, start) => {
    keys.push(`n:${[...tokens.slice(start), ...tokens.slice(0, start)].join(' ')}`);
  });
  const email = values.email ? readEmail(values.email) : null;
  if (email !== null) keys.push(`e:${email.key}`);
  if (values.mobilePhone) keys.push(`d:${reverseDigits(values.mobilePhone)}`);
  return [...new Set(keys.map((key) => cut(key, keyLengthMax + 2)))].slice(0, keysMax).sort();
}

/** The key prefix of a search by name, or null when too little is given to search by. */
export function namePrefix(text: string): string | null {
  const folded = foldName(text);
  return [...folded].length < searchLengthMin ? null : `n:${cut(folded, keyLengthMax)}`;
}

function reverseDigits(phone: string): string {
  return [...phone.replace(/\D/g, '')].reverse().join('');
}

function cut(text: string, length: number): string {
  return [...text].slice(0, length).join('');
}
