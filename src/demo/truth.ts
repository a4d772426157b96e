import type { BrandEntry } from '../brands/brands.js';
import type { Uuid } from '../kernel/ids.js';
import { makePeople, peopleCount } from './people.js';
import { demoProfile, profileRandom } from './rows.js';

/** Two profiles of one brand that the seeding made for one person. */
export interface SeededDuplicate {
  readonly brand: string;
  readonly originalId: Uuid;
  readonly duplicateId: Uuid;
}

/**
 * Every duplicate that seeding these brands writes, known because both profiles can be made again: what a search for
 * duplicates is measured against. Brands in the order of the configuration.
 */
export function seededDuplicates(entries: readonly BrandEntry[], people: number = peopleCount): SeededDuplicate[] {
  // Places do not change the ids of profiles, which are drawn before any sale is made up.
  const noPlaces = [''];
  const pairs: SeededDuplicate[] = [];
  for (const person of makePeople(people, entries.length)) {
    for (const membership of person.memberships) {
      const entry = entries[membership.brand];
      if (entry === undefined || !membership.isDuplicated) continue;
      const [originalId, duplicateId] = [false, true].map((isDuplicate) => {
        const random = profileRandom(person, membership, isDuplicate);
        return demoProfile(entry, person, membership, isDuplicate, random, noPlaces).planned.profile._id;
      }) as [Uuid, Uuid];
      pairs.push({ brand: entry.brand.handle, originalId, duplicateId });
    }
  }
  return pairs;
}
