import type { Database } from '../brands/database.js';
import { type Clock, Deadline } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import type { Uuid } from '../kernel/ids.js';
import type { Logger } from '../kernel/logger.js';
import type { OutboxFollower } from './follower.js';
import type { OutboxRow } from './outbox.js';
import { findPending, markTold, type OutboxPosition } from './outbox.store.js';
import { onOutboxWrite } from './outbox-poke.js';
import { eachAtMost, PacedLoop } from './paced-loop.js';
import { PartitionLeases } from './partition-leases.js';

/** How long a process may be silent before another takes its partitions over. */
const leaseMsDefault = 30_000;
/** Facts of one read: what one command brings and one command marks. */
const pageSize = 200;
/** Pages of one look. What is held back beyond them is no odd row but a follower that fails for everything. */
const pagesMax = 50;
/** Subjects followed up at once: followers wait for databases, not for the processor. */
const subjectsAtOnce = 8;
/** Time one follower has for one fact. */
const followMs = 10_000;
/** Days that a fact is kept after it was told to all, for questions about what was told. */
const keptDays = 30;
/** First and longest wait before a fact is told again to whom it failed. */
const heldMs = { first: 1_000, longest: 300_000 } as const;

/** What an {@link OutboxRunner} is made of. */
export interface OutboxRunnerOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly followers: readonly OutboxFollower[];
  readonly leaseMs?: number;
  /** Called after facts were told and before that is noted. When it throws, the process has died there, as it were. For tests. */
  readonly afterTold?: (rows: readonly OutboxRow[]) => Promise<void> | void;
}

interface Held {
  readonly attempts: number;
  readonly until: Date;
}

/**
 * Tells the facts of one database to whoever follows them: at least once, in order per subject, by one process per
 * partition. A fact that a follower cannot take holds back its own subject alone, is tried again for ever, ever more
 * rarely, and is logged each time; all others pass it by.
 */
export class OutboxRunner {
  readonly #options: OutboxRunnerOptions;
  readonly #leases: PartitionLeases;
  readonly #loop: PacedLoop;
  readonly #held = new Map<Uuid, Held>();
  #stopListening: (() => void) | null = null;
  #isFailing = false;
  #isStopping = false;

  constructor(options: OutboxRunnerOptions) {
    const { database, clock, leaseMs = leaseMsDefault } = options;
    this.#options = options;
    this.#leases = new PartitionLeases(database, clock, leaseMs);
    this.#loop = new PacedLoop({ look: () => this.#look(), onError: (error) => this.#noteFailure(error) });
  }

  /** Subjects whose facts wait because a follower failed. */
  get heldSubjects(): number {
    return this.#held.size;
  }

  /** Begins to look for facts, those of earlier processes included. */
  start(): void {
    this.#isStopping = false;
    this.#stopListening ??= onOutboxWrite(this.#options.database, () => this.poke());
    this.#loop.start();
  }

