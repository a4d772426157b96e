import type { ClientSession } from 'mongoose';
import { type OperationContext, visibleBrand } from '../access/context.js';
import type { BrandEntry } from '../brands/brands.js';
import { commitOnce, StaleRead } from '../events/commit-once.js';
import type {
  AddressAddInput,
  AddressRemoveInput,
  AddressUpdateInput,
  ProfileErrorCode,
} from '../generated/resolvers-types.js';
import { refuse } from '../kernel/errors.js';
import { formatNodeId, type NodeId, newUuid, type Uuid } from '../kernel/ids.js';
import { addressesPerProfileMax } from '../kernel/limits.js';
import { type AddressRow, type AddressValues, type AddressView, byAge } from './address.js';
import { addressesOf } from './address.loader.js';
import { deleteAddress, findAddress, findAddresses, insertAddresses, updateAddress } from './address.store.js';
import { InputReader } from './input-reader.js';
import { ownerWrite } from './owner-write.service.js';
import { accountsOf, ownAccount, type ProfileRow, type ProfileView } from './profile.js';
import { viewOwner } from './profile.service.js';
import {
  type ChildTarget,
  childTarget,
  mutationIntent,
  profileTarget,
  readForChange,
  readOwnerForChange,
  refuseMissing,
  viewAfterCommit,
} from './profile-target.service.js';
import { readAddress } from './profile-values.js';

/** What a change of addresses leaves for its payload. */
export interface AddressOutcome {
  readonly address: AddressView | null;
  readonly profile: ProfileView | null;
}

/**
 * Adds an address to a live profile. The first one, and one that says so, becomes the default.
 * @throws Refusal with codes of `ProfileErrorCode`.
 */
export async function addAddress(context: OperationContext, input: AddressAddInput): Promise<AddressOutcome> {
  const target = profileTarget(context, input.profileId, ['profileId']);
  const { entry } = target;
  const intent = mutationIntent(context, 'addressAdd', input);
  const values = checkedAddress(entry, input.address);
  const { result } = await commitOnce({
    context,
    database: entry.database,
    intent,
    decide: async () => {
      const row = await readForChange(context, target, ['profileId']);
      const others = await addressRowsOf(context, entry, row);
      if (others.length >= addressesPerProfileMax) {
        refuse<ProfileErrorCode>('TOO_MANY', `A profile has at most ${addressesPerProfileMax} addresses`, ['address']);
      }
      const address: AddressRow = {
        _id: newUuid(),
        accountId: ownAccount(row),
        rev: 1,
        ...values,
        createdAt: context.clock.now(),
      };
      const isDefault = input.address.isDefault === true || others.length === 0;
      return {
        result: { profileId: row._id, accountId: address.accountId, addressId: address._id },
        write: addressWrite(context, entry, row, {
          action: 'addressAdd',
          addressId: address._id,
          ...(isDefault ? { defaultAddressId: address._id } : {}),
          write: (session) => insertAddresses(entry.database, [address], session),
        }),
      };
    },
  });
  return outcomeOf(context, entry, result.profileId as Uuid, result.addressId as Uuid);
}

/**
 * Replaces the lines of an address, wherever merges have taken its account. A default stays one until another is made it.
 * @throws Refusal with codes of `ProfileErrorCode`.
 */
export async function replaceAddress(context: OperationContext, input: AddressUpdateInput): Promise<AddressOutcome> {
  const target = childTarget(context, input.id, 'addr', ['id']);
  const { entry } = target;
  const intent = mutationIntent(context, 'addressUpdate', input);
  const values = checkedAddress(entry, input.address);
  const { result } = await commitOnce({
    context,
    database: entry.database,
    intent,
    decide: async () => {
      const { address, owner } = await addressForChange(context, target);
      return {
        result: { profileId: owner._id, addressId: address._id },
        write: addressWrite(context, entry, owner, {
          action: 'addressUpdate',
          addressId: address._id,
          ...(input.address.isDefault ? { defaultAddressId: address._id } : {}),
          write: async (session) => {
            if (!(await updateAddress(entry.database, address, values, session))) throw new StaleRead('The address');
          },
        }),
      };
    },
  });
  return outcomeOf(context, entry, result.profileId as Uuid, result.addressId as Uuid);
}

/**
 * Removes an address; if it was the default, the oldest other one takes its place.
 * @throws Refusal with codes of `ProfileErrorCode`.
 */
