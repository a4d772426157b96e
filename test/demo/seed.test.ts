import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePeople } from '../../src/demo/people.js';
import { seedDemo } from '../../src/demo/seed.service.js';
import { openGroup, type TestGroup } from '../support/group.js';

describe('the demo', () => {
  let group: TestGroup;
  beforeAll(async () => {
    group = await openGroup();
  });
  afterAll(() => group.close());

  const countOf = (brand: string, collection: string) =>
    group.entry(brand).database.connection.db?.collection(collection).estimatedDocumentCount();

  it('makes the same people every time', () => {
    expect([...makePeople(50, 3)]).toEqual([...makePeople(50, 3)]);
    expect([...makePeople(10, 3)]).toEqual([...makePeople(50, 3)].slice(0, 10));
  });

  it('seeds every brand once, with people of several brands and with duplicates', async () => {
    const entries = group.brands.all();
    const count = await seedDemo({ entries, people: 400 });
    expect(count?.people).toBe(400);
    expect(count?.profiles).toBeGreaterThan(450);
    expect(count?.duplicates).toBeGreaterThan(5);
    const stored = await Promise.all(entries.map((entry) => countOf(entry.brand.handle, 'profiles')));
    expect(stored.reduce<number>((sum, each) => sum + (each ?? 0), 0)).toBe(count?.profiles);
    expect(await seedDemo({ entries, people: 400 })).toBeNull();
  });

  it('starts a brand afresh when its seeding was interrupted', async () => {
    const entry = group.entry('hearth');
    const before = await countOf('hearth', 'profiles');
    await entry.database.connection.db?.collection('meta').deleteOne({ _id: 'demo' as never });
    await seedDemo({ entries: group.brands.all(), people: 400 });
    expect(await countOf('hearth', 'profiles')).toBe(before);
  });
});
