import { type Document, Double, EJSON, Int32, Long } from 'bson';
import fc from 'fast-check';
import { anyArray, anyObject, anyValue, Choice, keyOf, SCALARS } from './model-values.js';

/** One step of a sequence: a command, or the begin or end of a transaction. */
export interface Step {
  kind: 'command' | 'begin' | 'commitTransaction' | 'abortTransaction';
  /** Sent inside of the open transaction, if there is one. */
  isInside: boolean;
  body: Document;
}

/** Indexes that come and go. */
export const INDEXES: readonly Document[] = [
  { key: { k: 1 }, name: 'k' },
  { key: { k: 1, n: 1 }, name: 'k_n' },
  { key: { v: 1 }, name: 'v' },
  { key: { t: 1 }, name: 't' },
  { key: { 'o.x': 1 }, name: 'o.x' },
  { key: { k: 1, t: 1 }, name: 'k_t' },
  { key: { v: 1, k: 1 }, name: 'v_k', sparse: true },
  { key: { n: 1 }, name: 'n_of_a', partialFilterExpression: { k: 'a' } },
  { key: { k: 1, n: 1, _id: 1 }, name: 'k_of_v', partialFilterExpression: { v: { $exists: true } } },
  { key: { 'o.x': 1, 'o.y': 1 }, name: 'o.x_o.y' },
  { key: { t: 1 }, name: 't_sparse', sparse: true },
  { key: { k: 1, [keyOf('7')]: 1 }, name: 'k_7' },
];

const IDS: readonly unknown[] = [
  ...Array.from({ length: 12 }, (_, n) => new Int32(n)),
  new Double(3),
  Long.fromNumber(4),
  new Double(0.5),
  'a',
  'b',
  '',
  `${'long '.repeat(400)}1`,
  `${'long '.repeat(400)}2`,
];
const KINDS: readonly unknown[] = [new Int32(1), 'a', 'b', null, new Double(1), new Int32(2), `${'k'.repeat(1700)}`];
const COUNTS: readonly unknown[] = [new Int32(1), new Int32(2), new Double(0.5), Long.fromNumber(3), new Int32(-1)];
const PATHS = ['k', 'n', 'v', 't', 'o.x', 'o.y', 'o', '_id', 'absent', '7'] as const;

function anyDocument(choice: Choice, id?: unknown): Document {
  const doc: Document = id === undefined ? {} : { _id: id };
  if (choice.below(5) < 4) doc['k'] = choice.pick(KINDS);
  if (choice.below(4) < 3) doc['n'] = choice.pick(COUNTS);
  if (choice.below(4) < 2) doc['v'] = anyValue(choice);
  if (choice.below(4) === 0) doc[keyOf('7')] = choice.pick(SCALARS);
  if (choice.below(4) < 3) doc['t'] = choice.below(4) === 0 ? choice.pick(SCALARS) : anyArray(choice);
  const shape = choice.below(5);
  if (shape === 1) doc['o'] = anyObject(choice);
  if (shape === 2) doc['o'] = [anyObject(choice), anyObject(choice)];
  if (shape === 3) doc['o'] = [anyObject(choice), choice.pick(SCALARS)];
  if (shape === 4) doc['o'] = choice.pick<unknown>([[], null, new Int32(1)]);
  return doc;
}

function operandFor(choice: Choice, path: string): unknown {
  if (path === '_id') return choice.pick(IDS);
  if (path === 'k') return choice.pick(KINDS);
  if (path === 'n') return choice.pick(COUNTS);
  return anyValue(choice);
}

function anyCondition(choice: Choice, path: string): unknown {
  const operand = (): unknown => operandFor(choice, path);
  switch (choice.below(12)) {
    case 0:
    case 1:
      return operand();
    case 2:
      return { $in: [operand(), operand(), operand()].slice(0, choice.below(4)) };
    case 3:
      return { [choice.pick(['$gt', '$gte'])]: operand() };
    case 4:
      return { [choice.pick(['$lt', '$lte'])]: operand() };
    case 5:
      return { [choice.pick(['$gt', '$gte'])]: operand(), [choice.pick(['$lt', '$lte'])]: operand() };
    case 6:
      return { $exists: choice.below(2) === 0 };
    case 7:
      return { $ne: operand() };
    case 8:
      return { $eq: operand(), $gte: operand() };
    case 9:
      return { $elemMatch: { [choice.pick(['$gt', '$gte', '$in'])]: operand(), $lt: operand() } };
    case 10:
      return { $elemMatch: { x: choice.pick(SCALARS), y: { $exists: choice.below(2) === 0 } } };
    default:
      return { $in: [operand(), operand()] };
  }
}

