import { resolve } from 'node:path';
import { databaseNames, dataFileOf } from '../store/database-folder.js';
import { DataFolderError, requireStopped, unusable } from '../store/folder-lock.js';
import { PageFile } from '../store/page-file.js';

/** A database of a folder on which no engine runs. */
export interface StoppedDatabase {
  readonly name: string;
  readonly path: string;
}

/**
 * The databases of a folder on which no engine runs; nothing is written. Errors with a code: `DATA_FOLDER_LOCKED`,
 * `DATA_FOLDER_FOREIGN`, `DATA_FOLDER_UNUSABLE`.
 */
export function stoppedDatabases(path: string): StoppedDatabase[] {
  const folder = resolve(path);
  requireStopped(folder);
  try {
    return databaseNames(folder)
      .sort()
      .map((name) => ({ name, path: dataFileOf(folder, name) }));
  } catch (error) {
    throw unusable(folder, error);
  }
}

/**
 * Reads a database of a stopped folder from first to last and makes sure at the end that nobody has written to it
 * meanwhile. Errors: what opening or `read` throws; `DATA_FOLDER_LOCKED` when an engine was started in between.
 */
export async function readStopped<T>(
  folder: string,
  path: string,
  read: (file: PageFile) => T | Promise<T>,
): Promise<T> {
  const file = new PageFile(path);
  try {
    const result = await read(file);
    if (file.isUnchanged()) return result;
    throw startedMeanwhile(folder);
  } catch (error) {
    if (!(error instanceof DataFolderError) && !file.isUnchanged()) throw startedMeanwhile(folder);
    throw error;
  } finally {
    file.close();
  }
}

function startedMeanwhile(folder: string): DataFolderError {
  return new DataFolderError(
    'DATA_FOLDER_LOCKED',
    `Data folder ${folder} was written to while it was read; stop the process that uses it and try again`,
  );
}
