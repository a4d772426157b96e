import type { ClientSession } from 'mongoose';
import type { BrandEntry, Brands } from '../brands/brands.js';
import type { Database } from '../brands/database.js';
import { type Recurring, startRecurring } from '../events/recurring.js';
import { type Clock, Deadline } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import type { Logger } from '../kernel/logger.js';
import { eraseSnapshots, findExpiredSnapshots, findSnapshotsOf } from './merge.store.js';

/** Merges whose snapshots one command removes. */
const batchRows = 500;
/** Time for one brand's turn. */
const turnDeadlineMs = 15_000;
/** How often expired snapshots are looked for. Readers go by the date, so an hour late harms nobody. */
const pauseMsDefault = 3_600_000;

/**
 * Erases what merges keep of some profiles, on whichever side they were, inside the caller's transaction: no such merge
 * can be undone afterwards. Give the ids of a person's profile and all its former ids, for a merge along a chain holds
 * values of every profile before it. Returns how many merges lost their snapshot.
 */
export async function eraseMergeSnapshots(
  database: Database,
  profileIds: readonly Uuid[],
  session: ClientSession,
): Promise<number> {
  return eraseSnapshots(database, await findSnapshotsOf(database, profileIds, session), session);
}

/** Erases the snapshots of one brand whose time is over. Harmless to repeat, and beside another process. Returns how many. */
export async function sweepMergeSnapshots({ database }: BrandEntry, now: Date): Promise<number> {
  const deadline = Deadline.after(turnDeadlineMs);
  let count = 0;
  for (;;) {
    const ids = await database.run(deadline, () => findExpiredSnapshots(database, now, { deadline, limit: batchRows }));
    if (ids.length > 0) count += await database.run(deadline, () => eraseSnapshots(database, ids));
    if (ids.length < batchRows) return count;
  }
}

/** Sweeps every brand now and then, as long as the process lives; a brand that cannot be reached has its turn next time. */
export function startSnapshotSweep(options: {
  readonly brands: Brands;
  readonly clock: Clock;
  readonly log: Logger;
  readonly pauseMs?: number;
}): Recurring {
  const { brands, clock, log, pauseMs = pauseMsDefault } = options;
  return startRecurring({
    firstMs: Math.min(pauseMs, firstPauseMs),
    everyMs: pauseMs,
    turn: async (isStopping) => {
      for (const entry of brands.all()) {
        if (isStopping()) return;
        try {
          await sweepMergeSnapshots(entry, clock.now());
        } catch (error) {
          log.warn({ brand: entry.brand.handle, err: error }, 'expired merge snapshots will be erased later');
        }
      }
    },
  });
}

/** A start has better things to do first. */
const firstPauseMs = 60_000;
