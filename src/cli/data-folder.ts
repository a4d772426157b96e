import type { DatabaseReport } from '../embedded/check/check-database.js';
import { checkFolder } from '../embedded/check/check-folder.js';
import { FINDINGS, type FindingCode } from '../embedded/check/finding.js';
import {
  type ExportedCollection,
  type ExportOptions,
  ExportRefused,
  exportFolder,
} from '../embedded/export/export-folder.js';
import { DamagedFile } from '../embedded/store/data-file.js';
import { DataFolderError } from '../embedded/store/folder-lock.js';
import { AppError } from '../kernel/errors.js';

export type { DatabaseReport, ExportedCollection };

/** What a kind of finding means, for people. */
export function meaningOf(code: FindingCode): string {
  return FINDINGS[code];
}

/** Checks a data folder on which no server runs. Throws AppError `DATA_FOLDER_…`. */
export function checkDataFolder(...words: Parameters<typeof checkFolder>): Promise<DatabaseReport[]> {
  return onDataFolder(() => checkFolder(...words));
}

/** Exports a data folder on which no server runs. Throws AppError `DATA_FOLDER_…`, `FOLDER_UNUSABLE`, `USAGE`. */
export function exportDataFolder(options: ExportOptions): Promise<ExportedCollection[]> {
  return onDataFolder(() => exportFolder(options));
}

/** What the engine says about a folder comes out under the codes of the command line. */
async function onDataFolder<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DataFolderError) throw new AppError(error.code, error.message, { cause: error });
    if (error instanceof DamagedFile) {
      const advice = 'kindred engine check tells what is affected; restore the folder from a copy';
      throw new AppError('DATA_FOLDER_UNUSABLE', `${error.message}; ${advice}`, { cause: error });
    }
    if (!(error instanceof ExportRefused)) throw error;
    const code = error.reason === 'DATABASE_UNKNOWN' ? 'USAGE' : 'FOLDER_UNUSABLE';
    throw new AppError(code, error.message, { cause: error });
  }
}
