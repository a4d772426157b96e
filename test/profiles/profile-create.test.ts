import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimCollection } from '../../src/claims/claim.model.js';
import { auditCollection, outboxCollection } from '../../src/events/event.model.js';
import type { ProfileCreateInput } from '../../src/generated/resolvers-types.js';
import { profileCollection } from '../../src/profiles/profile.model.js';
import { createProfile } from '../../src/profiles/profile-create.service.js';
import { updateProfile } from '../../src/profiles/profile-update.service.js';
import { aCardNumber } from '../support/factories/identity.js';
import { aMobile, anEmail, aProfile, profileId, storedProfile } from '../support/factories/profile.js';
import { anActor, openGroup, type TestGroup } from '../support/group.js';
import { refusalsOf } from '../support/refusals.js';

let group: TestGroup;
beforeAll(async () => {
  group = await openGroup();
});
afterAll(() => group.close());

function create(input: Partial<ProfileCreateInput>, actor = anActor()) {
  return createProfile(group.context({ actor }), { brand: 'wren', ...input });
}

async function countProfiles(filter: { email: string }): Promise<number> {
  const rows = await group.entry('wren').database.model(profileCollection).find(filter, { _id: 1 }, { lean: true });
  return rows.length;
}

describe('profileCreate', () => {
  it('stores what was given, trimmed, with telephone numbers in E.164 and the e-mail as typed', async () => {
    const email = anEmail().replace('customer', 'Customer');
    const view = await create({
      firstName: '  Zoe\u0308 ',
      lastName: 'Tan',
      email: ` ${email} `,
      mobilePhone: '0412 345 678',
      birthDate: { day: 29, month: 2 },
      gender: 'FEMALE',
      tags: ['new', 'app', 'new'],
      customAttributes: [{ namespace: 'style', handle: 'favourite_colour', value: 'green' }],
    });
    const row = await storedProfile(group, 'wren', view?._id as string);
    expect(row).toMatchObject({
      state: 'ACTIVE',
      live: true,
      version: 1,
      accounts: [row._id],
      firstName: 'Zoë',
      email,
      mobilePhone: '+61412345678',
      birthDate: { day: 29, month: 2 },
      tags: ['app', 'new'],
      custom: [{ namespace: 'style', handle: 'favourite_colour', type: 'STRING', value: 'green' }],
    });
    expect(row.keys).toContain('n:zoe tan');
  });

  it('claims e-mail, mobile and identities for the new account', async () => {
    const profile = await aProfile(group, 'wren', {
      email: anEmail(),
      mobilePhone: aMobile(),
      identities: [{ handle: 'loyalty-card', identifier: aCardNumber(), isPrimary: true }],
    });
    const { database } = group.entry('wren');
    const claims = await database.model(claimCollection).find({ accountId: profile._id }, null, { lean: true });
    expect(claims.map((claim) => claim.kind).sort()).toEqual(['email', 'id', 'mobile']);
    expect(claims.every((claim) => claim.profileId === profile._id)).toBe(true);
    const row = await storedProfile(group, 'wren', profile._id);
    expect(row.primaryIdentity).toBe(claims.find((claim) => claim.kind === 'id')?.uid);
  });

  it('leaves an event and an audit row without values of the customer', async () => {
    const email = anEmail();
    const profile = await aProfile(group, 'wren', { email });
    const { database } = group.entry('wren');
    const event = await database.model(outboxCollection).findOne({ _id: `${profile._id}:1:profile.created` });
    const audit = await database.model(auditCollection).findOne({ subject: profile._id }, null, { lean: true });
    expect(event).not.toBeNull();
    expect(audit).toMatchObject({ action: 'profileCreate', purpose: 'group-service' });
    expect(JSON.stringify([event, audit])).not.toContain(email);
  });

  it('makes the first address the default unless another says so, and fills in the country', async () => {
    const first = await aProfile(group, 'wren', { addresses: [{ city: 'Fitzroy' }, { city: 'Carlton' }] });
    const second = await aProfile(group, 'wren', {
      addresses: [{ city: 'Fitzroy' }, { city: 'Carlton', isDefault: true }],
    });
    const cityOfDefault = async (id: string): Promise<unknown> => {
      const { defaultAddressId } = await storedProfile(group, 'wren', id);
      const collection = group.entry('wren').database.connection.collection('addresses');
      return (await collection.findOne({ _id: defaultAddressId as never }))?.['city'];
    };
    expect(await cityOfDefault(first._id)).toBe('Fitzroy');
    expect(await cityOfDefault(second._id)).toBe('Carlton');
  });

  it('keeps a channel that was left out as never asked', async () => {
    const profile = await aProfile(group, 'wren', { comms: [{ channel: 'SMS', isOptedOut: true }] });
    const row = await storedProfile(group, 'wren', profile._id);
    expect(row.comms?.channels.map((each) => each.channel)).toEqual(['SMS']);
    expect(row.comms?.channels[0]).toMatchObject({ isOptedOut: true, isPromotional: null, isOwnChoice: false });
  });

  it('lets two brands have the same e-mail', async () => {
    const email = anEmail();
    await aProfile(group, 'wren', { email });
    await expect(aProfile(group, 'alder', { email })).resolves.toMatchObject({ email });
  });
});

