import { userErrorsOf } from '../access/user-errors.js';
import type { Resolvers } from '../generated/resolvers-types.js';
import { formatNodeId } from '../kernel/ids.js';
import { statusOf, undoableUntilOf } from './merge.js';
import { fieldsOf, mergeabilityOf, winnerOf } from './merge.service.js';
import { movedCounts } from './merge-kind.service.js';
import { listMerges, mergesOf } from './merge-list.service.js';
import { previewMerge } from './merge-preview.service.js';
import { undoBlockersOf, undoMerge } from './merge-undo.service.js';
import { mergeProfiles } from './profile-merge.service.js';

/** `mergePreview`, `profileMerge`, merges and what they show. */
export const mergeResolvers: Resolvers = {
  Query: {
    mergePreview: (_parent, { input }, context) => previewMerge(context, input),
    merges: (_parent, args, context) => listMerges(context, args),
  },
  Mutation: {
    profileMerge: async (_parent, { input }, context) => {
      const { value, userErrors } = await userErrorsOf(() => mergeProfiles(context, input));
      return { profile: value?.profile ?? null, merge: value?.merge ?? null, userErrors };
    },
    mergeUndo: async (_parent, { input }, context) => {
      const { value, userErrors } = await userErrorsOf(() => undoMerge(context, input));
      const { merge = null, winner = null, restored = null } = value ?? {};
      return { merge, winner, restored, userErrors };
    },
  },
  Profile: {
    mergeability: (profile) => mergeabilityOf(profile),
    merges: (profile, args, context) => mergesOf(context, profile, args),
  },
  Merge: {
    id: (merge) => formatNodeId('merge', merge.brand.handle, merge._id),
    status: (merge) => statusOf(merge),
    winner: (merge, _args, context) => winnerOf(context, merge),
    winnerId: (merge) => formatNodeId('prof', merge.brand.handle, merge.winnerId),
    loserId: (merge) => formatNodeId('prof', merge.brand.handle, merge.loserId),
    counts: (merge, _args, context) => movedCounts(context, merge),
    fields: (merge, _args, context) => fieldsOf(context, merge),
    undoableUntil: (merge, _args, context) => undoableUntilOf(merge, context.clock.now()),
    undoBlockers: (merge, _args, context) => undoBlockersOf(context, merge),
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
