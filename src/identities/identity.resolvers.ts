import { userErrorsOf } from '../access/user-errors.js';
import type { Resolvers } from '../generated/resolvers-types.js';
import { formatNodeId } from '../kernel/ids.js';
import { identityNodeId, mergedFrom } from './identity.js';
import { listIdentities, lookUpIdentity } from './identity.service.js';
import { addIdentity, removeIdentity, updateIdentity } from './identity-change.service.js';

/** Identities: look-up, lists under a profile, changes. */
export const identityResolvers: Resolvers = {
  Query: {
    identity: (_parent, { by }, context) => lookUpIdentity(context, by),
  },
  Mutation: {
    identityAdd: async (_parent, { input }, context) => {
      const { value, userErrors } = await userErrorsOf(() => addIdentity(context, input));
      return { identity: value, userErrors };
    },
    identityUpdate: async (_parent, { input }, context) => {
      const { value, userErrors } = await userErrorsOf(() => updateIdentity(context, input));
      return { identity: value, userErrors };
    },
    identityRemove: async (_parent, { input }, context) => {
      const { value, userErrors } = await userErrorsOf(() => removeIdentity(context, input));
      return { removedIdentityId: value?.removedIdentityId ?? null, profile: value?.profile ?? null, userErrors };
    },
  },
  Profile: {
    identities: (profile, args, context) => listIdentities(context, profile, args),
  },
  Identity: {
    id: (identity) => identityNodeId(identity.brand.handle, identity),
    profile: (identity) => identity.profile,
    isPrimary: ({ profile, uid }) => profile.primaryIdentity === uid,
    mergedFromId: ({ profile, accountId, brand }) => {
      const loserId = mergedFrom(profile, accountId);
      return loserId === null ? null : formatNodeId('prof', brand.handle, loserId);
    },
    createdAt: (identity) => identity.at,
  },
};
