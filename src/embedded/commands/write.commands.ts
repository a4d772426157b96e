import { encodeDocument, MAX_STORED_DEPTH, tooDeep } from '../bson/encode.js';
import { checkDocument } from '../bson/validate.js';
import { type Document, isDocument } from '../bson/value.js';
import { badValue, failedToParse, typeMismatch } from '../engine-error.js';
import { compileFilter } from '../query/match.js';
import type { Collection } from '../store/collection.js';
import { insertDocument, removeDocument } from '../store/documents.js';
import { buildUpsert, compileUpdate } from '../update/apply.js';
import type { Reply } from '../wire/reply.js';
import { type CommandContext, collectionNameOf } from './context.js';
import { booleanOption, checkFields, documentOption } from './options.js';
import { collectionForWrite, runWrite, saveFlags } from './run-write.js';
import { changeMany, errorsOf, runOneByOne } from './write-many.js';
import { findTargets, insertUpsert, prepareInsert, runStatements, updateRow } from './write-statement.js';

/** What `hello` promises as the longest bulk. */
export const MAX_WRITE_BATCH = 100_000;

function statementsOf(body: Document, field: string): unknown[] {
  const list = body[field];
  if (!Array.isArray(list)) throw typeMismatch(`BSON field '${field}' is missing or no array`);
  if (list.length === 0 || list.length > MAX_WRITE_BATCH) {
    throw badValue(`Write batch sizes must be between 1 and ${MAX_WRITE_BATCH}. Got ${list.length} operations.`);
  }
  return list;
}

function asStatement(value: unknown, field: string, allowed: readonly string[]): Document {
  if (!isDocument(value)) throw typeMismatch(`wanted documents in ${field}`);
  checkFields(value, allowed, field);
  return value;
}

function stopsAtError(context: CommandContext): boolean {
  return context.transaction !== undefined || booleanOption(context.body, 'ordered', true);
}

/** A document to insert as checked bytes, and how deep it is nested. Errors: 14, and those of `checkDocument`. */
function asInsert(document: unknown): { raw: Uint8Array; depth: number } {
  if (!(document instanceof Uint8Array) && !isDocument(document)) throw typeMismatch('wanted documents to insert');
  const raw = document instanceof Uint8Array ? document : encodeDocument(document);
  return { raw, depth: checkDocument(raw) };
}

/** `insert`: the documents' bytes are stored as they came, `_id` first. */
export function insertCommand(context: CommandContext): Promise<Reply> {
  const name = collectionNameOf(context);
  const documents = statementsOf(context.body, 'documents').map(asInsert);
  const namespace = `${context.databaseName}.${name}`;
  const stops = stopsAtError(context);
  return runWrite(context, (scope, database) => {
    const collection = collectionForWrite(context, scope, database, name);
    const onFlag = saveFlags(database);
    let n = 0;
    const writeErrors = runStatements(documents, stops, ({ raw, depth }) => {
      if (depth > MAX_STORED_DEPTH) throw tooDeep(MAX_STORED_DEPTH);
      insertDocument(scope, collection, { namespace, ...prepareInsert(raw) }, onFlag);
      n++;
    });
    return { body: { n, writeErrors, ok: 1 } };
  });
}

const UPDATE_FIELDS = ['q', 'u', 'multi', 'upsert'];

interface UpdateTally {
  n: number;
  nModified: number;
  upserted: Document[];
}

/** `update`: one or many documents per statement, operators or replacement, with upsert. */
export function updateCommand(context: CommandContext): Promise<Reply> {
  const name = collectionNameOf(context);
  const statements = statementsOf(context.body, 'updates').map((value) => asStatement(value, 'updates', UPDATE_FIELDS));
  if (context.retryNumber !== undefined && statements.some((statement) => booleanOption(statement, 'multi', false))) {
    throw badValue('Cannot use retryable writes with multi=true');
  }
  const stops = stopsAtError(context);
  if (statements.some((statement) => booleanOption(statement, 'multi', false))) {
    const [only] = statements as [Document];
    return statements.length > 1
      ? runOneByOne(context, 'updates', stops, updateCommand)
      : updateMany(context, name, only);
  }
  return runWrite(context, (scope, database) => {
    context.transaction?.checkShape(name);
    const tally: UpdateTally = { n: 0, nModified: 0, upserted: [] };
    const writeErrors = runStatements(statements, stops, (statement, index) => {
      const filter = documentOption(statement, 'q') ?? {};
      const update = compileUpdate(statement['u']);
      const existing = database.catalogue.find(name);
      const rows = findTargets(scope.overlay, existing, filter, { isMulti: false, deadline: context.deadline });
      for (const row of rows) {
        const result = updateRow(scope, existing as Collection, row, update, saveFlags(database));
        tally.n++;
        if (result.isChanged) tally.nModified++;
      }
      if (rows.length > 0 || !booleanOption(statement, 'upsert', false)) return;
      const collection = collectionForWrite(context, scope, database, name);
      const built = buildUpsert(filter, statement['u']);
      const document = insertUpsert(scope, collection, built, `${database.name}.${name}`, saveFlags(database));
      tally.n++;
      tally.upserted.push({ index, _id: document['_id'] });
    });
    const upserted = tally.upserted.length > 0 ? tally.upserted : undefined;
    return { body: { n: tally.n, nModified: tally.nModified, upserted, writeErrors, ok: 1 } };
  });
}

