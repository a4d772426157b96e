import type { Page } from '../access/page.js';
import type { Brand } from '../brands/brand.js';
import type { BrandReport } from '../brands/fan-out.js';
import type { ProfileView } from '../profiles/profile.js';
import type { LinkView } from './cross-brand-link.js';

/** A person in one brand. */
export interface GroupMemberView {
  readonly brand: Brand;
  /** Null when the brand could not be read. */
  readonly profile: ProfileView | null;
  /** Null for the brand asked from. */
  readonly link: LinkView | null;
}

/** One person as several brands know them, put together while answering and stored nowhere. */
export interface GroupCustomerView {
  readonly members: readonly GroupMemberView[];
  readonly brandStatuses: readonly BrandReport[];
}

/** A page of people with at least two linked profiles, and how the brands fared that they are customers of. */
export interface GroupCustomerPage extends Page<GroupCustomerView> {
  readonly brandStatuses: readonly BrandReport[];
}

/** Rounds of links followed for a group token. */
export const groupRoundsMax = 3;
/** Members of one group customer: more than any group has brands. */
export const groupMembersMax = 32;
