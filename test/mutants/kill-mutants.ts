import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { Mutant } from './mutants.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Of one run of the tests: a few starts of a process, and a search. */
const runMaxMs = 600_000;

/** A search that planted bugs are put to. */
export interface MutantHunt {
  readonly mutants: readonly Mutant[];
  /** Test files that must notice them, as vitest takes them. */
  readonly files: readonly string[];
  /** Environment of the search: seed and size. */
  readonly env: Readonly<Record<string, string>>;
}

/** What noticed a bug, in a line; null when the tests passed. */
function run({ files, env }: MutantHunt, mutant: string | null): Promise<string | null> {
  const words = ['vitest', 'run', '--config', 'vitest.mutants.config.ts', ...files];
  const all = { ...process.env, ...env, ...(mutant === null ? {} : { MUTANT: mutant }) };
  return new Promise((resolve, reject) => {
    execFile('npx', words, { cwd: root, env: all, maxBuffer: 64 * 1_024 * 1_024 }, (error, stdout, stderr) => {
      if (error === null) return resolve(null);
      const output = stdout + stderr;
      // A run that tested nothing has noticed nothing.
      if (!/Tests\s.*failed/.test(output)) return reject(new Error(output.slice(-2_000)));
      return resolve(/BROKEN .*|FAIL .*/.exec(output)?.[0] ?? 'a test failed');
    });
  });
}

/** Declares the tests: the product as it is passes, and every planted bug is noticed. */
export function itKillsAll(hunt: MutantHunt): void {
  it(
    'the product as it is passes what the planted bugs are put to',
    async () => {
      expect(await run(hunt, null)).toBeNull();
    },
    runMaxMs,
  );

  it(`every planted bug is noticed (${JSON.stringify(hunt.env)})`, async () => {
    const survivors: string[] = [];
    for (const { name } of hunt.mutants) {
      const noticed = await run(hunt, name);
      process.stdout.write(noticed === null ? `SURVIVED ${name}\n` : `killed   ${name}: ${noticed}\n`);
      if (noticed === null) survivors.push(name);
    }
    expect(survivors).toEqual([]);
  }, 3_600_000);
}
