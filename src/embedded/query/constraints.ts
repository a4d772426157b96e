import { equalValues } from '../bson/compare.js';
import { encodeKey, type RangeBounds } from '../bson/keys.js';
import { isArrayIndex } from '../bson/path.js';
import { type BsonNumber, isNumber, RANK, rankOf, toNumber } from '../bson/value.js';
import { EngineError } from '../engine-error.js';
import type { Expression } from './parse.js';

/**
 * What the top-level conjunction says about one path, for the planner. Every matching document has an index entry that
 * meets each part by itself; on a multikey index two parts may be met by different elements, so only `elemMatch`
 * bounds may be combined there. Never null in a range, never arrays or decimals.
 */
export interface PathConstraint extends RangeBounds {
  /** Values of `$eq` or `$in`, each once. Null also stands for missing. */
  eq?: readonly unknown[];
  /** Bounds one and the same array element must meet: both ends can bound a scan of a multikey index. */
  elemMatch?: RangeBounds & { eq?: readonly unknown[] };
  exists?: boolean;
}

/** Constraints of a filter by path. */
export type Constraints = ReadonlyMap<string, PathConstraint>;

type Bounds = RangeBounds & { eq?: readonly unknown[] };

/** Gathers the constraints of the top-level conjunction, `$and` flattened; branches of `$or` say nothing. */
export function gatherConstraints(filter: Expression): Constraints {
  const byPath = new Map<string, PathConstraint>();
  gather(filter, byPath);
  return byPath;
}

function gather(expression: Expression, byPath: Map<string, PathConstraint>): void {
  if (expression.op === 'and') {
    for (const child of expression.children) gather(child, byPath);
    return;
  }
  if (expression.op === 'or') {
    if (expression.children.length === 1) gather(expression.children[0] as Expression, byPath);
    return;
  }
  if (expression.path.split('.').some(isArrayIndex)) return;
  const constraint = byPath.get(expression.path) ?? {};
  if (addTo(constraint, expression)) byPath.set(expression.path, constraint);
}

function addTo(constraint: PathConstraint, expression: Expression): boolean {
  switch (expression.op) {
    case 'exists':
      constraint.exists ??= expression.operand;
      return true;
    case 'elemMatchValue': {
      const bounds: Bounds = {};
      const hasBound = expression.children.filter((child) => addBound(bounds, child)).length > 0;
      if (hasBound) constraint.elemMatch ??= bounds;
      return hasBound;
    }
    default:
      return addBound(constraint, expression);
  }
}

/** Keeps the first bound of each side and the shortest list: each alone is a superset, and the filter is rechecked. */
function addBound(bounds: Bounds, expression: Expression): boolean {
  switch (expression.op) {
    case 'eq':
    case 'in': {
      const values = expression.op === 'eq' ? [expression.operand] : expression.operand;
      if (!values.every(isIndexable)) return false;
      const distinct = distinctValues(values);
      if (!bounds.eq || distinct.length < bounds.eq.length) bounds.eq = distinct;
      return true;
    }
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      if (isNullBound(expression.op, expression.operand)) {
        bounds.eq ??= [null];
        return true;
      }
      if (!isRangeable(expression.operand)) return false;
      bounds[expression.op] ??= expression.operand;
      return true;
    default:
      return false;
  }
}

function isNullBound(op: string, operand: unknown): boolean {
  return rankOf(operand) === RANK.NULL && (op === 'gte' || op === 'lte');
}

function isIndexable(value: unknown): boolean {
  const rank = rankOf(value);
  if (rank === RANK.STRING || rank === RANK.NULL || rank === RANK.OBJECT_ID || rank === RANK.BOOL) return true;
  if (rank === RANK.ARRAY) return false;
  try {
    encodeKey([value]);
    return true;
  } catch (error) {
    if (error instanceof EngineError) return false;
    throw error;
  }
}

function isRangeable(value: unknown): boolean {
  const rank = rankOf(value);
  if (rank === RANK.NULL || rank === RANK.MIN_KEY || rank === RANK.MAX_KEY || rank === RANK.OBJECT) return false;
  return isIndexable(value) && !(isNumber(value) && Number.isNaN(toNumber(value as BsonNumber)));
}

function distinctValues(values: readonly unknown[]): readonly unknown[] {
  if (values.length <= 1) return values;
  if (values.every((value) => typeof value === 'string')) return [...new Set(values)];
  const seen = new Map<string, unknown>();
  for (const value of values) {
    const key = typeof value === 'string' ? `s${value}` : `k${encodeKey([value]).toString('latin1')}`;
    if (!seen.has(key)) seen.set(key, value);
  }
  return [...seen.values()];
}

/** True when no document that meets the constraint lacks the path. */
export function impliesPresence(constraint: PathConstraint | undefined): boolean {
  if (!constraint) return false;
  if (constraint.exists === true || constraint.elemMatch !== undefined) return true;
  if (constraint.eq) return constraint.eq.every((value) => rankOf(value) !== RANK.NULL);
  return [constraint.gt, constraint.gte, constraint.lt, constraint.lte].some((bound) => bound !== undefined);
}

/** True when the constraints guarantee one part of a partial index's filter: a literal equality or existence. */
export function impliesExpression(constraints: Constraints, wanted: Expression): boolean {
  switch (wanted.op) {
    case 'and':
      return wanted.children.every((child) => impliesExpression(constraints, child));
    case 'eq': {
      const values = constraints.get(wanted.path)?.eq;
      return values?.every((value) => equalValues(value, wanted.operand)) === true;
    }
    case 'exists':
      return wanted.operand && impliesPresence(constraints.get(wanted.path));
    default:
      return false;
  }
}
