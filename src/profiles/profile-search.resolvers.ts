import type { Resolvers } from '../generated/resolvers-types.js';
import { type ProfileSearchOptions, searchProfiles } from './profile-search.service.js';

/** `profileSearch`, with the limits of this process. */
export function createProfileSearchResolvers(options: ProfileSearchOptions): Resolvers {
  return {
    Query: {
      profileSearch: (_parent, args, context) => searchProfiles(context, args, options),
    },
  };
}
