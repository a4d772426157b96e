import { compareStrings } from '../bson/compare.js';
import { fieldName, fieldNames } from '../bson/field-name.js';
import { isArrayIndex, type PathParts } from '../bson/path.js';
import { type Document, isDocument, typeName } from '../bson/value.js';
import { engineError, failedToParse, notSupported } from '../engine-error.js';
import type { Change } from './document.js';
import { OPERATORS } from './modifiers.js';

/** One change at one path. */
export interface Modification {
  readonly path: string;
  readonly parts: PathParts;
  readonly change: Change;
  readonly createsPath: boolean;
  readonly isInsertOnly: boolean;
}

/** Update operators MongoDB has beyond the closed list. */
export const REFUSED_UPDATE_OPERATORS: ReadonlySet<string> = new Set([
  '$min',
  '$mul',
  '$rename',
  '$currentDate',
  '$bit',
  '$pop',
  '$pullAll',
  '$pushAll',
]);

/** True for an update made of operators: its first field begins with `$`. */
export function isOperatorUpdate(update: Document): boolean {
  for (const name in update) return name.startsWith('$');
  return false;
}

/**
 * Reads operators into changes in the order MongoDB applies them: by path, so new fields appear sorted by name whatever
 * the order in the command. Two changes of one path, or of a path and one below it: ConflictingUpdateOperators (40).
 */
export function parseOperatorUpdate(update: Document): Modification[] {
  const modifications: Modification[] = [];
  for (const name of fieldNames(update)) {
    const operator = OPERATORS.get(name);
    if (!operator) throw unknownModifier(name);
    const fields = update[name];
    if (!isDocument(fields)) {
      throw failedToParse(
        `Modifiers operate on fields but we found type ${typeName(fields)} instead. For example: {${name}: {<field>: ...}}`,
      );
    }
    for (const key of Object.keys(fields)) {
      const path = fieldName(key);
      modifications.push({
        path,
        parts: parsePath(path),
        change: operator.compile(path, fields[key]),
        createsPath: operator.createsPath,
        isInsertOnly: operator.isInsertOnly === true,
      });
    }
  }
  modifications.sort((a, b) => comparePaths(a.parts, b.parts));
  for (let i = 1; i < modifications.length; i++) {
    refuseConflict(modifications[i - 1] as Modification, modifications[i] as Modification);
  }
  return modifications;
}

function unknownModifier(name: string): Error {
  return failedToParse(
    REFUSED_UPDATE_OPERATORS.has(name)
      ? `the update operator ${name} is not supported by the embedded engine; use a MongoDB server for it`
      : `Unknown modifier: ${name}. Expected a valid update modifier or pipeline-style update specified as an array`,
  );
}

/** Cuts an update path; empty components 56, positional operators 2, other names with `$` 52. */
function parsePath(path: string): PathParts {
  if (path === '') throw engineError('EmptyFieldName', 'An empty update path is not valid.');
  const parts = path.split('.');
  for (const part of parts) {
    if (part === '') {
      throw engineError(
        'EmptyFieldName',
        `The update path '${path}' contains an empty field name, which is not allowed.`,
      );
    }
    if (part === '$' || part.startsWith('$[')) throw notSupported(`the positional operator in the path '${path}'`);
    if (part.startsWith('$')) {
      throw engineError(
        'DollarPrefixedFieldName',
        `The dollar ($) prefixed field '${part}' in '${path}' is not allowed in the context of an update`,
      );
    }
  }
  return parts;
}

/** Order of paths component by component, numbers by value: a path stands right before those below it. */
export function comparePaths(a: PathParts, b: PathParts): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const order = compareParts(a[i] as string, b[i] as string);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Numbers come before names: a mixed order would not be transitive ("9" < "10" < "1a" < "9"). */
function compareParts(a: string, b: string): number {
  const isNumberA = isArrayIndex(a);
  if (isNumberA !== isArrayIndex(b)) return isNumberA ? -1 : 1;
  return (isNumberA && a.length - b.length) || compareStrings(a, b);
}

/** True when `below` is `path` or lies under it. */
export function coversPath(path: PathParts, below: PathParts): boolean {
  return path.length <= below.length && path.every((part, i) => part === below[i]);
}

function refuseConflict(first: Modification, second: Modification): void {
  if (!coversPath(first.parts, second.parts)) return;
  throw engineError(
    'ConflictingUpdateOperators',
    `Updating the path '${second.path}' would create a conflict at '${first.path}'`,
  );
}
