// Generated from schema/*.graphql by scripts/codegen.ts. Do not edit: change the SDL and run it again.

import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { ProfileView } from '../profiles/profile.js';
import type { AddressView } from '../profiles/address.js';
import type { IdentityView } from '../identities/identity.js';
import type { TransactionView } from '../activity/transaction.js';
import type { InteractionView } from '../activity/interaction.js';
import type { LocationView } from '../activity/location.js';
import type { Brand as BrandModel, SharingRule as SharingRuleModel } from '../brands/brand.js';
import type { BrandReport } from '../brands/fan-out.js';
import type { WalletView, RewardView } from '../wallet/wallet.js';
import type { MergeView } from '../merges/merge.js';
import type { MergePlan as MergePlanModel } from '../merges/merge-plan.js';
import type { MergeBatchView, MergeBatchRowView } from '../merge-batches/merge-batch.js';
import type { DuplicateView } from '../duplicates/duplicate.js';
import type { LinkView, LinkEndView } from '../links/cross-brand-link.js';
import type { LinkOptionView } from '../links/link-option.js';
import type { ConsentView, NoticeView } from '../consents/consent.js';
import type { GroupCustomerView, GroupMemberView } from '../links/group-customer.js';
import type { Actor as ActorModel, ActorReference } from '../access/actor.js';
import type { OperationContext } from '../access/context.js';
export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null | undefined;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** An instant, RFC 3339 in UTC, to the millisecond: `2026-11-22T04:05:06.789Z`. */
  DateTime: { input: Date; output: Date; }
  /** A calendar day without a time zone: `1988-02-29`. */
  Date: { input: string; output: string; }
  /** An exact decimal number as a string, never a float: `"129.95"`, `"-4"`. */
  Decimal: { input: string; output: string; }
  /** An ISO 4217 currency code: `AUD`. */
  CurrencyCode: { input: string; output: string; }
  /** An ISO 3166-1 alpha-2 country code: `AU`. */
  CountryCode: { input: string; output: string; }
  /** An IANA time zone name: `Australia/Melbourne`. */
  TimeZone: { input: string; output: string; }
  /** A BCP 47 language tag: `en-AU`. */
  LanguageTag: { input: string; output: string; }
  /** An e-mail address, at most 254 characters. Kept as typed; compared without regard to case. Dots and plus-tags count. */
  EmailAddress: { input: string; output: string; }
  /** A telephone number in E.164 on output: `+61412345678`. National forms are accepted on input and read in the brand's region. */
  PhoneNumber: { input: string; output: string; }
  /** A UUID in lower case with hyphens. */
  UUID: { input: string; output: string; }
  /** Any JSON value, at most 64 KiB and 8 levels deep. Used only for values whose shape the brand defines. */
  JSON: { input: unknown; output: unknown; }
  /** The short name of a brand, from `brands.config.json`: lower case letters, digits and inner hyphens, 2–32 characters. */
  BrandHandle: { input: string; output: string; }
};

/** Kinds of personal data, as used by `@personal`. */
export type PersonalDataCategory =
  /** Names and titles. */
  | 'NAME'
  /** E-mail, telephone and postal addresses. */
  | 'CONTACT'
  /** Birth date and gender. */
  | 'DEMOGRAPHIC'
  /** Identifiers in other systems. */
  | 'IDENTIFIER'
  /** What was bought, where and when. */
  | 'BEHAVIOUR';

/** An amount of money. Never added across currencies. */
export type Money = {
  readonly __typename?: 'Money';
  /** The amount with as many decimals as the currency has: `"129.95"`. */
  readonly amount: Scalars['Decimal']['output'];
  /** The currency of the amount. */
  readonly currencyCode: Scalars['CurrencyCode']['output'];
};

/** An amount of money, given. */
export type MoneyInput = {
  /** The amount; more decimals than the currency has are refused. */
  readonly amount: Scalars['Decimal']['input'];
  /** The currency of the amount. */
  readonly currencyCode: Scalars['CurrencyCode']['input'];
};

/** Anything with a global id that `node` can fetch again. */
export type Node = {
  /** The global id. */
  readonly id: Scalars['ID']['output'];
};

/** Where a page of a connection stands. */
export type PageInfo = {
  readonly __typename?: 'PageInfo';
  /** Whether asking again with `after: endCursor` would return more. */
  readonly hasNextPage: Scalars['Boolean']['output'];
  /** Whether anything lies before this page. True whenever `after` was given and honoured. */
  readonly hasPreviousPage: Scalars['Boolean']['output'];
  /** Cursor of the first edge; null on an empty page. */
  readonly startCursor?: Maybe<Scalars['String']['output']>;
  /** Cursor of the last edge; null on an empty page. */
  readonly endCursor?: Maybe<Scalars['String']['output']>;
};

/** A refusal that the caller can act on. Each noun has its own implementation with a `code`; payloads name that type, so no fragment is needed to read the code. */
export type UserError = {
  /** One sentence for a person: what was wanted, what was found, what to do. Contains no personal data. Do not compare it; branch on `code`. */
  readonly message: Scalars['String']['output'];
  /** Path of the input field at fault, from `input` down, list positions as numbers in text: `["input", "addresses", "0", "postcode"]`. Null when no single field is. */
  readonly field?: Maybe<ReadonlyArray<Scalars['String']['output']>>;
};

/** Direction of an ordered list. */
export type SortDirection =
  /** Smallest or oldest first. */
  | 'ASC'
  /** Largest or newest first. */
  | 'DESC';

/** Codes found in `errors[].extensions.code`. Every entry also carries `requestId`; brand entries carry `brand`. */
export type RequestErrorCode =
  /** No token, or a token that is expired, revoked or of the wrong kind. */
  | 'UNAUTHENTICATED'
  /** The token lacks scopes that the document needs, which `extensions.missingScopes` names; or it is bound to one profile and the document asks for more. */
  | 'FORBIDDEN'
  /** The document is not GraphQL. */
  | 'GRAPHQL_PARSE_FAILED'
  /** The document does not fit this schema. */
  | 'GRAPHQL_VALIDATION_FAILED'
  /** An argument or variable has the wrong form: a foreign id kind, an over-long value, more or fewer than one key in a one-of input. */
  | 'BAD_USER_INPUT'
  /** A cursor was not issued for this list, filter and order. */
  | 'CURSOR_INVALID'
  /** The document is too deep, too long, too wide or too costly. */
  | 'LIMIT_EXCEEDED'
  /** Too many operations of this kind, or too many searches for the same thing. `extensions.retryAfterSeconds` says when to try again. */
  | 'RATE_LIMITED'
  /** A brand's database cannot be reached. */
  | 'BRAND_UNAVAILABLE'
  /** A brand did not answer within its deadline. */
  | 'BRAND_TIMEOUT'
  /** The operation as a whole ran out of time. */
  | 'DEADLINE_EXCEEDED'
  /** What was read kept changing while it was read. Nothing was written; send the operation again. */
  | 'RETRY'
  /** A fault of ours. Quote the request id. */
  | 'INTERNAL';

/** What can be read. */
export type Query = {
  readonly __typename?: 'Query';
  /** Anything by its global id; null when it is not there or not yours to see. A merged profile's id gives the profile it was merged into. */
  readonly node?: Maybe<Node>;
  /** Many things at once, in the order asked; null for each that is not there or not yours to see. */
  readonly nodes: ReadonlyArray<Maybe<Node>>;
  /** The brands this token may touch, by handle. From configuration: never fails because a brand is down. */
  readonly brands: ReadonlyArray<Brand>;
  /** One brand. */
  readonly brand?: Maybe<Brand>;
  /** Records of consent that this token may know of, newest first. For audit, and for the customer: a token bound to a profile sees those of its own links alone. */
  readonly consents?: Maybe<ConsentConnection>;
  /** What the holder of an activation token is asked to agree to; null for every token that does not work. */
  readonly activation?: Maybe<Activation>;
  /** Possible duplicates of a brand, most likely first. */
  readonly duplicateCandidates?: Maybe<DuplicateCandidateConnection>;
  /** The same person in all brands that active links lead to; null when the profile is not there, not yours to see, or has no active link. */
  readonly groupCustomer?: Maybe<GroupCustomer>;
  /**
   * People who are linked in all the brands named, those linked longest first. Each is seen from its profile in the first brand named, as by
   * `groupCustomer`: without a token for the whole group, only that profile's own links count. A page can hold fewer people than asked for
   * although more follow: go on as long as `hasNextPage` says so.
   */
  readonly groupCustomers?: Maybe<GroupCustomerConnection>;
  /** One identity by its value. */
  readonly identity?: Maybe<Identity>;
  /** Batches of merges of a brand, newest first. */
  readonly mergeBatches?: Maybe<MergeBatchConnection>;
  /** What a merge would do. Null when either profile is not there or not yours to see. Writes nothing. */
  readonly mergePreview?: Maybe<MergePlan>;
  /** Merges of a brand, newest first. Null for a brand that is not yours. */
  readonly merges?: Maybe<MergeConnection>;
  /**
   * Looks for a customer in several brands at once, newest first. For group tokens only: it shows memberships that no link connects, so every
   * use is written to the audit trail with the token's purpose, counted against the thing searched for, and never grouped by person.
   */
  readonly profileSearch?: Maybe<CrossBrandProfileConnection>;
  /** One customer in one brand. A merged id gives the profile it was merged into: compare `id`. */
  readonly profile?: Maybe<Profile>;
  /** Customers of one brand. */
  readonly profiles?: Maybe<ProfileConnection>;
  /** One transaction. */
  readonly transaction?: Maybe<Transaction>;
  /** The token this request came with. */
  readonly viewer: Viewer;
};


/** What can be read. */
export type QueryNodeArgs = {
  id: Scalars['ID']['input'];
};


/** What can be read. */
export type QueryNodesArgs = {
  ids: ReadonlyArray<Scalars['ID']['input']>;
};


/** What can be read. */
export type QueryBrandArgs = {
  handle: Scalars['BrandHandle']['input'];
};


/** What can be read. */
export type QueryConsentsArgs = {
  filter?: InputMaybe<ConsentFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** What can be read. */
export type QueryActivationArgs = {
  token: Scalars['String']['input'];
};


/** What can be read. */
export type QueryDuplicateCandidatesArgs = {
  brand: Scalars['BrandHandle']['input'];
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  minScore?: InputMaybe<Scalars['Float']['input']>;
  statuses?: InputMaybe<ReadonlyArray<DuplicateStatus>>;
};


/** What can be read. */
export type QueryGroupCustomerArgs = {
  by: ProfileLookup;
};


/** What can be read. */
export type QueryGroupCustomersArgs = {
  brands: ReadonlyArray<Scalars['BrandHandle']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** What can be read. */
export type QueryIdentityArgs = {
  by: IdentityLookup;
};


/** What can be read. */
export type QueryMergeBatchesArgs = {
  brand: Scalars['BrandHandle']['input'];
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** What can be read. */
export type QueryMergePreviewArgs = {
  input: MergePreviewInput;
};


/** What can be read. */
export type QueryMergesArgs = {
  brand: Scalars['BrandHandle']['input'];
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  statuses?: InputMaybe<ReadonlyArray<MergeStatus>>;
};


/** What can be read. */
export type QueryProfileSearchArgs = {
  by: ProfileSearchBy;
  brands?: InputMaybe<ReadonlyArray<Scalars['BrandHandle']['input']>>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** What can be read. */
export type QueryProfileArgs = {
  by: ProfileLookup;
};


/** What can be read. */
export type QueryProfilesArgs = {
  brand: Scalars['BrandHandle']['input'];
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<ProfileFilter>;
  orderBy?: InputMaybe<ProfileOrder>;
};


/** What can be read. */
export type QueryTransactionArgs = {
  by: TransactionLookup;
};

/** What can be done. Each mutation of a document is carried out after the one before has ended. Its field is null only with an entry in `errors`; the answers of the others stand. */
export type Mutation = {
  readonly __typename?: 'Mutation';
  /** Invites a customer to another brand, with the customer's consent. */
  readonly crossBrandLinkEnrol?: Maybe<CrossBrandLinkEnrolPayload>;
  /** The customer accepts. No bearer token: the activation token is the credential. */
  readonly crossBrandLinkActivate?: Maybe<CrossBrandLinkActivatePayload>;
  /** The customer says no. No bearer token: the activation token is the credential. */
  readonly crossBrandLinkDecline?: Maybe<CrossBrandLinkDeclinePayload>;
  /** Sends the activation message again. The one before stops working. */
  readonly crossBrandLinkResend?: Maybe<CrossBrandLinkResendPayload>;
  /** Takes consent back. Effective for every reader when it answers. Public because a receipt token is a credential; any other caller needs `withdraw-links`. */
  readonly crossBrandLinkWithdraw?: Maybe<CrossBrandLinkWithdrawPayload>;
  /** Remembers that two profiles are not the same person. */
  readonly duplicateDismiss?: Maybe<DuplicateDismissPayload>;
  /** Adds an identity. Adding one that the profile already has changes nothing. */
  readonly identityAdd?: Maybe<IdentityAddPayload>;
  /** Changes an identity. */
  readonly identityUpdate?: Maybe<IdentityUpdatePayload>;
  /** Removes an identity. */
  readonly identityRemove?: Maybe<IdentityRemovePayload>;
  /** Takes in what a customer did other than buy. */
  readonly interactionIngest?: Maybe<InteractionIngestPayload>;
  /** Checks many merges and gives each its verdict. Nothing is merged before `mergeBatchStart`. */
  readonly mergeBatchCreate?: Maybe<MergeBatchCreatePayload>;
  /** Starts a batch or goes on with it. */
  readonly mergeBatchStart?: Maybe<MergeBatchStartPayload>;
  /** Holds a batch. */
  readonly mergeBatchPause?: Maybe<MergeBatchPausePayload>;
  /** Ends a batch. */
  readonly mergeBatchCancel?: Maybe<MergeBatchCancelPayload>;
  /** Merges the loser into the winner, exactly as previewed. True for every reader when it answers. */
  readonly profileMerge?: Maybe<ProfileMergePayload>;
  /** Takes a merge back, exactly or not at all. */
  readonly mergeUndo?: Maybe<MergeUndoPayload>;
  /** Adds a customer to a brand. A taken e-mail, mobile or identity refuses it. */
  readonly profileCreate?: Maybe<ProfileCreatePayload>;
  /** Changes a customer. */
  readonly profileUpdate?: Maybe<ProfileUpdatePayload>;
  /** Adds an address. */
  readonly addressAdd?: Maybe<AddressAddPayload>;
  /** Replaces an address. */
  readonly addressUpdate?: Maybe<AddressUpdatePayload>;
  /** Removes an address. */
  readonly addressRemove?: Maybe<AddressRemovePayload>;
  /** Takes in a completed sale or return. */
  readonly transactionIngest?: Maybe<TransactionIngestPayload>;
};


/** What can be done. Each mutation of a document is carried out after the one before has ended. Its field is null only with an entry in `errors`; the answers of the others stand. */
export type MutationCrossBrandLinkEnrolArgs = {
  input: CrossBrandLinkEnrolInput;
};


/** What can be done. Each mutation of a document is carried out after the one before has ended. Its field is null only with an entry in `errors`; the answers of the others stand. */
export type MutationCrossBrandLinkActivateArgs = {
  input: CrossBrandLinkActivateInput;
};


/** What can be done. Each mutation of a document is carried out after the one before has ended. Its field is null only with an entry in `errors`; the answers of the others stand. */
export type MutationCrossBrandLinkDeclineArgs = {
  input: CrossBrandLinkDeclineInput;
};


/** What can be done. Each mutation of a document is carried out after the one before has ended. Its field is null only with an entry in `errors`; the answers of the others stand. */
export type MutationCrossBrandLinkResendArgs = {
  input: CrossBrandLinkResendInput;
};


/** What can be done. Each mutation of a document is carried out after the one before has ended. Its field is null only with an entry in `errors`; the answers of the others stand. */
export type MutationCrossBrandLinkWithdrawArgs = {
  input: CrossBrandLinkWithdrawInput;
};


/** What can be done. Each mutation of a document is carried out after the one before has ended. Its field is null only with an entry in `errors`; the answers of the others stand. */
export type MutationDuplicateDismissArgs = {
  input: DuplicateDismissInput;
};


/** What can be done. Each mutation of a document is carried out after the one before has ended. Its field is null only with an entry in `errors`; the answers of the others stand. */
export type MutationIdentityAddArgs = {
  input: IdentityAddInput;
};


/** What can be done. Each mutation of a document is carried out after the one before has ended. Its field is null only with an entry in `errors`; the answers of the others stand. */
export type MutationIdentityUpdateArgs = {
  input: IdentityUpdateInput;
};


/** What can be done. Each mutation of a document is carried out after the one before has ended. Its field is null only with an entry in `errors`; the answers of the others stand. */
export type MutationIdentityRemoveArgs = {
  input: IdentityRemoveInput;
};


/** What can be done. Each mutation of a document is carried out after the one before has ended. Its field is null only with an entry in `errors`; the answers of the others stand. */
export type MutationInteractionIngestArgs = {
  input: InteractionIngestInput;
};


/** What can be done. Each mutation of a document is carried out after the one before has ended. Its field is null only with an entry in `errors`; the answers of the others stand. */
export type MutationMergeBatchCreateArgs = {
  input: MergeBatchCreateInput;
};


/** What can be done. Each mutation of a document is carried out after the one before has ended. Its field is null only with an entry in `errors`; the answers of the others stand. */
export type MutationMergeBatchStartArgs = {
  input: MergeBatchStartInput;
};


/** What can be done. Each mutation of a document is carried out after the one before has ended. Its field is null only with an entry in `errors`; the answers of the others stand. */
export type MutationMergeBatchPauseArgs = {
  input: MergeBatchPauseInput;
};


/** What can be done. Each mutation of a document is carried out after the one before has ended. Its field is null only with an entry in `errors`; the answers of the others stand. */
export type MutationMergeBatchCancelArgs = {
  input: MergeBatchCancelInput;
};


/** What can be done. Each mutation of a document is carried out after the one before has ended. Its field is null only with an entry in `errors`; the answers of the others stand. */
export type MutationProfileMergeArgs = {
  input: ProfileMergeInput;
};


/** What can be done. Each mutation of a document is carried out after the one before has ended. Its field is null only with an entry in `errors`; the answers of the others stand. */
export type MutationMergeUndoArgs = {
  input: MergeUndoInput;
};


/** What can be done. Each mutation of a document is carried out after the one before has ended. Its field is null only with an entry in `errors`; the answers of the others stand. */
export type MutationProfileCreateArgs = {
  input: ProfileCreateInput;
};


/** What can be done. Each mutation of a document is carried out after the one before has ended. Its field is null only with an entry in `errors`; the answers of the others stand. */
export type MutationProfileUpdateArgs = {
  input: ProfileUpdateInput;
};


/** What can be done. Each mutation of a document is carried out after the one before has ended. Its field is null only with an entry in `errors`; the answers of the others stand. */
export type MutationAddressAddArgs = {
  input: AddressAddInput;
};


/** What can be done. Each mutation of a document is carried out after the one before has ended. Its field is null only with an entry in `errors`; the answers of the others stand. */
export type MutationAddressUpdateArgs = {
  input: AddressUpdateInput;
};


/** What can be done. Each mutation of a document is carried out after the one before has ended. Its field is null only with an entry in `errors`; the answers of the others stand. */
export type MutationAddressRemoveArgs = {
  input: AddressRemoveInput;
};


/** What can be done. Each mutation of a document is carried out after the one before has ended. Its field is null only with an entry in `errors`; the answers of the others stand. */
export type MutationTransactionIngestArgs = {
  input: TransactionIngestInput;
};

/** One independent instance of the retail group: a database, customers, staff and rules of its own. */
export type Brand = Node & {
  readonly __typename?: 'Brand';
  /** The global id. */
  readonly id: Scalars['ID']['output'];
  /** Short name used in arguments. */
  readonly handle: Scalars['BrandHandle']['output'];
  /** Name shown to customers. */
  readonly name: Scalars['String']['output'];
  /** Currency of the brand's balances and totals. */
  readonly currencyCode: Scalars['CurrencyCode']['output'];
  /** Time zone that bounds the brand's days and months. */
  readonly timeZone: Scalars['TimeZone']['output'];
  /** Country whose national telephone numbers are understood. */
  readonly phoneRegion: Scalars['CountryCode']['output'];
  /** Named brands inside this instance. */
  readonly subBrands: ReadonlyArray<SubBrand>;
  /** Handles an identity may have here, agreed at design time. */
  readonly identityHandles: ReadonlyArray<IdentityHandle>;
  /** Source systems that may send transactions here. */
  readonly systems: ReadonlyArray<SourceSystem>;
  /** What may cross from this brand to others. One rule for each brand it may enrol customers in. */
  readonly sharingRules: ReadonlyArray<SharingRule>;
  /** Stores and other places, by name. */
  readonly locations?: Maybe<LocationConnection>;
};


/** One independent instance of the retail group: a database, customers, staff and rules of its own. */
export type BrandLocationsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};

/** A named brand inside one instance. */
export type SubBrand = {
  readonly __typename?: 'SubBrand';
  /** Short name. */
  readonly handle: Scalars['String']['output'];
  /** Name shown to customers. */
  readonly name: Scalars['String']['output'];
};

/** A handle that identities of a brand may carry. */
export type IdentityHandle = {
  readonly __typename?: 'IdentityHandle';
  /** The handle, for example `shopify` or `loyalty-card`. */
  readonly handle: Scalars['String']['output'];
  /** The extension that alone may write it; null when anyone with the scope may. */
  readonly reservedFor?: Maybe<Scalars['String']['output']>;
  /** Whether a profile may hold several identities under it. */
  readonly isMultiple: Scalars['Boolean']['output'];
};

/** A system registered as a source of transactions. */
export type SourceSystem = {
  readonly __typename?: 'SourceSystem';
  /** Short name, for example `pos`. */
  readonly handle: Scalars['String']['output'];
  /** Name shown to staff. */
  readonly name: Scalars['String']['output'];
};

/** What a customer's consent may carry from one brand to another. Direction matters: the way back has a rule of its own or none. */
export type SharingRule = {
  readonly __typename?: 'SharingRule';
  /** The brand that may receive. */
  readonly toBrand: Brand;
  /** On what footing the two brands share. */
  readonly agreement: AgreementStatus;
  /** The only attributes that may ever be copied. */
  readonly attributes: ReadonlyArray<ShareableAttribute>;
  /** Purposes a customer is asked to agree to. */
  readonly purposes: ReadonlyArray<ConsentPurpose>;
  /** Hours until an activation link expires. */
  readonly activationHours: Scalars['Int']['output'];
  /** What the receiving brand promises a new member, in words; null when nothing. */
  readonly welcomeReward?: Maybe<Scalars['String']['output']>;
  /** The wording that must be read or shown to the customer now. */
  readonly notice: ConsentNotice;
};

/** On what footing two brands share. */
export type AgreementStatus =
  /** Both belong to the same group. */
  | 'SAME_GROUP'
  /** A partner brand with an agreement in force. */
  | 'ACTIVE_PARTNER'
  /** An agreement that has lapsed or been suspended: nothing new may be shared. */
  | 'INACTIVE';

/** An attribute that a sharing rule can name. Nothing outside this list can cross. */
export type ShareableAttribute =
  /** Form of address. */
  | 'TITLE'
  /** Given name. */
  | 'FIRST_NAME'
  /** Family name. */
  | 'LAST_NAME'
  /** E-mail address. */
  | 'EMAIL'
  /** Mobile number. */
  | 'MOBILE_PHONE'
  /** Date of birth. */
  | 'BIRTH_DATE'
  /** Gender. */
  | 'GENDER';

/** A purpose, as defined in `brands.config.json`. */
export type ConsentPurpose = {
  readonly __typename?: 'ConsentPurpose';
  /** Short name, for example `group-service`. */
  readonly code: Scalars['String']['output'];
  /** In words for the customer. */
  readonly text: Scalars['String']['output'];
};

/** How one brand fared in answering a cross-brand field. */
export type BrandStatus = {
  readonly __typename?: 'BrandStatus';
  /** The brand asked. */
  readonly brand: Brand;
  /** What came of it. */
  readonly state: BrandState;
  /** Milliseconds until it answered or was given up on; null when it was not asked. */
  readonly latencyMs?: Maybe<Scalars['Int']['output']>;
  /** Whether asking the same again soon may succeed. */
  readonly isRetryable: Scalars['Boolean']['output'];
};

/** How a brand fared in answering. */
export type BrandState =
  /** All it has was considered. */
  | 'COMPLETE'
  /** It did not answer within its deadline; its rows are missing. */
  | 'TIMED_OUT'
  /** It could not be reached; its rows are missing. */
  | 'UNAVAILABLE'
  /** It failed on an earlier page, so it stays out of the rest of this pagination. Start again without `after` to include it. */
  | 'LEFT_OUT';

/** The record of what a customer said yes to, kept as evidence. Holds no name, e-mail, telephone number or birth date. */
export type Consent = Node & {
  readonly __typename?: 'Consent';
  /** The global id. */
  readonly id: Scalars['ID']['output'];
  /** What stands now. */
  readonly status: ConsentStatus;
  /** The brand that may give. */
  readonly fromBrand: Brand;
  /** The brand that may receive. */
  readonly toBrand: Brand;
  /** What for. */
  readonly purposes: ReadonlyArray<ConsentPurpose>;
  /** Which attributes. */
  readonly attributes: ReadonlyArray<ShareableAttribute>;
  /** The wording. */
  readonly notice: ConsentNotice;
  /** How the customer said yes. */
  readonly method: ConsentMethod;
  /** When, as told by whoever recorded it. */
  readonly givenAt: Scalars['DateTime']['output'];
  /** When it was recorded here. */
  readonly recordedAt: Scalars['DateTime']['output'];
  /** Who recorded it. */
  readonly recordedBy: Actor;
  /** Until when it holds without being renewed; null without limit. */
  readonly validUntil?: Maybe<Scalars['DateTime']['output']>;
  /** Rises by one with every change of mind. A reader who saw a lower one must look again. */
  readonly epoch: Scalars['Int']['output'];
  /** Everything that happened to it, oldest first. Each entry seals the one before. */
  readonly events: ReadonlyArray<ConsentEvent>;
  /** The latest receipt given to the customer. */
  readonly receipt?: Maybe<ConsentReceipt>;
};

/** A page of consents. */
export type ConsentConnection = {
  readonly __typename?: 'ConsentConnection';
  /** Rows with their cursors. */
  readonly edges: ReadonlyArray<ConsentEdge>;
  /** The rows alone. */
  readonly nodes: ReadonlyArray<Consent>;
  /** Where this page stands. */
  readonly pageInfo: PageInfo;
  /** How many there are in all; null beyond 100,000. */
  readonly totalCount?: Maybe<Scalars['Int']['output']>;
};

/** One row of a page of consents. */
export type ConsentEdge = {
  readonly __typename?: 'ConsentEdge';
  /** Cursor of this row. */
  readonly cursor: Scalars['String']['output'];
  /** The row. */
  readonly node: Consent;
};

/** Which consents to list. All conditions must hold. */
export type ConsentFilter = {
  /** About this profile, at either end. */
  readonly profileId?: InputMaybe<Scalars['ID']['input']>;
  /** From this brand. */
  readonly fromBrand?: InputMaybe<Scalars['BrandHandle']['input']>;
  /** To this brand. */
  readonly toBrand?: InputMaybe<Scalars['BrandHandle']['input']>;
  /** In one of these states. */
  readonly statuses?: InputMaybe<ReadonlyArray<ConsentStatus>>;
  /** Recorded at or after this instant. */
  readonly recordedFrom?: InputMaybe<Scalars['DateTime']['input']>;
  /** Recorded before this instant. */
  readonly recordedTo?: InputMaybe<Scalars['DateTime']['input']>;
};

/** What stands. */
export type ConsentStatus =
  /** Said aloud or on paper; the customer has not confirmed it alone. */
  | 'GIVEN'
  /** Confirmed by the customer. */
  | 'CONFIRMED'
  /** Refused by the customer. */
  | 'REFUSED'
  /** Never confirmed in time. */
  | 'LAPSED'
  /** Taken back. */
  | 'WITHDRAWN'
  /** Ran out. */
  | 'EXPIRED'
  /** Replaced by a newer record. */
  | 'SUPERSEDED';

/** A wording. Never edited: a change makes a new one. */
export type ConsentNotice = {
  readonly __typename?: 'ConsentNotice';
  /** Names this wording for ever. */
  readonly id: Scalars['ID']['output'];
  /** Version as the brands count. */
  readonly version: Scalars['String']['output'];
  /** Language. */
  readonly language: Scalars['LanguageTag']['output'];
  /** The words. */
  readonly text: Scalars['String']['output'];
  /** SHA-256 of the words, in hexadecimal. */
  readonly sha256: Scalars['String']['output'];
};

/** Something that happened to a consent. */
export type ConsentEvent = {
  readonly __typename?: 'ConsentEvent';
  /** What stood afterwards. */
  readonly status: ConsentStatus;
  /** When. */
  readonly occurredAt: Scalars['DateTime']['output'];
  /** Who did it. */
  readonly actor: Actor;
  /** Hash over this entry and the one before, in hexadecimal. */
  readonly hash: Scalars['String']['output'];
};

/** A signed copy of a consent for the customer. */
export type ConsentReceipt = {
  readonly __typename?: 'ConsentReceipt';
  /** Names the receipt. */
  readonly id: Scalars['ID']['output'];
  /** When it was signed. */
  readonly issuedAt: Scalars['DateTime']['output'];
  /** The signed record, a JWS in compact form. Anyone can check it offline with the published keys. */
  readonly jws: Scalars['String']['output'];
  /** Where the customer takes the consent back, without signing in. Shown to the customer only, on activation; null for everybody else and afterwards. */
  readonly withdrawalUrl?: Maybe<Scalars['String']['output']>;
};

/** Evidence of what a customer said yes to. Who recorded it is taken from the token; only a system acting for staff names them. */
export type ConsentInput = {
  /** How the customer said yes. */
  readonly method: ConsentMethod;
  /** Must be true: the customer said yes to this notice. */
  readonly isConfirmed: Scalars['Boolean']['input'];
  /** Id of the notice that was read or shown, from `LinkOption.notice`. Refused if it is no longer the current one. */
  readonly noticeId: Scalars['ID']['input'];
  /** When. At most 15 minutes ago for `VERBAL`, 30 days for the others; never in the future. */
  readonly givenAt: Scalars['DateTime']['input'];
  /** Attributes the customer agreed to; by default all of `LinkOption.attributes`. May only be fewer. */
  readonly attributes?: InputMaybe<ReadonlyArray<ShareableAttribute>>;
  /** Where. */
  readonly locationId?: InputMaybe<Scalars['ID']['input']>;
  /** Reference of the member of staff. Required from machine tokens, refused from staff tokens. */
  readonly staffReference?: InputMaybe<Scalars['String']['input']>;
};

/** How a customer said yes. */
export type ConsentMethod =
  /** Aloud, to staff. */
  | 'VERBAL'
  /** On paper. */
  | 'WRITTEN'
  /** On a screen of their own. */
  | 'ONLINE';

/** A customer in one brand. */
export type Profile = Node & {
  readonly __typename?: 'Profile';
  /** Links to the customer's profiles in other brands, at most one live link per brand. */
  readonly crossBrandLinks?: Maybe<ReadonlyArray<CrossBrandLink>>;
  /** For every other brand: what staff may offer this customer. Computed without asking the other brand, so it can't tell who is a member there. */
  readonly linkOptions?: Maybe<ReadonlyArray<LinkOption>>;
  /** Profiles of the same brand that may be the same person, most likely first. */
  readonly duplicateCandidates?: Maybe<DuplicateCandidateConnection>;
  /** The same person in all brands that active links lead to; null when there is none. */
  readonly groupCustomer?: Maybe<GroupCustomer>;
  /** This customer in other systems. */
  readonly identities?: Maybe<IdentityConnection>;
  /** What the customer did other than buy, newest first. */
  readonly interactions?: Maybe<InteractionConnection>;
  /** Whether it could be merged away or be merged into, right now. */
  readonly mergeability?: Maybe<Mergeability>;
  /** Merges that ended in this profile, those that were undone included, newest first. */
  readonly merges?: Maybe<MergeConnection>;
  /** The global id. If it differs from the id you asked for, that one was merged into this profile: store this one. */
  readonly id: Scalars['ID']['output'];
  /** The id inside the brand, as its own systems and REST clients know it. */
  readonly localId: Scalars['UUID']['output'];
  /** Ids that now lead here because they were merged into this profile, newest first, at most 100. */
  readonly formerIds: ReadonlyArray<Scalars['ID']['output']>;
  /** The brand it lives in. Never changes. */
  readonly brand: Brand;
  /** Rises by one with every change; give it back as `ifVersion`. */
  readonly version: Scalars['Int']['output'];
  /** What kind of profile this is. */
  readonly type: ProfileType;
  /** Whether first name, last name and at least one of e-mail and mobile are really known. `unknown` is not a name. */
  readonly isKnown: Scalars['Boolean']['output'];
  /** Form of address. */
  readonly title?: Maybe<Scalars['String']['output']>;
  /** Given name; null when unknown. */
  readonly firstName?: Maybe<Scalars['String']['output']>;
  /** Family name; null when unknown. */
  readonly lastName?: Maybe<Scalars['String']['output']>;
  /** Both names joined; null when neither is known. */
  readonly fullName?: Maybe<Scalars['String']['output']>;
  /** E-mail address, unique within the brand. */
  readonly email?: Maybe<Scalars['EmailAddress']['output']>;
  /** Mobile number, unique within the brand. */
  readonly mobilePhone?: Maybe<Scalars['PhoneNumber']['output']>;
  /** A second telephone number, not unique. */
  readonly secondaryPhone?: Maybe<Scalars['PhoneNumber']['output']>;
  /** Date of birth, possibly without the year. */
  readonly birthDate?: Maybe<BirthDate>;
  /** Gender, if told. */
  readonly gender?: Maybe<Gender>;
  /** Company. */
  readonly company?: Maybe<Scalars['String']['output']>;
  /** Occupation. */
  readonly occupation?: Maybe<Scalars['String']['output']>;
  /** Free labels, sorted, at most 250. */
  readonly tags: ReadonlyArray<Scalars['String']['output']>;
  /** Special relationships with the brand, such as `staff` or `vip`. They may change what the customer is entitled to. */
  readonly statuses: ReadonlyArray<Scalars['String']['output']>;
  /** How and about what the customer may be contacted. */
  readonly comms: Comms;
  /** Looks and sizes. */
  readonly appearance: ReadonlyArray<AppearanceAttribute>;
  /** Days that matter to the customer. */
  readonly dates: ReadonlyArray<DateAttribute>;
  /** Attributes the brand has defined, at most 500. */
  readonly customAttributes: ReadonlyArray<CustomAttribute>;
  /** Postal addresses, the default first, at most 50. Exactly one is the default when there is any. */
  readonly addresses?: Maybe<ReadonlyArray<Address>>;
  /** When the customer joined the brand. */
  readonly joinedAt?: Maybe<Scalars['DateTime']['output']>;
  /** When the record was made. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** When the record last changed. */
  readonly updatedAt: Scalars['DateTime']['output'];
  /** Completed purchases and returns, newest first. */
  readonly transactions?: Maybe<TransactionConnection>;
  /** Rewards and points. */
  readonly wallet?: Maybe<Wallet>;
};


/** A customer in one brand. */
export type ProfileCrossBrandLinksArgs = {
  statuses?: InputMaybe<ReadonlyArray<CrossBrandLinkStatus>>;
};


/** A customer in one brand. */
export type ProfileDuplicateCandidatesArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** A customer in one brand. */
export type ProfileIdentitiesArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  handle?: InputMaybe<Scalars['String']['input']>;
};


/** A customer in one brand. */
export type ProfileInteractionsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<InteractionFilter>;
};


/** A customer in one brand. */
export type ProfileMergesArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** A customer in one brand. */
export type ProfileCustomAttributesArgs = {
  namespace?: InputMaybe<Scalars['String']['input']>;
};


/** A customer in one brand. */
export type ProfileTransactionsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<TransactionFilter>;
};

