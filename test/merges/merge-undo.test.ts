import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimCollection } from '../../src/claims/claim.model.js';
import { outboxCollection } from '../../src/events/event.model.js';
import { mergeResolvers } from '../../src/merges/merge.resolvers.js';
import { loadMergeNode } from '../../src/merges/merge.service.js';
import { undoBlockersOf, undoMerge } from '../../src/merges/merge-undo.service.js';
import { formerIdsOf, type ProfileView } from '../../src/profiles/profile.js';
import { viewProfile } from '../../src/profiles/profile.service.js';
import { lookUpProfile } from '../../src/profiles/profile-lookup.service.js';
import { updateProfile } from '../../src/profiles/profile-update.service.js';
import { aCardNumber, anIdentity } from '../support/factories/identity.js';
import { aMobile, anEmail, aProfile, profileId, storedProfile } from '../support/factories/profile.js';
import { aTransaction } from '../support/factories/transaction.js';
import { anActor, openGroup, type TestGroup } from '../support/group.js';
import { expectMergeInvariants, immovables, merge, refusalCodes, rowsOf } from './merging.js';
import { lasting, merged, storedMerge, storedView, undo, undoInput } from './undoing.js';

let group: TestGroup;
beforeAll(async () => {
  group = await openGroup();
});
afterAll(() => group.close());

const card = (identifier = aCardNumber()) => ({ handle: 'loyalty-card', identifier });

async function pair(): Promise<[loser: ProfileView, winner: ProfileView]> {
  const winner = await aProfile(group, 'wren', { email: anEmail(), identities: [card()], tags: ['linen'] });
  const loser = await aProfile(group, 'wren', {
    firstName: 'May',
    email: anEmail(),
    mobilePhone: aMobile(),
    identities: [card(), card()],
    tags: ['autumn', 'linen'],
    comms: [{ channel: 'SMS', isOptedOut: true }],
    birthDate: { day: 4, month: 7 },
    addresses: [{ line1: '1 Swan St', city: 'Richmond', postcode: '3121' }],
  });
  await aTransaction(group, 'wren', loser._id);
  return [loser, winner];
}

async function change(profile: ProfileView, values: object): Promise<void> {
  await updateProfile(group.context(), { id: profileId(profile), ...values });
}

