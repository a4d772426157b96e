import type { Database } from '../brands/database.js';
import type { Deadline } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import type { ProfileRow } from './profile.js';
import { profileCollection } from './profile.model.js';
import type { Projection } from './profile-projection.js';

/** The next profiles in any state by `_id`. */
export async function findProfilesAfter(
  database: Database,
  after: Uuid | null,
  read: { readonly deadline: Deadline; readonly projection: Projection; readonly limit: number },
): Promise<ProfileRow[]> {
  const query = database.model(profileCollection).find(after === null ? {} : { _id: { $gt: after } }, read.projection, {
    lean: true,
    sort: { _id: 1 },
    limit: read.limit,
    batchSize: read.limit + 1,
    maxTimeMS: Math.max(1, read.deadline.remainingMs()),
  });
  return (await query) as unknown as ProfileRow[];
}

/** The database's own count of documents: exact on one node, and not promised where a cluster moves data. */
export function estimateProfiles(database: Database): Promise<number> {
  return database.model(profileCollection).estimatedDocumentCount();
}
