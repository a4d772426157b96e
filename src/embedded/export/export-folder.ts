import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { BSON } from 'bson';
import { readStopped, stoppedDatabases } from '../check/stopped-folder.js';
import { Catalogue } from '../store/catalogue.js';
import { type Collection, describeIndexes } from '../store/collection.js';
import { documentRange } from '../store/keyspace.js';
import type { PageFile } from '../store/page-file.js';
import { walkPages } from '../store/page-walk.js';
import { iterate } from '../store/view.js';
import { dumpName } from './dump-names.js';

/** What to export, and where to. */
export interface ExportOptions {
  /** Data folder on which no engine runs. */
  readonly folder: string;
  /** Folder to make; may exist when it is empty. */
  readonly out: string;
  /** Databases by name; all when left out. */
  readonly databases?: readonly string[];
  /** Told after some documents how many of all have been written. */
  onProgress?(done: number, total: number): void;
}

/** What was written of one collection. */
export interface ExportedCollection {
  readonly database: string;
  readonly collection: string;
  readonly documents: number;
  readonly bytes: number;
  readonly indexes: number;
}

/** An export that was not begun; nothing was written. */
export class ExportRefused extends Error {
  override readonly name = 'ExportRefused';
  readonly reason: 'OUT_NOT_EMPTY' | 'DATABASE_UNKNOWN' | 'OUT_UNWRITABLE';

  constructor(reason: ExportRefused['reason'], message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.reason = reason;
  }
}

const PROGRESS_STEP = 1000;

/** Bytes gathered before they are written. */
const BUFFER_BYTES = 1024 * 1024;

/**
 * Writes databases of a stopped data folder in mongodump's layout, `<out>/<database>/<collection>.bson` with
 * `.metadata.json` beside it, which mongorestore takes: documents byte for byte, indexes as they were made. The folder
 * appears under its name only when it is complete. Errors: {@link ExportRefused}, as `stoppedDatabases`, `DamagedFile`.
 */
export async function exportFolder(options: ExportOptions): Promise<ExportedCollection[]> {
  const out = resolve(options.out);
  const known = stoppedDatabases(options.folder);
  const unknown = options.databases?.find((name) => !known.some((database) => database.name === name));
  if (unknown !== undefined) {
    const names = known.map((database) => database.name).join(', ') || 'none';
    throw new ExportRefused(
      'DATABASE_UNKNOWN',
      `There is no database "${unknown}" in ${options.folder}; there are: ${names}`,
    );
  }
  requireEmpty(out);
  const draft = join(dirname(out), `.${basename(out)}.${randomUUID()}.part`);
  try {
    makeFolder(draft);
    const exported: ExportedCollection[] = [];
    for (const database of known) {
      if (options.databases && !options.databases.includes(database.name)) continue;
      const folder = join(draft, database.name);
      makeFolder(folder);
      const each = await readStopped(options.folder, database.path, (file) =>
        dumpDatabase(database.name, file, folder, options.onProgress),
      );
      exported.push(...each);
    }
    // Renaming takes the place of a folder only while that is empty.
    renameSync(draft, out);
    return exported;
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}

function requireEmpty(out: string): void {
  if (!existsSync(out)) return;
  let names: string[];
  try {
    names = readdirSync(out);
  } catch (cause) {
    throw new ExportRefused('OUT_UNWRITABLE', `${out} is no folder that can be read; name another`, { cause });
  }
  if (names.length === 0) return;
  throw new ExportRefused(
    'OUT_NOT_EMPTY',
    `Wanted an empty or new folder, got one with ${names.length} entries: ${out}`,
  );
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ExportRefused('OUT_UNWRITABLE', `The folder to export to cannot be made: ${reason}`, { cause });
  }
}

function dumpDatabase(
  database: string,
  file: PageFile,
  folder: string,
  onProgress: ExportOptions['onProgress'],
): ExportedCollection[] {
  // A damaged page would cut the export short somewhere; better to know before the first byte.
  walkPages(file);
  const catalogue = new Catalogue();
  catalogue.load(file);
  let done = 0;
  return catalogue.all().map((collection) => {
    const path = join(folder, dumpName(collection.name));
    const count = dumpDocuments(collection, file, `${path}.bson`, () => {
      if (++done % PROGRESS_STEP === 0) onProgress?.(done, file.header.main.entries);
    });
    const indexes = describeIndexes(collection);
    const metadata = { indexes, uuid: collection.uuid.replaceAll('-', ''), collectionName: collection.name };
    const text = BSON.EJSON.stringify({ options: {}, ...metadata, type: 'collection' }, { relaxed: false });
    writeWhole(`${path}.metadata.json`, (write) => write(Buffer.from(text)));
    return { database, collection: collection.name, ...count, indexes: indexes.length };
  });
}

function dumpDocuments(collection: Collection, file: PageFile, path: string, onDocument: () => void) {
  let documents = 0;
  let bytes = 0;
  writeWhole(path, (write) => {
    for (const { value } of iterate(file, documentRange(collection.id), false)) {
      write(value);
      documents++;
      bytes += value.length;
      onDocument();
    }
  });
  return { documents, bytes };
}

/** Writes a file that only this user can read and that is on disk when this returns. */
function writeWhole(path: string, fill: (write: (bytes: Buffer) => void) => void): void {
  const file = openSync(path, 'wx', 0o600);
  let pieces: Buffer[] = [];
  let size = 0;
  const flush = (): void => {
    for (let rest = Buffer.concat(pieces); rest.length > 0; ) rest = rest.subarray(writeSync(file, rest));
    pieces = [];
    size = 0;
  };
  try {
    fill((bytes) => {
      pieces.push(bytes);
      size += bytes.length;
      if (size >= BUFFER_BYTES) flush();
    });
    flush();
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
