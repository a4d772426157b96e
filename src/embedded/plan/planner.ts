import { encodeKey, encodeKeyPrefix, encodeKeyRange, isCutKey, prefixEnd, type RangeBounds } from '../bson/keys.js';
import type { PathConstraint } from '../query/constraints.js';
import type { CompiledFilter } from '../query/match.js';
import type { CompiledSort } from '../query/sort.js';
import type { Collection, Index } from '../store/collection.js';
import { documentKey, documentRange, indexPrefix, type KeyRange } from '../store/keyspace.js';
import { keyText } from '../store/overlay.js';
import { isCoveredBy } from './exact-cover.js';
import { orderOf } from './sort-order.js';

/** More points than this (product over `$in` lists) are not taken apart; the rest is filtered. */
const MAX_POINTS = 2000;

/** One scan of a plan. */
export interface PlannedRange extends KeyRange {
  /** The key itself, when exactly one document can be meant. */
  point?: Buffer;
  /** Bytes of the key before the part that merged scans are ordered by. */
  headLength: number;
}

/** How the documents that match a filter are found. */
export interface Plan {
  collection: Collection;
  filter: CompiledFilter;
  /** Undefined: documents by `_id`. */
  index: Index | undefined;
  ranges: PlannedRange[];
  /** Neither filter nor index bounds the scan. */
  isFullScan: boolean;
  isReverse: boolean;
  /** Ranges are read side by side, always the smallest next key first. */
  isMerge: boolean;
  /** Rows come in the wanted order (also when none is wanted). */
  isOrdered: boolean;
  /** The wanted order is the reason for, or a gift of, the index. */
  isOrderedByIndex: boolean;
  /** A document can come up more than once. */
  mayRepeat: boolean;
  /** What stands in the ranges matches: documents need not be tested again. */
  isExact: boolean;
}

/** An index, or the documents themselves, as a way to answer a filter. */
export interface Candidate {
  index: Index | undefined;
  paths: readonly string[];
  /** Per path with equality, in key order: the values it can have. */
  points: (readonly unknown[])[];
  bounds: RangeBounds | undefined;
  multikey: ReadonlySet<string>;
  isOrderReliable: boolean;
}

const NO_PATHS: ReadonlySet<string> = new Set();

/** Chooses how to find the documents of `filter`, in the order of `sort` if there is one. */
export function makePlan(collection: Collection, filter: CompiledFilter, sort?: CompiledSort): Plan {
  if (filter.isIdOnly && !sort) return planOfIds(collection, filter);
  let best: { candidate: Candidate; order: ReturnType<typeof orderOf>; score: number } | undefined;
  for (const candidate of candidatesOf(collection, filter)) {
    const order = sort ? orderOf(candidate, sort) : undefined;
    const isIdPoint = !candidate.index && candidate.points.length > 0;
    const isUseless = candidate.points.length === 0 && !candidate.bounds && !order;
    if (isUseless && candidate.index) continue;
    const score =
      (isIdPoint ? 1000 : 0) +
      candidate.points.length * 100 +
      (order ? 20 : 0) +
      (candidate.bounds ? 10 : 0) -
      candidate.paths.length * 0.1;
    if (!best || score > best.score) best = { candidate, order, score };
  }
  const { candidate, order } = best as NonNullable<typeof best>;
  const ranges = rangesOf(collection, candidate);
  const isReverse = order?.isReverse ?? false;
  const isMerge = (order?.isMerge ?? false) && ranges.length > 1;
  if (isReverse && !isMerge) ranges.reverse();
  return {
    collection,
    filter,
    index: candidate.index,
    ranges,
    isFullScan: candidate.points.length === 0 && !candidate.bounds,
    isReverse,
    isMerge,
    isOrdered: !sort || order !== undefined,
    isOrderedByIndex: order !== undefined,
    mayRepeat: candidate.multikey.size > 0,
    isExact: isCoveredBy(candidate, filter, ranges),
  };
}

/** Nothing can be better than the keys themselves, so nothing else is looked at; as far as {@link MAX_POINTS} goes. */
function planOfIds(collection: Collection, filter: CompiledFilter): Plan {
  const ids = filter.constraints.get('_id')?.eq ?? [];
  return {
    collection,
    filter,
    index: undefined,
    ranges: pointsOf(collection, ids),
    isFullScan: false,
    isReverse: false,
    isMerge: false,
    isOrdered: true,
    isOrderedByIndex: false,
    mayRepeat: false,
    isExact: true,
  };
}

/** The documents with these `_id`s, in the order of `_id`. */
function pointsOf(collection: Collection, ids: readonly unknown[]): PlannedRange[] {
  const points = ids.map((id) => documentKey(collection.id, encodeKey([id])));
  const ordered = points.length > 1 ? inOrder(points) : points;
  return ordered.map((point) => ({ lower: point, upper: point, point, headLength: point.length }));
}

