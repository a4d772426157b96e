import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emailClaimId } from '../../src/claims/claim.js';
import { claimCollection } from '../../src/claims/claim.model.js';
import { readEmail } from '../../src/claims/match-key.js';
import { outboxCollection } from '../../src/events/event.model.js';
import type { ProfileUpdateInput } from '../../src/generated/resolvers-types.js';
import { formatNodeId, newUuid } from '../../src/kernel/ids.js';
import type { ProfileView } from '../../src/profiles/profile.js';
import { profileCollection } from '../../src/profiles/profile.model.js';
import { updateProfile } from '../../src/profiles/profile-update.service.js';
import { aMobile, anEmail, aProfile, craftMerge, profileId, storedProfile } from '../support/factories/profile.js';
import { anActor, openGroup, type TestGroup } from '../support/group.js';
import { refusalsOf } from '../support/refusals.js';

let group: TestGroup;
beforeAll(async () => {
  group = await openGroup();
});
afterAll(() => group.close());

function update(profile: ProfileView, changes: Omit<ProfileUpdateInput, 'id'>, actor = anActor()) {
  return updateProfile(group.context({ actor }), { id: profileId(profile), ...changes });
}

async function claimOf(email: string) {
  const id = emailClaimId(readEmail(email)?.key as string);
  return group.entry('wren').database.model(claimCollection).findOne({ _id: id }, null, { lean: true });
}

describe('profileUpdate', () => {
  it('changes what is given, clears what is null and leaves the rest', async () => {
    const profile = await aProfile(group, 'wren', { title: 'Dr', lastName: 'Tanaka' });
    const view = await update(profile, { title: null, firstName: 'Mai', occupation: 'Pilot' });
    expect(view).toMatchObject({ version: 2, firstName: 'Mai', lastName: 'Tanaka', occupation: 'Pilot' });
    const row = await storedProfile(group, 'wren', profile._id);
    expect('title' in row).toBe(false);
    expect(row.keys).toContain('n:mai tanaka');
  });

  it('writes nothing when nothing changes', async () => {
    const profile = await aProfile(group, 'wren', { firstName: 'Mei', tags: ['a'] });
    const view = await update(profile, { firstName: ' Mei ', addTags: ['a'], removeTags: ['b'] });
    expect(view?.version).toBe(1);
    expect(await group.entry('wren').database.model(outboxCollection).find({ subject: profile._id })).toHaveLength(1);
  });

  it('names the changed fields in its event', async () => {
    const profile = await aProfile(group, 'wren');
    await update(profile, { firstName: 'Ada', gender: 'OTHER' });
    const id = `${profile._id}:2:profile.updated`;
    const event = await group.entry('wren').database.model(outboxCollection).findOne({ _id: id }, null, { lean: true });
    expect(event?.payload).toEqual({ fields: ['firstName', 'gender'] });
  });

  it('gives the first answer again under the same idempotency key', async () => {
    const profile = await aProfile(group, 'wren');
    const changes = { addTags: ['once'], idempotencyKey: 'update-0001' };
    await update(profile, changes);
    await update(profile, { removeTags: ['once'] });
    expect((await update(profile, changes))?.tags).toBeUndefined();
    const attempt = update(profile, { ...changes, addTags: ['twice'] });
    expect(await refusalsOf(attempt)).toEqual(['IDEMPOTENCY_KEY_REUSED input.idempotencyKey']);
  });
});

