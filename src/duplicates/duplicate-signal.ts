import type { DuplicateSignalKind } from '../generated/resolvers-types.js';
import type { BirthDate } from '../profiles/profile.js';
import type { DuplicateSignal } from './duplicate.js';
import type { DuplicateSubject } from './duplicate-subject.js';
import { givenLikeness, type NameLikeness, nameLikeness } from './name-likeness.js';

/**
 * How much each signal adds to a score from 0 to 1. Set by the reasoning of Fellegi and Sunter (1969): what two people
 * seldom share by chance weighs much, what households share weighs little, and a contradiction weighs more than a gap.
 */
export const weights = {
  /** Numbers are personal, though lent within families. */
  mobile: 0.5,
  /** A mailbox is as personal as a number; a plus-tag shows that its owner made both addresses. */
  mailbox: 0.5,
  /** About 1 in 25,000 people shares a birth date, fewer still the name as well. */
  nameAndBirthDate: 0.6,
  /** The same with a nickname or a typing error in the name. */
  nearNameAndBirthDate: 0.5,
  /** A full name is shared by few in one brand, but it is shared. */
  sameName: 0.35,
  nearName: 0.3,
  /** Only sounds alike: what a till hears. */
  soundName: 0.25,
  /** Families and neighbours share it. */
  address: 0.2,
  /** Somebody once took both for one person, or one's card for the other's. */
  identityHistory: 0.4,
  /** Share of what an address, a number and a card handed on say that different first names explain away: nearly all. */
  householdShare: 0.8,
  /** Two parts of the date differ: another person. Outweighs a shared name and address. */
  birthDate: 0.6,
  /** One part differs, or day and month are swapped: a typing error as often as not. */
  nearBirthDate: 0.2,
} as const;

/**
 * What is left of a name's weight when both profiles have an e-mail, or both a number, and they differ. A second profile
 * mostly comes about because one was not at hand; two complete ones are more often namesakes.
 */
const contradictedNameShare = 0.5;

/** Pairs below are not kept: the weakest single evidence that people can judge is a name that sounds alike. */
export const candidateScoreMin = 0.25;
/** From here on two independent things agree, or one that seldom agrees by chance: worth looking at first. */
export const likelyScoreMin = 0.5;

/** What is on record about two profiles together. */
export interface PairHistory {
  /** Whether they were merged until that was undone: then the identities of one were the other's for a while. */
  readonly wasMerged?: boolean;
}

/**
 * What speaks for and against two profiles being one person, the strongest first. Symmetric. A further value that both
 * share never lowers the sum; values that many profiles share must have been taken out before, see `withoutCommon`.
 */
export function signalsOf(a: DuplicateSubject, b: DuplicateSubject, history: PairHistory = {}): DuplicateSignal[] {
  const signals: DuplicateSignal[] = [];
  const add = (kind: DuplicateSignalKind, weight: number): void => {
    signals.push({ kind, weight: rounded(weight) });
  };
  const hasMobile = share(a.mobiles, b.mobiles);
  const hasMailbox = share(a.mailboxes, b.mailboxes);
  const hasAddress = share(a.addresses, b.addresses);
  const hasIdentity = share(a.identities, b.identities);
  if (hasMobile) add('SAME_MOBILE_PHONE', weights.mobile);
  if (hasMailbox) add('SAME_MAILBOX', weights.mailbox);
  if (hasAddress) add('SAME_ADDRESS', weights.address);
  const name = nameLikeness(a, b);
  const dates = compareBirthDates(a.birthDate, b.birthDate);
  const nameSignal = nameSignalOf(name, dates, !hasMobile && !hasMailbox && doContactsDiffer(a, b));
  if (nameSignal !== null) add(...nameSignal);
  if (history.wasMerged || hasIdentity) add('SHARED_IDENTITY_HISTORY', weights.identityHistory);
  const explained =
    (hasMobile ? weights.mobile : 0) +
    (hasAddress ? weights.address : 0) +
    (hasIdentity && !history.wasMerged ? weights.identityHistory : 0);
  const isOtherFirstName = name !== 'SAME' && givenLikeness(a.given, b.given) === 'DIFFERENT';
  // Swapped or joined names look like other first names and are not.
  if (explained > 0 && isOtherFirstName && (name === null || name === 'DIFFERENT')) {
    add('HOUSEHOLD', -weights.householdShare * explained);
  }
  if (dates === 'DIFFERENT') add('DIFFERENT_BIRTH_DATE', -weights.birthDate);
  if (dates === 'NEAR') add('DIFFERENT_BIRTH_DATE', -weights.nearBirthDate);
  return signals.sort((x, y) => Math.abs(y.weight) - Math.abs(x.weight) || (x.kind < y.kind ? -1 : 1));
}

function nameSignalOf(
  name: NameLikeness | null,
  dates: DateLikeness,
  isContradicted: boolean,
): readonly [DuplicateSignalKind, number] | null {
  if (name === null || name === 'DIFFERENT') return null;
  if (dates === 'SAME' && name !== 'SOUND') {
    return ['SAME_NAME_AND_BIRTH_DATE', name === 'SAME' ? weights.nameAndBirthDate : weights.nearNameAndBirthDate];
  }
  const weight = { SAME: weights.sameName, NEAR: weights.nearName, SOUND: weights.soundName }[name];
  return ['SIMILAR_NAME', isContradicted ? weight * contradictedNameShare : weight];
}

/** The sum of the weights, kept between 0 and 1. */
export function scoreOf(signals: readonly DuplicateSignal[]): number {
  const sum = signals.reduce((total, { weight }) => total + weight, 0);
  return rounded(Math.min(1, Math.max(0, sum)));
}

/** Hundredths: sums of decimals would otherwise differ in their last bits by the order of adding. */
function rounded(weight: number): number {
  return Math.round(weight * 100) / 100;
}

/** A subject without the values that so many profiles share that they tell nothing. */
export function withoutCommon(subject: DuplicateSubject, isCommon: (value: string) => boolean): DuplicateSubject {
  const rest = (values: readonly string[]): string[] => values.filter((value) => !isCommon(value));
  return {
    ...subject,
    mailboxes: rest(subject.mailboxes),
    mobiles: rest(subject.mobiles),
    addresses: rest(subject.addresses),
    identities: rest(subject.identities),
  };
}

function share(a: readonly string[], b: readonly string[]): boolean {
  return a.some((value) => b.includes(value));
}

function doContactsDiffer(a: DuplicateSubject, b: DuplicateSubject): boolean {
  const differ = (x: readonly string[], y: readonly string[]): boolean => x.length > 0 && y.length > 0;
  return differ(a.mailboxes, b.mailboxes) || differ(a.mobiles, b.mobiles);
}

type DateLikeness = 'SAME' | 'NEAR' | 'DIFFERENT' | 'UNKNOWN';

const dateParts = ['day', 'month', 'year'] as const;

/** Compares what is known of both dates. Equal in a part only, it says nothing. */
function compareBirthDates(a: BirthDate | null, b: BirthDate | null): DateLikeness {
  if (a === null || b === null) return 'UNKNOWN';
  const known = dateParts.filter((part) => a[part] != null && b[part] != null);
  const unequal = known.filter((part) => a[part] !== b[part]);
  if (unequal.length === 0) return known.length === dateParts.length ? 'SAME' : 'UNKNOWN';
  const isSwapped = unequal.length === 2 && a.day === b.month && a.month === b.day && a.year === b.year;
  return unequal.length === 1 || isSwapped ? 'NEAR' : 'DIFFERENT';
}