function anyFilter(choice: Choice, depth = 0): Document {
  const filter: Document = {};
  for (let left = choice.below(4); left > 0; left--) {
    const path = choice.pick(PATHS);
    filter[keyOf(path)] = repaired(anyCondition(choice, path));
  }
  if (depth < 2 && choice.below(6) === 5) {
    filter[choice.pick(['$and', '$or'])] = [anyFilter(choice, depth + 1), anyFilter(choice, depth + 1)];
  }
  return filter;
}

/** `$in` beside `$lt` in `$elemMatch` takes a list. */
function repaired(condition: unknown): unknown {
  const inner = (condition as { $elemMatch?: Document } | null)?.$elemMatch;
  if (inner && '$in' in inner) inner['$in'] = [inner['$in'], new Int32(1)];
  return condition;
}

/** A change that no document of the sequence can make fail. */
function safeUpdate(choice: Choice): Document {
  const parts: Document[] = [
    { $set: { k: choice.pick(KINDS) } },
    { $inc: { n: choice.pick(COUNTS) } },
    { $unset: { v: '' } },
    { $set: { v: anyValue(choice), z: choice.pick(SCALARS) } },
    { $max: { n: choice.pick(COUNTS) } },
    { $set: { z: choice.pick(SCALARS), [keyOf('12')]: choice.pick(SCALARS), [keyOf('7')]: anyValue(choice) } },
    { $unset: { [keyOf('7')]: '' }, $max: { [keyOf('12')]: choice.pick(SCALARS) } },
    { $unset: { 'o.x': '', k: '' } },
  ];
  return { ...choice.pick(parts), ...(choice.below(3) === 0 ? { $setOnInsert: { s: new Int32(1) } } : {}) };
}

function anyUpdate(choice: Choice): Document {
  const push = {
    $each: anyArray(choice),
    ...(choice.below(3) === 0 ? { $slice: new Int32(choice.below(7) - 3) } : {}),
  };
  const parts: Document[] = [
    safeUpdate(choice),
    { $set: { 'o.x': choice.pick(SCALARS) } },
    { $push: { t: push }, $inc: { n: choice.pick(COUNTS) } },
    { $addToSet: { t: anyValue(choice) } },
    {
      $pull: {
        t: choice.pick<unknown>([choice.pick(SCALARS), { $in: anyArray(choice) }, { $gte: choice.pick(SCALARS) }]),
      },
    },
    { $pull: { o: anyObject(choice) } },
    { $inc: { v: choice.pick(COUNTS) } },
    { $max: { v: anyValue(choice), t: choice.pick(SCALARS) } },
    anyDocument(choice),
    anyDocument(choice, choice.pick(IDS)),
  ];
  const update = choice.pick(parts);
  return Object.keys(update).length === 0 ? { k: 'a' } : update;
}

function anySort(choice: Choice): Document {
  const direction = (): Int32 => new Int32(choice.below(2) === 0 ? 1 : -1);
  const sort: Document = {};
  const first = choice.pick(['k', 'n', 'v', 't', 'o.x', '_id', keyOf('7')]);
  sort[first] = direction();
  if (choice.below(2) === 0) sort[choice.pick(['k', 'n'])] ??= choice.below(3) === 0 ? direction() : sort[first];
  sort['_id'] ??= choice.below(3) === 0 ? direction() : sort[first];
  return sort;
}

const YES = new Int32(1);
const NO = new Int32(0);
const PROJECTIONS: readonly Document[] = [
  { k: YES, t: YES },
  { o: NO, _id: NO },
  { _id: NO, v: YES },
  { t: NO },
  { [keyOf('7')]: YES, v: YES },
];

