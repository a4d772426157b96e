import type { ActorReference } from '../access/actor.js';
import type { Brand, BrandHandle } from '../brands/brand.js';
import { type ConsentRecord, isConfirmed } from '../consents/consent.js';
import type { Uuid } from '../kernel/ids.js';
import { accountsOf, type ProfileRow } from '../profiles/profile.js';

/** How far a link has come. All but the first two are final. */
export type LinkState = 'PENDING_ACTIVATION' | 'ACTIVE' | 'DECLINED' | 'EXPIRED' | 'WITHDRAWN' | 'ENDED';

/** Where the enrolment of a pending link stands: steps run, or everything is ready for the customer. */
export type LinkStep = 'ENROLLING' | 'READY';

/** What activation does in the inviting brand: opens a profile that waits, or joins the one that owns the address. Never shown. */
export type LinkMode = 'NEW' | 'JOIN';

/** The asking brand is `a`, the inviting one `b`. */
export type LinkSide = 'a' | 'b';

/** Channels an activation message can go by. */
export type MessageChannel = 'EMAIL' | 'SMS';

/** The activation message as staff may see it. There exactly while the link is pending. */
export interface LinkMessage {
  readonly channel: MessageChannel;
  readonly maskedAddress: string;
  readonly status: 'QUEUED' | 'SENT' | 'FAILED';
  readonly sentAt?: Date;
  /** Number of the message last handed over; 0 before the first. */
  readonly sends: number;
  /** Number of the message last asked for: what is wanted is sent, and the ones before work no more. */
  readonly wanted: number;
}

/**
 * A link with the consent it rests on: the single source of truth for both, in the registry. Ends are accounts, so no
 * merge rewrites them. Holds no name, address, number or birth date of the customer.
 */
export interface LinkRow {
  readonly _id: Uuid;
  /** There exactly while the link is pending: expiry goes by it. */
  readonly open?: true;
  readonly state: LinkState;
  readonly step: LinkStep;
  /** Rises when consent is taken back: who saw a lower one must look again. */
  readonly epoch: number;
  /** `brand:account` of the asking end from the start, of the other from activation on; never changed after. */
  readonly ends: readonly string[];
  readonly a: { readonly brand: BrandHandle; readonly accountId: Uuid };
  readonly b: {
    readonly brand: BrandHandle;
    /** Id that a new profile there has; chosen before anything is written there. */
    readonly profileId: Uuid;
    /** From activation on. */
    readonly accountId?: Uuid;
    /** Profiles made for this link that the brand has made its own since, or may be doing so now. */
    readonly formerProfileIds?: readonly Uuid[];
  };
  readonly mode?: LinkMode;
  readonly sharedHandle: string;
  readonly sharedIdentifier: string;
  readonly consent: ConsentRecord;
  readonly message?: LinkMessage;
  /** What the inviting brand promised when the customer agreed. */
  readonly welcomeReward: string | null;
  /** What that is worth, in the smallest unit of its currency; absent when it is words alone. */
  readonly welcomeValue?: number;
  /** SHA-256 of the one activation token that works. */
  readonly tokenHash?: string;
  /** SHA-256 of the credential by which the customer takes the consent back. */
  readonly receiptTokenHash?: string;
  /** SHA-256 of the same kind of credential in the message that confirms the activation. */
  readonly confirmationTokenHash?: string;
  /** State before the end: what has to be cleaned up. */
  readonly prior?: LinkState;
  /** After a refusal: no invitation of these brands before then. Known on the asking side only. */
  readonly quietUntil?: Date;
  readonly actor: ActorReference;
  readonly createdAt: Date;
  readonly activateBy: Date;
  readonly activatedAt?: Date;
  readonly endedAt?: Date;
  /** From the end on: until when link and evidence are kept. */
  readonly keepUntil?: Date;
}

/** A link as shown. */
export interface LinkView {
  readonly __typename: 'CrossBrandLink';
  readonly row: LinkRow;
  /** Side of the profile from which the link was reached; null when it was asked for by its id. */
  readonly from: LinkSide | null;
  readonly fromBrand: Brand;
  readonly toBrand: Brand;
}

/** One end of a shown link. */
export interface LinkEndView {
  readonly link: LinkView;
  readonly side: LinkSide;
  readonly brand: Brand;
}

/** The entry of `ends` for an account of a brand. */
export function endKey(brand: BrandHandle, accountId: Uuid): string {
  return `${brand}:${accountId}`;
}

/** States in which a link occupies the slots of its profiles. */
export const liveStates: readonly LinkState[] = ['PENDING_ACTIVATION', 'ACTIVE'];

/** Whether a link occupies the slots of its profiles. */
export function isLive(link: Pick<LinkRow, 'state'>): boolean {
  return liveStates.includes(link.state);
}

/** Whether what lies at the other end may be shown now, as far as the link and its consent go. */
export function isOpenForReading(link: LinkRow, now: Date): boolean {
  return link.state === 'ACTIVE' && isConfirmed(link.consent, now);
}

/** Whether the address that a link's messages go to is still to be used: for an invitation, or to confirm it. */
export function isAddressNeeded(link: LinkRow): boolean {
  return isLive(link) && link.confirmationTokenHash === undefined;
}

/** The side of a link that lies in a brand; null when none does. */
export function sideIn(link: Pick<LinkRow, 'a' | 'b'>, brand: BrandHandle): LinkSide | null {
  if (link.a.brand === brand) return 'a';
  return link.b.brand === brand ? 'b' : null;
}

/** The account at one end; null at the inviting end before activation. */
export function accountAt(link: Pick<LinkRow, 'a' | 'b'>, side: LinkSide): Uuid | null {
  return side === 'a' ? link.a.accountId : (link.b.accountId ?? null);
}

/** The brand at the other end than `brand`. */
export function otherBrand(link: Pick<LinkRow, 'a' | 'b'>, brand: BrandHandle): BrandHandle {
  return link.a.brand === brand ? link.b.brand : link.a.brand;
}

/**
 * Whether a slot that names this link holds nothing any more: the link has ended or is unknown, or it is active with an
 * end that is no account of the profile. A pending link's slot is never stale: another worker may be about to use it.
 */
export function isStaleSlot(link: LinkRow | null, brand: BrandHandle, profile: ProfileRow): boolean {
  if (link === null || !isLive(link)) return true;
  if (link.state === 'PENDING_ACTIVATION') return false;
  const side = sideIn(link, brand);
  const account = side === null ? null : accountAt(link, side);
  return account === null || !accountsOf(profile).includes(account);
}
