import { BSON, type Document, Int32 } from 'bson';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boundedDocs } from '../../src/embedded/aggregation/stages.js';
import { COMMANDS } from '../../src/embedded/commands/command-table.js';
import { COMMON_OPTIONS, REFUSED_OPTIONS } from '../../src/embedded/commands/options.js';
import { REFUSED_QUERY_OPERATORS } from '../../src/embedded/query/parse.js';
import { REFUSED_UPDATE_OPERATORS } from '../../src/embedded/update/parse.js';
import { type CommandLayer, openCommandLayer } from './command-layer.js';

let layer: CommandLayer;
beforeAll(async () => {
  layer = await openCommandLayer();
  await layer.send({ insert: 'rows', documents: [{ _id: new Int32(1), a: new Int32(1) }] });
});
afterAll(() => layer.close());

const codeOf = async (body: Document): Promise<unknown> => {
  const reply = (await layer.send(body)).body;
  return reply['ok'] === 1 ? (reply['writeErrors']?.[0]?.code ?? 'accepted') : reply['code'];
};

async function rowsLeft(): Promise<Document[]> {
  const reply = await layer.send({ find: 'rows', filter: {} });
  return (reply.cursor?.documents ?? []).map((bytes) => BSON.deserialize(bytes));
}

describe('what is outside of the closed list', () => {
  it.each([...COMMANDS.keys()])(
    '%s refuses every option that is not in its entry, whatever its value',
    async (name) => {
      const allowed = new Set<string>([...COMMON_OPTIONS, ...(COMMANDS.get(name)?.options ?? []), name]);
      for (const option of REFUSED_OPTIONS) {
        if (!allowed.has(option)) expect([option, await codeOf({ [name]: 'rows', [option]: 1 })]).toEqual([option, 72]);
      }
      // JavaScript moves names that are whole numbers to the front, where the command's own name belongs.
      const unknown = fc
        .string({ minLength: 1 })
        .filter((option) => !/^\d+$/.test(option) && !allowed.has(option) && !REFUSED_OPTIONS.has(option));
      await fc.assert(
        fc.asyncProperty(unknown, fc.anything(), async (option, value) => {
          expect(await codeOf({ [name]: 'rows', [option]: value })).toBe(40415);
        }),
        { numRuns: 20 },
      );
    },
  );

  it.each([...REFUSED_QUERY_OPERATORS])('the query operator %s is refused in every place', async (operator) => {
    const filters = [{ a: { [operator]: 1 } }, { [operator]: 1 }, { $or: [{ a: { [operator]: [1] } }] }];
    for (const filter of [...filters, { a: { $elemMatch: { [operator]: 1 } } }]) {
      expect(await codeOf({ find: 'rows', filter })).toBe(2);
      expect(await codeOf({ aggregate: 'rows', pipeline: [{ $match: filter }], cursor: {} })).toBe(2);
      expect(await codeOf({ delete: 'rows', deletes: [{ q: filter, limit: 0 }] })).toBe(2);
    }
    expect(await rowsLeft()).toHaveLength(1);
  });

  it.each([...REFUSED_UPDATE_OPERATORS])('the update operator %s is refused', async (operator) => {
    const update = { q: {}, u: { [operator]: { a: new Int32(5) } } };
    expect(await codeOf({ update: 'rows', updates: [update] })).toBe(9);
    expect(await codeOf({ findAndModify: 'rows', query: {}, update: update.u })).toBe(9);
    expect(await rowsLeft()).toEqual([{ _id: 1, a: 1 }]);
  });

  it('what a command is explained with is checked as the command itself would be', async () => {
    const statement = { q: {}, u: { $set: { a: 1 } } };
    const explained: Document[] = [
      { find: 'rows', hint: 'a' },
      { count: 'rows', hint: 'a' },
      { findAndModify: 'rows', update: {}, collation: {} },
      { update: 'rows', updates: [{ ...statement, collation: {} }] },
      { delete: 'rows', deletes: [{ q: {}, limit: 1, hint: 'a' }] },
      { aggregate: 'rows', pipeline: [], allowDiskUse: true },
    ];
    for (const command of explained) expect(await codeOf({ explain: command })).toBe(72);
    expect(await codeOf({ explain: { update: 'rows', updates: [statement] } })).toBe('accepted');
  });

  it('an _id of the type undefined is refused instead of being lost', async () => {
    const bytes = Buffer.from(BSON.serialize({ _id: null, a: 1 }));
    bytes[4] = 0x06;
    expect(await codeOf({ insert: 'rows', documents: [bytes] })).toBe(53);
    expect(await rowsLeft()).toHaveLength(1);
  });

  it('documents of more bytes than a stage may hold are refused', () => {
    const docs = Array.from({ length: 100 }, (_, n) => ({ _id: new Int32(n), text: 'x'.repeat(100) }));
    expect(() => [...boundedDocs(docs, '$sort', 5000)]).toThrow('$sort exceeded its memory limit of 5000 bytes');
    expect([...boundedDocs(docs, '$sort')]).toHaveLength(100);
  });
});
