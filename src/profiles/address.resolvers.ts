import { userErrorsOf } from '../access/user-errors.js';
import type { Resolvers } from '../generated/resolvers-types.js';
import { formatNodeId } from '../kernel/ids.js';
import { addressesOf } from './address.loader.js';
import { addAddress, removeAddress, replaceAddress } from './address.service.js';

/** Postal addresses of profiles. */
export const addressResolvers: Resolvers = {
  Mutation: {
    addressAdd: async (_parent, { input }, context) => {
      const { value, userErrors } = await userErrorsOf(() => addAddress(context, input));
      return { address: value?.address ?? null, profile: value?.profile ?? null, userErrors };
    },
    addressUpdate: async (_parent, { input }, context) => {
      const { value, userErrors } = await userErrorsOf(() => replaceAddress(context, input));
      return { address: value?.address ?? null, profile: value?.profile ?? null, userErrors };
    },
    addressRemove: async (_parent, { input }, context) => {
      const { value, userErrors } = await userErrorsOf(() => removeAddress(context, input));
      return { removedAddressId: value?.removedAddressId ?? null, profile: value?.profile ?? null, userErrors };
    },
  },
  Profile: {
    addresses: (profile, _args, context) => addressesOf(context, profile),
  },
  Address: {
    id: (address) => formatNodeId('addr', address.brand.handle, address.accountId, address._id),
  },
};
