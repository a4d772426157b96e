import { fieldName } from '../bson/field-name.js';
import { encodeKey } from '../bson/keys.js';
import { type Document, isDocument, typeName } from '../bson/value.js';
import { locationError, notSupported } from '../engine-error.js';
import { setField } from '../update/document.js';
import { ACCUMULATORS, type Accumulator } from './accumulators.js';
import { compileFieldPath, type Evaluate, isFieldPath, parseFieldPath } from './expression.js';
import { checkStageBytes, type DocumentSteps } from './stages.js';

/** Runs `$group`: reads all documents, gives one per group in the order groups first appeared. */
export type CompiledGroup = (docs: DocumentSteps) => DocumentSteps;

interface Field {
  readonly name: string;
  readonly start: () => Accumulator;
}

interface Group {
  readonly id: unknown;
  readonly accumulators: readonly Accumulator[];
}

/** What a group takes in memory beside its key, in bytes, as estimated: entry, `_id` and result objects. */
const GROUP_BYTES = 300;

/** What an accumulator takes in memory, in bytes, as estimated. */
const ACCUMULATOR_BYTES = 120;

/** `_id` of a group: what identifies it, and the value the client sees. */
type IdOf = (doc: Document) => { key: string; id: unknown };

/** Compiles `$group` with `_id` a constant, a field path or an object of field paths, and `$sum`, `$min`, `$max`. */
export function compileGroup(spec: unknown): CompiledGroup {
  if (!isDocument(spec)) throw locationError(15947, "a group's fields must be specified in an object");
  if (spec['_id'] === undefined) throw locationError(15955, 'a group specification must include an _id');
  const idOf = compileGroupId(spec['_id']);
  const fields = Object.keys(spec)
    .filter((name) => name !== '_id')
    .map((key) => compileField(fieldName(key), spec[key]));
  return function* (docs) {
    const groups = new Map<string, Group>();
    let bytes = 0;
    for (const doc of docs) {
      yield undefined;
      if (!doc) continue;
      const { key, id } = idOf(doc);
      let group = groups.get(key);
      if (!group) {
        group = { id, accumulators: fields.map((field) => field.start()) };
        groups.set(key, group);
        bytes += GROUP_BYTES + 2 * key.length + fields.length * ACCUMULATOR_BYTES;
        checkStageBytes('$group', bytes);
      }
      const { accumulators } = group;
      for (let i = 0; i < accumulators.length; i++) (accumulators[i] as Accumulator).add(doc);
    }
    yield* results(groups, fields);
  };
}

function* results(groups: ReadonlyMap<string, Group>, fields: readonly Field[]): Generator<Document> {
  for (const { id, accumulators } of groups.values()) {
    const doc: Document = { _id: id };
    for (const [i, { name }] of fields.entries()) setField(doc, name, (accumulators[i] as Accumulator).result());
    yield doc;
  }
}

function compileGroupId(spec: unknown): IdOf {
  if (isConstant(spec)) return () => ({ key: '', id: spec });
  if (isFieldPath(spec)) {
    const evaluate = compileFieldPath(parseFieldPath(spec));
    return (doc) => {
      const id = evaluate(doc) ?? null;
      return { key: keyOf(id), id };
    };
  }
  if (!isDocument(spec)) throw notSupported(`a group _id of type ${typeName(spec)}`);
  const parts = Object.keys(spec).map((key): [string, Evaluate] => {
    const name = fieldName(key);
    return [name, compileIdPart(name, spec[key])];
  });
  if (parts.length === 0) return () => ({ key: '', id: {} });
  return (doc) => {
    const id: Document = {};
    let key = '';
    for (const [name, evaluate] of parts) {
      const value = evaluate(doc);
      if (value !== undefined) setField(id, name, value);
      const part = value === undefined ? '' : keyOf(value);
      key += `${part.length}:${part}`;
    }
    return { key, id };
  };
}

/** A scalar that stands for itself, so that there is one group; strings that begin with `$` are paths. */
function isConstant(spec: unknown): boolean {
  return !isDocument(spec) && !Array.isArray(spec) && !isFieldPath(spec);
}

function compileIdPart(name: string, value: unknown): Evaluate {
  if (name.startsWith('$')) throw notSupported(`the expression ${name} as a group _id`);
  if (name.includes('.')) throw locationError(16410, `a field of a group _id may not contain a dot: '${name}'`);
  if (isConstant(value)) return () => value;
  if (!isFieldPath(value)) throw notSupported(`'${name}' in a group _id that is neither a field path nor a constant`);
  return compileFieldPath(parseFieldPath(value));
}

/** Equal values, equal text: strings as they are, others by their order-preserving bytes. */
function keyOf(value: unknown): string {
  return typeof value === 'string' ? `s${value}` : `k${encodeKey([value]).toString('latin1')}`;
}

function compileField(name: string, value: unknown): Field {
  if (name.includes('.')) throw locationError(40235, `The field name '${name}' cannot contain '.'`);
  if (name.startsWith('$')) throw locationError(40236, `The field name '${name}' cannot be an operator name`);
  const operators = isDocument(value) ? Object.keys(value) : [];
  if (!isDocument(value) || !operators[0]?.startsWith('$')) {
    throw locationError(40234, `The field '${name}' must be an accumulator object`);
  }
  if (operators.length !== 1) throw locationError(40238, `The field '${name}' must specify one accumulator`);
  const make = ACCUMULATORS.get(operators[0]);
  if (!make)
    throw locationError(15952, `the group operator ${operators[0]} is unknown or not supported by the embedded engine`);
  return { name, start: make(value[operators[0]]) };
}
