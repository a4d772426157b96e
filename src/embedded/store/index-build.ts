import { engineError } from '../engine-error.js';
import type { Collection, Index, IndexSpecification } from './collection.js';
import type { Database } from './database.js';
import { entriesOf } from './documents.js';
import { documentRange, KEY_HEAD_LENGTH, successor } from './keyspace.js';
import type { PlainScope } from './write-scope.js';

/** Documents indexed in one commit: some milliseconds of work, after which others have their turn. */
const ROWS_PER_COMMIT = 64;

/** What the command that builds indexes adds to it. */
export interface BuildPace {
  /** Throws when the command's time is up. */
  checkTime(): void;
  /** Gives others their turn. */
  giveWay(): Promise<void>;
  /** Throws `BlockedByTransaction` while a transaction has written to the collection. */
  refuseWhileWritten(): void;
}

const running = new WeakMap<Collection, Promise<void>>();

/** Settles when the build that is going on has ended, whichever way; undefined when there is none. */
export function endOfBuild(collection: Collection): Promise<void> | undefined {
  return collection.building.length > 0 ? running.get(collection) : undefined;
}

/**
 * Begins indexes: writes keep them right from now on. They are filled piece by piece, while reads and writes go on, and
 * then made known. On an error (50, 171, 2; 276 when the collection was dropped meanwhile) none of them remains.
 */
export function beginBuild(
  database: Database,
  collection: Collection,
  specifications: readonly IndexSpecification[],
  pace: BuildPace,
): Promise<void> {
  const { result: indexes } = database.change((overlay) =>
    specifications.map((specification) => database.catalogue.beginIndex(overlay, collection, specification)),
  );
  const run = Promise.resolve().then(() => build(database, collection, indexes, pace));
  const ended = run.catch(() => undefined);
  running.set(collection, ended);
  return run;
}

async function build(database: Database, collection: Collection, indexes: readonly Index[], pace: BuildPace) {
  try {
    let from: Buffer | undefined = documentRange(collection.id).lower;
    while (from) {
      const lower: Buffer = from;
      from = await database.write((scope) => fillPiece(database, scope, collection, indexes, lower));
      pace.checkTime();
      await pace.giveWay();
    }
    await database.write(() => {
      checkAlive(database, collection);
      pace.refuseWhileWritten();
      database.change((overlay, seq) => {
        for (const index of indexes) database.catalogue.addIndex(overlay, collection, index, seq);
      });
    });
  } catch (error) {
    // A transaction that commits later would bring entries back: it is waited for before the index is given up.
    await database.write(() => {
      pace.refuseWhileWritten();
      for (const index of indexes) database.catalogue.abandonIndex(collection, index);
    });
    throw error;
  }
}

/** Indexes the next documents; answers where to go on, or undefined at the end. */
function fillPiece(
  database: Database,
  scope: PlainScope,
  collection: Collection,
  indexes: readonly Index[],
  lower: Buffer,
): Buffer | undefined {
  checkAlive(database, collection);
  const { upper } = documentRange(collection.id);
  const { entries, isEnd, lastKey } = scope.overlay.chunk({ lower, upper }, false, ROWS_PER_COMMIT);
  for (const { key, value } of entries) {
    const idKey = key.subarray(KEY_HEAD_LENGTH);
    const keys = entriesOf(collection, value, idKey, undefined, indexes).values();
    for (const entry of keys) scope.overlay.put(entry, idKey);
  }
  return isEnd || !lastKey ? undefined : successor(lastKey);
}

function checkAlive(database: Database, collection: Collection): void {
  if (database.catalogue.find(collection.name) === collection) return;
  throw engineError(
    'IndexBuildAborted',
    `the index build ended: the collection ${collection.name} was dropped meanwhile`,
  );
}
