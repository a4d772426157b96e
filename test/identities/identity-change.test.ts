import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identityClaimId } from '../../src/claims/claim.js';
import { claimCollection } from '../../src/claims/claim.model.js';
import { auditCollection, outboxCollection } from '../../src/events/event.model.js';
import { type IdentityView, identityNodeId } from '../../src/identities/identity.js';
import { lookUpIdentity } from '../../src/identities/identity.service.js';
import { addIdentity, removeIdentity, updateIdentity } from '../../src/identities/identity-change.service.js';
import { formatNodeId, newUuid } from '../../src/kernel/ids.js';
import type { ProfileView } from '../../src/profiles/profile.js';
import { aCardNumber, anIdentity } from '../support/factories/identity.js';
import { aProfile, craftMerge, profileId, storedProfile } from '../support/factories/profile.js';
import { anActor, openGroup, type TestGroup } from '../support/group.js';
import { refusalsOf } from '../support/refusals.js';

let group: TestGroup;
beforeAll(async () => {
  group = await openGroup();
});
afterAll(() => group.close());

function add(
  profile: ProfileView,
  identity: { handle?: string; identifier?: string; isPrimary?: boolean },
  options: { extension?: string; idempotencyKey?: string } = {},
) {
  const actor = anActor({ extension: options.extension ?? null });
  const filled = { handle: 'loyalty-card', identifier: aCardNumber(), ...identity };
  return addIdentity(group.context({ actor }), {
    profileId: profileId(profile),
    identity: filled,
    idempotencyKey: options.idempotencyKey,
  });
}

function idOf(identity: IdentityView): string {
  return identityNodeId(identity.brand.handle, identity);
}

function lookUp(identifier: string, handle = 'loyalty-card') {
  return lookUpIdentity(group.context(), { brand: 'wren', handle, identifier });
}

function claimsOf(accountId: string) {
  return group.entry('wren').database.model(claimCollection).find({ accountId, kind: 'id' }, null, { lean: true });
}

