import { makeExecutableSchema } from '@graphql-tools/schema';
import { graphql } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSchemaDocument } from '../../scripts/sdl.js';
import { RateLimiter } from '../../src/access/rate-limit.js';
import { identityResolvers } from '../../src/identities/identity.resolvers.js';
import { systemClock } from '../../src/kernel/clock.js';
import { addressResolvers } from '../../src/profiles/address.resolvers.js';
import { profileResolvers } from '../../src/profiles/profile.resolvers.js';
import { createProfileSearchResolvers } from '../../src/profiles/profile-search.resolvers.js';
import { aCardNumber } from '../support/factories/identity.js';
import { anEmail, aProfile, craftMerge, profileId, storedProfile } from '../support/factories/profile.js';
import { openGroup, type TestGroup } from '../support/group.js';

let group: TestGroup;
beforeAll(async () => {
  group = await openGroup();
});
afterAll(() => group.close());

const schema = makeExecutableSchema({
  typeDefs: readSchemaDocument(),
  resolvers: [
    profileResolvers,
    addressResolvers,
    identityResolvers,
    createProfileSearchResolvers({
      limiter: new RateLimiter(systemClock),
      searchesPerMinutePerTarget: 100,
      brandDeadlineMs: 10_000,
    }),
  ] as never,
  resolverValidationOptions: { requireResolversToMatchSchema: 'ignore' },
});

async function run(source: string, variableValues: Record<string, unknown> = {}): Promise<Record<string, never>> {
  const result = await graphql({ schema, source, variableValues, contextValue: group.context() });
  expect(result.errors).toBeUndefined();
  return JSON.parse(JSON.stringify(result.data)) as Record<string, never>;
}

const wholeProfile = `{
  id localId formerIds version type isKnown title firstName lastName fullName email mobilePhone secondaryPhone
  birthDate { day month year date } gender company occupation tags statuses
  comms { channels { channel isPromotional isOptedOut isBounced isMailable categories { category isWelcome } updatedAt }
    termsAcceptedAt termsAcceptedVersion }
  appearance { handle value } dates { handle date isRecurring relationship }
  customAttributes(namespace: "style") { namespace handle type value }
  addresses { id isDefault line1 line2 line3 company city state postcode countryCode }
  joinedAt createdAt updatedAt brand { handle }
  identities { totalCount edges { cursor node { id handle identifier isPrimary isActive mergedFromId createdAt profile { id } } }
    nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }
}`;

