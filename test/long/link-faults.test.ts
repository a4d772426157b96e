import { beforeAll, describe, expect, it } from 'vitest';
import { releasePending } from '../../src/links/pending-release.service.js';
import { usePendingRelease } from '../../src/profiles/own-sign-up.service.js';
import type { Fault } from '../links/link-faults-run.js';
import { failEverywhere } from '../links/link-faults-search.js';
import { works } from '../links/link-faults-works.js';

const alone = (points: readonly Fault[]): Fault[][] => points.map((point) => [point]);

/** Each fault followed at once by a second one: of the very process that got over the first. */
const doubled = (points: readonly Fault[]): Fault[][] =>
  points
    .filter(({ fate }) => !['killed', 'killed after', 'held up'].includes(fate))
    .flatMap((point) => (['before', 'lost', 'killed'] as const).map((fate) => [point, { at: point.at + 1, fate }]));

describe.each([
  ['once', alone],
  ['twice in a row', doubled],
] as const)('work on a link whose process or database fails %s', (often, choose) => {
  beforeAll(() => usePendingRelease(releasePending));

  it.each(works)(
    '$name: ends as if nothing had failed, wherever that is',
    async (work) => {
      const { commands, points, runs, wrong } = await failEverywhere(work, choose);
      process.stdout.write(
        `${work.name}: ${commands} commands, ${points} fault points, ${runs} runs failing ${often}\n`,
      );
      expect(wrong).toEqual([]);
      expect(runs).toBeGreaterThan(commands);
    },
    300_000,
  );
});
