import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatNodeId, newUuid, parseNodeId } from '../../src/kernel/ids.js';
import type { AddressView } from '../../src/profiles/address.js';
import { addressesOf } from '../../src/profiles/address.loader.js';
import { addAddress, loadAddressNode, removeAddress, replaceAddress } from '../../src/profiles/address.service.js';
import type { ProfileView } from '../../src/profiles/profile.js';
import { viewProfile } from '../../src/profiles/profile.service.js';
import { aProfile, craftMerge, profileId, storedProfile } from '../support/factories/profile.js';
import { anActor, openGroup, type TestGroup } from '../support/group.js';
import { refusalsOf } from '../support/refusals.js';

let group: TestGroup;
beforeAll(async () => {
  group = await openGroup();
});
afterAll(() => group.close());

function idOf(address: AddressView): string {
  return formatNodeId('addr', address.brand.handle, address.accountId, address._id);
}

async function add(profile: ProfileView, city: string, isDefault = false): Promise<AddressView> {
  const input = { profileId: profileId(profile), address: { city, isDefault } };
  const { address } = await addAddress(group.context(), input);
  return address as AddressView;
}

async function shown(profile: ProfileView): Promise<[string | null, boolean][]> {
  const context = group.context();
  const view = await viewProfile(context, group.entry('wren'), profile._id);
  const addresses = await addressesOf(context, view as ProfileView);
  return addresses.map((each) => [each.city, each.isDefault]);
}

describe('addresses', () => {
  it('have exactly one default, shown first, the others by age', async () => {
    const profile = await aProfile(group, 'wren');
    await add(profile, 'Fitzroy');
    await add(profile, 'Carlton');
    await add(profile, 'Brunswick', true);
    expect(await shown(profile)).toEqual([
      ['Brunswick', true],
      ['Fitzroy', false],
      ['Carlton', false],
    ]);
  });

  it('are replaced as a whole', async () => {
    const profile = await aProfile(group, 'wren', { addresses: [{ line1: '1 Rose St', city: 'Fitzroy' }] });
    const [address] = await addressesOf(group.context(), profile);
    const outcome = await replaceAddress(group.context(), {
      id: idOf(address as AddressView),
      address: { city: 'Carlton', countryCode: 'NZ' },
    });
    expect(outcome.address).toMatchObject({ line1: null, city: 'Carlton', countryCode: 'NZ', isDefault: true, rev: 2 });
    expect(outcome.profile?.version).toBe(2);
  });

  it('pass the default on to the oldest other one when it is removed', async () => {
    const profile = await aProfile(group, 'wren', {
      addresses: [{ city: 'Fitzroy' }, { city: 'Carlton' }, { city: 'Brunswick', isDefault: true }],
    });
    const [main] = await addressesOf(group.context(), profile);
    const removed = await removeAddress(group.context(), { id: idOf(main as AddressView) });
    expect(removed.removedAddressId).toBe(idOf(main as AddressView));
    expect(await shown(profile)).toEqual([
      ['Fitzroy', true],
      ['Carlton', false],
    ]);
  });

  it('leave no default behind when the last is removed', async () => {
    const profile = await aProfile(group, 'wren', { addresses: [{ city: 'Fitzroy' }] });
    const [only] = await addressesOf(group.context(), profile);
    await removeAddress(group.context(), { id: idOf(only as AddressView) });
    expect(await shown(profile)).toEqual([]);
    expect((await storedProfile(group, 'wren', profile._id)).defaultAddressId).toBeUndefined();
  });

  it('added at once all count', async () => {
    const profile = await aProfile(group, 'wren');
    const cities = ['a', 'b', 'c', 'd'];
    await Promise.all(cities.map((city) => add(profile, city)));
    const views = await shown(profile);
    expect(views.map(([city]) => city).sort()).toEqual(cities);
    expect(views.filter(([, isDefault]) => isDefault)).toHaveLength(1);
  });

  it('are at most 50', async () => {
    const profile = await aProfile(group, 'wren', { addresses: Array.from({ length: 50 }, () => ({ city: 'X' })) });
    const attempt = addAddress(group.context(), { profileId: profileId(profile), address: { city: 'Y' } });
    expect(await refusalsOf(attempt)).toEqual(['TOO_MANY input.address']);
  });

  it('repeat harmlessly under an idempotency key', async () => {
    const profile = await aProfile(group, 'wren');
    const input = { profileId: profileId(profile), address: { city: 'X' }, idempotencyKey: 'address-01' };
    const first = await addAddress(group.context(), input);
    const second = await addAddress(group.context(), input);
    expect(second.address?._id).toBe(first.address?._id);
    const removal = { id: idOf(first.address as AddressView), idempotencyKey: 'address-02' };
    await removeAddress(group.context(), removal);
    await expect(removeAddress(group.context(), removal)).resolves.toMatchObject({ removedAddressId: removal.id });
  });

  it('name the field at fault', async () => {
    const profile = await aProfile(group, 'wren');
    const attempt = addAddress(group.context(), {
      profileId: profileId(profile),
      address: { line2: 'x'.repeat(256), postcode: '3\u0000' },
    });
    expect(await refusalsOf(attempt)).toEqual(['TOO_LONG input.address.line2', 'INVALID_VALUE input.address.postcode']);
  });
});

describe('an address of a merged profile', () => {
  it('is found by its old id, and changed on the winner', async () => {
    const loser = await aProfile(group, 'wren', { addresses: [{ city: 'Fitzroy' }] });
    const winner = await aProfile(group, 'wren', { addresses: [{ city: 'Carlton' }] });
    const [address] = await addressesOf(group.context(), loser);
    await craftMerge(group, loser, winner);
    const id = idOf(address as AddressView);
    const node = await loadAddressNode(group.context(), parseNodeId(id) as never);
    expect(node).toMatchObject({ city: 'Fitzroy', isDefault: false });
    const outcome = await replaceAddress(group.context(), { id, address: { city: 'Preston', isDefault: true } });
    expect(outcome.profile?._id).toBe(winner._id);
    expect((await shown(winner))[0]).toEqual(['Preston', true]);
  });

  it('cannot be added to the loser', async () => {
    const loser = await aProfile(group, 'wren');
    await craftMerge(group, loser, await aProfile(group, 'wren'));
    const attempt = addAddress(group.context(), { profileId: profileId(loser), address: { city: 'X' } });
    expect(await refusalsOf(attempt)).toEqual(['PROFILE_MERGED input.profileId']);
  });
});

describe('an address that is not there to be seen', () => {
  it('is refused in the same bytes, missing or foreign, and null as a node', async () => {
    const foreign = await aProfile(group, 'alder', { addresses: [{ city: 'X' }] });
    const [address] = await addressesOf(group.context(), foreign);
    const actor = anActor({ brandHandles: new Set(['wren']) });
    const ids = [idOf(address as AddressView), formatNodeId('addr', 'wren', newUuid(), newUuid())];
    const refusals = await Promise.all(
      ids.map((id) =>
        removeAddress(group.context({ actor }), { id }).catch((error: { refusals: unknown }) => error.refusals),
      ),
    );
    expect(JSON.stringify(refusals[0])).toBe(JSON.stringify(refusals[1]));
    expect(JSON.stringify(refusals[0])).toContain('NOT_FOUND');
    for (const id of ids) {
      expect(await loadAddressNode(group.context({ actor }), parseNodeId(id) as never)).toBeNull();
    }
  });
});
