import { compareValues } from '../bson/compare.js';
import { keyTuples, topField } from '../bson/path.js';
import { type Document, isDocument, toInteger } from '../bson/value.js';
import { badValue, notSupported } from '../engine-error.js';

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
}

interface Keyed<T> {
  readonly row: T;
  readonly key: readonly unknown[];
  /** Arrival order, which decides between equal keys. */
  readonly turn: number;
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
  const sortBy = <T>(rows: Iterable<T>, documentOf: (row: T) => Document, limit?: number): T[] => {
    const compare = (a: Keyed<T>, b: Keyed<T>) => compareKeys(a.key, b.key) || a.turn - b.turn;
    let turn = 0;
    const kept: Keyed<T>[] = [];
    for (const row of rows) {
      const keyed = { row, key: keyOf(documentOf(row)), turn: turn++ };
      if (limit === undefined) kept.push(keyed);
      else keepLowest(kept, keyed, limit, compare);
    }
    return kept.sort(compare).map((keyed) => keyed.row);
  };
  return {
    keys,
    fields: [...new Set(keys.map((key) => topField(key.path)))],
    compare: (a, b) => compareKeys(keyOf(a), keyOf(b)),
    sort: (docs, limit) => sortBy(docs, (doc) => doc, limit),
    sortBy,
  };
}

function parseSort(spec: Document): SortKey[] {
  if (!isDocument(spec)) throw badValue('a sort order must be an object such as {createdAt: -1}');
  const paths = Object.keys(spec);
  if (paths.length > MAX_SORT_KEYS) throw badValue(`a sort order may name at most ${MAX_SORT_KEYS} fields`);
  return paths.map((path) => {
    if (path.startsWith('$') || path.split('.').includes('')) throw badValue(`'${path}' is not a path to sort by`);
    if (isDocument(spec[path])) throw notSupported('sorting by an expression such as $meta');
    const direction = toInteger(spec[path]);
    if (direction !== 1 && direction !== -1) {
      throw badValue(`the sort order of '${path}' must be 1 (for ascending) or -1 (for descending)`);
    }
    return { path, direction };
  });
}

/** Max-heap of the `limit` lowest entries: the root is the first to go. */
function keepLowest<T>(
  heap: Keyed<T>[],
  entry: Keyed<T>,
  limit: number,
  compare: (a: Keyed<T>, b: Keyed<T>) => number,
): void {
  if (heap.length < limit) {
    heap.push(entry);
    let at = heap.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (compare(heap[at] as Keyed<T>, heap[parent] as Keyed<T>) <= 0) return;
      swap(heap, at, parent);
      at = parent;
    }
    return;
  }
  if (limit === 0 || compare(entry, heap[0] as Keyed<T>) >= 0) return;
  heap[0] = entry;
  let at = 0;
  for (;;) {
    let largest = at;
    for (const child of [2 * at + 1, 2 * at + 2]) {
      if (child < heap.length && compare(heap[child] as Keyed<T>, heap[largest] as Keyed<T>) > 0) largest = child;
    }
    if (largest === at) return;
    swap(heap, at, largest);
    at = largest;
  }
}

function swap<T>(list: T[], i: number, j: number): void {
  [list[i], list[j]] = [list[j] as T, list[i] as T];
}