describe('e-mail and mobile', () => {
  it('take their claim along: the new one is taken, the old one free', async () => {
    const old = anEmail();
    const fresh = anEmail();
    const profile = await aProfile(group, 'wren', { email: old });
    await update(profile, { email: fresh });
    expect(await claimOf(old)).toBeNull();
    expect(await claimOf(fresh)).toMatchObject({ accountId: profile._id, profileId: profile._id });
    await expect(aProfile(group, 'wren', { email: old })).resolves.toBeDefined();
  });

  it('keep their claim when only the spelling changes', async () => {
    const email = anEmail();
    const profile = await aProfile(group, 'wren', { email });
    const before = await claimOf(email);
    const view = await update(profile, { email: email.toUpperCase() });
    expect(view?.email).toBe(email.toUpperCase());
    expect(await claimOf(email)).toEqual(before);
  });

  it('of others are refused without a word about whose they are', async () => {
    const email = anEmail();
    const mobilePhone = aMobile();
    await aProfile(group, 'wren', { email, mobilePhone });
    const profile = await aProfile(group, 'wren');
    const refusals = await refusalsOf(update(profile, { email, mobilePhone }));
    expect(refusals).toEqual(['EMAIL_TAKEN input.email', 'MOBILE_PHONE_TAKEN input.mobilePhone']);
  });

  it('that came with a merged profile can be taken without a new claim', async () => {
    const email = anEmail();
    const loser = await aProfile(group, 'wren', { email });
    const winner = await aProfile(group, 'wren');
    await craftMerge(group, loser, winner);
    const before = await claimOf(email);
    const view = await update(winner, { email });
    expect(view?.email).toBe(email);
    expect(await claimOf(email)).toEqual(before);
  });

  it('cannot both be cleared', async () => {
    const profile = await aProfile(group, 'wren', { email: anEmail(), mobilePhone: aMobile() });
    await expect(update(profile, { email: null })).resolves.toMatchObject({ version: 2 });
    expect(await refusalsOf(update(profile, { mobilePhone: null }))).toEqual(['CONTACT_REQUIRED input.mobilePhone']);
    await expect(update(profile, { mobilePhone: null, email: anEmail() })).resolves.toMatchObject({ version: 3 });
  });

  it('swapped by two profiles at once never end on both or on neither', async () => {
    const wanted = anEmail();
    const first = await aProfile(group, 'wren');
    const second = await aProfile(group, 'wren');
    const outcomes = await Promise.allSettled([update(first, { email: wanted }), update(second, { email: wanted })]);
    expect(outcomes.filter((each) => each.status === 'fulfilled')).toHaveLength(1);
    const holders = await group.entry('wren').database.model(profileCollection).find({ email: wanted });
    expect(holders).toHaveLength(1);
    expect((await claimOf(wanted))?.accountId).toBe(holders[0]?._id);
  });
});

describe('rivals', () => {
  it('adding tags at once all count', async () => {
    const profile = await aProfile(group, 'wren', { tags: ['old'] });
    const names = ['a', 'b', 'c', 'd', 'e'];
    await Promise.all(names.map((name) => update(profile, { addTags: [name] })));
    await update(profile, { removeTags: ['old'] });
    const row = await storedProfile(group, 'wren', profile._id);
    expect(row.tags).toEqual(names);
    expect(row.version).toBe(7);
  });

  it('with the same ifVersion are told apart: one wins, the other reads again', async () => {
    const profile = await aProfile(group, 'wren');
    const outcomes = await Promise.all(
      ['Ada', 'Bea'].map(async (firstName) => {
        const attempt = update(profile, { firstName, ifVersion: 1 });
        return attempt.then(
          () => ['changed'],
          () => refusalsOf(attempt),
        );
      }),
    );
    expect(outcomes.flat().sort()).toEqual(['VERSION_MISMATCH input.ifVersion', 'changed']);
  });
});

describe('wishes', () => {
  it('are merged per channel and subject', async () => {
    const profile = await aProfile(group, 'wren', {
      comms: [{ channel: 'EMAIL', isPromotional: true, categories: [{ category: 'news', isWelcome: true }] }],
    });
    await update(profile, {
      comms: [
        { channel: 'EMAIL', isOptedOut: true, categories: [{ category: 'reminders', isWelcome: false }] },
        { channel: 'SMS', isPromotional: false },
      ],
    });
    const { comms } = await storedProfile(group, 'wren', profile._id);
    expect(comms?.channels).toMatchObject([
      {
        channel: 'EMAIL',
        isPromotional: true,
        isOptedOut: true,
        categories: [
          { category: 'news', isWelcome: true },
          { category: 'reminders', isWelcome: false },
        ],
      },
      { channel: 'SMS', isPromotional: false, isOptedOut: false },
    ]);
  });

  it('remember whether the customer chose alone', async () => {
    const profile = await aProfile(group, 'wren');
    await update(profile, { comms: [{ channel: 'SMS', isOptedOut: true }] }, anActor({ kind: 'CUSTOMER' }));
    const { comms } = await storedProfile(group, 'wren', profile._id);
    expect(comms?.channels[0]?.isOwnChoice).toBe(true);
  });
});

