import type { DoubleStore, Transaction } from '../../merges/explorer/double-store.js';
import type { Command, Fate, Pending, Step } from '../../merges/explorer/scheduler.js';
import { Scheduler, StuckSchedule } from '../../merges/explorer/scheduler.js';
import { holdIntervals } from './held-intervals.js';
import { aProcess, leaseMs, storeNames } from './link-process.js';
import { LinkWatch } from './link-state.js';
import type { LinkStep, Taken } from './link-steps.js';
import type { LinkWorld } from './link-world.js';
import { brokenWhenSettled } from './settled-rules.js';
import { takeStep } from './take-step.js';

/** Whose command comes next and what becomes of it; a process may die just before it is carried out, or just after. */
export interface LinkChoice {
  readonly pending: Pending;
  readonly fate: Fate | 'dies before' | 'dies after';
}

/** Chooses among commands that could come next. */
export type LinkChooser = (ready: readonly Pending[], steps: readonly Step[]) => LinkChoice;

/** One history and everything that was wrong with it; nothing, when all is well. */
export interface LinkOutcome {
  readonly actors: readonly (readonly LinkStep[])[];
  readonly taken: readonly (Taken & { readonly actor: number })[];
  readonly steps: readonly Step[];
  readonly broken: readonly string[];
}

/** What clients may be told when databases fail or rivals stay faster. */
const waitCodes: ReadonlySet<string> = new Set(['RETRY', 'BRAND_TIMEOUT', 'BRAND_UNAVAILABLE']);
/** Rounds in which all work must have come to its end. */
const roundsMax = 6;
/** Longer than any invitation waits. */
const activationMs = 73 * 3_600_000;

/** Lets actors take their steps, one database command at a time in the order chosen; then all work is done, and all is checked. */
export async function runHistory(
  world: LinkWorld,
  actors: readonly (readonly LinkStep[])[],
  choose: LinkChooser,
): Promise<LinkOutcome> {
  const watch = new LinkWatch(world.stores);
  const taken: (Taken & { actor: number })[] = [];
  const restore = holdIntervals();
  const scheduler = new Scheduler();
  const { steps } = scheduler;
  const outcome = (): LinkOutcome => {
    const failed = taken.filter(({ end, codes }) => end === 'FAILED' && !codes.every((code) => waitCodes.has(code)));
    const failures = failed.map(({ step, codes }) => `${step.kind} failed with ${codes.join()}`);
    return { actors, taken, steps, broken: [...new Set([...watch.broken, ...failures])] };
  };
  try {
    await interleave(scheduler, { world, watch, taken }, actors, choose);
    const struck = new Set(steps.filter(({ fate }) => fate !== 'ok').map(({ actor }) => actor));
    for (const each of taken) each.isStruck = struck.has(each.actor);
    watch.broken.push(...(await brokenEnd(world, watch, taken)));
  } catch (error) {
    // Whatever escapes an actor is a fault that nobody has given a code.
    watch.broken.push(error instanceof StuckSchedule ? `stuck: ${error.message}` : `escaped: ${String(error)}`);
  } finally {
    restore();
  }
  return outcome();
}

/** Does all work that is left, now and after the last invitation has run out, and tells what is wrong then. */
export async function brokenEnd(world: LinkWorld, watch: LinkWatch, taken: readonly Taken[]): Promise<string[]> {
  const { links } = watch.state;
  await settle(world, watch);
  const broken = brokenWhenSettled(world, watch.state, taken, world.clock.now());
  if (![...links.values()].some(({ state }) => state === 'PENDING_ACTIVATION')) return broken;
  world.clock.forward(activationMs);
  await settle(world, watch);
  return [...broken, ...brokenWhenSettled(world, watch.state, taken, world.clock.now())];
}

async function interleave(
  scheduler: Scheduler,
  { world, watch, taken }: { world: LinkWorld; watch: LinkWatch; taken: (Taken & { actor: number })[] },
  actors: readonly (readonly LinkStep[])[],
  choose: LinkChooser,
): Promise<void> {
  const living = actors.map(() => new Life());
  const opened = noteOwners(world, scheduler);
  const tasks = actors.map((steps, actor) => () => {
    const life = living[actor] as Life;
    const process = aProcess(world.stores, world.clock, (command) =>
      life.hear(scheduler.issue(actor, watched(command, watch, life))),
    );
    const aside = <T>(work: () => Promise<T>): Promise<T> => scheduler.unscheduled(actor, work);
    const work = async (): Promise<void> => {
      for (const step of steps) {
        const told = await takeStep(step, { process, ...world, aside, reading: () => watch.reading() });
        taken.push({ ...told, actor });
      }
    };
    return Promise.race([work(), life.over]);
  });
  await scheduler.run(tasks, (ready, done) => {
    const { pending, fate } = choose(ready, done);
    if (fate !== 'dies before' && fate !== 'dies after') return { pending, fate };
    const step = actors[pending.actor]?.[taken.filter(({ actor }) => actor === pending.actor).length];
    if (step !== undefined) taken.push({ step, end: 'DIED', codes: [], actor: pending.actor });
    (living[pending.actor] as Life).end(fate, () => abortAll(opened, pending.actor));
    return { pending, fate: 'ok' };
  });
}