describe('identityAdd', () => {
  it('adds an identity and raises the version of the profile', async () => {
    const profile = await aProfile(group, 'wren');
    const identifier = aCardNumber();
    const identity = await add(profile, { identifier, isPrimary: true });
    expect(identity).toMatchObject({ handle: 'loyalty-card', identifier, isActive: true });
    expect(identity?.profile).toMatchObject({ version: 2, primaryIdentity: identity?.uid });
    expect((await lookUp(identifier))?.profile._id).toBe(profile._id);
  });

  it('changes nothing when the profile has it already', async () => {
    const profile = await aProfile(group, 'wren');
    const identifier = aCardNumber();
    const first = await add(profile, { identifier });
    const second = await add(profile, { identifier });
    expect(second?.publicId).toBe(first?.publicId);
    expect(second?.profile.version).toBe(2);
    const third = await add(profile, { identifier, isPrimary: true });
    expect(third?.profile).toMatchObject({ version: 3, primaryIdentity: first?.uid });
  });

  it('refuses a taken one and says nothing of its owner', async () => {
    const owner = await aProfile(group, 'wren');
    const { identifier } = await anIdentity(group, owner);
    const other = await aProfile(group, 'wren');
    const error = await add(other, { identifier }).catch((caught: unknown) => caught);
    expect(await refusalsOf(Promise.reject(error))).toEqual(['IDENTITY_TAKEN input.identity.identifier']);
    expect(JSON.stringify(error)).not.toContain(profileId(owner));
  });

  it('is won by exactly one of 64 profiles at once, and the others are told', async () => {
    const profiles = await Promise.all(Array.from({ length: 64 }, () => aProfile(group, 'wren')));
    const identifier = aCardNumber();
    const outcomes = await Promise.all(
      profiles.map((profile) => {
        const attempt = add(profile, { identifier });
        return attempt.then(
          () => ['added'],
          () => refusalsOf(attempt),
        );
      }),
    );
    expect(outcomes.filter(([outcome]) => outcome === 'added')).toHaveLength(1);
    expect(outcomes.filter(([outcome]) => outcome === 'IDENTITY_TAKEN input.identity.identifier')).toHaveLength(63);
    const winner = profiles[outcomes.findIndex(([outcome]) => outcome === 'added')];
    expect((await lookUp(identifier))?.profile._id).toBe(winner?._id);
  });

  it('by 16 writers for one profile at once adds one', async () => {
    const profile = await aProfile(group, 'wren');
    const identifier = aCardNumber();
    const added = await Promise.all(Array.from({ length: 16 }, () => add(profile, { identifier })));
    expect(new Set(added.map((each) => each?.publicId)).size).toBe(1);
    expect((await storedProfile(group, 'wren', profile._id)).version).toBe(2);
  });

  it('keeps identifiers exactly as given', async () => {
    const profile = await aProfile(group, 'wren');
    const identifier = `  Ly-É${newUuid()} `;
    await add(profile, { identifier });
    expect((await lookUp(identifier))?.identifier).toBe(identifier);
    expect(await lookUp(identifier.trim())).toBeNull();
    expect(await lookUp(identifier.toLowerCase())).toBeNull();
  });

  it.each([
    [{ handle: 'unheard-of' }, 'HANDLE_UNKNOWN input.identity.handle'],
    [{ handle: '__proto__' }, 'HANDLE_UNKNOWN input.identity.handle'],
    [{ handle: 'shopify' }, 'HANDLE_RESERVED input.identity.handle'],
    [{ identifier: '' }, 'INVALID_IDENTIFIER input.identity.identifier'],
    [{ identifier: 'a\u0007' }, 'INVALID_IDENTIFIER input.identity.identifier'],
    [{ identifier: '\udc00' }, 'INVALID_IDENTIFIER input.identity.identifier'],
    [{ identifier: 'x'.repeat(513) }, 'INVALID_IDENTIFIER input.identity.identifier'],
  ])('refuses %j', async (identity, refusal) => {
    const profile = await aProfile(group, 'wren');
    expect(await refusalsOf(add(profile, identity))).toEqual([refusal]);
    expect(await claimsOf(profile._id)).toEqual([]);
  });

  it('lets the owner of a reserved handle write it, and no other extension', async () => {
    const profile = await aProfile(group, 'wren');
    await expect(add(profile, { handle: 'shopify' }, { extension: 'shopify' })).resolves.toBeDefined();
    const attempt = add(profile, { handle: 'shopify' }, { extension: 'other' });
    expect(await refusalsOf(attempt)).toEqual(['HANDLE_RESERVED input.identity.handle']);
  });

  it('of a handle that allows one is refused for a second, also for two at once', async () => {
    const profile = await aProfile(group, 'wren');
    const outcomes = await Promise.all(
      ['1', '2'].map((number) => {
        const attempt = add(profile, { handle: 'staff-number', identifier: number + newUuid() });
        return attempt.then(
          () => ['added'],
          () => refusalsOf(attempt),
        );
      }),
    );
    expect(outcomes.flat().sort()).toEqual(['HANDLE_NOT_MULTIPLE input.identity.handle', 'added']);
  });

  it('on a merged profile is refused, on a missing one is not found', async () => {
    const loser = await aProfile(group, 'wren');
    await craftMerge(group, loser, await aProfile(group, 'wren'));
    expect(await refusalsOf(add(loser, {}))).toEqual(['PROFILE_MERGED input.profileId']);
    const missing = { profileId: formatNodeId('prof', 'wren', newUuid()) };
    const identity = { handle: 'loyalty-card', identifier: aCardNumber() };
    const attempt = addIdentity(group.context(), { ...missing, identity });
    expect(await refusalsOf(attempt)).toEqual(['NOT_FOUND input.profileId']);
  });

  it('repeats harmlessly under an idempotency key', async () => {
    const profile = await aProfile(group, 'wren');
    const identifier = aCardNumber();
    const first = await add(profile, { identifier }, { idempotencyKey: 'identity-add-1' });
    const second = await add(profile, { identifier }, { idempotencyKey: 'identity-add-1' });
    expect(second?.publicId).toBe(first?.publicId);
    const attempt = add(profile, { identifier: aCardNumber() }, { idempotencyKey: 'identity-add-1' });
    expect(await refusalsOf(attempt)).toEqual(['IDEMPOTENCY_KEY_REUSED input.idempotencyKey']);
  });

  it('leaves an event and an audit row without the identifier', async () => {
    const profile = await aProfile(group, 'wren');
    const { identifier, publicId } = await anIdentity(group, profile);
    const { database } = group.entry('wren');
    const events = await database.model(outboxCollection).find({ subject: profile._id }, null, { lean: true });
    const audits = await database.model(auditCollection).find({ subject: profile._id }, null, { lean: true });
    expect(events.find(({ kind }) => kind === 'identity.added')?.payload).toMatchObject({ identities: [{ publicId }] });
    expect(audits.find((each) => each.action === 'identityAdd')?.payload).toEqual({ publicId });
    expect(JSON.stringify([events, audits])).not.toContain(identifier);
  });
});