  /** Lets running followers end and gives the partitions back. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#stopListening?.();
    this.#stopListening = null;
    await this.#loop.stop();
    await this.#leases.release().catch((error: unknown) => this.#noteFailure(error));
  }

  /** Looks soon, if there is anything this process may tell. */
  poke(): void {
    if (this.#leases.held().length > 0) this.#loop.poke();
  }

  /** Tells what can be told now; for tests and orderly ends. Not beside a started runner. */
  async idle(): Promise<void> {
    while (await this.#look());
  }

  async #look(): Promise<boolean> {
    const partitions = await this.#leases.hold();
    if (partitions.length === 0) {
      this.#held.clear();
      return false;
    }
    const { leaseMs = leaseMsDefault } = this.#options;
    const renew = (): void => void this.#leases.renew().catch((error: unknown) => this.#noteFailure(error));
    const heartbeat = setInterval(renew, leaseMs / 3);
    try {
      const told = await this.#tellPages(partitions);
      this.#isFailing = false;
      return told > 0;
    } finally {
      clearInterval(heartbeat);
    }
  }

  /** Goes through what is pending, oldest first, past what is held back. Returns how many facts were told. */
  async #tellPages(partitions: readonly number[]): Promise<number> {
    const { database } = this.#options;
    let told = 0;
    let after: OutboxPosition | null = null;
    for (let page = 0; page < pagesMax; page += 1) {
      const deadline = Deadline.after(followMs);
      const options = { partitions, after, limit: pageSize, deadline };
      const rows: OutboxRow[] = await database.run(deadline, () => findPending(database, options));
      told += await this.#tellPage(rows);
      const last: OutboxRow | undefined = rows.at(-1);
      if (last === undefined || rows.length < pageSize || this.#isStopping) break;
      after = { at: last.at, id: last._id };
    }
    return told;
  }

  async #tellPage(rows: readonly OutboxRow[]): Promise<number> {
    const subjects = new Map<Uuid, OutboxRow[]>();
    for (const row of rows) subjects.set(row.subject, [...(subjects.get(row.subject) ?? []), row]);
    const done: OutboxRow[] = [];
    try {
      await eachAtMost([...subjects], subjectsAtOnce, async ([subject, facts]) => {
        facts.sort((a, b) => a.n - b.n);
        await this.#tellSubject(subject, facts, done);
      });
    } finally {
      if (done.length > 0) await this.#markTold(done);
    }
    return done.length;
  }

  async #markTold(rows: readonly OutboxRow[]): Promise<void> {
    const { database, clock, afterTold } = this.#options;
    await afterTold?.(rows);
    const expireAt = new Date(clock.now().getTime() + keptDays * 86_400_000);
    const ids = rows.map((row) => row._id);
    await database.run(Deadline.after(followMs), () => markTold(database, ids, expireAt));
  }

  /** Tells the facts of one subject in order, until one fails. */
  async #tellSubject(subject: Uuid, facts: readonly OutboxRow[], done: OutboxRow[]): Promise<void> {
    const held = this.#held.get(subject);
    if (held !== undefined && this.#options.clock.now() < held.until) return;
    for (const row of facts) {
      if (this.#isStopping || !this.#leases.holds(row.p) || !(await this.#tell(row, held))) return;
      done.push(row);
    }
    this.#held.delete(subject);
  }

  /** Tells one fact to all who follow its kind. Returns whether all took it. */
  async #tell(row: OutboxRow, held: Held | undefined): Promise<boolean> {
    const { database, followers } = this.#options;
    const failed: { follower: OutboxFollower; error: unknown }[] = [];
    for (const follower of followers.filter((each) => each.kinds.has(row.kind))) {
      const deadline = Deadline.after(followMs);
      try {
        await database.run(deadline, () => follower.follow(row, { database, deadline }));
      } catch (error) {
        // A database that does not answer fails for every fact alike.
        if (error instanceof AppError && error.code === 'BRAND_UNAVAILABLE') throw error;
        failed.push({ follower, error });
      }
    }
    for (const { follower, error } of failed) this.#hold(row, follower, error, held);
    return failed.length === 0;
  }

  #hold(row: OutboxRow, follower: OutboxFollower, error: unknown, held: Held | undefined): void {
    const attempts = (held?.attempts ?? 0) + 1;
    const waitMs = Math.min(heldMs.longest, heldMs.first * 2 ** Math.min(attempts - 1, 20));
    this.#held.set(row.subject, { attempts, until: new Date(this.#options.clock.now().getTime() + waitMs) });
    this.#options.log.warn(
      {
        brand_id: this.#options.database.owner,
        outbox_id: row._id,
        kind: row.kind,
        follower: follower.name,
        attempts,
        wait_ms: waitMs,
        held_subjects: this.#held.size,
        err: error,
      },
      'A follower could not take a fact; later facts of its subject wait',
    );
  }

  #noteFailure(error: unknown): void {
    const { log, database } = this.#options;
    // One line per outage, not one per look.
    const level = this.#isFailing ? 'debug' : 'warn';
    this.#isFailing = true;
    log[level]({ brand_id: database.owner, err: error }, 'Facts cannot be told on now; trying again');
  }
}
