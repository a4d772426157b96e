import { defineCollection } from '../brands/collection.js';
import type { LocationRow } from './location.js';

/** Places of a brand: a small collection, listed by name and found by the tills' code. */
export const locationCollection = defineCollection<LocationRow>(
  'locations',
  { name: String, externalCode: String, timeZone: String, isPublished: Boolean, isPermanentlyClosed: Boolean },
  [{ key: { name: 1, _id: 1 } }, { key: { externalCode: 1, _id: 1 }, sparse: true }],
);
