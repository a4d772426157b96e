import { fieldOf, isArrayIndex, type PathParts } from '../bson/path.js';
import { type Document, isDocument, typeName } from '../bson/value.js';
import { failedToParse, locationError, notSupported } from '../engine-error.js';
import type { Stage } from './pipeline.js';
import { withValue } from './stages.js';

/** `$lookup`, checked; executed where the other collection is at hand. */
export interface LookupStage {
  readonly kind: 'lookup';
  readonly from: string;
  readonly localField: string;
  readonly foreignField: string;
  readonly pipeline: readonly Stage[];
  readonly as: string;
}

const REFUSED_ARGUMENTS = new Set(['let', '_internalCollation', '_internalUnwind']);

/** Reads `$lookup` with localField, foreignField and an optional pipeline; `let` and other forms are refused. */
export function parseLookup(argument: unknown, parseJoined: (pipeline: unknown) => Stage[]): LookupStage {
  if (!isDocument(argument))
    throw failedToParse(`the $lookup specification must be an object, got ${typeName(argument)}`);
  for (const name of Object.keys(argument)) {
    if (REFUSED_ARGUMENTS.has(name)) throw notSupported(`'${name}' in $lookup`);
    if (!['from', 'localField', 'foreignField', 'as', 'pipeline'].includes(name)) {
      throw failedToParse(`unknown argument to $lookup: ${name}`);
    }
  }
  if (argument['as'] === undefined) throw locationError(4572, "must specify 'as' field for a $lookup");
  if (argument['from'] === undefined) throw failedToParse("must specify 'from' field for a $lookup");
  if (argument['localField'] === undefined || argument['foreignField'] === undefined) {
    throw notSupported('$lookup without localField and foreignField');
  }
  return {
    kind: 'lookup',
    from: textOf(argument, 'from'),
    localField: pathOf(argument, 'localField'),
    foreignField: pathOf(argument, 'foreignField'),
    as: pathOf(argument, 'as'),
    pipeline: argument['pipeline'] === undefined ? [] : parseJoined(argument['pipeline']),
  };
}

function textOf(argument: Document, name: string): string {
  const value = argument[name];
  if (typeof value === 'string' && value !== '') return value;
  throw failedToParse(`$lookup argument '${name}' must be a non-empty string, got type ${typeName(value)}`);
}

function pathOf(argument: Document, name: string): string {
  const path = textOf(argument, name);
  const parts = path.split('.');
  if (parts.includes('')) throw locationError(15998, `FieldPath field names may not be empty in '${name}' of $lookup`);
  if (!parts.some((part) => part.startsWith('$'))) return path;
  throw locationError(16410, `FieldPath field names may not start with '$' in '${name}' of $lookup`);
}

/** Values `$lookup` joins on: elements of an array, else the value; nothing there, or an empty array: null. */
export function lookupValues(doc: Document, localField: string): unknown[] {
  const values: unknown[] = [];
  visit(doc, localField.split('.'), 0, values);
  return values.length === 0 ? [null] : values;
}

function visit(value: unknown, parts: PathParts, at: number, values: unknown[]): void {
  if (at === parts.length) {
    if (Array.isArray(value)) values.push(...value);
    else if (value !== undefined) values.push(value);
    return;
  }
  const part = parts[at] as string;
  if (isDocument(value)) visit(fieldOf(value, part), parts, at + 1, values);
  else if (Array.isArray(value)) {
    if (isArrayIndex(part)) visit(value[Number(part)], parts, at + 1, values);
    for (const element of value) if (isDocument(element)) visit(element, parts, at, values);
  }
}

/** A copy of the document with the joined rows set at the `as` path. */
export function withLookupResult(doc: Document, as: string, rows: readonly Document[]): Document {
  return withValue(doc, as.split('.'), rows);
}
