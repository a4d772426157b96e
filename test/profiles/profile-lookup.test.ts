import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProfileLookup } from '../../src/generated/resolvers-types.js';
import { formatNodeId, newUuid } from '../../src/kernel/ids.js';
import { profileCollection } from '../../src/profiles/profile.model.js';
import { viewProfile } from '../../src/profiles/profile.service.js';
import { lookUpProfile } from '../../src/profiles/profile-lookup.service.js';
import { aCardNumber } from '../support/factories/identity.js';
import { aMobile, anEmail, aProfile, craftMerge, profileId } from '../support/factories/profile.js';
import { anActor, openGroup, type TestGroup } from '../support/group.js';
import { refusalsOf } from '../support/refusals.js';
import { stoppedBrand } from '../support/stopped-brand.js';

let group: TestGroup;
beforeAll(async () => {
  group = await openGroup();
});
afterAll(() => group.close());

async function aFindableProfile(brand = 'wren') {
  const email = anEmail();
  const mobilePhone = aMobile();
  const identifier = aCardNumber();
  const identities = [{ handle: 'loyalty-card', identifier }];
  const profile = await aProfile(group, brand, { email, mobilePhone, identities });
  const keys: ProfileLookup[] = [
    { id: profileId(profile) },
    { localId: { brand, localId: profile._id } },
    { email: { brand, email: email.toUpperCase() } },
    { mobilePhone: { brand, mobilePhone: mobilePhone.replace('+61', '0') } },
    { identity: { brand, handle: 'loyalty-card', identifier } },
  ];
  return { profile, keys };
}

async function findByAll(keys: readonly ProfileLookup[], actor = anActor()): Promise<(string | null)[]> {
  const views = await Promise.all(keys.map((by) => lookUpProfile(group.context({ actor }), by)));
  return views.map((view) => view?._id ?? null);
}

describe('a look-up', () => {
  it('finds a profile by every key', async () => {
    const { profile, keys } = await aFindableProfile();
    expect(await findByAll(keys)).toEqual(keys.map(() => profile._id));
  });

  it('by every key of a merged profile finds the winner, over several merges', async () => {
    const { profile: first, keys } = await aFindableProfile();
    const second = await aProfile(group, 'wren');
    const third = await aProfile(group, 'wren');
    await craftMerge(group, first, second);
    expect(await findByAll(keys)).toEqual(keys.map(() => second._id));
    await craftMerge(group, second, third);
    expect(await findByAll(keys)).toEqual(keys.map(() => third._id));
  });

  it('finds nobody who waits for activation', async () => {
    const { profile, keys } = await aFindableProfile();
    await group
      .entry('wren')
      .database.model(profileCollection)
      .collection.updateOne({ _id: profile._id } as never, { $set: { state: 'PENDING' }, $unset: { live: '' } });
    expect(await findByAll(keys)).toEqual(keys.map(() => null));
  });

  it('finds nobody in brands that are not the token’s, and says no more than for nobody', async () => {
    const { keys } = await aFindableProfile('alder');
    const actor = anActor({ brandHandles: new Set(['wren']) });
    expect(await findByAll(keys, actor)).toEqual(keys.map(() => null));
    const missing: ProfileLookup[] = [
      { id: formatNodeId('prof', 'alder', newUuid()) },
      { email: { brand: 'oak', email: anEmail() } },
      { identity: { brand: 'wren', handle: 'no-such-handle', identifier: '1' } },
    ];
    expect(await findByAll(missing, actor)).toEqual(missing.map(() => null));
  });

  it('finds nobody by address for a token of several brands that may not search them', async () => {
    const { keys, profile } = await aFindableProfile('wren');
    const isAddress = (by: ProfileLookup): boolean => 'email' in by || 'mobilePhone' in by;
    const grants = ['read-profiles'];
    for (const by of keys) {
      const attempt = lookUpProfile(group.context({ actor: anActor({ grants }) }), by);
      if (!isAddress(by)) expect((await attempt)?._id).toBe(profile._id);
      else {
        const missingScopes = ['search-across-brands'];
        await expect(attempt).rejects.toMatchObject({ code: 'FORBIDDEN', details: { missingScopes } });
      }
    }
    const may = [
      anActor({ grants: [...grants, 'search-across-brands'] }),
      anActor({ grants, brandHandles: new Set(['wren']) }),
      anActor({ grants, brandHandles: new Set(['wren', 'alder']), isGroup: false }),
    ];
    for (const actor of may) expect(await findByAll(keys, actor)).toEqual(keys.map(() => profile._id));
  });

  it('tells what has not its form by naming the argument', async () => {
    const cases: [ProfileLookup, string[]][] = [
      [{ id: 'nonsense' }, ['by', 'id']],
      [{ localId: { brand: 'wren', localId: 'X' } }, ['by', 'localId', 'localId']],
      [{ email: { brand: 'wren', email: 'x' } }, ['by', 'email', 'email']],
      [{ mobilePhone: { brand: 'wren', mobilePhone: '1' } }, ['by', 'mobilePhone', 'mobilePhone']],
      [
        { identity: { brand: 'wren', handle: 'loyalty-card', identifier: 'x'.repeat(513) } },
        ['by', 'identity', 'identifier'],
      ],
      [{} as never, ['by']],
      [{ id: 'a', email: { brand: 'wren', email: 'a@example.com' } } as never, ['by']],
    ];
    for (const [by, field] of cases) {
      await expect(lookUpProfile(group.context(), by)).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
        details: { field },
      });
    }
  });

  it('marks the world as breached when a profile read before no longer fits the claim', async () => {
    const { profile: loser, keys } = await aFindableProfile();
    const winner = await aProfile(group, 'wren');
    const context = group.context();
    await viewProfile(context, group.entry('wren'), winner._id);
    await craftMerge(group, loser, winner);
    await lookUpProfile(context, keys[2] as ProfileLookup);
    expect(context.world.breached).not.toBeNull();
  });

  it('reads only what the document selects, and what decides whose rows are whose', async () => {
    const { keys } = await aFindableProfile();
    const selection = new Map([['Profile', new Set(['id', 'firstName'])]]);
    const view = await lookUpProfile(group.context({ selection }), keys[0] as ProfileLookup);
    const names = Object.keys(view ?? {});
    expect(names).toEqual(expect.arrayContaining(['_id', 'state', 'accounts', 'version', 'firstName']));
    expect(names).not.toContain('email');
    expect(names).not.toContain('keys');
    expect(names).not.toContain('comms');
  });

  it('fails with the code of the brand when its database is gone', async () => {
    const stopped = await stoppedBrand(group, 'wren');
    const by = { email: { brand: 'wren', email: anEmail() } };
    const attempt = lookUpProfile(group.context({ brands: stopped.brands }), by);
    expect(await refusalsOf(attempt)).toEqual(['BRAND_UNAVAILABLE']);
    await stopped.close();
  });
});
