import { expect, it } from 'vitest';
import { longSearch, longSearchMaxMs, seedOf } from '../merges/explorer/long-search.js';

/** The other half of the histories: files run side by side. */
const worker = 1;

it(
  `random histories of merges, writers and readers keep every rule (worker ${worker}, seeds from ${seedOf(worker)})`,
  async () => {
    const { failure } = await longSearch(worker);
    expect(failure, failure ?? '').toBeNull();
  },
  longSearchMaxMs,
);
