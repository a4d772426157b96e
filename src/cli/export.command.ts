import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { AppError } from '../kernel/errors.js';
import { type ExportedCollection, exportDataFolder } from './data-folder.js';
import { readConfig } from './group-options.js';
import { paint, print, say, startProgress } from './terminal.js';

interface ExportCommandOptions {
  readonly data?: string;
  readonly out: string;
  readonly brand?: readonly string[];
  readonly database?: readonly string[];
  readonly config: string;
  readonly json?: boolean;
}

/** `kindred export`: counts on standard output; progress and how to restore on standard error. */
export async function runExport(options: ExportCommandOptions): Promise<void> {
  const folder = resolve(options.data ?? readConfig(options.config).embedded.folder);
  const databases = databasesOf(options);
  const progress = startProgress('Exporting', 100);
  const exported = await exportDataFolder({
    folder,
    out: options.out,
    ...(databases === undefined ? {} : { databases }),
    onProgress: (done, total) => progress.update((100 * done) / total),
  }).finally(() => progress.end());
  if (options.json) {
    print(JSON.stringify({ folder, out: resolve(options.out), collections: exported }));
    return;
  }
  tell(exported, resolve(options.out), join(dirname(folder), 'secret'));
}

/** Databases by name and by brand; undefined for all. */
function databasesOf(options: ExportCommandOptions): string[] | undefined {
  if (options.brand === undefined && options.database === undefined) return undefined;
  const named = [...(options.database ?? [])];
  if (options.brand !== undefined) {
    const { brands } = readConfig(options.config);
    for (const handle of options.brand) {
      const brand = brands.find((each) => each.handle === handle);
      const known = brands.map((each) => each.handle).join(', ');
      if (brand === undefined) throw new AppError('USAGE', `"${handle}" is not a configured brand; known: ${known}`);
      named.push(brand.database.name);
    }
  }
  return [...new Set(named)];
}

function tell(exported: readonly ExportedCollection[], out: string, secretFile: string): void {
  for (const { database, collection, documents, indexes } of exported) {
    print(`${database}.${collection}  ${documents} documents, ${indexes} indexes`);
  }
  const total = exported.reduce((sum, each) => sum + each.documents, 0);
  say(`${paint('green', `${total} documents`)} in ${out}. To restore them into a MongoDB:`);
  say(`  mongorestore --uri "$MONGODB_URI" --dir "${out}"`);
  say('Then set database.uri in the configuration.');
  if (existsSync(secretFile))
    say(`Keys were derived from ${secretFile}: go on with KINDRED_SECRET="$(cat "${secretFile}")"`);
}