/** One statement of `update` that is about all documents that match. */
async function updateMany(context: CommandContext, name: string, statement: Document): Promise<Reply> {
  context.transaction?.checkShape(name);
  const tally: UpdateTally = { n: 0, nModified: 0, upserted: [] };
  let failed: unknown;
  try {
    const filter = documentOption(statement, 'q') ?? {};
    const update = compileUpdate(statement['u']);
    if (update.isReplacement) throw failedToParse('multi update is not supported for replacement-style update');
    compileFilter(filter);
    const database = context.transaction?.database ?? context.engine.databases.need(context.databaseName);
    const collection = database.catalogue.find(name);
    if (collection) {
      const onFlag = saveFlags(database);
      const changed = await changeMany(context, database, collection, filter, (scope, existing, row) => {
        return updateRow(scope, existing, row, update, onFlag).isChanged;
      });
      tally.n = changed.matched;
      tally.nModified = changed.modified;
      if (changed.error) throw changed.error;
    }
    if (tally.n === 0 && booleanOption(statement, 'upsert', false)) {
      const upsert = { ...context, body: { ...context.body, updates: [{ ...statement, multi: false }] } };
      return await updateCommand(upsert);
    }
  } catch (error) {
    failed = error;
  }
  const writeErrors = errorsOf(context, failed);
  return { body: { n: tally.n, nModified: tally.nModified, writeErrors, ok: 1 } };
}

/** `delete`: one (`limit: 1`) or all matching documents per statement. */
export function deleteCommand(context: CommandContext): Promise<Reply> {
  const name = collectionNameOf(context);
  const statements = statementsOf(context.body, 'deletes').map((value) =>
    asStatement(value, 'deletes', ['q', 'limit']),
  );
  const limits = statements.map((statement) => Number(statement['limit']));
  if (limits.some((limit) => limit !== 0 && limit !== 1)) {
    throw failedToParse('The limit field in delete objects must be 0 or 1');
  }
  if (context.retryNumber !== undefined && limits.includes(0)) {
    throw badValue('Cannot use retryable writes with limit=0');
  }
  const stops = stopsAtError(context);
  if (limits.includes(0)) {
    const [only] = statements as [Document];
    return statements.length > 1
      ? runOneByOne(context, 'deletes', stops, deleteCommand)
      : deleteMany(context, name, only);
  }
  return runWrite(context, (scope, database) => {
    context.transaction?.checkShape(name);
    const collection = database.catalogue.find(name);
    let n = 0;
    const writeErrors = runStatements(statements, stops, (statement) => {
      const filter = documentOption(statement, 'q') ?? {};
      const rows = findTargets(scope.overlay, collection, filter, { isMulti: false, deadline: context.deadline });
      for (const row of rows) {
        removeDocument(scope, collection as Collection, row.idKey, row.bytes);
        n++;
      }
    });
    return { body: { n, writeErrors, ok: 1 } };
  });
}

/** One statement of `delete` that is about all documents that match. */
async function deleteMany(context: CommandContext, name: string, statement: Document): Promise<Reply> {
  context.transaction?.checkShape(name);
  let n = 0;
  let failed: unknown;
  try {
    const filter = documentOption(statement, 'q') ?? {};
    compileFilter(filter);
    const database = context.transaction?.database ?? context.engine.databases.need(context.databaseName);
    const collection = database.catalogue.find(name);
    if (collection) {
      const changed = await changeMany(context, database, collection, filter, (scope, existing, row) => {
        removeDocument(scope, existing, row.idKey, row.bytes);
        return true;
      });
      n = changed.matched;
      failed = changed.error;
    }
  } catch (error) {
    failed = error;
  }
  return { body: { n, writeErrors: errorsOf(context, failed), ok: 1 } };
}