/**
 * A consented connection of one customer's profiles in two brands. Until the customer acts, it looks the same whether or not the
 * target brand knows the person already: same states, same fields, same times.
 */
export type CrossBrandLink = Node & {
  readonly __typename?: 'CrossBrandLink';
  /** The global id. */
  readonly id: Scalars['ID']['output'];
  /** How far it has come. */
  readonly status: CrossBrandLinkStatus;
  /** The brand whose staff asked. */
  readonly source: CrossBrandLinkEnd;
  /** The brand the customer was invited to. */
  readonly target: CrossBrandLinkEnd;
  /** Handle of the identity that both profiles carry. */
  readonly sharedHandle: Scalars['String']['output'];
  /** Identifier of that identity, unique to this link; null once the link has ended. */
  readonly sharedIdentifier?: Maybe<Scalars['String']['output']>;
  /** Attributes the customer agreed to share. Not which were written: that would tell whether the target brand had the person already. */
  readonly consentedAttributes: ReadonlyArray<ShareableAttribute>;
  /** The consent it rests on. */
  readonly consent?: Maybe<Consent>;
  /** Where the activation message stands; null when none is needed. */
  readonly activation?: Maybe<ActivationMessage>;
  /** Who asked for it. */
  readonly actor: Actor;
  /** When it was asked for. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** When the customer activated it. */
  readonly activatedAt?: Maybe<Scalars['DateTime']['output']>;
  /** When it ended. */
  readonly endedAt?: Maybe<Scalars['DateTime']['output']>;
};

/** One end of a link. */
export type CrossBrandLinkEnd = {
  readonly __typename?: 'CrossBrandLinkEnd';
  /** The brand. */
  readonly brand: Brand;
  /** The profile, while the link is active; null before, after, when out of this token's reach, and when the brand cannot be read. `state` says which. */
  readonly profile?: Maybe<Profile>;
  /** Why `profile` is there or not. */
  readonly state: CrossBrandLinkEndState;
};

/** Whether the profile at one end of a link can be shown. */
export type CrossBrandLinkEndState =
  /** It is shown. */
  | 'AVAILABLE'
  /** The link is not active. */
  | 'LINK_NOT_ACTIVE'
  /** This token's brands, scopes or purpose do not reach it. */
  | 'OUT_OF_REACH'
  /** The brand could not be read just now. */
  | 'BRAND_UNAVAILABLE';

/** How far a link has come. */
export type CrossBrandLinkStatus =
  /** Consent is recorded; the customer has not acted. */
  | 'PENDING_ACTIVATION'
  /** The customer activated it. */
  | 'ACTIVE'
  /** The customer said no. */
  | 'DECLINED'
  /** The customer did not act in time. */
  | 'EXPIRED'
  /** The customer withdrew consent. */
  | 'WITHDRAWN'
  /** A profile at one end was deleted, depersonalised or purged. */
  | 'ENDED';

/** Where an activation message stands. */
export type ActivationMessage = {
  readonly __typename?: 'ActivationMessage';
  /** By which channel it goes. */
  readonly channel: Channel;
  /** Where to, mostly hidden: `m•••@e•••.au`. */
  readonly maskedAddress: Scalars['String']['output'];
  /** How far it has come. */
  readonly status: ActivationMessageStatus;
  /** When it was last handed over. */
  readonly sentAt?: Maybe<Scalars['DateTime']['output']>;
  /** When the link in it stops working. */
  readonly expiresAt: Scalars['DateTime']['output'];
  /** How many more copies of it may be sent for this link. */
  readonly resendsLeft: Scalars['Int']['output'];
};

/** How far an activation message has come. */
export type ActivationMessageStatus =
  /** Waiting to be sent. */
  | 'QUEUED'
  /** Handed over to the carrier. */
  | 'SENT'
  /** Given up on. Check the address with the customer. */
  | 'FAILED';

/** What staff may offer a customer about another brand. Worked out from this brand and the group's links alone. */
export type LinkOption = {
  readonly __typename?: 'LinkOption';
  /** The other brand. */
  readonly brand: Brand;
  /** What can be done. */
  readonly state: LinkOptionState;
  /** Why nothing can be done; null otherwise. */
  readonly unavailableReason?: Maybe<LinkUnavailableReason>;
  /** What would cross: allowed by the rule and known here. A missing birth date is simply not in the list. */
  readonly attributes: ReadonlyArray<ShareableAttribute>;
  /** The wording to read out. */
  readonly notice?: Maybe<ConsentNotice>;
  /** What to promise, in words. */
  readonly welcomeReward?: Maybe<Scalars['String']['output']>;
  /** The link, when there is one. */
  readonly link?: Maybe<CrossBrandLink>;
};

/** What can be done about another brand. */
export type LinkOptionState =
  /** Linked already. */
  | 'LINKED'
  /** Invited; waiting for the customer. */
  | 'PENDING'
  /** May be invited. Says nothing about whether the person is a customer there. */
  | 'INVITABLE'
  /** Nothing. */
  | 'UNAVAILABLE';

/** Why nothing can be offered. */
export type LinkUnavailableReason =
  /** No rule lets this brand share with that one. */
  | 'NO_RULE'
  /** The agreement is not in force. */
  | 'AGREEMENT_INACTIVE'
  /** No confirmed e-mail or mobile number to send the activation to. */
  | 'NO_CONFIRMED_CONTACT'
  /** The customer declined and asked to be left alone for a while. */
  | 'DECLINED_RECENTLY'
  /** This type of profile cannot be linked. */
  | 'TYPE_NOT_LINKABLE';

/**
 * An invitation to another brand. It is accepted as soon as consent is durably recorded; everything in the other brand follows, even if that brand is
 * unreachable now. Values come from the profile, never from this input.
 */
export type CrossBrandLinkEnrolInput = {
  /** The customer's profile in the asking brand. */
  readonly profileId: Scalars['ID']['input'];
  /** The brand to invite to. */
  readonly toBrand: Scalars['BrandHandle']['input'];
  /** What the customer said. */
  readonly consent: ConsentInput;
  /** Channel for the activation message; by default e-mail, else SMS. Must be confirmed in the asking brand. */
  readonly channel?: InputMaybe<Channel>;
  /** Makes a repeat harmless, and is required because a repeat would hurt. 8–128 printable characters, unique to this intent. */
  readonly idempotencyKey: Scalars['String']['input'];
};

/** An activation. The token is the credential and works once. */
export type CrossBrandLinkActivateInput = {
  /** From the activation message. */
  readonly token: Scalars['String']['input'];
  /** Must be true: the customer pressed accept after seeing what will be shared. */
  readonly isAccepted: Scalars['Boolean']['input'];
};

/** A refusal by the customer. The token is the credential and works once. */
export type CrossBrandLinkDeclineInput = {
  /** From the activation message. */
  readonly token: Scalars['String']['input'];
  /** Do not invite me again for this many days, 1–3650; by default 365. */
  readonly quietDays?: InputMaybe<Scalars['Int']['input']>;
};

