import { type Document, Double, Int32, Long } from 'bson';
import { matches } from './model-query.js';
import { compare, identical, isObject, keyOf, nameOf, rank } from './model-values.js';

/** An error the engine has to answer with, by its code. */
export class ExpectedFailure extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`code ${code}`);
    this.code = code;
  }
}

function add(a: unknown, b: unknown): unknown {
  const types = [a, b].map((value) => (value as { _bsontype: string })._bsontype);
  const sum = Number(a) + Number(b);
  if (types.includes('Double')) return new Double(sum);
  if (types.includes('Long')) return Long.fromBigInt(BigInt(String(a)) + BigInt(String(b)));
  return Math.abs(sum) < 2 ** 31 ? new Int32(sum) : Long.fromNumber(sum);
}

function asArray(current: unknown): unknown[] {
  if (current === undefined) return [];
  if (!Array.isArray(current)) throw new ExpectedFailure(2);
  return current;
}

/** The new value of one field; `undefined` takes it away. */
function changed(operator: string, current: unknown, operand: unknown): unknown {
  switch (operator) {
    case '$set':
      return operand;
    case '$unset':
      return undefined;
    case '$inc':
      if (current !== undefined && rank(current) !== 1) throw new ExpectedFailure(14);
      return current === undefined ? operand : add(current, operand);
    case '$max':
      return current === undefined || compare(current, operand) < 0 ? operand : current;
    case '$push': {
      const { $each, $slice } = operand as { $each: unknown[]; $slice?: Int32 };
      const all = [...asArray(current), ...$each];
      if ($slice === undefined) return all;
      return Number($slice) >= 0 ? all.slice(0, Number($slice)) : all.slice(Number($slice));
    }
    case '$addToSet': {
      const all = [...asArray(current)];
      if (!all.some((element) => compare(element, operand) === 0)) all.push(operand);
      return all;
    }
    case '$pull': {
      if (current === undefined) return undefined;
      return asArray(current).filter((element) => !isPulled(element, operand));
    }
    default:
      throw new Error(`the model does not know ${operator}`);
  }
}

function isPulled(element: unknown, operand: unknown): boolean {
  if (!isObject(operand)) return compare(element, operand) === 0;
  if (Object.keys(operand)[0]?.startsWith('$')) return matches({ '': element }, { '': operand });
  return isObject(element) && matches(element, operand);
}

const MAKES_PATHS = new Set(['$set', '$inc', '$max', '$push', '$addToSet']);

function edit(doc: Document, parts: readonly string[], operator: string, operand: unknown): Document {
  const [first, ...rest] = parts as [string, ...string[]];
  const name = keyOf(first);
  const current = Object.hasOwn(doc, name) ? doc[name] : undefined;
  let next: unknown;
  if (rest.length === 0) next = changed(operator, current, operand);
  else if (isObject(current)) next = edit(current, rest, operator, operand);
  else if (!MAKES_PATHS.has(operator)) return doc;
  else if (current !== undefined) throw new ExpectedFailure(28);
  else next = edit({}, rest, operator, operand);
  const { [name]: _, ...others } = doc;
  if (next === undefined) return current === undefined ? doc : others;
  return { ...doc, [name]: next };
}

/** Whole numbers first, by value; the paths of the model's updates are no deeper than one name. */
function comparePaths(a: string, b: string): number {
  const [one, other] = [Number.parseInt(a, 10), Number.parseInt(b, 10)];
  if (Number.isNaN(one) && Number.isNaN(other)) return a < b ? -1 : 1;
  return Number.isNaN(one) ? 1 : Number.isNaN(other) ? -1 : one - other;
}

/** The document after an update by operators or a replacement; the same object when nothing changed. */
export function updated(doc: Document, update: Document, isInsert = false): Document {
  const isReplacement = !Object.keys(update)[0]?.startsWith('$');
  let next: Document = isReplacement ? { _id: doc['_id'], ...update } : doc;
  if (isReplacement) {
    if (update['_id'] !== undefined && compare(update['_id'], doc['_id']) !== 0) throw new ExpectedFailure(66);
    next['_id'] = update['_id'] ?? doc['_id'];
  } else {
    const changes = Object.entries(update).flatMap(([name, fields]) => {
      if (name === '$setOnInsert' && !isInsert) return [];
      const operator = name === '$setOnInsert' ? '$set' : name;
      return Object.entries(fields as Document).map(([key, operand]) => ({ operator, path: nameOf(key), operand }));
    });
    changes.sort((a, b) => comparePaths(a.path, b.path));
    for (const { operator, path, operand } of changes) next = edit(next, path.split('.'), operator, operand);
  }
  return identical(doc, next) ? doc : next;
}
