import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CollectionDefinition } from '../../src/brands/collection.js';
import { duplicateCollection, duplicateKeyCollection } from '../../src/duplicates/duplicate.model.js';
import { newUuid } from '../../src/kernel/ids.js';
import { addressCollection, profileCollection } from '../../src/profiles/profile.model.js';
import { openGroup, type TestGroup } from '../support/group.js';
import { scan, storedPairs } from './scanning.js';

const limits = {
  profilesPerPage: 10,
  entriesPerBatch: 60,
  entriesPerPartition: 100,
  chunksPerPage: 3,
  profilesPerComparison: 24,
  pairsPerComparison: 40,
  pairsPerSettling: 15,
  chunksPerRemoval: 9,
};
/** More than any profile below has. */
const keysPerProfileMax = 10;
const entryBytes = 29;

describe('what a scan has in hand', () => {
  let group: TestGroup;
  beforeAll(async () => {
    group = await openGroup();
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  afterAll(() => group.close());

  const model = (definition: CollectionDefinition<{ _id: string }>) => group.entry('wren').database.model(definition);

  /** Every third is somebody's second profile; all have the shop's number. */
  async function fill(count: number): Promise<void> {
    const rows = Array.from({ length: count }, (_, n) => {
      const id = newUuid();
      const person = n - (n % 3 === 2 ? 1 : 0);
      const letters = [...String(person)].map((digit) => 'bdfgklmnpr'.charAt(Number(digit))).join('a');
      return {
        _id: id,
        state: 'ACTIVE',
        live: true,
        version: 1,
        accounts: [id],
        type: 'ACTIVE',
        firstName: `Ma${letters}`,
        lastName: `Ta${letters}`,
        mobilePhone: `+614${20_000_000 + person * 1_373}`,
        secondaryPhone: '03 9999 1234',
        createdAt: new Date(),
        updatedAt: new Date(),
      };
    });
    await model(profileCollection).collection.insertMany(rows as never[]);
  }

  /** The most rows that one read may bring, and the most bytes of keys that one write sends, by a scan. */
  async function peaksOfScan() {
    const reads: Record<string, number> = {};
    let entriesMax = 0;
    for (const definition of [profileCollection, addressCollection, duplicateKeyCollection, duplicateCollection]) {
      const spied = model(definition as CollectionDefinition<{ _id: string }>);
      const find = spied.find.bind(spied);
      vi.spyOn(spied, 'find').mockImplementation(((
        filter: Record<string, unknown>,
        projection: never,
        options: object,
      ) => {
        const lists = Object.values(filter).flatMap((value) => (value as { $in?: unknown[] }).$in?.length ?? []);
        const most = (options as { limit?: number }).limit ?? lists[0] ?? Number.POSITIVE_INFINITY;
        reads[definition.name] = Math.max(reads[definition.name] ?? 0, most);
        return find(filter as never, projection, options as never);
      }) as never);
    }
    const { collection } = model(duplicateKeyCollection);
    const insertMany = collection.insertMany.bind(collection);
    vi.spyOn(collection, 'insertMany').mockImplementation(((rows: { entries?: Buffer }[], options: never) => {
      const bytes = rows.reduce((sum, { entries }) => sum + (entries?.length ?? 0), 0);
      entriesMax = Math.max(entriesMax, bytes / entryBytes);
      return insertMany(rows as never, options);
    }) as never);
    const { scan: row } = await scan(group, 'wren', { limits });
    vi.restoreAllMocks();
    return { reads, entriesMax, row };
  }

  it('is bound by its limits in a brand many times as large, and a number that all share is not compared', async () => {
    await fill(120);
    const { reads, entriesMax, row } = await peaksOfScan();
    expect(reads).toEqual({
      profiles: 2 * limits.pairsPerSettling,
      addresses: 2 * limits.pairsPerSettling,
      // Values that the pairs of one look share: their own number and the shop's.
      duplicateKeys: limits.pairsPerSettling + 1,
      duplicates: limits.pairsPerSettling,
    });
    expect(entriesMax).toBeGreaterThan(limits.entriesPerBatch / 2);
    expect(entriesMax).toBeLessThan(limits.entriesPerBatch + limits.profilesPerPage * keysPerProfileMax);
    expect(row).toMatchObject({
      partitions: 4,
      counts: { profiles: 120, skippedBlocks: { mobile: 1 }, skippedMembers: 120, open: 40 },
    });
    // Each pair under its number and its name in up to three spellings, and no pair because of the shop.
    expect(row.counts.comparisons).toBeLessThan(5 * 40);
    expect((await storedPairs(group, 'wren')).filter(({ signals }) => signals.length < 2)).toEqual([]);
  });
});
