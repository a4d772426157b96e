import { compilePick } from '../bson/raw.js';
import { EngineError } from '../engine-error.js';
import type { CompiledFilter } from '../query/match.js';
import type { CompiledSort } from '../query/sort.js';
import type { Collection } from '../store/collection.js';
import type { View } from '../store/view.js';
import { makePlan } from './planner.js';
import { type ScanCounts, type Step, scan } from './scan.js';

/** MongoDB's limit for a sort in memory, in bytes. */
const MAX_SORT_BYTES = 100 * 1024 * 1024;

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

function sorted(steps: Iterable<Step>, sort: CompiledSort, limit: number | undefined): Iterable<Step> {
  const pick = compilePick(sort.fields);
  return sort.steps({
    rows: steps,
    documentOf: (row) => pick(row.bytes),
    limit,
    memory: { sizeOf: (row) => row.bytes.length, check: checkSortSize },
  });
}

function checkSortSize(bytes: number): void {
  if (bytes <= MAX_SORT_BYTES) return;
  throw new EngineError(
    292,
    'QueryExceededMemoryLimitNoDiskUseAllowed',
    `Sort exceeded memory limit of ${MAX_SORT_BYTES} bytes; add an index for this order or a limit`,
  );
}
