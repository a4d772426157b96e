import type { BirthDate } from '../profiles/profile.js';
import type { FieldDecision, PartPlan } from './merge.js';

const parts = ['day', 'month', 'year'] as const;
type Part = (typeof parts)[number];

/**
 * Decides a date of birth. A winner without one takes the loser's whole; so does a caller who chose `birthDate`. Otherwise
 * each part is decided by itself under its dotted name: parts that the winner lacks are filled only while nothing
 * contradicts, because two halves of different days are nobody's birthday.
 */
export function decideBirthDate(
  winner: BirthDate | null | undefined,
  loser: BirthDate | null | undefined,
  chosen: ReadonlySet<string>,
): PartPlan {
  if (isEmpty(loser)) return { decisions: [], choosable: [] };
  const theirs = loser as BirthDate;
  const choosable = ['birthDate', ...parts.filter((part) => known(theirs, part)).map((part) => `birthDate.${part}`)];
  if (textOf(winner) === textOf(theirs)) return { decisions: [], choosable };
  if (isEmpty(winner) || chosen.has('birthDate')) {
    const decision: FieldDecision = {
      field: 'birthDate',
      winnerValue: isEmpty(winner) ? null : textOf(winner),
      loserValue: textOf(theirs),
      outcome: 'LOSER',
      rule: chosen.has('birthDate') ? 'CHOSEN' : 'FILLS_EMPTY',
      isChoosable: true,
    };
    return { decisions: [decision], attributes: { birthDate: combine({}, theirs, parts) }, choosable };
  }
  return decideParts(winner as BirthDate, theirs, chosen, choosable);
}

function decideParts(
  own: BirthDate,
  theirs: BirthDate,
  chosen: ReadonlySet<string>,
  choosable: readonly string[],
): PartPlan {
  const differing = parts.filter((part) => known(theirs, part) && own[part] !== theirs[part]);
  const taken = differing.filter((part) => chosen.has(`birthDate.${part}`));
  const open = differing.filter((part) => !taken.includes(part));
  const isContradicted = open.some((part) => known(own, part));
  const filled = isContradicted ? [] : open;
  const withFilled = combine(own, theirs, [...taken, ...filled]);
  const usable = isPossible(withFilled) ? [...taken, ...filled] : taken;
  const result = combine(own, theirs, usable);
  // A chosen part that makes a day which does not exist cannot be chosen.
  const isAllowed = isPossible(result);
  const decisions = differing.map((part): FieldDecision => {
    const isTaken = isAllowed && usable.includes(part);
    return {
      field: `birthDate.${part}`,
      winnerValue: known(own, part) ? String(own[part]) : null,
      loserValue: String(theirs[part]),
      outcome: isTaken ? 'LOSER' : 'WINNER',
      rule: !isTaken ? 'WINNER_KEEPS' : taken.includes(part) ? 'CHOSEN' : 'FILLS_EMPTY',
      isChoosable: true,
    };
  });
  const impossible = isAllowed ? [] : taken.map((part) => `birthDate.${part}`);
  return {
    decisions,
    attributes: isAllowed && usable.length > 0 ? { birthDate: result } : {},
    choosable: choosable.filter((name) => !impossible.includes(name)),
  };
}

/** Whether two dates of birth cannot be one person's: a part that both know differs. */
export function birthDatesContradict(a: BirthDate | null | undefined, b: BirthDate | null | undefined): boolean {
  return parts.some((part) => known(a, part) && known(b, part) && a?.[part] !== b?.[part]);
}

function known(date: BirthDate | null | undefined, part: Part): boolean {
  return date?.[part] !== null && date?.[part] !== undefined;
}

function isEmpty(date: BirthDate | null | undefined): boolean {
  return !parts.some((part) => known(date, part));
}

function combine(own: BirthDate, theirs: BirthDate, taken: readonly Part[]): BirthDate {
  const result: Partial<Record<Part, number>> = {};
  for (const part of parts) {
    const value = taken.includes(part) ? theirs[part] : own[part];
    if (value !== null && value !== undefined) result[part] = value;
  }
  return result;
}

/** Longest length of each month; February counts 29 unless a year says otherwise. */
const monthLengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isPossible({ day, month, year }: BirthDate): boolean {
  if (day == null || month == null) return true;
  if (month === 2 && day === 29 && year != null) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return day <= (monthLengths[month - 1] ?? 31);
}

/** `1988-06-14`, with dashes in the place of what is not known: `----06-14`. */
function textOf(date: BirthDate | null | undefined): string {
  const two = (value: number | null | undefined): string => (value == null ? '--' : String(value).padStart(2, '0'));
  const year = date?.year == null ? '----' : String(date.year).padStart(4, '0');
  return `${year}-${two(date?.month)}-${two(date?.day)}`;
}
