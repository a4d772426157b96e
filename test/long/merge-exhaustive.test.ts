import { expect, it } from 'vitest';
import { exhaust } from '../merges/explorer/exhaustive.js';
import type { Wish } from '../merges/explorer/wishes.js';

type Who = 'B' | 'C' | 'D';
const into = (loser: Who, winner: Who): Wish => ({ kind: 'merge', loser, winner, key: `merge-${loser}${winner}` });
const questions: readonly (readonly [string, Who[], readonly Wish[]])[] = [
  ['two people into each other', ['C', 'D'], [into('C', 'D'), into('D', 'C')]],
  ['a chain', ['B', 'C', 'D'], [into('B', 'C'), into('C', 'D')]],
  ['two losers into one winner', ['B', 'C', 'D'], [into('B', 'D'), into('C', 'D')]],
];
/** Several times what there is: a search that stops here has met something new. */
const runsMax = 20_000;

it.each(questions)(
  'every order of the commands of two merges, %s, with a reader and one lost commit answer, keeps every rule',
  async (name, order, merges) => {
    const startedAtMs = Date.now();
    const wishes: Wish[] = [...merges, { kind: 'read', order, by: 'id' }];
    const { failure, ...counts } = await exhaust({ wishes, commitFates: ['timeout-applied'], runsMax });
    process.stdout.write(`${name}: ${JSON.stringify(counts)} in ${Date.now() - startedAtMs} ms\n`);
    expect(failure, failure ?? '').toBeNull();
    expect(counts.isComplete).toBe(true);
  },
  900_000,
);
