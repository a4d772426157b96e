import { randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DamagedFile } from './data-file.js';

/** Version of the layout on disk; a folder with a newer one is left alone. */
const FORMAT_VERSION = 1;

const MARKER_FILE = 'engine.json';
const LOCK_FILE = 'engine.lock';

/** Name of the layout, to tell our folders from others. */
const FORMAT_NAME = 'embedded-engine';

/** Beginnings of the names of files that a start may leave in an empty folder when it is interrupted. */
const OWN_FILES = [LOCK_FILE, `${MARKER_FILE}.`];

/** Two owners that both remove a stale lock try again this often before giving up. */
const MAX_LOCK_ATTEMPTS = 5;

/** Codes of {@link DataFolderError}. */
export type DataFolderErrorCode = 'DATA_FOLDER_LOCKED' | 'DATA_FOLDER_FOREIGN' | 'DATA_FOLDER_UNUSABLE';

/** A data folder that cannot be used; nothing in it was changed. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';
  readonly code: DataFolderErrorCode;

  constructor(code: DataFolderErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

interface Owner {
  pid: number;
  /** When the process started, as far as the system tells: process ids are used again. */
  processStart: string;
  token: string;
}

/** Makes a folder ours and ours alone. Returns the release. Errors: {@link DataFolderError}. */
export function lockFolder(folder: string): () => void {
  prepareFolder(folder);
  const path = join(folder, LOCK_FILE);
  const own: Owner = { pid: process.pid, processStart: processStart(process.pid), token: randomUUID() };
  const draft = join(folder, `${LOCK_FILE}.${own.token}`);
  try {
    writeFileSync(draft, JSON.stringify(own));
  } catch (error) {
    removeDraft(draft);
    throw unusable(folder, error);
  }
  try {
    for (let attempt = 0; attempt < MAX_LOCK_ATTEMPTS; attempt++) {
      if (tryLink(draft, path)) return () => release(path, own.token);
      const owner = readOwner(path);
      if (owner && isAlive(owner)) throw lockedBy(folder, owner);
      removeStale(path, owner, own.token);
    }
  } finally {
    removeDraft(draft);
  }
  throw new DataFolderError('DATA_FOLDER_LOCKED', `Data folder ${folder} could not be locked; try again`);
}

function prepareFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (isOurs(folder)) return;
    const others = readdirSync(folder).filter((name) => !OWN_FILES.some((own) => name.startsWith(own)));
    if (others.length > 0) {
      throw new DataFolderError(
        'DATA_FOLDER_FOREIGN',
        `Wanted an empty folder or one made by the embedded engine at ${folder}, got other files; choose another folder`,
      );
    }
    const marker = join(folder, MARKER_FILE);
    // Renamed when complete: half a marker would make the folder look like somebody else's.
    const draft = `${marker}.${randomUUID()}`;
    writeFileSync(draft, JSON.stringify({ format: FORMAT_NAME, version: FORMAT_VERSION }));
    renameSync(draft, marker);
  } catch (error) {
    if (error instanceof DataFolderError) throw error;
    throw unusable(folder, error);
  }
}

/** Whether the engine's mark is in a folder. Errors: `DATA_FOLDER_FOREIGN` for the mark of something else or of a newer release. */
function isOurs(folder: string): boolean {
  const marker = join(folder, MARKER_FILE);
  if (!existsSync(marker)) return false;
  checkMarker(folder, readFileSync(marker, 'utf8'));
  return true;
}

/**
 * Makes sure that a folder is the engine's and that no process runs on it, without writing anything. Errors:
 * {@link DataFolderError}.
 */
