import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProfileCreateInput } from '../../src/generated/resolvers-types.js';
import { profileCollection } from '../../src/profiles/profile.model.js';
import { createProfile } from '../../src/profiles/profile-create.service.js';
import { anEmail } from '../support/factories/profile.js';
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

async function countNobodies(): Promise<number> {
  const profiles = group.entry('wren').database.model(profileCollection);
  return (await profiles.find({ firstName: 'Nobody' }, { _id: 1 }, { lean: true })).length;
}

describe('bad input', () => {
  const lone = '\ud800';
  const many = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);
  const cases: [string, Partial<ProfileCreateInput>, string][] = [
    ['a brand that does not exist', { brand: 'oak' }, 'BRAND_UNKNOWN input.brand'],
    ['no contact', { email: null }, 'CONTACT_REQUIRED input.email'],
    ['blank contacts', { email: ' ', mobilePhone: '' }, 'CONTACT_REQUIRED input.email'],
    ['an e-mail without host', { email: 'mei@' }, 'INVALID_VALUE input.email'],
    ['an e-mail that is too long', { email: `${'a'.repeat(60)}@${'b.'.repeat(120)}com` }, 'TOO_LONG input.email'],
    ['a lone surrogate in the e-mail', { email: `m${lone}@example.com` }, 'INVALID_VALUE input.email'],
    ['a number that is none', { mobilePhone: '12' }, 'INVALID_VALUE input.mobilePhone'],
    ['a lone surrogate', { firstName: `M${lone}ei` }, 'INVALID_VALUE input.firstName'],
    ['a control character', { lastName: 'Tan\u0000aka' }, 'INVALID_VALUE input.lastName'],
    ['a line break', { lastName: 'Tan\naka' }, 'INVALID_VALUE input.lastName'],
    ['a name that is too long', { firstName: 'é'.repeat(101) }, 'TOO_LONG input.firstName'],
    ['a day no month has', { birthDate: { day: 32 } }, 'INVALID_VALUE input.birthDate.day'],
    ['31 June', { birthDate: { day: 31, month: 6 } }, 'INVALID_VALUE input.birthDate.day'],
    [
      '29 February of a common year',
      { birthDate: { day: 29, month: 2, year: 1999 } },
      'INVALID_VALUE input.birthDate.day',
    ],
    ['month 13', { birthDate: { month: 13 } }, 'INVALID_VALUE input.birthDate.month'],
    ['a birth in the future', { birthDate: { year: 2999 } }, 'INVALID_VALUE input.birthDate.year'],
    ['a birth before anybody', { birthDate: { year: 1700 } }, 'INVALID_VALUE input.birthDate.year'],
    ['an empty tag', { tags: ['ok', ' '] }, 'INVALID_VALUE input.tags.1'],
    ['a tag that is too long', { tags: ['t'.repeat(256)] }, 'TOO_LONG input.tags.0'],
    ['too many tags', { tags: many(251, 't') }, 'TOO_MANY input.tags'],
    [
      'a channel given twice',
      { comms: [{ channel: 'SMS' }, { channel: 'SMS' }] },
      'INVALID_VALUE input.comms.1.channel',
    ],
    [
      'a wish that is null',
      { comms: [{ channel: 'SMS', isOptedOut: null }] },
      'INVALID_VALUE input.comms.0.isOptedOut',
    ],
    [
      'a subject without a name',
      { comms: [{ channel: 'SMS', categories: [{ category: '', isWelcome: true }] }] },
      'INVALID_VALUE input.comms.0.categories.0.category',
    ],
    [
      'a postcode that is too long',
      { addresses: [{ postcode: '1'.repeat(17) }] },
      'TOO_LONG input.addresses.0.postcode',
    ],
    [
      'a country that is none',
      { addresses: [{ city: 'X', countryCode: 'aus' }] },
      'INVALID_VALUE input.addresses.0.countryCode',
    ],
    ['an address without a line', { addresses: [{}] }, 'INVALID_VALUE input.addresses.0'],
    ['too many addresses', { addresses: many(51, { city: 'X' }) }, 'TOO_MANY input.addresses'],
    [
      'two defaults',
      {
        addresses: [
          { city: 'X', isDefault: true },
          { city: 'Y', isDefault: true },
        ],
      },
      'INVALID_VALUE input.addresses.1.isDefault',
    ],
    [
      'an attribute that is not defined',
      { customAttributes: [{ namespace: 'style', handle: '__proto__', value: 1 }] },
      'ATTRIBUTE_UNKNOWN input.customAttributes.0.handle',
    ],
    [
      'a value of another form',
      { customAttributes: [{ namespace: 'style', handle: 'visits', value: 1.5 }] },
      'INVALID_VALUE input.customAttributes.0.value',
    ],
    [
      'an operator in the place of a text',
      { customAttributes: [{ namespace: 'style', handle: 'favourite_colour', value: { $ne: '' } }] },
      'INVALID_VALUE input.customAttributes.0.value',
    ],
    [
      'a handle that is not agreed',
      { identities: [{ handle: 'x', identifier: '1' }] },
      'INVALID_VALUE input.identities.0.handle',
    ],
    [
      'a reserved handle',
      { identities: [{ handle: 'shopify', identifier: '1' }] },
      'INVALID_VALUE input.identities.0.handle',
    ],
    [
      'an empty identifier',
      { identities: [{ handle: 'loyalty-card', identifier: ' ' }] },
      'INVALID_VALUE input.identities.0.identifier',
    ],
    [
      'an identifier that is too long',
      { identities: [{ handle: 'loyalty-card', identifier: 'x'.repeat(513) }] },
      'TOO_LONG input.identities.0.identifier',
    ],
    [
      'two identities where one is allowed',
      {
        identities: [
          { handle: 'staff-number', identifier: '1' },
          { handle: 'staff-number', identifier: '2' },
        ],
      },
      'INVALID_VALUE input.identities.1.handle',
    ],
  ];

  it.each(cases)('%s is refused, names its field and writes nothing', async (_, input, refusal) => {
    const firstName = typeof input.firstName === 'string' ? input.firstName : 'Nobody';
    expect(await refusalsOf(create({ email: anEmail(), firstName, ...input }))).toEqual([refusal]);
    expect(await countNobodies()).toBe(0);
  });

  it('tells several mistakes at once', async () => {
    const attempt = create({ email: 'x', firstName: 'a'.repeat(101), birthDate: { month: 0 } });
    expect(await refusalsOf(attempt)).toHaveLength(3);
  });

  it('refuses a brand of others in the same words as one that does not exist', async () => {
    const actor = anActor({ brandHandles: new Set(['wren']) });
    const foreign = await create({ brand: 'alder', email: anEmail() }, actor).catch((error: unknown) => error);
    const missing = await create({ brand: 'oak', email: anEmail() }, actor).catch((error: unknown) => error);
    expect(JSON.stringify(foreign)).toBe(JSON.stringify(missing));
  });
});
