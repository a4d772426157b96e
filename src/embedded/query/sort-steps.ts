import type { Document } from '../bson/value.js';

/** What is sorted, and how much of it may be held at a time. */
export interface SortInput<T> {
  /** `undefined` is a moment to give way, and is handed on. */
  readonly rows: Iterable<T | undefined>;
  documentOf(row: T): Document;
  /** Only the first so many are wanted, and only so many are held. */
  readonly limit?: number | undefined;
  /** Told how many bytes are held; throws when they are too many. */
  readonly memory?: { sizeOf(row: T): number; check(bytes: number): void } | undefined;
}

/** A row with its sort key, ready to be compared. */
export interface Keyed<T> {
  readonly row: T;
  readonly key: readonly unknown[];
  /** Arrival order, which decides between equal keys. */
  readonly turn: number;
}

/** Order of two rows. */
export type Compare<T> = (a: T, b: T) => number;

/** Rows sorted or merged between two moments to give way: well below a millisecond. */
const ROWS_PER_STEP = 256;

/** Reads all rows, then gives them in order; every row read or given costs little time between two steps. */
export function* sortSteps<T>(
  input: SortInput<T>,
  keyOf: (doc: Document) => readonly unknown[],
  compare: Compare<Keyed<T>>,
): Generator<T | undefined, void> {
  const { limit, memory } = input;
  const kept: Keyed<T>[] = [];
  let turn = 0;
  let bytes = 0;
  for (const row of input.rows) {
    if (row !== undefined) {
      const keyed = { row, key: keyOf(input.documentOf(row)), turn: turn++ };
      const dropped = limit === undefined ? void kept.push(keyed) : keepLowest(kept, keyed, limit, compare);
      if (memory && dropped !== keyed) {
        bytes += memory.sizeOf(row) - (dropped ? memory.sizeOf(dropped.row) : 0);
        memory.check(bytes);
      }
    }
    yield undefined;
  }
  for (const keyed of yield* mergeSort(kept, compare)) yield keyed.row;
}

/** Sorts pieces of the list, then merges them two by two, with a step after each little part of the work. */
function* mergeSort<T>(list: readonly T[], compare: Compare<T>): Generator<undefined, readonly T[]> {
  let runs: T[][] = [];
  for (let from = 0; from < list.length; from += ROWS_PER_STEP) {
    runs.push(list.slice(from, from + ROWS_PER_STEP).sort(compare));
    yield undefined;
  }
  while (runs.length > 1) {
    const merged: T[][] = [];
    for (let at = 0; at < runs.length; at += 2) {
      const [left, right] = [runs[at] as T[], runs[at + 1]];
      merged.push(right ? yield* mergeTwo(left, right, compare) : left);
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

function* mergeTwo<T>(left: readonly T[], right: readonly T[], compare: Compare<T>): Generator<undefined, T[]> {
  const merged: T[] = [];
  let [l, r] = [0, 0];
  while (l < left.length || r < right.length) {
    const isLeft = r >= right.length || (l < left.length && compare(left[l] as T, right[r] as T) <= 0);
    merged.push((isLeft ? left[l++] : right[r++]) as T);
    if (merged.length % ROWS_PER_STEP === 0) yield undefined;
  }
  return merged;
}

/** Keeps the `limit` lowest entries in a max-heap, whose root is the first to go; answers the entry that went. */
function keepLowest<T>(heap: T[], entry: T, limit: number, compare: Compare<T>): T | undefined {
  if (heap.length < limit) {
    heap.push(entry);
    let at = heap.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (compare(heap[at] as T, heap[parent] as T) <= 0) break;
      swap(heap, at, parent);
      at = parent;
    }
    return undefined;
  }
  if (limit === 0 || compare(entry, heap[0] as T) >= 0) return entry;
  const dropped = heap[0];
  heap[0] = entry;
  let at = 0;
  for (;;) {
    let largest = at;
    for (const child of [2 * at + 1, 2 * at + 2]) {
      if (child < heap.length && compare(heap[child] as T, heap[largest] as T) > 0) largest = child;
    }
    if (largest === at) return dropped;
    swap(heap, at, largest);
    at = largest;
  }
}

function swap<T>(list: T[], i: number, j: number): void {
  [list[i], list[j]] = [list[j] as T, list[i] as T];
}
