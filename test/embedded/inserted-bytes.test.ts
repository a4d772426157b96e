import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Binary, BSON, Code, Decimal128, type Document, Double, Int32, Long, MaxKey, ObjectId, Timestamp } from 'bson';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeDocument } from '../../src/embedded/bson/encode.js';
import { checkDocument } from '../../src/embedded/bson/validate.js';
import { decodeDocument } from '../../src/embedded/bson/value.js';
import { type Engine, startEngine } from '../../src/embedded/engine.js';
import { documentOf, type Element, frameBytes, int, RawConnection, text } from './raw-connection.js';
import { seeded } from './start-test-engine.js';

const seed = Number(process.env['TEST_SEED'] ?? Date.now() % 1_000_000_007);
process.stdout.write(`inserted-bytes seed ${seed} (set TEST_SEED to repeat)\n`);

const id: Element = [16, '_id', int(1)];

/** An object whose length field is off by so much. */
const misfit = (by: number): Buffer => {
  const bytes = documentOf([16, 'x', int(1)]);
  bytes.writeInt32LE(bytes.length + by, 0);
  return bytes;
};

/** Objects or arrays in each other: `levels` of them, the outermost included. */
function nested(levels: number, type: 3 | 4 = 3): Buffer {
  let bytes = documentOf([16, type === 4 ? '0' : 'a', int(1)]);
  for (let level = 2; level < levels; level++) bytes = documentOf([type, type === 4 ? '0' : 'a', bytes]);
  return documentOf(id, [type, 'a', bytes]);
}

const long = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value, 0);
  return bytes;
};

