import type { Resolvers } from '../generated/resolvers-types.js';
import { viewBoundProfile } from './bound-profile.service.js';

/** `viewer.profile`: the customer's own profile. */
export const boundProfileResolvers: Resolvers = {
  Viewer: {
    profile: (_actor, _args, context) => viewBoundProfile(context),
  },
};