describe('statuses', () => {
  const clerk = anActor({ grants: ['update-profiles'] });

  it('that grant rights need their own scope', async () => {
    const profile = await aProfile(group, 'wren');
    const refusals = await refusalsOf(update(profile, { addStatuses: ['stylist-client', 'vip'] }, clerk));
    expect(refusals).toEqual(['STATUS_NOT_GRANTABLE input.addStatuses.1']);
    await expect(update(profile, { addStatuses: ['stylist-client'] }, clerk)).resolves.toMatchObject({
      statuses: ['stylist-client'],
    });
    await expect(update(profile, { addStatuses: ['vip'] })).resolves.toMatchObject({
      statuses: ['stylist-client', 'vip'],
    });
  });

  it('that the brand has not defined are refused', async () => {
    const profile = await aProfile(group, 'wren');
    expect(await refusalsOf(update(profile, { addStatuses: ['king'] }))).toEqual([
      'ATTRIBUTE_UNKNOWN input.addStatuses.0',
    ]);
  });
});

describe('attributes', () => {
  it('are set, replaced and removed one by one', async () => {
    const profile = await aProfile(group, 'wren');
    const colour = (value: string | null) => ({ namespace: 'style', handle: 'favourite_colour', value });
    await update(profile, {
      customAttributes: [colour('green'), { namespace: 'style', handle: 'visits', value: 3 }],
      appearance: [{ handle: 'size_shoe', value: '38' }],
    });
    await update(profile, { customAttributes: [colour(null)], appearance: [{ handle: 'size_shoe', value: '39' }] });
    const row = await storedProfile(group, 'wren', profile._id);
    expect(row.custom).toEqual([{ namespace: 'style', handle: 'visits', type: 'INTEGER', value: 3 }]);
    expect(row.appearance).toEqual([{ handle: 'size_shoe', value: '39' }]);
  });

  it.each(['__proto__', 'constructor', 'prototype', 'a.b', '$set', ''])('named "%s" are refused', async (handle) => {
    const profile = await aProfile(group, 'wren');
    const refusals = await refusalsOf(update(profile, { appearance: [{ handle, value: 'x' }] }));
    expect(refusals).toEqual(['INVALID_VALUE input.appearance.0.handle']);
  });
});

describe('a profile that cannot be changed', () => {
  it('because it was merged is refused, and the winner stays untouched', async () => {
    const loser = await aProfile(group, 'wren');
    const winner = await aProfile(group, 'wren', { firstName: 'Win' });
    await craftMerge(group, loser, winner);
    expect(await refusalsOf(update(loser, { firstName: 'Lost' }))).toEqual(['PROFILE_MERGED input.id']);
    expect((await storedProfile(group, 'wren', winner._id)).firstName).toBe('Win');
  });

  it('because it is missing, hidden or of another brand is refused in the same bytes', async () => {
    const actor = anActor({ brandHandles: new Set(['wren']) });
    const foreign = await aProfile(group, 'alder');
    const pending = await aProfile(group, 'wren');
    await group
      .entry('wren')
      .database.model(profileCollection)
      .collection.updateOne({ _id: pending._id } as never, { $set: { state: 'PENDING' }, $unset: { live: '' } });
    const ids = [
      profileId(foreign),
      profileId(pending),
      formatNodeId('prof', 'wren', newUuid()),
      'prof_oak_0'.padEnd(31, '0'),
    ];
    const answers = await Promise.all(
      ids.map((id) =>
        updateProfile(group.context({ actor }), { id, firstName: 'X' }).catch((error: { refusals: unknown }) =>
          JSON.stringify(error.refusals),
        ),
      ),
    );
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('NOT_FOUND');
  });

  it('because the id names something else is refused as bad input', async () => {
    const id = formatNodeId('iden', 'wren', newUuid(), newUuid());
    expect(await refusalsOf(updateProfile(group.context(), { id }))).toEqual(['BAD_USER_INPUT']);
  });
});