function anyFind(choice: Choice): Document {
  const body: Document = { find: 'rows', filter: anyFilter(choice) };
  if (choice.below(3) > 0) body['sort'] = anySort(choice);
  if (choice.below(3) === 0) body['limit'] = new Int32(1 + choice.below(5));
  if (choice.below(4) === 0) body['batchSize'] = new Int32(1 + choice.below(3));
  if (choice.below(6) === 0) body['skip'] = new Int32(choice.below(4));
  if (choice.below(5) === 0) body['projection'] = choice.pick(PROJECTIONS);
  return body;
}

function anyUpdateStatement(choice: Choice): Document {
  const one = { multi: false, upsert: false };
  switch (choice.below(5)) {
    case 0:
      return { q: { _id: choice.pick(IDS) }, u: anyUpdate(choice), ...one };
    case 1:
      return { q: { ...anyFilter(choice), _id: choice.pick(IDS) }, u: anyUpdate(choice), ...one };
    case 2:
      return { q: anyFilter(choice), u: safeUpdate(choice), multi: true, upsert: false };
    case 3:
      return { q: { _id: choice.pick(IDS) }, u: safeUpdate(choice), ...one };
    default:
      return { q: { _id: choice.pick(IDS) }, u: anyUpdate(choice), multi: false, upsert: true };
  }
}

function anyDeleteStatement(choice: Choice): Document {
  const isOne = choice.below(4) > 0;
  return { q: isOne ? { _id: choice.pick(IDS) } : anyFilter(choice), limit: new Int32(isOne ? 1 : 0) };
}

function several<T>(choice: Choice, most: number, make: () => T): T[] {
  return Array.from({ length: 1 + choice.below(most) }, make);
}

function writeOf(choice: Choice): Document {
  const kind = choice.below(8);
  const ordered = choice.below(2) === 0;
  if (kind < 2)
    return { insert: 'rows', documents: several(choice, 4, () => anyDocument(choice, choice.pick(IDS))), ordered };
  if (kind < 6) return { update: 'rows', updates: several(choice, 4, () => anyUpdateStatement(choice)), ordered };
  if (kind < 7) return { delete: 'rows', deletes: several(choice, 2, () => anyDeleteStatement(choice)), ordered };
  const change = choice.below(4) === 0 ? { remove: true } : { update: anyUpdate(choice), new: choice.below(2) === 0 };
  return { findAndModify: 'rows', query: anyFilter(choice), sort: anySort(choice), ...change };
}

const GROUP = {
  $group: { _id: '$k', rows: { $sum: new Int32(1) }, sum: { $sum: '$n' }, high: { $max: '$v' }, low: { $min: '$n' } },
};

function decodeStep(bytes: Uint8Array): Step {
  const choice = new Choice(bytes);
  const kind = choice.below(32);
  const isInside = choice.below(3) > 0;
  const command = (body: Document): Step => ({ kind: 'command', isInside, body });
  if (kind < 14) return command(writeOf(choice));
  if (kind < 24) return command(anyFind(choice));
  if (kind === 24) return command({ aggregate: 'rows', pipeline: [{ $match: anyFilter(choice) }, GROUP], cursor: {} });
  if (kind === 25) return command({ count: 'rows' });
  if (kind === 26) return command({ createIndexes: 'rows', indexes: [choice.pick(INDEXES)] });
  if (kind === 27) return command({ dropIndexes: 'rows', index: choice.pick(INDEXES)['name'] });
  const end = choice.below(3) > 0 ? 'commitTransaction' : 'abortTransaction';
  return { kind: kind < 30 ? 'begin' : end, isInside, body: {} };
}

/** Bytes per step: enough for the largest choices, most steps use a few. */
const STEP_BYTES = 32;

/** Sequences of steps. Shrinking drops steps and makes the rest simpler. */
export function anySteps(most: number): fc.Arbitrary<Step[]> {
  const bytes = fc.uint8Array({ minLength: STEP_BYTES, maxLength: STEP_BYTES });
  const step = bytes.map((value) => {
    const decoded = decodeStep(value);
    return Object.assign(decoded, { [fc.toStringMethod]: () => show(decoded) });
  });
  return fc.array(step, { maxLength: most, size: 'max' });
}

function show(step: Step): string {
  if (step.kind !== 'command') return step.kind;
  const text = EJSON.stringify(step.body, { relaxed: false });
  return `${step.isInside ? 'inside ' : ''}${text.replace(/(.{1,5})\1{40,}/g, '$1…')}`;
}
