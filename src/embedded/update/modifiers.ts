import { compareValues, equalValues, identicalValues } from '../bson/compare.js';
import { isDocument, isNumber, toInteger, typeName } from '../bson/value.js';
import { badValue, notSupported, typeMismatch } from '../engine-error.js';
import { compileElementTest } from '../query/match.js';
import { addNumbers } from './add-numbers.js';
import { type Change, KEEP, REMOVE } from './document.js';

/** How one operator makes a change from a path and its argument, and whether it makes missing paths. */
export interface Operator {
  readonly compile: (path: string, operand: unknown) => Change;
  readonly createsPath: boolean;
  readonly isInsertOnly?: boolean;
}

/** The update operators of the closed list. */
export const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['$set', { compile: compileSet, createsPath: true }],
  ['$setOnInsert', { compile: compileSet, createsPath: true, isInsertOnly: true }],
  ['$unset', { compile: () => (current) => (current === undefined ? KEEP : REMOVE), createsPath: false }],
  ['$inc', { compile: compileInc, createsPath: true }],
  ['$max', { compile: compileMax, createsPath: true }],
  ['$push', { compile: compilePush, createsPath: true }],
  ['$addToSet', { compile: compileAddToSet, createsPath: true }],
  ['$pull', { compile: compilePull, createsPath: false }],
]);

function compileSet(_path: string, operand: unknown): Change {
  return (current) => (current !== undefined && identicalValues(current, operand) ? KEEP : operand);
}

function compileInc(path: string, operand: unknown): Change {
  if (!isNumber(operand)) {
    throw typeMismatch(`Cannot increment with non-numeric argument: field '${path}' got type ${typeName(operand)}`);
  }
  return (current) => {
    if (current === undefined) return operand;
    if (!isNumber(current)) {
      throw typeMismatch(
        `Cannot apply $inc to a value of non-numeric type: the field '${path}' is of type ${typeName(current)}`,
      );
    }
    const sum = addNumbers(current, operand);
    if (sum === undefined) throw badValue(`Failed to apply $inc to '${path}': the sum does not fit a long`);
    return identicalValues(sum, current) ? KEEP : sum;
  };
}

function compileMax(_path: string, operand: unknown): Change {
  return (current) => (current === undefined || compareValues(current, operand) < 0 ? operand : KEEP);
}

/** Clauses of `$push` that MongoDB has beyond the closed list. */
const REFUSED_PUSH_CLAUSES = new Set(['$sort', '$position']);

function compilePush(path: string, operand: unknown): Change {
  const { values, slice } = parsePush(operand);
  return (current) => {
    if (current !== undefined && !Array.isArray(current)) {
      throw badValue(`The field '${path}' must be an array but is of type ${typeName(current)}`);
    }
    const pushed = [...(current ?? []), ...values];
    const next = slice === undefined ? pushed : slice >= 0 ? pushed.slice(0, slice) : pushed.slice(slice);
    const isUntouched = current !== undefined && values.length === 0 && next.length === current.length;
    return isUntouched ? KEEP : next;
  };
}

function parsePush(operand: unknown): { values: readonly unknown[]; slice?: number } {
  if (!isDocument(operand)) return { values: [operand] };
  const names = Object.keys(operand);
  if (!names.includes('$each')) {
    if (names[0]?.startsWith('$')) throw badValue(`$push with ${names[0]} needs $each, an array of the values to push`);
    return { values: [operand] };
  }
  for (const name of names) {
    if (REFUSED_PUSH_CLAUSES.has(name)) throw notSupported(`the clause ${name} of $push`);
    if (name !== '$each' && name !== '$slice') throw badValue(`Unrecognized clause in $push: ${name}`);
  }
  const values = operand['$each'];
  if (!Array.isArray(values)) {
    throw badValue(`The argument to $each in $push must be an array but it was of type: ${typeName(values)}`);
  }
  if (operand['$slice'] === undefined) return { values };
  const slice = toInteger(operand['$slice']);
  if (slice === undefined) {
    throw badValue(`The value for $slice must be an integer value but was given type: ${typeName(operand['$slice'])}`);
  }
  return { values, slice };
}

function compileAddToSet(path: string, operand: unknown): Change {
  const values = parseAddToSet(operand);
  return (current) => {
    if (current !== undefined && !Array.isArray(current)) {
      throw badValue(`Cannot apply $addToSet to non-array field: '${path}' is of type ${typeName(current)}`);
    }
    const next: unknown[] = [...(current ?? [])];
    for (const value of values) if (!next.some((element) => equalValues(element, value))) next.push(value);
    return current !== undefined && next.length === current.length ? KEEP : next;
  };
}

function parseAddToSet(operand: unknown): readonly unknown[] {
  if (!isDocument(operand)) return [operand];
  const names = Object.keys(operand);
  if (names[0] !== '$each') {
    if (names[0]?.startsWith('$')) throw badValue(`Unrecognized clause in $addToSet: ${names[0]}; only $each is known`);
    return [operand];
  }
  if (names.length > 1)
    throw badValue(`Found unexpected fields after $each in $addToSet: ${names.slice(1).join(', ')}`);
  const values = operand['$each'];
  if (Array.isArray(values)) return values;
  throw typeMismatch(`The argument to $each in $addToSet must be an array but it was of type ${typeName(values)}`);
}

function compilePull(path: string, operand: unknown): Change {
  const isPulled = compileElementTest(operand);
  return (current) => {
    if (current === undefined) return KEEP;
    if (!Array.isArray(current)) {
      throw badValue(`Cannot apply $pull to a non-array value: '${path}' is of type ${typeName(current)}`);
    }
    const next = current.filter((element) => !isPulled(element));
    return next.length === current.length ? KEEP : next;
  };
}
