import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pairId } from '../../src/duplicates/duplicate.js';
import { duplicateCollection } from '../../src/duplicates/duplicate.model.js';
import { loadDuplicateNode } from '../../src/duplicates/duplicate.service.js';
import { dismissDuplicate } from '../../src/duplicates/duplicate-dismiss.service.js';
import { duplicatesOf } from '../../src/duplicates/duplicate-list.service.js';
import { auditCollection } from '../../src/events/event.model.js';
import type { NodeId } from '../../src/kernel/ids.js';
import { formatNodeId, parseNodeId } from '../../src/kernel/ids.js';
import { undoMerge } from '../../src/merges/merge-undo.service.js';
import { profileCollection } from '../../src/profiles/profile.model.js';
import { merge, refusalCodes, rowsOf } from '../merges/merging.js';
import { aMobile, anEmail } from '../support/factories/profile.js';
import { anActor, openGroup, type TestGroup } from '../support/group.js';
import { customers, inbox, scan, storedPairs, view } from './scanning.js';

const brand = 'wren';

describe('the inbox of duplicates', () => {
  let group: TestGroup;
  /** Two of one person, and a third that is found with both. */
  let [a, b, c]: string[] = [];
  beforeAll(async () => {
    group = await openGroup();
  });
  afterAll(() => group.close());
  beforeEach(async () => {
    const { database } = group.entry(brand);
    for (const definition of [profileCollection, duplicateCollection]) {
      await database.model(definition as typeof profileCollection).collection.deleteMany({});
    }
    [a, b, c] = await customers(group, brand, [
      { firstName: 'Mei', lastName: 'Tanaka', secondaryPhone: '0412 345 678' },
      {
        firstName: 'Mei',
        lastName: 'Tanaka',
        mobilePhone: aMobile(),
        secondaryPhone: '0412345678',
      },
      { firstName: 'May', lastName: 'Tanaka', email: anEmail(), secondaryPhone: '+61412345678' },
    ]);
    await scan(group, brand);
  });

  const id = (x: string | undefined, y: string | undefined): string => pairId(x as string, y as string);
  const nodeId = (pair: string): string => formatNodeId('dup', brand, pair);
  const dismiss = (pair: string, overrides: object = {}) =>
    dismissDuplicate(group.context(), { id: nodeId(pair), ...overrides });
  const listed = async (args: Parameters<typeof inbox>[2] = {}): Promise<[string, string][]> =>
    ((await inbox(group, brand, args))?.nodes ?? []).map((node) => [node._id, node.status]);
  const mergeTwo = async (loser: string | undefined, winner: string | undefined): Promise<void> => {
    await merge(group, await view(group, brand, loser as string), await view(group, brand, winner as string));
  };

  it('shows the most likely pair first and advises to keep the one with an e-mail', async () => {
    const page = await inbox(group, brand);
    expect(page?.nodes.map(({ _id, score }) => [_id, score])).toEqual([
      [id(a, b), 0.85],
      ...[id(a, c), id(b, c)]
        .sort()
        .reverse()
        .map((pair) => [pair, 0.75]),
    ]);
    expect(page?.totalCount).toBe(3);
    for (const node of page?.nodes.slice(1) ?? []) expect(node.suggestedWinner._id).toBe(c);
  });

  it('is read page by page, by score, and by state', async () => {
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page = await inbox(group, brand, { first: 1, after });
      seen.push(...(page?.nodes ?? []).map((node) => node._id));
      after = page?.pageInfo.hasNextPage ? (page.pageInfo.endCursor as string) : null;
    } while (after !== null);
    expect(seen).toEqual((await listed()).map(([pair]) => pair));
    expect(await listed({ minScore: 0.8 })).toEqual([[id(a, b), 'OPEN']]);
    expect(await listed({ statuses: ['MERGED', 'DISMISSED'] })).toEqual([]);
    expect(await listed({ statuses: [] })).toEqual([]);
    const first = await inbox(group, brand, { first: 1 });
    const other = inbox(group, brand, { first: 1, after: first?.pageInfo.endCursor ?? null, minScore: 0.5 });
    await expect(other).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
  });

  it('looks the same for a foreign brand, a missing pair and none', async () => {
    const stranger = group.context({ actor: anActor({ brandHandles: new Set(['alder']) }) });
    const node = parseNodeId(nodeId(id(a, b))) as NodeId;
    expect(await loadDuplicateNode(group.context(), node)).toMatchObject({ status: 'OPEN' });
    expect(await loadDuplicateNode(stranger, node)).toBeNull();
    expect(await loadDuplicateNode(group.context(), { ...node, uuids: [a as string] })).toBeNull();
    const foreign = { ...stranger, world: group.context().world };
    expect(await refusalCodes(dismissDuplicate(foreign, { id: nodeId(id(a, b)) }))).toEqual(['NOT_FOUND']);
    expect(await refusalCodes(dismiss(a as string))).toEqual(['NOT_FOUND']);
  });

  it('shows the pairs of one profile, those found for profiles merged into it included', async () => {
    const pairsOf = async (profile: string | undefined) =>
      (await duplicatesOf(group.context(), await view(group, brand, profile as string), {})).nodes.map(
        ({ _id }) => _id,
      );
    expect((await pairsOf(a)).sort()).toEqual([id(a, b), id(a, c)].sort());
    await mergeTwo(a, b);
    expect(await pairsOf(b)).toEqual([id(b, c)]);
  });

  it('never shows a pair twice, nor one of which a profile is gone', async () => {
    await mergeTwo(a, b);
    // The pairs of a and of b with c stand for the same two profiles now.
    expect(await listed()).toEqual([[id(b, c), 'OPEN']]);
    const { database } = group.entry(brand);
    await database.model(duplicateCollection).collection.deleteOne({ _id: id(b, c) as never });
    expect(await listed()).toEqual([[id(a, c), 'OPEN']]);
    await database.model(profileCollection).collection.updateOne({ _id: c as never }, { $set: { state: 'DELETED' } });
    expect(await listed({ statuses: ['OPEN', 'DISMISSED', 'MERGED'] })).toEqual([[id(a, b), 'MERGED']]);
  });

  it('says MERGED at once, with the profile that stayed, before and after the next scan', async () => {
    await mergeTwo(a, b);
    const check = async (): Promise<void> => {
      const merged = await inbox(group, brand, { statuses: ['MERGED'] });
      expect(merged?.nodes).toMatchObject([{ _id: id(a, b), status: 'MERGED', suggestedLoser: null }]);
      expect(merged?.nodes[0]?.suggestedWinner._id).toBe(b);
    };
    await check();
    await scan(group, brand);
    await check();
    expect((await storedPairs(group, brand)).map((row) => [row._id, row.status]).sort()).toEqual(
      [
        [id(a, b), 'MERGED'],
        [id(b, c), 'OPEN'],
      ].sort(),
    );
    expect(await refusalCodes(dismiss(id(a, b)))).toEqual(['STATE_NOT_ALLOWED']);
  });

  it('remembers for ever what was told apart', async () => {
    const dismissed = await dismiss(id(a, c), { reason: 'Sisters', idempotencyKey: 'dismiss-0001' });
    expect(dismissed).toMatchObject({ _id: id(a, c), status: 'DISMISSED' });
    await scan(group, brand);
    expect(await listed({ statuses: ['DISMISSED'] })).toEqual([[id(a, c), 'DISMISSED']]);
    // What was said about a holds for b, which a becomes.
    await mergeTwo(a, b);
    expect(await listed()).toEqual([]);
    await group
      .entry(brand)
      .database.model(duplicateCollection)
      .collection.deleteOne({ _id: id(b, c) as never });
    await scan(group, brand);
    expect(await listed()).toEqual([]);
    expect(await storedPairs(group, brand)).toHaveLength(2);
  });

  it('takes one decision once, with who and why', async () => {
    const key = { idempotencyKey: 'dismiss-0002', reason: 'Not the same' };
    await dismiss(id(b, c), key);
    await dismiss(id(b, c), key);
    await dismiss(id(b, c));
    expect(await refusalCodes(dismiss(id(b, c), { ...key, reason: 'Other' }))).toEqual(['IDEMPOTENCY_KEY_REUSED']);
    const audit = (await rowsOf(group, brand, auditCollection)).filter((row) => row.subject === id(b, c));
    expect(audit).toMatchObject([{ action: 'duplicateDismiss', actor: { reference: 'staff_test_1' } }]);
    const row = (await storedPairs(group, brand)).find((each) => each._id === id(b, c));
    expect(row).toMatchObject({ status: 'DISMISSED', decidedBy: 'staff_test_1', reason: 'Not the same', rev: 2 });
  });

  it('takes an undone merge for the word that they are two', async () => {
    const winner = await view(group, brand, b as string);
    const done = await merge(group, await view(group, brand, a as string), winner);
    await scan(group, brand);
    await undoMerge(group.context(), {
      mergeId: formatNodeId('merge', brand, done.merge?._id as string),
      reason: 'Two people',
      idempotencyKey: 'undo-00001',
    });
    const all = { statuses: ['DISMISSED' as const] };
    expect(await listed(all)).toEqual([[id(a, b), 'DISMISSED']]);
    await scan(group, brand);
    expect(await listed(all)).toEqual([[id(a, b), 'DISMISSED']]);
    // A pair that nobody had found before the merge is not asked about after it either.
    await group.entry(brand).database.model(duplicateCollection).collection.deleteMany({});
    await scan(group, brand);
    expect((await storedPairs(group, brand)).map((row) => row._id).sort()).toEqual([id(a, c), id(b, c)].sort());
  });

  it('knows about an undo before the next scan does', async () => {
    const winner = await view(group, brand, b as string);
    const done = await merge(group, await view(group, brand, a as string), winner);
    await undoMerge(group.context(), {
      mergeId: formatNodeId('merge', brand, done.merge?._id as string),
      reason: 'Two people',
      idempotencyKey: 'undo-00002',
    });
    expect((await storedPairs(group, brand)).map(({ status }) => status)).toEqual(['OPEN', 'OPEN', 'OPEN']);
    expect(await listed({ statuses: ['DISMISSED'] })).toEqual([[id(a, b), 'DISMISSED']]);
    expect((await listed()).map(([pair]) => pair).sort()).toEqual([id(a, c), id(b, c)].sort());
    await scan(group, brand);
    const row = (await storedPairs(group, brand)).find((each) => each._id === id(a, b));
    expect(row?.status).toBe('DISMISSED');
    expect(row?.signals.map(({ kind }) => kind)).toContain('SHARED_IDENTITY_HISTORY');
  });
});