/** Another copy of the activation message. The earlier one stops working. */
export type CrossBrandLinkResendInput = {
  /** The link; `PENDING_ACTIVATION`. */
  readonly id: Scalars['ID']['input'];
  /** Makes a repeat harmless. 8–128 printable characters, unique to this intent. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** A withdrawal of consent. By staff with the customer present, by a system, or by the customer with the token from the receipt. */
export type CrossBrandLinkWithdrawInput = {
  /** Which link. */
  readonly link: CrossBrandLinkWithdrawBy;
  /** What becomes of values that were copied and that the target brand has not changed since. The first withdrawal decides. */
  readonly copies?: InputMaybe<CopiesAfterWithdrawal>;
  /** Makes a repeat harmless. 8–128 printable characters, unique to this intent. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** Exactly one way to name the link to withdraw. */
export type CrossBrandLinkWithdrawBy =
  /** By id; needs the scope `withdraw-links`. */
  { readonly id: Scalars['ID']['input']; readonly receiptToken?: never; }
  |  /** By the token in the customer's receipt. It does not expire while the link lives. */
  { readonly id?: never; readonly receiptToken: Scalars['String']['input']; };

/** What becomes of copied values after a withdrawal. The customer's choice. */
export type CopiesAfterWithdrawal =
  /** The account in the target brand stays as it is. */
  | 'KEEP'
  /** Erased where the target brand has not changed them. */
  | 'ERASE_UNTOUCHED';

/** A refusal around links. */
export type CrossBrandLinkUserError = UserError & {
  readonly __typename?: 'CrossBrandLinkUserError';
  /** One sentence for a person. */
  readonly message: Scalars['String']['output'];
  /** The input field at fault. */
  readonly field?: Maybe<ReadonlyArray<Scalars['String']['output']>>;
  /** What to branch on. */
  readonly code: CrossBrandLinkErrorCode;
};

/** Why a link was not made, activated or ended. No code tells whether somebody is a customer of another brand. */
export type CrossBrandLinkErrorCode =
  /** There is no such profile or link, or it is not yours to see. */
  | 'NOT_FOUND'
  /** Both ends would be in one brand. Merge instead. */
  | 'SAME_BRAND'
  /** No rule lets this brand share with that one, or its agreement is not in force. */
  | 'NOT_SHAREABLE'
  /** This profile already has a live link to that brand; `LinkOption.link` shows it. */
  | 'ALREADY_LINKED'
  /** `isConfirmed` or `isAccepted` is not true. */
  | 'CONSENT_REQUIRED'
  /** The notice is not the current one. Read the new one to the customer. */
  | 'NOTICE_OUTDATED'
  /** `givenAt` is too long ago or in the future. */
  | 'CONSENT_TIME_INVALID'
  /** An attribute outside `LinkOption.attributes`. */
  | 'ATTRIBUTE_NOT_SHAREABLE'
  /** Missing from a machine token, or given by a staff token. */
  | 'STAFF_REFERENCE_INVALID'
  /** No confirmed address on this channel. */
  | 'NO_CONFIRMED_CONTACT'
  /** The customer asked not to be invited for a while. */
  | 'DECLINED_RECENTLY'
  /** The token is wrong, used, replaced or expired. Which of these is not said. */
  | 'TOKEN_INVALID'
  /** Not possible in the link's present state. */
  | 'STATE_NOT_ALLOWED'
  /** No more messages may be sent for this link. */
  | 'RESEND_LIMIT_REACHED'
  /** This idempotency key came before with another body. */
  | 'IDEMPOTENCY_KEY_REUSED';

/** Answer of `crossBrandLinkEnrol`. */
export type CrossBrandLinkEnrolPayload = {
  readonly __typename?: 'CrossBrandLinkEnrolPayload';
  /** The link, `PENDING_ACTIVATION`. */
  readonly link?: Maybe<CrossBrandLink>;
  /** Why nothing was written. */
  readonly userErrors: ReadonlyArray<CrossBrandLinkUserError>;
};

/** Answer of `crossBrandLinkActivate`. */
export type CrossBrandLinkActivatePayload = {
  readonly __typename?: 'CrossBrandLinkActivatePayload';
  /** What the customer agreed to, and how to take it back. */
  readonly receipt?: Maybe<ConsentReceipt>;
  /** Where the new member goes on. */
  readonly portalUrl?: Maybe<Scalars['String']['output']>;
  /** Why nothing was written. */
  readonly userErrors: ReadonlyArray<CrossBrandLinkUserError>;
};

/** Answer of `crossBrandLinkDecline`. */
export type CrossBrandLinkDeclinePayload = {
  readonly __typename?: 'CrossBrandLinkDeclinePayload';
  /** Until when no invitation from these brands will come. */
  readonly quietUntil?: Maybe<Scalars['DateTime']['output']>;
  /** Why nothing was written. */
  readonly userErrors: ReadonlyArray<CrossBrandLinkUserError>;
};

/** Answer of `crossBrandLinkResend`. */
export type CrossBrandLinkResendPayload = {
  readonly __typename?: 'CrossBrandLinkResendPayload';
  /** The link with its new message. */
  readonly link?: Maybe<CrossBrandLink>;
  /** Why nothing was written. */
  readonly userErrors: ReadonlyArray<CrossBrandLinkUserError>;
};

/** Answer of `crossBrandLinkWithdraw`. */
export type CrossBrandLinkWithdrawPayload = {
  readonly __typename?: 'CrossBrandLinkWithdrawPayload';
  /** When it took effect. From this instant no reader sees the link. */
  readonly withdrawnAt?: Maybe<Scalars['DateTime']['output']>;
  /** Proof of the withdrawal. */
  readonly receipt?: Maybe<ConsentReceipt>;
  /** Why nothing was written. */
  readonly userErrors: ReadonlyArray<CrossBrandLinkUserError>;
};

/** What a customer sees before deciding. Reading it uses nothing up. */
export type Activation = {
  readonly __typename?: 'Activation';
  /** Name of the brand that asked. */
  readonly fromBrandName: Scalars['String']['output'];
  /** Name of the brand that invites. */
  readonly toBrandName: Scalars['String']['output'];
  /** What will be shared, by name of attribute. */
  readonly attributes: ReadonlyArray<ShareableAttribute>;
  /** The wording agreed to. */
  readonly notice: ConsentNotice;
  /** What the inviting brand promises. */
  readonly welcomeReward?: Maybe<Scalars['String']['output']>;
  /** When the link stops working. */
  readonly expiresAt: Scalars['DateTime']['output'];
};

/** Two profiles of one brand that may be the same person. */
export type DuplicateCandidate = Node & {
  readonly __typename?: 'DuplicateCandidate';
  /** The global id. */
  readonly id: Scalars['ID']['output'];
  /** The one that should rather stay. */
  readonly suggestedWinner?: Maybe<Profile>;
  /** The other one; null once they are merged. */
  readonly suggestedLoser?: Maybe<Profile>;
  /** How likely, from 0 to 1: the sum of the signals' weights, bounded. */
  readonly score: Scalars['Float']['output'];
  /** What speaks for and against, the strongest first. */
  readonly signals: ReadonlyArray<DuplicateSignal>;
  /** What was decided. */
  readonly status: DuplicateStatus;
  /** When it was found. */
  readonly foundAt: Scalars['DateTime']['output'];
};

/** A page of possible duplicates. */
export type DuplicateCandidateConnection = {
  readonly __typename?: 'DuplicateCandidateConnection';
  /** Rows with their cursors. */
  readonly edges: ReadonlyArray<DuplicateCandidateEdge>;
  /** The rows alone. */
  readonly nodes: ReadonlyArray<DuplicateCandidate>;
  /** Where this page stands. */
  readonly pageInfo: PageInfo;
  /** How many there are in all; null when there are too many to be counted. */
  readonly totalCount?: Maybe<Scalars['Int']['output']>;
};

/** One row of a page of possible duplicates. */
export type DuplicateCandidateEdge = {
  readonly __typename?: 'DuplicateCandidateEdge';
  /** Cursor of this row. */
  readonly cursor: Scalars['String']['output'];
  /** The row. */
  readonly node: DuplicateCandidate;
};

/** One thing that speaks for or against two profiles being one person. */
export type DuplicateSignal = {
  readonly __typename?: 'DuplicateSignal';
  /** What it is. */
  readonly kind: DuplicateSignalKind;
  /** How much it adds to the score; negative when it speaks against. */
  readonly weight: Scalars['Float']['output'];
};

/** What may speak for or against two profiles being one person. */
export type DuplicateSignalKind =
  /** The same mobile number. */
  | 'SAME_MOBILE_PHONE'
  /** The same e-mail once plus-tags and dots are ignored. */
  | 'SAME_MAILBOX'
  /** The same name and birth date. */
  | 'SAME_NAME_AND_BIRTH_DATE'
  /** Similar names. */
  | 'SIMILAR_NAME'
  /** The same address. */
  | 'SAME_ADDRESS'
  /** An identity moved between them before. */
  | 'SHARED_IDENTITY_HISTORY'
  /** Different first names at one address or number: perhaps a household. */
  | 'HOUSEHOLD'
  /** Different birth dates. */
  | 'DIFFERENT_BIRTH_DATE';

/** What was decided about a possible duplicate. */
export type DuplicateStatus =
  /** Nothing yet. */
  | 'OPEN'
  /** They are not the same; never shown again. */
  | 'DISMISSED'
  /** Merged. */
  | 'MERGED';

/** Two profiles that are not the same person. */
export type DuplicateDismissInput = {
  /** The candidate. */
  readonly id: Scalars['ID']['input'];
  /** Why, for the record. At most 500 characters; no personal data. */
  readonly reason?: InputMaybe<Scalars['String']['input']>;
  /** Makes a repeat harmless. 8–128 printable characters, unique to this intent. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** Answer of `duplicateDismiss`. */
export type DuplicateDismissPayload = {
  readonly __typename?: 'DuplicateDismissPayload';
  /** The candidate, `DISMISSED`. */
  readonly candidate?: Maybe<DuplicateCandidate>;
  /** Why nothing was written. */
  readonly userErrors: ReadonlyArray<MergeUserError>;
};

/**
 * One person as several brands know them, put together from active links at the moment of asking. Stored nowhere, so it has no id.
 * From a profile, only its own links count: A–B and B–C do not show C to A. A token for the whole group also follows further links
 * whose consents all cover its purpose.
 */
export type GroupCustomer = {
  readonly __typename?: 'GroupCustomer';
  /** One entry per brand, starting with the brand asked from. */
  readonly members: ReadonlyArray<GroupMember>;
  /** How every brand fared. */
  readonly brandStatuses: ReadonlyArray<BrandStatus>;
};

/** A person in one brand. */
export type GroupMember = {
  readonly __typename?: 'GroupMember';
  /** The brand. */
  readonly brand: Brand;
  /** The profile; null when the brand could not be read, see `brandStatuses`. */
  readonly profile?: Maybe<Profile>;
  /** The link that leads there; null for the brand asked from. */
  readonly link?: Maybe<CrossBrandLink>;
};

/** A page of people with at least two linked profiles. */
export type GroupCustomerConnection = {
  readonly __typename?: 'GroupCustomerConnection';
  /** People with their cursors. */
  readonly edges: ReadonlyArray<GroupCustomerEdge>;
  /** The people alone. */
  readonly nodes: ReadonlyArray<GroupCustomer>;
  /** Where this page stands. */
  readonly pageInfo: PageInfo;
  /** How every brand named fared, and every other that was asked. */
  readonly brandStatuses: ReadonlyArray<BrandStatus>;
};

/** A person in a page. */
export type GroupCustomerEdge = {
  readonly __typename?: 'GroupCustomerEdge';
  /** Cursor of this row. */
  readonly cursor: Scalars['String']['output'];
  /** The person. */
  readonly node: GroupCustomer;
};

/** Exactly one way to name a profile. */
export type ProfileLookup =
  /** By an identity in another system. */
  { readonly identity: IdentityLookup; readonly id?: never; readonly email?: never; readonly mobilePhone?: never; readonly localId?: never; }
  |  /** By global id. A merged id finds the profile it was merged into. */
  { readonly identity?: never; readonly id: Scalars['ID']['input']; readonly email?: never; readonly mobilePhone?: never; readonly localId?: never; }
  |  /** By e-mail. */
  { readonly identity?: never; readonly id?: never; readonly email: ProfileEmailLookup; readonly mobilePhone?: never; readonly localId?: never; }
  |  /** By mobile number. */
  { readonly identity?: never; readonly id?: never; readonly email?: never; readonly mobilePhone: ProfilePhoneLookup; readonly localId?: never; }
  |  /** By the brand's own id. */
  { readonly identity?: never; readonly id?: never; readonly email?: never; readonly mobilePhone?: never; readonly localId: ProfileLocalIdLookup; };

/** A new customer. */
export type ProfileCreateInput = {
  /** Identities to add in the same step. A taken one refuses the whole creation. */
  readonly identities?: InputMaybe<ReadonlyArray<IdentityInput>>;
  /** The brand to create it in. */
  readonly brand: Scalars['BrandHandle']['input'];
  /** Form of address. */
  readonly title?: InputMaybe<Scalars['String']['input']>;
  /** Given name, at most 100 characters. */
  readonly firstName?: InputMaybe<Scalars['String']['input']>;
  /** Family name, at most 100 characters. */
  readonly lastName?: InputMaybe<Scalars['String']['input']>;
  /** E-mail address. At least one of e-mail and mobile is required. */
  readonly email?: InputMaybe<Scalars['EmailAddress']['input']>;
  /** Mobile number. */
  readonly mobilePhone?: InputMaybe<Scalars['PhoneNumber']['input']>;
  /** Date of birth. */
  readonly birthDate?: InputMaybe<BirthDateInput>;
  /** Gender. */
  readonly gender?: InputMaybe<Gender>;
  /** Labels. */
  readonly tags?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Wishes per channel. A channel left out is taken as never asked. */
  readonly comms?: InputMaybe<ReadonlyArray<CommsChannelInput>>;
  /** Addresses. The first is the default unless one says so. */
  readonly addresses?: InputMaybe<ReadonlyArray<AddressInput>>;
  /** Custom attributes. */
  readonly customAttributes?: InputMaybe<ReadonlyArray<CustomAttributeInput>>;
  /** Makes a repeat harmless. 8–128 printable characters, unique to this intent. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** A customer's record in another system. Handle and identifier together are unique within a brand. */
export type Identity = Node & {
  readonly __typename?: 'Identity';
  /** The global id. Says nothing about the identifier. */
  readonly id: Scalars['ID']['output'];
  /** The profile it belongs to now. */
  readonly profile?: Maybe<Profile>;
  /** The system, for example `shopify`. */
  readonly handle: Scalars['String']['output'];
  /** The customer's id in that system. */
  readonly identifier: Scalars['String']['output'];
  /** Whether it is the profile's main one; at most one is. */
  readonly isPrimary: Scalars['Boolean']['output'];
  /** Whether look-ups may use it. */
  readonly isActive: Scalars['Boolean']['output'];
  /** The id of the profile it came from in a merge; null if it was always here. */
  readonly mergedFromId?: Maybe<Scalars['ID']['output']>;
  /** When it was added. */
  readonly createdAt: Scalars['DateTime']['output'];
};

/** A page of identities. */
export type IdentityConnection = {
  readonly __typename?: 'IdentityConnection';
  /** Identities with their cursors. */
  readonly edges: ReadonlyArray<IdentityEdge>;
  /** The identities alone. */
  readonly nodes: ReadonlyArray<Identity>;
  /** Where this page stands. */
  readonly pageInfo: PageInfo;
  /** How many there are in all. */
  readonly totalCount?: Maybe<Scalars['Int']['output']>;
};

/** An identity in a page. */
export type IdentityEdge = {
  readonly __typename?: 'IdentityEdge';
  /** Cursor of this row. */
  readonly cursor: Scalars['String']['output'];
  /** The identity. */
  readonly node: Identity;
};

/** An identity in a brand. */
export type IdentityLookup = {
  /** The brand. */
  readonly brand: Scalars['BrandHandle']['input'];
  /** The handle, for example `loyalty-card`. */
  readonly handle: Scalars['String']['input'];
  /** The value in that system, at most 512 characters. */
  readonly identifier: Scalars['String']['input'];
};

/** An identity, given. */
export type IdentityInput = {
  /** The system; must be one of the brand's handles. */
  readonly handle: Scalars['String']['input'];
  /** The customer's id there, 1–512 characters, kept exactly as given. */
  readonly identifier: Scalars['String']['input'];
  /** Make it the profile's main one. */
  readonly isPrimary?: InputMaybe<Scalars['Boolean']['input']>;
};

/** A new identity of a profile. */
export type IdentityAddInput = {
  /** The profile. */
  readonly profileId: Scalars['ID']['input'];
  /** The identity. */
  readonly identity: IdentityInput;
  /** Makes a repeat harmless. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** Changes to an identity. What is left out stays. */
export type IdentityUpdateInput = {
  /** The identity. */
  readonly id: Scalars['ID']['input'];
  /** A new identifier. The old one stops working at once. */
  readonly identifier?: InputMaybe<Scalars['String']['input']>;
  /** Make it the main one. */
  readonly isPrimary?: InputMaybe<Scalars['Boolean']['input']>;
  /** Let look-ups use it, or not. */
  readonly isActive?: InputMaybe<Scalars['Boolean']['input']>;
  /** Makes a repeat harmless. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** An identity to remove. */
export type IdentityRemoveInput = {
  /** The identity. */
  readonly id: Scalars['ID']['input'];
  /** Makes a repeat harmless. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** A refusal to add, change or remove an identity. */
export type IdentityUserError = UserError & {
  readonly __typename?: 'IdentityUserError';
  /** One sentence for a person. */
  readonly message: Scalars['String']['output'];
  /** The input field at fault. */
  readonly field?: Maybe<ReadonlyArray<Scalars['String']['output']>>;
  /** What to branch on. */
  readonly code: IdentityErrorCode;
};

/** Why an identity was not added, changed or removed. */
export type IdentityErrorCode =
  /** There is no such profile or identity, or it is not yours to see. */
  | 'NOT_FOUND'
  /** Another profile of this brand has it. Which one is not said. */
  | 'IDENTITY_TAKEN'
  /** Only the extension that owns this handle may write it. */
  | 'HANDLE_RESERVED'
  /** The brand has not agreed on this handle. */
  | 'HANDLE_UNKNOWN'
  /** The identifier is empty, too long or contains control characters. */
  | 'INVALID_IDENTIFIER'
  /** The handle allows one identity per profile. */
  | 'HANDLE_NOT_MULTIPLE'
  /** The identity joins this profile to another brand and lasts as long as that link. */
  | 'HELD_BY_LINK'
  /** The profile was merged into another. Look it up again: what was meant for one is not written over the other by itself. */
  | 'PROFILE_MERGED'
  /** This idempotency key came before with another body. */
  | 'IDEMPOTENCY_KEY_REUSED';

/** Answer of `identityAdd`. */
export type IdentityAddPayload = {
  readonly __typename?: 'IdentityAddPayload';
  /** The new identity, or the same one if this profile already had it. */
  readonly identity?: Maybe<Identity>;
  /** Why nothing was written. */
  readonly userErrors: ReadonlyArray<IdentityUserError>;
};

/** Answer of `identityUpdate`. */
export type IdentityUpdatePayload = {
  readonly __typename?: 'IdentityUpdatePayload';
  /** The identity as it is now. */
  readonly identity?: Maybe<Identity>;
  /** Why nothing was written. */
  readonly userErrors: ReadonlyArray<IdentityUserError>;
};

/** Answer of `identityRemove`. */
export type IdentityRemovePayload = {
  readonly __typename?: 'IdentityRemovePayload';
  /** Id of the identity that is gone. */
  readonly removedIdentityId?: Maybe<Scalars['ID']['output']>;
  /** The profile it belonged to. */
  readonly profile?: Maybe<Profile>;
  /** Why nothing was written. */
  readonly userErrors: ReadonlyArray<IdentityUserError>;
};

/** Something between a customer and the brand that is no purchase: a visit, a view, feedback. It never changes once it is taken in. */
export type Interaction = Node & {
  readonly __typename?: 'Interaction';
  /** The global id. */
  readonly id: Scalars['ID']['output'];
  /** The brand it happened in. */
  readonly brand: Brand;
  /** The system that sent it. */
  readonly system: SourceSystem;
  /** Its id in that system. Unique together with the system. */
  readonly externalId: Scalars['String']['output'];
  /** The customer; null while nobody in use has its account. */
  readonly profile?: Maybe<Profile>;
  /** What happened. */
  readonly action: InteractionAction;
  /** Where it happened. */
  readonly channel: InteractionChannel;
  /** How it speaks of the customer's mood: -1 bad, 0 neither, 1 good. */
  readonly signal: Scalars['Int']['output'];
  /** What it was about, in the sending system's words, for example `autumn-lookbook`. */
  readonly name: Scalars['String']['output'];
  /** Whose vocabulary `name` is taken from, for example `campaign`. */
  readonly namespace: Scalars['String']['output'];
  /** The store it happened in. */
  readonly location?: Maybe<Location>;
  /** Whatever else the system told; null when it told nothing, or when nobody used the profile yet. */
  readonly meta?: Maybe<Scalars['JSON']['output']>;
  /** When it happened. */
  readonly interactedAt: Scalars['DateTime']['output'];
  /** When Kindred received it. */
  readonly receivedAt: Scalars['DateTime']['output'];
};

/** What happened in an interaction. */
export type InteractionAction =
  /** The brand told many at once. */
  | 'BROADCAST'
  /** The customer told something about themselves. */
  | 'DISCLOSE'
  /** The customer gave an opinion. */
  | 'FEEDBACK'
  /** The customer did something with a product, for example saved it. */
  | 'PRODUCT'
  /** The brand reached this customer. */
  | 'REACH'
  /** The customer brought somebody else. */
  | 'REFER'
  /** The customer was served, or asked for help. */
  | 'SERVICE'
  /** The customer came by. */
  | 'VISIT'
  /** The customer looked at something. */
  | 'VIEW';

/** Where an interaction happened. */
export type InteractionChannel =
  /** In an app. */
  | 'APP'
  /** By e-mail. */
  | 'EMAIL'
  /** In a store or at another place. */
  | 'LOCATION'
  /** By push message. */
  | 'PUSH'
  /** By text message. */
  | 'SMS'
  /** In a social network. */
  | 'SOCIAL'
  /** With customer service. */
  | 'SUPPORT'
  /** On a website. */
  | 'WEBSITE';

/** A page of interactions. */
export type InteractionConnection = {
  readonly __typename?: 'InteractionConnection';
  /** Rows with their cursors. */
  readonly edges: ReadonlyArray<InteractionEdge>;
  /** The rows alone. */
  readonly nodes: ReadonlyArray<Interaction>;
  /** Where this page stands. */
  readonly pageInfo: PageInfo;
  /** How many there are in all. */
  readonly totalCount?: Maybe<Scalars['Int']['output']>;
};

/** One row of a page of interactions. */
export type InteractionEdge = {
  readonly __typename?: 'InteractionEdge';
  /** Cursor of this row. */
  readonly cursor: Scalars['String']['output'];
  /** The row. */
  readonly node: Interaction;
};

/** Which interactions to list. All conditions must hold. */
export type InteractionFilter = {
  /** At or after this instant. */
  readonly from?: InputMaybe<Scalars['DateTime']['input']>;
  /** Before this instant. */
  readonly to?: InputMaybe<Scalars['DateTime']['input']>;
  /** With one of these actions. */
  readonly actions?: InputMaybe<ReadonlyArray<InteractionAction>>;
  /** By one of these channels. */
  readonly channels?: InputMaybe<ReadonlyArray<InteractionChannel>>;
};

/**
 * An interaction, as a system sends it. Brand, system and external id are its natural idempotency key: the same content again returns the stored
 * interaction, other content is refused. `meta` is no part of that content: a repeat with another one returns what is stored.
 */
export type InteractionIngestInput = {
  /** The brand. */
  readonly brand: Scalars['BrandHandle']['input'];
  /** The sending system; must be registered. */
  readonly system: Scalars['String']['input'];
  /** Its id there, at most 255 characters. */
  readonly externalId: Scalars['String']['input'];
  /** Whose it is. */
  readonly customer: InteractionCustomerInput;
  /** What happened. */
  readonly action: InteractionAction;
  /** Where it happened. */
  readonly channel: InteractionChannel;
  /** How it speaks of the customer's mood: -1 bad, 0 neither, 1 good. */
  readonly signal?: InputMaybe<Scalars['Int']['input']>;
  /** What it was about, at most 255 characters. */
  readonly name: Scalars['String']['input'];
  /** Whose vocabulary `name` is taken from, at most 255 characters. */
  readonly namespace: Scalars['String']['input'];
  /** Code of the store. */
  readonly locationCode?: InputMaybe<Scalars['String']['input']>;
  /** Whatever else there is to tell: a JSON object of at most 4 KiB and 4 levels. Not kept while a profile waits for its customer. */
  readonly meta?: InputMaybe<Scalars['JSON']['input']>;
  /** When it happened. At most 24 hours ahead of the server's clock; any time in the past. */
  readonly interactedAt: Scalars['DateTime']['input'];
};

/** Exactly one way to say whose interaction it is. */
export type InteractionCustomerInput =
  /** By profile id. A merged id counts as the profile it was merged into. */
  { readonly profileId: Scalars['ID']['input']; readonly identity?: never; }
  |  /** By identity, for example the loyalty card that was scanned. An unknown one becomes a profile where the brand's `onUnknownIdentity` says so, and is refused elsewhere: an interaction of nobody tells nothing. */
  { readonly profileId?: never; readonly identity: IdentityInput; };

/** A refusal to take in an interaction. */
export type InteractionUserError = UserError & {
  readonly __typename?: 'InteractionUserError';
  /** One sentence for a person. */
  readonly message: Scalars['String']['output'];
  /** The input field at fault. */
  readonly field?: Maybe<ReadonlyArray<Scalars['String']['output']>>;
  /** What to branch on. */
  readonly code: InteractionErrorCode;
};

/** Why an interaction was not taken in. */
export type InteractionErrorCode =
  /** The brand is not one of this token's. */
  | 'BRAND_UNKNOWN'
  /** The system is not registered with the brand, or the token may not write for it. */
  | 'SYSTEM_UNKNOWN'
  /** No such profile. */
  | 'PROFILE_NOT_FOUND'
  /** Nobody has the identity, and the brand makes no profile for it. */
  | 'IDENTITY_NOT_FOUND'
  /** The brand has not agreed on this handle. */
  | 'HANDLE_UNKNOWN'
  /** The brand has no store with this code. */
  | 'LOCATION_UNKNOWN'
  /** This system and id came before with other content. */
  | 'INTERACTION_CONFLICT'
  /** It lies more than 24 hours in the future. */
  | 'INTERACTION_FUTURE'
  /** A value has the wrong form; `field` says which. */
  | 'INVALID_VALUE';

/** Answer of `interactionIngest`. */
export type InteractionIngestPayload = {
  readonly __typename?: 'InteractionIngestPayload';
  /** The stored interaction. */
  readonly interaction?: Maybe<Interaction>;
  /** What became of it; null when refused. */
  readonly outcome?: Maybe<IngestOutcome>;
  /** How the customer was found; null when refused. Never `GUEST`. */
  readonly routing?: Maybe<IngestRouting>;
  /** Why nothing was written. */
  readonly userErrors: ReadonlyArray<InteractionUserError>;
};

/** A place of a brand, physical or virtual. */
export type Location = Node & {
  readonly __typename?: 'Location';
  /** The global id. */
  readonly id: Scalars['ID']['output'];
  /** The brand it belongs to. */
  readonly brand: Brand;
  /** Name shown to customers. */
  readonly name: Scalars['String']['output'];
  /** The code tills use for it. */
  readonly externalCode?: Maybe<Scalars['String']['output']>;
  /** Time zone of the place. */
  readonly timeZone: Scalars['TimeZone']['output'];
  /** Whether it is shown to customers. */
  readonly isPublished: Scalars['Boolean']['output'];
  /** Whether it has closed for good. Open for customers means published and not closed for good. */
  readonly isPermanentlyClosed: Scalars['Boolean']['output'];
};

/** A page of locations. */
export type LocationConnection = {
  readonly __typename?: 'LocationConnection';
  /** Locations with their cursors. */
  readonly edges: ReadonlyArray<LocationEdge>;
  /** The locations alone. */
  readonly nodes: ReadonlyArray<Location>;
  /** Where this page stands. */
  readonly pageInfo: PageInfo;
  /** How many there are in all. */
  readonly totalCount?: Maybe<Scalars['Int']['output']>;
};

/** A location in a page. */
export type LocationEdge = {
  readonly __typename?: 'LocationEdge';
  /** Cursor of this row. */
  readonly cursor: Scalars['String']['output'];
  /** The location. */
  readonly node: Location;
};

/** Two profiles of one brand made one. The winner stays and receives everything; the loser's id leads to the winner from then on. */
export type Merge = Node & {
  readonly __typename?: 'Merge';
  /** The batch it was part of. */
  readonly batch?: Maybe<MergeBatch>;
  /** The global id. */
  readonly id: Scalars['ID']['output'];
  /** The brand it happened in. */
  readonly brand: Brand;
  /** How far it has come. */
  readonly status: MergeStatus;
  /** The profile that stays. After later merges, the one that stands for it now. */
  readonly winner?: Maybe<Profile>;
  /** The winner's id at the time. */
  readonly winnerId: Scalars['ID']['output'];
  /** The id that now leads to the winner, or that lives again since the merge was undone. */
  readonly loserId: Scalars['ID']['output'];
  /** Hash of the plan that was carried out. */
  readonly planHash: Scalars['String']['output'];
  /** What moved. */
  readonly counts: ReadonlyArray<MergeCount>;
  /** How each field was decided. Values are kept only while the merge can be undone, and are null afterwards. */
  readonly fields: ReadonlyArray<FieldDecision>;
  /** How each channel was decided. */
  readonly comms: ReadonlyArray<CommsDecision>;
  /** Who asked for it. */
  readonly actor: Actor;
  /** Why, in the words of whoever asked. */
  readonly reason?: Maybe<Scalars['String']['output']>;
  /** When it became true for every reader. */
  readonly committedAt: Scalars['DateTime']['output'];
  /** When everything that follows was done; null before. */
  readonly completedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Until when it may be undone; null if it cannot be. */
  readonly undoableUntil?: Maybe<Scalars['DateTime']['output']>;
  /** What stands in the way of undoing it now; empty when nothing does. */
  readonly undoBlockers?: Maybe<ReadonlyArray<MergeUserError>>;
};

/** Many merges as one piece of work. Rows with the same winner run one after the other; different winners run side by side. */
export type MergeBatch = Node & {
  readonly __typename?: 'MergeBatch';
  /** The global id. */
  readonly id: Scalars['ID']['output'];
  /** The brand. */
  readonly brand: Brand;
  /** How far it has come. */
  readonly status: MergeBatchStatus;
  /** Rows in all. */
  readonly rowCount: Scalars['Int']['output'];
  /** Rows merged. */
  readonly mergedCount: Scalars['Int']['output'];
  /** Rows refused. */
  readonly refusedCount: Scalars['Int']['output'];
  /** The rows, in the order given. */
  readonly rows?: Maybe<MergeBatchRowConnection>;
  /** Who made it. */
  readonly actor: Actor;
  /** When it was made. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** When it was first started. */
  readonly startedAt?: Maybe<Scalars['DateTime']['output']>;
  /** When the last row was decided. */
  readonly finishedAt?: Maybe<Scalars['DateTime']['output']>;
};


/** Many merges as one piece of work. Rows with the same winner run one after the other; different winners run side by side. */
export type MergeBatchRowsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  statuses?: InputMaybe<ReadonlyArray<MergeBatchRowStatus>>;
};

/** How far a batch has come. */
export type MergeBatchStatus =
  /** Checked and waiting for `mergeBatchStart`. This is the dry run: every row already has its verdict and nothing was merged. */
  | 'READY'
  /** Running. */
  | 'RUNNING'
  /** Held; rows under way are finished first. */
  | 'PAUSED'
  /** Ended for good before all rows were done. */
  | 'CANCELLED'
  /** Every row is decided. */
  | 'COMPLETED';

/** One row of a batch. */
export type MergeBatchRow = {
  readonly __typename?: 'MergeBatchRow';
  /** Its number, from 1. */
  readonly number: Scalars['Int']['output'];
  /** The profile that stays. */
  readonly winnerId: Scalars['ID']['output'];
  /** The profile that goes. */
  readonly loserId: Scalars['ID']['output'];
  /** How far it has come. */
  readonly status: MergeBatchRowStatus;
  /** Why it was refused. */
  readonly refusal?: Maybe<MergeUserError>;
  /** The merge. */
  readonly merge?: Maybe<Merge>;
};

/** How far a row of a batch has come. */
export type MergeBatchRowStatus =
  /** Would be merged. */
  | 'WAITING'
  /** Being merged. */
  | 'RUNNING'
  /** Merged. */
  | 'MERGED'
  /** Refused; nothing was written. */
  | 'REFUSED'
  /** The batch was cancelled first. */
  | 'CANCELLED';

/** A page of rows of a batch. */
export type MergeBatchRowConnection = {
  readonly __typename?: 'MergeBatchRowConnection';
  /** Rows with their cursors. */
  readonly edges: ReadonlyArray<MergeBatchRowEdge>;
  /** The rows alone. */
  readonly nodes: ReadonlyArray<MergeBatchRow>;
  /** Where this page stands. */
  readonly pageInfo: PageInfo;
  /** How many there are in all. */
  readonly totalCount?: Maybe<Scalars['Int']['output']>;
};

/** One row of a page of rows of a batch. */
export type MergeBatchRowEdge = {
  readonly __typename?: 'MergeBatchRowEdge';
  /** Cursor of this row. */
  readonly cursor: Scalars['String']['output'];
  /** The row. */
  readonly node: MergeBatchRow;
};

/** A page of batches. */
export type MergeBatchConnection = {
  readonly __typename?: 'MergeBatchConnection';
  /** Rows with their cursors. */
  readonly edges: ReadonlyArray<MergeBatchEdge>;
  /** The rows alone. */
  readonly nodes: ReadonlyArray<MergeBatch>;
  /** Where this page stands. */
  readonly pageInfo: PageInfo;
  /** How many there are in all. */
  readonly totalCount?: Maybe<Scalars['Int']['output']>;
};

/** One row of a page of batches. */
export type MergeBatchEdge = {
  readonly __typename?: 'MergeBatchEdge';
  /** Cursor of this row. */
  readonly cursor: Scalars['String']['output'];
  /** The row. */
  readonly node: MergeBatch;
};

/**
 * Many merges to check. Rows that form a circle, and rows that use one loser twice, refuse the whole list with
 * `BATCH_NOT_A_FOREST`, one entry of `userErrors` per row: what was meant cannot be known. Whatever else is wrong with a
 * row is the verdict of that row alone.
 */
export type MergeBatchCreateInput = {
  /** The brand all rows belong to. */
  readonly brand: Scalars['BrandHandle']['input'];
  /** Pairs, 1–1,000. The CLI takes files of any length. */
  readonly rows: ReadonlyArray<MergeBatchRowInput>;
  /** Must be true: whoever asks has made sure that each pair is one person. */
  readonly isSamePersonConfirmed: Scalars['Boolean']['input'];
  /** Why, for the record. At most 500 characters; no personal data. */
  readonly reason?: InputMaybe<Scalars['String']['input']>;
  /** Makes a repeat harmless, and is required because a repeat would hurt. 8–128 printable characters, unique to this intent. */
  readonly idempotencyKey: Scalars['String']['input'];
};

/** A pair to merge. */
export type MergeBatchRowInput = {
  /** The profile that stays. */
  readonly winnerId: Scalars['ID']['input'];
  /** The profile that goes. */
  readonly loserId: Scalars['ID']['input'];
};

/** A batch to start or go on with. */
export type MergeBatchStartInput = {
  /** The batch; `READY` or `PAUSED`. */
  readonly id: Scalars['ID']['input'];
  /** Makes a repeat harmless. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** A batch to hold. */
export type MergeBatchPauseInput = {
  /** The batch; `RUNNING`. */
  readonly id: Scalars['ID']['input'];
  /** Makes a repeat harmless. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** A batch to end. */
export type MergeBatchCancelInput = {
  /** The batch; not yet `COMPLETED`. What is merged stays merged. */
  readonly id: Scalars['ID']['input'];
  /** Makes a repeat harmless. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** Answer of `mergeBatchCreate`. */
export type MergeBatchCreatePayload = {
  readonly __typename?: 'MergeBatchCreatePayload';
  /** The batch, `READY`. */
  readonly batch?: Maybe<MergeBatch>;
  /** Why nothing was written. */
  readonly userErrors: ReadonlyArray<MergeUserError>;
};

/** Answer of `mergeBatchStart`. */
export type MergeBatchStartPayload = {
  readonly __typename?: 'MergeBatchStartPayload';
  /** The batch, `RUNNING`. */
  readonly batch?: Maybe<MergeBatch>;
  /** Why nothing was written. */
  readonly userErrors: ReadonlyArray<MergeUserError>;
};

/** Answer of `mergeBatchPause`. */
export type MergeBatchPausePayload = {
  readonly __typename?: 'MergeBatchPausePayload';
  /** The batch, `PAUSED`. */
  readonly batch?: Maybe<MergeBatch>;
  /** Why nothing was written. */
  readonly userErrors: ReadonlyArray<MergeUserError>;
};

/** Answer of `mergeBatchCancel`. */
export type MergeBatchCancelPayload = {
  readonly __typename?: 'MergeBatchCancelPayload';
  /** The batch, `CANCELLED`. */
  readonly batch?: Maybe<MergeBatch>;
  /** Why nothing was written. */
  readonly userErrors: ReadonlyArray<MergeUserError>;
};

/** A page of merges. */
export type MergeConnection = {
  readonly __typename?: 'MergeConnection';
  /** Rows with their cursors. */
  readonly edges: ReadonlyArray<MergeEdge>;
  /** The rows alone. */
  readonly nodes: ReadonlyArray<Merge>;
  /** Where this page stands. */
  readonly pageInfo: PageInfo;
  /** How many there are in all; null when the list is narrowed to some states, or above 100,000. */
  readonly totalCount?: Maybe<Scalars['Int']['output']>;
};

/** One row of a page of merges. */
export type MergeEdge = {
  readonly __typename?: 'MergeEdge';
  /** Cursor of this row. */
  readonly cursor: Scalars['String']['output'];
  /** The row. */
  readonly node: Merge;
};

/** How far a merge has come. */
export type MergeStatus =
  /** True for every reader; derived values and messages to other systems are being brought in line. */
  | 'SETTLING'
  /** Done. */
  | 'COMPLETED'
  /** Undone. Both profiles live again. */
  | 'UNDONE';

/**
 * Exactly what a merge would do, worked out from both profiles as they are now. `profileMerge` carries out this plan or refuses.
 * A kind of row or a balance that the brand does not use is simply absent.
 */
export type MergePlan = {
  readonly __typename?: 'MergePlan';
  /** Give this to `profileMerge`. It changes when either profile changes. */
  readonly hash: Scalars['String']['output'];
  /** The profile that would stay. */
  readonly winner: Profile;
  /** The profile that would go. */
  readonly loser: Profile;
  /** Whether it could be carried out: true when there are no blockers. */
  readonly isMergeable: Scalars['Boolean']['output'];
  /** What stands in the way. `profileMerge` would refuse with the same codes. */
  readonly blockers: ReadonlyArray<MergeUserError>;
  /** What to think about first. Does not stop the merge. */
  readonly warnings: ReadonlyArray<MergeWarning>;
  /** Which of the two should rather stay, and why. */
  readonly suggestion: WinnerSuggestion;
  /** What would move. */
  readonly counts: ReadonlyArray<MergeCount>;
  /** How each field that differs would be decided. */
  readonly fields: ReadonlyArray<FieldDecision>;
  /** How each channel would be decided: always the more restrictive. */
  readonly comms: ReadonlyArray<CommsDecision>;
  /** Balances before and after. */
  readonly balances: ReadonlyArray<BalanceChange>;
};

/** Which of two profiles should rather stay. */
export type WinnerSuggestion = {
  readonly __typename?: 'WinnerSuggestion';
  /** The one that should stay. */
  readonly profileId: Scalars['ID']['output'];
  /** Why, the strongest reason first. */
  readonly reasons: ReadonlyArray<WinnerReason>;
};

/** Reasons for keeping one profile rather than the other. */
export type WinnerReason =
  /** It alone has a valid e-mail. */
  | 'HAS_VALID_EMAIL'
  /** It alone has a valid mobile number. */
  | 'HAS_VALID_MOBILE_PHONE'
  /** It alone is linked to another brand. */
  | 'HAS_ACTIVE_LINK'
  /** It was used more recently. */
  | 'MORE_RECENT_ACTIVITY'
  /** It has more history. */
  | 'MORE_HISTORY'
  /** It is older. */
  | 'OLDER';

/** How many rows of a kind a merge moves. */
export type MergeCount = {
  readonly __typename?: 'MergeCount';
  /** The kind. */
  readonly kind: MergeKind;
  /** How many rows. */
  readonly count: Scalars['Int']['output'];
  /** What they add up to, one entry per currency; null for kinds without an amount. */
  readonly sums?: Maybe<ReadonlyArray<Money>>;
};

/** Kinds of rows that a merge moves. More will come; show an unknown one by its name. */
export type MergeKind =
  /** Identities. */
  | 'IDENTITY'
  /** Transactions. */
  | 'TRANSACTION'
  /** Interactions. */
  | 'INTERACTION'
  /** Addresses. */
  | 'ADDRESS'
  /** Rewards. */
  | 'REWARD'
  /** Links to other brands. */
  | 'CROSS_BRAND_LINK';

/** How one field is decided. */
export type FieldDecision = {
  readonly __typename?: 'FieldDecision';
  /** The field, as named on `Profile`; inner fields with a dot, for example `birthDate.year`. */
  readonly field: Scalars['String']['output'];
  /** The winner's value as text; null when empty or no longer kept. */
  readonly winnerValue?: Maybe<Scalars['String']['output']>;
  /** The loser's value as text; null when empty or no longer kept. */
  readonly loserValue?: Maybe<Scalars['String']['output']>;
  /** Which of them it will be. */
  readonly outcome: FieldOutcome;
  /** The rule that decided. */
  readonly rule: FieldRule;
  /** Whether the caller may choose the other one. */
  readonly isChoosable: Scalars['Boolean']['output'];
};

/** Which value a field gets. */
export type FieldOutcome =
  /** The winner's. */
  | 'WINNER'
  /** The loser's. */
  | 'LOSER'
  /** Both together. */
  | 'COMBINED';

/** Rules that decide a field. */
export type FieldRule =
  /** The winner's value stays. */
  | 'WINNER_KEEPS'
  /** The winner had none, so the loser's is taken. */
  | 'FILLS_EMPTY'
  /** The caller chose. */
  | 'CHOSEN'
  /** Lists are joined without repeats. */
  | 'UNION'
  /** The earlier of the two. */
  | 'EARLIEST'
  /** The later of the two. */
  | 'LATEST';

/** How one channel is decided. */
export type CommsDecision = {
  readonly __typename?: 'CommsDecision';
  /** The channel. */
  readonly channel: Channel;
  /** Whether promotions are agreed to afterwards. */
  readonly isPromotional?: Maybe<Scalars['Boolean']['output']>;
  /** Whether the customer is opted out afterwards. */
  readonly isOptedOut: Scalars['Boolean']['output'];
  /** The rule that decided. */
  readonly rule: CommsRule;
};

/** Rules that decide a channel. */
export type CommsRule =
  /** Both said the same. */
  | 'UNANIMOUS'
  /** The more restrictive of the two. */
  | 'MOST_RESTRICTIVE'
  /** The customer's own later choice. */
  | 'LATER_OWN_CHOICE';

/** A balance before and after. */
export type BalanceChange = {
  readonly __typename?: 'BalanceChange';
  /** What is counted: `rewards`, or `points:` and a definition's handle. */
  readonly unit: Scalars['String']['output'];
  /** The winner's before. */
  readonly winnerBefore: Scalars['Decimal']['output'];
  /** The loser's before. */
  readonly loserBefore: Scalars['Decimal']['output'];
  /** The winner's after: always the sum of both. */
  readonly after: Scalars['Decimal']['output'];
};

/** Something to think about before merging. */
export type MergeWarning = {
  readonly __typename?: 'MergeWarning';
  /** What to branch on. */
  readonly code: MergeWarningCode;
  /** One sentence for a person. */
  readonly message: Scalars['String']['output'];
};

/** What to think about before merging. */
export type MergeWarningCode =
  /** The loser, not the winner, has the valid e-mail. */
  | 'WINNER_HAS_NO_VALID_EMAIL'
  /** Both have been used in the last 30 days: they may be two people. */
  | 'BOTH_IN_USE'
  /** Names differ altogether. */
  | 'NAMES_DIFFER'
  /** Birth dates differ. */
  | 'BIRTH_DATES_DIFFER'
  /** Both hold an identity under a handle that allows one. */
  | 'HANDLE_HELD_TWICE';

/** Whether a profile can take part in a merge now. */
export type Mergeability = {
  readonly __typename?: 'Mergeability';
  /** Whether anything about this profile alone stands in the way. */
  readonly isMergeable: Scalars['Boolean']['output'];
  /** What does. */
  readonly blockers: ReadonlyArray<MergeUserError>;
};

/** Two profiles to compare. */
export type MergePreviewInput = {
  /** The profile that would go. Start here. */
  readonly loser: ProfileLookup;
  /** The profile that would stay, found by id, e-mail, mobile or identity. */
  readonly winner: ProfileLookup;
  /** Fields whose value should be the loser's. */
  readonly takeFromLoser?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};

/** A merge to carry out, as reviewed. */
export type ProfileMergeInput = {
  /** The profile that stays. */
  readonly winnerId: Scalars['ID']['input'];
  /** The profile that goes. */
  readonly loserId: Scalars['ID']['input'];
  /** Hash of the plan that was reviewed. */
  readonly planHash: Scalars['String']['input'];
  /** The same fields as in the preview. */
  readonly takeFromLoser?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Must be true: whoever asks has made sure that both are one person. */
  readonly isSamePersonConfirmed: Scalars['Boolean']['input'];
  /** Why, for the record. At most 500 characters; no personal data. */
  readonly reason?: InputMaybe<Scalars['String']['input']>;
  /** Makes a repeat harmless, and is required because a repeat would hurt. 8–128 printable characters, unique to this intent. */
  readonly idempotencyKey: Scalars['String']['input'];
};

/** A merge to undo. */
export type MergeUndoInput = {
  /** The merge. */
  readonly mergeId: Scalars['ID']['input'];
  /** Why, for the record. At most 500 characters; no personal data. */
  readonly reason?: InputMaybe<Scalars['String']['input']>;
  /** Makes a repeat harmless, and is required because a repeat would hurt. 8–128 printable characters, unique to this intent. */
  readonly idempotencyKey: Scalars['String']['input'];
};

/** A refusal around merging, and a blocker in a plan: the same codes in both places. */
export type MergeUserError = UserError & {
  readonly __typename?: 'MergeUserError';
  /** One sentence for a person. */
  readonly message: Scalars['String']['output'];
  /** The input field at fault. */
  readonly field?: Maybe<ReadonlyArray<Scalars['String']['output']>>;
  /** What to branch on. */
  readonly code: MergeErrorCode;
};

/** Why a merge cannot be carried out or undone. */
export type MergeErrorCode =
  /** There is no such profile or batch, or it is not yours to see. */
  | 'NOT_FOUND'
  /** Winner and loser are one profile, perhaps because they were merged before. */
  | 'SAME_PROFILE'
  /** They live in different brands. Link them instead. */
  | 'DIFFERENT_BRANDS'
  /** One of them is deleted, depersonalised or about to be. */
  | 'PROFILE_NOT_LIVE'
  /** This type of profile cannot be merged. */
  | 'TYPE_NOT_MERGEABLE'
  /** Other writes to one of them kept getting in the way. Nothing was written; try again in a moment. */
  | 'MERGE_IN_PROGRESS'
  /** One of them has changed since the preview. Look again. */
  | 'PLAN_STALE'
  /** `isSamePersonConfirmed` is not true. */
  | 'NOT_CONFIRMED'
  /** They are linked to two different profiles of a third brand. One of the links has to end first. */
  | 'LINK_CONFLICT'
  /** The winner would gain a status that only holders of `grant-statuses` may give. */
  | 'STATUS_NOT_GRANTABLE'
  /** `takeFromLoser` names a field that cannot be chosen. */
  | 'FIELD_NOT_CHOOSABLE'
  /** The time for undoing has passed, or what is needed was erased or used already. */
  | 'UNDO_EXPIRED'
  /** Something written since makes it unclear what belongs to whom; `undoBlockers` lists it. */
  | 'UNDO_AMBIGUOUS'
  /** The winner would hold more addresses, earlier losers or other entries than one profile may. */
  | 'TOO_MANY'
  /** Rows of the batch form a circle or use one loser twice. */
  | 'BATCH_NOT_A_FOREST'
  /** Not possible in the batch's present state. */
  | 'STATE_NOT_ALLOWED'
  /** This idempotency key came before with another body. */
  | 'IDEMPOTENCY_KEY_REUSED';

/** Answer of `profileMerge`. */
export type ProfileMergePayload = {
  readonly __typename?: 'ProfileMergePayload';
  /** The profile that stayed, with everything. */
  readonly profile?: Maybe<Profile>;
  /** The merge, `SETTLING` or `COMPLETED`. */
  readonly merge?: Maybe<Merge>;
  /** Why nothing was written. */
  readonly userErrors: ReadonlyArray<MergeUserError>;
};

/** Answer of `mergeUndo`. */
export type MergeUndoPayload = {
  readonly __typename?: 'MergeUndoPayload';
  /** The merge, now `UNDONE`. */
  readonly merge?: Maybe<Merge>;
  /** The profile that stayed, without what it had received. */
  readonly winner?: Maybe<Profile>;
  /** The profile that lives again under its old id. */
  readonly restored?: Maybe<Profile>;
  /** Why nothing was written. */
  readonly userErrors: ReadonlyArray<MergeUserError>;
};

/** A page of profiles of several brands, in one order. */
export type CrossBrandProfileConnection = {
  readonly __typename?: 'CrossBrandProfileConnection';
  /** Profiles with their cursors. */
  readonly edges: ReadonlyArray<CrossBrandProfileEdge>;
  /** The profiles alone. */
  readonly nodes: ReadonlyArray<Profile>;
  /** Where this page stands. */
  readonly pageInfo: PageInfo;
  /** How every brand that was asked fared. Read this before you conclude that somebody is not a customer. */
  readonly brandStatuses: ReadonlyArray<BrandStatus>;
};

/** A profile in a page over several brands. */
export type CrossBrandProfileEdge = {
  readonly __typename?: 'CrossBrandProfileEdge';
  /** Cursor of this row. It holds a position in every brand. */
  readonly cursor: Scalars['String']['output'];
  /** The profile. */
  readonly node: Profile;
  /** Why it was found. */
  readonly matchedOn: ReadonlyArray<ProfileMatch>;
};

/** What a search found a profile by. */
export type ProfileMatch =
  /** The whole e-mail address. */
  | 'EMAIL'
  /** The whole mobile number. */
  | 'MOBILE_PHONE'
  /** An identity. */
  | 'IDENTITY'
  /** First and last name, or the beginning of them. */
  | 'NAME';

/** Exactly one thing to search several brands for. */
export type ProfileSearchBy =
  /** A whole e-mail address. */
  { readonly email: Scalars['EmailAddress']['input']; readonly mobilePhone?: never; readonly identity?: never; readonly name?: never; }
  |  /** A whole mobile number, in E.164. */
  { readonly email?: never; readonly mobilePhone: Scalars['PhoneNumber']['input']; readonly identity?: never; readonly name?: never; }
  |  /** An identity, in whichever brand has it. */
  { readonly email?: never; readonly mobilePhone?: never; readonly identity: ProfileSearchIdentity; readonly name?: never; }
  |  /** A name, or the beginning of both parts, at least 3 characters. */
  { readonly email?: never; readonly mobilePhone?: never; readonly identity?: never; readonly name: Scalars['String']['input']; };

/** An identity to look for in any brand. */
export type ProfileSearchIdentity = {
  /** The handle. */
  readonly handle: Scalars['String']['input'];
  /** The value. */
  readonly identifier: Scalars['String']['input'];
};

/** The token this request came with, as the server understands it. */
export type Viewer = {
  readonly __typename?: 'Viewer';
  /** The customer's own profile, for tokens bound to one. */
  readonly profile?: Maybe<Profile>;
  /** Who acts. */
  readonly actor: Actor;
  /** Role the token was made with. */
  readonly role: Scalars['String']['output'];
  /** Scopes in force, expanded. */
  readonly scopes: ReadonlyArray<Scalars['String']['output']>;
  /** Brands this token may touch; for a token bound to a profile, the one that profile lives in. */
  readonly brands: ReadonlyArray<Brand>;
  /** The single purpose this token was issued for. Linked data is shown only where a consent covers it. */
  readonly purpose?: Maybe<ConsentPurpose>;
  /** When the token ends; null when it does not. */
  readonly expiresAt?: Maybe<Scalars['DateTime']['output']>;
};

/** Kinds of profile. */
export type ProfileType =
  /** A customer in good standing. */
  | 'ACTIVE'
  /** Waits for the customer to activate. */
  | 'PENDING'
  /** Too little is known. */
  | 'INCOMPLETE'
  /** Made for a short time, for example at a kiosk. */
  | 'TEMPORARY'
  /** A child or pet that belongs to another profile. */
  | 'DEPENDANT'
  /** Belongs to the brand's own systems. */
  | 'SYSTEM'
  /** Deleted, but an administrator can still bring it back. */
  | 'DELETED';

/** Gender as told by the customer. */
export type Gender =
  /** Female. */
  | 'FEMALE'
  /** Male. */
  | 'MALE'
  /** Another. */
  | 'OTHER'
  /** Asked and not told. */
  | 'WITHHELD';

/** A date of birth, as far as it is known. */
export type BirthDate = {
  readonly __typename?: 'BirthDate';
  /** Day of the month, 1–31. */
  readonly day?: Maybe<Scalars['Int']['output']>;
  /** Month, 1–12. */
  readonly month?: Maybe<Scalars['Int']['output']>;
  /** Year with four digits. */
  readonly year?: Maybe<Scalars['Int']['output']>;
  /** The whole date; null unless all three parts are known. */
  readonly date?: Maybe<Scalars['Date']['output']>;
};

/** How and about what a customer may be contacted. */
export type Comms = {
  readonly __typename?: 'Comms';
  /** One entry for every channel. */
  readonly channels: ReadonlyArray<CommsChannel>;
  /** When the terms were accepted. */
  readonly termsAcceptedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Which version of the terms. */
  readonly termsAcceptedVersion?: Maybe<Scalars['String']['output']>;
};

/** A customer's wishes for one channel. */
export type CommsChannel = {
  readonly __typename?: 'CommsChannel';
  /** The channel. */
  readonly channel: Channel;
  /** Whether the customer agreed to promotions; null when never asked. */
  readonly isPromotional?: Maybe<Scalars['Boolean']['output']>;
  /** Whether the customer asked to be left alone. Outranks everything else. */
  readonly isOptedOut: Scalars['Boolean']['output'];
  /** Whether messages come back. */
  readonly isBounced: Scalars['Boolean']['output'];
  /** Whether a promotion may be sent now: not opted out, not bounced, promotions not refused. */
  readonly isMailable: Scalars['Boolean']['output'];
  /** Wishes by subject, for example `reminders`. */
  readonly categories: ReadonlyArray<CommsCategory>;
  /** When any of this last changed. */
  readonly updatedAt?: Maybe<Scalars['DateTime']['output']>;
};

/** A customer's wish about one subject on one channel. */
export type CommsCategory = {
  readonly __typename?: 'CommsCategory';
  /** The subject. */
  readonly category: Scalars['String']['output'];
  /** Whether messages about it are welcome. */
  readonly isWelcome: Scalars['Boolean']['output'];
};

/** Ways to reach a customer. */
export type Channel =
  /** E-mail. */
  | 'EMAIL'
  /** Text message. */
  | 'SMS'
  /** Notification on a device. */
  | 'PUSH'
  /** Telephone call. */
  | 'PHONE'
  /** Letter. */
  | 'POST';

/** A look or size, such as `size_shoe`. */
export type AppearanceAttribute = {
  readonly __typename?: 'AppearanceAttribute';
  /** Name of the attribute. */
  readonly handle: Scalars['String']['output'];
  /** Its value. */
  readonly value: Scalars['String']['output'];
};

/** A day that matters to the customer. */
export type DateAttribute = {
  readonly __typename?: 'DateAttribute';
  /** Short name, for example `anniversary`. */
  readonly handle: Scalars['String']['output'];
  /** The day. */
  readonly date: Scalars['Date']['output'];
  /** Whether it comes back every year. */
  readonly isRecurring: Scalars['Boolean']['output'];
  /** Whose day it is, for example `partner`. */
  readonly relationship?: Maybe<Scalars['String']['output']>;
};

/** An attribute that the brand has defined. */
export type CustomAttribute = {
  readonly __typename?: 'CustomAttribute';
  /** Groups attributes. */
  readonly namespace: Scalars['String']['output'];
  /** Name within the namespace. */
  readonly handle: Scalars['String']['output'];
  /** What form the value has. */
  readonly type: CustomAttributeType;
  /** The value. */
  readonly value: Scalars['JSON']['output'];
};

/** Forms a custom value can have. */
export type CustomAttributeType =
  /** Text. */
  | 'STRING'
  /** Whole number. */
  | 'INTEGER'
  /** Number with a fraction. */
  | 'FLOAT'
  /** True or false. */
  | 'BOOLEAN'
  /** Object. */
  | 'JSON'
  /** List. */
  | 'ARRAY';

/** A postal address of a profile. */
export type Address = Node & {
  readonly __typename?: 'Address';
  /** The global id. */
  readonly id: Scalars['ID']['output'];
  /** Whether it is the default. */
  readonly isDefault: Scalars['Boolean']['output'];
  /** First line. */
  readonly line1?: Maybe<Scalars['String']['output']>;
  /** Second line. */
  readonly line2?: Maybe<Scalars['String']['output']>;
  /** Third line. */
  readonly line3?: Maybe<Scalars['String']['output']>;
  /** Company at this address. */
  readonly company?: Maybe<Scalars['String']['output']>;
  /** City or suburb. */
  readonly city?: Maybe<Scalars['String']['output']>;
  /** State or province. */
  readonly state?: Maybe<Scalars['String']['output']>;
  /** Postal code. */
  readonly postcode?: Maybe<Scalars['String']['output']>;
  /** Country. */
  readonly countryCode?: Maybe<Scalars['CountryCode']['output']>;
};

/** A page of profiles of one brand. */
export type ProfileConnection = {
  readonly __typename?: 'ProfileConnection';
  /** Profiles with their cursors. */
  readonly edges: ReadonlyArray<ProfileEdge>;
  /** The profiles alone. */
  readonly nodes: ReadonlyArray<Profile>;
  /** Where this page stands. */
  readonly pageInfo: PageInfo;
  /** How many there are in all; null above 100,000. */
  readonly totalCount?: Maybe<Scalars['Int']['output']>;
};

/** A profile in a page. */
export type ProfileEdge = {
  readonly __typename?: 'ProfileEdge';
  /** Cursor of this row. */
  readonly cursor: Scalars['String']['output'];
  /** The profile. */
  readonly node: Profile;
};

/** An e-mail address in a brand. */
export type ProfileEmailLookup = {
  /** The brand. */
  readonly brand: Scalars['BrandHandle']['input'];
  /** The address. */
  readonly email: Scalars['EmailAddress']['input'];
};

/** A mobile number in a brand. */
export type ProfilePhoneLookup = {
  /** The brand. */
  readonly brand: Scalars['BrandHandle']['input'];
  /** The number. */
  readonly mobilePhone: Scalars['PhoneNumber']['input'];
};

/** A brand's own profile id. */
export type ProfileLocalIdLookup = {
  /** The brand. */
  readonly brand: Scalars['BrandHandle']['input'];
  /** The id. */
  readonly localId: Scalars['UUID']['input'];
};

/** Which profiles of a brand to list. All conditions must hold. */
export type ProfileFilter = {
  /** Of one of these types; by default `ACTIVE`, `INCOMPLETE` and `DEPENDANT`. */
  readonly types?: InputMaybe<ReadonlyArray<ProfileType>>;
  /** Known, or not. */
  readonly isKnown?: InputMaybe<Scalars['Boolean']['input']>;
  /** With all of these tags. */
  readonly tags?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** With all of these statuses. */
  readonly statuses?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};

/** Order of profiles. */
export type ProfileOrder = {
  /** By what. */
  readonly field?: InputMaybe<ProfileOrderField>;
  /** Which way. */
  readonly direction?: InputMaybe<SortDirection>;
};

/** What profiles can be ordered by. Ties are broken by id. */
export type ProfileOrderField =
  /** When the record was made. */
  | 'CREATED_AT';

/** Changes to a customer. What is left out stays. */
export type ProfileUpdateInput = {
  /** The profile. */
  readonly id: Scalars['ID']['input'];
  /** Refuse if it has changed since this version. */
  readonly ifVersion?: InputMaybe<Scalars['Int']['input']>;
  /** Form of address. */
  readonly title?: InputMaybe<Scalars['String']['input']>;
  /** Given name. */
  readonly firstName?: InputMaybe<Scalars['String']['input']>;
  /** Family name. */
  readonly lastName?: InputMaybe<Scalars['String']['input']>;
  /** E-mail address. */
  readonly email?: InputMaybe<Scalars['EmailAddress']['input']>;
  /** Mobile number. */
  readonly mobilePhone?: InputMaybe<Scalars['PhoneNumber']['input']>;
  /** A second number. */
  readonly secondaryPhone?: InputMaybe<Scalars['PhoneNumber']['input']>;
  /** Date of birth. */
  readonly birthDate?: InputMaybe<BirthDateInput>;
  /** Gender. */
  readonly gender?: InputMaybe<Gender>;
  /** Company. */
  readonly company?: InputMaybe<Scalars['String']['input']>;
  /** Occupation. */
  readonly occupation?: InputMaybe<Scalars['String']['input']>;
  /** Labels to add. Adding and removing, rather than replacing, lets two people work at once. */
  readonly addTags?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Labels to remove. */
  readonly removeTags?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Statuses to add. Those that grant rights also need the scope `grant-statuses`. */
  readonly addStatuses?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Statuses to remove. */
  readonly removeStatuses?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Wishes to change, per channel. */
  readonly comms?: InputMaybe<ReadonlyArray<CommsChannelInput>>;
  /** Looks and sizes to set; a null value removes one. */
  readonly appearance?: InputMaybe<ReadonlyArray<AppearanceAttributeInput>>;
  /** Custom attributes to set; a null value removes one. */
  readonly customAttributes?: InputMaybe<ReadonlyArray<CustomAttributeInput>>;
  /** Makes a repeat harmless. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** A date of birth, as far as it is known. Parts must make a possible date. */
export type BirthDateInput = {
  /** Day of the month, 1–31. */
  readonly day?: InputMaybe<Scalars['Int']['input']>;
  /** Month, 1–12. */
  readonly month?: InputMaybe<Scalars['Int']['input']>;
  /** Year with four digits. */
  readonly year?: InputMaybe<Scalars['Int']['input']>;
};

/** Wishes for one channel. What is left out stays. */
export type CommsChannelInput = {
  /** The channel. */
  readonly channel: Channel;
  /** Whether the customer agrees to promotions. */
  readonly isPromotional?: InputMaybe<Scalars['Boolean']['input']>;
  /** Whether the customer asks to be left alone. */
  readonly isOptedOut?: InputMaybe<Scalars['Boolean']['input']>;
  /** Wishes by subject. */
  readonly categories?: InputMaybe<ReadonlyArray<CommsCategoryInput>>;
};

/** A wish about one subject. */
export type CommsCategoryInput = {
  /** The subject. */
  readonly category: Scalars['String']['input'];
  /** Whether messages about it are welcome. */
  readonly isWelcome: Scalars['Boolean']['input'];
};

/** A look or size to set. */
export type AppearanceAttributeInput = {
  /** Name of the attribute. */
  readonly handle: Scalars['String']['input'];
  /** Its value; null removes it. */
  readonly value?: InputMaybe<Scalars['String']['input']>;
};

/** A custom attribute to set. */
export type CustomAttributeInput = {
  /** Groups attributes. */
  readonly namespace: Scalars['String']['input'];
  /** Name within the namespace. */
  readonly handle: Scalars['String']['input'];
  /** The value, of the type the brand has defined; null removes it. */
  readonly value?: InputMaybe<Scalars['JSON']['input']>;
};

/** A postal address, given. */
export type AddressInput = {
  /** Make it the default. */
  readonly isDefault?: InputMaybe<Scalars['Boolean']['input']>;
  /** First line. */
  readonly line1?: InputMaybe<Scalars['String']['input']>;
  /** Second line. */
  readonly line2?: InputMaybe<Scalars['String']['input']>;
  /** Third line. */
  readonly line3?: InputMaybe<Scalars['String']['input']>;
  /** Company at this address. */
  readonly company?: InputMaybe<Scalars['String']['input']>;
  /** City or suburb. */
  readonly city?: InputMaybe<Scalars['String']['input']>;
  /** State or province. */
  readonly state?: InputMaybe<Scalars['String']['input']>;
  /** Postal code. */
  readonly postcode?: InputMaybe<Scalars['String']['input']>;
  /** Country; by default the brand's. */
  readonly countryCode?: InputMaybe<Scalars['CountryCode']['input']>;
};

/** A new address of a profile. */
export type AddressAddInput = {
  /** The profile. */
  readonly profileId: Scalars['ID']['input'];
  /** The address. */
  readonly address: AddressInput;
  /** Makes a repeat harmless. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** A changed address. It replaces the old one as a whole. */
export type AddressUpdateInput = {
  /** The address to change. */
  readonly id: Scalars['ID']['input'];
  /** What it becomes. */
  readonly address: AddressInput;
  /** Makes a repeat harmless. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** An address to remove. */
export type AddressRemoveInput = {
  /** The address. If it was the default, the oldest other one takes its place. */
  readonly id: Scalars['ID']['input'];
  /** Makes a repeat harmless. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** A refusal to create or change a profile. */
export type ProfileUserError = UserError & {
  readonly __typename?: 'ProfileUserError';
  /** One sentence for a person. */
  readonly message: Scalars['String']['output'];
  /** The input field at fault. */
  readonly field?: Maybe<ReadonlyArray<Scalars['String']['output']>>;
  /** What to branch on. */
  readonly code: ProfileErrorCode;
};

/** Why a profile was not created or changed. */
export type ProfileErrorCode =
  /** There is no such profile or address, or it is not yours to see. */
  | 'NOT_FOUND'
  /** The brand is not one of this token's. */
  | 'BRAND_UNKNOWN'
  /** The profile has changed since `ifVersion`. */
  | 'VERSION_MISMATCH'
  /** Neither e-mail nor mobile was given, or both would be cleared. */
  | 'CONTACT_REQUIRED'
  /** Another profile of this brand has this e-mail. */
  | 'EMAIL_TAKEN'
  /** Another profile of this brand has this mobile number. */
  | 'MOBILE_PHONE_TAKEN'
  /** An identity in the input belongs to another profile. */
  | 'IDENTITY_TAKEN'
  /** A value has the wrong form or is out of range; `field` says which. */
  | 'INVALID_VALUE'
  /** A value is longer than allowed. */
  | 'TOO_LONG'
  /** More entries than allowed. */
  | 'TOO_MANY'
  /** The brand has not defined this attribute or status. */
  | 'ATTRIBUTE_UNKNOWN'
  /** Granting this status needs the scope `grant-statuses`. */
  | 'STATUS_NOT_GRANTABLE'
  /** The profile was merged into another. Look it up again: what was meant for one is not written over the other by itself. */
  | 'PROFILE_MERGED'
  /** This idempotency key came before with another body. */
  | 'IDEMPOTENCY_KEY_REUSED';

/** Answer of `profileCreate`. */
export type ProfileCreatePayload = {
  readonly __typename?: 'ProfileCreatePayload';
  /** The new profile. */
  readonly profile?: Maybe<Profile>;
  /** Why nothing was written. */
  readonly userErrors: ReadonlyArray<ProfileUserError>;
};

/** Answer of `profileUpdate`. */
export type ProfileUpdatePayload = {
  readonly __typename?: 'ProfileUpdatePayload';
  /** The profile as it is now. */
  readonly profile?: Maybe<Profile>;
  /** Why nothing was written. */
  readonly userErrors: ReadonlyArray<ProfileUserError>;
};

/** Answer of `addressAdd`. */
export type AddressAddPayload = {
  readonly __typename?: 'AddressAddPayload';
  /** The new address. */
  readonly address?: Maybe<Address>;
  /** Its profile. */
  readonly profile?: Maybe<Profile>;
  /** Why nothing was written. */
  readonly userErrors: ReadonlyArray<ProfileUserError>;
};

/** Answer of `addressUpdate`. */
export type AddressUpdatePayload = {
  readonly __typename?: 'AddressUpdatePayload';
  /** The address as it is now. */
  readonly address?: Maybe<Address>;
  /** Its profile. */
  readonly profile?: Maybe<Profile>;
  /** Why nothing was written. */
  readonly userErrors: ReadonlyArray<ProfileUserError>;
};

/** Answer of `addressRemove`. */
export type AddressRemovePayload = {
  readonly __typename?: 'AddressRemovePayload';
  /** Id of the address that is gone. */
  readonly removedAddressId?: Maybe<Scalars['ID']['output']>;
  /** Its profile. */
  readonly profile?: Maybe<Profile>;
  /** Why nothing was written. */
  readonly userErrors: ReadonlyArray<ProfileUserError>;
};

/** A completed purchase or return. It never changes once it is taken in. */
export type Transaction = Node & {
  readonly __typename?: 'Transaction';
  /** The global id. */
  readonly id: Scalars['ID']['output'];
  /** The brand it happened in. */
  readonly brand: Brand;
  /** The system that sent it. */
  readonly system: SourceSystem;
  /** Its id in that system. Unique together with the system. */
  readonly externalId: Scalars['String']['output'];
  /** What kind of transaction. */
  readonly type: TransactionType;
  /** The customer; null for a sale to nobody known. */
  readonly profile?: Maybe<Profile>;
  /** What was paid after discounts; negative for a return. */
  readonly total: Money;
  /** What it would have been without discounts. */
  readonly totalOriginal: Money;
  /** The total in the brand's currency, if it was paid in another. */
  readonly totalConverted: Money;
  /** Tax within the total. */
  readonly tax?: Maybe<Money>;
  /** Lines, at most 500. */
  readonly items: ReadonlyArray<TransactionItem>;
  /** How it was paid, at most 20. */
  readonly payments: ReadonlyArray<TransactionPayment>;
  /** Where it happened. */
  readonly location?: Maybe<Location>;
  /** Number on the receipt. */
  readonly receiptRef?: Maybe<Scalars['String']['output']>;
  /** The purchase that this return takes back. */
  readonly returnOf?: Maybe<Transaction>;
  /** When it happened. */
  readonly transactedAt: Scalars['DateTime']['output'];
  /** When Kindred received it. */
  readonly receivedAt: Scalars['DateTime']['output'];
};

/** Kinds of transaction. */
export type TransactionType =
  /** A sale. */
  | 'PURCHASE'
  /** Goods taken back. */
  | 'RETURN'
  /** Goods swapped; lines of both signs. */
  | 'EXCHANGE';

/** A line of a transaction. */
export type TransactionItem = {
  readonly __typename?: 'TransactionItem';
  /** The system's id of the line. */
  readonly lineId: Scalars['String']['output'];
  /** Article number. */
  readonly sku: Scalars['String']['output'];
  /** Name of the article. */
  readonly name?: Maybe<Scalars['String']['output']>;
  /** How many; negative when taken back. */
  readonly quantity: Scalars['Decimal']['output'];
  /** Price for one, as sold. */
  readonly unitPrice: Money;
  /** Price for one, before discounts. */
  readonly unitPriceOriginal?: Maybe<Money>;
  /** What the line adds to the total. */
  readonly netTotal: Money;
};

/** One way in which a transaction was paid. */
export type TransactionPayment = {
  readonly __typename?: 'TransactionPayment';
  /** For example `card`, `cash` or `credit`. */
  readonly method: Scalars['String']['output'];
  /** How much. */
  readonly amount: Money;
};

/** A page of transactions. */
export type TransactionConnection = {
  readonly __typename?: 'TransactionConnection';
  /** Rows with their cursors. */
  readonly edges: ReadonlyArray<TransactionEdge>;
  /** The rows alone. */
  readonly nodes: ReadonlyArray<Transaction>;
  /** Where this page stands. */
  readonly pageInfo: PageInfo;
  /** How many there are in all. */
  readonly totalCount?: Maybe<Scalars['Int']['output']>;
};

/** One row of a page of transactions. */
export type TransactionEdge = {
  readonly __typename?: 'TransactionEdge';
  /** Cursor of this row. */
  readonly cursor: Scalars['String']['output'];
  /** The row. */
  readonly node: Transaction;
};

/** Which transactions to list. All conditions must hold. */
export type TransactionFilter = {
  /** At or after this instant. */
  readonly from?: InputMaybe<Scalars['DateTime']['input']>;
  /** Before this instant. */
  readonly to?: InputMaybe<Scalars['DateTime']['input']>;
  /** Of one of these types. */
  readonly types?: InputMaybe<ReadonlyArray<TransactionType>>;
  /** From this system. */
  readonly system?: InputMaybe<Scalars['String']['input']>;
};

/** Exactly one way to name a transaction. */
export type TransactionLookup =
  /** By global id. */
  { readonly id: Scalars['ID']['input']; readonly external?: never; }
  |  /** By the sending system's id. */
  { readonly id?: never; readonly external: TransactionExternalLookup; };

/** A transaction as the sending system knows it. */
export type TransactionExternalLookup = {
  /** The brand. */
  readonly brand: Scalars['BrandHandle']['input'];
  /** The system. */
  readonly system: Scalars['String']['input'];
  /** Its id there. */
  readonly externalId: Scalars['String']['input'];
};

/**
 * A completed sale or return, as a till or shop sends it. Brand, system and external id are its natural idempotency key: the same content again
 * returns the stored transaction, other content is refused.
 */
export type TransactionIngestInput = {
  /** The brand. */
  readonly brand: Scalars['BrandHandle']['input'];
  /** The sending system; must be registered. */
  readonly system: Scalars['String']['input'];
  /** Its id there, at most 255 characters. */
  readonly externalId: Scalars['String']['input'];
  /** What kind of transaction. */
  readonly type?: InputMaybe<TransactionType>;
  /** Whose it is. Left out: a sale to nobody known. */
  readonly customer?: InputMaybe<TransactionCustomerInput>;
  /** What was paid after discounts; negative for a return. */
  readonly total: MoneyInput;
  /** What it would have been without discounts; by default the total. */
  readonly totalOriginal?: InputMaybe<MoneyInput>;
  /** Tax within the total. */
  readonly tax?: InputMaybe<MoneyInput>;
  /** Lines, at most 500. */
  readonly items?: InputMaybe<ReadonlyArray<TransactionItemInput>>;
  /** How it was paid, at most 20. When given, they must add up to the total. */
  readonly payments?: InputMaybe<ReadonlyArray<TransactionPaymentInput>>;
  /** Code of the store. */
  readonly locationCode?: InputMaybe<Scalars['String']['input']>;
  /** Number on the receipt. */
  readonly receiptRef?: InputMaybe<Scalars['String']['input']>;
  /** For a return: the system's id of the purchase. */
  readonly returnOfExternalId?: InputMaybe<Scalars['String']['input']>;
  /** When it happened. At most 24 hours ahead of the server's clock; any time in the past. */
  readonly transactedAt: Scalars['DateTime']['input'];
};

/** Exactly one way to say whose transaction it is. */
export type TransactionCustomerInput =
  /** By profile id. A merged id counts as the profile it was merged into. */
  { readonly profileId: Scalars['ID']['input']; readonly identity?: never; }
  |  /** By identity, for example the loyalty card that was scanned. An unknown one is handled as the brand's `onUnknownIdentity` says. */
  { readonly profileId?: never; readonly identity: IdentityInput; };

/** A line, given. */
export type TransactionItemInput = {
  /** The system's id of the line. */
  readonly lineId: Scalars['String']['input'];
  /** Article number. */
  readonly sku: Scalars['String']['input'];
  /** Name of the article. */
  readonly name?: InputMaybe<Scalars['String']['input']>;
  /** How many; negative when taken back. */
  readonly quantity: Scalars['Decimal']['input'];
  /** Price for one, as sold. */
  readonly unitPrice: MoneyInput;
  /** Price for one, before discounts. */
  readonly unitPriceOriginal?: InputMaybe<MoneyInput>;
  /** What the line adds to the total. */
  readonly netTotal: MoneyInput;
};

/** A payment, given. */
export type TransactionPaymentInput = {
  /** For example `card`, `cash` or `credit`. */
  readonly method: Scalars['String']['input'];
  /** How much. */
  readonly amount: MoneyInput;
};

/** A refusal to take in a transaction. */
export type TransactionUserError = UserError & {
  readonly __typename?: 'TransactionUserError';
  /** One sentence for a person. */
  readonly message: Scalars['String']['output'];
  /** The input field at fault. */
  readonly field?: Maybe<ReadonlyArray<Scalars['String']['output']>>;
  /** What to branch on. */
  readonly code: TransactionErrorCode;
};

/** Why a transaction was not taken in. */
export type TransactionErrorCode =
  /** The brand is not one of this token's. */
  | 'BRAND_UNKNOWN'
  /** The system is not registered with the brand, or the token may not write for it. */
  | 'SYSTEM_UNKNOWN'
  /** No such profile. */
  | 'PROFILE_NOT_FOUND'
  /** The identity is unknown and the brand refuses such sales. */
  | 'IDENTITY_NOT_FOUND'
  /** The brand has not agreed on this handle. */
  | 'HANDLE_UNKNOWN'
  /** The brand has no store with this code. */
  | 'LOCATION_UNKNOWN'
  /** This system and id came before with other content. */
  | 'TRANSACTION_CONFLICT'
  /** It lies more than 24 hours in the future. */
  | 'TRANSACTION_FUTURE'
  /** Payments do not add up to the total, or currencies are mixed. */
  | 'AMOUNT_MISMATCH'
  /** A value has the wrong form; `field` says which. */
  | 'INVALID_VALUE'
  /** More lines or payments than allowed. */
  | 'TOO_MANY';

/** What became of a transaction or interaction that was sent. */
export type IngestOutcome =
  /** Stored now. */
  | 'RECORDED'
  /** Already there with the same content; nothing was written. */
  | 'REPLAYED';

/** How the customer of a transaction or interaction was found. */
export type IngestRouting =
  /** An existing profile owns the identity or id. */
  | 'MATCHED'
  /** A new profile was made for the identity, as the brand's rules say. */
  | 'PROFILE_CREATED'
  /** A sale to nobody. Interactions are always somebody's. */
  | 'GUEST';

/** Answer of `transactionIngest`. */
export type TransactionIngestPayload = {
  readonly __typename?: 'TransactionIngestPayload';
  /** The stored transaction. */
  readonly transaction?: Maybe<Transaction>;
  /** What became of it; null when refused. */
  readonly outcome?: Maybe<IngestOutcome>;
  /** How the customer was found; null when refused. */
  readonly routing?: Maybe<IngestRouting>;
  /** Why nothing was written. */
  readonly userErrors: ReadonlyArray<TransactionUserError>;
};

/** Who did something. */
export type Actor = {
  readonly __typename?: 'Actor';
  /** What kind of actor. */
  readonly kind: ActorKind;
  /** Stable reference of the user, token or customer. Not a name. */
  readonly reference: Scalars['String']['output'];
  /** Name for display, where this token may see it. */
  readonly displayName?: Maybe<Scalars['String']['output']>;
};

/** Kinds of actor. */
export type ActorKind =
  /** A person working for a brand. */
  | 'STAFF'
  /** A system with a token of its own. */
  | 'MACHINE'
  /** The customer. */
  | 'CUSTOMER'
  /** Kindred itself, for example an expiry. */
  | 'SYSTEM';

/** What a customer holds in one brand, at one instant. Nothing here is ever added across brands or currencies. */
export type Wallet = {
  readonly __typename?: 'Wallet';
  /** The instant all figures hold for. */
  readonly asOf: Scalars['DateTime']['output'];
  /** Unused, unexpired rewards, in the brand's currency. */
  readonly rewardBalance: Money;
  /** Rewards that can be used, nearest expiry first. */
  readonly rewards?: Maybe<RewardConnection>;
  /** Points, one entry per definition. Kinds of points do not mix. */
  readonly points: ReadonlyArray<PointBalance>;
};


/** What a customer holds in one brand, at one instant. Nothing here is ever added across brands or currencies. */
export type WalletRewardsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};

/** A discount in money, with an expiry. */
export type Reward = Node & {
  readonly __typename?: 'Reward';
  /** The global id. */
  readonly id: Scalars['ID']['output'];
  /** Handle of its definition. */
  readonly definition: Scalars['String']['output'];
  /** Name for the customer. */
  readonly name: Scalars['String']['output'];
  /** What it was worth when issued. */
  readonly valueInitial: Money;
  /** What is left of it. */
  readonly valueRemaining: Money;
  /** When it was issued. */
  readonly issuedAt: Scalars['DateTime']['output'];
  /** From when it cannot be used any more; null if it does not expire. */
  readonly expiresAt?: Maybe<Scalars['DateTime']['output']>;
};

/** A page of rewards. */
export type RewardConnection = {
  readonly __typename?: 'RewardConnection';
  /** Rows with their cursors. */
  readonly edges: ReadonlyArray<RewardEdge>;
  /** The rows alone. */
  readonly nodes: ReadonlyArray<Reward>;
  /** Where this page stands. */
  readonly pageInfo: PageInfo;
  /** How many there are in all. */
  readonly totalCount?: Maybe<Scalars['Int']['output']>;
};

/** One row of a page of rewards. */
export type RewardEdge = {
  readonly __typename?: 'RewardEdge';
  /** Cursor of this row. */
  readonly cursor: Scalars['String']['output'];
  /** The row. */
  readonly node: Reward;
};

/** A customer's points of one definition. */
export type PointBalance = {
  readonly __typename?: 'PointBalance';
  /** Handle of the definition. */
  readonly definition: Scalars['String']['output'];
  /** Name for the customer. */
  readonly name: Scalars['String']['output'];
  /** What the points are for. */
  readonly type: PointType;
  /** Usable now. */
  readonly available: Scalars['Decimal']['output'];
  /** Earned, not usable yet. */
  readonly pending: Scalars['Decimal']['output'];
  /** Set aside for a redemption under way. */
  readonly held: Scalars['Decimal']['output'];
  /** Owed, after purchases were returned. */
  readonly owed: Scalars['Decimal']['output'];
};

/** What points are for. */
export type PointType =
  /** Count towards tiers; cannot be redeemed. */
  | 'TIER'
  /** Turn into money. */
  | 'REWARD'
  /** For the brand's own uses. */
  | 'OTHER';



export type ResolverTypeWrapper<T> = Promise<T> | T;

export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;




/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  Node:
    | ( BrandModel )
    | ( ConsentView )
    | ( ProfileView )
    | ( LinkView )
    | ( DuplicateView )
    | ( IdentityView )
    | ( InteractionView )
    | ( LocationView )
    | ( MergeView )
    | ( MergeBatchView )
    | ( AddressView )
    | ( TransactionView )
    | ( RewardView )
  ;
  UserError:
    | ( CrossBrandLinkUserError )
    | ( IdentityUserError )
    | ( InteractionUserError )
    | ( MergeUserError )
    | ( ProfileUserError )
    | ( TransactionUserError )
  ;
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  PersonalDataCategory: PersonalDataCategory;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  Date: ResolverTypeWrapper<Scalars['Date']['output']>;
  Decimal: ResolverTypeWrapper<Scalars['Decimal']['output']>;
  CurrencyCode: ResolverTypeWrapper<Scalars['CurrencyCode']['output']>;
  CountryCode: ResolverTypeWrapper<Scalars['CountryCode']['output']>;
  TimeZone: ResolverTypeWrapper<Scalars['TimeZone']['output']>;
  LanguageTag: ResolverTypeWrapper<Scalars['LanguageTag']['output']>;
  EmailAddress: ResolverTypeWrapper<Scalars['EmailAddress']['output']>;
  PhoneNumber: ResolverTypeWrapper<Scalars['PhoneNumber']['output']>;
  UUID: ResolverTypeWrapper<Scalars['UUID']['output']>;
  JSON: ResolverTypeWrapper<Scalars['JSON']['output']>;
  BrandHandle: ResolverTypeWrapper<Scalars['BrandHandle']['output']>;
  Money: ResolverTypeWrapper<Money>;
  MoneyInput: MoneyInput;
  Node: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Node']>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  UserError: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['UserError']>;
  SortDirection: SortDirection;
  RequestErrorCode: RequestErrorCode;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Brand: ResolverTypeWrapper<BrandModel>;
  SubBrand: ResolverTypeWrapper<SubBrand>;
  IdentityHandle: ResolverTypeWrapper<IdentityHandle>;
  SourceSystem: ResolverTypeWrapper<SourceSystem>;
  SharingRule: ResolverTypeWrapper<SharingRuleModel>;
  AgreementStatus: AgreementStatus;
  ShareableAttribute: ShareableAttribute;
  ConsentPurpose: ResolverTypeWrapper<ConsentPurpose>;
  BrandStatus: ResolverTypeWrapper<BrandReport>;
  BrandState: BrandState;
  Consent: ResolverTypeWrapper<ConsentView>;
  ConsentConnection: ResolverTypeWrapper<Omit<ConsentConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversTypes['ConsentEdge']>, nodes: ReadonlyArray<ResolversTypes['Consent']> }>;
  ConsentEdge: ResolverTypeWrapper<Omit<ConsentEdge, 'node'> & { node: ResolversTypes['Consent'] }>;
  ConsentFilter: ConsentFilter;
  ConsentStatus: ConsentStatus;
  ConsentNotice: ResolverTypeWrapper<NoticeView>;
  ConsentEvent: ResolverTypeWrapper<Omit<ConsentEvent, 'actor'> & { actor: ResolversTypes['Actor'] }>;
  ConsentReceipt: ResolverTypeWrapper<ConsentReceipt>;
  ConsentInput: ConsentInput;
  ConsentMethod: ConsentMethod;
  Profile: ResolverTypeWrapper<ProfileView>;
  CrossBrandLink: ResolverTypeWrapper<LinkView>;
  CrossBrandLinkEnd: ResolverTypeWrapper<LinkEndView>;
  CrossBrandLinkEndState: CrossBrandLinkEndState;
  CrossBrandLinkStatus: CrossBrandLinkStatus;
  ActivationMessage: ResolverTypeWrapper<ActivationMessage>;
  ActivationMessageStatus: ActivationMessageStatus;
  LinkOption: ResolverTypeWrapper<LinkOptionView>;
  LinkOptionState: LinkOptionState;
  LinkUnavailableReason: LinkUnavailableReason;
  CrossBrandLinkEnrolInput: CrossBrandLinkEnrolInput;
  CrossBrandLinkActivateInput: CrossBrandLinkActivateInput;
  CrossBrandLinkDeclineInput: CrossBrandLinkDeclineInput;
  CrossBrandLinkResendInput: CrossBrandLinkResendInput;
  CrossBrandLinkWithdrawInput: CrossBrandLinkWithdrawInput;
  CrossBrandLinkWithdrawBy: CrossBrandLinkWithdrawBy;
  CopiesAfterWithdrawal: CopiesAfterWithdrawal;
  CrossBrandLinkUserError: ResolverTypeWrapper<CrossBrandLinkUserError>;
  CrossBrandLinkErrorCode: CrossBrandLinkErrorCode;
  CrossBrandLinkEnrolPayload: ResolverTypeWrapper<Omit<CrossBrandLinkEnrolPayload, 'link'> & { link?: Maybe<ResolversTypes['CrossBrandLink']> }>;
  CrossBrandLinkActivatePayload: ResolverTypeWrapper<CrossBrandLinkActivatePayload>;
  CrossBrandLinkDeclinePayload: ResolverTypeWrapper<CrossBrandLinkDeclinePayload>;
  CrossBrandLinkResendPayload: ResolverTypeWrapper<Omit<CrossBrandLinkResendPayload, 'link'> & { link?: Maybe<ResolversTypes['CrossBrandLink']> }>;
  CrossBrandLinkWithdrawPayload: ResolverTypeWrapper<CrossBrandLinkWithdrawPayload>;
  Activation: ResolverTypeWrapper<Omit<Activation, 'notice'> & { notice: ResolversTypes['ConsentNotice'] }>;
  DuplicateCandidate: ResolverTypeWrapper<DuplicateView>;
  DuplicateCandidateConnection: ResolverTypeWrapper<Omit<DuplicateCandidateConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversTypes['DuplicateCandidateEdge']>, nodes: ReadonlyArray<ResolversTypes['DuplicateCandidate']> }>;
  DuplicateCandidateEdge: ResolverTypeWrapper<Omit<DuplicateCandidateEdge, 'node'> & { node: ResolversTypes['DuplicateCandidate'] }>;
  DuplicateSignal: ResolverTypeWrapper<DuplicateSignal>;
  DuplicateSignalKind: DuplicateSignalKind;
  DuplicateStatus: DuplicateStatus;
  DuplicateDismissInput: DuplicateDismissInput;
  DuplicateDismissPayload: ResolverTypeWrapper<Omit<DuplicateDismissPayload, 'candidate'> & { candidate?: Maybe<ResolversTypes['DuplicateCandidate']> }>;
  GroupCustomer: ResolverTypeWrapper<GroupCustomerView>;
  GroupMember: ResolverTypeWrapper<GroupMemberView>;
  GroupCustomerConnection: ResolverTypeWrapper<Omit<GroupCustomerConnection, 'edges' | 'nodes' | 'brandStatuses'> & { edges: ReadonlyArray<ResolversTypes['GroupCustomerEdge']>, nodes: ReadonlyArray<ResolversTypes['GroupCustomer']>, brandStatuses: ReadonlyArray<ResolversTypes['BrandStatus']> }>;
  GroupCustomerEdge: ResolverTypeWrapper<Omit<GroupCustomerEdge, 'node'> & { node: ResolversTypes['GroupCustomer'] }>;
  ProfileLookup: ProfileLookup;
  ProfileCreateInput: ProfileCreateInput;
  Identity: ResolverTypeWrapper<IdentityView>;
  IdentityConnection: ResolverTypeWrapper<Omit<IdentityConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversTypes['IdentityEdge']>, nodes: ReadonlyArray<ResolversTypes['Identity']> }>;
  IdentityEdge: ResolverTypeWrapper<Omit<IdentityEdge, 'node'> & { node: ResolversTypes['Identity'] }>;
  IdentityLookup: IdentityLookup;
  IdentityInput: IdentityInput;
  IdentityAddInput: IdentityAddInput;
  IdentityUpdateInput: IdentityUpdateInput;
  IdentityRemoveInput: IdentityRemoveInput;
  IdentityUserError: ResolverTypeWrapper<IdentityUserError>;
  IdentityErrorCode: IdentityErrorCode;
  IdentityAddPayload: ResolverTypeWrapper<Omit<IdentityAddPayload, 'identity'> & { identity?: Maybe<ResolversTypes['Identity']> }>;
  IdentityUpdatePayload: ResolverTypeWrapper<Omit<IdentityUpdatePayload, 'identity'> & { identity?: Maybe<ResolversTypes['Identity']> }>;
  IdentityRemovePayload: ResolverTypeWrapper<Omit<IdentityRemovePayload, 'profile'> & { profile?: Maybe<ResolversTypes['Profile']> }>;
  Interaction: ResolverTypeWrapper<InteractionView>;
  InteractionAction: InteractionAction;
  InteractionChannel: InteractionChannel;
  InteractionConnection: ResolverTypeWrapper<Omit<InteractionConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversTypes['InteractionEdge']>, nodes: ReadonlyArray<ResolversTypes['Interaction']> }>;
  InteractionEdge: ResolverTypeWrapper<Omit<InteractionEdge, 'node'> & { node: ResolversTypes['Interaction'] }>;
  InteractionFilter: InteractionFilter;
  InteractionIngestInput: InteractionIngestInput;
  InteractionCustomerInput: InteractionCustomerInput;
  InteractionUserError: ResolverTypeWrapper<InteractionUserError>;
  InteractionErrorCode: InteractionErrorCode;
  InteractionIngestPayload: ResolverTypeWrapper<Omit<InteractionIngestPayload, 'interaction'> & { interaction?: Maybe<ResolversTypes['Interaction']> }>;
  Location: ResolverTypeWrapper<LocationView>;
  LocationConnection: ResolverTypeWrapper<Omit<LocationConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversTypes['LocationEdge']>, nodes: ReadonlyArray<ResolversTypes['Location']> }>;
  LocationEdge: ResolverTypeWrapper<Omit<LocationEdge, 'node'> & { node: ResolversTypes['Location'] }>;
  Merge: ResolverTypeWrapper<MergeView>;
  MergeBatch: ResolverTypeWrapper<MergeBatchView>;
  MergeBatchStatus: MergeBatchStatus;
  MergeBatchRow: ResolverTypeWrapper<MergeBatchRowView>;
  MergeBatchRowStatus: MergeBatchRowStatus;
  MergeBatchRowConnection: ResolverTypeWrapper<Omit<MergeBatchRowConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversTypes['MergeBatchRowEdge']>, nodes: ReadonlyArray<ResolversTypes['MergeBatchRow']> }>;
  MergeBatchRowEdge: ResolverTypeWrapper<Omit<MergeBatchRowEdge, 'node'> & { node: ResolversTypes['MergeBatchRow'] }>;
  MergeBatchConnection: ResolverTypeWrapper<Omit<MergeBatchConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversTypes['MergeBatchEdge']>, nodes: ReadonlyArray<ResolversTypes['MergeBatch']> }>;
  MergeBatchEdge: ResolverTypeWrapper<Omit<MergeBatchEdge, 'node'> & { node: ResolversTypes['MergeBatch'] }>;
  MergeBatchCreateInput: MergeBatchCreateInput;
  MergeBatchRowInput: MergeBatchRowInput;
  MergeBatchStartInput: MergeBatchStartInput;
  MergeBatchPauseInput: MergeBatchPauseInput;
  MergeBatchCancelInput: MergeBatchCancelInput;
  MergeBatchCreatePayload: ResolverTypeWrapper<Omit<MergeBatchCreatePayload, 'batch'> & { batch?: Maybe<ResolversTypes['MergeBatch']> }>;
  MergeBatchStartPayload: ResolverTypeWrapper<Omit<MergeBatchStartPayload, 'batch'> & { batch?: Maybe<ResolversTypes['MergeBatch']> }>;
  MergeBatchPausePayload: ResolverTypeWrapper<Omit<MergeBatchPausePayload, 'batch'> & { batch?: Maybe<ResolversTypes['MergeBatch']> }>;
  MergeBatchCancelPayload: ResolverTypeWrapper<Omit<MergeBatchCancelPayload, 'batch'> & { batch?: Maybe<ResolversTypes['MergeBatch']> }>;
  MergeConnection: ResolverTypeWrapper<Omit<MergeConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversTypes['MergeEdge']>, nodes: ReadonlyArray<ResolversTypes['Merge']> }>;
  MergeEdge: ResolverTypeWrapper<Omit<MergeEdge, 'node'> & { node: ResolversTypes['Merge'] }>;
  MergeStatus: MergeStatus;
  MergePlan: ResolverTypeWrapper<MergePlanModel>;
  WinnerSuggestion: ResolverTypeWrapper<WinnerSuggestion>;
  WinnerReason: WinnerReason;
  MergeCount: ResolverTypeWrapper<MergeCount>;
  MergeKind: MergeKind;
  FieldDecision: ResolverTypeWrapper<FieldDecision>;
  FieldOutcome: FieldOutcome;
  FieldRule: FieldRule;
  CommsDecision: ResolverTypeWrapper<CommsDecision>;
  CommsRule: CommsRule;
  BalanceChange: ResolverTypeWrapper<BalanceChange>;
  MergeWarning: ResolverTypeWrapper<MergeWarning>;
  MergeWarningCode: MergeWarningCode;
  Mergeability: ResolverTypeWrapper<Mergeability>;
  MergePreviewInput: MergePreviewInput;
  ProfileMergeInput: ProfileMergeInput;
  MergeUndoInput: MergeUndoInput;
  MergeUserError: ResolverTypeWrapper<MergeUserError>;
  MergeErrorCode: MergeErrorCode;
  ProfileMergePayload: ResolverTypeWrapper<Omit<ProfileMergePayload, 'profile' | 'merge'> & { profile?: Maybe<ResolversTypes['Profile']>, merge?: Maybe<ResolversTypes['Merge']> }>;
  MergeUndoPayload: ResolverTypeWrapper<Omit<MergeUndoPayload, 'merge' | 'winner' | 'restored'> & { merge?: Maybe<ResolversTypes['Merge']>, winner?: Maybe<ResolversTypes['Profile']>, restored?: Maybe<ResolversTypes['Profile']> }>;
  CrossBrandProfileConnection: ResolverTypeWrapper<Omit<CrossBrandProfileConnection, 'edges' | 'nodes' | 'brandStatuses'> & { edges: ReadonlyArray<ResolversTypes['CrossBrandProfileEdge']>, nodes: ReadonlyArray<ResolversTypes['Profile']>, brandStatuses: ReadonlyArray<ResolversTypes['BrandStatus']> }>;
  CrossBrandProfileEdge: ResolverTypeWrapper<Omit<CrossBrandProfileEdge, 'node'> & { node: ResolversTypes['Profile'] }>;
  ProfileMatch: ProfileMatch;
  ProfileSearchBy: ProfileSearchBy;
  ProfileSearchIdentity: ProfileSearchIdentity;
  Viewer: ResolverTypeWrapper<ActorModel>;
  ProfileType: ProfileType;
  Gender: Gender;
  BirthDate: ResolverTypeWrapper<BirthDate>;
  Comms: ResolverTypeWrapper<Comms>;
  CommsChannel: ResolverTypeWrapper<CommsChannel>;
  CommsCategory: ResolverTypeWrapper<CommsCategory>;
  Channel: Channel;
  AppearanceAttribute: ResolverTypeWrapper<AppearanceAttribute>;
  DateAttribute: ResolverTypeWrapper<DateAttribute>;
  CustomAttribute: ResolverTypeWrapper<CustomAttribute>;
  CustomAttributeType: CustomAttributeType;
  Address: ResolverTypeWrapper<AddressView>;
  ProfileConnection: ResolverTypeWrapper<Omit<ProfileConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversTypes['ProfileEdge']>, nodes: ReadonlyArray<ResolversTypes['Profile']> }>;
  ProfileEdge: ResolverTypeWrapper<Omit<ProfileEdge, 'node'> & { node: ResolversTypes['Profile'] }>;
  ProfileEmailLookup: ProfileEmailLookup;
  ProfilePhoneLookup: ProfilePhoneLookup;
  ProfileLocalIdLookup: ProfileLocalIdLookup;
  ProfileFilter: ProfileFilter;
  ProfileOrder: ProfileOrder;
  ProfileOrderField: ProfileOrderField;
  ProfileUpdateInput: ProfileUpdateInput;
  BirthDateInput: BirthDateInput;
  CommsChannelInput: CommsChannelInput;
  CommsCategoryInput: CommsCategoryInput;
  AppearanceAttributeInput: AppearanceAttributeInput;
  CustomAttributeInput: CustomAttributeInput;
  AddressInput: AddressInput;
  AddressAddInput: AddressAddInput;
  AddressUpdateInput: AddressUpdateInput;
  AddressRemoveInput: AddressRemoveInput;
  ProfileUserError: ResolverTypeWrapper<ProfileUserError>;
  ProfileErrorCode: ProfileErrorCode;
  ProfileCreatePayload: ResolverTypeWrapper<Omit<ProfileCreatePayload, 'profile'> & { profile?: Maybe<ResolversTypes['Profile']> }>;
  ProfileUpdatePayload: ResolverTypeWrapper<Omit<ProfileUpdatePayload, 'profile'> & { profile?: Maybe<ResolversTypes['Profile']> }>;
  AddressAddPayload: ResolverTypeWrapper<Omit<AddressAddPayload, 'address' | 'profile'> & { address?: Maybe<ResolversTypes['Address']>, profile?: Maybe<ResolversTypes['Profile']> }>;
  AddressUpdatePayload: ResolverTypeWrapper<Omit<AddressUpdatePayload, 'address' | 'profile'> & { address?: Maybe<ResolversTypes['Address']>, profile?: Maybe<ResolversTypes['Profile']> }>;
  AddressRemovePayload: ResolverTypeWrapper<Omit<AddressRemovePayload, 'profile'> & { profile?: Maybe<ResolversTypes['Profile']> }>;
  Transaction: ResolverTypeWrapper<TransactionView>;
  TransactionType: TransactionType;
  TransactionItem: ResolverTypeWrapper<TransactionItem>;
  TransactionPayment: ResolverTypeWrapper<TransactionPayment>;
  TransactionConnection: ResolverTypeWrapper<Omit<TransactionConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversTypes['TransactionEdge']>, nodes: ReadonlyArray<ResolversTypes['Transaction']> }>;
  TransactionEdge: ResolverTypeWrapper<Omit<TransactionEdge, 'node'> & { node: ResolversTypes['Transaction'] }>;
  TransactionFilter: TransactionFilter;
  TransactionLookup: TransactionLookup;
  TransactionExternalLookup: TransactionExternalLookup;
  TransactionIngestInput: TransactionIngestInput;
  TransactionCustomerInput: TransactionCustomerInput;
  TransactionItemInput: TransactionItemInput;
  TransactionPaymentInput: TransactionPaymentInput;
  TransactionUserError: ResolverTypeWrapper<TransactionUserError>;
  TransactionErrorCode: TransactionErrorCode;
  IngestOutcome: IngestOutcome;
  IngestRouting: IngestRouting;
  TransactionIngestPayload: ResolverTypeWrapper<Omit<TransactionIngestPayload, 'transaction'> & { transaction?: Maybe<ResolversTypes['Transaction']> }>;
  Actor: ResolverTypeWrapper<ActorReference>;
  ActorKind: ActorKind;
  Wallet: ResolverTypeWrapper<WalletView>;
  Reward: ResolverTypeWrapper<RewardView>;
  RewardConnection: ResolverTypeWrapper<Omit<RewardConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversTypes['RewardEdge']>, nodes: ReadonlyArray<ResolversTypes['Reward']> }>;
  RewardEdge: ResolverTypeWrapper<Omit<RewardEdge, 'node'> & { node: ResolversTypes['Reward'] }>;
  PointBalance: ResolverTypeWrapper<PointBalance>;
  PointType: PointType;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  DateTime: Scalars['DateTime']['output'];
  Date: Scalars['Date']['output'];
  Decimal: Scalars['Decimal']['output'];
  CurrencyCode: Scalars['CurrencyCode']['output'];
  CountryCode: Scalars['CountryCode']['output'];
  TimeZone: Scalars['TimeZone']['output'];
  LanguageTag: Scalars['LanguageTag']['output'];
  EmailAddress: Scalars['EmailAddress']['output'];
  PhoneNumber: Scalars['PhoneNumber']['output'];
  UUID: Scalars['UUID']['output'];
  JSON: Scalars['JSON']['output'];
  BrandHandle: Scalars['BrandHandle']['output'];
  Money: Money;
  MoneyInput: MoneyInput;
  Node: ResolversInterfaceTypes<ResolversParentTypes>['Node'];
  ID: Scalars['ID']['output'];
  PageInfo: PageInfo;
  Boolean: Scalars['Boolean']['output'];
  UserError: ResolversInterfaceTypes<ResolversParentTypes>['UserError'];
  Query: Record<PropertyKey, never>;
  Float: Scalars['Float']['output'];
  Mutation: Record<PropertyKey, never>;
  Brand: BrandModel;
  SubBrand: SubBrand;
  IdentityHandle: IdentityHandle;
  SourceSystem: SourceSystem;
  SharingRule: SharingRuleModel;
  ConsentPurpose: ConsentPurpose;
  BrandStatus: BrandReport;
  Consent: ConsentView;
  ConsentConnection: Omit<ConsentConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversParentTypes['ConsentEdge']>, nodes: ReadonlyArray<ResolversParentTypes['Consent']> };
  ConsentEdge: Omit<ConsentEdge, 'node'> & { node: ResolversParentTypes['Consent'] };
  ConsentFilter: ConsentFilter;
  ConsentNotice: NoticeView;
  ConsentEvent: Omit<ConsentEvent, 'actor'> & { actor: ResolversParentTypes['Actor'] };
  ConsentReceipt: ConsentReceipt;
  ConsentInput: ConsentInput;
  Profile: ProfileView;
  CrossBrandLink: LinkView;
  CrossBrandLinkEnd: LinkEndView;
  ActivationMessage: ActivationMessage;
  LinkOption: LinkOptionView;
  CrossBrandLinkEnrolInput: CrossBrandLinkEnrolInput;
  CrossBrandLinkActivateInput: CrossBrandLinkActivateInput;
  CrossBrandLinkDeclineInput: CrossBrandLinkDeclineInput;
  CrossBrandLinkResendInput: CrossBrandLinkResendInput;
  CrossBrandLinkWithdrawInput: CrossBrandLinkWithdrawInput;
  CrossBrandLinkWithdrawBy: CrossBrandLinkWithdrawBy;
  CrossBrandLinkUserError: CrossBrandLinkUserError;
  CrossBrandLinkEnrolPayload: Omit<CrossBrandLinkEnrolPayload, 'link'> & { link?: Maybe<ResolversParentTypes['CrossBrandLink']> };
  CrossBrandLinkActivatePayload: CrossBrandLinkActivatePayload;
  CrossBrandLinkDeclinePayload: CrossBrandLinkDeclinePayload;
  CrossBrandLinkResendPayload: Omit<CrossBrandLinkResendPayload, 'link'> & { link?: Maybe<ResolversParentTypes['CrossBrandLink']> };
  CrossBrandLinkWithdrawPayload: CrossBrandLinkWithdrawPayload;
  Activation: Omit<Activation, 'notice'> & { notice: ResolversParentTypes['ConsentNotice'] };
  DuplicateCandidate: DuplicateView;
  DuplicateCandidateConnection: Omit<DuplicateCandidateConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversParentTypes['DuplicateCandidateEdge']>, nodes: ReadonlyArray<ResolversParentTypes['DuplicateCandidate']> };
  DuplicateCandidateEdge: Omit<DuplicateCandidateEdge, 'node'> & { node: ResolversParentTypes['DuplicateCandidate'] };
  DuplicateSignal: DuplicateSignal;
  DuplicateDismissInput: DuplicateDismissInput;
  DuplicateDismissPayload: Omit<DuplicateDismissPayload, 'candidate'> & { candidate?: Maybe<ResolversParentTypes['DuplicateCandidate']> };
  GroupCustomer: GroupCustomerView;
  GroupMember: GroupMemberView;
  GroupCustomerConnection: Omit<GroupCustomerConnection, 'edges' | 'nodes' | 'brandStatuses'> & { edges: ReadonlyArray<ResolversParentTypes['GroupCustomerEdge']>, nodes: ReadonlyArray<ResolversParentTypes['GroupCustomer']>, brandStatuses: ReadonlyArray<ResolversParentTypes['BrandStatus']> };
  GroupCustomerEdge: Omit<GroupCustomerEdge, 'node'> & { node: ResolversParentTypes['GroupCustomer'] };
  ProfileLookup: ProfileLookup;
  ProfileCreateInput: ProfileCreateInput;
  Identity: IdentityView;
  IdentityConnection: Omit<IdentityConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversParentTypes['IdentityEdge']>, nodes: ReadonlyArray<ResolversParentTypes['Identity']> };
  IdentityEdge: Omit<IdentityEdge, 'node'> & { node: ResolversParentTypes['Identity'] };
  IdentityLookup: IdentityLookup;
  IdentityInput: IdentityInput;
  IdentityAddInput: IdentityAddInput;
  IdentityUpdateInput: IdentityUpdateInput;
  IdentityRemoveInput: IdentityRemoveInput;
  IdentityUserError: IdentityUserError;
  IdentityAddPayload: Omit<IdentityAddPayload, 'identity'> & { identity?: Maybe<ResolversParentTypes['Identity']> };
  IdentityUpdatePayload: Omit<IdentityUpdatePayload, 'identity'> & { identity?: Maybe<ResolversParentTypes['Identity']> };
  IdentityRemovePayload: Omit<IdentityRemovePayload, 'profile'> & { profile?: Maybe<ResolversParentTypes['Profile']> };
  Interaction: InteractionView;
  InteractionConnection: Omit<InteractionConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversParentTypes['InteractionEdge']>, nodes: ReadonlyArray<ResolversParentTypes['Interaction']> };
  InteractionEdge: Omit<InteractionEdge, 'node'> & { node: ResolversParentTypes['Interaction'] };
  InteractionFilter: InteractionFilter;
  InteractionIngestInput: InteractionIngestInput;
  InteractionCustomerInput: InteractionCustomerInput;
  InteractionUserError: InteractionUserError;
  InteractionIngestPayload: Omit<InteractionIngestPayload, 'interaction'> & { interaction?: Maybe<ResolversParentTypes['Interaction']> };
  Location: LocationView;
  LocationConnection: Omit<LocationConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversParentTypes['LocationEdge']>, nodes: ReadonlyArray<ResolversParentTypes['Location']> };
  LocationEdge: Omit<LocationEdge, 'node'> & { node: ResolversParentTypes['Location'] };
  Merge: MergeView;
  MergeBatch: MergeBatchView;
  MergeBatchRow: MergeBatchRowView;
  MergeBatchRowConnection: Omit<MergeBatchRowConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversParentTypes['MergeBatchRowEdge']>, nodes: ReadonlyArray<ResolversParentTypes['MergeBatchRow']> };
  MergeBatchRowEdge: Omit<MergeBatchRowEdge, 'node'> & { node: ResolversParentTypes['MergeBatchRow'] };
  MergeBatchConnection: Omit<MergeBatchConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversParentTypes['MergeBatchEdge']>, nodes: ReadonlyArray<ResolversParentTypes['MergeBatch']> };
  MergeBatchEdge: Omit<MergeBatchEdge, 'node'> & { node: ResolversParentTypes['MergeBatch'] };
  MergeBatchCreateInput: MergeBatchCreateInput;
  MergeBatchRowInput: MergeBatchRowInput;
  MergeBatchStartInput: MergeBatchStartInput;
  MergeBatchPauseInput: MergeBatchPauseInput;
  MergeBatchCancelInput: MergeBatchCancelInput;
  MergeBatchCreatePayload: Omit<MergeBatchCreatePayload, 'batch'> & { batch?: Maybe<ResolversParentTypes['MergeBatch']> };
  MergeBatchStartPayload: Omit<MergeBatchStartPayload, 'batch'> & { batch?: Maybe<ResolversParentTypes['MergeBatch']> };
  MergeBatchPausePayload: Omit<MergeBatchPausePayload, 'batch'> & { batch?: Maybe<ResolversParentTypes['MergeBatch']> };
  MergeBatchCancelPayload: Omit<MergeBatchCancelPayload, 'batch'> & { batch?: Maybe<ResolversParentTypes['MergeBatch']> };
  MergeConnection: Omit<MergeConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversParentTypes['MergeEdge']>, nodes: ReadonlyArray<ResolversParentTypes['Merge']> };
  MergeEdge: Omit<MergeEdge, 'node'> & { node: ResolversParentTypes['Merge'] };
  MergePlan: MergePlanModel;
  WinnerSuggestion: WinnerSuggestion;
  MergeCount: MergeCount;
  FieldDecision: FieldDecision;
  CommsDecision: CommsDecision;
  BalanceChange: BalanceChange;
  MergeWarning: MergeWarning;
  Mergeability: Mergeability;
  MergePreviewInput: MergePreviewInput;
  ProfileMergeInput: ProfileMergeInput;
  MergeUndoInput: MergeUndoInput;
  MergeUserError: MergeUserError;
  ProfileMergePayload: Omit<ProfileMergePayload, 'profile' | 'merge'> & { profile?: Maybe<ResolversParentTypes['Profile']>, merge?: Maybe<ResolversParentTypes['Merge']> };
  MergeUndoPayload: Omit<MergeUndoPayload, 'merge' | 'winner' | 'restored'> & { merge?: Maybe<ResolversParentTypes['Merge']>, winner?: Maybe<ResolversParentTypes['Profile']>, restored?: Maybe<ResolversParentTypes['Profile']> };
  CrossBrandProfileConnection: Omit<CrossBrandProfileConnection, 'edges' | 'nodes' | 'brandStatuses'> & { edges: ReadonlyArray<ResolversParentTypes['CrossBrandProfileEdge']>, nodes: ReadonlyArray<ResolversParentTypes['Profile']>, brandStatuses: ReadonlyArray<ResolversParentTypes['BrandStatus']> };
  CrossBrandProfileEdge: Omit<CrossBrandProfileEdge, 'node'> & { node: ResolversParentTypes['Profile'] };
  ProfileSearchBy: ProfileSearchBy;
  ProfileSearchIdentity: ProfileSearchIdentity;
  Viewer: ActorModel;
  BirthDate: BirthDate;
  Comms: Comms;
  CommsChannel: CommsChannel;
  CommsCategory: CommsCategory;
  AppearanceAttribute: AppearanceAttribute;
  DateAttribute: DateAttribute;
  CustomAttribute: CustomAttribute;
  Address: AddressView;
  ProfileConnection: Omit<ProfileConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversParentTypes['ProfileEdge']>, nodes: ReadonlyArray<ResolversParentTypes['Profile']> };
  ProfileEdge: Omit<ProfileEdge, 'node'> & { node: ResolversParentTypes['Profile'] };
  ProfileEmailLookup: ProfileEmailLookup;
  ProfilePhoneLookup: ProfilePhoneLookup;
  ProfileLocalIdLookup: ProfileLocalIdLookup;
  ProfileFilter: ProfileFilter;
  ProfileOrder: ProfileOrder;
  ProfileUpdateInput: ProfileUpdateInput;
  BirthDateInput: BirthDateInput;
  CommsChannelInput: CommsChannelInput;
  CommsCategoryInput: CommsCategoryInput;
  AppearanceAttributeInput: AppearanceAttributeInput;
  CustomAttributeInput: CustomAttributeInput;
  AddressInput: AddressInput;
  AddressAddInput: AddressAddInput;
  AddressUpdateInput: AddressUpdateInput;
  AddressRemoveInput: AddressRemoveInput;
  ProfileUserError: ProfileUserError;
  ProfileCreatePayload: Omit<ProfileCreatePayload, 'profile'> & { profile?: Maybe<ResolversParentTypes['Profile']> };
  ProfileUpdatePayload: Omit<ProfileUpdatePayload, 'profile'> & { profile?: Maybe<ResolversParentTypes['Profile']> };
  AddressAddPayload: Omit<AddressAddPayload, 'address' | 'profile'> & { address?: Maybe<ResolversParentTypes['Address']>, profile?: Maybe<ResolversParentTypes['Profile']> };
  AddressUpdatePayload: Omit<AddressUpdatePayload, 'address' | 'profile'> & { address?: Maybe<ResolversParentTypes['Address']>, profile?: Maybe<ResolversParentTypes['Profile']> };
  AddressRemovePayload: Omit<AddressRemovePayload, 'profile'> & { profile?: Maybe<ResolversParentTypes['Profile']> };
  Transaction: TransactionView;
  TransactionItem: TransactionItem;
  TransactionPayment: TransactionPayment;
  TransactionConnection: Omit<TransactionConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversParentTypes['TransactionEdge']>, nodes: ReadonlyArray<ResolversParentTypes['Transaction']> };
  TransactionEdge: Omit<TransactionEdge, 'node'> & { node: ResolversParentTypes['Transaction'] };
  TransactionFilter: TransactionFilter;
  TransactionLookup: TransactionLookup;
  TransactionExternalLookup: TransactionExternalLookup;
  TransactionIngestInput: TransactionIngestInput;
  TransactionCustomerInput: TransactionCustomerInput;
  TransactionItemInput: TransactionItemInput;
  TransactionPaymentInput: TransactionPaymentInput;
  TransactionUserError: TransactionUserError;
  TransactionIngestPayload: Omit<TransactionIngestPayload, 'transaction'> & { transaction?: Maybe<ResolversParentTypes['Transaction']> };
  Actor: ActorReference;
  Wallet: WalletView;
  Reward: RewardView;
  RewardConnection: Omit<RewardConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversParentTypes['RewardEdge']>, nodes: ReadonlyArray<ResolversParentTypes['Reward']> };
  RewardEdge: Omit<RewardEdge, 'node'> & { node: ResolversParentTypes['Reward'] };
  PointBalance: PointBalance;
  String: Scalars['String']['output'];
  Int: Scalars['Int']['output'];
};

