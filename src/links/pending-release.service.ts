import type { OperationContext } from '../access/context.js';
import { AppError } from '../kernel/errors.js';
import { newUuid } from '../kernel/ids.js';
import type { ProfileRow } from '../profiles/profile.js';
import { updateLink } from './link.store.js';
import { readLink } from './link-transition.service.js';

/** Attempts before giving up: a link moves a few times in its life. */
const attemptsMax = 8;

/**
 * Lets the inviting brand's own sign-up have a profile that waits for a link's customer. The link lets go of it first, in
 * one write, and goes on in mode JOIN with another profile's id in reserve: whoever activates it can be joined only to the
 * owner of the delivery address, never to somebody who happened to sign up with another value that was copied.
 * @returns false when the customer has accepted: the profile is a member's.
 */
export async function releasePending(
  { brands, deadline }: Pick<OperationContext, 'brands' | 'deadline'>,
  pending: ProfileRow,
): Promise<boolean> {
  const { registry } = brands;
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const link = pending.link === undefined ? null : await readLink(registry, pending.link, deadline);
    if (link === null) return true;
    if (link.b.formerProfileIds?.includes(pending._id)) return true;
    if (link.activatedAt !== undefined) return false;
    if (link.state !== 'PENDING_ACTIVATION') return true;
    const formerProfileIds = [...(link.b.formerProfileIds ?? []), pending._id];
    const isReleased = await registry.run(deadline, () =>
      updateLink(
        registry,
        { _id: link._id, state: 'PENDING_ACTIVATION', 'b.profileId': pending._id },
        { $set: { mode: 'JOIN', b: { ...link.b, profileId: newUuid(), formerProfileIds } } },
      ),
    );
    if (isReleased) return true;
  }
  throw new AppError('RETRY', 'Other writes kept getting in the way; nothing was written, send it again');
}
