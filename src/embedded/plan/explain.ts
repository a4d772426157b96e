import type { Stage } from '../aggregation/pipeline.js';
import { fieldKey } from '../bson/field-name.js';
import type { Document } from '../bson/value.js';
import type { Collection } from '../store/collection.js';
import type { Database } from '../store/database.js';
import { lookupSplit, type SplitPipeline } from './pipeline-rows.js';
import { makePlan, type Plan } from './planner.js';
import { type Query, queryRows } from './query-rows.js';
import type { ScanCounts } from './scan.js';

/** What is explained: a collection that may not exist. */
export interface ExplainTarget {
  database: Database | undefined;
  collection: Collection | undefined;
  namespace: string;
  /** Run the query too, and tell what it read. */
  withStats: boolean;
}

/** Plan of a query in MongoDB's shape: `queryPlanner.winningPlan`, and `executionStats` if wanted. */
export function explainQuery(target: ExplainTarget, query: Query): Document {
  const winningPlan = target.collection ? describe(target.collection, query) : { stage: 'EOF' };
  const queryPlanner = {
    namespace: target.namespace,
    parsedQuery: query.filter.source,
    indexFilterSet: false,
    maxIndexedOrSolutionsReached: false,
    winningPlan,
    rejectedPlans: [],
  };
  if (!target.withStats) return { queryPlanner };
  return {
    queryPlanner,
    executionStats: { executionSuccess: true, ...measure(target, query), executionStages: winningPlan },
  };
}

/** Plan of a pipeline: as a query when the store answers all of it, else `stages` with the query in `$cursor`. */
export function explainPipeline(target: ExplainTarget, split: SplitPipeline): Document {
  const query = explainQuery(target, split.query);
  if (split.rest.length === 0) return query;
  return { stages: [{ $cursor: query }, ...split.rest.map((stage) => describeStage(target.database, stage))] };
}

function describeStage(database: Database | undefined, stage: Stage): Document {
  if (stage.kind !== 'lookup') return { [`$${stage.kind}`]: {} };
  const { from, as, localField, foreignField } = stage;
  const foreign = database?.catalogue.find(from);
  // Two values stand for any number of them: the plan for several points is the general one.
  const split = lookupSplit(stage, ['', '\u0000']);
  const winningPlan = foreign ? describe(foreign, split.query) : { stage: 'EOF' };
  const plan = foreign && makePlan(foreign, split.query.filter, split.query.sort);
  return {
    $lookup: { from, as, localField, foreignField },
    collectionScans: plan?.isFullScan ? 1 : 0,
    indexesUsed: plan && !plan.isFullScan ? [indexName(plan)] : [],
    queryPlanner: { winningPlan },
  };
}

function indexName(plan: Plan): string {
  return plan.index?.specification.name ?? '_id_';
}

function describe(collection: Collection, query: Query): Document {
  const plan = makePlan(collection, query.filter, query.sort);
  let stage = access(plan);
  const sort = query.sort;
  if (sort && !plan.isOrdered) {
    const sortPattern = Object.fromEntries(sort.keys.map((key) => [fieldKey(key.path), key.direction]));
    stage = { stage: 'SORT', sortPattern, memLimit: 104857600, type: 'simple', inputStage: stage };
  }
  if (query.skip) stage = { stage: 'SKIP', skipAmount: query.skip, inputStage: stage };
  if (query.limit !== undefined) stage = { stage: 'LIMIT', limitAmount: query.limit, inputStage: stage };
  return stage;
}

function access(plan: Plan): Document {
  const direction = plan.isReverse ? 'backward' : 'forward';
  const filter = plan.filter.source;
  if (!plan.index && plan.isFullScan && !plan.isOrderedByIndex) return { stage: 'COLLSCAN', filter, direction };
  if (!plan.index && plan.filter.isIdOnly && plan.ranges.length === 1 && plan.ranges[0]?.point) {
    return { stage: 'IDHACK' };
  }
  const scanOf = (): Document => ({
    stage: 'IXSCAN',
    keyPattern: plan.index?.specification.key ?? { _id: 1 },
    indexName: indexName(plan),
    isMultiKey: (plan.index?.multikey.size ?? 0) > 0,
    isUnique: !plan.index,
    isSparse: plan.index?.specification.sparse ?? false,
    isPartial: plan.index?.partial !== undefined,
    indexVersion: 2,
    direction,
  });
  if (plan.isMerge) {
    return { stage: 'FETCH', filter, inputStage: { stage: 'SORT_MERGE', inputStages: plan.ranges.map(scanOf) } };
  }
  return { stage: 'FETCH', filter, inputStage: scanOf() };
}

function measure(target: ExplainTarget, query: Query): Document {
  const { database, collection } = target;
  if (!database || !collection) return { nReturned: 0, totalKeysExamined: 0, totalDocsExamined: 0 };
  const snapshot = database.openSnapshot();
  const counts: ScanCounts = { keys: 0, documents: 0 };
  let nReturned = 0;
  const started = Date.now();
  try {
    for (const row of queryRows(collection, snapshot, query, counts)) if (row) nReturned++;
  } finally {
    snapshot.release();
  }
  return {
    nReturned,
    executionTimeMillis: Date.now() - started,
    totalKeysExamined: counts.keys,
    totalDocsExamined: counts.documents,
  };
}
