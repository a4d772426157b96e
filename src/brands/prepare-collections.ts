import type { Connection } from 'mongoose';
import { contentDigest } from '../kernel/digest.js';
import type { Logger } from '../kernel/logger.js';
import type { CollectionDefinition } from './collection.js';

/** Name of the collection that remembers which set of collections and indexes a database was prepared for. */
const metaCollection = 'meta';
const metaId = 'collections';

interface MetaRow {
  _id: string;
  hash: string;
}

/**
 * Makes every collection and index before first use, so that nothing is created inside a transaction. One read when
 * nothing changed. On a database that already holds profiles and is not embedded, indexes are still built, because a
 * missing one would turn reads into scans; the log says so first.
 */
export async function prepareCollections(
  connection: Connection,
  definitions: readonly CollectionDefinition<{ _id: string }>[],
  options: { readonly owner: string; readonly isEmbedded: boolean; readonly log: Logger },
): Promise<void> {
  const db = connection.db;
  if (db === undefined) throw new Error('The connection is not open');
  const wanted = definitions.map((definition) => ({ name: definition.name, indexes: definition.indexes }));
  const hash = contentDigest(wanted);
  const meta = db.collection<MetaRow>(metaCollection);
  const existing = new Set((await db.listCollections({}, { nameOnly: true }).toArray()).map((entry) => entry.name));
  if (existing.has(metaCollection) && (await meta.findOne({ _id: metaId }))?.hash === hash) return;
  if (!options.isEmbedded && existing.size > 0) {
    options.log.warn({ brand_id: options.owner }, 'Collections or indexes differ from this version; building them now');
  }
  for (const name of [metaCollection, ...definitions.map((definition) => definition.name)]) {
    if (!existing.has(name)) await createCollection(connection, name);
  }
  for (const definition of definitions) {
    if (definition.indexes.length === 0) continue;
    await db.collection(definition.name).createIndexes(
      definition.indexes.map((index) => ({
        ...index,
        key: { ...index.key },
        name: Object.keys(index.key).join('_'),
      })),
    );
  }
  await meta.updateOne({ _id: metaId }, { $set: { hash } }, { upsert: true });
}

/** 48 NamespaceExists: another process was faster. */
const namespaceExists = 48;

async function createCollection(connection: Connection, name: string): Promise<void> {
  try {
    await connection.db?.createCollection(name);
  } catch (error) {
    if ((error as { code?: unknown }).code !== namespaceExists) throw error;
  }
}
