import type { OperationContext } from '../access/context.js';
import { memoKey } from '../access/world.js';
import { type AddressRow, type AddressView, addressViews } from './address.js';
import { findAddresses } from './address.store.js';
import { type ChildRowLoaders, loadChildRows } from './child-rows.js';
import type { ProfileView } from './profile.js';

const addressRowsKey = memoKey<ChildRowLoaders<AddressRow>>('addresses of profiles');

/** A profile's addresses, the default first; one command per brand for all profiles that are asked together. */
export async function addressesOf(context: OperationContext, profile: ProfileView): Promise<AddressView[]> {
  const rows = await loadChildRows(context, addressRowsKey, profile, findAddresses);
  return addressViews(rows, profile.brand, profile.defaultAddressId);
}