export type RequiresScopesDirectiveArgs = {
  scopes: ReadonlyArray<Scalars['String']['input']>;
};

export type RequiresScopesDirectiveResolver<Result, Parent, ContextType = OperationContext, Args = RequiresScopesDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type PublicDirectiveArgs = { };

export type PublicDirectiveResolver<Result, Parent, ContextType = OperationContext, Args = PublicDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type PersonalDirectiveArgs = {
  category: PersonalDataCategory;
};

export type PersonalDirectiveResolver<Result, Parent, ContextType = OperationContext, Args = PersonalDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type CostDirectiveArgs = {
  weight: Scalars['Int']['input'];
};

export type CostDirectiveResolver<Result, Parent, ContextType = OperationContext, Args = CostDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export interface DateScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Date'], any> {
  name: 'Date';
}

export interface DecimalScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Decimal'], any> {
  name: 'Decimal';
}

export interface CurrencyCodeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['CurrencyCode'], any> {
  name: 'CurrencyCode';
}

export interface CountryCodeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['CountryCode'], any> {
  name: 'CountryCode';
}

export interface TimeZoneScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['TimeZone'], any> {
  name: 'TimeZone';
}

export interface LanguageTagScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['LanguageTag'], any> {
  name: 'LanguageTag';
}

