import type { BirthDate } from '../profiles/profile.js';

/** What became of a row of a file. */
export type RowVerdict = 'CREATED' | 'UPDATED' | 'UNCHANGED' | 'REFUSED';

/** What there is to say about one column of a row. Names columns, never values. */
export interface RowNote {
  readonly code: RowNoteCode;
  /** Column of the file; null when the whole row is meant. */
  readonly column: string | null;
}

/** Notes that a row can get, with their meaning for people. */
export const rowNotes = {
  COLUMN_COUNT: 'The row has more or fewer columns than the header.',
  NOT_READABLE: 'The row is not valid CSV.',
  NOT_UTF8: 'The row holds bytes that are not UTF-8; save the file as UTF-8.',
  NOTHING_TO_FIND_BY: 'Neither customer id nor a valid e-mail or mobile: nobody could be found by it again.',
  INVALID_IDENTIFIER: 'The customer id is too long or holds control characters.',
  INVALID_EMAIL: 'Not an e-mail address; left out.',
  INVALID_PHONE: 'Not a telephone number; left out.',
  TOO_LONG: 'Longer than allowed; left out.',
  TOO_MANY: 'More entries than allowed; the rest is left out.',
  VALUE_KEPT: 'The profile already holds another value, which stays.',
  OTHER_OWNER: 'Belongs to another profile and is not moved: the two may be the same person.',
  HANDLE_TAKEN: 'The profile already has a customer id and may hold only one.',
  OWNER_NOT_LIVE: 'The profile that owns it cannot be changed now.',
  REPEATED_IN_FILE: 'An earlier row of the file has the same key; a real run takes this row to its profile.',
} as const;

/** Code of a note on a row. */
export type RowNoteCode = keyof typeof rowNotes;

/** The verdict on one row. */
export interface RowReport {
  /** Line on which the row begins, the header being line 1. */
  readonly line: number;
  readonly verdict: RowVerdict;
  readonly notes: readonly RowNote[];
}

/** A postal address as a file gives it. */
export interface RowAddress {
  readonly line1: string | null;
  readonly line2: string | null;
  readonly company: string | null;
  readonly city: string | null;
  readonly state: string | null;
  readonly postcode: string | null;
  readonly countryCode: string | null;
}

/** A customer as a file gives it, in our words and checked; what could not be used is a note. */
export interface CustomerRow {
  readonly line: number;
  /** Id in the source system; null when the row has none. */
  readonly sourceId: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly email: string | null;
  readonly mobilePhone: string | null;
  readonly secondaryPhone: string | null;
  readonly birthDate: BirthDate | null;
  readonly company: string | null;
  readonly tags: readonly string[];
  /** What the row says about promotions; null when it says nothing. */
  readonly isEmailPromotional: boolean | null;
  readonly isSmsPromotional: boolean | null;
  readonly address: RowAddress | null;
  readonly notes: readonly RowNote[];
}

/** A row that cannot be used at all. */
export interface RefusedRow {
  readonly line: number;
  readonly notes: readonly RowNote[];
}
