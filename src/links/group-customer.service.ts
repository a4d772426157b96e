import { type OperationContext, visibleBrand } from '../access/context.js';
import { brandStateOf } from '../brands/fan-out.js';
import type { ProfileLookup } from '../generated/resolvers-types.js';
import { parseNodeId } from '../kernel/ids.js';
import { ownAccount, type ProfileView } from '../profiles/profile.js';
import { lookUpProfile } from '../profiles/profile-lookup.service.js';
import type { GroupCustomerView } from './group-customer.js';
import { MemberReader, walkGroup } from './group-customer-walk.service.js';

/**
 * The same person in every brand that active links lead to; null when there is none. From a profile only its own links
 * count; a token of the group goes further, by links that all cover its purpose. A brand that cannot be read is told in
 * `brandStatuses`, its member stays without a profile.
 */
export async function groupCustomerOf(
  context: OperationContext,
  start: ProfileView,
): Promise<GroupCustomerView | null> {
  const place = { brand: start.brand, profile: start, accountId: ownAccount(start) };
  const [customer] = await walkGroup(context, new MemberReader(context), [place]);
  return customer !== undefined && customer.members.length > 1 ? customer : null;
}

/**
 * The group customer that a profile is found by. When the brand asked from cannot be read, the answer says so in
 * `brandStatuses` instead of failing.
 */
export async function findGroupCustomer(
  context: OperationContext,
  by: ProfileLookup,
): Promise<GroupCustomerView | null> {
  try {
    const found = await lookUpProfile(context, by);
    return found === null ? null : await groupCustomerOf(context, found);
  } catch (error) {
    const state = brandStateOf(error);
    const entry = visibleBrand(context, brandOf(by));
    const isOfBrand = (error as { details?: { brand?: unknown } }).details?.brand === entry?.brand.handle;
    if (state === null || entry === null || !isOfBrand) throw error;
    return {
      members: [{ brand: entry.brand, profile: null, link: null }],
      brandStatuses: [{ brand: entry.brand, state, latencyMs: null, isRetryable: true }],
    };
  }
}

/** The brand that a look-up names. */
function brandOf(by: ProfileLookup): string {
  if (by.id !== undefined && by.id !== null) return parseNodeId(by.id)?.brand ?? '';
  return (by.email ?? by.mobilePhone ?? by.localId ?? by.identity)?.brand ?? '';
}