export interface EmailAddressScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['EmailAddress'], any> {
  name: 'EmailAddress';
}

export interface PhoneNumberScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['PhoneNumber'], any> {
  name: 'PhoneNumber';
}

export interface UuidScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['UUID'], any> {
  name: 'UUID';
}

export interface JsonScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['JSON'], any> {
  name: 'JSON';
}

export interface BrandHandleScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['BrandHandle'], any> {
  name: 'BrandHandle';
}

export type MoneyResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Money'] = ResolversParentTypes['Money']> = {
  amount?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
  currencyCode?: Resolver<ResolversTypes['CurrencyCode'], ParentType, ContextType>;
};

export type NodeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Node'] = ResolversParentTypes['Node']> = {
  __resolveType: TypeResolveFn<'Brand' | 'Consent' | 'Profile' | 'CrossBrandLink' | 'DuplicateCandidate' | 'Identity' | 'Interaction' | 'Location' | 'Merge' | 'MergeBatch' | 'Address' | 'Transaction' | 'Reward', ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type UserErrorResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['UserError'] = ResolversParentTypes['UserError']> = {
  __resolveType: TypeResolveFn<'CrossBrandLinkUserError' | 'IdentityUserError' | 'InteractionUserError' | 'MergeUserError' | 'ProfileUserError' | 'TransactionUserError', ParentType, ContextType>;
};

