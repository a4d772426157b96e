import { isDocument } from '../bson/value.js';
import { engineError } from '../engine-error.js';
import { encodeOutcome, loadOutcome, type Session } from '../sessions/session.js';
import type { Transaction } from '../sessions/transaction.js';
import { outcomeKey } from '../store/keyspace.js';
import type { Reply } from '../wire/reply.js';
import type { CommandContext } from './context.js';
import { sessionKeyOf } from './session-key.js';

const OK: Reply = { body: { ok: 1 } };

/** The refusal for a transaction that was aborted, has expired or never was (251, the whole can be retried). */
export function noSuchTransaction(txnNumber: number): Error {
  return engineError('NoSuchTransaction', `Transaction ${txnNumber} was aborted or does not exist`, {
    labels: ['TransientTransactionError'],
  });
}

/** The refusal for anything but another commit after a commit (256). */
export function alreadyCommitted(txnNumber: number): Error {
  return engineError('TransactionCommitted', `Transaction ${txnNumber} has been committed`);
}

/** The transaction a session is in under this number. Errors: 225, 251, 256. */
export function requireTransaction(session: Session, txnNumber: number): Transaction {
  if (txnNumber < session.txnNumber) {
    throw engineError('TransactionTooOld', `wanted transaction number ${session.txnNumber}, got ${txnNumber}`);
  }
  const { transaction } = session;
  if (transaction?.txnNumber !== txnNumber || transaction.state === 'aborted') throw noSuchTransaction(txnNumber);
  if (transaction.state !== 'open') throw alreadyCommitted(txnNumber);
  return transaction;
}

/** `commitTransaction`, also repeated: the outcome is stored in the same commit as the writes. */
export async function commitCommand(context: CommandContext): Promise<Reply> {
  const { session, txnNumber } = requireNumbered(context);
  while (session.running) await session.running.catch(() => undefined);
  if (isCommitted(context, session, txnNumber)) return OK;
  const transaction = requireTransaction(session, txnNumber);
  const { overlay } = transaction.scope;
  const outcome = { txnNumber, kind: 'commit' as const, reply: {} };
  if (overlay.size > 0) overlay.put(outcomeKey(session.key), encodeOutcome(outcome));
  session.running = transaction.commit();
  try {
    await session.running;
    session.outcome = { ...outcome, at: new Date() };
  } finally {
    session.running = undefined;
  }
  return OK;
}

/** `abortTransaction`; after a commit 256, after an abort 251. */
export async function abortCommand(context: CommandContext): Promise<Reply> {
  const { session, txnNumber } = requireNumbered(context);
  while (session.running) await session.running.catch(() => undefined);
  if (isCommitted(context, session, txnNumber)) throw alreadyCommitted(txnNumber);
  requireTransaction(session, txnNumber).abort();
  return OK;
}

function requireNumbered(context: CommandContext): { session: Session; txnNumber: number } {
  const txnNumber = context.body['txnNumber'];
  if (!context.session || txnNumber === undefined || context.body['autocommit'] !== false) {
    throw engineError('InvalidOptions', `${context.name} needs lsid, txnNumber and autocommit: false`);
  }
  return { session: context.session, txnNumber: Number(txnNumber) };
}

/** After a restart the database of a transaction is not known: the stored outcome may be in any. */
function isCommitted(context: CommandContext, session: Session, txnNumber: number): boolean {
  if (session.transaction?.txnNumber !== txnNumber && session.outcome?.txnNumber !== txnNumber) {
    for (const database of context.engine.databases.all()) loadOutcome(session, database);
  }
  return session.outcome?.kind === 'commit' && session.outcome.txnNumber === txnNumber;
}

/** `endSessions`: aborts what is open in them and forgets their cursors. */
export function endSessionsCommand(context: CommandContext): Reply {
  const list = context.body['endSessions'];
  for (const lsid of Array.isArray(list) ? list : []) {
    if (!isDocument(lsid)) continue;
    const key = sessionKeyOf(lsid);
    context.engine.sessions.end(key);
    context.engine.cursors.dropSession(key);
  }
  return OK;
}