type Opened = ReadonlyMap<Transaction, { readonly store: DoubleStore; readonly actor: number }>;

/** The server ends transactions of a client that is gone; those it has committed stay so. */
function abortAll(opened: Opened, actor: number): void {
  for (const [transaction, of] of opened) if (of.actor === actor) of.store.abort(transaction);
}

/** Which process has begun each transaction. */
function noteOwners({ stores }: LinkWorld, scheduler: Scheduler): Opened {
  const opened = new Map<Transaction, { store: DoubleStore; actor: number }>();
  for (const name of storeNames) {
    const store = stores[name];
    const begin = store.begin.bind(store);
    store.begin = () => {
      const transaction = begin();
      opened.set(transaction, { store, actor: scheduler.current });
      return transaction;
    };
  }
  return opened;
}

function watched(command: Command, watch: LinkWatch, life?: Life): Command {
  return {
    ...command,
    execute: (fate) => {
      try {
        return life === undefined ? command.execute(fate) : life.carryOut(() => command.execute(fate));
      } finally {
        watch.look();
      }
    },
  };
}

/** A process until it dies: afterwards it sends nothing, and hears no answer. */
class Life {
  readonly over: Promise<void>;
  #finish: () => void = () => {};
  #isOver = false;
  #last: { readonly isCarriedOut: boolean; readonly after: () => void } | null = null;

  constructor() {
    this.over = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  /** The command that comes next is the last. */
  end(moment: 'dies before' | 'dies after', after: () => void): void {
    this.#isOver = true;
    this.#last = { isCarriedOut: moment === 'dies after', after };
    this.#finish();
  }

  carryOut(work: () => unknown): unknown {
    if (!this.#isOver) return work();
    const last = this.#last;
    this.#last = null;
    try {
      return last?.isCarriedOut === true ? work() : null;
    } finally {
      last?.after();
    }
  }

  hear(answer: Promise<unknown>): Promise<unknown> {
    const never = new Promise(() => {});
    return answer.then(
      (value) => (this.#isOver ? never : value),
      (error: unknown) => {
        if (this.#isOver) return never;
        throw error;
      },
    );
  }
}

/** Another process, after all leases have run out, does all work that can be done. */
async function settle(world: LinkWorld, watch: LinkWatch): Promise<void> {
  const scheduler = new Scheduler(200);
  const process = aProcess(world.stores, world.clock, (command) => scheduler.issue(0, watched(command, watch)));
  const work = async (): Promise<void> => {
    const worker = process.worker();
    for (let round = 0; round < roundsMax && hasWork(world); round += 1) {
      world.clock.forward(leaseMs + 1_000);
      await worker.idle();
    }
  };
  await scheduler.run([() => scheduler.unscheduled(0, work)], ([only]) => ({ pending: only as Pending, fate: 'ok' }));
}

/** Whether a journal can be taken, now or when a lease or a wait after a failure is over. */
function hasWork({ stores, clock }: LinkWorld): boolean {
  const soon = new Date(clock.now().getTime() + leaseMs + 1_000);
  return stores.registry.all('journals').some((row) => row['open'] === true && (row['leaseUntil'] as Date) <= soon);
}

/** A history for people: what was wanted, every command in its order, how it ended, and what is wrong. */
export function describeHistory({ actors, taken, steps, broken }: LinkOutcome): string {
  const line = ({ actor, command, fate, answer }: Step): string => {
    const what = [command.name, command.collection, command.detail()].filter((part) => part !== '').join(' ');
    return `  ${actor}. ${what}${fate === 'ok' ? '' : ` [${fate}]`} → ${answerText(answer)}`;
  };
  return [
    ...actors.map((each, actor) => `actor ${actor}: ${JSON.stringify(each)}`),
    ...steps.map(line),
    ...taken.map(({ step, actor, end, codes }) => `told: ${actor}. ${step.kind} ${end} ${codes.join()}`),
    ...broken.map((each) => `BROKEN ${each}`),
  ].join('\n');
}

function answerText(answer: unknown): string {
  if (answer instanceof Error) return answer.message;
  if (Array.isArray(answer)) return `${answer.length} row${answer.length === 1 ? '' : 's'}`;
  return answer === undefined || answer === null ? '' : JSON.stringify(answer);
}
