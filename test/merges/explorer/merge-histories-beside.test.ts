import { expect, it } from 'vitest';
import { searchSize } from '../../support/search-size.js';
import { runSeed } from '../rows.js';
import { search } from './random-history.js';

/** Both halves may be given one seed and must not go through the same histories. */
const seedsApart = 1_000_000;
const seed = Number(process.env['MERGE_SEED']) || runSeed();
/** The other half, in a file of its own: files run side by side. */
const histories = Number(process.env['MERGE_HISTORIES']) || searchSize(5_000);

it(`${histories} random histories of merges, writers and readers keep every rule (MERGE_SEED=${seed + seedsApart})`, async () => {
  const startedAtMs = Date.now();
  const { failure, ...counts } = await search(seed + seedsApart, (done) => done >= histories);
  process.stdout.write(
    `histories from MERGE_SEED=${seed + seedsApart}: ${JSON.stringify(counts)} in ${Date.now() - startedAtMs} ms\n`,
  );
  expect(failure, failure ?? '').toBeNull();
}, 300_000);