describe('a taken key', () => {
  it('is refused with the code of its field, whatever its spelling', async () => {
    const email = anEmail();
    const mobilePhone = aMobile();
    const identifier = aCardNumber();
    await aProfile(group, 'wren', { email, mobilePhone, identities: [{ handle: 'loyalty-card', identifier }] });
    const attempt = create({
      email: email.toUpperCase(),
      mobilePhone: mobilePhone.replace('+61', '0'),
      identities: [
        { handle: 'staff-number', identifier: aCardNumber() },
        { handle: 'loyalty-card', identifier },
      ],
    });
    expect((await refusalsOf(attempt)).sort()).toEqual([
      'EMAIL_TAKEN input.email',
      'IDENTITY_TAKEN input.identities.1.identifier',
      'MOBILE_PHONE_TAKEN input.mobilePhone',
    ]);
  });

  it('leaves nothing behind', async () => {
    const email = anEmail();
    const mobilePhone = aMobile();
    await aProfile(group, 'wren', { email });
    await refusalsOf(create({ email, mobilePhone }));
    await expect(aProfile(group, 'wren', { mobilePhone })).resolves.toMatchObject({ mobilePhone });
  });

  it('is won by exactly one of 64 creations at once, and the others are told', async () => {
    const email = anEmail();
    const outcomes = await Promise.all(
      Array.from({ length: 64 }, async () => {
        const attempt = create({ email });
        return attempt.then(
          () => ['created'],
          () => refusalsOf(attempt),
        );
      }),
    );
    expect(outcomes.filter(([outcome]) => outcome === 'created')).toHaveLength(1);
    expect(outcomes.filter(([outcome]) => outcome === 'EMAIL_TAKEN input.email')).toHaveLength(63);
    expect(await countProfiles({ email })).toBe(1);
  });
});

describe('an idempotency key', () => {
  it('gives the first answer again for the same body', async () => {
    const input = { firstName: 'Ada', email: anEmail(), idempotencyKey: 'till-7-000193' };
    const first = await create(input);
    const second = await create(input);
    expect(second?._id).toBe(first?._id);
    expect(await countProfiles({ email: input.email })).toBe(1);
  });

  it('is refused for another body', async () => {
    const input = { email: anEmail(), idempotencyKey: 'till-7-000194' };
    await create(input);
    const attempt = create({ ...input, firstName: 'Other' });
    expect(await refusalsOf(attempt)).toEqual(['IDEMPOTENCY_KEY_REUSED input.idempotencyKey']);
  });

  it('used by many at once has its effect once, and all get the same answer', async () => {
    const input = { email: anEmail(), idempotencyKey: 'till-7-000195' };
    const views = await Promise.all(Array.from({ length: 16 }, () => create(input)));
    expect(new Set(views.map((view) => view?._id)).size).toBe(1);
    expect(await countProfiles({ email: input.email })).toBe(1);
  });

  it('is another intent for another actor', async () => {
    const input = { email: anEmail(), idempotencyKey: 'till-7-000196' };
    await create(input);
    const attempt = create(input, anActor({ reference: 'staff_test_2' }));
    expect(await refusalsOf(attempt)).toEqual(['EMAIL_TAKEN input.email']);
  });

  it('does not remember a refusal', async () => {
    const email = anEmail();
    const input = { email, mobilePhone: aMobile(), idempotencyKey: 'till-7-000197' };
    const holder = await aProfile(group, 'wren', { email });
    await refusalsOf(create(input));
    await updateProfile(group.context(), { id: profileId(holder), email: anEmail() });
    await expect(create(input)).resolves.toMatchObject({ email });
  });

  it('must have its form', async () => {
    expect(await refusalsOf(create({ email: anEmail(), idempotencyKey: 'short' }))).toEqual(['BAD_USER_INPUT']);
  });
});
