import { describe, expect, it } from 'vitest';
import { describeHistory, type Outcome } from './explorer/history.js';
import { runPlan } from './explorer/random-history.js';
import type { Fate } from './explorer/scheduler.js';
import type { Wish } from './explorer/wishes.js';

/** What staff do, alone; a client that hears nothing sends the same once more. */
const works: readonly (readonly [string, readonly Wish[]])[] = [
  ['a merge', [{ kind: 'merge', loser: 'C', winner: 'D', key: 'merge-CD' }]],
  ['a merge of somebody who was merged with', [{ kind: 'merge', loser: 'A', winner: 'B', key: 'merge-AB' }]],
  ['an undo', [{ kind: 'undo', of: 'E', key: 'undo-of-E' }]],
];

/** Every command of a run with every way in which it can fail. */
function faultPoints({ steps }: Outcome): [at: number, fate: Fate][] {
  return steps.flatMap(({ command }, at) => command.fates.map((fate): [number, Fate] => [at, fate]));
}

function runWith(wishes: readonly Wish[], ...faults: readonly [number, Fate][]): Promise<Outcome> {
  return runPlan({ wishes, turns: [], fates: new Map(faults) });
}

/** Every rule holds and the work is done, once: commits beside the smooth run's would be effects beside its. */
function expectDoneOnce(outcome: Outcome, smooth: Outcome): void {
  expect(outcome.broken, describeHistory(outcome)).toEqual([]);
  expect(
    outcome.told.map(({ end }) => end),
    describeHistory(outcome),
  ).toEqual(smooth.told.map(() => 'DONE'));
  expect(outcome.world.stores.brand.commits).toHaveLength(smooth.world.stores.brand.commits.length);
}

describe.each(works)('%s', (_name, wishes) => {
  it('has exactly one effect wherever its database fails it once', async () => {
    const smooth = await runWith(wishes);
    const points = faultPoints(smooth);
    for (const point of points) expectDoneOnce(await runWith(wishes, point), smooth);
    process.stdout.write(`${wishes[0]?.kind}: ${smooth.steps.length} commands, ${points.length} fault points\n`);
    expect(points.length).toBeGreaterThan(smooth.steps.length);
  });

  it('has exactly one effect when the next command after a failure fails as well', async () => {
    const smooth = await runWith(wishes);
    for (const [at, fate] of faultPoints(smooth)) {
      for (const second of ['before', 'lost'] as const) {
        expectDoneOnce(await runWith(wishes, [at, fate], [at + 1, second]), smooth);
      }
    }
  });
});
