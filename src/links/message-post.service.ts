import type { Deadline } from '../kernel/clock.js';
import { dropOutgoing, keepOutgoing } from '../messages/message.service.js';
import { newActivationToken, tokenHashOf } from './activation-token.js';
import type { Contact } from './contact.js';
import type { LinkRow, MessageChannel } from './cross-brand-link.js';
import { ruleBetween } from './link-option.js';
import { type LinkDeps, resendsMax } from './link-work.js';
import { leaveInMailbox } from './mailbox.service.js';
import { activationWords } from './message-words.js';

/** A message that has been written, with a token of its own. */
export interface PostedMessage {
  readonly tokenHash: string;
  readonly at: Date;
  /** Whether it is where the customer finds it; else a carrier is still to take it. */
  readonly isHandedOver: boolean;
}

/** `_id` of one message of a link. */
export function messageId(linkId: string, number: number): string {
  return `${linkId}:${number}`;
}

/**
 * Writes the activation message of a link, with a token of its own, in the asking brand: in clear into the mailbox, or
 * encrypted for a carrier to take. A message that was written before stands, and so does its token: a repeated step sends
 * nothing twice. Null when nothing carries this channel any more.
 */
export async function postMessage(
  deps: LinkDeps,
  link: LinkRow,
  contact: Contact,
  number: number,
  deadline: Deadline,
): Promise<PostedMessage | null> {
  const from = deps.brands.get(link.a.brand);
  const to = deps.brands.get(link.b.brand);
  const { channel, address } = contact;
  const carrier = deps.carriers(from.brand.handle, channel);
  if (carrier === null) return null;
  if (number > 1) await dropMessages(deps, link, deadline, number);
  const token = newActivationToken();
  const words = activationWords(channel, {
    from: from.brand,
    to: to.brand,
    link,
    language: ruleBetween(from.brand, to.brand.handle)?.notice.language ?? 'en',
    publicUrl: deps.publicUrl,
    token,
  });
  const message = {
    id: messageId(link._id, number),
    at: deps.clock.now(),
    channel,
    tokenHash: tokenHashOf(token) ?? '',
    content: { to: address, ...words },
  };
  if (carrier === 'mailbox') {
    const left = await leaveInMailbox(from.database, { ...message, linkId: link._id }, deadline);
    return { tokenHash: left.tokenHash, at: left.at, isHandedOver: true };
  }
  const kept = await keepOutgoing(from, message, deadline);
  return { tokenHash: kept.tokenHash, at: kept.at, isHandedOver: false };
}

/**
 * Ends what still waits to be sent for a link, up to a number: its tokens work no more. Harmless to repeat. Where no carrier
 * is configured nothing waits, but for what another configuration left, which ends when its turn comes.
 */
export async function dropMessages(
  deps: LinkDeps,
  link: LinkRow,
  deadline: Deadline,
  before = resendsMax + 2,
): Promise<void> {
  const { handle } = deps.brands.get(link.a.brand).brand;
  const isMailbox = (channel: MessageChannel): boolean => deps.carriers(handle, channel) === 'mailbox';
  if (isMailbox('EMAIL') && isMailbox('SMS')) return;
  const ids = Array.from({ length: before - 1 }, (_, index) => messageId(link._id, index + 1));
  await dropOutgoing(deps.brands.get(link.a.brand).database, ids, deps.clock.now(), deadline);
}
