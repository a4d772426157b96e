import { Binary, type Document, Double, Int32, Long, ObjectId } from 'bson';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileFilter } from '../../src/embedded/query/match.js';
import { type CommandLayer, openCommandLayer } from './command-layer.js';

/** A value of the table: where it stands is written down by hand, from MongoDB's order of types and values. */
interface Sample {
  readonly type: string;
  readonly label: string;
  readonly value: unknown;
  /** Types that are compared with each other share a bracket. */
  readonly bracket: number;
  /** Place within the bracket; equal values share it. */
  readonly place: number;
  readonly items?: readonly Sample[];
}

const NULL = 1;
const NUMBER = 2;
const STRING = 3;
const OBJECT = 4;
const ARRAY = 5;
const BINARY = 6;
const OBJECT_ID = 7;
const BOOL = 8;
const DATE = 9;

const sample = (type: string, label: string, value: unknown, bracket: number, place: number): Sample => ({
  type,
  label,
  value,
  bracket,
  place,
});

const NULL_SAMPLE = sample('null', 'null', null, NULL, 0);
const ONE = sample('int', 'int 1', new Int32(1), NUMBER, 1);
const TWO = sample('int', 'int 2', new Int32(2), NUMBER, 3);
const LETTER = sample('string', '"a"', 'a', STRING, 1);

const array = (label: string, place: number, ...items: Sample[]): Sample => ({
  ...sample(
    'array',
    label,
    items.map((item) => item.value),
    ARRAY,
    place,
  ),
  items,
});

const ARRAY_OF_ONE = array('[1]', 3, ONE);

const SAMPLES: readonly Sample[] = [
  NULL_SAMPLE,
  sample('missing', 'missing', undefined, NULL, 0),
  ONE,
  TWO,
  sample('long', 'long 1', Long.fromNumber(1), NUMBER, 1),
  sample('long', 'long 2^53 + 1', Long.fromString('9007199254740993'), NUMBER, 5),
  sample('double', 'double 1', new Double(1), NUMBER, 1),
  sample('double', 'double 1.5', new Double(1.5), NUMBER, 2),
  sample('double', 'double 2^53', new Double(2 ** 53), NUMBER, 4),
  sample('NaN', 'NaN', new Double(Number.NaN), NUMBER, 0),
  LETTER,
  sample('string', 'U+E000', '\uE000', STRING, 2),
  sample('string', 'astral', '\u{1F600}', STRING, 3),
  sample('object', '{a, b}', { a: new Int32(1), b: new Int32(1) }, OBJECT, 1),
  sample('object', '{a, b} of doubles', { a: new Double(1), b: new Double(1) }, OBJECT, 1),
  sample('object', '{b, a}', { b: new Int32(1), a: new Int32(1) }, OBJECT, 2),
  array('[]', 1),
  array('[null]', 2, NULL_SAMPLE),
  ARRAY_OF_ONE,
  array('[1, 2]', 4, ONE, TWO),
  array('["a"]', 5, LETTER),
  array('[[1]]', 6, ARRAY_OF_ONE),
  sample('binary', 'binary 1', new Binary(Uint8Array.of(1)), BINARY, 1),
  sample('binary', 'binary 0 0', new Binary(Uint8Array.of(0, 0)), BINARY, 2),
  sample('objectId', 'id 1', new ObjectId('000000000000000000000001'), OBJECT_ID, 1),
  sample('objectId', 'id 2', new ObjectId('ff0000000000000000000000'), OBJECT_ID, 2),
  sample('bool', 'false', false, BOOL, 1),
  sample('bool', 'true', true, BOOL, 2),
  sample('date', 'before 1970', new Date(-1), DATE, 1),
  sample('date', 'after 1970', new Date(1), DATE, 2),
];

const ASKED = SAMPLES.filter((one) => one.type !== 'missing');
const TYPES = [...new Set(SAMPLES.map((one) => one.type))];

/** One value against one operand, arrays as wholes. */
function holds(operator: string, stored: Sample, asked: Sample): boolean {
  if (stored.bracket !== asked.bracket) return false;
  const isSame = stored.place === asked.place;
  const isEdge = asked.bracket === NULL || asked.type === 'NaN' || stored.type === 'NaN';
  if (operator === '$eq') return isSame;
  if (isEdge) return isSame && (operator === '$gte' || operator === '$lte');
  if (isSame) return operator === '$gte' || operator === '$lte';
  return operator.startsWith('$gt') === stored.place > asked.place;
}

const candidates = (stored: Sample): readonly Sample[] => (stored.items ? [...stored.items, stored] : [stored]);

const any = (operator: string, stored: Sample, asked: Sample): boolean =>
  candidates(stored).some((one) => holds(operator, one, asked));

interface Rule {
  readonly condition: (operand: unknown) => Document;
  readonly matches: (stored: Sample, asked: Sample) => boolean;
}

const COMPARISONS = ['$eq', '$gt', '$gte', '$lt', '$lte'];

