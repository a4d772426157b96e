import type { Database } from '../brands/database.js';
import type { Deadline } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import { findUndoneMerges, type UndoneMerge } from './undone-merge.store.js';

/**
 * Merges that were undone, by the profiles that were their losers: whoever undid one has said that its two profiles are
 * two people. The record of a merge is never removed, so neither is this.
 */
export function undoneMergesOf(
  database: Database,
  loserIds: readonly Uuid[],
  deadline: Deadline,
): Promise<UndoneMerge[]> {
  return database.run(deadline, () => findUndoneMerges(database, loserIds, deadline));
}
