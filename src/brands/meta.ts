import type { Database } from './database.js';

interface MetaRow {
  _id: string;
  [field: string]: unknown;
}

/** A note that a database keeps about itself, for example what it was prepared or seeded with; null when there is none. */
export async function readMeta(database: Database, id: string): Promise<Readonly<Record<string, unknown>> | null> {
  return (await database.connection.db?.collection<MetaRow>('meta').findOne({ _id: id })) ?? null;
}

/** Keeps a note, replacing an earlier one of the same id. */
export async function writeMeta(
  database: Database,
  id: string,
  fields: Readonly<Record<string, unknown>>,
): Promise<void> {
  await database.connection.db
    ?.collection<MetaRow>('meta')
    .updateOne({ _id: id }, { $set: { ...fields } }, { upsert: true });
}
