import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadLocationNode, locationsOf } from '../../src/activity/location.service.js';
import { parseNodeId } from '../../src/kernel/ids.js';
import { aLocation } from '../support/factories/location.js';
import { openGroup, type TestGroup } from '../support/group.js';

let group: TestGroup;

beforeAll(async () => {
  group = await openGroup();
});

afterAll(() => group.close());

describe('places of a brand', () => {
  it('are listed by name, page by page, equal names included', async () => {
    const names = ['Bourke Street', 'Chadstone', 'Chadstone', 'Chadstone', 'Doncaster'];
    const rows = await Promise.all(names.map((name) => aLocation(group, 'wren', { name })));
    const { brand } = group.entry('wren');
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page = await locationsOf(group.context(), brand, { first: 2, after });
      expect(page.totalCount).toBe(5);
      seen.push(...page.nodes.map((node) => node._id));
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after !== null);
    const expected = rows.sort((a, b) => (`${a.name}${a._id}` < `${b.name}${b._id}` ? -1 : 1)).map((row) => row._id);
    expect(seen).toEqual(expected);
  });

  it('of one brand do not continue the list of another', async () => {
    await aLocation(group, 'alder');
    const page = await locationsOf(group.context(), group.entry('alder').brand, { first: 1 });
    const after = page.pageInfo.endCursor;
    const other = locationsOf(group.context(), group.entry('hearth').brand, { after });
    await expect(other).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
  });

  it('are found by id where the actor may look', async () => {
    const { _id } = await aLocation(group, 'hearth', { name: 'Warehouse', isPublished: false });
    const nodeId = { kind: 'loc', brand: 'hearth', uuids: [_id] } as const;
    expect(await loadLocationNode(group.context(), nodeId)).toMatchObject({
      __typename: 'Location',
      name: 'Warehouse',
    });
    expect(await loadLocationNode(group.context(), { ...nodeId, uuids: [randomUUID()] })).toBeNull();
    expect(await loadLocationNode(group.context(), { ...nodeId, brand: 'nowhere' })).toBeNull();
    expect(parseNodeId('loc_hearth_x')).toBeNull();
  });
});
