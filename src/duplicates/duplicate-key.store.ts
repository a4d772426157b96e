import type { Database } from '../brands/database.js';
import type { Uuid } from '../kernel/ids.js';
import { type DuplicateKeyRow, duplicateKeyCollection } from './duplicate.model.js';
import { runPrefix } from './duplicate-scan.js';
import { insertMissing } from './insert-missing.store.js';

/** Sorts after every character of a key. */
const afterKeys = '~';

/** A profile under a key. */
export interface KeyEntry {
  readonly key: string;
  readonly profileId: Uuid;
}

/** Writes entries of a run; those that an earlier try has written stay. */
export async function insertKeys(database: Database, run: number, entries: readonly KeyEntry[]): Promise<void> {
  const rows = entries.map(({ key, profileId }): DuplicateKeyRow => ({ _id: `${runPrefix(run)}${key}:${profileId}` }));
  await insertMissing(database, duplicateKeyCollection, rows);
}

/** The next entries of a run in the order of their keys, after the `_id` given; those of one key stand together. */
export async function findKeys(
  database: Database,
  run: number,
  after: string,
  limit: number,
): Promise<(KeyEntry & { readonly id: string })[]> {
  const prefix = runPrefix(run);
  const ids = await findIds(database, { $gt: after === '' ? prefix : after, $lt: prefix + afterKeys }, limit);
  return ids.map((id) => {
    const end = id.lastIndexOf(':');
    return { id, key: id.slice(prefix.length, end), profileId: id.slice(end + 1) };
  });
}

/** How many profiles of a run have a key, counted no further than `max + 1`. */
export async function countKey(database: Database, run: number, key: string, max: number): Promise<number> {
  const prefix = `${runPrefix(run)}${key}:`;
  return (await findIds(database, { $gt: prefix, $lt: prefix + afterKeys }, max + 1)).length;
}

/** Removes up to `limit` entries of this run and every earlier one. Returns whether there may be more. */
export async function deleteKeys(database: Database, run: number, limit: number): Promise<boolean> {
  const ids = await findIds(database, { $lt: runPrefix(run) + afterKeys }, limit);
  const last = ids.at(-1);
  if (last === undefined) return false;
  await database.model(duplicateKeyCollection).collection.deleteMany({ _id: { $lte: last } } as never);
  return ids.length === limit;
}

async function findIds(database: Database, range: Record<string, string>, limit: number): Promise<string[]> {
  const rows = await database
    .model(duplicateKeyCollection)
    .find({ _id: range } as never, null, { lean: true, sort: { _id: 1 }, limit, batchSize: limit + 1 });
  return (rows as unknown as DuplicateKeyRow[]).map((row) => row._id);
}
