import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Document } from 'bson';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareValues } from '../../src/embedded/bson/compare.js';
import { encodeKey } from '../../src/embedded/bson/keys.js';
import { decodeDocument } from '../../src/embedded/bson/value.js';
import { type Engine, startEngine } from '../../src/embedded/engine.js';
import { documentOf, type Element, frameBytes, int, RawConnection, text } from './raw-connection.js';
import { makeFolder } from './start-test-engine.js';

const INT = 16;
const OBJECT = 3;
const field = (name: string, value: number): Element => [INT, name, int(value)];
const object = (name: string, ...elements: Element[]): Element => [OBJECT, name, documentOf(...elements)];

/** Names of a document's fields in the order of its bytes, objects in brackets. */
function outline(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes);
  const names: string[] = [];
  let at = 4;
  while (buffer[at] !== 0) {
    const type = buffer[at] as number;
    const end = buffer.indexOf(0, at + 1);
    const name = buffer.toString('utf8', at + 1, end);
    const size = type === INT ? 4 : type === 2 ? 4 + buffer.readInt32LE(end + 1) : buffer.readInt32LE(end + 1);
    const isObject = type === OBJECT || type === 4;
    names.push(isObject ? `${name}(${outline(buffer.subarray(end + 1, end + 1 + size))})` : name);
    at = end + 1 + size;
  }
  return names.join(' ');
}

