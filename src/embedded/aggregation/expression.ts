import { fieldOf } from '../bson/path.js';
import { type Document, isDocument, RANK, rankOf, typeName } from '../bson/value.js';
import { badValue, locationError, notSupported } from '../engine-error.js';

/** A value computed from a document; `undefined` when there is nothing. */
export type Evaluate = (doc: Document) => unknown;

/** Reads "$a.b" into its path without the dollar; variables and bad paths are refused. */
export function parseFieldPath(value: string): string {
  if (value.startsWith('$$')) throw notSupported(`the variable ${value}`);
  const path = value.slice(1);
  if (path === '') throw locationError(16872, "'$' by itself is not a valid FieldPath");
  const parts = path.split('.');
  if (parts.includes('')) throw locationError(15998, `FieldPath field names may not be empty: '${value}'`);
  if (parts.some((part) => part.startsWith('$'))) {
    throw locationError(16410, `FieldPath field names may not start with '$': '${value}'`);
  }
  return path;
}

/** True for a string that names a field path. */
export function isFieldPath(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('$');
}

/** The value at a path as expressions see it: an array on the way gives the array of its objects' values. */
export function compileFieldPath(path: string): Evaluate {
  const parts = path.split('.');
  if (parts.length === 1) return (doc) => fieldOf(doc, path);
  return (doc) => valueAt(doc, parts, 0);
}

function valueAt(value: unknown, parts: readonly string[], at: number): unknown {
  if (at === parts.length) return value;
  if (Array.isArray(value)) {
    return value.map((element) => valueAt(element, parts, at)).filter((element) => element !== undefined);
  }
  return isDocument(value) ? valueAt(fieldOf(value, parts[at] as string), parts, at + 1) : undefined;
}

/** Compiles a field path, a scalar literal or `$ifNull` over them; other expressions are refused (2). */
export function compileValueExpression(expression: unknown): Evaluate {
  if (isFieldPath(expression)) return compileFieldPath(parseFieldPath(expression));
  if (isDocument(expression)) {
    const names = Object.keys(expression);
    if (names.length === 1 && names[0] === '$ifNull') return compileIfNull(expression['$ifNull']);
    throw notSupported(`the expression ${names[0] ?? '{}'}`);
  }
  if (Array.isArray(expression)) throw notSupported('an array as an expression');
  if (expression === undefined) throw badValue(`an expression cannot be of type ${typeName(expression)}`);
  return () => expression;
}

function compileIfNull(operands: unknown): Evaluate {
  if (!Array.isArray(operands) || operands.length < 2) {
    throw locationError(1257300, '$ifNull needs at least two arguments, an expression and a replacement');
  }
  const evaluations = operands.map(compileValueExpression);
  const replacement = evaluations.pop() as Evaluate;
  return (doc) => {
    for (const evaluate of evaluations) {
      const value = evaluate(doc);
      if (rankOf(value) !== RANK.NULL) return value;
    }
    return replacement(doc);
  };
}
