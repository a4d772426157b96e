import type { Database } from '../brands/database.js';
import type { Deadline } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import type { LocationRow } from './location.js';
import { locationCollection } from './location.model.js';

const byName = { name: 1, _id: 1 } as const;

/** How locations are read. */
export interface LocationRead {
  readonly deadline: Deadline;
}

const timeLimit = (read: LocationRead) => ({ maxTimeMS: Math.max(1, read.deadline.remainingMs()) });

/** Locations by id; missing ones are simply absent. */
export async function findLocations(
  database: Database,
  ids: readonly Uuid[],
  read: LocationRead,
): Promise<LocationRow[]> {
  const query = database
    .model(locationCollection)
    .find({ _id: { $in: [...ids] } }, null, { lean: true, batchSize: ids.length + 1, ...timeLimit(read) });
  return (await query) as unknown as LocationRow[];
}

/** The location with a till's code; the one with the lowest id where a code was given twice. Null when there is none. */
export async function findLocationByCode(
  database: Database,
  externalCode: string,
  read: LocationRead,
): Promise<LocationRow | null> {
  const query = database.model(locationCollection).find({ externalCode: { $eq: externalCode } }, null, {
    lean: true,
    sort: { externalCode: 1, _id: 1 },
    limit: 1,
    singleBatch: true,
    readConcern: { level: 'majority' },
    ...timeLimit(read),
  });
  return ((await query) as unknown as LocationRow[])[0] ?? null;
}

/** Locations by name (in code-point order, then id), after a place in that order. */
export async function findLocationPage(
  database: Database,
  options: LocationRead & {
    readonly limit: number;
    readonly after: { readonly name: string; readonly id: Uuid } | null;
  },
): Promise<LocationRow[]> {
  const { after } = options;
  const filter =
    after === null
      ? {}
      : { name: { $gte: after.name }, $or: [{ name: { $gt: after.name } }, { _id: { $gt: after.id } }] };
  const query = database.model(locationCollection).find(filter, null, {
    lean: true,
    sort: byName,
    limit: options.limit,
    singleBatch: true,
    ...timeLimit(options),
  });
  return (await query) as unknown as LocationRow[];
}

/** How many locations a brand has, from the collection's metadata. */
export function countLocations(database: Database, read: LocationRead): Promise<number> {
  return database.model(locationCollection).collection.estimatedDocumentCount(timeLimit(read));
}

/** Adds locations. A taken id is refused by the database. */
export async function insertLocationRows(database: Database, rows: readonly LocationRow[]): Promise<void> {
  if (rows.length > 0) await database.model(locationCollection).collection.insertMany(rows as never[]);
}