const RULES: Record<string, Rule> = {
  ...Object.fromEntries(
    COMPARISONS.map((name): [string, Rule] => [
      name,
      { condition: (operand) => ({ [name]: operand }), matches: (stored, asked) => any(name, stored, asked) },
    ]),
  ),
  $ne: { condition: (operand) => ({ $ne: operand }), matches: (stored, asked) => !any('$eq', stored, asked) },
  $in: {
    condition: (operand) => ({ $in: [operand, new Int32(77)] }),
    matches: (stored, asked) => any('$eq', stored, asked),
  },
  '$in of one': { condition: (operand) => ({ $in: [operand] }), matches: (stored, asked) => any('$eq', stored, asked) },
  '$exists and $ne': {
    condition: (operand) => ({ $exists: true, $ne: operand }),
    matches: (stored, asked) => stored.type !== 'missing' && !any('$eq', stored, asked),
  },
  ...Object.fromEntries(
    COMPARISONS.map((name): [string, Rule] => [
      `$elemMatch ${name}`,
      {
        condition: (operand) => ({ $elemMatch: { [name]: operand } }),
        matches: (stored, asked) => (stored.items ?? []).some((item) => holds(name, item, asked)),
      },
    ]),
  ),
};

const documentOf = ({ label, value }: Sample): Document =>
  value === undefined ? { _id: label } : { _id: label, f: value };

describe.each(Object.keys(RULES))('%s', (name) => {
  const rule = RULES[name] as Rule;
  for (const stored of TYPES) {
    for (const asked of TYPES.filter((type) => type !== 'missing')) {
      it(`a stored ${stored} against ${asked}`, () => {
        for (const operand of ASKED.filter((one) => one.type === asked)) {
          const filter = compileFilter({ f: rule.condition(operand.value) });
          for (const one of SAMPLES.filter((each) => each.type === stored)) {
            const label = `${one.label} against ${operand.label}`;
            expect(filter.matches(documentOf(one)), label).toBe(rule.matches(one, operand));
          }
        }
      });
    }
  }
});

describe('through commands, with and without an index', () => {
  let layer: CommandLayer;
  beforeAll(async () => {
    layer = await openCommandLayer();
    await layer.send({ insert: 'rows', documents: SAMPLES.map(documentOf) });
    await layer.send({ insert: 'indexed', documents: SAMPLES.map(documentOf) });
    await layer.send({ createIndexes: 'indexed', indexes: [{ key: { f: 1 }, name: 'f' }] });
    await layer.send({ insert: 'sparse', documents: SAMPLES.map(documentOf) });
    await layer.send({ createIndexes: 'sparse', indexes: [{ key: { f: 1 }, name: 'f', sparse: true }] });
  });
  afterAll(() => layer.close());

  async function find(collection: string, filter: Document, sort?: Document): Promise<string[]> {
    const { cursor, body } = await layer.send({ find: collection, filter, ...(sort ? { sort } : {}) });
    if (!cursor) throw new Error(`wanted a cursor, got ${JSON.stringify(body)}`);
    return cursor.documents.map((bytes) => {
      const buffer = Buffer.from(bytes);
      return buffer.toString('utf8', 13, 13 + buffer.readInt32LE(9) - 1);
    });
  }

  it.each(Object.keys(RULES))('%s finds the same rows for every operand', async (name) => {
    const rule = RULES[name] as Rule;
    for (const asked of ASKED) {
      const wanted = SAMPLES.filter((stored) => rule.matches(stored, asked)).map((stored) => stored.label);
      for (const collection of ['rows', 'indexed', 'sparse']) {
        const found = await find(collection, { f: rule.condition(asked.value) });
        expect(found.sort(), `${collection}: ${asked.label}`).toEqual(wanted.sort());
      }
    }
  });

  it('a sort puts every type in its place, arrays by their lowest or highest element', async () => {
    const EMPTY: [number, number] = [0, 0];
    const placeOf = (one: Sample): [number, number] => [one.bracket, one.place];
    const compare = (a: [number, number], b: [number, number]): number => a[0] - b[0] || a[1] - b[1];
    for (const direction of [1, -1]) {
      const keyOf = (one: Sample): [number, number] => {
        if (!one.items) return placeOf(one);
        const places = one.items.map(placeOf).sort((a, b) => compare(a, b) * direction);
        return places[0] ?? EMPTY;
      };
      for (const collection of ['rows', 'indexed', 'sparse']) {
        const labels = await find(collection, {}, { f: new Int32(direction) });
        expect(labels).toHaveLength(SAMPLES.length);
        const keys = labels.map((label) => keyOf(SAMPLES.find((one) => one.label === label) as Sample));
        for (let i = 1; i < keys.length; i++) {
          const order = compare(keys[i - 1] as [number, number], keys[i] as [number, number]) * direction;
          expect(order, `${collection}: ${labels[i - 1]} before ${labels[i]}`).toBeLessThanOrEqual(0);
        }
      }
    }
  });
});
