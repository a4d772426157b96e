import { Scheduler } from '../../merges/explorer/scheduler.js';
import { holdIntervals } from './held-intervals.js';
import { brokenEnd } from './link-history.js';
import { aProcess, leaseMs, storeNames } from './link-process.js';
import { LinkWatch } from './link-state.js';
import type { LinkStep, Taken } from './link-steps.js';
import { forked, type LinkWorld, linkWorld, type WorldKind } from './link-world.js';
import { takeStep } from './take-step.js';

/** What an exhaustive search has been through. */
export interface StepsExhausted {
  /** Sequences gone through, whatever their length. */
  readonly sequences: number;
  /** Those that end in a state of their own, which was settled and checked: a step that changes nothing leads nowhere new. */
  readonly settled: number;
  readonly failure: string | null;
}

/** How workers fare: each does all there is, or dies before it can note its second effect. */
export type WorkerKind = 'steady' | 'dying';

/** Steps of the alphabet. */
const letters = 9;

/** The alphabet, with keys of its own for each position. */
function alphabet(position: number, workers: WorkerKind): readonly LinkStep[] {
  const key = `step-${position}-of-tree`;
  return [
    { kind: 'enrol', of: 'P', key, attributes: null },
    { kind: 'work', effectsMax: workers === 'dying' ? 1 : null },
    { kind: 'activate', link: 'newest' },
    { kind: 'decline', link: 'newest' },
    { kind: 'expire' },
    { kind: 'withdraw', link: 'newest', copies: position % 2 === 0 ? 'KEEP' : 'ERASE_UNTOUCHED', key },
    { kind: 'merge in A', loser: 'P', key },
    { kind: 'merge in B', loser: 'member', key },
    { kind: 'own sign-up', key },
  ];
}

/** Takes every sequence of steps up to a length, each step to its end, and settles and checks the world after each. */
export async function exhaustSteps(kind: WorldKind, length: number, workers: WorkerKind): Promise<StepsExhausted> {
  const restore = holdIntervals();
  try {
    const tree = new StepTree(workers, length);
    await tree.grow(await linkWorld(kind), []);
    return tree;
  } finally {
    restore();
  }
}

class StepTree implements StepsExhausted {
  sequences = 0;
  settled = 0;
  failure: string | null = null;
  readonly #workers: WorkerKind;
  readonly #length: number;

  constructor(workers: WorkerKind, length: number) {
    this.#workers = workers;
    this.#length = length;
  }

  async grow(world: LinkWorld, path: readonly Taken[]): Promise<void> {
    if (path.length === this.#length) return;
    for (const step of alphabet(path.length, this.#workers)) {
      if (this.failure !== null) return;
      const next = forked(world);
      // A worker takes over from one that died when its lease has run out.
      if (this.#workers === 'dying' && path.at(-1)?.step.kind === 'work') next.clock.forward(leaseMs + 1_000);
      const { taken, broken } = await this.#take(next, step, path);
      this.sequences += 1;
      if (isSameState(world, next)) {
        this.sequences += sequencesUpTo(this.#length - path.length - 1);
        continue;
      }
      const end = forked(next);
      const watch = new LinkWatch(end.stores);
      broken.push(...(await brokenEnd(end, watch, taken)), ...watch.broken);
      this.settled += 1;
      if (broken.length > 0) this.failure = describe(taken, broken);
      await this.grow(next, taken);
    }
  }

  async #take(world: LinkWorld, step: LinkStep, path: readonly Taken[]): Promise<{ taken: Taken[]; broken: string[] }> {
    const watch = new LinkWatch(world.stores);
    const taken = [...path];
    const scheduler = new Scheduler(100 + path.length);
    const process = aProcess(world.stores, world.clock, (command) => scheduler.issue(0, command));
    const work = async (): Promise<void> => {
      taken.push(await takeStep(step, { process, ...world }));
      taken.push(...(await readBoth(world, watch, process)));
    };
    await scheduler.run([() => scheduler.unscheduled(0, work)], ([only]) => ({ pending: only as never, fate: 'ok' }));
    watch.look();
    return { taken: taken.filter(({ step: each }) => each.kind !== 'read'), broken: watch.broken };
  }
}

/** Whether a step has changed nothing: what follows is what follows without it. */
function isSameState(before: LinkWorld, after: LinkWorld): boolean {
  const isWritten = storeNames.some((name) => after.stores[name].now > 0);
  return !isWritten && before.clock.now().getTime() === after.clock.now().getTime();
}

/** How many sequences of at least one step there are up to a length. */
function sequencesUpTo(length: number): number {
  return length <= 0 ? 0 : letters * (1 + sequencesUpTo(length - 1));
}

/** After each step, whoever reads from either side is shown what is true then. */
async function readBoth(world: LinkWorld, watch: LinkWatch, process: ReturnType<typeof aProcess>): Promise<Taken[]> {
  watch.look();
  const means = { process, ...world, reading: () => watch.reading() };
  return [await takeStep({ kind: 'read', from: 'A' }, means), await takeStep({ kind: 'read', from: 'B' }, means)];
}

function describe(taken: readonly Taken[], broken: readonly string[]): string {
  return [
    ...taken.map(({ step, end, codes }) => `${JSON.stringify(step)} → ${end} ${codes.join()}`),
    ...broken.map((each) => `BROKEN ${each}`),
  ].join('\n');
}