export type QueryResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  node?: Resolver<Maybe<ResolversTypes['Node']>, ParentType, ContextType, RequireFields<QueryNodeArgs, 'id'>>;
  nodes?: Resolver<ReadonlyArray<Maybe<ResolversTypes['Node']>>, ParentType, ContextType, RequireFields<QueryNodesArgs, 'ids'>>;
  brands?: Resolver<ReadonlyArray<ResolversTypes['Brand']>, ParentType, ContextType>;
  brand?: Resolver<Maybe<ResolversTypes['Brand']>, ParentType, ContextType, RequireFields<QueryBrandArgs, 'handle'>>;
  consents?: Resolver<Maybe<ResolversTypes['ConsentConnection']>, ParentType, ContextType, RequireFields<QueryConsentsArgs, 'first'>>;
  activation?: Resolver<Maybe<ResolversTypes['Activation']>, ParentType, ContextType, RequireFields<QueryActivationArgs, 'token'>>;
  duplicateCandidates?: Resolver<Maybe<ResolversTypes['DuplicateCandidateConnection']>, ParentType, ContextType, RequireFields<QueryDuplicateCandidatesArgs, 'brand' | 'first' | 'minScore' | 'statuses'>>;
  groupCustomer?: Resolver<Maybe<ResolversTypes['GroupCustomer']>, ParentType, ContextType, RequireFields<QueryGroupCustomerArgs, 'by'>>;
  groupCustomers?: Resolver<Maybe<ResolversTypes['GroupCustomerConnection']>, ParentType, ContextType, RequireFields<QueryGroupCustomersArgs, 'brands' | 'first'>>;
  identity?: Resolver<Maybe<ResolversTypes['Identity']>, ParentType, ContextType, RequireFields<QueryIdentityArgs, 'by'>>;
  mergeBatches?: Resolver<Maybe<ResolversTypes['MergeBatchConnection']>, ParentType, ContextType, RequireFields<QueryMergeBatchesArgs, 'brand' | 'first'>>;
  mergePreview?: Resolver<Maybe<ResolversTypes['MergePlan']>, ParentType, ContextType, RequireFields<QueryMergePreviewArgs, 'input'>>;
  merges?: Resolver<Maybe<ResolversTypes['MergeConnection']>, ParentType, ContextType, RequireFields<QueryMergesArgs, 'brand' | 'first'>>;
  profileSearch?: Resolver<Maybe<ResolversTypes['CrossBrandProfileConnection']>, ParentType, ContextType, RequireFields<QueryProfileSearchArgs, 'by' | 'first'>>;
  profile?: Resolver<Maybe<ResolversTypes['Profile']>, ParentType, ContextType, RequireFields<QueryProfileArgs, 'by'>>;
  profiles?: Resolver<Maybe<ResolversTypes['ProfileConnection']>, ParentType, ContextType, RequireFields<QueryProfilesArgs, 'brand' | 'first' | 'orderBy'>>;
  transaction?: Resolver<Maybe<ResolversTypes['Transaction']>, ParentType, ContextType, RequireFields<QueryTransactionArgs, 'by'>>;
  viewer?: Resolver<ResolversTypes['Viewer'], ParentType, ContextType>;
};

