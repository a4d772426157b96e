import type { ProfileFilter } from '../generated/resolvers-types.js';
import { isKnownCustomer, type ProfileRow, type ProfileType } from './profile.js';

/** Types listed when none are named: customers as staff think of them. */
const usualTypes: readonly ProfileType[] = ['ACTIVE', 'INCOMPLETE', 'DEPENDANT'];

/** Stored fields that a filter looks at, to be read with every row it is to judge. */
export const filterFields = [
  'state',
  'type',
  'tags',
  'statuses',
  'firstName',
  'lastName',
  'email',
  'mobilePhone',
  'createdAt',
] as const;

/** Whether a profile meets all conditions of a filter. */
export function meetsFilter(row: ProfileRow, filter: ProfileFilter): boolean {
  const types = filter.types ?? usualTypes;
  if (!types.includes(row.type)) return false;
  if (filter.isKnown !== null && filter.isKnown !== undefined && isKnownCustomer(row) !== filter.isKnown) return false;
  const holdsAll = (held: readonly string[] | undefined, wanted: readonly string[] | null | undefined): boolean =>
    (wanted ?? []).every((label) => held?.includes(label));
  return holdsAll(row.tags, filter.tags) && holdsAll(row.statuses, filter.statuses);
}

/** The label that finds candidates by itself; a status before a tag, because fewer hold it. Null when none is asked for. */
export function leadingLabel(filter: ProfileFilter): { field: 'tags' | 'statuses'; label: string } | null {
  const status = filter.statuses?.[0];
  if (status !== undefined) return { field: 'statuses', label: status };
  const tag = filter.tags?.[0];
  return tag === undefined ? null : { field: 'tags', label: tag };
}

/** Whether anything is asked beyond the usual types. */
export function isFiltering(filter: ProfileFilter): boolean {
  return (
    filter.types != null ||
    filter.isKnown != null ||
    (filter.tags?.length ?? 0) > 0 ||
    (filter.statuses?.length ?? 0) > 0
  );
}
