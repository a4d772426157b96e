import { isDuplicateKey } from '../brands/brand-error.js';
import type { Database } from '../brands/database.js';
import type { Deadline } from '../kernel/clock.js';
import { leaseCollection } from './event.model.js';
import type { LeaseRow } from './lease.js';

/** Leases by name; those that nobody has ever taken are absent. */
export async function findLeases(database: Database, ids: readonly string[], deadline: Deadline): Promise<LeaseRow[]> {
  return (await database.model(leaseCollection).find({ _id: { $in: [...ids] } }, null, {
    lean: true,
    batchSize: ids.length + 1,
    maxTimeMS: Math.max(1, deadline.remainingMs()),
    readConcern: { level: 'majority' },
  })) as LeaseRow[];
}

/** Takes what is free among leases as they were last seen, in two commands at most. Who has them afterwards, a read tells. */
export async function takeLeases(
  database: Database,
  ids: readonly string[],
  seen: readonly LeaseRow[],
  lease: { readonly owner: string; readonly until: Date; readonly now: Date },
): Promise<void> {
  const { collection } = database.model(leaseCollection);
  const { owner, until, now } = lease;
  const known = new Set(seen.map((row) => row._id));
  const made = ids.filter((id) => !known.has(id)).map((id): LeaseRow => ({ _id: id, owner, until, fence: 1 }));
  try {
    if (made.length > 0) await collection.insertMany(made as never[], { ordered: false });
  } catch (error) {
    // A rival has made some of them first; those are its own.
    if (!isDuplicateKey(error)) throw error;
  }
  const free = seen.filter((row) => ids.includes(row._id) && (row.until <= now || row.owner === owner));
  if (free.length === 0) return;
  const filter = { _id: { $in: free.map((row) => row._id) as never[] }, $or: [{ until: { $lte: now } }, { owner }] };
  await collection.updateMany(filter, { $set: { owner, until }, $inc: { fence: 1 } });
}

/** Moves the end of leases that are still the owner's. Returns how many those were. */
export async function moveLeases(
  database: Database,
  ids: readonly string[],
  lease: { readonly owner: string; readonly until: Date },
): Promise<number> {
  const filter = { _id: { $in: [...ids] as never[] }, owner: lease.owner };
  const result = await database.model(leaseCollection).collection.updateMany(filter, { $set: { until: lease.until } });
  return result.matchedCount;
}
