import type { CountedPage } from '../../src/access/page.js';
import { runTransaction } from '../../src/brands/transaction.js';
import type { DuplicateRow, DuplicateView } from '../../src/duplicates/duplicate.js';
import { duplicateCollection } from '../../src/duplicates/duplicate.model.js';
import { listDuplicates } from '../../src/duplicates/duplicate-list.service.js';
import { type ScanOptions, type ScanResult, scanForDuplicates } from '../../src/duplicates/duplicate-scan.service.js';
import type { QueryDuplicateCandidatesArgs } from '../../src/generated/resolvers-types.js';
import { Deadline, systemClock } from '../../src/kernel/clock.js';
import { insertNewProfiles, planNewProfile } from '../../src/profiles/new-profile.service.js';
import type { ProfileValues, ProfileView } from '../../src/profiles/profile.js';
import { viewProfile } from '../../src/profiles/profile.service.js';
import type { TestGroup } from '../support/group.js';

/** The secret of every scan in a test. */
export const secret = new Uint8Array(32).fill(7);

/** Looks through a brand. */
export function scan(group: TestGroup, brand: string, options: Partial<ScanOptions> = {}): Promise<ScanResult> {
  return scanForDuplicates({ entry: group.entry(brand), clock: systemClock, secret, ...options });
}

/** Every pair of a brand as stored, the most likely first. */
export async function storedPairs(group: TestGroup, brand: string): Promise<DuplicateRow[]> {
  const rows = await group.entry(brand).database.model(duplicateCollection).find({}, null, { lean: true });
  return (rows as unknown as DuplicateRow[]).sort((a, b) => b.score - a.score);
}

/** Writes customers as they are, without asking whether a second one makes sense; returns their ids. */
export async function customers(
  group: TestGroup,
  brand: string,
  people: readonly (ProfileValues & { readonly street?: string; readonly createdAt?: Date })[],
): Promise<string[]> {
  const entry = group.entry(brand);
  const planned = people.map(({ street, createdAt, ...values }) =>
    planNewProfile({
      brand: entry.brand,
      values,
      addresses:
        street === undefined
          ? []
          : [
              {
                line1: street,
                line2: null,
                line3: null,
                company: null,
                city: 'Geelong',
                state: 'VIC',
                postcode: '3220',
                countryCode: 'AU',
              },
            ],
      now: createdAt ?? new Date(),
    }),
  );
  await runTransaction(entry.database, Deadline.after(20_000), (session) =>
    insertNewProfiles(entry.database, planned, session),
  );
  return planned.map((each) => each.profile._id);
}

/** A profile as an operation shows it. */
export async function view(group: TestGroup, brand: string, id: string): Promise<ProfileView> {
  const found = await viewProfile(group.context(), group.entry(brand), id);
  if (found === null) throw new Error('There is no such live profile');
  return found;
}

/** A fresh page of the inbox. */
export function inbox(
  group: TestGroup,
  brand: string,
  args: Partial<QueryDuplicateCandidatesArgs> = {},
): Promise<CountedPage<DuplicateView> | null> {
  return listDuplicates(group.context(), { brand, ...args });
}