/** Keys in their order, each once. Texts compare many times faster than buffers, which leave JavaScript for it. */
function inOrder(keys: readonly Buffer[]): Buffer[] {
  const byText = new Map(keys.map((key) => [keyText(key), key]));
  return [...byText.keys()].sort(compareTexts).map((text) => byText.get(text) as Buffer);
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function candidatesOf(collection: Collection, filter: CompiledFilter): Candidate[] {
  const byId = { paths: ['_id'], multikey: NO_PATHS, isOrderReliable: !collection.hasCutIds };
  const candidates: Candidate[] = [{ index: undefined, ...byId, ...constrain(byId.paths, NO_PATHS, filter) }];
  for (const index of collection.indexes) {
    if (!holdsAllMatches(index, filter)) continue;
    candidates.push({
      index,
      paths: index.paths,
      multikey: index.multikey,
      isOrderReliable: !index.hasCutKeys && !collection.hasCutIds,
      ...constrain(index.paths, index.multikey, filter),
    });
  }
  return candidates;
}

/** A partial or sparse index answers a filter only when every document the filter matches stands in it. */
function holdsAllMatches(index: Index, filter: CompiledFilter): boolean {
  const { partialFilterExpression, sparse } = index.specification;
  if (partialFilterExpression && !filter.impliesPartial(partialFilterExpression)) return false;
  return !sparse || index.paths.some((path) => path === '_id' || filter.excludesMissing(path));
}

function constrain(
  paths: readonly string[],
  multikey: ReadonlySet<string>,
  filter: CompiledFilter,
): Pick<Candidate, 'points' | 'bounds'> {
  const points: (readonly unknown[])[] = [];
  let product = 1;
  for (const [position, path] of paths.entries()) {
    const constraint = filter.constraints.get(path);
    if (!constraint || sharesArray(paths, position, multikey)) return { points, bounds: undefined };
    const values = constraint.eq ?? constraint.elemMatch?.eq;
    if (!values || product * values.length > MAX_POINTS) {
      return { points, bounds: boundsOf(constraint, multikey.has(path)) };
    }
    product *= values.length;
    points.push(values);
  }
  return { points, bounds: undefined };
}

/** Two paths into one array can be met by different elements, so their constraints must not be combined. */
function sharesArray(paths: readonly string[], position: number, multikey: ReadonlySet<string>): boolean {
  const root = rootOf(paths[position] as string);
  const related = paths.slice(0, position + 1).filter((path) => rootOf(path) === root);
  return related.length > 1 && related.some((path) => multikey.has(path));
}

function rootOf(path: string): string {
  return path.split('.', 1)[0] as string;
}

function boundsOf(constraint: PathConstraint, isMultikey: boolean): RangeBounds | undefined {
  const both = isMultikey ? constraint.elemMatch : constraint;
  if (both && hasBounds(both)) return { gt: both.gt, gte: both.gte, lt: both.lt, lte: both.lte };
  if (!hasBounds(constraint)) {
    const inner = constraint.elemMatch;
    return inner && hasBounds(inner) ? { gt: inner.gt, gte: inner.gte, lt: inner.lt, lte: inner.lte } : undefined;
  }
  // On an array two bounds may be met by two elements: only one of them may limit the scan.
  if (constraint.gt !== undefined) return { gt: constraint.gt };
  if (constraint.gte !== undefined) return { gte: constraint.gte };
  return { lt: constraint.lt, lte: constraint.lte };
}

function hasBounds(bounds: RangeBounds): boolean {
  return bounds.gt !== undefined || bounds.gte !== undefined || bounds.lt !== undefined || bounds.lte !== undefined;
}

function rangesOf(collection: Collection, candidate: Candidate): PlannedRange[] {
  const head = candidate.index ? indexPrefix(candidate.index.id) : documentRange(collection.id).lower;
  const ranges = new Map<string, PlannedRange>();
  for (const values of product(candidate.points)) {
    const range = rangeOf(collection, candidate, head, values);
    ranges.set(range.lower.toString('latin1'), range);
  }
  if (ranges.size < 2) return [...ranges.values()];
  return [...ranges.entries()].sort(([a], [b]) => compareTexts(a, b)).map(([, range]) => range);
}

function rangeOf(collection: Collection, candidate: Candidate, head: Buffer, values: readonly unknown[]): PlannedRange {
  const at = (key: Uint8Array): Buffer => Buffer.concat([head, key]);
  if (!candidate.index && values.length === 1) {
    const point = documentKey(collection.id, encodeKey(values));
    return { lower: point, upper: point, point, headLength: point.length };
  }
  const prefix = values.length > 0 ? encodeKeyPrefix(values) : Buffer.alloc(0);
  const headLength = head.length + prefix.length;
  if (candidate.bounds && !isCutKey(prefix)) {
    const { start, end } = encodeKeyRange(values, candidate.bounds);
    return { lower: at(start), upper: at(end), headLength };
  }
  if (values.length === 0) return { lower: head, upper: prefixEnd(head), headLength };
  return { lower: at(prefix), upper: at(prefixEnd(prefix)), headLength };
}

function product(lists: readonly (readonly unknown[])[]): unknown[][] {
  let rows: unknown[][] = [[]];
  for (const list of lists) rows = rows.flatMap((row) => list.map((value) => [...row, value]));
  return rows;
}