describe('undoing a merge', () => {
  it('gives the same id back to the same person and both profiles exactly as they were', async () => {
    const [loser, winner] = await pair();
    const before = {
      loser: await storedProfile(group, 'wren', loser._id),
      winner: await storedProfile(group, 'wren', winner._id),
    };
    const record = await merged(group, loser, winner);
    const rows = await immovables(group, 'wren');
    const outcome = await undo(group, record);
    const after = {
      loser: await storedProfile(group, 'wren', loser._id),
      winner: await storedProfile(group, 'wren', winner._id),
    };
    expect(lasting(after.loser)).toEqual(lasting(before.loser));
    expect(lasting(after.winner)).toEqual(lasting(before.winner));
    expect([after.loser.version, after.winner.version]).toEqual([before.loser.version + 2, before.winner.version + 2]);
    expect(await immovables(group, 'wren')).toEqual(rows);
    expect([outcome.winner?._id, outcome.restored?._id]).toEqual([winner._id, loser._id]);
    expect(outcome.merge).toMatchObject({ _id: record._id, undoneBy: { reference: 'staff_test_1' } });
    await expectMergeInvariants(group, 'wren');
  });

  it('lets every key lead to its own side again', async () => {
    const [loser, winner] = await pair();
    const record = await merged(group, loser, winner);
    await undo(group, record);
    for (const view of [loser, winner]) {
      expect((await lookUpProfile(group.context(), { id: profileId(view) }))?._id).toBe(view._id);
      const email = view.email as string;
      expect((await lookUpProfile(group.context(), { email: { brand: 'wren', email } }))?._id).toBe(view._id);
    }
    expect(formerIdsOf(await storedProfile(group, 'wren', winner._id))).toEqual([]);
  });

  it('is told once, with the identities that go back', async () => {
    const [loser, winner] = await pair();
    const record = await merged(group, loser, winner);
    const added = await anIdentity(group, winner);
    await undo(group, record);
    const facts = (await rowsOf(group, 'wren', outboxCollection)).filter((row) => row.kind === 'profile.unmerged');
    const [fact] = facts.filter((row) => row.payload['mergeId'] === record._id);
    const claims = await rowsOf(group, 'wren', claimCollection);
    const own = claims.filter((claim) => claim.accountId === loser._id).flatMap((claim) => claim.publicId ?? []);
    expect(fact).toMatchObject({ subject: winner._id, payload: { restoredId: loser._id } });
    const told = (fact?.payload['identities'] ?? []) as { publicId: string }[];
    expect(told.map(({ publicId }) => publicId).sort()).toEqual(own.sort());
    expect(own).not.toContain(added.publicId);
  });

  it('can be followed by the same merge again, and by another undo', async () => {
    const [loser, winner] = await pair();
    await undo(group, await merged(group, loser, winner));
    await undo(group, await merged(group, loser, winner));
    await merge(group, loser, winner);
    expect((await viewProfile(group.context(), group.entry('wren'), loser._id))?._id).toBe(winner._id);
    await expectMergeInvariants(group, 'wren');
  });

  it('answers a repeated key with what was done, and another key with a refusal', async () => {
    const [loser, winner] = await pair();
    const record = await merged(group, loser, winner);
    const input = undoInput(record);
    const first = await undoMerge(group.context(), input);
    const again = await undoMerge(group.context(), input);
    expect(again.restored?.version).toBe(first.restored?.version);
    expect(await refusalCodes(undoMerge(group.context(), undoInput(record)))).toEqual(['UNDO_EXPIRED']);
    const reused = { ...input, reason: 'another reason' };
    expect(await refusalCodes(undoMerge(group.context(), reused))).toEqual(['IDEMPOTENCY_KEY_REUSED']);
  });

  it('answers alike for a merge that is not there and for one of another brand', async () => {
    const [loser, winner] = await pair();
    const record = await merged(group, loser, winner);
    const stranger = group.context({ actor: anActor({ brandHandles: new Set(['alder']), isGroup: false }) });
    expect(await refusalCodes(undoMerge(stranger, undoInput(record)))).toEqual(['NOT_FOUND']);
    const nobody = { ...record, _id: winner._id };
    expect(await refusalCodes(undoMerge(group.context(), undoInput(nobody)))).toEqual(['NOT_FOUND']);
  });
});

describe('the record of a merge', () => {
  it('shows values, time and state as long as it can be undone, and no values afterwards', async () => {
    const [loser, winner] = await pair();
    const record = await merged(group, loser, winner);
    const shown = async () => {
      const context = group.context();
      const node = { kind: 'merge', brand: 'wren', uuids: [record._id] } as never;
      const view = (await loadMergeNode(context, node)) as never;
      const read = mergeResolvers.Merge as Record<string, (parent: never, args: object, context: unknown) => unknown>;
      const names = ['status', 'fields', 'undoableUntil', 'undoBlockers'] as const;
      return Object.fromEntries(
        await Promise.all(names.map(async (name) => [name, await read[name]?.(view, {}, context)])),
      ) as Record<(typeof names)[number], unknown>;
    };
    const open = await shown();
    expect(open.status).toBe('COMPLETED');
    expect(open.undoBlockers).toEqual([]);
    expect((open.undoableUntil as Date).getTime() - record.committedAt.getTime()).toBe(30 * 86_400_000);
    expect(open.fields).toContainEqual(
      expect.objectContaining({ field: 'firstName', winnerValue: 'Mei', loserValue: 'May' }),
    );
    expect(open.fields).toContainEqual(
      expect.objectContaining({ field: 'addresses.isDefault', loserValue: '1 Swan St, Richmond' }),
    );
    expect(JSON.stringify(await storedMerge(group, 'wren', record._id))).not.toContain(loser.email);
    await undo(group, record);
    const done = await shown();
    expect(done).toMatchObject({ status: 'UNDONE', undoableUntil: null, undoBlockers: [{ code: 'UNDO_EXPIRED' }] });
    for (const field of done.fields as object[]) expect(field).toMatchObject({ winnerValue: null, loserValue: null });
    expect(await storedMerge(group, 'wren', record._id)).not.toHaveProperty('snapshot');
  });
});

