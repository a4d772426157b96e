import type { Uuid } from '../kernel/ids.js';
import type { MessageChannel } from './cross-brand-link.js';

/** Where a link's activation message goes, kept in the inviting brand's database, never in the registry. */
export interface DeliveryRow {
  /** The link. */
  readonly _id: Uuid;
  /** `_id` of the claim that an owner of the address has in the inviting brand. */
  readonly claimId: string;
  readonly channel: MessageChannel;
  /** The address, encrypted with the inviting brand's key. */
  readonly sealed: string;
  /** Profiles whose slot an activation has set for this link; the address may have moved in between. */
  readonly slotProfileIds?: readonly Uuid[];
}

/** Leads from a token to its link; whether the token still works stands in the link. */
export interface ActivationRow {
  /** SHA-256 of the token. */
  readonly _id: string;
  readonly linkId: Uuid;
  /** Absent for the token of a receipt, which lives as long as the link. */
  readonly expireAt?: Date;
}

/** A message as a carrier would send it. */
export interface MessageRow {
  /** `linkId:number`: a repeated step finds the message it has left before. */
  readonly _id: string;
  readonly at: Date;
  readonly channel: MessageChannel;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly linkId: Uuid;
  readonly tokenHash: string;
}

/** What an activation message is made of. */
export interface MessageSource {
  readonly fromName: string;
  readonly toName: string;
  readonly welcomeReward: string | null;
  readonly publicUrl: string;
  readonly token: string;
  readonly activateBy: Date;
}

/**
 * Subject and words of an activation message. The token stands in the URL's fragment, which browsers send to nobody, so
 * no log and no referrer ever holds it.
 */
export function activationMessage(source: MessageSource): Pick<MessageRow, 'subject' | 'text'> {
  const url = `${source.publicUrl.replace(/\/+$/, '')}/activate#${source.token}`;
  const promise = source.welcomeReward === null ? [] : ['', `What awaits you: ${source.welcomeReward}`];
  return {
    subject: `${source.fromName} invites you to ${source.toName}`,
    text: [
      `You told ${source.fromName} that ${source.toName} may welcome you as a member.`,
      'Nothing is opened before you confirm it yourself:',
      '',
      url,
      ...promise,
      '',
      `Your code: ${source.token}`,
      `It works once, until ${source.activateBy.toISOString()}.`,
      'If this was not you, do nothing: the invitation ends by itself.',
    ].join('\n'),
  };
}
