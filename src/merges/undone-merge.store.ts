import type { Database } from '../brands/database.js';
import type { Deadline } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import { inKeysMax } from '../kernel/limits.js';
import type { MergeRow } from './merge.js';
import { mergeCollection } from './merge.model.js';

/** The two profiles of a merge that was undone. */
export type UndoneMerge = Pick<MergeRow, 'winnerId' | 'loserId'>;

/** Undone merges whose loser is one of these profiles, in no order; one command per thousand. */
export async function findUndoneMerges(
  database: Database,
  loserIds: readonly Uuid[],
  deadline: Deadline,
): Promise<UndoneMerge[]> {
  const found: UndoneMerge[] = [];
  for (let from = 0; from < loserIds.length; from += inKeysMax) {
    const query = database.model(mergeCollection).find(
      { loserId: { $in: loserIds.slice(from, from + inKeysMax) }, undoneAt: { $exists: true } },
      { winnerId: 1, loserId: 1 },
      {
        lean: true,
        batchSize: inKeysMax + 1,
        maxTimeMS: Math.max(1, deadline.remainingMs()),
        readConcern: { level: 'majority' },
      },
    );
    found.push(...((await query) as unknown as UndoneMerge[]));
  }
  return found;
}
