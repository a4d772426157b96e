import { compilePick } from '../bson/raw.js';
import type { Document } from '../bson/value.js';
import type { CompiledFilter } from '../query/match.js';
import { documentKey, KEY_HEAD_LENGTH } from '../store/keyspace.js';
import { type Entry, iterate, type View } from '../store/view.js';
import type { Plan, PlannedRange } from './planner.js';

/** A document that a plan found, as stored. */
export interface Row {
  idKey: Buffer;
  bytes: Buffer;
}

/** What a scan has read so far, for `explain`. */
export interface ScanCounts {
  keys: number;
  documents: number;
}

/** A step of a scan: a matching document, or nothing (a row was read in vain: a moment to check the time). */
export type Step = Row | undefined;

const pickers = new WeakMap<CompiledFilter, (bytes: Uint8Array) => Document>();

/** Tests stored bytes against a filter, decoding only the fields that it reads. */
export function matchesBytes(filter: CompiledFilter, bytes: Uint8Array): boolean {
  if (filter.fields.length === 0 && filter.constraints.size === 0 && isEmpty(filter.source)) return true;
  let pick = pickers.get(filter);
  if (!pick) {
    pick = compilePick(filter.fields);
    pickers.set(filter, pick);
  }
  return filter.matches(pick(bytes));
}

function isEmpty(source: Document): boolean {
  for (const _ in source) return false;
  return true;
}

/** Runs a plan over a view. `firstChunk` is how many rows are expected to be wanted. */
export function* scan(plan: Plan, view: View, counts?: ScanCounts): Generator<Step, void> {
  const seen = plan.mayRepeat ? new Set<string>() : undefined;
  const entries = plan.isMerge ? mergeRanges(plan, view) : readRanges(plan, view);
  for (const entry of entries) {
    if (counts && (plan.index || !plan.isFullScan)) counts.keys++;
    const idKey = plan.index ? entry.value : entry.key.subarray(KEY_HEAD_LENGTH);
    if (seen) {
      const text = idKey.toString('latin1');
      if (seen.has(text)) continue;
      seen.add(text);
    }
    const bytes = plan.index ? view.get(documentKey(plan.collection.id, idKey)) : entry.value;
    if (bytes && counts) counts.documents++;
    if (bytes && (plan.isExact || matchesBytes(plan.filter, bytes))) yield { idKey, bytes };
    else yield undefined;
  }
}

function* readRange(range: PlannedRange, view: View, isReverse: boolean): Generator<Entry, void> {
  if (!range.point) return yield* iterate(view, range, isReverse);
  const value = view.get(range.point);
  if (value) yield { key: range.point, value };
}

function* readRanges(plan: Plan, view: View): Generator<Entry, void> {
  for (const range of plan.ranges) yield* readRange(range, view, plan.isReverse);
}

interface Head {
  entry: Entry;
  order: Buffer;
  range: PlannedRange;
  rest: Generator<Entry, void>;
}

/** Always the smallest (or largest) next entry over all ranges, compared behind each range's fixed part. */
function* mergeRanges(plan: Plan, view: View): Generator<Entry, void> {
  const sign = plan.isReverse ? -1 : 1;
  const heap: Head[] = [];
  for (const range of plan.ranges) {
    const rest = readRange(range, view, plan.isReverse);
    const first = rest.next();
    if (!first.done) push(heap, headOf(first.value, range, rest), sign);
  }
  for (let top = heap[0]; top; top = heap[0]) {
    yield top.entry;
    const next = top.rest.next();
    if (next.done) {
      const last = heap.pop() as Head;
      if (heap.length > 0) heap[0] = last;
    } else heap[0] = headOf(next.value, top.range, top.rest);
    sink(heap, sign);
  }
}

function headOf(entry: Entry, range: PlannedRange, rest: Generator<Entry, void>): Head {
  return { entry, order: entry.key.subarray(range.headLength), range, rest };
}

function push(heap: Head[], head: Head, sign: number): void {
  let at = heap.push(head) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (sign * (heap[parent] as Head).order.compare(head.order) <= 0) break;
    heap[at] = heap[parent] as Head;
    at = parent;
  }
  heap[at] = head;
}

function sink(heap: Head[], sign: number): void {
  const head = heap[0];
  if (!head) return;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    const right = heap[child + 1];
    if (right && sign * right.order.compare((heap[child] as Head).order) < 0) child++;
    if (sign * (heap[child] as Head).order.compare(head.order) >= 0) break;
    heap[at] = heap[child] as Head;
    at = child;
  }
  heap[at] = head;
}
