import type { MessagePurpose } from '../brands/message-template.js';
import type { Deadline } from '../kernel/clock.js';
import { dropOutgoing, keepOutgoing, keptUntil } from '../messages/message.service.js';
import { newActivationToken, tokenHashOf } from './activation-token.js';
import type { Contact } from './contact.js';
import type { LinkRow, MessageChannel } from './cross-brand-link.js';
import { ruleBetween } from './link-option.js';
import { type LinkDeps, resendsMax } from './link-work.js';
import { leaveInMailbox } from './mailbox.service.js';
import { messageWords } from './message-words.js';

/** A message that has been written, with a token of its own. */
export interface PostedMessage {
  readonly tokenHash: string;
  readonly at: Date;
  /** Whether it is where the customer finds it; else a carrier is still to take it. */
  readonly isHandedOver: boolean;
}

/** Names a message among those of its link: the number of a copy of the invitation, or the one confirmation. */
export type MessageName = `${number}` | 'confirmed';

/** `_id` of one message of a link. */
export function messageId(linkId: string, name: MessageName): string {
  return `${linkId}:${name}`;
}

/** Days for which a carrier is asked to take the confirmation; the address in it works as long as the link. */
const confirmationDays = 7;

/** Until when a link wants its confirmation sent. */
export function confirmableUntil(link: LinkRow): Date {
  return new Date((link.activatedAt ?? link.createdAt).getTime() + confirmationDays * 86_400_000);
}

/**
 * Writes one copy of the invitation, with a token of its own, in the asking brand: in clear into the mailbox, or encrypted
 * for a carrier to take. A message that was written before stands, and so does its token: a repeated step sends nothing
 * twice. Null when nothing carries this channel any more.
 */
export async function postInvitation(
  deps: LinkDeps,
  link: LinkRow,
  contact: Contact,
  number: number,
  deadline: Deadline,
): Promise<PostedMessage | null> {
  if (number > 1 && deps.carriers(link.a.brand, contact.channel) !== null) {
    await dropMessages(deps, link, deadline, invitations(number - 1));
  }
  return post(deps, link, contact, { purpose: 'activation', name: `${number}` }, deadline);
}

/** Writes, likewise, what the customer keeps after accepting. Forgotten in time even when nobody is left to send it. */
export async function postConfirmation(
  deps: LinkDeps,
  link: LinkRow,
  contact: Contact,
  deadline: Deadline,
): Promise<PostedMessage | null> {
  const expireAt = keptUntil(confirmableUntil(link));
  return post(deps, link, contact, { purpose: 'confirmation', name: 'confirmed', expireAt }, deadline);
}

interface NewMessage {
  readonly purpose: MessagePurpose;
  readonly name: MessageName;
  readonly expireAt?: Date;
}

async function post(
  deps: LinkDeps,
  link: LinkRow,
  contact: Contact,
  { purpose, name, expireAt }: NewMessage,
  deadline: Deadline,
): Promise<PostedMessage | null> {
  const from = deps.brands.get(link.a.brand);
  const to = deps.brands.get(link.b.brand);
  const { channel, address } = contact;
  const carrier = deps.carriers(from.brand.handle, channel);
  if (carrier === null) return null;
  const token = newActivationToken();
  const words = messageWords(purpose, channel, {
    from: from.brand,
    to: to.brand,
    link,
    language: ruleBetween(from.brand, to.brand.handle)?.notice.language ?? 'en',
    publicUrl: deps.publicUrl,
    token,
  });
  const message = {
    id: messageId(link._id, name),
    at: deps.clock.now(),
    purpose,
    channel,
    tokenHash: tokenHashOf(token) ?? '',
    content: { to: address, ...words },
  };
  if (carrier === 'mailbox') {
    const left = await leaveInMailbox(from.database, { ...message, linkId: link._id }, deadline);
    return { tokenHash: left.tokenHash, at: left.at, isHandedOver: true };
  }
  const kept = await keepOutgoing(from, { ...message, expireAt }, deadline);
  return { tokenHash: kept.tokenHash, at: kept.at, isHandedOver: false };
}

/** Names of the first copies of an invitation. */
function invitations(count: number): MessageName[] {
  return Array.from({ length: count }, (_, index) => `${index + 1}` as const);
}

const allMessages: readonly MessageName[] = [...invitations(resendsMax + 1), 'confirmed'];

/**
 * Ends what still waits to be sent for a link, all of it or some: its tokens work no more. Harmless to repeat. Where no
 * carrier is configured nothing waits, but for what another configuration left, which ends when its turn comes.
 */
export async function dropMessages(
  deps: LinkDeps,
  link: LinkRow,
  deadline: Deadline,
  names = allMessages,
): Promise<void> {
  const { handle } = deps.brands.get(link.a.brand).brand;
  const isMailbox = (channel: MessageChannel): boolean => deps.carriers(handle, channel) === 'mailbox';
  if (isMailbox('EMAIL') && isMailbox('SMS')) return;
  const ids = names.map((name) => messageId(link._id, name));
  await dropOutgoing(deps.brands.get(link.a.brand).database, ids, deps.clock.now(), deadline);
}
