import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { transactionsOf } from '../../src/activity/transaction.service.js';
import { claimCollection } from '../../src/claims/claim.model.js';
import type { MergeRow } from '../../src/merges/merge.js';
import { mergeCollection } from '../../src/merges/merge.model.js';
import { mergeResolvers } from '../../src/merges/merge.resolvers.js';
import { loadMergeNode } from '../../src/merges/merge.service.js';
import { formerIdsOf, type ProfileView } from '../../src/profiles/profile.js';
import { viewProfile } from '../../src/profiles/profile.service.js';
import { lookUpProfile } from '../../src/profiles/profile-lookup.service.js';
import { updateProfile } from '../../src/profiles/profile-update.service.js';
import { aMobile, anEmail, aProfile, profileId, storedProfile } from '../support/factories/profile.js';
import { aTransaction } from '../support/factories/transaction.js';
import { anActor, openGroup, type TestGroup } from '../support/group.js';
import { expectMergeInvariants, immovables, merge, mergeInput, refusalCodes, review, rowsOf } from './merging.js';

let group: TestGroup;
beforeAll(async () => {
  group = await openGroup();
});
afterAll(() => group.close());

const card = (identifier: string) => ({ handle: 'loyalty-card', identifier });

describe('merging a duplicate', () => {
  let winner: ProfileView;
  let loser: ProfileView;
  const email = anEmail();
  const mobilePhone = aMobile();

  beforeAll(async () => {
    winner = await aProfile(group, 'wren', { email, identities: [card('LY-8831227')], tags: ['linen'] });
    loser = await aProfile(group, 'wren', {
      firstName: 'May',
      mobilePhone,
      identities: [card('LY-1200045'), card('LY-1200046')],
      tags: ['autumn'],
      comms: [{ channel: 'SMS', isOptedOut: true }],
      addresses: [{ line1: '1 Swan St', city: 'Richmond', postcode: '3121' }],
    });
    await aTransaction(group, 'wren', winner._id, { total: 1_000 });
    for (const total of [10_000, 8_740, 10_000]) await aTransaction(group, 'wren', loser._id, { total });
  });

  it('shows beforehand what it would do', async () => {
    const plan = await review(group, loser, winner);
    expect(plan).toMatchObject({ isMergeable: true, blockers: [], warnings: [] });
    expect(plan.counts).toEqual([
      { kind: 'IDENTITY', count: 2, sums: null },
      { kind: 'TRANSACTION', count: 3, sums: [{ amount: '287.40', currencyCode: 'AUD' }] },
      { kind: 'ADDRESS', count: 1, sums: null },
    ]);
    const fields = plan.fields.map(({ field, loserValue, rule }) => [field, loserValue, rule]);
    expect(fields).toContainEqual(['firstName', 'May', 'WINNER_KEEPS']);
    expect(fields).toContainEqual(['mobilePhone', mobilePhone, 'FILLS_EMPTY']);
    expect(fields).toContainEqual(['addresses.isDefault', '1 Swan St, Richmond', 'FILLS_EMPTY']);
    expect(plan.comms).toContainEqual({
      channel: 'SMS',
      isPromotional: null,
      isOptedOut: true,
      rule: 'MOST_RESTRICTIVE',
    });
    expect(plan.suggestion).toEqual({ profileId: winner._id, reasons: ['HAS_VALID_EMAIL', 'OLDER'] });
    expect(await review(group, loser, winner)).toMatchObject({ hash: plan.hash });
  });

  it('gives the winner everything, in one step, and moves no row', async () => {
    const before = await immovables(group, 'wren');
    const outcome = await merge(group, loser, winner, { reason: ' confirmed in store ' });
    expect(await immovables(group, 'wren')).toEqual(before);
    expect(outcome.profile).toMatchObject({
      _id: winner._id,
      firstName: 'Mei',
      email,
      mobilePhone,
      tags: ['autumn', 'linen'],
    });
    expect(outcome.profile?.version).toBe(winner.version + 1);
    expect(formerIdsOf(outcome.profile as ProfileView)).toEqual([loser._id]);
    expect(outcome.profile?.comms?.channels).toMatchObject([{ channel: 'SMS', isOptedOut: true }]);
    const context = group.context();
    const page = await transactionsOf(context, outcome.profile as ProfileView, { first: 10 });
    expect([page.nodes.length, page.totalCount]).toEqual([4, 4]);
    expect(outcome.merge).toMatchObject({ winnerId: winner._id, loserId: loser._id, reason: 'confirmed in store' });
    await expectMergeInvariants(group, 'wren');
  });

  it('lets the old id, the e-mail, the mobile and every identity lead to the winner', async () => {
    const ways = [
      { id: profileId(loser) },
      { localId: { brand: 'wren', localId: loser._id } },
      { email: { brand: 'wren', email } },
      { mobilePhone: { brand: 'wren', mobilePhone } },
      ...['LY-8831227', 'LY-1200045', 'LY-1200046'].map((identifier) => ({
        identity: { brand: 'wren', ...card(identifier) },
      })),
    ];
    for (const by of ways) expect((await lookUpProfile(group.context(), by))?._id).toBe(winner._id);
  });

  it('leaves nothing of the customer in the loser or in the record of the merge', async () => {
    const row = await storedProfile(group, 'wren', loser._id);
    expect(Object.keys(row).sort()).toEqual(
      ['_id', 'createdAt', 'formerAccounts', 'mergedInto', 'state', 'type', 'updatedAt', 'version'].sort(),
    );
    const [record] = await rowsOf<MergeRow>(group, 'wren', mergeCollection);
    // The sealed snapshot is base 64: three letters in a row occur in it by chance.
    const text = JSON.stringify({ ...record, snapshot: null });
    expect(Buffer.from(record?.snapshot ?? '', 'base64').toString('latin1')).not.toContain(email);
    for (const value of ['May', 'Mei', email, mobilePhone, 'Richmond', 'LY-']) expect(text).not.toContain(value);
  });

  it('shows the merge by its own id to whoever may see the brand', async () => {
    const [record] = await rowsOf<MergeRow>(group, 'wren', mergeCollection);
    const nodeId = { kind: 'merge', brand: 'wren', uuids: [record?._id as string] } as const;
    const view = await loadMergeNode(group.context(), nodeId);
    const field = mergeResolvers.Merge as Record<string, (merge: unknown, args: unknown, context: unknown) => unknown>;
    expect(field['status']?.(view, {}, group.context())).toBe('COMPLETED');
    expect(field['loserId']?.(view, {}, group.context())).toBe(profileId(loser));
    expect(await field['winner']?.(view, {}, group.context())).toMatchObject({ _id: winner._id });
    const fields = field['fields']?.(view, {}, group.context()) as { winnerValue: unknown; loserValue: unknown }[];
    expect(fields.length).toBeGreaterThan(0);
    expect(fields).toContainEqual(expect.objectContaining({ winnerValue: 'Mei', loserValue: 'May' }));
    const stranger = group.context({ actor: anActor({ brandHandles: new Set(['alder']) }) });
    expect(await loadMergeNode(stranger, nodeId)).toBeNull();
    expect(await loadMergeNode(group.context(), { ...nodeId, uuids: [winner._id] })).toBeNull();
  });

  it('refuses to change the loser any more', async () => {
    const change = updateProfile(group.context(), { id: profileId(loser), firstName: 'Maya' });
    expect(await refusalCodes(change)).toEqual(['PROFILE_MERGED']);
  });
});

