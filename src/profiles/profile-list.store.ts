import type { Database } from '../brands/database.js';
import type { Deadline } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import type { ProfileRow } from './profile.js';
import { profileCollection } from './profile.model.js';
import type { Projection } from './profile-projection.js';

/** Sorts after every character that a key holds. */
const lastCharacter = '\u{10FFFF}';

/** A place in a list by creation: the row after which, or before which, it goes on. */
export interface CreatedPosition {
  readonly createdAt: Date;
  readonly id: Uuid;
}

/** One command's worth of a list. */
export interface ListRead {
  readonly deadline: Deadline;
  readonly projection: Projection;
  readonly limit: number;
}

/** The next live profiles of a brand by creation. The bound on `createdAt` cuts the index; the `$or` only breaks ties. */
export async function findByCreation(
  database: Database,
  after: CreatedPosition | null,
  direction: 'ASC' | 'DESC',
  read: ListRead,
): Promise<ProfileRow[]> {
  const sign = direction === 'ASC' ? 1 : -1;
  const filter = { live: true, ...(after === null ? {} : positionFilter(after, direction)) };
  return findRows(database, filter, read, { createdAt: sign, _id: sign });
}

function positionFilter(after: CreatedPosition, direction: 'ASC' | 'DESC'): Record<string, unknown> {
  const [inclusive, exclusive] = direction === 'ASC' ? ['$gte', '$gt'] : ['$lte', '$lt'];
  return {
    createdAt: { [inclusive]: after.createdAt },
    $or: [{ createdAt: { [exclusive]: after.createdAt } }, { _id: { [exclusive]: after.id } }],
  };
}

/** Profiles in any state that carry a tag or status, in no order. */
export function findByLabel(
  database: Database,
  field: 'tags' | 'statuses',
  label: string,
  read: ListRead,
): Promise<ProfileRow[]> {
  return findRows(database, { [field]: label }, read);
}

/** Profiles with a search key that begins with a prefix, in no order. Both bounds must hold for one and the same key. */
export function findByKeyPrefix(database: Database, prefix: string, read: ListRead): Promise<ProfileRow[]> {
  return findRows(database, { keys: { $elemMatch: { $gte: prefix, $lt: prefix + lastCharacter } } }, read);
}

async function findRows(
  database: Database,
  filter: Record<string, unknown>,
  read: ListRead,
  sort?: Record<string, 1 | -1>,
): Promise<ProfileRow[]> {
  const query = database.model(profileCollection).find(filter as never, read.projection, {
    lean: true,
    limit: read.limit,
    batchSize: read.limit + 1,
    maxTimeMS: Math.max(1, read.deadline.remainingMs()),
    ...(sort === undefined ? {} : { sort }),
  });
  return (await query) as unknown as ProfileRow[];
}

/** Number of live profiles, counted no further than `max + 1`: metadata would count merged ones and orphans too. */
export async function countLive(database: Database, max: number, deadline: Deadline): Promise<number> {
  const [row] = await database
    .model(profileCollection)
    .aggregate<{ n: number }>([
      { $match: { live: true } },
      { $limit: max + 1 },
      { $group: { _id: null, n: { $sum: 1 } } },
    ])
    .option({ maxTimeMS: Math.max(1, deadline.remainingMs()) });
  return row?.n ?? 0;
}
