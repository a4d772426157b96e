import type { Resolvers } from '../generated/resolvers-types.js';
import { requireActor, visibleBrands } from './context.js';
import { scopesOf } from './scopes.js';

/** `viewer`: what the server makes of the token that a request came with. */
export const viewerResolvers: Resolvers = {
  Query: {
    viewer: (_parent, _args, context) => requireActor(context),
  },
  Viewer: {
    actor: (actor) => actor,
    scopes: (actor) => scopesOf(actor),
    brands: (_actor, _args, context) => visibleBrands(context).map((entry) => entry.brand),
  },
};