export function requireStopped(folder: string): void {
  let isKnown: boolean;
  try {
    isKnown = isOurs(folder);
  } catch (error) {
    if (error instanceof DataFolderError) throw error;
    throw unusable(folder, error);
  }
  if (!isKnown) {
    throw new DataFolderError(
      'DATA_FOLDER_FOREIGN',
      `Wanted a data folder of the embedded engine at ${folder}, got ${existsSync(folder) ? 'something else' : 'nothing'}; name the folder that holds ${MARKER_FILE}`,
    );
  }
  const owner = readOwner(join(folder, LOCK_FILE));
  if (owner && isAlive(owner)) throw lockedBy(folder, owner);
}

/** What to do about the system's refusals that an operator can put right. */
const REMEDIES: Readonly<Record<string, string>> = {
  EROFS: 'it is on a read-only file system; mount it writable or choose another folder',
  EACCES: 'this user may not read and write it; change its permissions or choose another folder',
  EPERM: 'this user may not read and write it; change its permissions or choose another folder',
  ENOSPC: 'the disk is full; free some space and start again',
  EDQUOT: 'the disk quota is used up; free some space and start again',
  ENOTDIR: 'a part of this path is a file; choose another folder',
  EEXIST: 'there is a file of this name; choose another folder',
};

/** The refusal of a folder that the system or the storage does not let us use. */
export function unusable(folder: string, cause: unknown): DataFolderError {
  if (cause instanceof DataFolderError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const remedy = REMEDIES[(cause as NodeJS.ErrnoException | undefined)?.code ?? ''];
  const advice =
    cause instanceof DamagedFile
      ? '; restore the folder from a copy; kindred engine check tells what is affected'
      : '; look after that first';
  const message = `Data folder ${folder} cannot be used: ${remedy ? `${remedy} (${reason})` : reason + advice}`;
  return new DataFolderError('DATA_FOLDER_UNUSABLE', message, { cause });
}

function checkMarker(folder: string, text: string): void {
  let marker: { format?: unknown; version?: unknown } = {};
  try {
    marker = JSON.parse(text) as typeof marker;
  } catch {
    // Falls through to the refusal below: a marker that is no JSON is not ours.
  }
  if (marker.format !== FORMAT_NAME || typeof marker.version !== 'number') {
    throw new DataFolderError(
      'DATA_FOLDER_FOREIGN',
      `${folder} was not made by the embedded engine: its ${MARKER_FILE} says something else; choose another folder`,
    );
  }
  if (marker.version <= FORMAT_VERSION) return;
  throw new DataFolderError(
    'DATA_FOLDER_FOREIGN',
    `${folder} has format ${marker.version}, this program knows formats up to ${FORMAT_VERSION}; start it with a newer release`,
  );
}

/** On a folder that cannot be written the draft may not be there, nor be removable: the refusal that follows says why. */
function removeDraft(draft: string): void {
  try {
    rmSync(draft, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EROFS') throw error;
  }
}

function tryLink(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readOwner(path: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Owner;
  } catch {
    // Gone meanwhile, or cut off by a power loss: in both cases nobody holds it.
    return undefined;
  }
}

/** Takes a dead owner's lock away; if somebody else has taken it meanwhile, theirs is put back. */
function removeStale(path: string, judged: Owner | undefined, token: string): void {
  const aside = `${path}.${token}.stale`;
  try {
    renameSync(path, aside);
  } catch {
    return; // Somebody else removed it.
  }
  const moved = readOwner(aside);
  if (moved && moved.token !== judged?.token) tryLink(aside, path);
  rmSync(aside, { force: true });
}

function release(path: string, token: string): void {
  if (readOwner(path)?.token === token) rmSync(path, { force: true });
}

function lockedBy(folder: string, owner: Owner): DataFolderError {
  return new DataFolderError(
    'DATA_FOLDER_LOCKED',
    `Data folder ${folder} is in use by process ${owner.pid}; stop that process or choose another folder`,
  );
}

function isAlive(owner: Owner): boolean {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const start = processStart(owner.pid);
  return start === '' || owner.processStart === '' || start === owner.processStart;
}

/** Start time of a process in clock ticks since boot; empty where the system does not tell. */
function processStart(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold spaces; the start time is the 20th field after it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
