import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InteractionRow } from '../../src/activity/interaction.js';
import { interactionCollection, interactionKeyCollection } from '../../src/activity/interaction.model.js';
import { interactionsOf } from '../../src/activity/interaction.service.js';
import { ingestInteraction } from '../../src/activity/interaction-ingest.service.js';
import type { InteractionIngestInput } from '../../src/generated/resolvers-types.js';
import { movedCounts } from '../../src/merges/merge-kind.service.js';
import type { ProfileView } from '../../src/profiles/profile.js';
import { viewProfile } from '../../src/profiles/profile.service.js';
import { expectMergeInvariants, merge, review, rowsOf } from '../merges/merging.js';
import { merged, undo } from '../merges/undoing.js';
import { anInteraction } from '../support/factories/interaction.js';
import { aProfile, craftMerge, profileId, storedProfile } from '../support/factories/profile.js';
import { openGroup, type TestGroup } from '../support/group.js';
import { interrupted } from './before-commit.js';

let group: TestGroup;
beforeAll(async () => {
  group = await openGroup();
});
afterAll(() => group.close());

const card = () => ({ identity: { handle: 'loyalty-card', identifier: `LY-${randomUUID()}` } });

async function take(input: InteractionIngestInput): Promise<string> {
  return (await ingestInteraction(group.context(), input)).interaction._id;
}

/** A profile with a card, and as many interactions by its card, every other one with something told beside it. */
async function aCustomer(
  count: number,
): Promise<{ profile: ProfileView; customer: ReturnType<typeof card>; ids: string[] }> {
  const customer = card();
  const profile = await aProfile(group, 'wren', { identities: [customer.identity] });
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1)
    ids.push(await take(anInteraction('wren', customer, n % 2 ? {} : { meta: { n } })));
  return { profile, customer, ids };
}

async function shown(id: string): Promise<string[]> {
  const context = group.context();
  const view = (await viewProfile(context, group.entry('wren'), id)) as ProfileView;
  const { nodes, totalCount } = await interactionsOf(context, view, { first: 50 });
  expect(totalCount).toBe(nodes.length);
  return nodes.map((node) => node._id).sort();
}

/** Every row and key of the brand, to the byte. */
async function rows(): Promise<string[]> {
  const all = [
    ...(await rowsOf<InteractionRow>(group, 'wren', interactionCollection)),
    ...(await rowsOf(group, 'wren', interactionKeyCollection)),
  ];
  return all.map((row) => JSON.stringify(row)).sort();
}

describe('interactions in a merge and its undo', () => {
  it('are counted in the preview and the record, move without being written, and go back', async () => {
    const [loser, winner] = [await aCustomer(3), await aCustomer(2)];
    const before = await rows();
    const plan = await review(group, loser.profile, winner.profile);
    expect(plan.counts).toContainEqual({ kind: 'INTERACTION', count: 3, sums: null });
    const record = await merged(group, loser.profile, winner.profile);
    expect(await shown(winner.profile._id)).toEqual([...loser.ids, ...winner.ids].sort());
    expect(await movedCounts(group.context(), record)).toContainEqual({ kind: 'INTERACTION', count: 3, sums: null });
    expect(await rows()).toEqual(before);
    await undo(group, record);
    expect(await shown(winner.profile._id)).toEqual(winner.ids.sort());
    expect(await shown(loser.profile._id)).toEqual(loser.ids.sort());
    expect(await rows()).toEqual(before);
    await expectMergeInvariants(group, 'wren');
  });

  it('that came in between go to the side they were addressed to, and stand in no undo’s way', async () => {
    const [loser, winner] = [await aCustomer(1), await aCustomer(1)];
    const record = await merged(group, loser.profile, winner.profile);
    const byCard = await take(anInteraction('wren', loser.customer, { meta: { between: true } }));
    const byFormerId = await take(anInteraction('wren', { profileId: profileId(loser.profile) }));
    const counted = await movedCounts(group.context(), record);
    expect(counted.find(({ kind }) => kind === 'INTERACTION')?.count, 'what came later did not move').toBe(1);
    await undo(group, record);
    expect(await shown(loser.profile._id)).toEqual([...loser.ids, byCard].sort());
    expect(await shown(winner.profile._id)).toEqual([...winner.ids, byFormerId].sort());
  });

  it('do not make a reviewed plan stale when more come in', async () => {
    const [loser, winner] = [await aCustomer(1), await aCustomer(0)];
    const { hash } = await review(group, loser.profile, winner.profile);
    await take(anInteraction('wren', loser.customer, { meta: { late: true } }));
    expect((await merge(group, loser.profile, winner.profile, { planHash: hash })).merge).not.toBeNull();
  });

  it('sent while profiles are merged and parted again are each there once', async () => {
    const [loser, winner] = [await aCustomer(0), await aCustomer(0)];
    const sent = Array.from({ length: 12 }, (_, n) =>
      anInteraction('wren', n % 3 ? loser.customer : winner.customer, n % 2 ? {} : { meta: { n } }),
    );
    const [record, ...first] = await Promise.all([
      merged(group, loser.profile, winner.profile),
      ...sent.slice(0, 6).map(take),
    ]);
    expect(await shown(winner.profile._id)).toEqual([...first].sort());
    const [, ...second] = await Promise.all([undo(group, record), ...sent.slice(6).map(take)]);
    const [atLoser, atWinner] = [await shown(loser.profile._id), await shown(winner.profile._id)];
    expect([...atLoser, ...atWinner].sort()).toEqual([...first, ...second].sort());
    expect([atLoser.length, atWinner.length]).toEqual([8, 4]);
  });

  it.each<[string, object, number]>([
    ['with something told beside it', { meta: { personal: true } }, 1],
    ['without', {}, 0],
  ])('%s is the winner’s although its customer was looked up before the merge', async (_what, more, touch) => {
    const [loser, winner] = [await aCustomer(0), await aCustomer(0)];
    const context = interrupted(group, 'wren', () => craftMerge(group, loser.profile, winner.profile));
    const { interaction } = await ingestInteraction(context, anInteraction('wren', loser.customer, more));
    expect((await storedProfile(group, 'wren', loser.profile._id)).state).toBe('MERGED');
    expect(await shown(winner.profile._id)).toEqual([interaction._id]);
    expect((await storedProfile(group, 'wren', winner.profile._id)).touch ?? 0).toBe(touch);
  });
});