describe('what the caller chose', () => {
  it('is taken from the loser, its e-mail included, and the winner’s old one stays findable', async () => {
    const [kept, taken] = [anEmail(), anEmail()];
    const winner = await aProfile(group, 'alder', { email: kept });
    const loser = await aProfile(group, 'alder', { email: taken, lastName: 'Tan' });
    const claims = await rowsOf(group, 'alder', claimCollection);
    const { profile } = await merge(group, loser, winner, { takeFromLoser: ['email', 'lastName'] });
    expect(profile).toMatchObject({ email: taken, lastName: 'Tan' });
    expect(await rowsOf(group, 'alder', claimCollection)).toEqual(claims);
    for (const email of [kept, taken]) {
      const found = await lookUpProfile(group.context(), { email: { brand: 'alder', email } });
      expect(found?._id).toBe(winner._id);
    }
  });

  it('is part of what was reviewed', async () => {
    const [winner, loser] = [await aProfile(group, 'alder'), await aProfile(group, 'alder', { firstName: 'May' })];
    const { planHash } = await mergeInput(group, loser, winner);
    expect(await refusalCodes(merge(group, loser, winner, { planHash, takeFromLoser: ['firstName'] }))).toEqual([
      'PLAN_STALE',
    ]);
    expect(await refusalCodes(merge(group, loser, winner, { takeFromLoser: ['firstname'] }))).toEqual([
      'FIELD_NOT_CHOOSABLE',
    ]);
    expect((await merge(group, loser, winner, { takeFromLoser: ['firstName'] })).profile?.firstName).toBe('May');
  });
});

describe('a chain of merges', () => {
  it('leads every former id to the last winner in one hop', async () => {
    const [a, b, c, d] = await Promise.all([1, 2, 3, 4].map(() => aProfile(group, 'hearth')));
    const [first, second, third, last] = [a, b, c, d] as [ProfileView, ProfileView, ProfileView, ProfileView];
    const merged = await merge(group, first, second);
    await merge(group, second, third);
    const { profile } = await merge(group, third, last);
    expect(formerIdsOf(profile as ProfileView)).toEqual([third._id, second._id, first._id]);
    for (const former of [first, second, third]) {
      expect((await storedProfile(group, 'hearth', former._id)).mergedInto).toBe(last._id);
      expect((await viewProfile(group.context(), group.entry('hearth'), former._id))?._id).toBe(last._id);
    }
    const winner = mergeResolvers.Merge as Record<string, (merge: unknown, args: unknown, context: unknown) => unknown>;
    expect(await winner['winner']?.(merged.merge, {}, group.context())).toMatchObject({ _id: last._id });
    await expectMergeInvariants(group, 'hearth');
  });

  it('lets an old id be named, which stands for whoever it leads to', async () => {
    const [a, b, c] = [
      await aProfile(group, 'hearth'),
      await aProfile(group, 'hearth'),
      await aProfile(group, 'hearth'),
    ];
    await merge(group, a, b);
    expect((await review(group, a, c)).loser._id).toBe(b._id);
    const { profile } = await merge(group, a, c);
    expect(formerIdsOf(profile as ProfileView)).toEqual([b._id, a._id]);
    await expectMergeInvariants(group, 'hearth');
  });
});