describe('a profile over GraphQL', () => {
  it('answers every field when nothing is known', async () => {
    const profile = await aProfile(group, 'wren', { firstName: 'unknown', lastName: null });
    const { profile: answer } = await run(`query ($id: ID!) { profile(by: { id: $id }) ${wholeProfile} }`, {
      id: profileId(profile),
    });
    expect(answer).toMatchObject({
      id: profileId(profile),
      localId: profile._id,
      version: 1,
      isKnown: false,
      firstName: null,
      fullName: null,
      birthDate: null,
      tags: [],
      addresses: [],
      brand: { handle: 'wren' },
      identities: { totalCount: 0, edges: [], pageInfo: { endCursor: null } },
    });
    expect((answer as unknown as { comms: { channels: unknown[] } }).comms.channels).toHaveLength(5);
  });

  it('answers a creation with the profile as it then is', async () => {
    const input = {
      brand: 'wren',
      firstName: 'Mei',
      lastName: 'Tanaka',
      email: anEmail(),
      birthDate: { day: 9, month: 2, year: 1988 },
      addresses: [{ city: 'Fitzroy' }],
      customAttributes: [{ namespace: 'style', handle: 'visits', value: 3 }],
      identities: [{ handle: 'loyalty-card', identifier: aCardNumber(), isPrimary: true }],
    };
    const source = `mutation ($input: ProfileCreateInput!) {
      profileCreate(input: $input) { profile ${wholeProfile} userErrors { code field message } }
    }`;
    const { profileCreate } = await run(source, { input });
    expect(profileCreate).toMatchObject({
      profile: {
        fullName: 'Mei Tanaka',
        isKnown: true,
        birthDate: { date: '1988-02-09' },
        customAttributes: [{ handle: 'visits', type: 'INTEGER', value: 3 }],
        addresses: [{ city: 'Fitzroy', isDefault: true, countryCode: 'AU' }],
        identities: { totalCount: 1, edges: [{ node: { isPrimary: true, isActive: true, mergedFromId: null } }] },
      },
      userErrors: [],
    });
    const { profileCreate: refused } = await run(source, { input: { ...input, identities: [] } });
    expect(refused).toMatchObject({ profile: null, userErrors: [{ code: 'EMAIL_TAKEN', field: ['input', 'email'] }] });
  });

  it('shows after a merge where things came from', async () => {
    const loser = await aProfile(group, 'wren', {
      identities: [{ handle: 'loyalty-card', identifier: aCardNumber() }],
    });
    const winner = await aProfile(group, 'wren');
    await craftMerge(group, loser, winner);
    const source = `query ($id: ID!) { profile(by: { id: $id }) {
      id formerIds identities { nodes { mergedFromId profile { id } } } } }`;
    const { profile } = await run(source, { id: profileId(loser) });
    expect(profile).toEqual({
      id: profileId(winner),
      formerIds: [profileId(loser)],
      identities: { nodes: [{ mergedFromId: profileId(loser), profile: { id: profileId(winner) } }] },
    });
  });

  it('goes through its changes, addresses and identities by the ids it gives out', async () => {
    const profile = await aProfile(group, 'hearth');
    const id = profileId(profile);
    const source = `mutation ($id: ID!) {
      profileUpdate(input: { id: $id, ifVersion: 1, addTags: ["b"], comms: [{ channel: SMS, isOptedOut: true }] }) {
        profile { version tags } userErrors { code } }
      addressAdd(input: { profileId: $id, address: { city: "Fitzroy" } }) {
        address { id city isDefault } profile { version } userErrors { code } }
      identityAdd(input: { profileId: $id, identity: { handle: "loyalty-card", identifier: "LY-1" } }) {
        identity { id identifier profile { version } } userErrors { code } }
    }`;
    const first = (await run(source, { id })) as Record<string, Record<string, Record<string, string>>>;
    expect(first).toMatchObject({
      profileUpdate: { profile: { version: 2, tags: ['b'] }, userErrors: [] },
      addressAdd: { address: { city: 'Fitzroy', isDefault: true }, profile: { version: 3 }, userErrors: [] },
      identityAdd: { identity: { identifier: 'LY-1', profile: { version: 4 } }, userErrors: [] },
    });
    const second = `mutation ($address: ID!, $identity: ID!) {
      addressUpdate(input: { id: $address, address: { city: "Carlton" } }) { address { city } userErrors { code } }
      addressRemove(input: { id: $address }) { removedAddressId profile { addresses { id } } userErrors { code } }
      identityUpdate(input: { id: $identity, isActive: false }) { identity { isActive } userErrors { code } }
      identityRemove(input: { id: $identity }) { removedIdentityId profile { version } userErrors { code } }
    }`;
    const address = first['addressAdd']?.['address']?.['id'];
    const identity = first['identityAdd']?.['identity']?.['id'];
    expect(await run(second, { address, identity })).toEqual({
      addressUpdate: { address: { city: 'Carlton' }, userErrors: [] },
      addressRemove: { removedAddressId: address, profile: { addresses: [] }, userErrors: [] },
      identityUpdate: { identity: { isActive: false }, userErrors: [] },
      identityRemove: { removedIdentityId: identity, profile: { version: 8 }, userErrors: [] },
    });
    expect((await storedProfile(group, 'hearth', profile._id)).version).toBe(8);
  });

  it('is found over brands and listed', async () => {
    const email = anEmail();
    const profile = await aProfile(group, 'alder', { email });
    const { profileSearch, profiles } = (await run(
      `query ($email: EmailAddress!) {
        profileSearch(by: { email: $email }, first: 10) { edges { cursor matchedOn node { id fullName } } nodes { id }
          pageInfo { hasNextPage endCursor } brandStatuses { brand { handle } state isRetryable } }
        profiles(brand: "alder") { totalCount edges { cursor node { id } } nodes { id } pageInfo { endCursor } }
      }`,
      { email },
    )) as Record<
      string,
      { edges: { cursor: string; matchedOn?: string[]; node: { id: string } }[]; totalCount?: number }
    >;
    expect(profileSearch?.edges).toMatchObject([{ matchedOn: ['EMAIL'], node: { id: profileId(profile) } }]);
    expect(profiles).toMatchObject({ totalCount: 1, nodes: [{ id: profileId(profile) }] });
  });
});
