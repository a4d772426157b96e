import { describeRun, type Fault, faultsOf, type Outcome, runWork, sceneOf } from './link-faults-run.js';
import type { Work } from './link-faults-works.js';

/** What came of failing one work in many ways. */
export interface Findings {
  /** Commands of a smooth run, and the ways in which each of them could fail, taken together. */
  readonly commands: number;
  readonly points: number;
  readonly runs: number;
  /** Runs that ended otherwise than the smooth one, for people. */
  readonly wrong: readonly string[];
}

/** Leases that may have to run out after one fault until no work is left: a failed step waits, and so does who takes it over. */
const waitsMax = 3;

/**
 * Does a work once without a fault and then once for each list of faults that `choose` makes of all of them. Whatever
 * failed, the databases must look as if nothing had.
 */
export async function failEverywhere(
  work: Work,
  choose: (points: readonly Fault[]) => readonly (readonly Fault[])[],
): Promise<Findings> {
  const scene = await sceneOf(work);
  const smooth = await runWork(work, scene);
  const points = faultsOf(smooth);
  const wrong = breachesOf(work, smooth, smooth).map((breach) => `smooth: ${breach}`);
  const lists = choose(points);
  for (const faults of lists) {
    const outcome = await runWork(work, scene, faults);
    const breaches = breachesOf(work, outcome, smooth);
    if (breaches.length > 0) wrong.push([work.name, describeRun(outcome, faults), ...breaches].join('\n'));
  }
  return { commands: smooth.steps.length, points: points.length, runs: lists.length, wrong };
}

function breachesOf(work: Work, outcome: Outcome, smooth: Outcome): string[] {
  const { told, portrait, broken, waits } = outcome;
  const left = [...portrait];
  const missing = smooth.portrait.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  const isFair = (each: Outcome['told'][number]): boolean =>
    each === 'DONE' || (work.usesToken === true && told !== smooth.told && each.join() === 'TOKEN_INVALID');
  return [
    ...broken,
    ...missing.map((line) => `missing: ${line}`),
    ...left.map((line) => `beside: ${line}`),
    ...(told.length > 0 && told.every(isFair) ? [] : [`told ${JSON.stringify(told)}`]),
    ...(waits <= waitsMax ? [] : [`work was left for ${waits} leases`]),
  ];
}
