import type { ClientSession } from 'mongoose';
import type { Database } from '../brands/database.js';
import type { Deadline } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import { inKeysMax } from '../kernel/limits.js';
import type { ProfileRow } from './profile.js';
import { profileCollection } from './profile.model.js';
import type { Projection } from './profile-projection.js';

/** How a read is made. */
export interface ReadOptions {
  readonly deadline: Deadline;
  readonly projection?: Projection;
  /** Reads on the snapshot of this session's transaction. */
  readonly session?: ClientSession;
  /** Majority read, for what decides a write. */
  readonly isDeciding?: boolean;
}

function commandOptions(options: ReadOptions): object {
  if (options.session !== undefined) return { session: options.session };
  return {
    maxTimeMS: Math.max(1, options.deadline.remainingMs()),
    ...(options.isDeciding ? { readConcern: { level: 'majority' } } : {}),
  };
}

/** Profiles by id in whatever state they are; missing ones are simply absent. One command per thousand ids. */
export async function findProfiles(
  database: Database,
  ids: readonly Uuid[],
  options: ReadOptions,
): Promise<ProfileRow[]> {
  const rows: ProfileRow[] = [];
  for (let from = 0; from < ids.length; from += inKeysMax) {
    const part = ids.slice(from, from + inKeysMax);
    const query = database.model(profileCollection).find({ _id: { $in: part } }, options.projection ?? null, {
      lean: true,
      batchSize: part.length + 1,
      ...commandOptions(options),
    });
    rows.push(...((await query) as unknown as ProfileRow[]));
  }
  return rows;
}

/** One profile in whatever state it is; null when there is none. */
export async function findProfile(database: Database, id: Uuid, options: ReadOptions): Promise<ProfileRow | null> {
  return (await findProfiles(database, [id], options))[0] ?? null;
}

/** Inserts profiles inside a transaction. */
export async function insertProfiles(
  database: Database,
  rows: readonly ProfileRow[],
  session: ClientSession,
): Promise<void> {
  if (rows.length > 0) await database.model(profileCollection).collection.insertMany(rows as never[], { session });
}

/** Update operators that stores may use on profiles. Values are data, never expressions. */
export interface ProfileUpdate {
  readonly $set?: Readonly<Record<string, unknown>>;
  readonly $unset?: Readonly<Record<string, '' | 1>>;
  readonly $inc?: Readonly<Record<string, number>>;
}

/**
 * Changes one profile inside a transaction when it still is what the filter says (state, version, slot …). Returns
 * whether it was.
 */
export async function updateProfile(
  database: Database,
  filter: { readonly _id: Uuid } & Readonly<Record<string, unknown>>,
  update: ProfileUpdate,
  session: ClientSession,
): Promise<boolean> {
  const result = await database
    .model(profileCollection)
    .collection.updateOne(filter as never, update as never, { session });
  return result.matchedCount === 1;
}
