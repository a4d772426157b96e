import { findClaims } from '../claims/claim.store.js';
import type { Deadline } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import type { ProfileRow } from '../profiles/profile.js';
import { ownerOfClaim } from '../profiles/profile.service.js';
import { isStaleSlot, type LinkRow } from './cross-brand-link.js';
import { readDelivery } from './delivery.service.js';
import { noteSlot } from './delivery.store.js';
import { readLink } from './link-transition.service.js';
import type { LinkDeps } from './link-work.js';
import { clearSlot, liveOwner, type SlotOutcome, takeSlot } from './slot.service.js';

/**
 * Takes the slot of the profile that owns the delivery address now, before the link becomes active: whoever reads the
 * address can be nobody else than its owner. NOBODY when no live profile owns it any more.
 */
export async function joinTarget(deps: LinkDeps, link: LinkRow, deadline: Deadline): Promise<SlotOutcome> {
  const { database } = deps.brands.get(link.b.brand);
  return takeSlot({
    brands: deps.brands,
    brand: link.b.brand,
    link,
    deadline,
    find: () => addressOwner(deps, link, deadline),
    also: (profile, session) => noteSlot(database, link._id, profile._id, session),
  });
}

async function addressOwner(deps: LinkDeps, link: LinkRow, deadline: Deadline): Promise<ProfileRow | null> {
  const target = deps.brands.get(link.b.brand);
  const delivery = await readDelivery(target, link._id, deadline);
  if (delivery === null) return null;
  return target.database.run(deadline, async () => {
    const claim = (await findClaims(target.database, [delivery.claimId], { deadline })).get(delivery.claimId);
    const owner = claim === undefined ? null : await ownerOfClaim(target.database, claim, { deadline });
    return owner?.profile.state === 'ACTIVE' ? owner.profile : null;
  });
}

/**
 * After somebody else's activation of this link got in first: empties the slot set here, but only if the link leads
 * elsewhere by now. Often it is the very slot that the other one rests on.
 */
export async function clearMissedSlot(
  deps: LinkDeps,
  link: LinkRow,
  profileId: Uuid,
  deadline: Deadline,
): Promise<void> {
  const { database } = deps.brands.get(link.b.brand);
  const present = await readLink(deps.brands.registry, link._id, deadline);
  // A merge may have carried the slot on.
  const profile = await liveOwner(database, profileId, deadline);
  if (profile === null || !isStaleSlot(present, link.b.brand, profile)) return;
  await clearSlot(database, profile._id, link.a.brand, link._id, deadline);
}
