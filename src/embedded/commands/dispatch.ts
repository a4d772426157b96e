import { fieldNames } from '../bson/field-name.js';
import { type Document, isDocument } from '../bson/value.js';
import { EngineError, engineError } from '../engine-error.js';
import { advance, type Session } from '../sessions/session.js';
import { Transaction } from '../sessions/transaction.js';
import type { Request } from '../wire/frame.js';
import type { Connection } from '../wire/listener.js';
import type { Reply } from '../wire/reply.js';
import { COMMANDS } from './command-table.js';
import type { CommandContext, CommandEntry, EngineState } from './context.js';
import { type Fault, faultError } from './faults.js';
import { checkCommandFields, checkReadConcern, checkWriteConcern, documentOption, numberOption } from './options.js';
import { sessionKeyOf } from './session-key.js';
import { noSuchTransaction, requireTransaction } from './transaction.commands.js';

/** Commands that write nothing, to which a write concern would mean nothing. */
const WRITES_NOTHING = new Set([
  'find',
  'getMore',
  'killCursors',
  'count',
  'aggregate',
  'listIndexes',
  'listCollections',
  'listDatabases',
  'explain',
]);

/** Whether a pipeline ends in a stage that would write: such a one is refused for that stage, not for its write concern. */
function hasWritingStage(body: Document): boolean {
  const last = Array.isArray(body['pipeline']) ? body['pipeline'].at(-1) : undefined;
  return isDocument(last) && ('$out' in last || '$merge' in last);
}

const ENDS_TRANSACTION = new Set(['commitTransaction', 'abortTransaction']);

/** Errors after which the whole transaction can be tried again. */
const TRANSIENT_CODES = new Set([24, 112, 246, 251, 267]);

/** Errors after which a retryable write, a commit or an abort can be sent again. */
const RETRYABLE_CODES = new Set([6, 7, 89, 91, 134, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436]);

/** Answers one request; every failure becomes an error reply. `undefined`: the connection was dropped by a fault. */
export async function dispatch(
  engine: EngineState,
  request: Request,
  connection: Connection,
): Promise<Reply | undefined> {
  const { body, refusal } = request;
  const name = fieldNames(body)[0] ?? '';
  try {
    if (refusal) throw refusal;
    if (engine.faults && name === 'configureFailPoint') {
      engine.faults.configure(body);
      return { body: { ok: 1 } };
    }
    const before = engine.faults?.strike(name, 'before');
    const early = before && (await strike(before, name, body, connection));
    if (early === 'dropped') return undefined;
    if (early) {
      // With labels of its own a fault plays an overloaded server, which has not touched the transaction.
      if (TRANSIENT_CODES.has(Number(early.body['code'])) && !before.errorLabels) abortStruck(engine, name, body);
      return early;
    }
    const reply = await execute(engine, name, body, connection);
    const after = engine.faults?.strike(name, 'afterCommit');
    const late = after && (await strike(after, name, body, connection, reply));
    return late === 'dropped' ? undefined : (late ?? reply);
  } catch (error) {
    return failure(error, name, body);
  }
}

/** What a fault makes of a command; nothing when it only took time. */
async function strike(
  fault: Fault,
  name: string,
  body: Document,
  connection: Connection,
  reply?: Reply,
): Promise<Reply | 'dropped' | undefined> {
  if (fault.blockMs > 0) await new Promise((resolve) => setTimeout(resolve, fault.blockMs));
  if (fault.closesConnection) {
    connection.drop();
    return 'dropped';
  }
  const error = faultError(fault);
  if (error) return failure(error, name, body, fault.errorLabels);
  if (!fault.writeConcernError || !reply) return undefined;
  const { errorLabels, ...writeConcernError } = fault.writeConcernError;
  const isRetryable = RETRYABLE_CODES.has(Number(writeConcernError['code'])) && body['txnNumber'] !== undefined;
  const labels = fault.errorLabels ?? errorLabels ?? (isRetryable ? ['RetryableWriteError'] : undefined);
  return { ...reply, body: { ...reply.body, writeConcernError, errorLabels: labels } };
}

/** A conflict that a fault has made up ends the transaction, as a real one would. */
function abortStruck(engine: EngineState, name: string, body: Document): void {
  const lsid = documentOption(body, 'lsid');
  if (!lsid || body['autocommit'] !== false || ENDS_TRANSACTION.has(name)) return;
  engine.sessions.use(sessionKeyOf(lsid)).transaction?.abort();
}

