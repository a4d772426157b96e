import { engineError } from '../engine-error.js';
import { advance, encodeOutcome, loadOutcome, type Session } from '../sessions/session.js';
import type { Collection } from '../store/collection.js';
import type { Database } from '../store/database.js';
import { documentRange, outcomeKey } from '../store/keyspace.js';
import { keyText } from '../store/overlay.js';
import { BlockedByTransaction, PlainScope, type WriteScope } from '../store/write-scope.js';
import type { Reply } from '../wire/reply.js';
import type { CommandContext } from './context.js';

/** Work of a write command: told where to write, it builds the reply. May run again after a wait. */
export type WriteWork = (scope: WriteScope, database: Database) => Reply;

/**
 * Runs a write command: in its transaction, or on its own until it is committed. A retryable write stores its reply in
 * the same commit, and a repeat of it gets that reply.
 */
export async function runWrite(context: CommandContext, work: WriteWork): Promise<Reply> {
  const { transaction } = context;
  if (transaction) {
    const reply = work(transaction.scope, transaction.database);
    // Any failed statement ends the transaction, also when the command as a whole answers ok.
    if (reply.body['writeErrors']) transaction.abort();
    return reply;
  }
  const database = context.engine.databases.need(context.databaseName);
  if (context.retryNumber === undefined || !context.session) {
    return database.write((scope) => work(scope, database), context.deadline);
  }
  return runOnce(context, context.session, context.retryNumber, database, work);
}

async function runOnce(
  context: CommandContext,
  session: Session,
  txnNumber: number,
  database: Database,
  work: WriteWork,
): Promise<Reply> {
  loadOutcome(session, database);
  advance(session, txnNumber);
  while (session.running) await session.running.catch(() => undefined);
  if (session.transaction || session.txnNumber !== txnNumber) {
    throw engineError('TransactionTooOld', `the transaction number ${txnNumber} was used by something else meanwhile`);
  }
  if (session.outcome?.kind === 'commit') {
    throw engineError('InvalidOptions', `the transaction number ${txnNumber} belongs to a transaction`);
  }
  if (session.outcome) return { body: session.outcome.reply };
  const run = database.write((scope) => {
    const reply = work(scope, database);
    if (scope.overlay.size > 0) {
      const outcome = encodeOutcome({ txnNumber, kind: 'reply', reply: reply.body });
      scope.overlay.put(outcomeKey(session.key), outcome);
    }
    return reply;
  }, context.deadline);
  session.running = run;
  try {
    const reply = await run;
    session.outcome = { txnNumber, kind: 'reply', reply: reply.body, at: new Date() };
    return reply;
  } finally {
    session.running = undefined;
  }
}

/** The collection to write to; made on the spot outside of transactions, refused inside (263). */
export function collectionForWrite(
  context: CommandContext,
  scope: WriteScope,
  database: Database,
  name: string,
): Collection {
  context.transaction?.checkShape(name);
  const collection = database.catalogue.find(name);
  if (collection) return collection;
  if (!(scope instanceof PlainScope)) {
    throw engineError(
      'OperationNotSupportedInTransaction',
      `the collection ${database.name}.${name} does not exist; create it before the transaction`,
    );
  }
  return database.change((overlay, seq) => database.catalogue.create(overlay, database.name, name, seq)).result;
}

/** Writes a collection's row again after a document gave one of its indexes a lasting flag. */
export function saveFlags(database: Database): (collection: Collection) => void {
  return (collection) => {
    database.change((overlay) => database.catalogue.save(overlay, collection));
  };
}

/** Waits for open transactions that have written to a collection whose shape is to change. */
export function refuseWhileWritten(database: Database, collection: Collection): void {
  const prefix = keyText(documentRange(collection.id).lower);
  const [writer] = database.writersOf(prefix);
  if (writer) throw new BlockedByTransaction(writer.owner);
}
