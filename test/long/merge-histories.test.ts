import { expect, it } from 'vitest';
import { longSearch, longSearchMaxMs, seedOf } from '../merges/explorer/long-search.js';

/** A million: `MERGE_HISTORIES=1000000 npm run test:long -- merge-histories`; both files take half of it, side by side. */
const worker = 0;

it(
  `random histories of merges, writers and readers keep every rule (worker ${worker}, seeds from ${seedOf(worker)})`,
  async () => {
    const { failure } = await longSearch(worker);
    expect(failure, failure ?? '').toBeNull();
  },
  longSearchMaxMs,
);
