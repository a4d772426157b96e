import type { Brand } from '../brands/brand.js';
import { channelsOf } from '../brands/messages-config.js';
import { emailClaimId, mobileClaimId } from '../claims/claim.js';
import { readEmail, readPhone } from '../claims/match-key.js';
import { AppError } from '../kernel/errors.js';
import type { ProfileRow } from '../profiles/profile.js';
import type { MessageChannel } from './cross-brand-link.js';

/** An address of a customer that an activation message may go to. */
export interface Contact {
  readonly channel: MessageChannel;
  readonly address: string;
}

/**
 * The contact on a channel, or the first on any, among those that the brand's messages can go by. It counts as confirmed when the brand holds it and its channel has not
 * bounced: brands keep no other proof that an address is the customer's own.
 */
export function confirmedContact(
  { messages }: Pick<Brand, 'messages'>,
  profile: ProfileRow,
  channel: MessageChannel | null,
): Contact | null {
  for (const candidate of channelsOf(messages)) {
    if (channel !== null && channel !== candidate) continue;
    const address = candidate === 'EMAIL' ? profile.email : profile.mobilePhone;
    const stored = profile.comms?.channels.find((each) => each.channel === candidate);
    if (address && stored?.isBounced !== true) return { channel: candidate, address };
  }
  return null;
}

/** The address as staff see it: `m•••@e•••.org`, `•••45`. The number of dots says nothing about its length. */
export function maskAddress({ channel, address }: Contact): string {
  if (channel === 'SMS') return `•••${address.slice(-2)}`;
  const at = address.lastIndexOf('@');
  const host = address.slice(at + 1);
  const first = (text: string): string => [...text][0] ?? '';
  return `${first(address)}•••@${first(host)}•••${host.slice(host.lastIndexOf('.'))}`;
}

/** `_id` of the claim that an owner of the address has in a brand. */
export function contactClaimId({ channel, address }: Contact, phoneRegion: string): string {
  const read = channel === 'EMAIL' ? readEmail(address) : readPhone(address, phoneRegion);
  if (read === null) throw new AppError('INTERNAL', 'A stored contact has a form that was never accepted');
  return channel === 'EMAIL' ? emailClaimId(read.key) : mobileClaimId(read.key);
}
