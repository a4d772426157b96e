import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { engineError } from '../engine-error.js';
import { DATA_FILE, DamagedFile } from './data-file.js';
import { Database, type Durability, MAX_READERS } from './database.js';
import { isFullDisk, outOfSpace } from './disk-space.js';
import { checkDataFile } from './page-walk.js';

/** MongoDB's limit for a database name, in bytes. */
const MAX_DATABASE_NAME_BYTES = 63;

/** Characters that MongoDB refuses in database names on some platform. */
const FORBIDDEN = /[/\\. "$*<>:|?\0]/;

const RESERVED = new Set(['admin', 'local', 'config']);

/** Refuses names that MongoDB refuses (73) and the databases that belong to the server. */
function checkDatabaseName(name: string): void {
  if (name === '' || FORBIDDEN.test(name) || Buffer.byteLength(name) > MAX_DATABASE_NAME_BYTES) {
    throw engineError('InvalidNamespace', `Invalid database name: '${name}'`);
  }
  if (RESERVED.has(name)) {
    throw engineError('InvalidNamespace', `the database ${name} belongs to the server; use another name`);
  }
}

/** Folder name of a database: all but plain lower-case characters are escaped, since
 * some file systems do not tell upper and lower case apart. */
function toFolderName(name: string): string {
  return name.replace(/[^a-z0-9_-]/g, escapeCharacter);
}

function escapeCharacter(character: string): string {
  return `=${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function fromFolderName(folder: string): string {
  return folder.replace(/=([0-9a-f]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** In the folder of a database from its first commit on: a data file that is missing or empty then was lost, not never made. */
const MADE_FILE = 'made';

/** LMDB's table of readers, beside the data. */
const READERS_FILE = 'lock.mdb';

/** LMDB needs 64 bytes per reader and some for itself; what is beyond gives room for a few readers more. */
const READERS_BYTES = (MAX_READERS + 8) * 64;

/** Names of the databases that have a folder below a data folder. Errors: {@link DamagedFile} when one has lost its data file. */
export function databaseNames(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return entries.filter((entry) => hasData(join(folder, entry.name))).map((entry) => fromFolderName(entry.name));
}

/** Path of the data file of a database. */
export function dataFileOf(folder: string, name: string): string {
  return join(folder, toFolderName(name), DATA_FILE);
}

function hasData(folder: string): boolean {
  const path = join(folder, DATA_FILE);
  if (!existsSync(join(folder, MADE_FILE))) return existsSync(path);
  if (existsSync(path) && statSync(path).size > 0) return true;
  throw new DamagedFile(`${path} is ${existsSync(path) ? 'empty' : 'missing'}, though it held a database`);
}

/** Notes that a database was made, once its file is on disk. */
function noteMade(folder: string, durability: Durability): void {
  const made = join(folder, MADE_FILE);
  if (existsSync(made)) return;
  if (durability === 'durable') {
    const file = openSync(join(folder, DATA_FILE), 'r+');
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }
  writeFileSync(made, '');
}

/**
 * Gives LMDB's table of readers its place on disk. LMDB would make it a file with holes and map it, and a hole that
 * cannot be filled when a reader comes, on a disk that is full by then, ends the process. Nobody else has it open: the
 * folder is locked.
 */
function reserveReaders(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, READERS_FILE), Buffer.alloc(READERS_BYTES));
}

/** All databases below one data folder: one LMDB environment in a folder each, opened on first use. */
export class DatabaseFolder {
  readonly #folder: string;
  readonly #durability: Durability;
  readonly #open = new Map<string, Database>();
  /** Databases whose files are being removed: a name can be used again only after that. */
  readonly #dropping = new Map<string, Promise<void>>();

  constructor(folder: string, durability: Durability) {
    this.#folder = folder;
    this.#durability = durability;
  }

  /** Names of the databases that exist. */
  names(): string[] {
    return databaseNames(this.#folder)
      .filter((name) => !this.#dropping.has(name))
      .sort();
  }

  /** The database, if it exists. */
  find(name: string): Database | undefined {
    const open = this.#open.get(name);
    if (open) return open;
    if (name === '' || FORBIDDEN.test(name) || RESERVED.has(name)) return undefined;
    return existsSync(join(this.#folder, toFolderName(name), DATA_FILE)) ? this.need(name) : undefined;
  }

  /** The database, made when it does not exist yet. Errors: 73. */
  need(name: string): Database {
    const open = this.#open.get(name);
    if (open) return open;
    checkDatabaseName(name);
    const database = this.#openDatabase(name, join(this.#folder, toFolderName(name)));
    this.#open.set(name, database);
    return database;
  }

  #openDatabase(name: string, path: string): Database {
    try {
      checkDataFile(join(path, DATA_FILE));
      reserveReaders(path);
      const database = new Database(name, path, this.#durability);
      noteMade(path, this.#durability);
      return database;
    } catch (error) {
      throw isFullDisk(error, path) ? outOfSpace(error) : error;
    }
  }

  /** Databases that are open now. */
  opened(): Database[] {
    return [...this.#open.values()];
  }

  /** Opens all databases, so that what is stored in any of them can be found. */
  all(): Database[] {
    return this.names().map((name) => this.need(name));
  }

  /** Removes a database with all its files. */
  async drop(name: string): Promise<void> {
    const database = this.find(name);
    if (!database) return;
    this.#open.delete(name);
    const removal = database.close().then(() => {
      // First, so that a removal that is interrupted leaves no folder that seems to have lost its data.
      rmSync(join(database.path, MADE_FILE), { force: true });
      rmSync(database.path, { recursive: true, force: true });
    });
    this.#dropping.set(name, removal);
    try {
      await removal;
    } finally {
      this.#dropping.delete(name);
    }
  }

  /** Resolves when no removal of this database is under way. */
  async whenUsable(name: string): Promise<void> {
    for (let removal = this.#dropping.get(name); removal; removal = this.#dropping.get(name)) await removal;
  }

  async close(): Promise<void> {
    await Promise.all(this.opened().map((database) => database.close()));
    this.#open.clear();
  }
}