export async function removeAddress(
  context: OperationContext,
  input: AddressRemoveInput,
): Promise<{ readonly removedAddressId: string; readonly profile: ProfileView | null }> {
  const target = childTarget(context, input.id, 'addr', ['id']);
  const { entry } = target;
  const intent = mutationIntent(context, 'addressRemove', input);
  const { result } = await commitOnce({
    context,
    database: entry.database,
    intent,
    decide: async () => {
      const { address, owner } = await addressForChange(context, target);
      const others = (await addressRowsOf(context, entry, owner)).filter((each) => each._id !== address._id);
      const isDefaultKept = others.some((each) => each._id === owner.defaultAddressId);
      return {
        result: { profileId: owner._id, accountId: address.accountId, addressId: address._id },
        write: addressWrite(context, entry, owner, {
          action: 'addressRemove',
          addressId: address._id,
          ...(isDefaultKept ? {} : { defaultAddressId: others.sort(byAge)[0]?._id ?? null }),
          write: async (session) => {
            if (!(await deleteAddress(entry.database, address, session))) throw new StaleRead('The address');
          },
        }),
      };
    },
  });
  const profile = await viewAfterCommit(context, entry, result.profileId as Uuid);
  const ids = [result.accountId as Uuid, result.addressId as Uuid];
  return { removedAddressId: formatNodeId('addr', entry.brand.handle, ...ids), profile };
}

function checkedAddress(entry: BrandEntry, input: AddressAddInput['address']): AddressValues {
  const reader = new InputReader();
  const values = readAddress(reader, input, { brand: entry.brand, path: ['address'] });
  reader.finish();
  return values;
}

/** Every address of a profile document that was read to decide a write; in no order. */
export function addressRowsOf(context: OperationContext, entry: BrandEntry, owner: ProfileRow): Promise<AddressRow[]> {
  return findAddresses(entry.database, accountsOf(owner), { deadline: context.deadline, isDeciding: true });
}

async function addressForChange(
  context: OperationContext,
  target: ChildTarget,
): Promise<{ address: AddressRow; owner: ProfileRow }> {
  const { entry, accountId, id } = target;
  const options = { deadline: context.deadline, isDeciding: true };
  const address = await findAddress(entry.database, { accountId, id }, options);
  if (address === null) return refuseMissing(['id']);
  // An account's id is the id of the profile born with it.
  const owner = await readOwnerForChange(context, entry, { accountId, profileId: accountId }, ['id']);
  return { address, owner };
}

interface AddressWrite {
  readonly action: 'addressAdd' | 'addressUpdate' | 'addressRemove';
  readonly addressId: Uuid;
  /** Null when no address remains; absent when the default stays. */
  readonly defaultAddressId?: Uuid | null;
  readonly write: (session: ClientSession) => Promise<void>;
}

/** The transaction of an address change. */
function addressWrite(
  context: OperationContext,
  entry: BrandEntry,
  owner: ProfileRow,
  { action, addressId, defaultAddressId, write }: AddressWrite,
): (session: ClientSession) => Promise<void> {
  return ownerWrite(context, entry, owner, {
    action,
    subject: { addressId },
    event: { kind: 'profile.updated', payload: { fields: ['addresses'] } },
    pointers: defaultAddressId === undefined ? {} : { defaultAddressId },
    write,
  });
}

async function outcomeOf(
  context: OperationContext,
  entry: BrandEntry,
  profileId: Uuid,
  addressId: Uuid,
): Promise<AddressOutcome> {
  const profile = await viewAfterCommit(context, entry, profileId);
  if (profile === null) return { address: null, profile };
  const addresses = await addressesOf(context, profile);
  return { address: addresses.find((each) => each._id === addressId) ?? null, profile };
}

/** The address that a global id names, on whichever profile its account is now; null when it is not there to be seen. */
export async function loadAddressNode(context: OperationContext, nodeId: NodeId): Promise<AddressView | null> {
  const entry = visibleBrand(context, nodeId.brand);
  const [accountId, id] = nodeId.uuids;
  if (entry === null || accountId === undefined || id === undefined) return null;
  const profile = await viewOwner(context, entry, accountId);
  if (profile === null) return null;
  return (await addressesOf(context, profile)).find((each) => each._id === id) ?? null;
}
