import { randomUUID } from 'node:crypto';
import type { Database } from '../../src/brands/database.js';
import { runTransaction } from '../../src/brands/transaction.js';
import { outboxCollection } from '../../src/events/event.model.js';
import { insertOutbox } from '../../src/events/event.store.js';
import type { FollowRun, OutboxFollower } from '../../src/events/follower.js';
import { type EventKind, type OutboxRow, outboxRow } from '../../src/events/outbox.js';
import { Deadline } from '../../src/kernel/clock.js';

/** A clock that stands still until it is told otherwise; it starts at the real present, which signatures are checked by. */
export function aClock() {
  let nowMs = Date.now();
  return {
    now: () => new Date(nowMs),
    forward: (ms: number) => {
      nowMs += ms;
    },
    reset: () => {
      nowMs = Date.now();
    },
  };
}

/** Facts as changes leave them, in one transaction. */
export async function leaveFacts(database: Database, rows: readonly OutboxRow[]): Promise<void> {
  await runTransaction(database, Deadline.after(10_000), (session) => insertOutbox(database, rows, session));
}

/** A fact about a subject of its own unless one is given. */
export function aFact(
  overrides: Partial<Pick<OutboxRow, 'subject' | 'n' | 'at' | 'payload'>> & { kind?: EventKind } = {},
): OutboxRow {
  const { kind = 'profile.updated', subject = randomUUID(), n = 1, at = new Date(), payload = {} } = overrides;
  return outboxRow(kind, subject, n, at, payload);
}

/** A follower that remembers what it was told, in order. */
export function aFollower(
  take: (row: OutboxRow, run: FollowRun) => unknown = () => {},
  kinds: readonly EventKind[] = ['profile.updated', 'profile.created', 'profile.merged'],
): OutboxFollower & { readonly told: string[] } {
  const told: string[] = [];
  const follow = async (row: OutboxRow, run: FollowRun): Promise<void> => {
    await take(row, run);
    told.push(row._id);
  };
  return { name: 'test', kinds: new Set(kinds), told, follow };
}

/** Facts of a database as stored, by id. */
export async function storedFacts(database: Database): Promise<Map<string, OutboxRow>> {
  const rows = (await database.model(outboxCollection).find({}, null, { lean: true })) as unknown as OutboxRow[];
  return new Map(rows.map((row) => [row._id, row]));
}

/** Empties the outbox and the leases of a database, so that tests do not tell each other's facts. */
export async function clearFacts(database: Database): Promise<void> {
  for (const name of ['outbox', 'leases']) await database.connection.db?.collection(name).deleteMany({});
}
