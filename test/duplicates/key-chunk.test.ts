import { describe, expect, it } from 'vitest';
import { DuplicateKeys, valueSharedMax } from '../../src/duplicates/duplicate-key.js';
import { BlockGathering, eachEntry, packEntries, partitionOf, partitionsFor } from '../../src/duplicates/key-chunk.js';
import { newUuid } from '../../src/kernel/ids.js';

const keys = new DuplicateKeys(new Uint8Array(32).fill(3), 'wren');

describe('packed entries', () => {
  it('come out as they went in', () => {
    const entries = Array.from({ length: 50 }, (_, n) => ({
      key: keys.keyOf(n % 2 === 0 ? 'mobile' : 'fullName', String(n)),
      profileId: newUuid(),
    }));
    const read: unknown[] = [];
    eachEntry(packEntries(entries), (key, profileId) => read.push({ key, profileId: profileId() }));
    expect(read).toEqual(entries);
  });

  it('refuse an id that they could not give back', () => {
    const entry = { key: keys.keyOf('mobile', '1'), profileId: 'not-a-uuid' };
    expect(() => packEntries([entry])).toThrow('Wanted a UUID');
  });

  it('are put in order one profile once, and of a block that is too large only the size is held', () => {
    const [shop, home] = [keys.keyOf('mobile', 'shop'), keys.keyOf('address', 'home')];
    const gathering = new BlockGathering(() => valueSharedMax);
    const family = [newUuid(), newUuid()];
    for (let page = 0; page < 50; page += 1) {
      const visitors = Array.from({ length: 100 }, () => ({ key: shop, profileId: newUuid() }));
      const twice = family.map((profileId) => ({ key: home, profileId }));
      gathering.add(packEntries([...visitors, ...twice]));
      expect(gathering.held).toBe(2);
    }
    expect(gathering.shared()).toEqual(
      [
        { key: shop, size: 5_000, members: [] },
        { key: home, size: 2, members: family },
      ].sort((a, b) => (a.key < b.key ? -1 : 1)),
    );
  });
});

describe('partitions', () => {
  it.each([
    [0, 1],
    [10_000, 1],
    [100_000, 16],
    [1_000_000, 128],
    [50_000_000, 8_192],
  ])('of %i profiles are %i, so that each stays small', (profiles, partitions) => {
    expect(partitionsFor(profiles, 32_000)).toBe(partitions);
  });

  it('are filled evenly, those of values first', () => {
    const sizes = new Array<number>(16).fill(0);
    let misplaced = 0;
    for (let n = 0; n < 16_000; n += 1) {
      const partition = partitionOf(keys.keyOf(n % 2 === 0 ? 'mobile' : 'nameStart', String(n)), 8);
      sizes[partition] = (sizes[partition] ?? 0) + 1;
      if (partition < 8 !== (n % 2 === 0)) misplaced += 1;
    }
    expect(misplaced).toBe(0);
    expect(Math.min(...sizes)).toBeGreaterThan(850);
    expect(Math.max(...sizes)).toBeLessThan(1_150);
  });
});
