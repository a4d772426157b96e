import { afterAll, beforeAll, expect, it } from 'vitest';
import { searchChangingWorlds, searchStillWorlds } from '../links/group-customer-model.js';
import { openGroup, type TestGroup } from '../support/group.js';

const seed = Number(process.env['KINDRED_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const worlds = 200;
const timeoutMs = 1_200_000;

let group: TestGroup;
beforeAll(async () => {
  group = await openGroup();
});
afterAll(() => group.close());

it(
  `${worlds} random worlds are listed whole, everybody once, whatever the page size (seed ${seed})`,
  async () => {
    const { wrong, people } = await searchStillWorlds(group, seed, { worlds, lists: 6 });
    expect(wrong).toEqual([]);
    expect(people).toBeGreaterThan(worlds);
  },
  timeoutMs,
);

it(
  `${worlds} random worlds that change between pages show nobody twice and miss nobody (seed ${seed})`,
  async () => {
    expect(await searchChangingWorlds(group, seed + 1, worlds)).toEqual([]);
  },
  timeoutMs,
);
