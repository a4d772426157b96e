import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedDemo } from '../../src/demo/seed.service.js';
import { seededDuplicates } from '../../src/demo/truth.js';
import { pairId } from '../../src/duplicates/duplicate.js';
import { likelyScoreMin } from '../../src/duplicates/duplicate-signal.js';
import { openGroup, type TestGroup } from '../support/group.js';
import { scan, storedPairs } from './scanning.js';

/** Enough for every kind of seeded duplicate to occur in every brand. */
const people = 600;

describe('duplicates of the demo', () => {
  let group: TestGroup;
  const truth = new Map<string, Set<string>>();

  beforeAll(async () => {
    group = await openGroup();
    const entries = group.config.brands.map((brand) => group.entry(brand.handle));
    await seedDemo({ entries, people });
    for (const { brand, originalId, duplicateId } of seededDuplicates(entries, people)) {
      const pairs = truth.get(brand) ?? new Set<string>();
      truth.set(brand, pairs.add(pairId(originalId, duplicateId)));
    }
    await Promise.all(entries.map((entry) => scan(group, entry.brand.handle)));
  });
  afterAll(() => group.close());

  it('are all found', async () => {
    for (const [brand, pairs] of truth) {
      const found = new Set((await storedPairs(group, brand)).map((row) => row._id));
      expect(pairs.size).toBeGreaterThan(5);
      expect([...pairs].filter((id) => !found.has(id))).toEqual([]);
    }
  });

  it('are all there is among the likely pairs', async () => {
    for (const [brand, pairs] of truth) {
      const likely = (await storedPairs(group, brand)).filter((row) => row.score >= likelyScoreMin);
      expect(likely.length).toBeGreaterThan(0);
      expect(likely.filter((row) => !pairs.has(row._id))).toEqual([]);
    }
  });

  it('make up nearly all of what is found by less', async () => {
    const found = (await Promise.all([...truth.keys()].map((brand) => storedPairs(group, brand)))).flat();
    const isTrue = (id: string): boolean => [...truth.values()].some((pairs) => pairs.has(id));
    const falseOnes = found.filter((row) => !isTrue(row._id));
    expect(falseOnes.length / found.length).toBeLessThan(0.2);
    expect(new Set(falseOnes.map((row) => row.signals.map(({ kind }) => kind).join()))).toEqual(
      falseOnes.length === 0 ? new Set() : new Set(['SIMILAR_NAME']),
    );
  });
});
