import type { Resolvers } from '../generated/resolvers-types.js';
import { findGroupCustomer, groupCustomerOf } from './group-customer.service.js';
import { listGroupCustomers } from './group-customer-list.service.js';

/** People in all brands that active links lead to: one of them, and those of several brands. */
export const groupCustomerResolvers: Resolvers = {
  Query: {
    groupCustomer: (_parent, { by }, context) => findGroupCustomer(context, by),
    groupCustomers: (_parent, args, context) => listGroupCustomers(context, args),
  },
  Profile: {
    groupCustomer: (profile, _args, context) => groupCustomerOf(context, profile),
  },
};
