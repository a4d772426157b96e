import { Long } from 'bson';
import { encodeDocument } from '../bson/encode.js';
import { type Document, decodeDocument } from '../bson/value.js';
import { engineError } from '../engine-error.js';
import type { Database } from '../store/database.js';
import { OUTCOME_RANGE, outcomeKey } from '../store/keyspace.js';
import { iterate } from '../store/view.js';
import type { Transaction } from './transaction.js';

/** Sessions, their stored outcomes and idle cursors live this long after their last use, as `hello` says. */
export const SESSION_TIMEOUT_MINUTES = 30;

const SESSION_TIMEOUT_MS = SESSION_TIMEOUT_MINUTES * 60_000;

/** How a numbered operation ended, kept so that a repeat gets the same answer. */
export interface Outcome {
  txnNumber: number;
  kind: 'reply' | 'commit';
  /** Body of the reply, for retryable writes. */
  reply: Document;
  at: Date;
}

/** A logical session: what its newest numbered operation was and how it ended. */
export interface Session {
  readonly key: string;
  txnNumber: number;
  outcome: Outcome | undefined;
  /** A retryable write that is being carried out: a repeat waits for it. */
  running: Promise<unknown> | undefined;
  transaction: Transaction | undefined;
  lastUsedAt: number;
  /** Databases whose stored outcome has been looked at. */
  readonly loaded: Set<string>;
}

/** A stored outcome's bytes. */
export function encodeOutcome(outcome: Omit<Outcome, 'at'>): Buffer {
  return encodeDocument({ ...outcome, txnNumber: Long.fromNumber(outcome.txnNumber), at: new Date() });
}

function decodeOutcome(bytes: Buffer): Outcome {
  const row = decodeDocument(bytes);
  return {
    txnNumber: (row['txnNumber'] as Long).toNumber(),
    kind: row['kind'] as Outcome['kind'],
    reply: row['reply'] as Document,
    at: row['at'] as Date,
  };
}

/** All sessions of the process. */
export class SessionTable {
  readonly #sessions = new Map<string, Session>();

  /** The session with this key, made on first use. */
  use(key: string): Session {
    let session = this.#sessions.get(key);
    if (!session) {
      session = {
        key,
        txnNumber: -1,
        outcome: undefined,
        running: undefined,
        transaction: undefined,
        lastUsedAt: 0,
        loaded: new Set(),
      };
      this.#sessions.set(key, session);
    }
    session.lastUsedAt = Date.now();
    return session;
  }

  /** Ends a session: its open transaction is aborted. */
  end(key: string): void {
    this.#sessions.get(key)?.transaction?.abort();
    this.#sessions.delete(key);
  }

  endAll(): void {
    for (const key of [...this.#sessions.keys()]) this.end(key);
  }

  /** Aborts the open transactions of one database, before it is dropped. */
  abortTransactions(database: Database): void {
    for (const { transaction } of this.#sessions.values()) if (transaction?.database === database) transaction.abort();
  }

  /** Ends sessions that were not used for {@link SESSION_TIMEOUT_MINUTES}. */
  expire(now = Date.now()): void {
    for (const session of [...this.#sessions.values()]) {
      const isBusy = session.running || session.transaction?.state === 'open';
      if (!isBusy && now - session.lastUsedAt > SESSION_TIMEOUT_MS) this.end(session.key);
    }
  }
}

/** Takes over what a database has stored for this session, as after a restart. */
export function loadOutcome(session: Session, database: Database): void {
  if (session.loaded.has(database.name)) return;
  session.loaded.add(database.name);
  const snapshot = database.openSnapshot();
  const bytes = snapshot.get(outcomeKey(session.key));
  snapshot.release();
  if (!bytes) return;
  const outcome = decodeOutcome(bytes);
  if (outcome.txnNumber < session.txnNumber) return;
  if (outcome.txnNumber === session.txnNumber && session.outcome) return;
  session.txnNumber = outcome.txnNumber;
  session.outcome = outcome;
}

/** Removes stored outcomes of sessions that have expired; at most `limit` per call. Resolves to their number. */
export async function sweepOutcomes(database: Database, limit: number, now = Date.now()): Promise<number> {
  const snapshot = database.openSnapshot();
  const old: Buffer[] = [];
  for (const { key, value } of iterate(snapshot, OUTCOME_RANGE, false)) {
    if (now - decodeOutcome(value).at.getTime() > SESSION_TIMEOUT_MS) old.push(Buffer.from(key));
    if (old.length >= limit) break;
  }
  snapshot.release();
  if (old.length > 0) {
    const { done } = database.change((overlay) => {
      for (const key of old) overlay.remove(key);
    });
    await done;
  }
  return old.length;
}

/** Puts a session on a new operation number: 225 for an older one; an open transaction under a lower one is aborted. */
export function advance(session: Session, txnNumber: number): void {
  if (txnNumber < session.txnNumber) {
    throw engineError(
      'TransactionTooOld',
      `wanted a transaction number of at least ${session.txnNumber} in this session, got ${txnNumber}`,
    );
  }
  if (txnNumber === session.txnNumber) return;
  session.transaction?.abort();
  session.transaction = undefined;
  session.outcome = undefined;
  session.txnNumber = txnNumber;
}
