import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LinkGroup, openLinkGroup } from '../links/link-group.js';
import { runHistory } from '../links/link-histories.js';

const seed = Number(process.env['KINDRED_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const histories = Number(process.env['KINDRED_HISTORIES'] ?? 500);
/** Histories of one group of databases: the checks look through all of its profiles. */
const perGroup = 100;

let group: LinkGroup;
beforeAll(async () => {
  group = await openLinkGroup();
});
afterAll(() => group.close());

it(`Many random histories of links leave nothing half done (seed ${seed})`, async () => {
  for (let index = 0; index < histories; index += 1) {
    if (index > 0 && index % perGroup === 0) {
      await group.close();
      group = await openLinkGroup();
    }
    expect(await runHistory(group, seed + index)).toEqual([]);
  }
}, 7_200_000);