describe('the order of fields, whatever their names', () => {
  let engine: Engine;
  let folder: string;
  let connection: RawConnection;
  let number = 0;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'engine-order-'));
    engine = await startEngine({ folder: folder, durability: 'relaxed', isInline: true });
    connection = new RawConnection(engine.address);
  });
  afterAll(async () => {
    connection.close();
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  });

  const command = (name: string, ...elements: Element[]): Promise<Document | undefined> =>
    connection.send(frameBytes(documentOf([2, name, text(`rows${number}`)], ...elements, [2, '$db', text('shop')])));
  const array = (name: string, ...documents: Buffer[]): Element => [
    4,
    name,
    documentOf(...documents.map((bytes, at): Element => [OBJECT, String(at), bytes])),
  ];

  /** Stores one document, applies an update to it, and answers how its fields stand then. */
  async function afterUpdate(before: Element[], update: Element[], query: Element[] = []): Promise<string> {
    number++;
    expect(await command('insert', array('documents', documentOf(...before)))).toMatchObject({ ok: 1 });
    const statement = documentOf([OBJECT, 'q', documentOf(...query)], [OBJECT, 'u', documentOf(...update)]);
    expect(await command('update', array('updates', statement))).toMatchObject({ ok: 1 });
    const found = await command('find', [OBJECT, 'filter', documentOf()]);
    return outline(found?.['cursor'].firstBatch[0]);
  }

  it('is kept by an update of another field', async () => {
    const before = [field('_id', 1), field('b', 1), field('10', 1), field('a', 1), field('2', 1), field('0', 1)];
    expect(await afterUpdate(before, [object('$set', field('z', 1))])).toBe('_id b 10 a 2 0 z');
  });

  it('is kept inside of objects and arrays', async () => {
    const before = [
      field('_id', 1),
      object('o', field('x', 1), field('7', 1), object('5', field('y', 1), field('3', 1))),
      array('list', documentOf(field('q', 1), field('1', 1))),
    ];
    expect(await afterUpdate(before, [object('$set', field('z', 1), field('o.5.4', 2))])).toBe(
      '_id o(x 7 5(y 3 4)) list(0(q 1)) z',
    );
  });

  it('puts new whole numbers behind what is there, the lower first, as MongoDB does', async () => {
    const update = [object('$set', field('b', 1), field('10', 1), field('9', 1), field('a', 1))];
    expect(await afterUpdate([field('_id', 1), field('x', 1)], update)).toBe('_id x 9 10 a b');
  });

  it('is the one of a replacement', async () => {
    expect(await afterUpdate([field('_id', 1)], [field('b', 1), field('3', 1), field('1', 1)])).toBe('_id b 3 1');
  });

  it('is kept when a field goes, and when one is set anew', async () => {
    const before = [field('_id', 1), field('b', 1), field('8', 1), field('6', 1)];
    expect(await afterUpdate(before, [object('$unset', field('8', 1)), object('$inc', field('6', 1))])).toBe('_id b 6');
  });

  it.each([['_bsontype'], ['__proto__'], ['constructor'], ['toString'], ['toBSON'], ['hasOwnProperty'], ['00'], ['']])(
    'is kept for the name "%s", which is a field as any other',
    async (name) => {
      const before = [field('_id', 1), object('o', field('b', 1), field(name, 2), field('a', 1)), field(name, 3)];
      expect(await afterUpdate(before, [object('$set', field('z', 1))])).toBe(`_id o(b ${name} a) ${name} z`);
      if (name === '') return;
      const query = [field(name, 3), field(`o.${name}`, 2)];
      expect(await afterUpdate(before, [object('$inc', field(name, 1))], query)).toBe(`_id o(b ${name} a) ${name}`);
      const found = await command('find', object('filter', field(name, 4)));
      expect(found?.['cursor'].firstBatch).toHaveLength(1);
      const picked = await command('find', object('filter'), object('projection', field(name, 1), field('_id', 0)));
      expect(outline(picked?.['cursor'].firstBatch[0])).toBe(name);
      const below = await command('find', object('filter'), object('projection', field(`o.${name}`, 1)));
      expect(outline(below?.['cursor'].firstBatch[0])).toBe(`_id o(${name})`);
    },
  );

  it('is kept by an upsert, by what findAndModify answers, and by a key value of a duplicate', async () => {
    number++;
    const id = object('_id', field('b', 1), field('1', 1));
    const modify = await command(
      'findAndModify',
      object('query', id),
      object('update', object('$set', field('z', 1), field('4', 1))),
      [8, 'upsert', Buffer.from([1])],
      [8, 'new', Buffer.from([1])],
    );
    expect(Object.keys(modify?.['value'])).toEqual(['4', '_id', 'z']);
    const found = await command('find', object('filter'));
    expect(outline(found?.['cursor'].firstBatch[0])).toBe('_id(b 1) 4 z');
    const other = object('_id', field('1', 1), field('b', 1));
    expect(await command('insert', array('documents', documentOf(other)))).toMatchObject({ ok: 1 });
    const again = await command('insert', array('documents', documentOf(id)));
    expect(again?.['writeErrors'][0]).toMatchObject({ code: 11000, keyPattern: { _id: expect.anything() } });
  });

  it('decides about equality, order and keys of objects', () => {
    const first = decodeDocument(documentOf(object('v', field('b', 1), field('1', 1))))['v'];
    const second = decodeDocument(documentOf(object('v', field('1', 1), field('b', 1))))['v'];
    const third = decodeDocument(documentOf(object('v', field('10', 1))))['v'];
    const fourth = decodeDocument(documentOf(object('v', field('9', 1))))['v'];
    const fifth = decodeDocument(documentOf(object('v', field('!', 1))))['v'];
    const ordered = [fifth, second, third, fourth, first];
    for (let i = 0; i < ordered.length; i++) {
      for (let j = 0; j < ordered.length; j++) {
        const wanted = Math.sign(i - j);
        expect(Math.sign(compareValues(ordered[i], ordered[j]))).toBe(wanted);
        expect(Math.sign(Buffer.compare(encodeKey([ordered[i]]), encodeKey([ordered[j]])))).toBe(wanted);
      }
    }
  });

  it('decides about keys of an index, also after a restart', async () => {
    const folder = await makeFolder();
    const keys = object('key', field('b', 1), field('5', 1));
    const index = documentOf(keys, [2, 'name', text('b_5')]);
    for (const isFirst of [true, false]) {
      const own = await startEngine({ folder, durability: 'relaxed', isInline: true });
      const raw = new RawConnection(own.address);
      const send = (name: string, ...elements: Element[]): Promise<Document | undefined> =>
        raw.send(frameBytes(documentOf([2, name, text('rows')], ...elements, [2, '$db', text('shop')])));
      const made = await send('createIndexes', array('indexes', index));
      expect(made).toMatchObject({ ok: 1 });
      expect(made?.['note'] === undefined).toBe(isFirst);
      const listed = await send('listIndexes');
      expect(outline(listed?.['cursor'].firstBatch[1])).toBe('v key(b 5) name');
      const sort = object('sort', field('b', 1), field('5', 1));
      const find = documentOf([2, 'find', text('rows')], object('filter'), sort);
      const explained = await raw.send(
        frameBytes(
          documentOf([OBJECT, 'explain', find], [2, 'verbosity', text('queryPlanner')], [2, '$db', text('shop')]),
        ),
      );
      expect(JSON.stringify(explained)).toContain('IXSCAN');
      expect(JSON.stringify(explained)).not.toContain('SORT"');
      raw.close();
      await own.close();
    }
  });

  it('is kept by $group, $lookup and $project', async () => {
    number++;
    const row = documentOf(field('_id', 1), field('b', 1), field('2', 5), field('1', 6));
    expect(await command('insert', array('documents', row))).toMatchObject({ ok: 1 });
    const run = async (...stages: Buffer[]): Promise<string> => {
      const reply = await command('aggregate', array('pipeline', ...stages), object('cursor'));
      return outline(reply?.['cursor'].firstBatch[0]);
    };
    const path = (name: string, value: string): Element => [2, name, text(value)];
    const group = object('$group', object('_id', path('b', '$b'), path('1', '$2')), object('9', path('$sum', '$1')));
    expect(await run(documentOf(group))).toBe('_id(b 1) 9');
    const unwound = object('$unwind', path('path', '$1'));
    expect(await run(documentOf(unwound), documentOf(object('$project', field('2', 1), path('0', '$1'))))).toBe(
      '_id 2 0',
    );
    const lookup = [path('from', `rows${number}`), path('localField', 'b'), path('foreignField', 'b'), path('as', '3')];
    expect(await run(documentOf(object('$lookup', ...lookup)))).toBe('_id b 2 1 3(0(_id b 2 1))');
  });
});
