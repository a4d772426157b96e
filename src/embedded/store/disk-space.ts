import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type EngineError, engineError } from '../engine-error.js';
import { DATA_FILE } from './data-file.js';

/** What systems say when there is no room: on the disk, in the quota, under the limit for one file, in the map. */
const FULL = /ENOSPC|EDQUOT|EFBIG|No space left|quota exceeded|File too large|MDB_MAP_FULL|mapsize limit/i;

/** LMDB's word for a write that came to an end halfway: most often a full disk, sometimes a broken one. */
const CUT_SHORT = /EIO|Input\/output error/i;

/** Where so much more cannot be written, there is no room. */
const PROBE_BYTES = 1024 * 1024;

/** Whether an error of the storage of the database in `folder` means that there is no room left. Call it between commits only. */
export function isFullDisk(error: unknown, folder: string): boolean {
  const text = textOf(error);
  const path = join(folder, DATA_FILE);
  return FULL.test(text) || (CUT_SHORT.test(text) && existsSync(path) && !canGrow(path));
}

function textOf(error: unknown): string {
  return error instanceof Error ? `${(error as NodeJS.ErrnoException).code ?? ''} ${error.message}` : '';
}

/** Tries to write behind the end of a file, where LMDB expects nothing, and takes it back. */
function canGrow(path: string): boolean {
  const file = openSync(path, 'r+');
  const { size } = fstatSync(file);
  try {
    return writeSync(file, Buffer.alloc(PROBE_BYTES), 0, PROBE_BYTES, size) === PROBE_BYTES;
  } catch (error) {
    // A disk that is broken has not said that it is full.
    return !FULL.test(textOf(error));
  } finally {
    ftruncateSync(file, size);
    closeSync(file);
  }
}

/** The refusal of a write that does not fit (14031); everything acknowledged before it stays readable. */
export function outOfSpace(cause: unknown): EngineError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return engineError(
    'OutOfDiskSpace',
    `wanted to write to the data folder, but there is no room left (${reason}); nothing of this write is stored; free some space and repeat it`,
  );
}
