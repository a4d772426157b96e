import { expect, it } from 'vitest';
import { searchSize } from '../../support/search-size.js';
import { worldKinds } from './link-world.js';
import { exhaustSteps } from './step-tree.js';

/** Steps of a sequence; longer ones, and those of workers that keep dying, are gone through by `test:long`. */
const length = 4;

/** In `npm test` one of the worlds, another in each run. */
const place = Math.floor(Math.random() * worldKinds.length);
const searched = worldKinds.filter((_, at) => searchSize(worldKinds.length) === worldKinds.length || at === place);

it.each(searched)(
  `every sequence of up to ${length} steps of a customer's links keeps every rule (%s)`,
  async (kind) => {
    const { failure, ...counts } = await exhaustSteps(kind, length, 'steady');
    process.stdout.write(`${kind}: ${JSON.stringify(counts)}\n`);
    expect(failure, failure ?? '').toBeNull();
    expect(counts.sequences).toBe(9 + 9 ** 2 + 9 ** 3 + 9 ** 4);
  },
  120_000,
);
