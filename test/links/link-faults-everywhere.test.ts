import { beforeAll, describe, expect, it } from 'vitest';
import { type SeededRandom, seededRandom } from '../../src/kernel/random.js';
import { releasePending } from '../../src/links/pending-release.service.js';
import { usePendingRelease } from '../../src/profiles/own-sign-up.service.js';
import type { Fault } from './link-faults-run.js';
import { failEverywhere } from './link-faults-search.js';
import { works } from './link-faults-works.js';

const seed = Number(process.env['KINDRED_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

/** Of each command one way in which it can fail; the long run tries all of them. */
function oneOfEach(points: readonly Fault[], random: SeededRandom): Fault[][] {
  const commands = new Set(points.map(({ at }) => at));
  return [...commands].map((at) => [random.pick(points.filter((point) => point.at === at))]);
}

describe(`work on a link whose process or database fails (KINDRED_SEED=${seed})`, () => {
  beforeAll(() => usePendingRelease(releasePending));

  it.each(works)('$name: ends as if nothing had failed, whichever command is struck', async (work) => {
    const random = seededRandom(seed);
    const { commands, points, runs, wrong } = await failEverywhere(work, (all) => oneOfEach(all, random));
    process.stdout.write(`${work.name}: ${commands} commands, ${runs} of ${points} fault points\n`);
    expect(wrong).toEqual([]);
    expect(runs).toBe(commands - 1);
  });
});
