import { fieldKey } from '../bson/field-name.js';
import { topField } from '../bson/path.js';
import { type Document, isDocument, RANK, rankOf } from '../bson/value.js';
import { type Constraints, gatherConstraints, impliesExpression, impliesPresence } from './constraints.js';
import { type Expression, isOperatorObject, parseFilter, parseOperators } from './parse.js';
import { equalityTest, membershipTest, rangeTest, type ValueTest } from './predicate.js';
import { anyElement, compilePathTest } from './walk.js';

/** A test of a whole document. */
export type DocumentTest = (doc: Document) => boolean;

/** A filter compiled once. */
export interface CompiledFilter {
  readonly source: Document;
  /** The filter as a tree, for what an upsert takes from it. */
  readonly expression: Expression;
  matches(doc: Document): boolean;
  /** What the planner may use, by path (see `PathConstraint`). */
  readonly constraints: Constraints;
  /** Top-level fields the filter reads: `compilePick(fields)` decodes enough for `matches`. */
  readonly fields: readonly string[];
  /** The filter is nothing but equality or `$in` on `_id` with indexable values: a point read needs no recheck. */
  readonly isIdOnly: boolean;
  /** Every matching document is in a partial index with this filter. */
  impliesPartial(partialFilter: Document): boolean;
  /** No matching document lacks this path, so a sparse index on it holds them all. */
  excludesMissing(path: string): boolean;
}

/** Compiles a query filter; operators outside the closed list are refused (2). */
export function compileFilter(filter: Document): CompiledFilter {
  const expression = parseFilter(filter);
  const constraints = gatherConstraints(expression);
  const fields = new Set<string>();
  collectFields(expression, fields);
  return {
    source: filter,
    expression,
    matches: compileExpression(expression),
    constraints,
    fields: [...fields],
    isIdOnly: isIdOnly(expression, constraints),
    impliesPartial: (partialFilter) => impliesExpression(constraints, parseFilter(partialFilter)),
    excludesMissing: (path) => impliesPresence(constraints.get(path)),
  };
}

function isIdOnly(expression: Expression, constraints: Constraints): boolean {
  if (expression.op !== 'eq' && expression.op !== 'in') return false;
  if (expression.path !== '_id') return false;
  const values = constraints.get('_id')?.eq;
  return values?.every((value) => rankOf(value) !== RANK.NULL) === true;
}

function collectFields(expression: Expression, fields: Set<string>): void {
  if (expression.op !== 'and' && expression.op !== 'or') fields.add(topField(expression.path));
  else for (const child of expression.children) collectFields(child, fields);
}

/** Compiles a tree into a test of documents. */
export function compileExpression(expression: Expression): DocumentTest {
  switch (expression.op) {
    case 'and':
      return allOf(expression.children.map(compileExpression));
    case 'or':
      return anyOf(expression.children.map(compileExpression));
    case 'ne':
      return negate(compilePathTest(expression.path, equalityTest(expression.operand)));
    case 'exists': {
      const isPresent = compilePathTest(expression.path, (value) => value !== undefined);
      return expression.operand ? isPresent : negate(isPresent);
    }
    case 'elemMatchValue':
    case 'elemMatchObject':
      return compilePathTest(expression.path, compileValueTest(expression), true);
    default:
      return compilePathTest(expression.path, compileValueTest(expression));
  }
}

function allOf(tests: readonly DocumentTest[]): DocumentTest {
  const [first, second] = tests;
  if (!first) return () => true;
  if (!second) return first;
  if (tests.length === 2) return (doc) => first(doc) && second(doc);
  return (doc) => {
    for (let i = 0; i < tests.length; i++) if (!(tests[i] as DocumentTest)(doc)) return false;
    return true;
  };
}

function anyOf(tests: readonly DocumentTest[]): DocumentTest {
  return (doc) => {
    for (let i = 0; i < tests.length; i++) if ((tests[i] as DocumentTest)(doc)) return true;
    return false;
  };
}

const negate =
  (test: DocumentTest): DocumentTest =>
  (doc) =>
    !test(doc);

/** Compiles a tree without paths into a test of one value, which does not fan out. */
function compileValueTest(expression: Expression): ValueTest {
  switch (expression.op) {
    case 'eq':
      return equalityTest(expression.operand);
    case 'ne': {
      const isEqual = equalityTest(expression.operand);
      return (value) => !isEqual(value);
    }
    case 'in':
      return membershipTest(expression.operand);
    case 'exists':
      return (value) => (value !== undefined) === expression.operand;
    case 'elemMatchValue': {
      const tests = expression.children.map(compileValueTest);
      const test: ValueTest = (element) => tests.every((one) => one(element));
      return (value) => Array.isArray(value) && anyElement(value, test);
    }
    case 'elemMatchObject': {
      const test = compileExpression(expression.child);
      return (value) => Array.isArray(value) && anyElement(value, (element) => matchesElement(test, element));
    }
    case 'and':
    case 'or': {
      const tests = expression.children.map(compileValueTest);
      return (value) => (expression.op === 'and' ? tests.every((one) => one(value)) : tests.some((one) => one(value)));
    }
    default:
      return rangeTest(expression.op, expression.operand);
  }
}

/** `$elemMatch` also looks into arrays inside the array, as objects whose fields are the positions. */
function matchesElement(test: DocumentTest, element: unknown): boolean {
  if (isDocument(element)) return test(element);
  return Array.isArray(element) && test(Object.fromEntries(element.map((value, at) => [fieldKey(String(at)), value])));
}

/**
 * The test `$pull` applies to each element: an object of plain fields is a filter on elements that are objects,
 * operators test the element (an array element also by its own elements), anything else must be equal.
 */
export function compileElementTest(condition: unknown): ValueTest {
  if (isOperatorObject(condition) && !('$and' in condition) && !('$or' in condition)) {
    const tests = parseOperators('', condition).map(compileExpression);
    return (element) => {
      const wrapped = { '': element };
      return tests.every((test) => test(wrapped));
    };
  }
  if (isDocument(condition)) {
    const test = compileExpression(parseFilter(condition));
    return (element) => isDocument(element) && test(element);
  }
  return equalityTest(parseFilter({ value: condition }) && condition);
}
