import type { Database } from '../brands/database.js';
import type { Uuid } from '../kernel/ids.js';
import { inKeysMax } from '../kernel/limits.js';
import { type DuplicateKeyRow, duplicateKeyCollection } from './duplicate.model.js';
import { runPrefix } from './duplicate-scan.js';
import { insertMissing } from './insert-missing.store.js';
import { type KeyEntry, packEntries, partitionOf } from './key-chunk.js';

/** Sorts after everything that can follow a run or a partition. */
const afterAll = '~';

function partitionPrefix(run: number, partition: number): string {
  return `${runPrefix(run)}${String(partition).padStart(6, '0')}:`;
}

/** Sorts after all partitions of its run. */
function commonId(run: number, key: string): string {
  return `${runPrefix(run)}common:${key}`;
}

/**
 * Writes the entries of a batch of a run, packed: one row for each partition that they belong to, named by the batch's
 * last profile. A batch that is repeated from where it began finds its rows there; one that began earlier and ended at
 * the same profile wrote more, never less.
 */
export async function insertEntries(
  database: Database,
  batch: { readonly run: number; readonly partitions: number; readonly lastId: Uuid },
  entries: readonly KeyEntry[],
): Promise<void> {
  const parts = new Map<number, KeyEntry[]>();
  for (const entry of entries) {
    const partition = partitionOf(entry.key, batch.partitions);
    const part = parts.get(partition);
    if (part === undefined) parts.set(partition, [entry]);
    else part.push(entry);
  }
  const rows = [...parts].sort(([a], [b]) => a - b);
  await insertMissing(
    database,
    duplicateKeyCollection,
    rows.map(([partition, part]) => ({
      _id: partitionPrefix(batch.run, partition) + batch.lastId,
      entries: packEntries(part),
    })),
  );
}

/** The next rows of packed entries of a partition, after the `_id` given. */
export async function findEntries(
  database: Database,
  place: { readonly run: number; readonly partition: number },
  after: string | null,
  limit: number,
): Promise<{ readonly id: string; readonly entries: Buffer }[]> {
  const prefix = partitionPrefix(place.run, place.partition);
  const rows = await database
    .model(duplicateKeyCollection)
    .find({ _id: { $gt: after ?? prefix, $lt: prefix + afterAll } } as never, null, {
      lean: true,
      sort: { _id: 1 },
      limit,
      batchSize: limit + 1,
      promoteBuffers: true,
    });
  return (rows as unknown as Required<DuplicateKeyRow>[]).map((row) => ({ id: row._id, entries: row.entries }));
}

/** Marks keys of a run as shared by too many. */
export async function insertCommon(database: Database, run: number, keys: readonly string[]): Promise<void> {
  await insertMissing(
    database,
    duplicateKeyCollection,
    keys.map((key) => ({ _id: commonId(run, key) })),
  );
}

/** Which of these keys too many profiles of a run share. One command per thousand. */
export async function findCommon(
  database: Database,
  run: number,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const prefixLength = commonId(run, '').length;
  for (let from = 0; from < keys.length; from += inKeysMax) {
    const ids = keys.slice(from, from + inKeysMax).map((key) => commonId(run, key));
    const rows = await database
      .model(duplicateKeyCollection)
      .find({ _id: { $in: ids } }, { _id: 1 }, { lean: true, batchSize: ids.length + 1 });
    for (const row of rows as unknown as DuplicateKeyRow[]) found.add(row._id.slice(prefixLength));
  }
  return found;
}

/** Removes up to `limit` rows of this run and every earlier one. Returns whether there may be more. */
export async function deleteKeys(database: Database, run: number, limit: number): Promise<boolean> {
  const rows = await database.model(duplicateKeyCollection).find(
    { _id: { $lt: runPrefix(run) + afterAll } } as never,
    { _id: 1 },
    {
      lean: true,
      sort: { _id: 1 },
      limit,
      batchSize: limit + 1,
    },
  );
  const last = (rows as unknown as DuplicateKeyRow[]).at(-1);
  if (last === undefined) return false;
  await database.model(duplicateKeyCollection).collection.deleteMany({ _id: { $lte: last._id } } as never);
  return rows.length === limit;
}
