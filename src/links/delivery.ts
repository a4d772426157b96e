import type { MessagePurpose } from '../brands/message-template.js';
import type { Uuid } from '../kernel/ids.js';
import type { LinkMode, MessageChannel } from './cross-brand-link.js';

/** Where a link's activation message goes, kept in the inviting brand's database, never in the registry. */
export interface DeliveryRow {
  /** The link. */
  readonly _id: Uuid;
  /** `_id` of the claim that an owner of the address has in the inviting brand. */
  readonly claimId: string;
  readonly channel: MessageChannel;
  /** The address, encrypted with the inviting brand's key. */
  readonly sealed: string;
  /** What the enrolment found in the inviting brand, decided once for each id that a new profile was to have. */
  readonly decided?: { readonly profileId: Uuid; readonly mode: LinkMode };
  /** Profiles whose slot an activation has set for this link; the address may have moved in between. */
  readonly slotProfileIds?: readonly Uuid[];
  /** Nothing needs it from then on, whatever became of whoever was to delete it. */
  readonly expireAt: Date;
}

/** Leads from a token to its link; whether the token still works stands in the link. */
export interface ActivationRow {
  /** SHA-256 of the token. */
  readonly _id: string;
  readonly linkId: Uuid;
  /** Absent for the token of a receipt, which lives as long as the link. */
  readonly expireAt?: Date;
}

/** A message in the mailbox, as a carrier would send it: in clear, for demos. */
export interface MessageRow {
  /** `linkId:number` of an invitation, `linkId:confirmed`: a repeated step finds the message it has left before. */
  readonly _id: string;
  readonly at: Date;
  readonly purpose: MessagePurpose;
  readonly channel: MessageChannel;
  readonly to: string;
  /** Empty for SMS. */
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  readonly linkId: Uuid;
  readonly tokenHash: string;
}
