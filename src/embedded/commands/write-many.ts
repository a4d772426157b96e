import type { Document } from '../bson/value.js';
import { EngineError, ERROR_CODES, engineError } from '../engine-error.js';
import { makePlan } from '../plan/planner.js';
import { matchesBytes, type Row, scan } from '../plan/scan.js';
import { type CompiledFilter, compileFilter } from '../query/match.js';
import { checkDeadline, yieldTurn } from '../sessions/cursor-table.js';
import type { Collection } from '../store/collection.js';
import type { Database } from '../store/database.js';
import { documentKey } from '../store/keyspace.js';
import type { WriteScope } from '../store/write-scope.js';
import type { Reply } from '../wire/reply.js';
import type { CommandContext } from './context.js';
import { openSource } from './open-cursor.js';
import { runStatements } from './write-statement.js';

/** Documents changed in one commit: some milliseconds of work, after which others have their turn. */
const ROWS_PER_COMMIT = 64;

/** Rows looked at between two looks at the clock. */
const ROWS_PER_LOOK = 64;

/** Uninterrupted search for rows to change. */
const SLICE_MS = 2;

/** Changes one document; answers whether it is another one now. */
export type ChangeRow = (scope: WriteScope, collection: Collection, row: Row) => boolean;

/** What became of the documents of one statement. */
export interface ManyChanged {
  matched: number;
  modified: number;
  /** What one document failed with; those before it are changed. */
  error?: EngineError;
}

/** Runs each statement of a bulk as a command of its own, which may take long, and adds the replies up. */
export async function runOneByOne(
  context: CommandContext,
  field: 'updates' | 'deletes',
  isStoppedByError: boolean,
  run: (context: CommandContext) => Promise<Reply>,
): Promise<Reply> {
  const sum: Document = { n: 0 };
  const lists: Record<'upserted' | 'writeErrors', Document[]> = { upserted: [], writeErrors: [] };
  for (const [index, statement] of (context.body[field] as unknown[]).entries()) {
    const { body } = await run({ ...context, body: { ...context.body, [field]: [statement] } });
    sum['n'] += body['n'];
    if (body['nModified'] !== undefined) sum['nModified'] = (sum['nModified'] ?? 0) + body['nModified'];
    for (const [name, list] of Object.entries(lists)) {
      for (const one of (body[name] as Document[] | undefined) ?? []) list.push({ ...one, index });
    }
    if (isStoppedByError && lists.writeErrors.length > 0) break;
  }
  const [upserted, writeErrors] = [lists.upserted, lists.writeErrors].map((list) =>
    list.length > 0 ? list : undefined,
  );
  return { body: { ...sum, upserted, writeErrors, ok: 1 } };
}

/** Errors of one statement as `writeErrors`; those of the command, and of its transaction, are thrown. */
export function errorsOf(context: CommandContext, error: unknown): Document[] | undefined {
  if (error instanceof EngineError && error.code === ERROR_CODES.Interrupted) throw error;
  const writeErrors = runStatements([error], true, (one) => {
    if (one !== undefined) throw one;
  });
  if (writeErrors) context.transaction?.abort();
  return writeErrors;
}

/**
 * Changes all documents that match: finds them first, then changes them piece by piece, each piece a commit of its own
 * in which they are matched again. As in MongoDB, what happened before an error (50, for one) stays; in a transaction all
 * of it is undone. Others have their turn all the time.
 */
export async function changeMany(
  context: CommandContext,
  database: Database,
  collection: Collection,
  source: Document,
  change: ChangeRow,
): Promise<ManyChanged> {
  const filter = compileFilter(source);
  const idKeys = await findKeys(context, collection, filter);
  const changed: ManyChanged = { matched: 0, modified: 0 };
  for (let from = 0; from < idKeys.length && !changed.error; from += ROWS_PER_COMMIT) {
    checkDeadline(context.deadline);
    const piece = idKeys.slice(from, from + ROWS_PER_COMMIT);
    const work = (scope: WriteScope): ManyChanged => {
      checkStillThere(context, database, collection);
      return changePiece(scope, collection, filter, piece, change);
    };
    const { transaction } = context;
    const part = transaction ? work(transaction.scope) : await database.write(work, context.deadline);
    changed.matched += part.matched;
    changed.modified += part.modified;
    if (part.error) changed.error = part.error;
    await yieldTurn();
  }
  return changed;
}

function changePiece(
  scope: WriteScope,
  collection: Collection,
  filter: CompiledFilter,
  idKeys: readonly Buffer[],
  change: ChangeRow,
): ManyChanged {
  const changed: ManyChanged = { matched: 0, modified: 0 };
  for (const idKey of idKeys) {
    const bytes = scope.overlay.get(documentKey(collection.id, idKey));
    if (!bytes || !matchesBytes(filter, bytes)) continue;
    try {
      if (change(scope, collection, { idKey, bytes })) changed.modified++;
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      return { ...changed, error };
    }
    changed.matched++;
  }
  return changed;
}

async function findKeys(context: CommandContext, collection: Collection, filter: CompiledFilter): Promise<Buffer[]> {
  const source = openSource(context);
  if (!source) return [];
  const idKeys: Buffer[] = [];
  let steps = 0;
  let sliceEnd = Date.now() + SLICE_MS;
  try {
    for (const row of scan(makePlan(collection, filter), source.view)) {
      if (row) idKeys.push(row.idKey);
      if (++steps % ROWS_PER_LOOK !== 0 || Date.now() < sliceEnd) continue;
      checkDeadline(context.deadline);
      await yieldTurn();
      sliceEnd = Date.now() + SLICE_MS;
    }
  } finally {
    source.snapshot?.release();
  }
  return idKeys;
}

/** While others had their turn, the transaction can have ended and the collection can have gone. */
function checkStillThere(context: CommandContext, database: Database, collection: Collection): void {
  const isOpen = !context.transaction || context.transaction.state === 'open';
  if (isOpen && database.catalogue.find(collection.name) === collection) return;
  throw engineError('Interrupted', 'operation was interrupted: its transaction or its collection has ended');
}
