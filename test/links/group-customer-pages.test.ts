import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Deadline } from '../../src/kernel/clock.js';
import { findActivatedLinks } from '../../src/links/group-customer-list.store.js';
import { openGroup, type TestGroup } from '../support/group.js';
import { searchChangingWorlds, searchStillWorlds } from './group-customer-model.js';
import { aLink, aPage, brandToken, type Customer, CustomerWorld } from './group-customer-world.js';

const handles = ['alder', 'hearth', 'wren'];
const seed = Math.floor(Math.random() * 2 ** 31);

let group: TestGroup;
beforeAll(async () => {
  group = await openGroup({ isMonitored: true });
});
afterAll(() => group.close());

describe(`lists of people in random worlds (seed ${seed})`, () => {
  it('show everybody who belongs there exactly once, whatever the page size', async () => {
    const { wrong, people } = await searchStillWorlds(group, seed, { worlds: 2, lists: 4 });
    expect(wrong).toEqual([]);
    expect(people).toBeGreaterThan(0);
  });

  it('show nobody twice and miss nobody while links end and begin and profiles are merged between pages', async () => {
    expect(await searchChangingWorlds(group, seed + 1, 2)).toEqual([]);
  });
});

describe('a page of people', () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 3, 1, 9, minute));

  it('costs as many commands for 10 people as for 100', async () => {
    const world = new CustomerWorld(group);
    await world.clear();
    const [alder = [], hearth = [], wren = []] = await Promise.all(handles.map((brand) => world.customers(brand, 101)));
    const links = alder.flatMap((each, index) => {
      const [there, further] = [hearth[index], wren[index]] as [Customer, Customer];
      return [aLink(each, there, at(index)), aLink(further, there, at(index)), aLink(each, further, at(index))];
    });
    await world.link(...links);
    const two = ['wren', 'hearth'];
    for (const [listing, commands] of [
      [{ brands: two, isGroup: false }, ['alder 1', 'hearth 1', 'registry 4', 'wren 1']],
      [{ brands: two, isGroup: true }, ['alder 1', 'hearth 1', 'registry 4', 'wren 1']],
      [{ brands: handles, isGroup: true }, ['alder 1', 'hearth 1', 'registry 4', 'wren 1']],
    ] as const) {
      for (const first of [10, 50, 100]) {
        const { brands, isGroup } = listing;
        expect(await commandsOf([...brands], isGroup, first)).toEqual(commands);
      }
    }
  });

  it('is found by an index, in order', async () => {
    const { registry } = group.brands;
    const read = { brand: 'wren', others: ['alder', 'hearth'], limit: 20, deadline: Deadline.after(10_000) };
    for (const after of [null, { activatedAt: at(3), id: randomUUID() }]) {
      const finds: Record<string, unknown>[] = [];
      await watched(
        ['registry'],
        ({ command }) => finds.push(command),
        () => findActivatedLinks(registry, { ...read, after }),
      );
      expect(finds).toHaveLength(2);
      for (const { find, filter, sort, limit } of finds) {
        const plan = JSON.stringify(await registry.connection.db?.command({ explain: { find, filter, sort, limit } }));
        expect(plan).toContain('IXSCAN');
        for (const stage of ['"COLLSCAN"', '"SORT"']) expect(plan).not.toContain(stage);
      }
    }
  });
});

interface Command {
  readonly commandName: string;
  readonly command: Record<string, unknown>;
}

/** Notes every command that these databases are asked while work is done. */
async function watched(
  owners: readonly string[],
  note: (command: Command, owner: string) => void,
  work: () => Promise<unknown>,
): Promise<void> {
  const stops = owners.map((owner) => {
    const { connection } = owner === 'registry' ? group.brands.registry : group.entry(owner).database;
    const client = connection.getClient();
    const listen = (event: Command): void => note(event, owner);
    client.on('commandStarted', listen);
    return () => client.off('commandStarted', listen);
  });
  await work();
  for (const stop of stops) stop();
}

/** How often each database was asked for a page that is full. */
async function commandsOf(brands: string[], isGroup: boolean, first: number): Promise<string[]> {
  const counts = new Map<string, number>();
  const count = (_: Command, owner: string) => counts.set(owner, (counts.get(owner) ?? 0) + 1);
  await watched(['registry', ...handles], count, async () => {
    const context = isGroup ? group.context() : brandToken(group, ...handles);
    expect((await aPage(context, { brands, first })).nodes).toHaveLength(first);
  });
  return [...counts].map(([owner, n]) => `${owner} ${n}`).sort();
}
