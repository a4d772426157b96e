import { createHmac } from 'node:crypto';
import { wholeDate } from '../profiles/birth-date.js';
import type { DuplicateSubject } from './duplicate-subject.js';
import { sortedWords } from './name-likeness.js';
import { nameRoots } from './nickname.js';
import { isLatin, soundex } from './spelling.js';

/** What a blocking key is made of. Only profiles that share a key are ever compared. */
export type BlockKind = 'mailbox' | 'mobile' | 'address' | 'birthDate' | 'fullName' | 'nameStart' | 'nameSound';

/** First character of a stored key. */
const letters: Readonly<Record<BlockKind, string>> = {
  mailbox: 'e',
  mobile: 'm',
  address: 'a',
  birthDate: 'b',
  fullName: 'n',
  nameStart: 'p',
  nameSound: 's',
};
const kinds: Readonly<Record<string, BlockKind>> = Object.fromEntries(
  Object.entries(letters).map(([kind, letter]) => [letter, kind as BlockKind]),
);

/**
 * A mailbox, number or address that more profiles share is a shop's, a school's or a made-up one: it is no signal.
 * Two parents with eight children are the largest household that still counts.
 */
export const valueSharedMax = 10;
/** Profiles of one name block that are compared pairwise: 1,225 pairs. A name that more share is no evidence by itself. */
export const nameBlockMax = 50;

/** How many profiles a block may have before it is skipped. */
export function blockMax(kind: BlockKind): number {
  return kind === 'mailbox' || kind === 'mobile' || kind === 'address' ? valueSharedMax : nameBlockMax;
}

/** Keys one profile has at most: short forms of short forms could otherwise add up. */
const keysMax = 24;
/** Bytes of a digest that are kept: with 10^7 keys a chance meeting is below 10^-24. */
const digestBytes = 16;

/**
 * Makes blocking keys of one brand: a letter for the kind and a keyed digest (HMAC-SHA-256), so that the stored keys
 * show nothing to whoever lacks the secret, not even by trying all numbers.
 */
export class DuplicateKeys {
  readonly #secret: Uint8Array;
  readonly #brand: string;

  constructor(secret: Uint8Array, brand: string) {
    this.#secret = secret;
    this.#brand = brand;
  }

  /** The key of one value of a kind. */
  keyOf(kind: BlockKind, value: string): string {
    const digest = createHmac('sha256', this.#secret).update(`${this.#brand}\n${kind}\n${value}`).digest();
    return letters[kind] + digest.subarray(0, digestBytes).toString('base64url');
  }

  /** Every key under which a profile meets those it may be the same as. */
  keysOf(subject: DuplicateSubject): string[] {
    const parts: [BlockKind, string][] = [
      ...subject.mailboxes.map((value): [BlockKind, string] => ['mailbox', value]),
      ...subject.mobiles.map((value): [BlockKind, string] => ['mobile', value]),
      ...subject.addresses.map((value): [BlockKind, string] => ['address', value]),
      ...nameParts(subject),
    ];
    return [...new Set(parts.map(([kind, value]) => this.keyOf(kind, value)))].slice(0, keysMax);
  }
}

function nameParts(subject: DuplicateSubject): [BlockKind, string][] {
  const { given, family } = subject;
  if (given === '' || family === '') return [];
  const parts: [BlockKind, string][] = [['nameStart', `${family}|${[...given].slice(0, 2).join('')}`]];
  const [first = given, ...others] = given.split(' ');
  // The name itself, and the name with each root of a short form: Bob and Robert Stone meet under Robert Stone.
  for (const root of new Set([first, ...nameRoots(first)])) {
    parts.push(['fullName', sortedWords({ given: [root, ...others].join(' '), family })]);
  }
  if (isLatin(given)) parts.push(['nameSound', `${family}|${soundex(first)}`]);
  const date = subject.birthDate === null ? null : wholeDate(subject.birthDate);
  if (date !== null) parts.push(['birthDate', `${date}|${isLatin(family) ? soundex(family) : family}`]);
  return parts;
}

/** The kind of a stored key. */
export function kindOf(key: string): BlockKind {
  return kinds[key.charAt(0)] as BlockKind;
}
