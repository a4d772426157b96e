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
/** Histories per question that the time of the long run allows; whether that was all is printed. */
const runsMax = Number(process.env['MERGE_RUNS'] ?? 12_000);

it.each(questions)(
  'orders of the commands of two merges, %s, with a reader and one lost commit answer, keep every rule',
  async (name, order, merges) => {
    const startedAtMs = Date.now();
    const wishes: Wish[] = [...merges, { kind: 'read', order, by: 'id' }];
    const { failure, ...counts } = await exhaust({ wishes, commitFates: ['timeout-applied'], runsMax });
    process.stdout.write(`${name}: ${JSON.stringify(counts)} in ${Date.now() - startedAtMs} ms\n`);
    expect(failure, failure ?? '').toBeNull();
  },
  900_000,
);
