import { userErrorsOf } from '../access/user-errors.js';
import type { Resolvers } from '../generated/resolvers-types.js';
import { formatNodeId } from '../kernel/ids.js';
import { mergeabilityOf, winnerOf } from './merge.service.js';
import { previewMerge } from './merge-preview.service.js';
import { mergeProfiles } from './profile-merge.service.js';

/** `mergePreview`, `profileMerge`, merges and what they show. */
export const mergeResolvers: Resolvers = {
  Query: {
    mergePreview: (_parent, { input }, context) => previewMerge(context, input),
  },
  Mutation: {
    profileMerge: async (_parent, { input }, context) => {
      const { value, userErrors } = await userErrorsOf(() => mergeProfiles(context, input));
      return { profile: value?.profile ?? null, merge: value?.merge ?? null, userErrors };
    },
  },
  Profile: {
    mergeability: (profile) => mergeabilityOf(profile),
  },
  Merge: {
    id: (merge) => formatNodeId('merge', merge.brand.handle, merge._id),
    status: (merge) => (merge.completedAt === null ? 'SETTLING' : 'COMPLETED'),
    winner: (merge, _args, context) => winnerOf(context, merge),
    winnerId: (merge) => formatNodeId('prof', merge.brand.handle, merge.winnerId),
    loserId: (merge) => formatNodeId('prof', merge.brand.handle, merge.loserId),
    // Nothing can be undone yet, so no value outlives its merge and no merge has a time until which it may be undone.
    fields: (merge) => merge.fields.map((field) => ({ ...field, winnerValue: null, loserValue: null })),
    undoableUntil: () => null,
  },
  MergePlan: {
    suggestion: (plan) => ({
      profileId: formatNodeId(
        'prof',
        plan.suggestion.profileId === plan.loser._id ? plan.loser.brand.handle : plan.winner.brand.handle,
        plan.suggestion.profileId,
      ),
      reasons: plan.suggestion.reasons,
    }),
  },
};
