import { expect, it } from 'vitest';
import { search } from '../merges/explorer/random-history.js';
import { runSeed } from '../merges/rows.js';

const seed = Number(process.env['MERGE_SEED']) || runSeed();
/** Time for histories in the long run; how many that makes is printed, and the machine's business. */
const budgetMs = Number(process.env['MERGE_MINUTES'] ?? 6) * 60_000;
/** Fewer, even on a busy machine, would prove less than the short run. */
const historiesMin = 10_000;

it(`random histories of merges, writers and readers keep every rule (MERGE_SEED=${seed})`, async () => {
  const startedAtMs = Date.now();
  const isEnough = (done: number): boolean => done >= historiesMin && Date.now() - startedAtMs > budgetMs;
  const { failure, ...counts } = await search(seed, isEnough);
  process.stdout.write(
    `histories from MERGE_SEED=${seed}: ${JSON.stringify(counts)} in ${Date.now() - startedAtMs} ms\n`,
  );
  expect(failure, failure ?? '').toBeNull();
}, 1_200_000);
