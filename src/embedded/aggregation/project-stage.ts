import { fieldName } from '../bson/field-name.js';
import { type Document, isDocument, isNumber, typeName } from '../bson/value.js';
import { locationError, notSupported } from '../engine-error.js';
import { parseProjection } from '../projection/parse.js';
import { type CompiledProjection, compileProjection } from '../projection/project.js';
import { setField } from '../update/document.js';
import { compileValueExpression, type Evaluate } from './expression.js';

/**
 * Compiles `$project`: inclusion or exclusion as in `find`, and top-level fields computed by `$ifNull` or a field path.
 * Computed fields follow the included ones in the order of the specification; a computed field with no value is left out.
 */
export function compileProjectStage(spec: unknown): CompiledProjection {
  if (!isDocument(spec)) throw locationError(15969, `$project specification must be an object, got ${typeName(spec)}`);
  const names = Object.keys(spec);
  if (names.length === 0) {
    throw locationError(
      51272,
      'Invalid $project :: caused by :: projection specification must have at least one field',
    );
  }
  const plain: Document = {};
  const computed: [string, Evaluate][] = [];
  for (const key of names) {
    const name = fieldName(key);
    if (isPlain(spec[key])) plain[key] = spec[key];
    else computed.push([name, compileComputed(name, spec[key])]);
  }
  if (computed.length === 0) return compileProjection(plain);
  return withComputed(compileIncluded(plain), computed);
}

function isPlain(value: unknown): boolean {
  if (typeof value === 'boolean' || isNumber(value)) return true;
  return isDocument(value) && !Object.keys(value).some((name) => name.startsWith('$'));
}

function compileComputed(name: string, expression: unknown): Evaluate {
  if (name === '_id') throw notSupported('a computed _id in $project');
  if (name.includes('.')) throw notSupported(`a computed field below another ('${name}') in $project`);
  if (name.startsWith('$')) throw locationError(16410, `FieldPath field names may not start with '$': '${name}'`);
  if (typeof expression === 'string' && !expression.startsWith('$')) {
    throw notSupported(`a literal for '${name}' in $project`);
  }
  if (expression === null || typeof expression !== 'object') return compileValueExpression(expression);
  if (!isDocument(expression)) throw notSupported(`a value of type ${typeName(expression)} for '${name}' in $project`);
  return compileValueExpression(expression);
}

/** What is kept besides computed fields: `_id` unless excluded, and the included fields. */
function compileIncluded(plain: Document): CompiledProjection {
  const excludesOnlyId = Object.keys(plain).every((name) => name === '_id');
  const parsed = parseProjection(plain);
  if (parsed.kind === 'all') return compileProjection({ _id: true });
  if (parsed.kind === 'include') return compileProjection(plain);
  if (excludesOnlyId) return () => ({});
  throw locationError(31254, 'Cannot do exclusion in $project beside computed fields, except of _id');
}

function withComputed(keep: CompiledProjection, computed: readonly [string, Evaluate][]): CompiledProjection {
  return (doc) => {
    const result = keep(doc);
    for (const [name, evaluate] of computed) {
      const value = evaluate(doc);
      if (value !== undefined) setField(result, name, value);
    }
    return result;
  };
}
