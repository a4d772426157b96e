import { DamagedFile } from '../store/data-file.js';
import { checkDatabase, type DatabaseReport, type OnProgress } from './check-database.js';
import { readStopped, type StoppedDatabase, stoppedDatabases } from './stopped-folder.js';

/**
 * Checks every database of a folder on which no engine runs, without writing anything: pages, catalogue, documents, each
 * index against a full scan, stored replies. Errors: as {@link stoppedDatabases}; damage is no error but a finding.
 */
export async function checkFolder(
  folder: string,
  onProgress: (database: string, ...progress: Parameters<OnProgress>) => void = () => {},
): Promise<DatabaseReport[]> {
  const reports: DatabaseReport[] = [];
  for (const database of stoppedDatabases(folder)) {
    reports.push(await checkOne(folder, database, (done, total) => onProgress(database.name, done, total)));
  }
  return reports;
}

async function checkOne(folder: string, database: StoppedDatabase, onProgress: OnProgress): Promise<DatabaseReport> {
  const { name, path } = database;
  try {
    return await readStopped(folder, path, (file) => checkDatabase(name, file, onProgress));
  } catch (error) {
    if (!(error instanceof DamagedFile)) throw error;
    // Not even the beginning of the file can be understood.
    const where = { database: name, collection: null, index: null, document: null };
    const findings = [{ code: 'DATA_FILE_DAMAGED' as const, ...where, detail: error.message }];
    return { name, collections: [], storedReplies: 0, pages: 0, findings };
  }
}
