import { AppError, Refusal } from '../../src/kernel/errors.js';
import { attemptsMax } from '../merges/explorer/repeated.js';
import { type Chooser, type Fate, type Pending, Scheduler, type Step } from '../merges/explorer/scheduler.js';
import { holdIntervals } from './explorer/held-intervals.js';
import { leaseMs, storeNames } from './explorer/link-process.js';
import { brokenRules, portraitOf, workLeft } from './link-faults-rules.js';
import type { Work } from './link-faults-works.js';
import {
  aWorkingProcess,
  type Durable,
  emptyDurable,
  forkOf,
  populate,
  type WorkingProcess,
} from './link-faults-world.js';

/**
 * What becomes of a process at one of its commands, beside what may become of the command: it dies before or after the
 * database has carried the command out, or it is held up until another process has done everything in its place.
 */
export type ProcessFate = Fate | 'killed' | 'killed after' | 'held up';

/** Where a run fails: the number of a command of the first process, and how. */
export interface Fault {
  readonly at: number;
  readonly fate: ProcessFate;
}

/** What a client was told. */
export type Told = 'DONE' | readonly string[];

/** One run of a work. */
export interface Outcome {
  readonly steps: readonly Step[];
  /** What the client heard from each process it asked; nothing from one that died. */
  readonly told: readonly Told[];
  readonly portrait: readonly string[];
  readonly broken: readonly string[];
  /** Leases that had to run out until no work was left. */
  readonly waits: number;
}

/** Actors: the process that fails, the one that takes over, and one that comes when both are done. */
const [failing, rescuing, closing] = [0, 1, 2];
/** A step is tried again after minutes at the latest. */
const waitsMax = 40;

/** Databases in which a work can begin. Made without faults. */
export async function sceneOf(work: Work): Promise<Durable> {
  const durable = emptyDurable();
  const scheduler = new Scheduler(0);
  const process = aWorkingProcess(durable, (command) => scheduler.issue(0, command));
  const make = async (): Promise<void> => {
    await populate(process);
    await work.prepare(process);
  };
  await withoutHeartbeats(() => scheduler.run([make], (ready) => ({ pending: ready[0] as Pending, fate: 'ok' })));
  return forkOf(durable);
}

/** Does a work on a copy of its scene, with at most the given faults, until another process has nothing left to do. */
export async function runWork(work: Work, scene: Durable, faults: readonly Fault[] = []): Promise<Outcome> {
  const durable = forkOf(scene);
  const scheduler = new Scheduler();
  const told: Told[] = [];
  let waits = 0;
  const processes = [failing, rescuing, closing].map((actor) =>
    aWorkingProcess(durable, (command) => scheduler.issue(actor, command)),
  ) as [WorkingProcess, WorkingProcess, WorkingProcess];
  const ask = async (process: WorkingProcess): Promise<void> => {
    told.push(await asked(work, process));
  };
  const settle = async (process: WorkingProcess): Promise<void> => {
    await process.runner.idle();
    while (workLeft(durable).length > 0 && waits < waitsMax) {
      waits += 1;
      durable.clock.forward(leaseMs + 1_000);
      await process.runner.idle();
    }
  };
  const actors = [
    async (): Promise<void> => {
      await ask(processes[0]);
      // As its poll does, which comes again a little later.
      await processes[0].runner.idle().catch((error: unknown) => {
        if (!(error instanceof AppError)) throw error;
      });
    },
    async (): Promise<void> => {
      if (told.length === 0) await ask(processes[1]);
      await settle(processes[1]);
    },
    () => settle(processes[2]),
  ];
  await withoutHeartbeats(() => scheduler.run(actors, chooserOf(durable, faults)));
  const steps = scheduler.steps.filter(({ actor }) => actor === failing);
  return { steps, told, portrait: portraitOf(durable), broken: brokenRules(durable), waits };
}

/** Lets the first process run to its end or to where it fails, then the second, then the third. */
function chooserOf(durable: Durable, faults: readonly Fault[]): Chooser {
  let sent = 0;
  let state: 'GOING' | 'DEAD' | 'HELD' = 'GOING';
  return (ready) => {
    const of = (actor: number): Pending | undefined => ready.find((pending) => pending.actor === actor);
    const own = of(failing);
    if (own !== undefined && state === 'GOING') {
      const fate = faults.find(({ at }) => at === sent)?.fate ?? 'ok';
      sent += 1;
      if (fate === 'killed' || fate === 'killed after' || fate === 'held up') {
        if (fate === 'killed after') own.command.execute('ok');
        state = fate === 'held up' ? 'HELD' : 'DEAD';
        // The server gives up transactions of a client that is gone, or silent for a minute.
        for (const owner of storeNames)
          for (const each of durable.stores[owner].openTransactions()) durable.stores[owner].abort(each);
      } else {
        return { pending: own, fate: own.command.fates.includes(fate) ? fate : 'ok' };
      }
    }
    const rescuer = of(rescuing);
    if (rescuer !== undefined) return { pending: rescuer, fate: 'ok' };
    if (own !== undefined && state === 'HELD') state = 'GOING';
    const last = state === 'GOING' && own !== undefined ? own : of(closing);
    return last === undefined ? null : { pending: last, fate: 'ok' };
  };
}

/** Asks as a client does who sends the same again when no answer came. */
async function asked(work: Work, process: WorkingProcess): Promise<Told> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await work.act(process);
      return 'DONE';
    } catch (error) {
      if (error instanceof Refusal) return error.refusals.map(({ code }) => code);
      if (!(error instanceof AppError) || !error.isRetryable || attempt === attemptsMax) throw error;
    }
  }
}

/** Runs a piece of work whose leases nobody renews: a process that is dead or held up renews none. */
async function withoutHeartbeats(run: () => Promise<void>): Promise<void> {
  const restore = holdIntervals();
  try {
    await run();
  } finally {
    restore();
  }
}

/** Every way in which a smooth run could have failed at one command. */
export function faultsOf({ steps }: Outcome): Fault[] {
  return steps.flatMap(({ command }, at): Fault[] => {
    if (command.name === 'start') return [];
    const isDurable =
      command.fates.includes('timeout-applied') || (command.writes.length > 0 && !command.fates.includes('transient'));
    const ends: ProcessFate[] = isDurable ? ['killed', 'killed after', 'held up'] : ['killed', 'held up'];
    return [...command.fates, ...ends].map((fate) => ({ at, fate }));
  });
}

/** A run for people: each command of the process that failed, and what was told. */
export function describeRun({ steps, told, broken }: Outcome, faults: readonly Fault[]): string {
  const lines = steps.map(({ command, fate, answer }, at) => {
    const fault = faults.find((each) => each.at === at)?.fate ?? fate;
    const end = answer instanceof Error ? ` → ${answer.message}` : '';
    return `  ${at}. ${command.name} ${command.collection} ${command.detail()}${fault === 'ok' ? '' : ` [${fault}]`}${end}`;
  });
  return [JSON.stringify(faults), ...lines, `told ${JSON.stringify(told)}`, ...broken].join('\n');
}
