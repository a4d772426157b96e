import type { Database } from '../brands/database.js';
import { type Clock, Deadline } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import { newUuid } from '../kernel/ids.js';
import type { Logger } from '../kernel/logger.js';
import { backoffMs, type JournalRow, type JournalStep } from './journal.js';
import { changeLeased, findJournal, findRunnable, takeLease } from './journal.store.js';

/** How long a process may be silent before another takes its work over. */
const leaseMsDefault = 30_000;
/** How often open work is looked for. Local work starts at once by `poke`. */
const pollMsDefault = 1_000;
/** Journals worked on at once: they wait for databases, not for the processor. */
const concurrencyDefault = 8;
/** Time one step may take. */
const stepDeadlineMs = 15_000;

/** What a {@link JournalRunner} is made of. */
export interface JournalRunnerOptions {
  /** Where the journals are: the registry, or a brand. */
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly leaseMs?: number;
  readonly pollMs?: number;
  readonly concurrency?: number;
  /**
   * Called after a step has had its effect and before that is recorded. When it throws, the runner behaves as if the
   * process had died there: it touches the row no more. For tests.
   */
  readonly afterEffect?: (journal: JournalRow, step: string) => Promise<void> | void;
}

/**
 * Carries journaled work on: takes leases, runs steps in order, records each, waits after failures, and gives up on
 * nothing. Knows no noun: kinds are registered by the rooms whose work it is.
 */
export class JournalRunner {
  readonly #options: JournalRunnerOptions;
  readonly #owner = newUuid();
  readonly #kinds = new Map<string, readonly JournalStep[]>();
  readonly #active = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | null = null;
  #polling: Promise<void> | null = null;
  #isStarted = false;
  #isStopping = false;

  constructor(options: JournalRunnerOptions) {
    this.#options = options;
  }

  /** Says how a kind of work is done. Steps keep their names for as long as journals of the kind may be open. */
  register(kind: string, steps: readonly JournalStep[]): void {
    this.#kinds.set(kind, steps);
  }

  /** Begins to look for open work, that of earlier processes included. */
  start(): void {
    this.#isStarted = true;
    this.#isStopping = false;
    this.#schedule(0);
  }

  /** Takes no new work, lets running steps end, and gives their journals back to be taken at once. */
  async stop(): Promise<void> {
    this.#isStarted = false;
    this.#isStopping = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#polling;
    await Promise.all(this.#active.values());
  }

  /**
   * Works on a journal right after the commit that wrote it. Resolves when this process has gone as far with it as it
   * can for now; callers that need not wait don't. Never rejects: what fails is tried again later.
   */
  async poke(id: string): Promise<void> {
    if (this.#isStopping) return;
    const active = this.#active.get(id);
    if (active !== undefined) return active;
    if (this.#active.size >= this.#concurrency) return this.#schedule(0);
    await this.#track(id, async () => {
      const row = await findJournal(this.#options.database, id, Deadline.after(stepDeadlineMs));
      if (row !== null && this.#isRunnable(row)) await this.#work(row);
    });
  }

  /** Resolves when no open journal can be taken now, doing the work that can; for tests and orderly ends. */
  async idle(): Promise<void> {
    for (;;) {
      await Promise.all(this.#active.values());
      if ((await this.#takeRunnable()) === 0 && this.#active.size === 0) return;
    }
  }

  get #concurrency(): number {
    return this.#options.concurrency ?? concurrencyDefault;
  }

  #isRunnable(row: JournalRow): boolean {
    return (
      row.open === true && row.leaseUntil !== undefined && row.leaseUntil <= this.#now() && this.#kinds.has(row.kind)
    );
  }

  #now(): Date {
    return this.#options.clock.now();
  }

  #leaseEnd(): Date {
    return new Date(this.#now().getTime() + (this.#options.leaseMs ?? leaseMsDefault));
  }

  #schedule(delayMs: number): void {
    if (!this.#isStarted) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#polling = this.#poll();
    }, delayMs);
    this.#timer.unref();
  }

  async #poll(): Promise<void> {
    try {
      await this.#takeRunnable();
    } catch (error) {
      this.#options.log.warn({ err: error }, 'Open journals cannot be read; trying again');
    }
    this.#schedule(this.#options.pollMs ?? pollMsDefault);
  }

