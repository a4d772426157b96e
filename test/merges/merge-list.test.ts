import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MergeView } from '../../src/merges/merge.js';
import { listMerges, mergesOf } from '../../src/merges/merge-list.service.js';
import type { ProfileView } from '../../src/profiles/profile.js';
import { viewProfile } from '../../src/profiles/profile.service.js';
import { aProfile } from '../support/factories/profile.js';
import { anActor, openGroup, type TestGroup } from '../support/group.js';
import { planStages } from '../support/query-plan.js';
import { merged, undo } from './undoing.js';

let group: TestGroup;
let winner: ProfileView;
/** Oldest first; the first was undone. */
const records: MergeView[] = [];

beforeAll(async () => {
  group = await openGroup();
  winner = await aProfile(group, 'wren');
  for (let at = 0; at < 3; at += 1) records.push(await merged(group, await aProfile(group, 'wren'), winner));
  const [a, b] = [await aProfile(group, 'wren'), await aProfile(group, 'wren')];
  records.push(await merged(group, a, b));
  await undo(group, records[2] as MergeView);
  await aProfile(group, 'alder');
});
afterAll(() => group.close());

const idsOf = (page: { readonly nodes: readonly MergeView[] } | null) => page?.nodes.map(({ _id }) => _id);
const idsAt = (...places: number[]) => places.map((at) => records[at]?._id);

describe("a brand's merges", () => {
  it('are listed newest first, page by page', async () => {
    const first = await listMerges(group.context(), { brand: 'wren', first: 3 });
    expect(idsOf(first)).toEqual(idsAt(3, 2, 1));
    expect(first).toMatchObject({ totalCount: 4, pageInfo: { hasNextPage: true, hasPreviousPage: false } });
    const after = first?.pageInfo.endCursor ?? null;
    const second = await listMerges(group.context(), { brand: 'wren', first: 3, after });
    expect(idsOf(second)).toEqual(idsAt(0));
    expect(second?.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  });

  it('are listed by state', async () => {
    const undone = await listMerges(group.context(), { brand: 'wren', statuses: ['UNDONE'] });
    expect(idsOf(undone)).toEqual(idsAt(2));
    expect(undone?.totalCount).toBeNull();
    const done = await listMerges(group.context(), { brand: 'wren', first: 2, statuses: ['COMPLETED'] });
    expect([idsOf(done), done?.pageInfo.hasNextPage]).toEqual([idsAt(3, 1), true]);
    expect(idsOf(await listMerges(group.context(), { brand: 'wren', statuses: ['SETTLING'] }))).toEqual([]);
  });

  it('are nobody else’s to see, and a cursor is good for its own list', async () => {
    const stranger = group.context({ actor: anActor({ brandHandles: new Set(['alder']) }) });
    expect(await listMerges(stranger, { brand: 'wren' })).toBeNull();
    expect(idsOf(await listMerges(group.context(), { brand: 'alder' }))).toEqual([]);
    const page = await listMerges(group.context(), { brand: 'wren', first: 1 });
    const after = page?.pageInfo.endCursor ?? null;
    await expect(listMerges(group.context(), { brand: 'alder', after })).rejects.toMatchObject({
      code: 'CURSOR_INVALID',
    });
    await expect(listMerges(group.context(), { brand: 'wren', first: 101 })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
    });
  });

  it('come without what undoing needs unless its values are shown', async () => {
    const selection = new Map([['Merge', new Set(['id'])]]);
    const page = await listMerges(group.context({ selection }), { brand: 'wren' });
    for (const node of page?.nodes ?? []) expect(node).not.toHaveProperty('snapshot');
    expect(page?.totalCount).toBeNull();
  });
});

describe('merges of a profile', () => {
  it('are those that ended in it, along chains too, the undone included', async () => {
    const top = await aProfile(group, 'wren');
    const last = await merged(group, winner, top);
    const context = group.context();
    const view = (await viewProfile(context, group.entry('wren'), winner._id)) as ProfileView;
    expect(view._id).toBe(top._id);
    const page = await mergesOf(context, view, { first: 3 });
    expect(idsOf(page)).toEqual([last._id, ...idsAt(2, 1)]);
    expect(page.totalCount).toBe(4);
    const rest = await mergesOf(context, view, { first: 3, after: page.pageInfo.endCursor });
    expect(idsOf(rest)).toEqual(idsAt(0));
  });
});

describe('reads of merges', () => {
  const at = new Date();
  const winners = { $in: [randomUUID(), randomUUID()] };
  const behind = { committedAt: { $lte: at }, $or: [{ committedAt: { $lt: at } }, { _id: { $lt: randomUUID() } }] };
  const sort = { committedAt: -1, _id: -1 };

  it.each<[string, object]>([
    ['a brand', { find: 'merges', filter: { committedAt: { $gte: new Date(0) } }, sort, limit: 21 }],
    ['a brand, further on', { find: 'merges', filter: behind, sort, limit: 21 }],
    [
      'a profile',
      { find: 'merges', filter: { winnerId: winners, committedAt: { $gte: new Date(0) } }, sort, limit: 21 },
    ],
    ['a profile, further on', { find: 'merges', filter: { winnerId: winners, ...behind }, sort, limit: 21 }],
    ['winners to be erased', { find: 'merges', filter: { winnerId: winners, snapshot: { $exists: true } } }],
    ['losers to be erased', { find: 'merges', filter: { loserId: winners, snapshot: { $exists: true } } }],
    [
      'what has expired',
      {
        find: 'merges',
        filter: { undoableUntil: { $lte: at }, snapshot: { $exists: true } },
        sort: { undoableUntil: 1 },
        limit: 500,
      },
    ],
  ])('of %s go by an index, in order', async (_what, command) => {
    const stages = await planStages(group.entry('wren').database, command);
    expect(stages).toContain('IXSCAN');
    expect(stages).not.toContain('COLLSCAN');
    expect(stages).not.toContain('SORT');
  });
});
