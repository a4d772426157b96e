import { ControlledGlobals } from './controlled-globals.js';

/** What becomes of a command: carried out, or one of the ways in which a database fails its client. */
export type Fate =
  | 'ok'
  /** The connection breaks before the server sees it. */
  | 'before'
  /** Carried out; the connection breaks before the answer. */
  | 'lost'
  /** The server undoes the transaction and says so. */
  | 'transient'
  /** Commit only: carried out, but answered with MaxTimeMSExpired, which no driver retries. */
  | 'timeout-applied'
  /** Commit only: MaxTimeMSExpired and not carried out. */
  | 'timeout-unapplied';

/** One database command that waits for its turn. */
export interface Command {
  /** Name as on the wire. */
  readonly name: string;
  readonly collection: string;
  /** For people: filter or ids. */
  detail(): string;
  /** Keys `collection/id` it would write; empty for reads. */
  readonly writes: readonly string[];
  /** Fates other than ok that make sense for it. */
  readonly fates: readonly Fate[];
  /** Whether it reads what others may commit meanwhile, or shows others what it did. */
  readonly isLocal: boolean;
  /** A plain write waits while an open transaction holds its row. */
  isBlocked(): boolean;
  /** Carries it out, atomically; throws what a driver would. */
  execute(fate: Fate): unknown;
}

/** A command with the actor that waits for its answer. */
export interface Pending {
  readonly actor: number;
  readonly command: Command;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** A decision: whose command comes next and what becomes of it. */
export interface Choice {
  readonly pending: Pending;
  readonly fate: Fate;
}

/** One line of a history. */
export interface Step {
  readonly actor: number;
  readonly fate: Fate;
  readonly command: Command;
  /** What came of it: a value, or an error. */
  readonly answer: unknown;
}

/** Chooses among commands that could come next; never called with none. Null ends the history here. */
export type Chooser = (ready: readonly Pending[], steps: readonly Step[]) => Choice | null;

/** More than any history of a few writers needs: beyond it somebody goes round in circles. */
const stepsMax = 4_000;

/** The schedule went on and on, or everybody waited for somebody else. */
export class StuckSchedule extends Error {}

/**
 * Runs actors one database command at a time. Between two commands exactly one actor computes; timers and immediates are
 * fired as soon as nothing else can go on, so a run depends on nothing but the choices.
 */
export class Scheduler {
  readonly steps: Step[] = [];
  readonly #globals: ControlledGlobals;
  #pending: Pending[] = [];
  #current = 0;
  #unscheduled = new Set<number>();
  #running = 0;
  #isOver = false;

  /** Ids drawn under different epochs never meet. */
  constructor(epoch = 1) {
    this.#globals = new ControlledGlobals(() => this.#current, epoch);
  }

  /** The actor that is computing. */
  get current(): number {
    return this.#current;
  }

  /** Commands of an actor are carried out at once, without a choice, as long as the work goes on. */
  async unscheduled<T>(actor: number, work: () => Promise<T>): Promise<T> {
    this.#unscheduled.add(actor);
    try {
      return await work();
    } finally {
      this.#unscheduled.delete(actor);
    }
  }

  /** Hands in a command and waits for its answer. */
  issue(actor: number, command: Command): Promise<unknown> {
    if (this.#isOver) return new Promise(() => {});
    if (this.#unscheduled.has(actor)) return new Promise((resolve) => resolve(command.execute('ok')));
    return new Promise((resolve, reject) => {
      this.#pending.push({ actor, command, resolve, reject });
    });
  }

  /** Runs all actors to their end. @throws StuckSchedule; the first error that an actor let escape. */
  async run(actors: readonly (() => Promise<void>)[], choose: Chooser): Promise<void> {
    this.#globals.install();
    const escaped: unknown[] = [];
    try {
      this.#running = actors.length;
      for (const [actor, work] of actors.entries()) {
        this.#current = actor;
        this.issue(actor, startCommand)
          .then(work)
          .catch((error: unknown) => escaped.push(error))
          .finally(() => {
            this.#running -= 1;
          });
      }
      while (await this.#isGoingOn()) {
        if (!this.#step(choose)) return;
        if (escaped.length > 0) throw escaped[0];
      }
      if (escaped.length > 0) throw escaped[0];
    } finally {
      this.#isOver = true;
      this.#globals.restore();
    }
  }

  async #isGoingOn(): Promise<boolean> {
    await this.#globals.quiesce((actor) => {
      this.#current = actor;
    });
    return this.#running > 0;
  }

  /** Carries out one command; false when the history is to end. */
  #step(choose: Chooser): boolean {
    const ready = this.#pending.filter(({ command }) => !command.isBlocked());
    if (ready.length === 0) throw new StuckSchedule('Everybody waits');
    if (this.steps.length >= stepsMax) throw new StuckSchedule(`No end after ${stepsMax} commands`);
    const choice = choose(ready, this.steps);
    if (choice === null) return false;
    const { pending, fate } = choice;
    this.#pending = this.#pending.filter((each) => each !== pending);
    this.#current = pending.actor;
    const note = (answer: unknown): void => {
      this.steps.push({ actor: pending.actor, fate, command: pending.command, answer });
    };
    try {
      const value = pending.command.execute(fate);
      note(value);
      pending.resolve(value);
    } catch (error) {
      note(error);
      pending.reject(error);
    }
    return true;
  }
}

/** What an actor waits for before it begins: when it does is a choice like any other. */
const startCommand: Command = {
  name: 'start',
  collection: '',
  detail: () => '',
  writes: [],
  fates: [],
  isLocal: false,
  isBlocked: () => false,
  execute: () => undefined,
};
