import type { Deadline } from '../kernel/clock.js';

/**
 * The durable record of work that spans databases or takes long. A row is runnable while it is open and its lease has
 * run out; whoever takes the lease goes on after the last finished step. Holds ids, never values of customers.
 */
export interface JournalRow {
  readonly _id: string;
  readonly kind: string;
  /** There exactly while work is left. */
  readonly open?: true;
  /** Nobody else may begin before this moment. Also carries `notBefore` and the wait after a failure. */
  readonly leaseUntil?: Date;
  /** Process that took the last lease. */
  readonly owner: string | null;
  /** Rises with every lease; a process whose fence is old has lost the work. */
  readonly fence: number;
  /** Name of the next step; null before the first. */
  readonly step: string | null;
  readonly data: Readonly<Record<string, string>>;
  /** Failures of the present step in a row. */
  readonly attempts: number;
  /** Code of the last failure, for operators. */
  readonly lastError?: string;
  /** When the work may begin at the earliest, as asked for. */
  readonly notBefore?: Date;
  readonly createdAt: Date;
  readonly endedAt?: Date;
}

/** A journal about to be written, in the transaction of the decision that it carries out. */
export interface NewJournal {
  readonly id: string;
  readonly kind: string;
  readonly data?: Readonly<Record<string, string>>;
  readonly at: Date;
  readonly notBefore?: Date;
}

/** What comes after a step: the next one, the end of all work, or the same step again at a later moment. */
export type StepOutcome = 'next' | 'end' | { readonly again: Date };

/** What a step is given. */
export interface StepRun {
  readonly journal: JournalRow;
  readonly deadline: Deadline;
}

/** One idempotent step: it may run again after it has had its effect, in another process, at any time. */
export interface JournalStep {
  readonly name: string;
  readonly run: (run: StepRun) => Promise<StepOutcome>;
}

/** The row of new work, free to be taken at once or from `notBefore` on. */
export function journalRow(journal: NewJournal): JournalRow {
  return {
    _id: journal.id,
    kind: journal.kind,
    open: true,
    leaseUntil: journal.notBefore ?? journal.at,
    owner: null,
    fence: 0,
    step: null,
    data: journal.data ?? {},
    attempts: 0,
    ...(journal.notBefore === undefined ? {} : { notBefore: journal.notBefore }),
    createdAt: journal.at,
  };
}

/** First wait after a failure. */
const backoffStartMs = 500;
/** Longest wait after a failure: how late work may be after a brand has come back. */
const backoffMaxMs = 30_000;

/** How long to wait after so many failures in a row; `jitter` in [0, 1) spreads processes that failed together. */
export function backoffMs(attempts: number, jitter: number): number {
  const full = Math.min(backoffMaxMs, backoffStartMs * 2 ** Math.min(attempts, 10));
  return Math.round(full * (0.5 + jitter / 2));
}
