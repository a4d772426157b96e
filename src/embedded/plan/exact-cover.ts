import { type BsonNumber, isNumber, RANK, rankOf, toNumber } from '../bson/value.js';
import type { CompiledFilter } from '../query/match.js';
import type { Expression } from '../query/parse.js';
import type { Candidate, PlannedRange } from './planner.js';

/** Keys are whole at least this far, so a shorter beginning of one tells its values exactly. */
const SURELY_WHOLE_BYTES = 1024;

/**
 * True when standing in one of these ranges of an index is proof enough that a document matches: the filter is nothing
 * but equalities and lists, on the leading paths of the index, with values whose key no other value shares. Null is not
 * one of them (missing fields, and arrays of scalars on the way, have its key too), nor are NaN, objects and arrays.
 */
export function isCoveredBy(candidate: Candidate, filter: CompiledFilter, ranges: readonly PlannedRange[]): boolean {
  if (!candidate.index || candidate.multikey.size > 0 || candidate.bounds) return false;
  const covered = new Set(candidate.paths.slice(0, candidate.points.length));
  const parts = filter.expression.op === 'and' ? filter.expression.children : [filter.expression];
  if (parts.length === 0 || parts.length !== candidate.points.length) return false;
  if (ranges.some((range) => range.headLength > SURELY_WHOLE_BYTES)) return false;
  // Each path is given up once it is used: a second condition on it would go untested.
  return parts.every((part) => isPoint(part) && covered.delete(part.path));
}

function isPoint(part: Expression): part is Extract<Expression, { op: 'eq' | 'in' }> {
  if (part.op === 'eq') return hasOwnKey(part.operand);
  return part.op === 'in' && part.operand.every(hasOwnKey);
}

function hasOwnKey(value: unknown): boolean {
  const rank = rankOf(value);
  if (isNumber(value)) return !Number.isNaN(toNumber(value as BsonNumber));
  return rank === RANK.STRING || rank === RANK.OBJECT_ID || rank === RANK.BOOL || rank === RANK.DATE;
}
