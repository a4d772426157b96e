import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { linkMutants } from '../mutants/link-mutants.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Histories that each planted bug has to get through unnoticed. */
const histories = 4_000;
const seed = Number(process.env['LINK_SEED'] ?? 20_261_122);
const words = [
  'vitest',
  'run',
  '--config',
  'vitest.mutants.config.ts',
  'test/links/explorer/link-meetings',
  'test/links/explorer/link-random',
];

/** The rule that noticed the bug; null when the tests passed. */
function run(mutant: string | null): Promise<string | null> {
  const env = { ...process.env, LINK_SEED: String(seed), LINK_HISTORIES: String(histories) };
  if (mutant !== null) Object.assign(env, { MUTANT: mutant });
  return new Promise((resolve, reject) => {
    execFile('npx', words, { cwd: root, env, maxBuffer: 64 * 1_024 * 1_024 }, (error, stdout, stderr) => {
      if (error === null) return resolve(null);
      const output = stdout + stderr;
      // A run that tested nothing has noticed nothing.
      if (!/Tests\s.*failed/.test(output)) return reject(new Error(output.slice(-2_000)));
      return resolve(/BROKEN .*|FAIL .*/.exec(output)?.[0] ?? 'a test failed');
    });
  });
}

it('the product as it is passes what the planted bugs are put to', async () => {
  expect(await run(null)).toBeNull();
}, 600_000);

it(`every bug planted in linking is noticed (LINK_SEED=${seed})`, async () => {
  const survivors: string[] = [];
  for (const { name } of linkMutants) {
    const noticed = await run(name);
    process.stdout.write(`${noticed === null ? 'SURVIVED' : 'killed  '} ${name}: ${noticed}\n`);
    if (noticed === null) survivors.push(name);
  }
  expect(survivors).toEqual([]);
}, 3_600_000);
