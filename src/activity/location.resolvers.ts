import type { Resolvers } from '../generated/resolvers-types.js';
import { formatNodeId } from '../kernel/ids.js';
import { locationsOf } from './location.service.js';

/** Places of a brand. */
export const locationResolvers: Resolvers = {
  Brand: {
    locations: (brand, args, context) => locationsOf(context, brand, args),
  },
  Location: {
    id: (location) => formatNodeId('loc', location.brand.handle, location._id),
    externalCode: (location) => location.externalCode ?? null,
  },
};
