import { areNicknames } from './nickname.js';
import { isLatin, jaroWinkler, soundex } from './spelling.js';

/** A name as it is compared: folded; empty where not known. */
export interface ComparedName {
  readonly given: string;
  readonly family: string;
}

/** How alike two names are, from the same to nothing in common; null when one of them is not known in full. */
export type NameLikeness = 'SAME' | 'NEAR' | 'SOUND' | 'DIFFERENT';

/** Likeness from which a typing error is more probable than another name; the value that Winkler's users settle on. */
const typoLikenessMin = 0.92;
/** Shorter names that differ by a letter are other names: Jon and Jan, Li and Lu. */
const typoLengthMin = 4;
/** A name cut short at a till lacks a letter or two; more only where the beginning says enough. */
const cutLettersMax = 2;
const longBeginning = 3;

/**
 * How alike two names are. First and last name may be the other way round. One of the two parts must be equal for the
 * other to be merely alike: two vague halves are no evidence.
 */
export function nameLikeness(a: ComparedName, b: ComparedName): NameLikeness | null {
  if (a.given === '' || a.family === '' || b.given === '' || b.family === '') return null;
  // The two parts are weighed differently, so either name must be tried the other way round.
  return strongest(inOrder(a, b), inOrder(a, turned(b)), inOrder(turned(a), b), sameWords(a, b));
}

/** How alike two given names are; null when one is not known. */
export function givenLikeness(a: string, b: string): NameLikeness | null {
  if (a === '' || b === '') return null;
  if (a === b) return 'SAME';
  if (areNicknames(a, b) || isCutShort(a, b) || hasExtraWords(a, b) || isTypo(a, b)) return 'NEAR';
  if (isInitialOf(a, b) || (isLatin(a) && isLatin(b) && soundex(a) === soundex(b))) return 'SOUND';
  return 'DIFFERENT';
}

function turned({ given, family }: ComparedName): ComparedName {
  return { given: family, family: given };
}

function inOrder(a: ComparedName, b: ComparedName): NameLikeness {
  if (a.family === b.family) return givenLikeness(a.given, b.given) ?? 'DIFFERENT';
  return a.given === b.given && isTypo(a.family, b.family) ? 'NEAR' : 'DIFFERENT';
}

/** `Mary Ann | Lee` and `Mary | Ann Lee`. */
function sameWords(a: ComparedName, b: ComparedName): NameLikeness {
  return sortedWords(a) === sortedWords(b) ? 'SAME' : 'DIFFERENT';
}

/** All words of a name in alphabetical order: the same whichever field they were typed into. */
export function sortedWords(name: ComparedName): string {
  return `${name.given} ${name.family}`
    .split(' ')
    .filter((word) => word !== '')
    .sort()
    .join(' ');
}

const strength: readonly NameLikeness[] = ['DIFFERENT', 'SOUND', 'NEAR', 'SAME'];

function strongest(...all: readonly NameLikeness[]): NameLikeness {
  return all.reduce((best, each) => (strength.indexOf(each) > strength.indexOf(best) ? each : best));
}

function inLength(a: string, b: string): readonly [shorter: string, longer: string] {
  return a.length <= b.length ? [a, b] : [b, a];
}

function isCutShort(a: string, b: string): boolean {
  const [shorter, longer] = inLength(a, b);
  if (shorter.length < 2 || !longer.startsWith(shorter) || !isLatin(longer)) return false;
  return longer.length - shorter.length <= cutLettersMax || shorter.length >= longBeginning;
}

/** `Anna` and `Anna Maria`. */
function hasExtraWords(a: string, b: string): boolean {
  const [shorter, longer] = inLength(a, b);
  return longer.startsWith(`${shorter} `);
}

function isTypo(a: string, b: string): boolean {
  if (Math.min(a.length, b.length) < typoLengthMin || !isLatin(a) || !isLatin(b)) return false;
  return jaroWinkler(a, b) >= typoLikenessMin;
}

function isInitialOf(a: string, b: string): boolean {
  const [shorter, longer] = inLength(a, b);
  return shorter.length === 1 && isLatin(shorter) && longer.startsWith(shorter);
}
