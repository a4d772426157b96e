import type { Resolvers } from '../generated/resolvers-types.js';
import { findGroupCustomer, groupCustomerOf } from './group-customer.service.js';

/** One person in all brands that active links lead to. */
export const groupCustomerResolvers: Resolvers = {
  Query: {
    groupCustomer: (_parent, { by }, context) => findGroupCustomer(context, by),
  },
  Profile: {
    groupCustomer: (profile, _args, context) => groupCustomerOf(context, profile),
  },
};
