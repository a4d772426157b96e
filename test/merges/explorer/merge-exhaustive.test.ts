import { expect, it } from 'vitest';
import { exhaust } from './exhaustive.js';
import type { Wish } from './wishes.js';

const into = (loser: 'C' | 'D', winner: 'C' | 'D'): Wish => ({
  kind: 'merge',
  loser,
  winner,
  key: `merge-${loser}${winner}`,
});
const read: Wish = { kind: 'read', order: ['C', 'D'], by: 'id' };
/** What is small enough for every run; two merges with a reader are searched by `test:long`. */
const questions: readonly (readonly [string, readonly Wish[]])[] = [
  ['a merge and a reader', [into('C', 'D'), read]],
  ['two merges of two people into each other', [into('C', 'D'), into('D', 'C')]],
];
/** Several times what there is: a search that stops here has met something new. */
const runsMax = 5_000;

it.each(questions)(
  'every order of the commands of %s, with one lost commit answer, keeps every rule',
  async (name, wishes) => {
    const startedAtMs = Date.now();
    const { failure, ...counts } = await exhaust({ wishes, commitFates: ['timeout-applied'], runsMax });
    process.stdout.write(`${name}: ${JSON.stringify(counts)} in ${Date.now() - startedAtMs} ms\n`);
    expect(failure, failure ?? '').toBeNull();
    expect(counts.isComplete).toBe(true);
  },
  120_000,
);

it('orders that differ by commands that commute lead to the same states', async () => {
  const [, wishes] = questions[1] as (typeof questions)[number];
  const question = { wishes, commitFates: ['timeout-applied'] as const, runsMax };
  const [some, all] = [await exhaust(question), await exhaust({ ...question, isThorough: true })];
  expect(some.states).toBe(all.states);
  expect(some.runs).toBeLessThan(all.runs);
}, 120_000);
