import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { wholeDate } from '../profiles/birth-date.js';
import type { DuplicateSubject } from './duplicate-subject.js';
import { sortedWords } from './name-likeness.js';
import { nameRoots } from './nickname.js';
import { isLatin, soundex } from './spelling.js';

/** What a blocking key is made of. Only profiles that share a key are ever compared. */
export type BlockKind =
  | 'mailbox'
  | 'mobile'
  | 'address'
  | 'identity'
  | 'birthDate'
  | 'fullName'
  | 'nameStart'
  | 'nameSound';

/** First character of a stored key. */
const letters: Readonly<Record<BlockKind, string>> = {
  mailbox: 'e',
  mobile: 'm',
  address: 'a',
  identity: 'i',
  birthDate: 'b',
  fullName: 'n',
  nameStart: 'p',
  nameSound: 's',
};
const kinds: Readonly<Record<string, BlockKind>> = Object.fromEntries(
  Object.entries(letters).map(([kind, letter]) => [letter, kind as BlockKind]),
);

/**
 * A mailbox, number or address that more profiles share is a shop's, a school's or a made-up one, and a card that went
 * through more hands is a test's: it is no signal.
 * Two parents with eight children are the largest household that still counts.
 */
export const valueSharedMax = 10;
/** Profiles of one name block that are compared pairwise: 1,225 pairs. A name that more share is no evidence by itself. */
export const nameBlockMax = 50;

const valueKinds: ReadonlySet<BlockKind> = new Set(['mailbox', 'mobile', 'address', 'identity']);

/** How many profiles a block may have before it is skipped. */
export function blockMax(kind: BlockKind): number {
  return valueKinds.has(kind) ? valueSharedMax : nameBlockMax;
}

/** Whether a stored key stands for a value that is evidence by itself, unless too many share it. */
export function isValueKey(key: string): boolean {
  return valueKinds.has(kindOf(key));
}

/** Identities of one profile that make keys: whoever lost more of them is somebody's test. */
const identitiesMax = 8;
/** Keys one profile has at most: short forms of short forms could otherwise add up. */
const keysMax = 24;
/** Bytes of a digest that are kept: with 10^8 keys a chance meeting is below 10^-12, and it would cost one comparison. */
export const digestBytes = 12;
/** The same as characters in base 64. */
const digestLength = (digestBytes / 3) * 4;

/**
 * Makes blocking keys of one brand: a letter for the kind and a keyed digest (HMAC-SHA-256), so that the stored keys
 * show nothing to whoever lacks the secret, not even by trying all numbers.
 */
export class DuplicateKeys {
  readonly #secret: KeyObject;
  readonly #brand: string;

  constructor(secret: Uint8Array, brand: string) {
    this.#secret = createSecretKey(secret);
    this.#brand = brand;
  }

  /** The key of one value of a kind. */
  keyOf(kind: BlockKind, value: string): string {
    const digest = createHmac('sha256', this.#secret).update(`${this.#brand}\n${kind}\n${value}`).digest('base64url');
    return letters[kind] + digest.slice(0, digestLength);
  }

  /** Every key under which a profile meets those it may be the same as. */
  keysOf(subject: DuplicateSubject): string[] {
    const parts: [BlockKind, string][] = [
      ...subject.mailboxes.map((value): [BlockKind, string] => ['mailbox', value]),
      ...subject.mobiles.map((value): [BlockKind, string] => ['mobile', value]),
      ...subject.addresses.map((value): [BlockKind, string] => ['address', value]),
      ...subject.identities.slice(0, identitiesMax).map((value): [BlockKind, string] => ['identity', value]),
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
