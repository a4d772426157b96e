import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { engineError } from '../engine-error.js';
import { Database, type Durability } from './database.js';

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

const DATA_FILE = 'data.mdb';

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
    const folders = readdirSync(this.#folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const names = folders.filter((entry) => existsSync(join(this.#folder, entry.name, DATA_FILE)));
    const decoded = names.map((entry) => fromFolderName(entry.name));
    return decoded.filter((name) => !this.#dropping.has(name)).sort();
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
    const database = new Database(name, join(this.#folder, toFolderName(name)), this.#durability);
    this.#open.set(name, database);
    return database;
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
    const removal = database.close().then(() => rmSync(database.path, { recursive: true, force: true }));
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
