import type { Brand, CustomAttributeType } from '../brands/brand.js';
import type { Uuid } from '../kernel/ids.js';

/** Where a profile stands. Only ACTIVE ones are shown, listed, found and changed. */
export type ProfileState = 'ACTIVE' | 'PENDING' | 'MERGED' | 'VOID' | 'DELETED';

/** Kinds of profile as clients see them. */
export type ProfileType = 'ACTIVE' | 'PENDING' | 'INCOMPLETE' | 'TEMPORARY' | 'DEPENDANT' | 'SYSTEM' | 'DELETED';

/** Gender as told by the customer. */
export type Gender = 'FEMALE' | 'MALE' | 'OTHER' | 'WITHHELD';

/** Ways to reach a customer. */
export type Channel = 'EMAIL' | 'SMS' | 'PUSH' | 'PHONE' | 'POST';

/** Every channel, in the order they are shown. */
export const channels: readonly Channel[] = ['EMAIL', 'SMS', 'PUSH', 'PHONE', 'POST'];

/** A date of birth, as far as it is known. */
export interface BirthDate {
  readonly day?: number | null;
  readonly month?: number | null;
  readonly year?: number | null;
}

/** A customer's wishes for one channel, as stored. A channel that is not stored was never asked about. */
export interface StoredChannel {
  readonly channel: Channel;
  readonly isPromotional: boolean | null;
  readonly isOptedOut: boolean;
  readonly isBounced: boolean;
  readonly categories: readonly { readonly category: string; readonly isWelcome: boolean }[];
  readonly updatedAt: Date;
  /** Whether the customer made the last choice alone. */
  readonly isOwnChoice?: boolean;
}

/** How and about what a customer may be contacted, as stored. */
export interface StoredComms {
  readonly channels: readonly StoredChannel[];
  readonly termsAcceptedAt?: Date | null;
  readonly termsAcceptedVersion?: string | null;
}

/** A merge that ended in a profile. */
export interface MergedIn {
  readonly mergeId: Uuid;
  readonly loserId: Uuid;
  /** The loser's accounts, which are the winner's from then on. */
  readonly accounts: readonly Uuid[];
  /** Ids that had led to the loser and lead on to the winner. */
  readonly formerIds: readonly Uuid[];
  readonly at: Date;
}

/** Values a customer has told or staff have entered. Absent and null both mean: not known. */
export interface ProfileValues {
  readonly title?: string | null;
  readonly firstName?: string | null;
  readonly lastName?: string | null;
  readonly email?: string | null;
  readonly mobilePhone?: string | null;
  readonly secondaryPhone?: string | null;
  readonly birthDate?: BirthDate | null;
  readonly gender?: Gender | null;
  readonly company?: string | null;
  readonly occupation?: string | null;
}

/** Names of the values, in the order in which a merge reviews them. */
export const profileValueNames = [
  'title',
  'firstName',
  'lastName',
  'email',
  'mobilePhone',
  'secondaryPhone',
  'birthDate',
  'gender',
  'company',
  'occupation',
] as const satisfies readonly (keyof ProfileValues)[];

/** A look or size. */
export interface AppearanceAttribute {
  readonly handle: string;
  readonly value: string;
}

/** A day that matters to the customer; `date` is `YYYY-MM-DD`. */
export interface DateAttribute {
  readonly handle: string;
  readonly date: string;
  readonly isRecurring: boolean;
  readonly relationship?: string | null;
}

/** A value of an attribute that the brand has defined. */
export interface CustomAttribute {
  readonly namespace: string;
  readonly handle: string;
  readonly type: CustomAttributeType;
  readonly value: unknown;
}

/** A customer in one brand, as stored. */
export interface ProfileRow extends ProfileValues {
  readonly _id: Uuid;
  readonly state: ProfileState;
  /** There exactly while ACTIVE: lists and searches go by it. */
  readonly live?: true;
  /** Rises with every change that clients can see. */
  readonly version: number;
  /** Rises with writes that must meet an erasure or merge but change nothing that clients see. */
  readonly touch?: number;
  /** Accounts whose rows are this profile's; its own first. Absent once merged. */
  readonly accounts?: readonly Uuid[];
  /** Accounts it had when it was merged away. */
  readonly formerAccounts?: readonly Uuid[];
  readonly mergedInto?: Uuid;
  readonly mergedIn?: readonly MergedIn[];
  /** Live link per other brand: handle → link id. */
  readonly linkSlots?: Readonly<Record<string, Uuid>>;
  /** PENDING only: the link that made it. */
  readonly link?: Uuid;
  /** Prefix-search keys. */
  readonly keys?: readonly string[];
  readonly type: ProfileType;
  readonly tags?: readonly string[];
  readonly statuses?: readonly string[];
  readonly comms?: StoredComms;
  readonly appearance?: readonly AppearanceAttribute[];
  readonly dates?: readonly DateAttribute[];
  readonly custom?: readonly CustomAttribute[];
  readonly defaultAddressId?: Uuid | null;
  /** `uid` of the claim of the main identity. */
  readonly primaryIdentity?: Uuid | null;
  /** Digest of the row last imported, per source. */
  readonly imports?: Readonly<Record<string, string>>;
  readonly joinedAt?: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A profile that may be shown, with the brand it lives in. */
export interface ProfileView extends ProfileRow {
  readonly __typename: 'Profile';
  readonly brand: Brand;
}

/** Makes a freshly read row a view, in place: rows are many and the reader owns them. */
export function viewOf(row: ProfileRow, brand: Brand): ProfileView {
  const view = row as ProfileRow & { __typename?: 'Profile'; brand?: Brand };
  view.__typename = 'Profile';
  view.brand = brand;
  return view as ProfileView;
}

/** Accounts whose rows are a profile's: its own, or, for one merged away, none. */
export function accountsOf(row: Pick<ProfileRow, 'accounts'>): readonly Uuid[] {
  return row.accounts ?? [];
}

/** The account that rows addressed to the profile itself hang on. */
export function ownAccount(row: Pick<ProfileRow, '_id' | 'accounts'>): Uuid {
  return row.accounts?.[0] ?? row._id;
}

/** Ids that lead to this profile because they were merged into it, newest first. */
export function formerIdsOf(row: Pick<ProfileRow, 'mergedIn'>): Uuid[] {
  const newestFirst = [...(row.mergedIn ?? [])].reverse();
  return newestFirst.flatMap((merge) => [merge.loserId, ...merge.formerIds]);
}

/** A name that is really one: `unknown` is what some systems write for "none". */
export function isRealName(name: string | null | undefined): boolean {
  return name !== null && name !== undefined && name.trim() !== '' && name.trim().toLowerCase() !== 'unknown';
}

/** Whether first name, last name and at least one contact are really known. */
export function isKnownCustomer(values: ProfileValues): boolean {
  const hasContact = (values.email ?? null) !== null || (values.mobilePhone ?? null) !== null;
  return hasContact && isRealName(values.firstName) && isRealName(values.lastName);
}
