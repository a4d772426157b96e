import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** The checkout. */
export const repository = join(import.meta.dirname, '..');

const built = join(repository, 'dist', 'bench');

/** Compiles the bench together with the server as the build does, because code changed while it loads is not what ships. */
export function buildBench(): void {
  const compiler = join(repository, 'node_modules', 'typescript', 'bin', 'tsc');
  const result = spawnSync(process.execPath, [compiler, '-p', join(import.meta.dirname, 'tsconfig.json')], {
    cwd: repository,
    encoding: 'utf8',
  });
  if (result.status !== 0) throw new Error(`The bench does not compile\n${result.stdout}${result.stderr}`);
}

/** Where a file of the bench lies when compiled. */
export function builtFile(path: string): string {
  return join(built, 'bench', path);
}
