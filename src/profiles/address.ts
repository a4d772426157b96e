import type { Brand } from '../brands/brand.js';
import type { Uuid } from '../kernel/ids.js';

/** Lines of a postal address; null where not known. */
export interface AddressValues {
  readonly line1: string | null;
  readonly line2: string | null;
  readonly line3: string | null;
  readonly company: string | null;
  readonly city: string | null;
  readonly state: string | null;
  readonly postcode: string | null;
  readonly countryCode: string | null;
}

/** A postal address as stored. Which one is the default stands in the profile. */
export interface AddressRow extends AddressValues {
  readonly _id: Uuid;
  readonly accountId: Uuid;
  readonly rev: number;
  readonly createdAt: Date;
}

/** A postal address of a shown profile. */
export interface AddressView extends AddressRow {
  readonly __typename: 'Address';
  readonly brand: Brand;
  readonly isDefault: boolean;
}

/** Order of addresses and identities by age, the oldest first; ids break ties. */
export function byAge(
  a: { readonly createdAt: Date; readonly _id: string },
  b: { readonly createdAt: Date; readonly _id: string },
): number {
  return a.createdAt.getTime() - b.createdAt.getTime() || (a._id < b._id ? -1 : 1);
}

/**
 * A profile's addresses as shown: the default first, the others by age. Exactly one is the default when there is any,
 * also where the one that the profile names is gone.
 */
export function addressViews(
  rows: readonly AddressRow[],
  brand: Brand,
  defaultAddressId: Uuid | null | undefined,
): AddressView[] {
  const byAgeRows = [...rows].sort(byAge);
  const main = byAgeRows.find((row) => row._id === defaultAddressId) ?? byAgeRows[0];
  const inOrder = main === undefined ? [] : [main, ...byAgeRows.filter((row) => row !== main)];
  return inOrder.map((row) => ({ ...row, __typename: 'Address', brand, isDefault: row === main }));
}
