import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QueryProfilesArgs } from '../../src/generated/resolvers-types.js';
import type { ProfileView } from '../../src/profiles/profile.js';
import { listProfiles } from '../../src/profiles/profile-list.service.js';
import { updateProfile } from '../../src/profiles/profile-update.service.js';
import { anEmail, aProfile, craftMerge, profileId } from '../support/factories/profile.js';
import { anActor, openGroup, type TestGroup } from '../support/group.js';
import { refusalsOf } from '../support/refusals.js';

let group: TestGroup;
/** P0–P7 in order of creation: P0 is a VIP, P2 has no last name, P3 and P4 share a millisecond, P5 is merged into P6. */
let people: ProfileView[];

beforeAll(async () => {
  let nowMs = Date.UTC(2026, 10, 22);
  group = await openGroup({ clock: { now: () => new Date(nowMs) } });
  people = [];
  for (let i = 0; i < 8; i += 1) {
    // Two share a millisecond, so that ids must break the tie.
    if (i !== 4) nowMs += 1_000;
    people.push(await aProfile(group, 'wren', { firstName: `P${i}`, tags: i % 2 === 0 ? ['even'] : [] }));
  }
  await updateProfile(group.context(), { id: profileId(people[2] as ProfileView), lastName: null });
  await updateProfile(group.context(), { id: profileId(people[0] as ProfileView), addStatuses: ['vip'] });
  await craftMerge(group, people[5] as ProfileView, people[6] as ProfileView);
});
afterAll(() => group.close());

function list(args: Partial<QueryProfilesArgs> = {}, actor = anActor()) {
  const all = { brand: 'wren', first: 20, orderBy: { field: 'CREATED_AT', direction: 'DESC' }, ...args } as const;
  return listProfiles(group.context({ actor }), all as QueryProfilesArgs);
}

async function walk(args: Partial<QueryProfilesArgs>): Promise<(string | null | undefined)[]> {
  const names: (string | null | undefined)[] = [];
  let after: string | null | undefined;
  for (let page = 0; page < 20; page += 1) {
    const result = await list({ ...args, after });
    names.push(...(result?.nodes ?? []).map((node) => node.firstName));
    if (!result?.pageInfo.hasNextPage) return names;
    after = result.pageInfo.endCursor;
  }
  throw new Error('The list goes on and on');
}

const newestFirst = ['P7', 'P6', 'P4', 'P3', 'P2', 'P1', 'P0'];

describe('a list of profiles', () => {
  it('goes through every live profile once, newest first, whatever the page size', async () => {
    for (const first of [1, 2, 3, 7, 20]) {
      const names = await walk({ first });
      expect([...names].sort()).toEqual([...newestFirst].sort());
      expect(names.filter((name) => !['P3', 'P4'].includes(name as string))).toEqual(['P7', 'P6', 'P2', 'P1', 'P0']);
    }
  });

  it('goes the other way', async () => {
    const order = { field: 'CREATED_AT', direction: 'ASC' } as const;
    expect(await walk({ first: 2, orderBy: order })).toEqual((await walk({ first: 3 })).reverse());
  });

  it('says where a page stands', async () => {
    const first = await list({ first: 3 });
    expect(first?.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    const second = await list({ first: 3, after: first?.edges[2]?.cursor });
    expect(second?.pageInfo.hasPreviousPage).toBe(true);
  });

  it('is stable while rows come', async () => {
    const first = await list({ first: 2 });
    await aProfile(group, 'alder');
    const second = await list({ first: 2, after: first?.pageInfo.endCursor });
    expect(first?.nodes.some((node) => second?.nodes.some((other) => other._id === node._id))).toBe(false);
  });

  it('counts live profiles only, and not at all when filtered', async () => {
    expect((await list())?.totalCount).toBe(7);
    expect((await list({ filter: { isKnown: true } }))?.totalCount).toBeNull();
  });

  it('is null for a brand that is not the token’s, as for one that does not exist', async () => {
    const actor = anActor({ brandHandles: new Set(['alder']) });
    expect(await list({}, actor)).toBeNull();
    expect(await list({ brand: 'oak' }, actor)).toBeNull();
  });

  it('takes a page of none for those who only count', async () => {
    expect((await list({ first: 0 }))?.nodes).toEqual([]);
  });

  it.each([-1, 101])('refuses a page of %i', async (first) => {
    expect(await refusalsOf(list({ first }))).toEqual(['BAD_USER_INPUT']);
  });
});

describe('a filter', () => {
  it.each([
    ['tags', { tags: ['even'] }, ['P6', 'P4', 'P2', 'P0']],
    ['statuses', { statuses: ['vip'] }, ['P0']],
    ['tags and statuses together', { tags: ['even'], statuses: ['vip'] }, ['P0']],
    ['whether somebody is known', { isKnown: false }, ['P2']],
    ['types', { types: ['TEMPORARY'] }, []],
    ['nothing that anybody has', { tags: ['none'] }, []],
  ] as const)('goes by %s', async (_, filter, names) => {
    for (const first of [1, 20]) expect(await walk({ first, filter })).toEqual(names);
  });
});

describe('a cursor', () => {
  it.each([
    ['another filter', { filter: { tags: ['even'] } }],
    ['another order', { orderBy: { field: 'CREATED_AT', direction: 'ASC' } }],
    ['another brand', { brand: 'alder' }],
  ] as const)('is refused for %s', async (_, args) => {
    const after = (await list({ first: 1 }))?.pageInfo.endCursor;
    expect(await refusalsOf(list({ ...(args as Partial<QueryProfilesArgs>), after }))).toEqual(['CURSOR_INVALID']);
  });

  it('that was tampered with is refused', async () => {
    const cursor = (await list({ first: 1 }))?.pageInfo.endCursor as string;
    const swapped = cursor.slice(0, 10) + (cursor[10] === 'A' ? 'B' : 'A') + cursor.slice(11);
    for (const after of [swapped, cursor.slice(0, -1), `${cursor}A`, `${cursor}=`, 'c1_', '', 'x'.repeat(10_000)]) {
      expect(await refusalsOf(list({ after }))).toEqual(['CURSOR_INVALID']);
    }
  });

  it('shows nothing of the row it stands for', async () => {
    const page = await list({ first: 1 });
    const bytes = Buffer.from(page?.pageInfo.endCursor?.slice(3) ?? '', 'base64url').toString('latin1');
    expect(bytes).not.toContain(page?.nodes[0]?._id.slice(0, 8));
    expect((await list({ first: 1 }))?.pageInfo.endCursor).not.toBe(page?.pageInfo.endCursor);
  });
});

describe('a profile merged away while it is listed', () => {
  it('is not shown', async () => {
    const loser = await aProfile(group, 'hearth', { email: anEmail() });
    const winner = await aProfile(group, 'hearth');
    await craftMerge(group, loser, winner);
    const page = await listProfiles(group.context(), {
      brand: 'hearth',
      first: 20,
      orderBy: { field: 'CREATED_AT', direction: 'DESC' },
    });
    expect(page?.nodes.map((node) => node._id)).toEqual([winner._id]);
  });
});