  /** Starts what can be started; returns how many journals that were. */
  async #takeRunnable(): Promise<number> {
    const limit = this.#concurrency - this.#active.size;
    if (limit <= 0) return this.#active.size;
    const deadline = Deadline.after(stepDeadlineMs);
    const rows = await this.#options.database.run(deadline, () =>
      findRunnable(this.#options.database, {
        kinds: [...this.#kinds.keys()],
        now: this.#now(),
        limit: limit + this.#active.size,
        deadline,
      }),
    );
    const fresh = rows.filter((row) => !this.#active.has(row._id)).slice(0, limit);
    for (const row of fresh) void this.#track(row._id, () => this.#work(row));
    return fresh.length;
  }

  #track(id: string, work: () => Promise<void>): Promise<void> {
    const promise = work()
      .catch((error: unknown) => {
        this.#options.log.warn({ journal_id: id, err: error }, 'A journal was left as it is; it will be taken again');
      })
      .finally(() => this.#active.delete(id));
    this.#active.set(id, promise);
    return promise;
  }

  async #work(row: JournalRow): Promise<void> {
    const leased = await takeLease(this.#options.database, row, { owner: this.#owner, until: this.#leaseEnd() });
    if (leased === null) return;
    const heartbeat = setInterval(
      () => {
        void changeLeased(this.#options.database, leased, { set: { leaseUntil: this.#leaseEnd() } }).catch(
          (error: unknown) => this.#options.log.warn({ journal_id: row._id, err: error }, 'A lease was not renewed'),
        );
      },
      (this.#options.leaseMs ?? leaseMsDefault) / 3,
    );
    try {
      await this.#runSteps(leased);
    } finally {
      clearInterval(heartbeat);
    }
  }

  async #runSteps(leased: JournalRow): Promise<void> {
    const steps = this.#kinds.get(leased.kind) ?? [];
    let row = leased;
    let index = Math.max(
      0,
      steps.findIndex((step) => step.name === row.step),
    );
    for (;;) {
      const step = steps[index];
      if (step === undefined) return this.#end(row);
      if (this.#isStopping) return this.#release(row, this.#now());
      const outcome = await this.#attempt(row, step);
      if (outcome === 'failed') return;
      await this.#options.afterEffect?.(row, step.name);
      if (outcome === 'end') return this.#end(row);
      if (typeof outcome === 'object') return this.#release(row, outcome.again);
      index += 1;
      const next = steps[index];
      if (next === undefined) return this.#end(row);
      const change = { step: next.name, attempts: 0, leaseUntil: this.#leaseEnd() };
      if (!(await changeLeased(this.#options.database, row, { set: change }))) return;
      row = { ...row, ...change };
    }
  }

  async #attempt(row: JournalRow, step: JournalStep): Promise<Awaited<ReturnType<JournalStep['run']>> | 'failed'> {
    try {
      return await step.run({ journal: row, deadline: Deadline.after(stepDeadlineMs) });
    } catch (error) {
      const attempts = row.attempts + 1;
      const waitMs = backoffMs(attempts, Math.random());
      this.#options.log.warn(
        { journal_id: row._id, kind: row.kind, step: step.name, attempts, wait_ms: waitMs, err: error },
        'A step failed; it will be tried again',
      );
      await changeLeased(this.#options.database, row, {
        set: {
          step: step.name,
          attempts,
          lastError: error instanceof AppError ? error.code : 'INTERNAL',
          leaseUntil: new Date(this.#now().getTime() + waitMs),
        },
      });
      return 'failed';
    }
  }

  async #release(row: JournalRow, until: Date): Promise<void> {
    await changeLeased(this.#options.database, row, { set: { leaseUntil: until } });
  }

  async #end(row: JournalRow): Promise<void> {
    await changeLeased(this.#options.database, row, {
      set: { endedAt: this.#now() },
      unset: ['open', 'leaseUntil', 'lastError'],
    });
  }
}