async function execute(engine: EngineState, name: string, body: Document, connection: Connection): Promise<Reply> {
  const entry = COMMANDS.get(name);
  if (!entry) throw engineError('CommandNotFound', `no such command: '${name}'`);
  checkCommandFields(body, name, entry.options);
  const databaseName = body['$db'];
  if (typeof databaseName !== 'string' || databaseName === '') {
    throw engineError('InvalidNamespace', 'wanted the name of a database in $db');
  }
  await engine.databases.whenUsable(databaseName);
  const maxTimeMs = numberOption(body, 'maxTimeMS');
  const lsid = documentOption(body, 'lsid');
  const session = lsid && engine.sessions.use(sessionKeyOf(lsid));
  const isNumbered = body['autocommit'] !== undefined || body['startTransaction'] !== undefined;
  const isInTransaction = isNumbered && !ENDS_TRANSACTION.has(name);
  const transaction = isInTransaction ? enter(engine, entry, name, session, body) : undefined;
  const context: CommandContext = {
    engine,
    connection,
    name,
    body,
    databaseName,
    session,
    transaction,
    retryNumber: isNumbered ? undefined : retryNumberOf(entry, name, body),
    deadline: maxTimeMs ? Date.now() + maxTimeMs : undefined,
  };
  try {
    checkReadConcern(body, isInTransaction);
    if (body['writeConcern'] !== undefined && WRITES_NOTHING.has(name) && !hasWritingStage(body)) {
      throw engineError('InvalidOptions', `Command ${name} does not support writeConcern`);
    }
    const writeConcernError = checkWriteConcern(body, isInTransaction);
    if (transaction && transaction.database.name !== databaseName) {
      throw engineError('OperationNotSupportedInTransaction', 'a transaction can not span two databases here');
    }
    const reply = await entry.handler(context);
    return writeConcernError ? { ...reply, body: { ...reply.body, writeConcernError } } : reply;
  } catch (error) {
    if (!transaction) throw error;
    // Whatever fails inside a transaction ends it; when it had ended before, that is the reason.
    const hadEnded = transaction.state === 'aborted' && error instanceof EngineError && error.code === 11601;
    transaction.abort();
    throw hadEnded ? noSuchTransaction(transaction.txnNumber) : error;
  }
}

function retryNumberOf(entry: CommandEntry, name: string, body: Document): number | undefined {
  const number = body['txnNumber'];
  if (number === undefined) return undefined;
  if (!entry.isRetryable || !body['lsid']) {
    throw engineError('InvalidOptions', `the command ${name} takes no txnNumber here`);
  }
  return Number(number);
}

/** Starts a transaction or goes on with one. Errors: 72, 263, 225, 117, 251, 256. */
function enter(
  engine: EngineState,
  entry: CommandEntry,
  name: string,
  session: Session | undefined,
  body: Document,
): Transaction {
  const txnNumber = body['txnNumber'];
  if (!session || txnNumber === undefined || body['autocommit'] !== false) {
    throw engineError('InvalidOptions', 'a transaction needs lsid, txnNumber and autocommit: false');
  }
  const number = Number(txnNumber);
  const isStart = body['startTransaction'];
  if (isStart !== undefined && isStart !== true)
    throw engineError('InvalidOptions', 'startTransaction can only be true');
  if (!isStart) {
    const transaction = requireTransaction(session, number);
    if (entry.isAllowedInTransaction) return transaction;
    transaction.abort();
    throw notInTransaction(name);
  }
  advance(session, number);
  if (session.transaction || session.outcome) {
    throw new EngineError(117, 'ConflictingOperationInProgress', `transaction ${number} was started already`);
  }
  if (!entry.isAllowedInTransaction) throw notInTransaction(name);
  session.transaction = new Transaction(number, engine.databases.need(String(body['$db'])));
  return session.transaction;
}

function notInTransaction(name: string): Error {
  return engineError('OperationNotSupportedInTransaction', `Cannot run '${name}' in a multi-document transaction.`);
}

function failure(error: unknown, name: string, body: Document, fixedLabels?: readonly string[]): Reply {
  const known = error instanceof EngineError ? error : unexpected(error);
  const labels = new Set(known.labels);
  const isInTransaction = body['autocommit'] === false;
  const isEnd = ENDS_TRANSACTION.has(name);
  const isTransient = TRANSIENT_CODES.has(known.code) || (!isEnd && RETRYABLE_CODES.has(known.code));
  if (isInTransaction && isTransient) labels.add('TransientTransactionError');
  const isNumbered = body['txnNumber'] !== undefined && isDocument(body['lsid']);
  if (isNumbered && (isEnd || !isInTransaction) && RETRYABLE_CODES.has(known.code)) labels.add('RetryableWriteError');
  return {
    body: {
      ok: 0,
      errmsg: known.message,
      code: known.code,
      codeName: known.codeName,
      ...known.extra,
      errorLabels: fixedLabels ?? (labels.size > 0 ? [...labels] : undefined),
    },
  };
}

/** A bug of the engine: the client learns only that, the details go to the process's standard error. */
function unexpected(error: unknown): EngineError {
  process.stderr.write(`embedded engine: ${error instanceof Error ? error.stack : String(error)}\n`);
  return engineError('InternalError', 'the embedded engine failed; its process has written the details');
}