describe('identityUpdate', () => {
  it('gives another identifier under the same id; the old one stops working at once and is free', async () => {
    const profile = await aProfile(group, 'wren');
    const before = await anIdentity(group, profile, { isPrimary: true });
    const identifier = aCardNumber();
    const after = await updateIdentity(group.context(), { id: idOf(before), identifier });
    expect(after).toMatchObject({ publicId: before.publicId, identifier, at: before.at });
    expect(after?.profile.primaryIdentity).toBe(after?.uid);
    expect(await lookUp(before.identifier)).toBeNull();
    expect((await lookUp(identifier))?.publicId).toBe(before.publicId);
    await expect(add(await aProfile(group, 'wren'), { identifier: before.identifier })).resolves.toBeDefined();
  });

  it('refuses an identifier that is taken, by others or by the profile itself', async () => {
    const profile = await aProfile(group, 'wren');
    const identity = await anIdentity(group, profile);
    const own = await anIdentity(group, profile);
    const foreign = await anIdentity(group, await aProfile(group, 'wren'));
    for (const { identifier } of [own, foreign]) {
      const attempt = updateIdentity(group.context(), { id: idOf(identity), identifier });
      expect(await refusalsOf(attempt)).toEqual(['IDENTITY_TAKEN input.identifier']);
    }
  });

  it('takes an identity out of look-ups and lets it in again, while it stays taken', async () => {
    const profile = await aProfile(group, 'wren');
    const identity = await anIdentity(group, profile);
    const { identifier } = identity;
    await updateIdentity(group.context(), { id: idOf(identity), isActive: false });
    expect(await lookUp(identifier)).toBeNull();
    const attempt = add(await aProfile(group, 'wren'), { identifier });
    expect(await refusalsOf(attempt)).toEqual(['IDENTITY_TAKEN input.identity.identifier']);
    await updateIdentity(group.context(), { id: idOf(identity), isActive: true });
    expect(await lookUp(identifier)).not.toBeNull();
  });

  it('makes another identity the main one, or none', async () => {
    const profile = await aProfile(group, 'wren');
    await anIdentity(group, profile, { isPrimary: true });
    const second = await anIdentity(group, profile);
    const main = await updateIdentity(group.context(), { id: idOf(second), isPrimary: true });
    expect(main?.profile.primaryIdentity).toBe(second.uid);
    await updateIdentity(group.context(), { id: idOf(second), isPrimary: false });
    expect((await storedProfile(group, 'wren', profile._id)).primaryIdentity).toBeUndefined();
  });

  it('that changes nothing writes nothing', async () => {
    const profile = await aProfile(group, 'wren');
    const identity = await anIdentity(group, profile);
    const same = { id: idOf(identity), identifier: identity.identifier, isActive: true, isPrimary: false };
    expect((await updateIdentity(group.context(), same))?.profile.version).toBe(2);
  });

  it('of an identity that came with a merge is written on the winner', async () => {
    const loser = await aProfile(group, 'wren');
    const identity = await anIdentity(group, loser);
    const winner = await aProfile(group, 'wren');
    await craftMerge(group, loser, winner);
    const identifier = aCardNumber();
    const after = await updateIdentity(group.context(), { id: idOf(identity), identifier });
    expect(after?.profile._id).toBe(winner._id);
    expect(after?.accountId).toBe(loser._id);
  });
});

describe('identityRemove', () => {
  it('removes it, and its being the main one', async () => {
    const profile = await aProfile(group, 'wren');
    const identity = await anIdentity(group, profile, { isPrimary: true });
    const removed = await removeIdentity(group.context(), { id: idOf(identity) });
    expect(removed.removedIdentityId).toBe(idOf(identity));
    expect(removed.profile?.primaryIdentity).toBeUndefined();
    expect(await lookUp(identity.identifier)).toBeNull();
  });

  it('sent again late never removes one that was added again', async () => {
    const profile = await aProfile(group, 'wren');
    const identity = await anIdentity(group, profile);
    const { identifier } = identity;
    await removeIdentity(group.context(), { id: idOf(identity) });
    await anIdentity(group, profile, { identifier });
    expect(await refusalsOf(removeIdentity(group.context(), { id: idOf(identity) }))).toEqual(['NOT_FOUND input.id']);
    expect(await lookUp(identifier)).not.toBeNull();
  });

  it('is refused for one that joins two brands', async () => {
    const profile = await aProfile(group, 'wren');
    const identity = await anIdentity(group, profile);
    const id = identityClaimId(identity.handle, identity.identifier);
    await group
      .entry('wren')
      .database.model(claimCollection)
      .collection.updateOne({ _id: id } as never, { $set: { linkId: newUuid() } });
    const attempts = [
      removeIdentity(group.context(), { id: idOf(identity) }),
      updateIdentity(group.context(), { id: idOf(identity), identifier: aCardNumber() }),
    ];
    for (const attempt of attempts) expect(await refusalsOf(attempt)).toEqual(['HELD_BY_LINK input.id']);
  });

  it('of a reserved handle is for its owner', async () => {
    const profile = await aProfile(group, 'wren');
    const identity = await anIdentity(group, profile, { handle: 'shopify' });
    expect(await refusalsOf(removeIdentity(group.context(), { id: idOf(identity) }))).toEqual([
      'HANDLE_RESERVED input.id',
    ]);
  });

  it('of what is missing or foreign is refused in the same bytes', async () => {
    const foreign = await anIdentity(group, await aProfile(group, 'alder'));
    const actor = anActor({ brandHandles: new Set(['wren']) });
    const answers = await Promise.all(
      [idOf(foreign), formatNodeId('iden', 'wren', newUuid(), newUuid())].map((id) =>
        removeIdentity(group.context({ actor }), { id }).catch((error: { refusals: unknown }) =>
          JSON.stringify(error.refusals),
        ),
      ),
    );
    expect(answers[0]).toBe(answers[1]);
    expect(answers[0]).toContain('NOT_FOUND');
  });
});
