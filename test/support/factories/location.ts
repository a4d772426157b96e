import { randomUUID } from 'node:crypto';
import type { LocationRow } from '../../../src/activity/location.js';
import { insertLocations } from '../../../src/activity/location.service.js';
import type { TestGroup } from '../group.js';

/** Stores a place of a brand, with a code of its own unless said otherwise. */
export async function aLocation(
  group: TestGroup,
  brand: string,
  overrides: Partial<LocationRow> = {},
): Promise<LocationRow> {
  const id = randomUUID();
  const row: LocationRow = {
    _id: id,
    name: 'Collins Street',
    externalCode: `S-${id.slice(0, 8)}`,
    timeZone: 'Australia/Melbourne',
    isPublished: true,
    isPermanentlyClosed: false,
    ...overrides,
  };
  await insertLocations(group.entry(brand), [row]);
  return row;
}
