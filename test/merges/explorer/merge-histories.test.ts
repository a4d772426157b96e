import { expect, it } from 'vitest';
import { searchSize } from '../../support/search-size.js';
import { runSeed } from '../rows.js';
import { search } from './random-history.js';

const seed = Number(process.env['MERGE_SEED']) || runSeed();
/** Half of the ten thousand of every run; the other half is searched beside it. */
const histories = Number(process.env['MERGE_HISTORIES']) || searchSize(5_000);

it(`${histories} random histories of merges, writers and readers keep every rule (MERGE_SEED=${seed})`, async () => {
  const startedAtMs = Date.now();
  const { failure, ...counts } = await search(seed, (done) => done >= histories);
  process.stdout.write(
    `histories from MERGE_SEED=${seed}: ${JSON.stringify(counts)} in ${Date.now() - startedAtMs} ms\n`,
  );
  expect(failure, failure ?? '').toBeNull();
}, 300_000);
