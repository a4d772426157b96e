import { type Document, EJSON } from 'bson';

/** Finds the values that `$$sessionLsid` and `$$matchesEntity` name. */
export interface MatchContext {
  lsidOf(session: string): unknown;
}

/** Why an answer is not what the unified test format expects; undefined when it is. */
export function mismatch(expected: unknown, actual: unknown, context: MatchContext, isRoot = true): string | undefined {
  return findMismatch(expected, actual, { context, isRoot, path: 'result' });
}

interface Place {
  context: MatchContext;
  /** Further fields of the actual document are no mismatch. */
  isRoot: boolean;
  path: string;
}

function findMismatch(expected: unknown, given: unknown, place: Place): string | undefined {
  const actual = plain(given);
  if (isPlainObject(expected)) {
    const [name, ...others] = Object.keys(expected);
    if (name?.startsWith('$$') && others.length === 0) return findSpecial(name, expected[name], actual, place);
    return findInObject(expected, actual, place);
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return `${place.path}: wanted an array, got ${show(actual)}`;
    if (actual.length !== expected.length) {
      return `${place.path}: wanted ${expected.length} elements, got ${show(actual)}`;
    }
    for (const [i, element] of expected.entries()) {
      const found = findMismatch(element, actual[i], { ...place, path: `${place.path}[${i}]` });
      if (found) return found;
    }
    return undefined;
  }
  return isSame(expected, actual) ? undefined : `${place.path}: wanted ${show(expected)}, got ${show(actual)}`;
}

function findInObject(expected: Document, actual: unknown, place: Place): string | undefined {
  if (!isPlainObject(actual)) return `${place.path}: wanted ${show(expected)}, got ${show(actual)}`;
  for (const name of Object.keys(expected)) {
    const inner = { ...place, isRoot: false, path: `${place.path}.${name}` };
    const found = findMismatch(expected[name], actual[name], inner);
    if (found) return found;
  }
  if (place.isRoot) return undefined;
  const extra = Object.keys(actual).find((name) => !(name in expected) && actual[name] !== undefined);
  return extra === undefined ? undefined : `${place.path}: did not want the field ${extra}`;
}

function findSpecial(name: string, operand: unknown, actual: unknown, place: Place): string | undefined {
  switch (name) {
    case '$$unsetOrMatches':
      return actual === undefined || actual === null ? undefined : findMismatch(operand, actual, place);
    case '$$exists':
      return (actual !== undefined) === operand ? undefined : `${place.path}: wanted exists ${operand}`;
    case '$$type': {
      const types = Array.isArray(operand) ? operand : [operand];
      const isOk = types.some((type) => hasType(String(type), actual));
      return isOk ? undefined : `${place.path}: wanted the type ${types.join(' or ')}, got ${show(actual)}`;
    }
    case '$$sessionLsid':
      return findMismatch(place.context.lsidOf(String(operand)), actual, place);
    case '$$lte':
      return Number(actual) <= Number(operand) ? undefined : `${place.path}: wanted at most ${operand}`;
    default:
      return `${place.path}: the matcher ${name} is unknown to this runner`;
  }
}

function hasType(type: string, value: unknown): boolean {
  if (['int', 'long', 'double', 'number', 'decimal'].includes(type)) {
    return typeof value === 'number' || typeof value === 'bigint' || bsonType(value) === 'Long';
  }
  if (type === 'string') return typeof value === 'string';
  if (type === 'bool') return typeof value === 'boolean';
  if (type === 'object') return isPlainObject(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'date') return value instanceof Date;
  if (type === 'objectId') return bsonType(value) === 'ObjectId';
  if (type === 'binData') return bsonType(value) === 'Binary';
  return false;
}

/** A value without the clothes the driver puts on it: sort orders as maps, numbers in classes. */
function plain(value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value);
  const type = bsonType(value);
  return type === 'Long' || type === 'Int32' || type === 'Double' ? Number(value) : value;
}

function bsonType(value: unknown): string | undefined {
  return (value as { _bsontype?: string } | null | undefined)?._bsontype;
}

function isPlainObject(value: unknown): value is Document {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return !(value instanceof Date) && !(value instanceof Uint8Array) && bsonType(value) === undefined;
}

function isSame(expected: unknown, actual: unknown): boolean {
  if (expected === actual) return true;
  if (expected === null || actual === null || actual === undefined || typeof expected !== typeof actual) return false;
  return show(expected) === show(actual);
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : EJSON.stringify(value as Document, { relaxed: true });
}
