import { userErrorsOf } from '../access/user-errors.js';
import type { Resolvers } from '../generated/resolvers-types.js';
import { formatNodeId } from '../kernel/ids.js';
import { dismissDuplicate } from './duplicate-dismiss.service.js';
import { duplicatesOf, listDuplicates } from './duplicate-list.service.js';

/** The inbox of possible duplicates, and what staff decide about them. */
export const duplicateResolvers: Resolvers = {
  Query: {
    duplicateCandidates: (_parent, args, context) => listDuplicates(context, args),
  },
  Mutation: {
    duplicateDismiss: async (_parent, { input }, context) => {
      const { value, userErrors } = await userErrorsOf(() => dismissDuplicate(context, input));
      return { candidate: value, userErrors };
    },
  },
  Profile: {
    duplicateCandidates: (profile, args, context) => duplicatesOf(context, profile, args),
  },
  DuplicateCandidate: {
    id: (candidate) => formatNodeId('dup', candidate.brand.handle, candidate._id),
  },
};
