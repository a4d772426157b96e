import { compareValues } from '../bson/compare.js';
import { fieldName } from '../bson/field-name.js';
import { keyTuples, topField } from '../bson/path.js';
import { type Document, isDocument, toInteger } from '../bson/value.js';
import { badValue, notSupported } from '../engine-error.js';
import { type Keyed, type SortInput, sortSteps } from './sort-steps.js';

/** MongoDB's limit of fields in one sort order. */
const MAX_SORT_KEYS = 32;

/** One part of a sort order. */
export interface SortKey {
  readonly path: string;
  readonly direction: 1 | -1;
}

/** A sort order compiled once. */
export interface CompiledSort {
  readonly keys: readonly SortKey[];
  /** Top-level fields the order reads. */
  readonly fields: readonly string[];
  compare(a: Document, b: Document): number;
  /** A new, stably sorted array; with `limit`, only the first `limit` documents, kept in a heap of that size. */
  sort(docs: Iterable<Document>, limit?: number): Document[];
  /** As `sort`, for rows that carry the document (raw bytes, record ids) beside its picked fields. */
  sortBy<T>(rows: Iterable<T>, documentOf: (row: T) => Document, limit?: number): T[];
  /** As `sortBy`, in steps: `undefined` comes whenever others may have their turn. */
  steps<T>(input: SortInput<T>): Generator<T | undefined, void>;
}

/** Compiles a sort specification: arrays sort by their lowest element ascending, highest descending. Bad ones: 2. */
export function compileSort(spec: Document): CompiledSort {
  const keys = parseSort(spec);
  const paths = keys.map((key) => key.path.split('.'));
  const directions = keys.map((key) => key.direction);
  const compareKeys = (a: readonly unknown[], b: readonly unknown[]): number => {
    for (let i = 0; i < directions.length; i++) {
      const order = compareValues(a[i], b[i]);
      if (order !== 0) return order * (directions[i] as number);
    }
    return 0;
  };
  const keyOf = (doc: Document): readonly unknown[] => {
    const tuples = keyTuples(doc, paths, () => badValue('cannot sort with keys that are parallel arrays'));
    let lowest = tuples[0] as unknown[];
    for (const tuple of tuples) if (compareKeys(tuple, lowest) < 0) lowest = tuple;
    return lowest;
  };
  const steps = <T>(input: SortInput<T>) =>
    sortSteps(input, keyOf, (a: Keyed<T>, b: Keyed<T>) => compareKeys(a.key, b.key) || a.turn - b.turn);
  const sortBy = <T>(rows: Iterable<T>, documentOf: (row: T) => Document, limit?: number): T[] => {
    return [...steps({ rows, documentOf, limit })].filter((row) => row !== undefined);
  };
  return {
    keys,
    fields: [...new Set(keys.map((key) => topField(key.path)))],
    compare: (a, b) => compareKeys(keyOf(a), keyOf(b)),
    sort: (docs, limit) => sortBy(docs, (doc) => doc, limit),
    sortBy,
    steps,
  };
}

function parseSort(spec: Document): SortKey[] {
  if (!isDocument(spec)) throw badValue('a sort order must be an object such as {createdAt: -1}');
  const fields = Object.keys(spec);
  if (fields.length > MAX_SORT_KEYS) throw badValue(`a sort order may name at most ${MAX_SORT_KEYS} fields`);
  return fields.map((field) => {
    const path = fieldName(field);
    if (path.startsWith('$') || path.split('.').includes('')) throw badValue(`'${path}' is not a path to sort by`);
    if (isDocument(spec[field])) throw notSupported('sorting by an expression such as $meta');
    const direction = toInteger(spec[field]);
    if (direction !== 1 && direction !== -1) {
      throw badValue(`the sort order of '${path}' must be 1 (for ascending) or -1 (for descending)`);
    }
    return { path, direction };
  });
}
