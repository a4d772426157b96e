import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandLayer, openCommandLayer } from './command-layer.js';

describe('options that would change nothing', () => {
  let layer: CommandLayer;
  beforeAll(async () => {
    layer = await openCommandLayer();
    await layer.send({ create: 'c', $db: 'd' });
  });
  afterAll(() => layer.close());

  const index = (fields: object) => ({
    createIndexes: 'c',
    $db: 'd',
    indexes: [{ key: { a: 1 }, name: 'a', ...fields }],
  });

  it.each([
    ['a write concern on a read', { find: 'c', filter: {}, writeConcern: { w: 1 }, $db: 'd' }, 72],
    ['a write concern on a count', { count: 'c', writeConcern: { w: 'majority' }, $db: 'd' }, 72],
    ['a limit of a count', { count: 'c', limit: 1, $db: 'd' }, 72],
    ['a partial index by inequality', index({ partialFilterExpression: { a: { $ne: 1 } } }), 67],
    ['a partial index by either of two', index({ partialFilterExpression: { $or: [{ a: 1 }, { b: 1 }] } }), 67],
    ['a partial index by absence', index({ partialFilterExpression: { a: { $exists: false } } }), 67],
    ['sparse as a text', index({ sparse: 'yes' }), 14],
    ['a namespace that is no text', index({ ns: 9 }), 14],
    ['an index version nobody knows', index({ v: 17 }), 67],
  ])('refuses %s', async (_, command, code) => {
    expect((await layer.send(command)).body).toMatchObject({ ok: 0, code });
  });

  it.each([{ live: true }, { x: { $exists: true } }, { a: 'text' }])(
    'takes the partial filter %j',
    async (partialFilterExpression) => {
      const name = JSON.stringify(partialFilterExpression);
      const command = {
        createIndexes: 'c',
        $db: 'd',
        indexes: [{ key: { k: 1 }, name, partialFilterExpression, v: 2, background: true }],
      };
      expect((await layer.send(command)).body).toMatchObject({ ok: 1 });
    },
  );
});
