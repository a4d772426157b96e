import mongoose from 'mongoose';
import type { CollectionDefinition } from '../brands/collection.js';
import type { Database } from '../brands/database.js';

/** Rows of one command: far below 16 MB and short enough not to hold up others. */
const rowsMax = 2_000;
/** E11000. */
const duplicateKeyCode = 11_000;

/** Inserts those rows that are not there yet, by `_id`, and returns how many that were. Outside transactions. */
export async function insertMissing<Row extends { readonly _id: string }>(
  database: Database,
  definition: CollectionDefinition<Row>,
  rows: readonly Row[],
): Promise<number> {
  let inserted = 0;
  for (let from = 0; from < rows.length; from += rowsMax) {
    const part = rows.slice(from, from + rowsMax);
    try {
      const result = await database.model(definition).collection.insertMany(part as never[], { ordered: false });
      inserted += result.insertedCount;
    } catch (error) {
      if (!isOnlyDuplicates(error)) throw error;
      inserted += error.insertedCount;
    }
  }
  return inserted;
}

function isOnlyDuplicates(error: unknown): error is mongoose.mongo.MongoBulkWriteError {
  if (!(error instanceof mongoose.mongo.MongoBulkWriteError)) return false;
  const failures = [error.writeErrors].flat();
  return failures.length > 0 && failures.every((failure) => failure.code === duplicateKeyCode);
}
