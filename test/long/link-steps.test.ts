import { expect, it } from 'vitest';
import { worldKinds } from '../links/explorer/link-world.js';
import { exhaustSteps } from '../links/explorer/step-tree.js';

const cases = worldKinds.flatMap((kind) => (['steady', 'dying'] as const).map((workers) => [kind, workers] as const));
/** One more than in every run. */
const length = 5;

it.each(cases)(
  `every sequence of up to ${length} steps of a customer's links keeps every rule (%s, workers are %s)`,
  async (kind, workers) => {
    const { failure, ...counts } = await exhaustSteps(kind, length, workers);
    process.stdout.write(`${kind}, ${workers}: ${JSON.stringify(counts)}\n`);
    expect(failure, failure ?? '').toBeNull();
  },
  3_600_000,
);