describe('bytes to insert', () => {
  let engine: Engine;
  let folder: string;
  let raw: RawConnection;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'engine-bytes-'));
    engine = await startEngine({ folder, durability: 'relaxed', isInline: true });
    raw = new RawConnection(engine.address);
  });
  afterAll(async () => {
    raw.close();
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  });

  const body = BSON.serialize({ insert: 'rows', $db: 'shop' });
  const asSequence = (bytes: Buffer): Buffer => frameBytes(body, { name: 'documents', documents: [bytes] });
  const inBody = (bytes: Buffer): Buffer =>
    frameBytes(
      documentOf([2, 'insert', text('rows')], [4, 'documents', documentOf([3, '0', bytes])], [2, '$db', text('shop')]),
    );
  const forget = (): Promise<Document> => raw.command({ delete: 'rows', deletes: [{ q: {}, limit: 0 }], $db: 'shop' });
  const stored = async (): Promise<Uint8Array[]> => {
    const reply = await raw.command({ find: 'rows', filter: {}, $db: 'shop' });
    return reply['cursor'].firstBatch;
  };

  const DAMAGED: readonly [string, number, ...Element[]][] = [
    ['an object that claims to be longer', 22, [3, 'a', misfit(1)]],
    ['an object that claims to be shorter', 22, [3, 'a', misfit(-1)]],
    ['an object of a negative length', 22, [3, 'a', misfit(-100)]],
    ['an array in an array that ends late', 22, [4, 'a', documentOf([4, '0', misfit(2)])]],
    ['a text without an end', 22, [2, 'a', Buffer.concat([int(3), Buffer.from('abc')])]],
    ['a text of length 0', 22, [2, 'a', int(0)]],
    ['a text longer than everything', 22, [2, 'a', Buffer.concat([int(1_000_000), Buffer.from('a\0')])]],
    ['a text that is no UTF-8', 22, [2, 'a', text(Buffer.from([0xc3, 0x28]))]],
    ['a text with half a surrogate pair', 22, [2, 'a', text(Buffer.from([0xed, 0xa0, 0x80]))]],
    ['a name that is no UTF-8', 22, [16, Buffer.from([0xff]), int(1)]],
    ['an unknown type', 22, [0x42, 'a', int(1)]],
    ['a boolean of 2', 22, [8, 'a', Buffer.from([2])]],
    ['binary content of a negative length', 22, [5, 'a', Buffer.concat([int(-1), Buffer.from([0])])]],
    ['an unknown option of a regular expression', 22, [11, 'a', Buffer.from('x\0g\0')]],
    ['array elements in another order', 22, [4, 'a', documentOf([16, '1', int(1)], [16, '0', int(1)])]],
    ['array elements with a leading zero', 22, [4, 'a', documentOf([16, '00', int(1)])]],
    ['array elements with names', 22, [4, 'a', documentOf([16, 'x', int(1)])]],
    ['a field named twice', 2, [16, 'a', int(1)], [16, 'b', int(1)], [16, 'a', int(2)]],
    ['a field named twice below', 2, [3, 'o', documentOf([16, 'a', int(1)], [16, 'a', int(1)])]],
    ['a second _id', 2, [16, '_id', int(2)]],
    ['the deprecated type undefined', 2, [6, 'a', Buffer.alloc(0)]],
    ['the deprecated type dbPointer', 2, [12, 'a', Buffer.concat([text('x'), Buffer.alloc(12)])]],
    ['a date that JavaScript has not', 2, [9, 'a', long(8_640_000_000_000_001n)]],
  ];

  it.each(DAMAGED)('are refused with a code: %s', async (_, code, ...elements) => {
    const bytes = documentOf(id, ...elements);
    for (const message of [asSequence(bytes), inBody(bytes)]) {
      expect(await raw.send(message)).toMatchObject({ ok: 0, code });
    }
    const update = documentOf([3, 'q', documentOf()], [3, 'u', documentOf([3, '$set', documentOf(...elements)])]);
    const message = documentOf(
      [2, 'update', text('rows')],
      [4, 'updates', documentOf([3, '0', update])],
      [2, '$db', text('shop')],
    );
    expect(await raw.send(frameBytes(message))).toMatchObject(
      code === 2 && elements[0]?.[1] === '_id' ? {} : { ok: 0, code },
    );
    expect(await stored()).toEqual([]);
  });

  it('are refused where one field of very many is there twice', async () => {
    const many = Array.from({ length: 1000 }, (_, n): Element => [16, `f${n}`, int(n)]);
    expect(await raw.send(asSequence(documentOf(id, ...many, [16, 'f70', int(1)])))).toMatchObject({ code: 2 });
    // "Aa" and "BB" share a hash.
    expect(await raw.send(asSequence(documentOf(id, [16, 'Aa', int(1)], [16, 'BB', int(1)], ...many)))).toMatchObject({
      n: 1,
    });
    await forget();
  });

  it.each([3, 4] as const)('may be nested 180 levels deep and no more, as in MongoDB (type %i)', async (type) => {
    expect(await raw.send(asSequence(nested(180, type)))).toMatchObject({ ok: 1, n: 1 });
    expect(await stored()).toHaveLength(1);
    const tooDeep = await raw.send(asSequence(nested(181, type)));
    expect(tooDeep).toMatchObject({ ok: 1, n: 0, writeErrors: [{ index: 0, code: 15 }] });
    expect(await raw.send(asSequence(nested(201, type)))).toMatchObject({ ok: 0, code: 15 });
    expect(await raw.send(asSequence(nested(5000, type)))).toMatchObject({ ok: 0, code: 15 });
    await forget();
  });

  it('do not become deeper than that by an update', async () => {
    await raw.send(asSequence(documentOf(id)));
    const set = (levels: number): Promise<Document> => {
      const u = { $set: { [Array.from({ length: levels }, () => 'a').join('.')]: 1 } };
      return raw.command({ update: 'rows', updates: [{ q: {}, u }], $db: 'shop' });
    };
    expect(await set(181)).toMatchObject({ writeErrors: [{ code: 15 }] });
    expect(await set(5000)).toMatchObject({ writeErrors: [{ code: 15 }] });
    expect(await stored()).toEqual([documentOf(id)]);
    expect(await set(180)).toMatchObject({ nModified: 1 });
    await forget();
  });

  it('may hold $-prefixed and dotted names, but not below _id', async () => {
    const bytes = documentOf(id, [16, '$hostname', int(1)], [3, 'a', documentOf([16, '$b.c', int(1)])]);
    expect(await raw.send(asSequence(bytes))).toMatchObject({ n: 1 });
    expect(await stored()).toEqual([bytes]);
    const bad = documentOf([3, '_id', documentOf([16, '$a', int(1)])]);
    expect(await raw.send(asSequence(bad))).toMatchObject({ writeErrors: [{ code: 52 }] });
    await forget();
  });

  it.each<[string, Element, number]>([
    ['undefined', [6, '_id', Buffer.alloc(0)], 53],
    ['an array', [4, '_id', documentOf()], 53],
    ['a regular expression', [11, '_id', Buffer.from('a\0\0')], 53],
    ['a decimal', [19, '_id', Buffer.alloc(16)], 2],
    ['an object with a decimal', [3, '_id', documentOf([19, 'd', Buffer.alloc(16)])], 2],
    ['code', [13, '_id', text('x')], 2],
  ])('are refused with %s as _id', async (_, element, code) => {
    expect(await raw.send(asSequence(documentOf(element)))).toMatchObject({ n: 0, writeErrors: [{ index: 0, code }] });
    expect(await stored()).toEqual([]);
  });

  it('are stored as they came, with a missing _id in front of them', async () => {
    const bytes = documentOf(
      [1, 'b', Buffer.alloc(8, 1)],
      [5, '10', Buffer.concat([int(6), Buffer.from([2]), int(2), Buffer.from('xy')])],
    );
    expect(await raw.send(asSequence(bytes))).toMatchObject({ n: 1 });
    const [row] = await stored();
    expect(Buffer.from(row as Uint8Array).subarray(4 + 17)).toEqual(bytes.subarray(4));
    expect(Object.keys(decodeDocument(row as Uint8Array))[0]).toBe('_id');
    await forget();
  });

  const RICH: readonly Document[] = [
    {
      _id: 1,
      a: 'text',
      list: [1, 'é', { x: null }],
      o: { 5: 1, z: true },
      at: new Date(5),
      bin: new Binary(Buffer.from('abc'), 4),
    },
    {
      _id: new ObjectId(),
      n: Long.fromString('9007199254740993'),
      d: new Double(1),
      dec: Decimal128.fromString('1.10'),
    },
    {
      b: new Timestamp({ t: 1, i: 2 }),
      _id: 'é',
      re: /ab/i,
      code: new Code('x', { y: 1 }),
      max: new MaxKey(),
      i: new Int32(7),
    },
  ];

  function mutate(bytes: Buffer, random: () => number): Buffer {
    const below = (bound: number): number => Math.floor(random() * bound);
    let result = Buffer.from(bytes);
    for (let left = 1 + below(3); left > 0; left--) {
      const at = 4 + below(Math.max(1, result.length - 4));
      const kind = below(5);
      if (kind === 0) result[at] = below(256);
      else if (kind === 1) result[at] = (result[at] ?? 0) ^ (1 << below(8));
      else if (kind === 2)
        result = Buffer.concat([result.subarray(0, at), Buffer.from([below(256)]), result.subarray(at)]);
      else if (kind === 3) result = Buffer.concat([result.subarray(0, at), result.subarray(at + 1 + below(4))]);
      else if (result.length > 8) result.writeInt32LE(below(300) - 20, Math.min(at, result.length - 4));
    }
    // The outermost length belongs to the frame: a wrong one says nothing about the document.
    if (result.length < 5) result = Buffer.concat([result, Buffer.alloc(5)]);
    result.writeInt32LE(result.length, 0);
    return result;
  }

  it('give a code or a document that can be read, changed and written back byte for byte, however damaged', async () => {
    const random = seeded(seed);
    const seen = { stored: 0, refused: 0 };
    for (let round = 0; round < 2000; round++) {
      const bytes = mutate(Buffer.from(BSON.serialize(RICH[round % RICH.length] as Document)), random);
      const shown = `${bytes.toString('hex')} (seed ${seed})`;
      const reply = await raw.send(round % 2 === 0 ? asSequence(bytes) : inBody(bytes));
      expect(reply, shown).toBeDefined();
      if (reply?.['n'] !== 1) {
        seen.refused++;
        const code = reply?.['code'] ?? reply?.['writeErrors']?.[0]?.code;
        expect(code, shown).toEqual(expect.any(Number));
        expect(code, shown).not.toBe(1);
        continue;
      }
      seen.stored++;
      const [row] = await stored();
      const before = Buffer.from(row as Uint8Array);
      expect(Buffer.compare(encodeDocument(decodeDocument(before)), before), shown).toBe(0);
      const update = await raw.command({
        update: 'rows',
        updates: [{ q: {}, u: { $set: { zz: true } } }],
        $db: 'shop',
      });
      expect(update, shown).toMatchObject({ nModified: 1 });
      const [next] = await stored();
      const after = Buffer.from(next as Uint8Array);
      expect(after.subarray(4, before.length - 1).equals(before.subarray(4, -1)), shown).toBe(true);
      await forget();
    }
    expect(seen.stored).toBeGreaterThan(100);
    expect(seen.refused).toBeGreaterThan(100);
    expect(await raw.command({ ping: 1, $db: 'admin' })).toMatchObject({ ok: 1 });
  });

  it('of whole commands give a reply with a code when they are damaged, and the engine lives on', async () => {
    const random = seeded(seed + 1);
    const statement = {
      q: { a: { $in: [1, 'x'] } },
      u: { $set: { 'b.5': [{ y: 1 }] }, $push: { l: { $each: [1] } } },
      upsert: true,
    };
    const commands: Document[] = [
      { update: 'rows', updates: [statement], $db: 'shop' },
      { find: 'rows', filter: { $or: [{ a: 1 }, { b: { $exists: true } }] }, sort: { a: 1 }, limit: 5, $db: 'shop' },
      {
        aggregate: 'rows',
        pipeline: [{ $match: { a: 1 } }, { $group: { _id: '$a', n: { $sum: 1 } } }],
        cursor: {},
        $db: 'shop',
      },
      { findAndModify: 'rows', query: { _id: 1 }, update: { a: 1 }, upsert: true, new: true, $db: 'shop' },
    ];
    for (let round = 0; round < 2000; round++) {
      const bytes = mutate(Buffer.from(BSON.serialize(commands[round % commands.length] as Document)), random);
      const reply = await raw.send(frameBytes(bytes));
      const shown = `${bytes.toString('hex')} (seed ${seed})`;
      expect(reply, shown).toBeDefined();
      if (reply?.['ok'] === 1) continue;
      expect(reply?.['code'], shown).toEqual(expect.any(Number));
      expect(reply?.['code'], shown).not.toBe(1);
    }
    for (const row of await stored()) expect(checkDocument(row)).toBeGreaterThan(0);
    await forget();
  });
});