describe('what was written since', () => {
  it('stays with the account it was written on', async () => {
    const [loser, winner] = await pair();
    const record = await merged(group, loser, winner);
    const added = await anIdentity(group, winner);
    await aTransaction(group, 'wren', loser._id);
    await undo(group, record);
    const { identifier } = added;
    const by = { identity: { brand: 'wren', handle: 'loyalty-card', identifier } };
    expect((await lookUpProfile(group.context(), by))?._id).toBe(winner._id);
    await expectMergeInvariants(group, 'wren');
  });

  it('keeps a newer value of the winner, and gives the loser its own', async () => {
    const [loser, winner] = await pair();
    const record = await merged(group, loser, winner);
    const mobilePhone = aMobile();
    await change(winner, { company: 'Kept', mobilePhone, addTags: ['new'], removeTags: ['linen'] });
    await undo(group, record);
    expect(await storedProfile(group, 'wren', winner._id)).toMatchObject({
      company: 'Kept',
      mobilePhone,
      tags: ['new'],
    });
    expect(await storedProfile(group, 'wren', loser._id)).toMatchObject({
      mobilePhone: loser.mobilePhone,
      tags: ['autumn', 'linen'],
    });
    await expectMergeInvariants(group, 'wren');
  });

  it('counts for both when it was a refusal of messages', async () => {
    const [loser, winner] = await pair();
    const record = await merged(group, loser, winner);
    await change(winner, { comms: [{ channel: 'EMAIL', isOptedOut: true }] });
    await undo(group, record);
    for (const view of [loser, winner]) {
      const { comms } = await storedProfile(group, 'wren', view._id);
      expect(comms?.channels.find(({ channel }) => channel === 'EMAIL')).toMatchObject({ isOptedOut: true });
    }
  });

  it.each([['firstName', { firstName: 'May' }]])(
    'stands in the way when nobody can tell whose it is: %s',
    async (field, values) => {
      const [loser, winner] = await pair();
      const record = await merged(group, loser, winner);
      await change(winner, values);
      const blockers = await undoBlockersOf(group.context(), await storedView(group, record));
      expect(blockers).toEqual([{ code: 'UNDO_AMBIGUOUS', message: expect.stringContaining(field), field: null }]);
      expect(await refusalCodes(undo(group, record))).toEqual(['UNDO_AMBIGUOUS']);
      await change(winner, { firstName: 'Mei' });
      await undo(group, record);
      expect((await storedProfile(group, 'wren', loser._id)).firstName).toBe('May');
    },
  );

  it('leaves a main identity or default address that is gone unnamed', async () => {
    const [loser, winner] = await pair();
    const record = await merged(group, loser, winner);
    const { collection } = group.entry('wren').database.model(claimCollection);
    const row = await storedProfile(group, 'wren', winner._id);
    const claims = await rowsOf(group, 'wren', claimCollection);
    for (const claim of claims.filter((each) => each.accountId === loser._id && each.handle !== undefined)) {
      await collection.deleteOne({ _id: claim._id } as never);
    }
    expect(row.defaultAddressId).toBeDefined();
    await undo(group, record);
    const restored = await storedProfile(group, 'wren', loser._id);
    expect(restored.primaryIdentity).toBeUndefined();
    expect(restored.defaultAddressId).toBe(row.defaultAddressId);
    expect((await storedProfile(group, 'wren', winner._id)).defaultAddressId).toBeUndefined();
  });
});
