import type { Deadline } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import { clearMissedSlot } from './activation-join.service.js';
import type { LinkRow } from './cross-brand-link.js';
import { readDelivery } from './delivery.service.js';
import { deleteDelivery } from './delivery.store.js';
import type { LinkDeps } from './link-work.js';

/** Attempts before giving up for now: each that fails means that one more activation has just set a slot. */
const attemptsMax = 8;

/**
 * Forgets the address that a link's messages went to, and with it the slots that activations set by it and that the link
 * does not rest on: of one that died half-way nothing else would tell. Harmless to repeat.
 * @throws AppError `RETRY` when activations keep setting slots.
 */
export async function releaseAddress(deps: LinkDeps, link: LinkRow, deadline: Deadline): Promise<void> {
  const target = deps.brands.get(link.b.brand);
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const delivery = await readDelivery(target, link._id, deadline);
    if (delivery === null) return;
    for (const profileId of delivery.slotProfileIds ?? []) await clearMissedSlot(deps, link, profileId, deadline);
    if (await target.database.run(deadline, () => deleteDelivery(target.database, delivery))) return;
  }
  throw new AppError('RETRY', 'Activations of a link keep setting slots; its address is released later', {
    details: { brand: link.b.brand },
  });
}