export type MutationResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  crossBrandLinkEnrol?: Resolver<Maybe<ResolversTypes['CrossBrandLinkEnrolPayload']>, ParentType, ContextType, RequireFields<MutationCrossBrandLinkEnrolArgs, 'input'>>;
  crossBrandLinkActivate?: Resolver<Maybe<ResolversTypes['CrossBrandLinkActivatePayload']>, ParentType, ContextType, RequireFields<MutationCrossBrandLinkActivateArgs, 'input'>>;
  crossBrandLinkDecline?: Resolver<Maybe<ResolversTypes['CrossBrandLinkDeclinePayload']>, ParentType, ContextType, RequireFields<MutationCrossBrandLinkDeclineArgs, 'input'>>;
  crossBrandLinkResend?: Resolver<Maybe<ResolversTypes['CrossBrandLinkResendPayload']>, ParentType, ContextType, RequireFields<MutationCrossBrandLinkResendArgs, 'input'>>;
  crossBrandLinkWithdraw?: Resolver<Maybe<ResolversTypes['CrossBrandLinkWithdrawPayload']>, ParentType, ContextType, RequireFields<MutationCrossBrandLinkWithdrawArgs, 'input'>>;
  duplicateDismiss?: Resolver<Maybe<ResolversTypes['DuplicateDismissPayload']>, ParentType, ContextType, RequireFields<MutationDuplicateDismissArgs, 'input'>>;
  identityAdd?: Resolver<Maybe<ResolversTypes['IdentityAddPayload']>, ParentType, ContextType, RequireFields<MutationIdentityAddArgs, 'input'>>;
  identityUpdate?: Resolver<Maybe<ResolversTypes['IdentityUpdatePayload']>, ParentType, ContextType, RequireFields<MutationIdentityUpdateArgs, 'input'>>;
  identityRemove?: Resolver<Maybe<ResolversTypes['IdentityRemovePayload']>, ParentType, ContextType, RequireFields<MutationIdentityRemoveArgs, 'input'>>;
  interactionIngest?: Resolver<Maybe<ResolversTypes['InteractionIngestPayload']>, ParentType, ContextType, RequireFields<MutationInteractionIngestArgs, 'input'>>;
  mergeBatchCreate?: Resolver<Maybe<ResolversTypes['MergeBatchCreatePayload']>, ParentType, ContextType, RequireFields<MutationMergeBatchCreateArgs, 'input'>>;
  mergeBatchStart?: Resolver<Maybe<ResolversTypes['MergeBatchStartPayload']>, ParentType, ContextType, RequireFields<MutationMergeBatchStartArgs, 'input'>>;
  mergeBatchPause?: Resolver<Maybe<ResolversTypes['MergeBatchPausePayload']>, ParentType, ContextType, RequireFields<MutationMergeBatchPauseArgs, 'input'>>;
  mergeBatchCancel?: Resolver<Maybe<ResolversTypes['MergeBatchCancelPayload']>, ParentType, ContextType, RequireFields<MutationMergeBatchCancelArgs, 'input'>>;
  profileMerge?: Resolver<Maybe<ResolversTypes['ProfileMergePayload']>, ParentType, ContextType, RequireFields<MutationProfileMergeArgs, 'input'>>;
  mergeUndo?: Resolver<Maybe<ResolversTypes['MergeUndoPayload']>, ParentType, ContextType, RequireFields<MutationMergeUndoArgs, 'input'>>;
  profileCreate?: Resolver<Maybe<ResolversTypes['ProfileCreatePayload']>, ParentType, ContextType, RequireFields<MutationProfileCreateArgs, 'input'>>;
  profileUpdate?: Resolver<Maybe<ResolversTypes['ProfileUpdatePayload']>, ParentType, ContextType, RequireFields<MutationProfileUpdateArgs, 'input'>>;
  addressAdd?: Resolver<Maybe<ResolversTypes['AddressAddPayload']>, ParentType, ContextType, RequireFields<MutationAddressAddArgs, 'input'>>;
  addressUpdate?: Resolver<Maybe<ResolversTypes['AddressUpdatePayload']>, ParentType, ContextType, RequireFields<MutationAddressUpdateArgs, 'input'>>;
  addressRemove?: Resolver<Maybe<ResolversTypes['AddressRemovePayload']>, ParentType, ContextType, RequireFields<MutationAddressRemoveArgs, 'input'>>;
  transactionIngest?: Resolver<Maybe<ResolversTypes['TransactionIngestPayload']>, ParentType, ContextType, RequireFields<MutationTransactionIngestArgs, 'input'>>;
};

