import type { Database } from '../brands/database.js';
import type { Deadline } from '../kernel/clock.js';
import type { EventKind, OutboxRow } from './outbox.js';

/** Where and until when a fact is followed up. */
export interface FollowRun {
  /** The database that the fact lies in. */
  readonly database: Database;
  readonly deadline: Deadline;
}

/**
 * Something that happens because of a fact. Called at least once per fact, again after a crash or when another follower
 * failed, and in the order of `n` per subject: it must be harmless to repeat. It should only write what others carry on
 * (a delivery, a ticket): what it throws holds back later facts of the same subject until it succeeds.
 */
export interface OutboxFollower {
  /** For logs. */
  readonly name: string;
  readonly kinds: ReadonlySet<EventKind>;
  readonly follow: (row: OutboxRow, run: FollowRun) => Promise<void>;
}
