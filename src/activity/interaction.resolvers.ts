import { userErrorsOf } from '../access/user-errors.js';
import type { Resolvers } from '../generated/resolvers-types.js';
import { formatNodeId } from '../kernel/ids.js';
import { interactionsOf, ownerOfInteraction } from './interaction.service.js';
import { ingestInteraction } from './interaction-ingest.service.js';
import { findLocation } from './location.service.js';

/** Interactions: the list of a profile, taking in. */
export const interactionResolvers: Resolvers = {
  Mutation: {
    interactionIngest: async (_parent, { input }, context) => {
      const { value, userErrors } = await userErrorsOf(() => ingestInteraction(context, input));
      return {
        interaction: value?.interaction ?? null,
        outcome: value?.outcome ?? null,
        routing: value?.routing ?? null,
        userErrors,
      };
    },
  },
  Profile: {
    interactions: (profile, args, context) => interactionsOf(context, profile, args),
  },
  Interaction: {
    id: (interaction) => formatNodeId('ixn', interaction.brand.handle, interaction.accountId, interaction._id),
    system: ({ brand, system }) =>
      brand.systems.find((known) => known.handle === system) ?? { handle: system, name: system },
    profile: (interaction, _args, context) => ownerOfInteraction(context, interaction),
    location: ({ brand, locationId }, _args, context) =>
      locationId === undefined ? null : findLocation(context, context.brands.get(brand.handle), locationId),
    meta: ({ meta }) => (meta === undefined ? null : JSON.parse(meta)),
  },
};
