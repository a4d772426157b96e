import type { CollectionDefinition } from './collection.js';
import type { Database } from './database.js';

/** Rows of one insert command: enough to keep the wire busy, well below 48 MB. */
const batchRows = 1_000;

/** Inserts many rows, a thousand per command and without a transaction around them: for filling an empty collection. */
export async function insertInBatches<Row extends { _id: string }>(
  database: Database,
  definition: CollectionDefinition<Row>,
  rows: readonly Row[],
): Promise<void> {
  const { collection } = database.model(definition);
  for (let from = 0; from < rows.length; from += batchRows) {
    await collection.insertMany(rows.slice(from, from + batchRows) as never[], { ordered: false });
  }
}
