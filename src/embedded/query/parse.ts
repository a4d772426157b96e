import { fieldName } from '../bson/field-name.js';
import { type Document, isDocument, isTruthy, RANK, rankOf, typeName } from '../bson/value.js';
import { badValue, notSupported } from '../engine-error.js';

/** Comparison operators of the closed list that take one value. */
export type ComparisonOp = 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte';

interface Logical<Op> {
  readonly op: Op;
  readonly children: readonly Expression[];
}

interface Comparison<Op> {
  readonly op: Op;
  readonly path: string;
  readonly operand: unknown;
}

/** A filter as a tree. `path` is empty inside `$elemMatch` of scalars, where the element itself is tested. */
export type Expression =
  | Logical<'and'>
  | Logical<'or'>
  | Comparison<'eq'>
  | Comparison<'ne'>
  | Comparison<'gt'>
  | Comparison<'gte'>
  | Comparison<'lt'>
  | Comparison<'lte'>
  | { readonly op: 'in'; readonly path: string; readonly operand: readonly unknown[] }
  | { readonly op: 'exists'; readonly path: string; readonly operand: boolean }
  | { readonly op: 'elemMatchValue'; readonly path: string; readonly children: readonly Expression[] }
  | { readonly op: 'elemMatchObject'; readonly path: string; readonly child: Expression };

const COMPARISONS: Record<string, ComparisonOp> = {
  $eq: 'eq',
  $ne: 'ne',
  $gt: 'gt',
  $gte: 'gte',
  $lt: 'lt',
  $lte: 'lte',
};

/** Every query operator of the closed list. */
export const QUERY_OPERATORS: readonly string[] = [
  ...Object.keys(COMPARISONS),
  '$in',
  '$exists',
  '$and',
  '$or',
  '$elemMatch',
];

/** Operators MongoDB has and this engine refuses, so that the message can tell a limit from a typing error. */
export const REFUSED_QUERY_OPERATORS: ReadonlySet<string> = new Set(
  (
    '$not $nin $regex $options $mod $all $size $type $expr $where $text $comment $nor $jsonSchema $geoWithin $geoIntersects ' +
    '$near $nearSphere $geoNear $within $bitsAllSet $bitsAllClear $bitsAnySet $bitsAnyClear $rand $sampleRate $alwaysTrue ' +
    '$alwaysFalse $encStrictType'
  ).split(' '),
);

/** Fields of a DBRef: an object that starts with one is a value, not operators. */
const DBREF_FIELDS = new Set(['$ref', '$id', '$db']);

/** True for an object whose first field is an operator. */
export function isOperatorObject(value: unknown): value is Document {
  if (!isDocument(value)) return false;
  for (const name in value) return name.startsWith('$') && !DBREF_FIELDS.has(name);
  return false;
}

function unknownOperator(name: string, place: string): Error {
  return REFUSED_QUERY_OPERATORS.has(name)
    ? notSupported(`the query operator ${name}`)
    : badValue(`unknown ${place}operator: ${name}`);
}

/** Reads a query filter into a tree; anything outside the closed list is refused (2). */
export function parseFilter(filter: unknown): Expression {
  if (!isDocument(filter)) throw badValue(`a filter must be an object, but it is of type ${typeName(filter)}`);
  const children: Expression[] = [];
  for (const name of Object.keys(filter)) {
    const value = filter[name];
    if (name === '$and' || name === '$or') {
      children.push({ op: name === '$and' ? 'and' : 'or', children: parseBranches(name, value) });
    } else if (name.startsWith('$') && !DBREF_FIELDS.has(name)) throw unknownOperator(name, 'top level ');
    else children.push(...parseField(fieldName(name), value));
  }
  return children.length === 1 ? (children[0] as Expression) : { op: 'and', children };
}

function parseBranches(name: string, value: unknown): Expression[] {
  if (!Array.isArray(value)) throw badValue(`${name} must be an array`);
  if (value.length === 0) throw badValue('$and/$or/$nor must be a nonempty array');
  return value.map((branch) => {
    if (!isDocument(branch)) throw badValue('$or/$and/$nor entries need to be full objects');
    return parseFilter(branch);
  });
}

function parseField(path: string, value: unknown): Expression[] {
  if (isOperatorObject(value)) return parseOperators(path, value);
  return [{ op: 'eq', path, operand: checkOperand(path, value) }];
}

/** Reads `{$gt: …, $lt: …}` for one path; an empty path means the value itself. */
export function parseOperators(path: string, operators: Document): Expression[] {
  return Object.keys(operators).map((name) => parseOperator(path, name, operators[name]));
}

function parseOperator(path: string, name: string, operand: unknown): Expression {
  const comparison = COMPARISONS[name];
  if (comparison !== undefined) return { op: comparison, path, operand: checkOperand(path, operand) };
  if (name === '$in') return { op: 'in', path, operand: parseInList(operand) };
  if (name === '$exists') return { op: 'exists', path, operand: isTruthy(operand) };
  if (name === '$elemMatch') return parseElemMatch(path, operand);
  throw unknownOperator(name, '');
}

function checkOperand(path: string, operand: unknown): unknown {
  if (rankOf(operand) === RANK.REGEX) throw notSupported(`a regular expression as a condition on '${path}'`);
  if (operand === undefined) throw badValue(`cannot compare '${path}' to undefined`);
  return operand;
}

function parseInList(operand: unknown): unknown[] {
  if (!Array.isArray(operand)) throw badValue('$in needs an array');
  for (const value of operand) {
    if (isOperatorObject(value)) throw badValue('cannot nest $ under $in');
    checkOperand('$in', value);
  }
  return operand;
}

function parseElemMatch(path: string, operand: unknown): Expression {
  if (!isDocument(operand)) throw badValue('$elemMatch needs an Object');
  const [first] = Object.keys(operand);
  const isLogical = first === '$and' || first === '$or' || first === '$nor' || first === '$where' || first === '$expr';
  if (isOperatorObject(operand) && !isLogical) {
    return { op: 'elemMatchValue', path, children: parseOperators('', operand) };
  }
  return { op: 'elemMatchObject', path, child: parseFilter(operand) };
}
