import { makePlan } from '../plan/planner.js';
import { scan } from '../plan/scan.js';
import { compileFilter } from '../query/match.js';
import type { Collection, Index } from '../store/collection.js';
import type { Database } from '../store/database.js';
import type { DatabaseFolder } from '../store/database-folder.js';
import { removeDocument } from '../store/documents.js';
import { documentKey, GARBAGE_RANGE, garbageRange } from '../store/keyspace.js';
import { keyText } from '../store/overlay.js';
import { iterate } from '../store/view.js';
import { type CursorTable, yieldTurn } from './cursor-table.js';
import { type SessionTable, sweepOutcomes } from './session.js';

/** Documents past their time go within this interval, as MongoDB's TTL monitor promises. */
const TTL_INTERVAL_MS = 60_000;

/** Keys handled in one commit, so that commands are not held up. */
const KEYS_PER_COMMIT = 2000;

/** Documents removed in one commit: each has its index entries to find and remove as well. */
const DOCUMENTS_PER_COMMIT = 128;

/** What upkeep works on. */
export interface UpkeepTarget {
  databases: DatabaseFolder;
  sessions: SessionTable;
  cursors: CursorTable;
}

/** Background work of one engine. */
export interface Upkeep {
  /** One pass now: expired documents, sessions, cursors, stored outcomes, dropped ranges. */
  run(now?: number): Promise<void>;
  /** No further pass; resolves when a running one is over. */
  stop(): Promise<void>;
}

/** Starts the periodic passes. */
export function startUpkeep(target: UpkeepTarget): Upkeep {
  let isStopped = false;
  let running: Promise<void> = Promise.resolve();
  const pass = async (now: number): Promise<void> => {
    target.sessions.expire(now);
    target.cursors.expire(now);
    for (const database of target.databases.all()) {
      if (isStopped) return;
      await upkeepDatabase(database, now, () => isStopped);
    }
  };
  const run = (now = Date.now()): Promise<void> => {
    running = running.then(() => pass(now)).catch(report);
    return running;
  };
  const timer = setInterval(run, TTL_INTERVAL_MS);
  timer.unref();
  return {
    run,
    stop: async () => {
      isStopped = true;
      clearInterval(timer);
      await running;
    },
  };
}

/** A pass that fails is told and tried again at the next one; it harms nobody's command. */
function report(error: unknown): void {
  process.stderr.write(`embedded engine: upkeep failed: ${error instanceof Error ? error.message : String(error)}\n`);
}

async function upkeepDatabase(database: Database, now: number, isStopped: () => boolean): Promise<void> {
  for (const collection of database.catalogue.all()) {
    for (const index of collection.indexes) {
      while (!isStopped() && (await expireDocuments(database, collection, index, now)) === DOCUMENTS_PER_COMMIT) {
        await yieldTurn();
      }
    }
  }
  while (!isStopped() && (await sweepOutcomes(database, KEYS_PER_COMMIT, now)) === KEYS_PER_COMMIT) await yieldTurn();
  while (!isStopped() && (await sweepGarbage(database))) await yieldTurn();
}

/** Removes documents whose date in a TTL index is past; resolves to their number. Writes by transactions are left alone. */
async function expireDocuments(database: Database, collection: Collection, index: Index, now: number): Promise<number> {
  const after = index.specification.expireAfterSeconds;
  const [path] = index.paths;
  if (after === undefined || path === undefined) return 0;
  const filter = compileFilter({ [path]: { $lte: new Date(now - after * 1000) } });
  return database.write((scope) => {
    const found = [];
    for (const row of scan(makePlan(collection, filter), scope.overlay)) {
      if (row) found.push(row);
      if (found.length === DOCUMENTS_PER_COMMIT) break;
    }
    const free = found.filter((row) => !database.ledger.owners.has(keyText(documentKey(collection.id, row.idKey))));
    for (const row of free) removeDocument(scope, collection, row.idKey, row.bytes);
    return free.length;
  });
}

/** Empties a piece of a dropped range; true while there may be more. */
async function sweepGarbage(database: Database): Promise<boolean> {
  const snapshot = database.openSnapshot();
  const keys: Buffer[] = [];
  let note: Buffer | undefined;
  try {
    for (const { key } of iterate(snapshot, GARBAGE_RANGE, false))
      if (!database.catalogue.isBuilding(key)) note ??= key;
    if (!note) return false;
    for (const { key } of iterate(snapshot, garbageRange(note), false)) {
      if (keys.push(key) === KEYS_PER_COMMIT) break;
    }
  } finally {
    snapshot.release();
  }
  const isLast = keys.length < KEYS_PER_COMMIT;
  const { done } = database.change((overlay) => {
    for (const key of keys) overlay.remove(key);
    if (isLast && note) overlay.remove(note);
  });
  await done;
  return true;
}
