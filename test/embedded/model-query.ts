import type { Document } from 'bson';
import { compare, isObject, keyOf, nameOf, rank } from './model-values.js';

/** Every value a condition on this path looks at; an array at the end offers its elements, then itself. */
function valuesAt(doc: Document, parts: readonly string[], isWhole: boolean): unknown[] {
  const [name, ...rest] = parts as [string, ...string[]];
  const key = keyOf(name);
  const value = Object.hasOwn(doc, key) ? doc[key] : undefined;
  if (rest.length === 0) return Array.isArray(value) && !isWhole ? [...value, value] : [value];
  if (Array.isArray(value)) {
    return value.filter(isObject).flatMap((element: Document) => valuesAt(element, rest, isWhole));
  }
  return isObject(value) ? valuesAt(value, rest, isWhole) : [undefined];
}

const isNan = (value: unknown): boolean => Number.isNaN(Number(value)) && rank(value) === 1;

/** One operator against one value. */
function holds(value: unknown, operator: string, operand: unknown): boolean {
  switch (operator) {
    case '$eq':
      return compare(value, operand) === 0;
    case '$in':
      return (operand as unknown[]).some((one) => compare(value, one) === 0);
    case '$exists':
      return (value !== undefined) === operand;
    case '$ne':
      return compare(value, operand) !== 0;
  }
  if (rank(value) !== rank(operand)) return false;
  const order = compare(value, operand);
  if (operator === '$gte' && order === 0) return true;
  if (operator === '$lte' && order === 0) return true;
  if (rank(operand) === 0 || isNan(value) || isNan(operand)) return false;
  return operator.startsWith('$gt') ? order > 0 : order < 0;
}

function holdsAt(doc: Document, path: string, operator: string, operand: unknown): boolean {
  const parts = path.split('.');
  if (operator === '$ne') return !holdsAt(doc, path, '$eq', operand);
  if (operator === '$exists') return valuesAt(doc, parts, false).some((value) => value !== undefined) === operand;
  if (operator !== '$elemMatch') return valuesAt(doc, parts, false).some((value) => holds(value, operator, operand));
  const conditions = Object.entries(operand as Document);
  const isOfValues = conditions[0]?.[0].startsWith('$') ?? false;
  return valuesAt(doc, parts, true).some((value) => {
    if (!Array.isArray(value)) return false;
    if (isOfValues) {
      return value.some((element) => conditions.every(([name, wanted]) => holds(element, name, wanted)));
    }
    return value.some((element) => {
      if (Array.isArray(element)) return matches({ ...element }, operand as Document);
      return isObject(element) && matches(element, operand as Document);
    });
  });
}

/** Whether a document meets a filter. */
export function matches(doc: Document, filter: Document): boolean {
  return Object.entries(filter).every(([key, condition]) => {
    const name = nameOf(key);
    if (name === '$and') return (condition as Document[]).every((branch) => matches(doc, branch));
    if (name === '$or') return (condition as Document[]).some((branch) => matches(doc, branch));
    const isOperators = isObject(condition) && Object.keys(condition)[0]?.startsWith('$');
    const operators = isOperators ? Object.entries(condition) : [['$eq', condition] as const];
    return operators.every(([operator, operand]) => holdsAt(doc, name, operator, operand));
  });
}

/** Stands below null: what an empty array sorts as. */
const EMPTY = Symbol('empty array');

function sortValues(value: unknown, parts: readonly string[]): unknown[] {
  if (Array.isArray(value)) {
    if (parts.length === 0) return value.length === 0 ? [EMPTY] : value;
    if (value.length === 0) return [undefined];
    return value.flatMap((element) => (isObject(element) ? sortValues(element, parts) : [undefined]));
  }
  if (parts.length === 0) return [value];
  const [name, ...rest] = parts as [string, ...string[]];
  const key = keyOf(name);
  return isObject(value) ? sortValues(Object.hasOwn(value, key) ? value[key] : undefined, rest) : [undefined];
}

function compareSortValues(a: unknown, b: unknown): number {
  if (a === EMPTY || b === EMPTY) return a === b ? 0 : a === EMPTY ? -1 : 1;
  return compare(a, b);
}

/** Documents in the order of a sort of which at most one path meets arrays. */
export function sorted(docs: readonly Document[], sort: Document): Document[] {
  const keys = Object.entries(sort).map(([path, direction]) => ({
    parts: nameOf(path).split('.'),
    direction: Number(direction),
  }));
  const rows = docs.map((doc) => ({
    doc,
    key: keys.map(({ parts, direction }) => {
      // `sort` would put `undefined` last whatever the order says.
      const [lowest] = sortValues(doc, parts)
        .map((value) => value ?? null)
        .sort((a, b) => compareSortValues(a, b) * direction);
      return lowest;
    }),
  }));
  rows.sort((a, b) => {
    for (const [i, { direction }] of keys.entries()) {
      const order = compareSortValues(a.key[i], b.key[i]) * direction;
      if (order !== 0) return order;
    }
    return 0;
  });
  return rows.map((row) => row.doc);
}

/** Documents with the fields of an inclusion, or without those of an exclusion, one level deep. */
export function projected(doc: Document, projection: Document): Document {
  const isInclusion = Object.entries(projection).some(([name, flag]) => name !== '_id' && Number(flag) === 1);
  const isKept = (name: string): boolean => {
    if (name in projection) return Number(projection[name]) === 1;
    return name === '_id' || !isInclusion;
  };
  return Object.fromEntries(Object.entries(doc).filter(([name]) => isKept(name)));
}