export type BrandResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Brand'] = ResolversParentTypes['Brand']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  handle?: Resolver<ResolversTypes['BrandHandle'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  currencyCode?: Resolver<ResolversTypes['CurrencyCode'], ParentType, ContextType>;
  timeZone?: Resolver<ResolversTypes['TimeZone'], ParentType, ContextType>;
  phoneRegion?: Resolver<ResolversTypes['CountryCode'], ParentType, ContextType>;
  subBrands?: Resolver<ReadonlyArray<ResolversTypes['SubBrand']>, ParentType, ContextType>;
  identityHandles?: Resolver<ReadonlyArray<ResolversTypes['IdentityHandle']>, ParentType, ContextType>;
  systems?: Resolver<ReadonlyArray<ResolversTypes['SourceSystem']>, ParentType, ContextType>;
  sharingRules?: Resolver<ReadonlyArray<ResolversTypes['SharingRule']>, ParentType, ContextType>;
  locations?: Resolver<Maybe<ResolversTypes['LocationConnection']>, ParentType, ContextType, RequireFields<BrandLocationsArgs, 'first'>>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SubBrandResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['SubBrand'] = ResolversParentTypes['SubBrand']> = {
  handle?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type IdentityHandleResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['IdentityHandle'] = ResolversParentTypes['IdentityHandle']> = {
  handle?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  reservedFor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  isMultiple?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type SourceSystemResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['SourceSystem'] = ResolversParentTypes['SourceSystem']> = {
  handle?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type SharingRuleResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['SharingRule'] = ResolversParentTypes['SharingRule']> = {
  toBrand?: Resolver<ResolversTypes['Brand'], ParentType, ContextType>;
  agreement?: Resolver<ResolversTypes['AgreementStatus'], ParentType, ContextType>;
  attributes?: Resolver<ReadonlyArray<ResolversTypes['ShareableAttribute']>, ParentType, ContextType>;
  purposes?: Resolver<ReadonlyArray<ResolversTypes['ConsentPurpose']>, ParentType, ContextType>;
  activationHours?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  welcomeReward?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  notice?: Resolver<ResolversTypes['ConsentNotice'], ParentType, ContextType>;
};

export type ConsentPurposeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['ConsentPurpose'] = ResolversParentTypes['ConsentPurpose']> = {
  code?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  text?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type BrandStatusResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['BrandStatus'] = ResolversParentTypes['BrandStatus']> = {
  brand?: Resolver<ResolversTypes['Brand'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['BrandState'], ParentType, ContextType>;
  latencyMs?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  isRetryable?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type ConsentResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Consent'] = ResolversParentTypes['Consent']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['ConsentStatus'], ParentType, ContextType>;
  fromBrand?: Resolver<ResolversTypes['Brand'], ParentType, ContextType>;
  toBrand?: Resolver<ResolversTypes['Brand'], ParentType, ContextType>;
  purposes?: Resolver<ReadonlyArray<ResolversTypes['ConsentPurpose']>, ParentType, ContextType>;
  attributes?: Resolver<ReadonlyArray<ResolversTypes['ShareableAttribute']>, ParentType, ContextType>;
  notice?: Resolver<ResolversTypes['ConsentNotice'], ParentType, ContextType>;
  method?: Resolver<ResolversTypes['ConsentMethod'], ParentType, ContextType>;
  givenAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  recordedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  recordedBy?: Resolver<ResolversTypes['Actor'], ParentType, ContextType>;
  validUntil?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  epoch?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  events?: Resolver<ReadonlyArray<ResolversTypes['ConsentEvent']>, ParentType, ContextType>;
  receipt?: Resolver<Maybe<ResolversTypes['ConsentReceipt']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ConsentConnectionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['ConsentConnection'] = ResolversParentTypes['ConsentConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['ConsentEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['Consent']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type ConsentEdgeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['ConsentEdge'] = ResolversParentTypes['ConsentEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Consent'], ParentType, ContextType>;
};

export type ConsentNoticeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['ConsentNotice'] = ResolversParentTypes['ConsentNotice']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  language?: Resolver<ResolversTypes['LanguageTag'], ParentType, ContextType>;
  text?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  sha256?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ConsentEventResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['ConsentEvent'] = ResolversParentTypes['ConsentEvent']> = {
  status?: Resolver<ResolversTypes['ConsentStatus'], ParentType, ContextType>;
  occurredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  actor?: Resolver<ResolversTypes['Actor'], ParentType, ContextType>;
  hash?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ConsentReceiptResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['ConsentReceipt'] = ResolversParentTypes['ConsentReceipt']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  issuedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  jws?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  withdrawalUrl?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type ProfileResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Profile'] = ResolversParentTypes['Profile']> = {
  crossBrandLinks?: Resolver<Maybe<ReadonlyArray<ResolversTypes['CrossBrandLink']>>, ParentType, ContextType, RequireFields<ProfileCrossBrandLinksArgs, 'statuses'>>;
  linkOptions?: Resolver<Maybe<ReadonlyArray<ResolversTypes['LinkOption']>>, ParentType, ContextType>;
  duplicateCandidates?: Resolver<Maybe<ResolversTypes['DuplicateCandidateConnection']>, ParentType, ContextType, RequireFields<ProfileDuplicateCandidatesArgs, 'first'>>;
  groupCustomer?: Resolver<Maybe<ResolversTypes['GroupCustomer']>, ParentType, ContextType>;
  identities?: Resolver<Maybe<ResolversTypes['IdentityConnection']>, ParentType, ContextType, RequireFields<ProfileIdentitiesArgs, 'first'>>;
  interactions?: Resolver<Maybe<ResolversTypes['InteractionConnection']>, ParentType, ContextType, RequireFields<ProfileInteractionsArgs, 'first'>>;
  mergeability?: Resolver<Maybe<ResolversTypes['Mergeability']>, ParentType, ContextType>;
  merges?: Resolver<Maybe<ResolversTypes['MergeConnection']>, ParentType, ContextType, RequireFields<ProfileMergesArgs, 'first'>>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  localId?: Resolver<ResolversTypes['UUID'], ParentType, ContextType>;
  formerIds?: Resolver<ReadonlyArray<ResolversTypes['ID']>, ParentType, ContextType>;
  brand?: Resolver<ResolversTypes['Brand'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['ProfileType'], ParentType, ContextType>;
  isKnown?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  title?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  firstName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  lastName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  fullName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  email?: Resolver<Maybe<ResolversTypes['EmailAddress']>, ParentType, ContextType>;
  mobilePhone?: Resolver<Maybe<ResolversTypes['PhoneNumber']>, ParentType, ContextType>;
  secondaryPhone?: Resolver<Maybe<ResolversTypes['PhoneNumber']>, ParentType, ContextType>;
  birthDate?: Resolver<Maybe<ResolversTypes['BirthDate']>, ParentType, ContextType>;
  gender?: Resolver<Maybe<ResolversTypes['Gender']>, ParentType, ContextType>;
  company?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  occupation?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  tags?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  statuses?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  comms?: Resolver<ResolversTypes['Comms'], ParentType, ContextType>;
  appearance?: Resolver<ReadonlyArray<ResolversTypes['AppearanceAttribute']>, ParentType, ContextType>;
  dates?: Resolver<ReadonlyArray<ResolversTypes['DateAttribute']>, ParentType, ContextType>;
  customAttributes?: Resolver<ReadonlyArray<ResolversTypes['CustomAttribute']>, ParentType, ContextType, Partial<ProfileCustomAttributesArgs>>;
  addresses?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Address']>>, ParentType, ContextType>;
  joinedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  transactions?: Resolver<Maybe<ResolversTypes['TransactionConnection']>, ParentType, ContextType, RequireFields<ProfileTransactionsArgs, 'first'>>;
  wallet?: Resolver<Maybe<ResolversTypes['Wallet']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CrossBrandLinkResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['CrossBrandLink'] = ResolversParentTypes['CrossBrandLink']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['CrossBrandLinkStatus'], ParentType, ContextType>;
  source?: Resolver<ResolversTypes['CrossBrandLinkEnd'], ParentType, ContextType>;
  target?: Resolver<ResolversTypes['CrossBrandLinkEnd'], ParentType, ContextType>;
  sharedHandle?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  sharedIdentifier?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  consentedAttributes?: Resolver<ReadonlyArray<ResolversTypes['ShareableAttribute']>, ParentType, ContextType>;
  consent?: Resolver<Maybe<ResolversTypes['Consent']>, ParentType, ContextType>;
  activation?: Resolver<Maybe<ResolversTypes['ActivationMessage']>, ParentType, ContextType>;
  actor?: Resolver<ResolversTypes['Actor'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  activatedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  endedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CrossBrandLinkEndResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['CrossBrandLinkEnd'] = ResolversParentTypes['CrossBrandLinkEnd']> = {
  brand?: Resolver<ResolversTypes['Brand'], ParentType, ContextType>;
  profile?: Resolver<Maybe<ResolversTypes['Profile']>, ParentType, ContextType>;
  state?: Resolver<ResolversTypes['CrossBrandLinkEndState'], ParentType, ContextType>;
};

export type ActivationMessageResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['ActivationMessage'] = ResolversParentTypes['ActivationMessage']> = {
  channel?: Resolver<ResolversTypes['Channel'], ParentType, ContextType>;
  maskedAddress?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['ActivationMessageStatus'], ParentType, ContextType>;
  sentAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  resendsLeft?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type LinkOptionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['LinkOption'] = ResolversParentTypes['LinkOption']> = {
  brand?: Resolver<ResolversTypes['Brand'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['LinkOptionState'], ParentType, ContextType>;
  unavailableReason?: Resolver<Maybe<ResolversTypes['LinkUnavailableReason']>, ParentType, ContextType>;
  attributes?: Resolver<ReadonlyArray<ResolversTypes['ShareableAttribute']>, ParentType, ContextType>;
  notice?: Resolver<Maybe<ResolversTypes['ConsentNotice']>, ParentType, ContextType>;
  welcomeReward?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  link?: Resolver<Maybe<ResolversTypes['CrossBrandLink']>, ParentType, ContextType>;
};

export type CrossBrandLinkUserErrorResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['CrossBrandLinkUserError'] = ResolversParentTypes['CrossBrandLinkUserError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  field?: Resolver<Maybe<ReadonlyArray<ResolversTypes['String']>>, ParentType, ContextType>;
  code?: Resolver<ResolversTypes['CrossBrandLinkErrorCode'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CrossBrandLinkEnrolPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['CrossBrandLinkEnrolPayload'] = ResolversParentTypes['CrossBrandLinkEnrolPayload']> = {
  link?: Resolver<Maybe<ResolversTypes['CrossBrandLink']>, ParentType, ContextType>;
  userErrors?: Resolver<ReadonlyArray<ResolversTypes['CrossBrandLinkUserError']>, ParentType, ContextType>;
};

export type CrossBrandLinkActivatePayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['CrossBrandLinkActivatePayload'] = ResolversParentTypes['CrossBrandLinkActivatePayload']> = {
  receipt?: Resolver<Maybe<ResolversTypes['ConsentReceipt']>, ParentType, ContextType>;
  portalUrl?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  userErrors?: Resolver<ReadonlyArray<ResolversTypes['CrossBrandLinkUserError']>, ParentType, ContextType>;
};

export type CrossBrandLinkDeclinePayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['CrossBrandLinkDeclinePayload'] = ResolversParentTypes['CrossBrandLinkDeclinePayload']> = {
  quietUntil?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  userErrors?: Resolver<ReadonlyArray<ResolversTypes['CrossBrandLinkUserError']>, ParentType, ContextType>;
};

export type CrossBrandLinkResendPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['CrossBrandLinkResendPayload'] = ResolversParentTypes['CrossBrandLinkResendPayload']> = {
  link?: Resolver<Maybe<ResolversTypes['CrossBrandLink']>, ParentType, ContextType>;
  userErrors?: Resolver<ReadonlyArray<ResolversTypes['CrossBrandLinkUserError']>, ParentType, ContextType>;
};

export type CrossBrandLinkWithdrawPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['CrossBrandLinkWithdrawPayload'] = ResolversParentTypes['CrossBrandLinkWithdrawPayload']> = {
  withdrawnAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  receipt?: Resolver<Maybe<ResolversTypes['ConsentReceipt']>, ParentType, ContextType>;
  userErrors?: Resolver<ReadonlyArray<ResolversTypes['CrossBrandLinkUserError']>, ParentType, ContextType>;
};

export type ActivationResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Activation'] = ResolversParentTypes['Activation']> = {
  fromBrandName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  toBrandName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  attributes?: Resolver<ReadonlyArray<ResolversTypes['ShareableAttribute']>, ParentType, ContextType>;
  notice?: Resolver<ResolversTypes['ConsentNotice'], ParentType, ContextType>;
  welcomeReward?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type DuplicateCandidateResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['DuplicateCandidate'] = ResolversParentTypes['DuplicateCandidate']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  suggestedWinner?: Resolver<Maybe<ResolversTypes['Profile']>, ParentType, ContextType>;
  suggestedLoser?: Resolver<Maybe<ResolversTypes['Profile']>, ParentType, ContextType>;
  score?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  signals?: Resolver<ReadonlyArray<ResolversTypes['DuplicateSignal']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['DuplicateStatus'], ParentType, ContextType>;
  foundAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type DuplicateCandidateConnectionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['DuplicateCandidateConnection'] = ResolversParentTypes['DuplicateCandidateConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['DuplicateCandidateEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['DuplicateCandidate']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type DuplicateCandidateEdgeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['DuplicateCandidateEdge'] = ResolversParentTypes['DuplicateCandidateEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['DuplicateCandidate'], ParentType, ContextType>;
};

export type DuplicateSignalResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['DuplicateSignal'] = ResolversParentTypes['DuplicateSignal']> = {
  kind?: Resolver<ResolversTypes['DuplicateSignalKind'], ParentType, ContextType>;
  weight?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type DuplicateDismissPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['DuplicateDismissPayload'] = ResolversParentTypes['DuplicateDismissPayload']> = {
  candidate?: Resolver<Maybe<ResolversTypes['DuplicateCandidate']>, ParentType, ContextType>;
  userErrors?: Resolver<ReadonlyArray<ResolversTypes['MergeUserError']>, ParentType, ContextType>;
};

export type GroupCustomerResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['GroupCustomer'] = ResolversParentTypes['GroupCustomer']> = {
  members?: Resolver<ReadonlyArray<ResolversTypes['GroupMember']>, ParentType, ContextType>;
  brandStatuses?: Resolver<ReadonlyArray<ResolversTypes['BrandStatus']>, ParentType, ContextType>;
};

export type GroupMemberResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['GroupMember'] = ResolversParentTypes['GroupMember']> = {
  brand?: Resolver<ResolversTypes['Brand'], ParentType, ContextType>;
  profile?: Resolver<Maybe<ResolversTypes['Profile']>, ParentType, ContextType>;
  link?: Resolver<Maybe<ResolversTypes['CrossBrandLink']>, ParentType, ContextType>;
};

export type GroupCustomerConnectionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['GroupCustomerConnection'] = ResolversParentTypes['GroupCustomerConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['GroupCustomerEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['GroupCustomer']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  brandStatuses?: Resolver<ReadonlyArray<ResolversTypes['BrandStatus']>, ParentType, ContextType>;
};

export type GroupCustomerEdgeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['GroupCustomerEdge'] = ResolversParentTypes['GroupCustomerEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['GroupCustomer'], ParentType, ContextType>;
};

export type IdentityResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Identity'] = ResolversParentTypes['Identity']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  profile?: Resolver<Maybe<ResolversTypes['Profile']>, ParentType, ContextType>;
  handle?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  identifier?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  isPrimary?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  isActive?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  mergedFromId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type IdentityConnectionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['IdentityConnection'] = ResolversParentTypes['IdentityConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['IdentityEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['Identity']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type IdentityEdgeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['IdentityEdge'] = ResolversParentTypes['IdentityEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Identity'], ParentType, ContextType>;
};

export type IdentityUserErrorResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['IdentityUserError'] = ResolversParentTypes['IdentityUserError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  field?: Resolver<Maybe<ReadonlyArray<ResolversTypes['String']>>, ParentType, ContextType>;
  code?: Resolver<ResolversTypes['IdentityErrorCode'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type IdentityAddPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['IdentityAddPayload'] = ResolversParentTypes['IdentityAddPayload']> = {
  identity?: Resolver<Maybe<ResolversTypes['Identity']>, ParentType, ContextType>;
  userErrors?: Resolver<ReadonlyArray<ResolversTypes['IdentityUserError']>, ParentType, ContextType>;
};

export type IdentityUpdatePayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['IdentityUpdatePayload'] = ResolversParentTypes['IdentityUpdatePayload']> = {
  identity?: Resolver<Maybe<ResolversTypes['Identity']>, ParentType, ContextType>;
  userErrors?: Resolver<ReadonlyArray<ResolversTypes['IdentityUserError']>, ParentType, ContextType>;
};

export type IdentityRemovePayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['IdentityRemovePayload'] = ResolversParentTypes['IdentityRemovePayload']> = {
  removedIdentityId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  profile?: Resolver<Maybe<ResolversTypes['Profile']>, ParentType, ContextType>;
  userErrors?: Resolver<ReadonlyArray<ResolversTypes['IdentityUserError']>, ParentType, ContextType>;
};

export type InteractionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Interaction'] = ResolversParentTypes['Interaction']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  brand?: Resolver<ResolversTypes['Brand'], ParentType, ContextType>;
  system?: Resolver<ResolversTypes['SourceSystem'], ParentType, ContextType>;
  externalId?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  profile?: Resolver<Maybe<ResolversTypes['Profile']>, ParentType, ContextType>;
  action?: Resolver<ResolversTypes['InteractionAction'], ParentType, ContextType>;
  channel?: Resolver<ResolversTypes['InteractionChannel'], ParentType, ContextType>;
  signal?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  namespace?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  location?: Resolver<Maybe<ResolversTypes['Location']>, ParentType, ContextType>;
  meta?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  interactedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  receivedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type InteractionConnectionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['InteractionConnection'] = ResolversParentTypes['InteractionConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['InteractionEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['Interaction']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type InteractionEdgeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['InteractionEdge'] = ResolversParentTypes['InteractionEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Interaction'], ParentType, ContextType>;
};

export type InteractionUserErrorResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['InteractionUserError'] = ResolversParentTypes['InteractionUserError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  field?: Resolver<Maybe<ReadonlyArray<ResolversTypes['String']>>, ParentType, ContextType>;
  code?: Resolver<ResolversTypes['InteractionErrorCode'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type InteractionIngestPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['InteractionIngestPayload'] = ResolversParentTypes['InteractionIngestPayload']> = {
  interaction?: Resolver<Maybe<ResolversTypes['Interaction']>, ParentType, ContextType>;
  outcome?: Resolver<Maybe<ResolversTypes['IngestOutcome']>, ParentType, ContextType>;
  routing?: Resolver<Maybe<ResolversTypes['IngestRouting']>, ParentType, ContextType>;
  userErrors?: Resolver<ReadonlyArray<ResolversTypes['InteractionUserError']>, ParentType, ContextType>;
};

export type LocationResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Location'] = ResolversParentTypes['Location']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  brand?: Resolver<ResolversTypes['Brand'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  externalCode?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  timeZone?: Resolver<ResolversTypes['TimeZone'], ParentType, ContextType>;
  isPublished?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  isPermanentlyClosed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type LocationConnectionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['LocationConnection'] = ResolversParentTypes['LocationConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['LocationEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['Location']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type LocationEdgeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['LocationEdge'] = ResolversParentTypes['LocationEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Location'], ParentType, ContextType>;
};

export type MergeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Merge'] = ResolversParentTypes['Merge']> = {
  batch?: Resolver<Maybe<ResolversTypes['MergeBatch']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  brand?: Resolver<ResolversTypes['Brand'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['MergeStatus'], ParentType, ContextType>;
  winner?: Resolver<Maybe<ResolversTypes['Profile']>, ParentType, ContextType>;
  winnerId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  loserId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  planHash?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  counts?: Resolver<ReadonlyArray<ResolversTypes['MergeCount']>, ParentType, ContextType>;
  fields?: Resolver<ReadonlyArray<ResolversTypes['FieldDecision']>, ParentType, ContextType>;
  comms?: Resolver<ReadonlyArray<ResolversTypes['CommsDecision']>, ParentType, ContextType>;
  actor?: Resolver<ResolversTypes['Actor'], ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  committedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  completedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  undoableUntil?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  undoBlockers?: Resolver<Maybe<ReadonlyArray<ResolversTypes['MergeUserError']>>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type MergeBatchResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['MergeBatch'] = ResolversParentTypes['MergeBatch']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  brand?: Resolver<ResolversTypes['Brand'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['MergeBatchStatus'], ParentType, ContextType>;
  rowCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  mergedCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  refusedCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  rows?: Resolver<Maybe<ResolversTypes['MergeBatchRowConnection']>, ParentType, ContextType, RequireFields<MergeBatchRowsArgs, 'first'>>;
  actor?: Resolver<ResolversTypes['Actor'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  startedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  finishedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type MergeBatchRowResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['MergeBatchRow'] = ResolversParentTypes['MergeBatchRow']> = {
  number?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  winnerId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  loserId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['MergeBatchRowStatus'], ParentType, ContextType>;
  refusal?: Resolver<Maybe<ResolversTypes['MergeUserError']>, ParentType, ContextType>;
  merge?: Resolver<Maybe<ResolversTypes['Merge']>, ParentType, ContextType>;
};

export type MergeBatchRowConnectionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['MergeBatchRowConnection'] = ResolversParentTypes['MergeBatchRowConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['MergeBatchRowEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['MergeBatchRow']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type MergeBatchRowEdgeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['MergeBatchRowEdge'] = ResolversParentTypes['MergeBatchRowEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['MergeBatchRow'], ParentType, ContextType>;
};

export type MergeBatchConnectionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['MergeBatchConnection'] = ResolversParentTypes['MergeBatchConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['MergeBatchEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['MergeBatch']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type MergeBatchEdgeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['MergeBatchEdge'] = ResolversParentTypes['MergeBatchEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['MergeBatch'], ParentType, ContextType>;
};

export type MergeBatchCreatePayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['MergeBatchCreatePayload'] = ResolversParentTypes['MergeBatchCreatePayload']> = {
  batch?: Resolver<Maybe<ResolversTypes['MergeBatch']>, ParentType, ContextType>;
  userErrors?: Resolver<ReadonlyArray<ResolversTypes['MergeUserError']>, ParentType, ContextType>;
};

export type MergeBatchStartPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['MergeBatchStartPayload'] = ResolversParentTypes['MergeBatchStartPayload']> = {
  batch?: Resolver<Maybe<ResolversTypes['MergeBatch']>, ParentType, ContextType>;
  userErrors?: Resolver<ReadonlyArray<ResolversTypes['MergeUserError']>, ParentType, ContextType>;
};

export type MergeBatchPausePayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['MergeBatchPausePayload'] = ResolversParentTypes['MergeBatchPausePayload']> = {
  batch?: Resolver<Maybe<ResolversTypes['MergeBatch']>, ParentType, ContextType>;
  userErrors?: Resolver<ReadonlyArray<ResolversTypes['MergeUserError']>, ParentType, ContextType>;
};

export type MergeBatchCancelPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['MergeBatchCancelPayload'] = ResolversParentTypes['MergeBatchCancelPayload']> = {
  batch?: Resolver<Maybe<ResolversTypes['MergeBatch']>, ParentType, ContextType>;
  userErrors?: Resolver<ReadonlyArray<ResolversTypes['MergeUserError']>, ParentType, ContextType>;
};

export type MergeConnectionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['MergeConnection'] = ResolversParentTypes['MergeConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['MergeEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['Merge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type MergeEdgeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['MergeEdge'] = ResolversParentTypes['MergeEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Merge'], ParentType, ContextType>;
};

export type MergePlanResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['MergePlan'] = ResolversParentTypes['MergePlan']> = {
  hash?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  winner?: Resolver<ResolversTypes['Profile'], ParentType, ContextType>;
  loser?: Resolver<ResolversTypes['Profile'], ParentType, ContextType>;
  isMergeable?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  blockers?: Resolver<ReadonlyArray<ResolversTypes['MergeUserError']>, ParentType, ContextType>;
  warnings?: Resolver<ReadonlyArray<ResolversTypes['MergeWarning']>, ParentType, ContextType>;
  suggestion?: Resolver<ResolversTypes['WinnerSuggestion'], ParentType, ContextType>;
  counts?: Resolver<ReadonlyArray<ResolversTypes['MergeCount']>, ParentType, ContextType>;
  fields?: Resolver<ReadonlyArray<ResolversTypes['FieldDecision']>, ParentType, ContextType>;
  comms?: Resolver<ReadonlyArray<ResolversTypes['CommsDecision']>, ParentType, ContextType>;
  balances?: Resolver<ReadonlyArray<ResolversTypes['BalanceChange']>, ParentType, ContextType>;
};

export type WinnerSuggestionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['WinnerSuggestion'] = ResolversParentTypes['WinnerSuggestion']> = {
  profileId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  reasons?: Resolver<ReadonlyArray<ResolversTypes['WinnerReason']>, ParentType, ContextType>;
};

export type MergeCountResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['MergeCount'] = ResolversParentTypes['MergeCount']> = {
  kind?: Resolver<ResolversTypes['MergeKind'], ParentType, ContextType>;
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  sums?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Money']>>, ParentType, ContextType>;
};

export type FieldDecisionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['FieldDecision'] = ResolversParentTypes['FieldDecision']> = {
  field?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  winnerValue?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  loserValue?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  outcome?: Resolver<ResolversTypes['FieldOutcome'], ParentType, ContextType>;
  rule?: Resolver<ResolversTypes['FieldRule'], ParentType, ContextType>;
  isChoosable?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type CommsDecisionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['CommsDecision'] = ResolversParentTypes['CommsDecision']> = {
  channel?: Resolver<ResolversTypes['Channel'], ParentType, ContextType>;
  isPromotional?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  isOptedOut?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  rule?: Resolver<ResolversTypes['CommsRule'], ParentType, ContextType>;
};

export type BalanceChangeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['BalanceChange'] = ResolversParentTypes['BalanceChange']> = {
  unit?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  winnerBefore?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
  loserBefore?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
  after?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
};

export type MergeWarningResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['MergeWarning'] = ResolversParentTypes['MergeWarning']> = {
  code?: Resolver<ResolversTypes['MergeWarningCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type MergeabilityResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Mergeability'] = ResolversParentTypes['Mergeability']> = {
  isMergeable?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  blockers?: Resolver<ReadonlyArray<ResolversTypes['MergeUserError']>, ParentType, ContextType>;
};

export type MergeUserErrorResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['MergeUserError'] = ResolversParentTypes['MergeUserError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  field?: Resolver<Maybe<ReadonlyArray<ResolversTypes['String']>>, ParentType, ContextType>;
  code?: Resolver<ResolversTypes['MergeErrorCode'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ProfileMergePayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['ProfileMergePayload'] = ResolversParentTypes['ProfileMergePayload']> = {
  profile?: Resolver<Maybe<ResolversTypes['Profile']>, ParentType, ContextType>;
  merge?: Resolver<Maybe<ResolversTypes['Merge']>, ParentType, ContextType>;
  userErrors?: Resolver<ReadonlyArray<ResolversTypes['MergeUserError']>, ParentType, ContextType>;
};

export type MergeUndoPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['MergeUndoPayload'] = ResolversParentTypes['MergeUndoPayload']> = {
  merge?: Resolver<Maybe<ResolversTypes['Merge']>, ParentType, ContextType>;
  winner?: Resolver<Maybe<ResolversTypes['Profile']>, ParentType, ContextType>;
  restored?: Resolver<Maybe<ResolversTypes['Profile']>, ParentType, ContextType>;
  userErrors?: Resolver<ReadonlyArray<ResolversTypes['MergeUserError']>, ParentType, ContextType>;
};

export type CrossBrandProfileConnectionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['CrossBrandProfileConnection'] = ResolversParentTypes['CrossBrandProfileConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['CrossBrandProfileEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['Profile']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  brandStatuses?: Resolver<ReadonlyArray<ResolversTypes['BrandStatus']>, ParentType, ContextType>;
};

export type CrossBrandProfileEdgeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['CrossBrandProfileEdge'] = ResolversParentTypes['CrossBrandProfileEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Profile'], ParentType, ContextType>;
  matchedOn?: Resolver<ReadonlyArray<ResolversTypes['ProfileMatch']>, ParentType, ContextType>;
};

export type ViewerResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Viewer'] = ResolversParentTypes['Viewer']> = {
  profile?: Resolver<Maybe<ResolversTypes['Profile']>, ParentType, ContextType>;
  actor?: Resolver<ResolversTypes['Actor'], ParentType, ContextType>;
  role?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  scopes?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  brands?: Resolver<ReadonlyArray<ResolversTypes['Brand']>, ParentType, ContextType>;
  purpose?: Resolver<Maybe<ResolversTypes['ConsentPurpose']>, ParentType, ContextType>;
  expiresAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
};

export type BirthDateResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['BirthDate'] = ResolversParentTypes['BirthDate']> = {
  day?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  month?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  year?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  date?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
};

export type CommsResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Comms'] = ResolversParentTypes['Comms']> = {
  channels?: Resolver<ReadonlyArray<ResolversTypes['CommsChannel']>, ParentType, ContextType>;
  termsAcceptedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  termsAcceptedVersion?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type CommsChannelResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['CommsChannel'] = ResolversParentTypes['CommsChannel']> = {
  channel?: Resolver<ResolversTypes['Channel'], ParentType, ContextType>;
  isPromotional?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  isOptedOut?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  isBounced?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  isMailable?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  categories?: Resolver<ReadonlyArray<ResolversTypes['CommsCategory']>, ParentType, ContextType>;
  updatedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
};

export type CommsCategoryResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['CommsCategory'] = ResolversParentTypes['CommsCategory']> = {
  category?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  isWelcome?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type AppearanceAttributeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['AppearanceAttribute'] = ResolversParentTypes['AppearanceAttribute']> = {
  handle?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type DateAttributeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['DateAttribute'] = ResolversParentTypes['DateAttribute']> = {
  handle?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  date?: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  isRecurring?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  relationship?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type CustomAttributeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['CustomAttribute'] = ResolversParentTypes['CustomAttribute']> = {
  namespace?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  handle?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['CustomAttributeType'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
};

export type AddressResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Address'] = ResolversParentTypes['Address']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  isDefault?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  line1?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  line2?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  line3?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  company?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  city?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  state?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  postcode?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  countryCode?: Resolver<Maybe<ResolversTypes['CountryCode']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ProfileConnectionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['ProfileConnection'] = ResolversParentTypes['ProfileConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['ProfileEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['Profile']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type ProfileEdgeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['ProfileEdge'] = ResolversParentTypes['ProfileEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Profile'], ParentType, ContextType>;
};

export type ProfileUserErrorResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['ProfileUserError'] = ResolversParentTypes['ProfileUserError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  field?: Resolver<Maybe<ReadonlyArray<ResolversTypes['String']>>, ParentType, ContextType>;
  code?: Resolver<ResolversTypes['ProfileErrorCode'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ProfileCreatePayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['ProfileCreatePayload'] = ResolversParentTypes['ProfileCreatePayload']> = {
  profile?: Resolver<Maybe<ResolversTypes['Profile']>, ParentType, ContextType>;
  userErrors?: Resolver<ReadonlyArray<ResolversTypes['ProfileUserError']>, ParentType, ContextType>;
};

export type ProfileUpdatePayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['ProfileUpdatePayload'] = ResolversParentTypes['ProfileUpdatePayload']> = {
  profile?: Resolver<Maybe<ResolversTypes['Profile']>, ParentType, ContextType>;
  userErrors?: Resolver<ReadonlyArray<ResolversTypes['ProfileUserError']>, ParentType, ContextType>;
};

export type AddressAddPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['AddressAddPayload'] = ResolversParentTypes['AddressAddPayload']> = {
  address?: Resolver<Maybe<ResolversTypes['Address']>, ParentType, ContextType>;
  profile?: Resolver<Maybe<ResolversTypes['Profile']>, ParentType, ContextType>;
  userErrors?: Resolver<ReadonlyArray<ResolversTypes['ProfileUserError']>, ParentType, ContextType>;
};

export type AddressUpdatePayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['AddressUpdatePayload'] = ResolversParentTypes['AddressUpdatePayload']> = {
  address?: Resolver<Maybe<ResolversTypes['Address']>, ParentType, ContextType>;
  profile?: Resolver<Maybe<ResolversTypes['Profile']>, ParentType, ContextType>;
  userErrors?: Resolver<ReadonlyArray<ResolversTypes['ProfileUserError']>, ParentType, ContextType>;
};

export type AddressRemovePayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['AddressRemovePayload'] = ResolversParentTypes['AddressRemovePayload']> = {
  removedAddressId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  profile?: Resolver<Maybe<ResolversTypes['Profile']>, ParentType, ContextType>;
  userErrors?: Resolver<ReadonlyArray<ResolversTypes['ProfileUserError']>, ParentType, ContextType>;
};

export type TransactionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Transaction'] = ResolversParentTypes['Transaction']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  brand?: Resolver<ResolversTypes['Brand'], ParentType, ContextType>;
  system?: Resolver<ResolversTypes['SourceSystem'], ParentType, ContextType>;
  externalId?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['TransactionType'], ParentType, ContextType>;
  profile?: Resolver<Maybe<ResolversTypes['Profile']>, ParentType, ContextType>;
  total?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  totalOriginal?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  totalConverted?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  tax?: Resolver<Maybe<ResolversTypes['Money']>, ParentType, ContextType>;
  items?: Resolver<ReadonlyArray<ResolversTypes['TransactionItem']>, ParentType, ContextType>;
  payments?: Resolver<ReadonlyArray<ResolversTypes['TransactionPayment']>, ParentType, ContextType>;
  location?: Resolver<Maybe<ResolversTypes['Location']>, ParentType, ContextType>;
  receiptRef?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  returnOf?: Resolver<Maybe<ResolversTypes['Transaction']>, ParentType, ContextType>;
  transactedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  receivedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type TransactionItemResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['TransactionItem'] = ResolversParentTypes['TransactionItem']> = {
  lineId?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  sku?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  quantity?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
  unitPrice?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  unitPriceOriginal?: Resolver<Maybe<ResolversTypes['Money']>, ParentType, ContextType>;
  netTotal?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
};

export type TransactionPaymentResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['TransactionPayment'] = ResolversParentTypes['TransactionPayment']> = {
  method?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  amount?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
};

export type TransactionConnectionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['TransactionConnection'] = ResolversParentTypes['TransactionConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['TransactionEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['Transaction']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type TransactionEdgeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['TransactionEdge'] = ResolversParentTypes['TransactionEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Transaction'], ParentType, ContextType>;
};

export type TransactionUserErrorResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['TransactionUserError'] = ResolversParentTypes['TransactionUserError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  field?: Resolver<Maybe<ReadonlyArray<ResolversTypes['String']>>, ParentType, ContextType>;
  code?: Resolver<ResolversTypes['TransactionErrorCode'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type TransactionIngestPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['TransactionIngestPayload'] = ResolversParentTypes['TransactionIngestPayload']> = {
  transaction?: Resolver<Maybe<ResolversTypes['Transaction']>, ParentType, ContextType>;
  outcome?: Resolver<Maybe<ResolversTypes['IngestOutcome']>, ParentType, ContextType>;
  routing?: Resolver<Maybe<ResolversTypes['IngestRouting']>, ParentType, ContextType>;
  userErrors?: Resolver<ReadonlyArray<ResolversTypes['TransactionUserError']>, ParentType, ContextType>;
};

export type ActorResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Actor'] = ResolversParentTypes['Actor']> = {
  kind?: Resolver<ResolversTypes['ActorKind'], ParentType, ContextType>;
  reference?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  displayName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type WalletResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Wallet'] = ResolversParentTypes['Wallet']> = {
  asOf?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  rewardBalance?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  rewards?: Resolver<Maybe<ResolversTypes['RewardConnection']>, ParentType, ContextType, RequireFields<WalletRewardsArgs, 'first'>>;
  points?: Resolver<ReadonlyArray<ResolversTypes['PointBalance']>, ParentType, ContextType>;
};

export type RewardResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Reward'] = ResolversParentTypes['Reward']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  definition?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  valueInitial?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  valueRemaining?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  issuedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  expiresAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RewardConnectionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['RewardConnection'] = ResolversParentTypes['RewardConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['RewardEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['Reward']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type RewardEdgeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['RewardEdge'] = ResolversParentTypes['RewardEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Reward'], ParentType, ContextType>;
};

export type PointBalanceResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['PointBalance'] = ResolversParentTypes['PointBalance']> = {
  definition?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['PointType'], ParentType, ContextType>;
  available?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
  pending?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
  held?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
  owed?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
};

export type Resolvers<ContextType = OperationContext> = {
  DateTime?: GraphQLScalarType;
  Date?: GraphQLScalarType;
  Decimal?: GraphQLScalarType;
  CurrencyCode?: GraphQLScalarType;
  CountryCode?: GraphQLScalarType;
  TimeZone?: GraphQLScalarType;
  LanguageTag?: GraphQLScalarType;
  EmailAddress?: GraphQLScalarType;
  PhoneNumber?: GraphQLScalarType;
  UUID?: GraphQLScalarType;
  JSON?: GraphQLScalarType;
  BrandHandle?: GraphQLScalarType;
  Money?: MoneyResolvers<ContextType>;
  Node?: NodeResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  UserError?: UserErrorResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  Brand?: BrandResolvers<ContextType>;
  SubBrand?: SubBrandResolvers<ContextType>;
  IdentityHandle?: IdentityHandleResolvers<ContextType>;
  SourceSystem?: SourceSystemResolvers<ContextType>;
  SharingRule?: SharingRuleResolvers<ContextType>;
  ConsentPurpose?: ConsentPurposeResolvers<ContextType>;
  BrandStatus?: BrandStatusResolvers<ContextType>;
  Consent?: ConsentResolvers<ContextType>;
  ConsentConnection?: ConsentConnectionResolvers<ContextType>;
  ConsentEdge?: ConsentEdgeResolvers<ContextType>;
  ConsentNotice?: ConsentNoticeResolvers<ContextType>;
  ConsentEvent?: ConsentEventResolvers<ContextType>;
  ConsentReceipt?: ConsentReceiptResolvers<ContextType>;
  Profile?: ProfileResolvers<ContextType>;
  CrossBrandLink?: CrossBrandLinkResolvers<ContextType>;
  CrossBrandLinkEnd?: CrossBrandLinkEndResolvers<ContextType>;
  ActivationMessage?: ActivationMessageResolvers<ContextType>;
  LinkOption?: LinkOptionResolvers<ContextType>;
  CrossBrandLinkUserError?: CrossBrandLinkUserErrorResolvers<ContextType>;
  CrossBrandLinkEnrolPayload?: CrossBrandLinkEnrolPayloadResolvers<ContextType>;
  CrossBrandLinkActivatePayload?: CrossBrandLinkActivatePayloadResolvers<ContextType>;
  CrossBrandLinkDeclinePayload?: CrossBrandLinkDeclinePayloadResolvers<ContextType>;
  CrossBrandLinkResendPayload?: CrossBrandLinkResendPayloadResolvers<ContextType>;
  CrossBrandLinkWithdrawPayload?: CrossBrandLinkWithdrawPayloadResolvers<ContextType>;
  Activation?: ActivationResolvers<ContextType>;
  DuplicateCandidate?: DuplicateCandidateResolvers<ContextType>;
  DuplicateCandidateConnection?: DuplicateCandidateConnectionResolvers<ContextType>;
  DuplicateCandidateEdge?: DuplicateCandidateEdgeResolvers<ContextType>;
  DuplicateSignal?: DuplicateSignalResolvers<ContextType>;
  DuplicateDismissPayload?: DuplicateDismissPayloadResolvers<ContextType>;
  GroupCustomer?: GroupCustomerResolvers<ContextType>;
  GroupMember?: GroupMemberResolvers<ContextType>;
  GroupCustomerConnection?: GroupCustomerConnectionResolvers<ContextType>;
  GroupCustomerEdge?: GroupCustomerEdgeResolvers<ContextType>;
  Identity?: IdentityResolvers<ContextType>;
  IdentityConnection?: IdentityConnectionResolvers<ContextType>;
  IdentityEdge?: IdentityEdgeResolvers<ContextType>;
  IdentityUserError?: IdentityUserErrorResolvers<ContextType>;
  IdentityAddPayload?: IdentityAddPayloadResolvers<ContextType>;
  IdentityUpdatePayload?: IdentityUpdatePayloadResolvers<ContextType>;
  IdentityRemovePayload?: IdentityRemovePayloadResolvers<ContextType>;
  Interaction?: InteractionResolvers<ContextType>;
  InteractionConnection?: InteractionConnectionResolvers<ContextType>;
  InteractionEdge?: InteractionEdgeResolvers<ContextType>;
  InteractionUserError?: InteractionUserErrorResolvers<ContextType>;
  InteractionIngestPayload?: InteractionIngestPayloadResolvers<ContextType>;
  Location?: LocationResolvers<ContextType>;
  LocationConnection?: LocationConnectionResolvers<ContextType>;
  LocationEdge?: LocationEdgeResolvers<ContextType>;
  Merge?: MergeResolvers<ContextType>;
  MergeBatch?: MergeBatchResolvers<ContextType>;
  MergeBatchRow?: MergeBatchRowResolvers<ContextType>;
  MergeBatchRowConnection?: MergeBatchRowConnectionResolvers<ContextType>;
  MergeBatchRowEdge?: MergeBatchRowEdgeResolvers<ContextType>;
  MergeBatchConnection?: MergeBatchConnectionResolvers<ContextType>;
  MergeBatchEdge?: MergeBatchEdgeResolvers<ContextType>;
  MergeBatchCreatePayload?: MergeBatchCreatePayloadResolvers<ContextType>;
  MergeBatchStartPayload?: MergeBatchStartPayloadResolvers<ContextType>;
  MergeBatchPausePayload?: MergeBatchPausePayloadResolvers<ContextType>;
  MergeBatchCancelPayload?: MergeBatchCancelPayloadResolvers<ContextType>;
  MergeConnection?: MergeConnectionResolvers<ContextType>;
  MergeEdge?: MergeEdgeResolvers<ContextType>;
  MergePlan?: MergePlanResolvers<ContextType>;
  WinnerSuggestion?: WinnerSuggestionResolvers<ContextType>;
  MergeCount?: MergeCountResolvers<ContextType>;
  FieldDecision?: FieldDecisionResolvers<ContextType>;
  CommsDecision?: CommsDecisionResolvers<ContextType>;
  BalanceChange?: BalanceChangeResolvers<ContextType>;
  MergeWarning?: MergeWarningResolvers<ContextType>;
  Mergeability?: MergeabilityResolvers<ContextType>;
  MergeUserError?: MergeUserErrorResolvers<ContextType>;
  ProfileMergePayload?: ProfileMergePayloadResolvers<ContextType>;
  MergeUndoPayload?: MergeUndoPayloadResolvers<ContextType>;
  CrossBrandProfileConnection?: CrossBrandProfileConnectionResolvers<ContextType>;
  CrossBrandProfileEdge?: CrossBrandProfileEdgeResolvers<ContextType>;
  Viewer?: ViewerResolvers<ContextType>;
  BirthDate?: BirthDateResolvers<ContextType>;
  Comms?: CommsResolvers<ContextType>;
  CommsChannel?: CommsChannelResolvers<ContextType>;
  CommsCategory?: CommsCategoryResolvers<ContextType>;
  AppearanceAttribute?: AppearanceAttributeResolvers<ContextType>;
  DateAttribute?: DateAttributeResolvers<ContextType>;
  CustomAttribute?: CustomAttributeResolvers<ContextType>;
  Address?: AddressResolvers<ContextType>;
  ProfileConnection?: ProfileConnectionResolvers<ContextType>;
  ProfileEdge?: ProfileEdgeResolvers<ContextType>;
  ProfileUserError?: ProfileUserErrorResolvers<ContextType>;
  ProfileCreatePayload?: ProfileCreatePayloadResolvers<ContextType>;
  ProfileUpdatePayload?: ProfileUpdatePayloadResolvers<ContextType>;
  AddressAddPayload?: AddressAddPayloadResolvers<ContextType>;
  AddressUpdatePayload?: AddressUpdatePayloadResolvers<ContextType>;
  AddressRemovePayload?: AddressRemovePayloadResolvers<ContextType>;
  Transaction?: TransactionResolvers<ContextType>;
  TransactionItem?: TransactionItemResolvers<ContextType>;
  TransactionPayment?: TransactionPaymentResolvers<ContextType>;
  TransactionConnection?: TransactionConnectionResolvers<ContextType>;
  TransactionEdge?: TransactionEdgeResolvers<ContextType>;
  TransactionUserError?: TransactionUserErrorResolvers<ContextType>;
  TransactionIngestPayload?: TransactionIngestPayloadResolvers<ContextType>;
  Actor?: ActorResolvers<ContextType>;
  Wallet?: WalletResolvers<ContextType>;
  Reward?: RewardResolvers<ContextType>;
  RewardConnection?: RewardConnectionResolvers<ContextType>;
  RewardEdge?: RewardEdgeResolvers<ContextType>;
  PointBalance?: PointBalanceResolvers<ContextType>;
};

export type DirectiveResolvers<ContextType = OperationContext> = {
  requiresScopes?: RequiresScopesDirectiveResolver<any, any, ContextType>;
  public?: PublicDirectiveResolver<any, any, ContextType>;
  personal?: PersonalDirectiveResolver<any, any, ContextType>;
  cost?: CostDirectiveResolver<any, any, ContextType>;
};

