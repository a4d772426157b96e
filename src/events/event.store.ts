import type { ClientSession } from 'mongoose';
import type { Database } from '../brands/database.js';
import type { Deadline } from '../kernel/clock.js';
import type { AuditRow } from './audit.js';
import { auditCollection, idempotencyCollection, outboxCollection } from './event.model.js';
import type { IdempotencyRow } from './idempotency.js';
import type { OutboxRow } from './outbox.js';
import { pokeOutbox } from './outbox-poke.js';

/** Writes facts in the transaction of their change, and lets whoever tells them on look soon. */
export async function insertOutbox(
  database: Database,
  rows: readonly OutboxRow[],
  session: ClientSession,
): Promise<void> {
  if (rows.length === 0) return;
  await database.model(outboxCollection).collection.insertMany(rows as never[], { session });
  pokeOutbox(database);
}

/** Writes audit rows, in the transaction of their change or, for reads, on their own. */
export async function insertAudit(
  database: Database,
  rows: readonly AuditRow[],
  session?: ClientSession,
): Promise<void> {
  if (rows.length > 0) await database.model(auditCollection).collection.insertMany(rows as never[], { session });
}

/** Remembers an intent's result; the first write of its transaction, so that the same intent elsewhere meets it. */
export async function insertIdempotency(
  database: Database,
  row: IdempotencyRow,
  session: ClientSession,
): Promise<void> {
  await database.model(idempotencyCollection).collection.insertOne(row as never, { session });
}

/** The memory of an intent; null when there is none or it has expired. */
export async function findIdempotency(
  database: Database,
  rowId: string,
  options: { readonly deadline: Deadline; readonly now: Date; readonly session?: ClientSession },
): Promise<IdempotencyRow | null> {
  const row = (await database.model(idempotencyCollection).findOne({ _id: rowId }, null, {
    lean: true,
    maxTimeMS: Math.max(1, options.deadline.remainingMs()),
    ...(options.session === undefined ? { readConcern: { level: 'majority' } } : { session: options.session }),
  })) as IdempotencyRow | null;
  return row === null || row.expireAt <= options.now ? null : row;
}
