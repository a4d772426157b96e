import type { BrandEntry } from '../brands/brands.js';
import type { Deadline } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import type { Uuid } from '../kernel/ids.js';
import { openText, seal } from '../kernel/seal.js';
import { type Contact, contactClaimId } from './contact.js';
import type { LinkRow } from './cross-brand-link.js';
import type { DeliveryRow } from './delivery.js';
import { findDelivery, insertDelivery } from './delivery.store.js';

/** Days after an invitation's end by which all work on it is done: a row that is still there then goes by itself. */
const keptDays = 30;

/** The delivery address of a link as kept in the inviting brand; null when it has none. */
export function readDelivery(target: BrandEntry, linkId: Uuid, deadline: Deadline): Promise<DeliveryRow | null> {
  return target.database.run(deadline, () => findDelivery(target.database, linkId, deadline));
}

/**
 * Keeps the address that a link's message goes to, encrypted with the inviting brand's key. The first one kept stands: a
 * repeated step must not move the message to another address. Written alike whether that brand knows the address or not.
 */
export async function keepDelivery(
  target: BrandEntry,
  link: LinkRow,
  contact: Contact,
  deadline: Deadline,
): Promise<DeliveryRow> {
  const row: DeliveryRow = {
    _id: link._id,
    claimId: contactClaimId(contact, target.brand.phoneRegion),
    channel: contact.channel,
    sealed: seal(target.sealKey, link._id, contact.address),
    expireAt: new Date(link.activateBy.getTime() + keptDays * 86_400_000),
  };
  const isNew = await target.database.run(deadline, () => insertDelivery(target.database, row));
  if (isNew) return row;
  const kept = await readDelivery(target, link._id, deadline);
  if (kept === null) throw new AppError('RETRY', 'A delivery address went while it was read; it will be tried again');
  return kept;
}

/** The address in clear. */
export function openDelivery(target: BrandEntry, row: DeliveryRow): Contact {
  return { channel: row.channel, address: openText(target.sealKey, row._id, row.sealed) };
}
