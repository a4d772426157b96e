import { fieldNames } from '../bson/field-name.js';
import { type Document, isDocument, isNumber, typeName } from '../bson/value.js';
import { engineError, failedToParse, locationError, typeMismatch } from '../engine-error.js';

/** Options that every command may carry. */
export const COMMON_OPTIONS: ReadonlySet<string> = new Set([
  '$db',
  '$clusterTime',
  '$readPreference',
  'lsid',
  'comment',
  'maxTimeMS',
  'txnNumber',
  'autocommit',
  'startTransaction',
  'readConcern',
  'writeConcern',
]);

/** Options MongoDB knows and this engine does not: refused as such instead of as unknown. */
export const REFUSED_OPTIONS: ReadonlySet<string> = new Set([
  'collation',
  'hint',
  'let',
  'min',
  'max',
  'returnKey',
  'showRecordId',
  'tailable',
  'awaitData',
  'noCursorTimeout',
  'allowPartialResults',
  'oplogReplay',
  'allowDiskUse',
  'bypassDocumentValidation',
  'arrayFilters',
  'sampleRate',
  'apiVersion',
  'apiStrict',
  'apiDeprecationErrors',
  'capped',
  'size',
  'validator',
  'validationLevel',
  'validationAction',
  'timeseries',
  'clusteredIndex',
  'changeStreamPreAndPostImages',
  'viewOn',
  'pipeline',
  'expireAfterSeconds',
  'commitQuorum',
  'query',
  'rawData',
  'encryptionInformation',
  'storageEngine',
  'indexOptionDefaults',
  'autoIndexId',
  'limit',
  'skip',
]);

/** Refuses every field of `document` that is not in `allowed` (72 or 40415): nothing is accepted and ignored. */
export function checkFields(document: Document, allowed: readonly string[], where: string): void {
  for (const field of fieldNames(document)) if (!allowed.includes(field)) refuse(field, where);
}

/** As {@link checkFields}, for a whole command: the command's own name and the common options are allowed too. */
export function checkCommandFields(body: Document, name: string, allowed: readonly string[]): void {
  for (const field of fieldNames(body)) {
    if (field !== name && !COMMON_OPTIONS.has(field) && !allowed.includes(field)) refuse(field, name);
  }
}

function refuse(field: string, where: string): never {
  if (REFUSED_OPTIONS.has(field)) {
    throw engineError('InvalidOptions', `the option "${field}" of ${where} is not supported by the embedded engine`);
  }
  throw locationError(40415, `BSON field '${where}.${field}' is an unknown field.`);
}

/** A whole number option as a JS number; undefined when absent. Errors: 14, 2, 51024 below `least`. */
export function numberOption(body: Document, field: string, least = 0): number | undefined {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (!isNumber(value)) {
    throw typeMismatch(`BSON field '${field}' is the wrong type '${typeName(value)}', expected a number`);
  }
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw failedToParse(`wanted a whole number for ${field}`);
  if (number < least) {
    throw locationError(51024, `BSON field '${field}' value must be >= ${least}, actual value '${number}'`);
  }
  return number;
}

/** A yes-or-no option; numbers count as MongoDB counts them. Errors: 14. */
export function booleanOption(body: Document, field: string, fallback: boolean): boolean {
  const value = body[field];
  if (value === undefined || value === null) return fallback;
  if (typeof value === 'boolean') return value;
  if (isNumber(value)) return Number(value) !== 0;
  throw typeMismatch(`BSON field '${field}' is the wrong type '${typeName(value)}', expected a bool`);
}

/** A document option; undefined when absent. Errors: 14. */
export function documentOption(body: Document, field: string): Document | undefined {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (isDocument(value)) return value;
  throw typeMismatch(`BSON field '${field}' is the wrong type '${typeName(value)}', expected type 'object'`);
}

const READ_CONCERN_LEVELS = new Set(['local', 'majority']);

/** Checks `readConcern`: local and majority are what is served anyway; `snapshot` needs a transaction (246). */
export function checkReadConcern(body: Document, isInTransaction: boolean): void {
  const concern = documentOption(body, 'readConcern');
  if (!concern) return;
  if (isInTransaction && body['startTransaction'] !== true) {
    throw engineError('InvalidOptions', 'readConcern belongs to the first command of a transaction');
  }
  checkFields(concern, ['level', 'afterClusterTime', 'provenance'], 'readConcern');
  const level = concern['level'];
  if (level === undefined || READ_CONCERN_LEVELS.has(level as string)) return;
  if (level === 'snapshot') {
    if (isInTransaction) return;
    throw engineError('SnapshotUnavailable', 'readConcern snapshot is supported in transactions only');
  }
  throw engineError('InvalidOptions', 'wanted readConcern local or majority (snapshot in a transaction)');
}

/**
 * Checks `writeConcern`: one node acknowledges everything once it is durable. Errors: 72, 9. For more nodes than one the
 * `writeConcernError` (100, 79) to answer with: the write itself takes place.
 */
export function checkWriteConcern(body: Document, isInTransaction: boolean): Document | undefined {
  const concern = documentOption(body, 'writeConcern');
  if (!concern) return undefined;
  if (isInTransaction) {
    throw engineError('InvalidOptions', 'writeConcern belongs to commitTransaction and abortTransaction');
  }
  checkFields(concern, ['w', 'j', 'wtimeout', 'wtimeoutMS', 'fsync', 'provenance'], 'writeConcern');
  const w = concern['w'];
  if (w === undefined || w === 'majority') return undefined;
  if (isNumber(w)) {
    if (Number(w) === 0 || Number(w) === 1) return undefined;
    return { code: 100, codeName: 'UnsatisfiableWriteConcern', errmsg: 'Not enough data-bearing nodes: this is one' };
  }
  if (typeof w !== 'string') throw failedToParse('wanted a number or a string for writeConcern.w');
  return { code: 79, codeName: 'UnknownReplWriteConcern', errmsg: 'No write concern mode of this name' };
}
