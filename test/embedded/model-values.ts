import { Binary, BSON, type Document, Double, Int32, Long, ObjectId } from 'bson';

/** Draws choices from bytes, so that fewer and smaller bytes mean a simpler choice; zeros when they run out. */
export class Choice {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** A whole number from 0 to below `bound`. */
  below(bound: number): number {
    return (this.#bytes[this.#at++] ?? 0) % bound;
  }

  /** One of the items. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }
}

/** Scalars of every type, with the pairs that are easily confused. */
export const SCALARS: readonly unknown[] = [
  new Int32(0),
  new Int32(1),
  'a',
  null,
  new Double(1),
  new Int32(2),
  Long.fromNumber(2),
  new Double(0.5),
  'b',
  true,
  false,
  '',
  '\u{1F600}',
  '\uE000',
  'a\u0000',
  new Double(-0),
  new Double(Number.NaN),
  new Double(2 ** 53),
  Long.fromString('9007199254740993'),
  new Double(Number.NEGATIVE_INFINITY),
  new Date(0),
  new Date(-1),
  new ObjectId('000000000000000000000001'),
  new ObjectId('000000000000000000000002'),
  new Binary(new Uint8Array([1])),
  new Binary(new Uint8Array([0, 0])),
];

/** A value of any shape: mostly scalars, else arrays and objects of them. */
export function anyValue(choice: Choice): unknown {
  const shape = choice.below(8);
  if (shape < 5) return choice.pick(SCALARS);
  if (shape === 5) return anyArray(choice);
  return anyObject(choice);
}

/** An array of up to three scalars, or one with an array in it. */
export function anyArray(choice: Choice): unknown[] {
  const length = choice.below(4);
  const array: unknown[] = Array.from({ length }, () => choice.pick(SCALARS));
  if (choice.below(8) === 7) array.push([choice.pick(SCALARS)]);
  return array;
}

/**
 * Where a model's document holds a field: as in the engine's decoded documents, names that an object cannot keep in
 * order or at all stand behind a NUL.
 */
export function keyOf(name: string): string {
  return /^\d+$/.test(name) || name === '_bsontype' ? `\0${name}` : name;
}

/** The field's name for a key: see {@link keyOf}. */
export function nameOf(key: string): string {
  return key.startsWith('\0') ? key.slice(1) : key;
}

/** An object with `x`, `y`, both in either order, or nothing; or one with names that are easily put out of order. */
export function anyObject(choice: Choice): Document {
  const shape = choice.below(8);
  const x = (): unknown => choice.pick(SCALARS);
  if (shape === 0) return { x: x() };
  if (shape === 1) return { x: x(), y: x() };
  if (shape === 2) return { y: x(), x: x() };
  if (shape === 5) return { x: x(), [keyOf('1')]: x() };
  if (shape === 6) return { [keyOf('10')]: x(), [keyOf('9')]: x(), y: x() };
  if (shape === 7) return { [keyOf('9')]: x(), [keyOf('10')]: x(), [keyOf('_bsontype')]: x() };
  return shape === 3 ? { y: x() } : {};
}

const RANKS = ['null', 'number', 'string', 'object', 'array', 'binary', 'objectId', 'bool', 'date'] as const;

/** The bracket of a value in MongoDB's order; missing stands with null. */
export function rank(value: unknown): number {
  return RANKS.indexOf(kindOf(value));
}

function kindOf(value: unknown): (typeof RANKS)[number] {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (Array.isArray(value)) return 'array';
  if (value instanceof Date) return 'date';
  const type = (value as { _bsontype?: string })._bsontype;
  if (type === 'Int32' || type === 'Double' || type === 'Long') return 'number';
  if (type === 'ObjectId') return 'objectId';
  return type === 'Binary' ? 'binary' : 'object';
}

const sign = (difference: number): number => (difference < 0 ? -1 : difference > 0 ? 1 : 0);

function exact(value: unknown): number | bigint {
  const long = value as Long;
  return long._bsontype === 'Long' ? long.toBigInt() : Number(value);
}

function compareNumbers(a: number | bigint, b: number | bigint): number {
  const nan = (value: number | bigint): number => (typeof value === 'number' && Number.isNaN(value) ? 0 : 1);
  // JavaScript compares a number with a bigint exactly.
  return nan(a) - nan(b) || (a < b ? -1 : a > b ? 1 : 0);
}

/** MongoDB's order of values, written down as plainly as possible. */
export function compare(a: unknown, b: unknown): number {
  const kind = kindOf(a);
  if (kind !== kindOf(b)) return sign(rank(a) - rank(b));
  switch (kind) {
    case 'null':
      return 0;
    case 'number':
      return compareNumbers(exact(a), exact(b));
    case 'string':
      return sign(Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b))));
    case 'bool':
    case 'date':
      return sign(Number(a) - Number(b));
    case 'objectId':
      return sign(Buffer.compare((a as ObjectId).id, (b as ObjectId).id));
    case 'binary': {
      const [one, other] = [(a as Binary).value() as Uint8Array, (b as Binary).value() as Uint8Array];
      return sign(one.length - other.length) || sign(Buffer.compare(one, other));
    }
    case 'array':
      return compareLists(a as unknown[], b as unknown[], compare);
    case 'object':
      return compareLists(Object.entries(a as Document), Object.entries(b as Document), (x, y) => {
        return sign(rank(x[1]) - rank(y[1])) || compare(nameOf(x[0]), nameOf(y[0])) || compare(x[1], y[1]);
      });
  }
}

function compareLists<T>(a: readonly T[], b: readonly T[], order: (x: T, y: T) => number): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const result = order(a[i] as T, b[i] as T);
    if (result !== 0) return result;
  }
  return sign(a.length - b.length);
}

/** True for a plain object. */
export function isObject(value: unknown): value is Document {
  return kindOf(value) === 'object';
}

/** Bytes of a document: two documents are the same when these are. */
export function bytesOf(document: Document): Buffer {
  if (!hasMarks(document)) return Buffer.from(BSON.serialize(document));
  return join(Object.entries(document).map(([key, value]) => element(nameOf(key), value)));
}

function hasMarks(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasMarks);
  return isObject(value) && Object.entries(value).some(([key, inner]) => key.startsWith('\0') || hasMarks(inner));
}

/** One element of a document; the package writes scalars, under a name it takes. */
function element(name: string, value: unknown): Buffer {
  const head = (type: number): Buffer => Buffer.concat([Buffer.from([type]), Buffer.from(`${name}\0`)]);
  if (isObject(value)) return Buffer.concat([head(3), bytesOf(value)]);
  if (Array.isArray(value)) return Buffer.concat([head(4), join(value.map((one, at) => element(String(at), one)))]);
  const alone = Buffer.from(BSON.serialize({ v: value }));
  return Buffer.concat([head(alone[4] as number), alone.subarray(7, -1)]);
}

function join(elements: readonly Buffer[]): Buffer {
  const content = Buffer.concat(elements);
  const length = Buffer.alloc(4);
  length.writeInt32LE(content.length + 5, 0);
  return Buffer.concat([length, content, Buffer.from([0])]);
}

/** Same type, same value, same bytes. */
export function identical(a: unknown, b: unknown): boolean {
  return bytesOf({ v: a }).equals(bytesOf({ v: b }));
}
