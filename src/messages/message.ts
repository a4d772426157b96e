import type { BrandHandle } from '../brands/brand.js';
import type { MessagePurpose } from '../brands/message-template.js';
import type { MessageChannel } from '../brands/messages-config.js';
import { attemptsMax, retryWaitMs } from '../webhooks/delivery.js';

/** Where a message stands: to be handed over, taken by its carrier, refused for good, or not wanted any more. */
export type OutgoingState = 'QUEUED' | 'SENT' | 'FAILED' | 'DROPPED';

/** Why a message was not taken, with what it means for operators. Codes only: words of a carrier may quote an address. */
export const handoverErrors = {
  TIMEOUT: 'the carrier did not answer in time',
  CONNECTION: 'no connection, or it broke',
  TLS: 'no TLS, or a certificate that does not verify',
  DNS: 'the name of the carrier was not found',
  AUTH: 'the carrier refused user or password',
  ADDRESS_REFUSED: "the carrier's own address is one that nothing may be sent to (webhook)",
  RECIPIENT_REFUSED: "the customer's address or the message was refused for good",
  REPLY: 'any other answer that is not yes; `lastStatus` holds its number',
  GONE: 'the platform answered 410: it will never take this message (webhook)',
  NO_TRANSPORT: 'the configuration no longer has a transport for the channel',
  INTERNAL: 'a fault of Kindred; its log says more',
} as const;

/** Why a message was not taken. */
export type HandoverError = keyof typeof handoverErrors;

/** What is said to whom. Never stored in clear for a real carrier. */
export interface MessageContent {
  readonly to: string;
  /** Empty for SMS. */
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
}

/** A message for a real carrier, in the database of the brand that sends it. Names nobody. */
export interface OutgoingRow {
  /** `linkId:number` of an invitation, `linkId:confirmed`: a repeated step finds the message it has written before. */
  readonly _id: string;
  readonly at: Date;
  readonly purpose: MessagePurpose;
  readonly channel: MessageChannel;
  /** Of the token in it; tells whether this is the message that its link still wants sent. */
  readonly tokenHash: string;
  readonly state: OutgoingState;
  /** Attempts begun. */
  readonly attempts: number;
  /** The content, encrypted with the sending brand's key. There exactly while the message is to be handed over. */
  readonly sealed?: string;
  /** Who was tried last. */
  readonly carrier?: string;
  /** The next attempt, after one that failed. */
  readonly nextAt?: Date;
  readonly lastError?: HandoverError;
  /** Number of the carrier's last answer: an SMTP reply code or an HTTP status. */
  readonly lastStatus?: number;
  readonly sentAt?: Date;
  /** When a message that has ended is forgotten, or one for which there is no journal to end it. */
  readonly expireAt?: Date;
}

/** A message about to be handed over. */
export interface CarriedMessage {
  readonly brand: BrandHandle;
  /** The same at every attempt: letters, digits, hyphens and one dot. */
  readonly id: string;
  readonly purpose: MessagePurpose;
  readonly channel: MessageChannel;
  readonly at: Date;
  readonly expiresAt: Date;
  readonly content: MessageContent;
}

/** How an attempt ended. After a failure that is final no other follows. */
export type Handover =
  | { readonly isTaken: true; readonly status: number | null }
  | {
      readonly isTaken: false;
      readonly isFinal: boolean;
      readonly error: HandoverError;
      readonly status: number | null;
    };

/** Takes messages to customers; what leaves the house leaves through one of these. Never throws for what a carrier does. */
export interface Carrier {
  readonly kind: 'smtp' | 'webhook';
  hand(message: CarriedMessage, now: Date): Promise<Handover>;
}

/** Days for which it is remembered what became of a message. */
export const outgoingKeptDays = 30;

/** The wait after so many failed attempts: that of webhooks, and then its longest again and again. */
export function nextAttemptMs(attempts: number, jitter: number): number {
  return retryWaitMs(Math.min(attempts, attemptsMax - 1), jitter) as number;
}
