import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LinkGroup, openLinkGroup } from './link-group.js';
import { runHistory } from './link-histories.js';

let group: LinkGroup;
beforeAll(async () => {
  group = await openLinkGroup();
});
afterAll(() => group.close());

const seed = Math.floor(Math.random() * 2 ** 31);
/** A handful on the real engine: the explorer goes through thousands on doubles, command by command. */
const histories = 4;

it(`Random histories of one customer's links leave nothing half done (seed ${seed})`, async () => {
  for (let index = 0; index < histories; index += 1) expect(await runHistory(group, seed + index)).toEqual([]);
}, 60_000);
