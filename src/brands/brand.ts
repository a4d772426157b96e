import type { MessagesConfig } from './messages-config.js';

/** Short name of a brand: lower-case letters, digits and inner hyphens. */
export type BrandHandle = string;

/** A named brand inside one instance. */
export interface SubBrand {
  readonly handle: string;
  readonly name: string;
}

/** A handle that identities of a brand may carry. */
export interface IdentityHandle {
  readonly handle: string;
  /** The extension that alone may write it; null when anyone with the scope may. */
  readonly reservedFor: string | null;
  /** Whether one profile may hold several identities under it. */
  readonly isMultiple: boolean;
}

/** A system registered as a source of transactions. */
export interface SourceSystem {
  readonly handle: string;
  readonly name: string;
}

/** A status that staff may give to a profile. */
export interface StatusDefinition {
  readonly handle: string;
  /** Whether holding it changes what the customer is entitled to, so that giving it needs `grant-statuses`. */
  readonly grantsRights: boolean;
}

/** Forms a custom value can have. */
export type CustomAttributeType = 'STRING' | 'INTEGER' | 'FLOAT' | 'BOOLEAN' | 'JSON' | 'ARRAY';

/** An attribute that the brand has defined for its profiles. */
export interface CustomAttributeDefinition {
  readonly namespace: string;
  readonly handle: string;
  readonly type: CustomAttributeType;
}

/** What happens to a sale that names an identity nobody has. */
export type UnknownIdentityPolicy = 'CREATE_PROFILE' | 'GUEST' | 'REFUSE';

/** An attribute that a sharing rule can name; nothing outside this list can cross between brands. */
export type ShareableAttribute =
  | 'TITLE'
  | 'FIRST_NAME'
  | 'LAST_NAME'
  | 'EMAIL'
  | 'MOBILE_PHONE'
  | 'BIRTH_DATE'
  | 'GENDER';

/** On what footing two brands share. */
export type AgreementStatus = 'SAME_GROUP' | 'ACTIVE_PARTNER' | 'INACTIVE';

/** A purpose of processing, in words for the customer. */
export interface ConsentPurpose {
  readonly code: string;
  readonly text: string;
}

/** A wording as configured; its identity is the digest of version, language and text. */
export interface NoticeWording {
  readonly version: string;
  readonly language: string;
  readonly text: string;
}

/** What a customer's consent may carry from one brand to another; one direction. */
export interface SharingRule {
  readonly from: BrandHandle;
  readonly to: BrandHandle;
  readonly agreement: AgreementStatus;
  readonly attributes: readonly ShareableAttribute[];
  readonly purposes: readonly ConsentPurpose[];
  readonly notice: NoticeWording;
  readonly activationHours: number;
  readonly welcomeReward: string | null;
  /** Worth of the welcome as a decimal in the receiving brand's currency; without one it is words alone. */
  readonly welcomeRewardValue?: string | undefined;
  /** Handle of the identity that both linked profiles carry. */
  readonly sharedHandle: string;
  /** Days that a declined customer is left alone. */
  readonly quietDays: number;
  /** Where the receiving brand keeps what it gets; null when the rule does not say. */
  readonly storageLocation: string | null;
  /** Years for which the evidence of a consent outlives it. */
  readonly retentionYears: number;
}

/** Who answers for the personal data of a brand. What the configuration leaves open is null. */
export interface Controller {
  readonly legalName: string;
  readonly address: string | null;
  /** An e-mail address or a page. */
  readonly contact: string | null;
  /** ISO 3166-1 alpha-2. */
  readonly jurisdiction: string | null;
  readonly authority: string | null;
}

/** One independent instance of the retail group, as configured. */
export interface Brand {
  readonly handle: BrandHandle;
  readonly name: string;
  readonly controller: Controller;
  readonly currencyCode: string;
  readonly timeZone: string;
  readonly phoneRegion: string;
  readonly subBrands: readonly SubBrand[];
  readonly identityHandles: readonly IdentityHandle[];
  readonly systems: readonly SourceSystem[];
  readonly statuses: readonly StatusDefinition[];
  readonly customAttributes: readonly CustomAttributeDefinition[];
  readonly onUnknownIdentity: UnknownIdentityPolicy;
  /** Where new members go on after activation; null when the brand has no portal. */
  readonly portalUrl: string | null;
  /** Days in which a merge can be undone; 0 when none ever can. */
  readonly mergeUndoDays: number;
  /** How this brand reaches its customers. */
  readonly messages: MessagesConfig;
  /** Rules under which this brand may enrol its customers elsewhere. */
  readonly sharingRules: readonly SharingRule[];
}
