import type { Brand } from '../brands/brand.js';
import type { Uuid } from '../kernel/ids.js';

/** A place of a brand, as stored. */
export interface LocationRow {
  readonly _id: Uuid;
  readonly name: string;
  /** Code that tills use; absent when they use none. */
  readonly externalCode?: string;
  /** IANA name. */
  readonly timeZone: string;
  readonly isPublished: boolean;
  readonly isPermanentlyClosed: boolean;
}

/** A place of a brand that the actor may see. */
export interface LocationView extends LocationRow {
  readonly __typename: 'Location';
  readonly brand: Brand;
}

/** Makes a freshly read row a view, in place. */
export function locationView(row: LocationRow, brand: Brand): LocationView {
  const view = row as LocationRow & { __typename?: 'Location'; brand?: Brand };
  view.__typename = 'Location';
  view.brand = brand;
  return view as LocationView;
}
