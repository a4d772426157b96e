import type { BirthDateInput } from '../generated/resolvers-types.js';
import type { InputReader } from './input-reader.js';
import type { BirthDate } from './profile.js';

/** Nobody on record has lived longer than 122 years. */
const ageMax = 130;
/** Without a year, a day is possible when some year has it. */
const leapYear = 2_000;
const dayMs = 86_400_000;

/** Days of a month; `month` is 1–12. */
function daysIn(month: number, year: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** A date of birth whose parts make a possible date, in no future time zone's tomorrow; null when nothing is known or it is refused. */
export function readBirthDate(
  reader: InputReader,
  input: BirthDateInput | null | undefined,
  path: readonly string[],
  now: Date,
): BirthDate | null {
  if (input === null || input === undefined) return null;
  const day = input.day ?? null;
  const month = input.month ?? null;
  const year = input.year ?? null;
  if (day === null && month === null && year === null) return null;
  const fail = (message: string, part: string): null => reader.fail('INVALID_VALUE', message, [...path, part]);
  if (month !== null && (month < 1 || month > 12)) return fail('A month is 1–12', 'month');
  if (day !== null && (day < 1 || day > 31)) return fail('A day is 1–31', 'day');
  if (day !== null && month !== null && day > daysIn(month, year ?? leapYear)) {
    return fail('This month does not have so many days', 'day');
  }
  const thisYear = now.getUTCFullYear();
  if (year !== null && (year < thisYear - ageMax || year > thisYear + 1)) {
    return fail(`A year of birth lies between ${thisYear - ageMax} and now`, 'year');
  }
  if (year !== null && Date.UTC(year, (month ?? 1) - 1, day ?? 1) > now.getTime() + dayMs) {
    return fail('A date of birth lies in the past', 'year');
  }
  return { ...(day === null ? {} : { day }), ...(month === null ? {} : { month }), ...(year === null ? {} : { year }) };
}

/** `YYYY-MM-DD` when all three parts are known, else null. */
export function wholeDate(date: BirthDate): string | null {
  const { day, month, year } = date;
  if (!day || !month || !year) return null;
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}
