import { ObjectId } from 'bson';
import { encodeDocument, encodeStored } from '../bson/encode.js';
import { encodeKey } from '../bson/keys.js';
import { asBuffer, compilePick, rawElements } from '../bson/raw.js';
import { classOf, type Document, isDocument, typeName } from '../bson/value.js';
import { EngineError, engineError } from '../engine-error.js';
import { makePlan } from '../plan/planner.js';
import { type Row, scan } from '../plan/scan.js';
import { compileFilter } from '../query/match.js';
import type { CompiledSort } from '../query/sort.js';
import { checkDeadline } from '../sessions/cursor-table.js';
import type { Collection } from '../store/collection.js';
import { insertDocument, type OnIndexFlag, replaceDocument } from '../store/documents.js';
import type { View } from '../store/view.js';
import type { WriteScope } from '../store/write-scope.js';
import type { CompiledUpdate } from '../update/apply.js';
import { decode } from '../wire/frame.js';

/** Errors that end the whole command instead of standing beside one statement. */
const COMMAND_ERRORS = new Set([50, 112, 246, 251, 263, 11600]);

const pickId = compilePick(['_id']);

const ID_NAME = Buffer.from('_id\0', 'latin1');

/** A document to insert: `_id` checked, generated when missing, and moved to the front as MongoDB does. Errors: 53. */
export function prepareInsert(raw: Uint8Array): { id: unknown; bytes: Buffer } {
  const bytes = asBuffer(raw);
  const isFirst = bytes.length > 9 && bytes.subarray(5, 9).equals(ID_NAME);
  const picked = pickId(bytes);
  const id = picked['_id'];
  // A field of the type undefined is there, and refused below; only a missing one is made up for.
  if (!('_id' in picked)) {
    const generated = new ObjectId();
    const head = encodeDocument({ _id: generated });
    const whole = Buffer.concat([head.subarray(0, -1), bytes.subarray(4)]);
    whole.writeInt32LE(whole.length, 0);
    return { id: generated, bytes: whole };
  }
  checkId(id);
  return { id, bytes: isFirst ? bytes : withIdFirst(bytes) };
}

/** Refuses what MongoDB refuses as an `_id` (53, 52). */
export function checkId(id: unknown): void {
  if (isDocument(id)) {
    const bad = Object.keys(id).find((field) => field.startsWith('$'));
    if (bad) throw engineError('DollarPrefixedFieldName', `_id fields may not contain '$'-prefixed fields: ${bad}`);
  }
  const isRefused = Array.isArray(id) || id === undefined || classOf(id) === 'BSONRegExp' || id instanceof RegExp;
  if (isRefused)
    throw engineError(
      'InvalidIdField',
      `The '_id' value cannot be of type ${id === undefined ? 'undefined' : typeName(id)}`,
    );
}

function withIdFirst(bytes: Buffer): Buffer {
  for (const { start, nameStart, nameEnd, end } of rawElements(bytes)) {
    if (bytes.toString('latin1', nameStart, nameEnd) !== '_id') continue;
    return Buffer.concat([
      bytes.subarray(0, 4),
      bytes.subarray(start, end),
      bytes.subarray(4, start),
      bytes.subarray(end),
    ]);
  }
  return bytes;
}

/** Documents a write statement is about, read before anything is changed. */
export function findTargets(
  view: View,
  collection: Collection | undefined,
  filter: Document,
  options: { isMulti: boolean; sort?: CompiledSort | undefined; deadline?: number | undefined },
): Row[] {
  if (!collection) return [];
  const { sort } = options;
  const plan = makePlan(collection, compileFilter(filter), sort);
  const rows: Row[] = [];
  let steps = 0;
  for (const row of scan(plan, view)) {
    if ((++steps & 1023) === 0) checkDeadline(options.deadline);
    if (!row) continue;
    rows.push(row);
    if (!options.isMulti && plan.isOrdered) break;
  }
  if (sort && !plan.isOrdered) {
    const pick = compilePick(sort.fields);
    return sort.sortBy(rows, (row) => pick(row.bytes), options.isMulti ? undefined : 1);
  }
  return rows;
}

/** Applies an update to one stored document; the result says what is stored now. */
export function updateRow(
  scope: WriteScope,
  collection: Collection,
  row: Row,
  update: CompiledUpdate,
  onFlag: OnIndexFlag,
): { document: Document; isChanged: boolean } {
  const { doc, changed } = update.apply(decode(row.bytes));
  if (!changed) return { document: doc, isChanged: false };
  const after = encodeStored(doc);
  const { touchedFields } = update;
  replaceDocument(scope, collection, { idKey: row.idKey, before: row.bytes, after, touchedFields }, onFlag);
  return { document: doc, isChanged: true };
}

/** Inserts the document an upsert builds; an `_id` is generated when neither filter nor update gives one. */
export function insertUpsert(
  scope: WriteScope,
  collection: Collection,
  document: Document,
  namespace: string,
  onFlag: OnIndexFlag,
): Document {
  const whole = document['_id'] === undefined ? { _id: new ObjectId(), ...document } : document;
  checkId(whole['_id']);
  insertDocument(scope, collection, { namespace, id: whole['_id'], bytes: encodeStored(whole) }, onFlag);
  return whole;
}

/** Where a document with this `_id` stands. */
export function idKeyOf(id: unknown): Buffer {
  return encodeKey([id]);
}

/**
 * Runs the statements of a bulk and collects their errors as `writeErrors`; stops at the first one when ordered or in a
 * transaction. Errors that concern the whole command are thrown.
 */
export function runStatements<T>(
  statements: readonly T[],
  isStoppedByError: boolean,
  run: (statement: T, index: number) => void,
): Document[] | undefined {
  const errors: Document[] = [];
  for (const [index, statement] of statements.entries()) {
    try {
      run(statement, index);
    } catch (error) {
      if (!(error instanceof EngineError) || COMMAND_ERRORS.has(error.code)) throw error;
      errors.push({ index, code: error.code, errmsg: error.message, ...error.extra });
      if (isStoppedByError) break;
    }
  }
  return errors.length > 0 ? errors : undefined;
}
