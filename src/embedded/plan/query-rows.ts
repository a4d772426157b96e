import { compilePick } from '../bson/raw.js';
import { EngineError } from '../engine-error.js';
import type { CompiledFilter } from '../query/match.js';
import type { CompiledSort } from '../query/sort.js';
import type { Collection } from '../store/collection.js';
import type { View } from '../store/view.js';
import { makePlan } from './planner.js';
import { type Row, type ScanCounts, type Step, scan } from './scan.js';

/** MongoDB's limit for a sort in memory, in bytes. */
const MAX_SORT_BYTES = 100 * 1024 * 1024;

/** A sort with a limit is cut down to it whenever this many more rows were collected. */
const SORT_SLACK_ROWS = 4096;

/** A query on one collection: which rows, in which order, which part. */
export interface Query {
  filter: CompiledFilter;
  sort?: CompiledSort | undefined;
  skip?: number | undefined;
  /** Undefined for all. */
  limit?: number | undefined;
}

/** The stored rows a query gives, in order; steps without a row are moments to check the time. */
export function* queryRows(
  collection: Collection,
  view: View,
  query: Query,
  counts?: ScanCounts,
): Generator<Step, void> {
  const plan = makePlan(collection, query.filter, query.sort);
  const steps = scan(plan, view, counts);
  const ordered = query.sort && !plan.isOrdered ? sorted(steps, query.sort, lastNeeded(query)) : steps;
  yield* part(ordered, query.skip ?? 0, query.limit);
}

function lastNeeded(query: Query): number | undefined {
  return query.limit === undefined ? undefined : query.limit + (query.skip ?? 0);
}

function* part(steps: Iterable<Step>, skip: number, limit: number | undefined): Generator<Step, void> {
  if (limit === 0) return;
  let position = 0;
  for (const row of steps) {
    if (!row || position++ < skip) yield undefined;
    else {
      yield row;
      if (limit !== undefined && position >= skip + limit) return;
    }
  }
}

function* sorted(steps: Iterable<Step>, sort: CompiledSort, limit: number | undefined): Generator<Step, void> {
  const pick = compilePick(sort.fields);
  const order = (rows: Row[]): Row[] => sort.sortBy(rows, (row) => pick(row.bytes), limit);
  let rows: Row[] = [];
  let bytes = 0;
  for (const row of steps) {
    if (row) {
      rows.push(row);
      bytes += row.bytes.length;
      if (limit !== undefined && rows.length >= limit + SORT_SLACK_ROWS) {
        rows = order(rows);
        bytes = rows.reduce((sum, kept) => sum + kept.bytes.length, 0);
      }
      checkSortSize(bytes);
    }
    yield undefined;
  }
  yield* order(rows);
}

function checkSortSize(bytes: number): void {
  if (bytes <= MAX_SORT_BYTES) return;
  throw new EngineError(
    292,
    'QueryExceededMemoryLimitNoDiskUseAllowed',
    `Sort exceeded memory limit of ${MAX_SORT_BYTES} bytes; add an index for this order or a limit`,
  );
}
