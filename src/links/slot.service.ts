import type { ClientSession } from 'mongoose';
import type { BrandHandle } from '../brands/brand.js';
import type { Brands } from '../brands/brands.js';
import type { Database } from '../brands/database.js';
import { runTransaction } from '../brands/transaction.js';
import { StaleRead } from '../events/commit-once.js';
import type { Deadline } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import type { Uuid } from '../kernel/ids.js';
import type { ProfileRow } from '../profiles/profile.js';
import { changeProfile, ownerOfClaim } from '../profiles/profile.service.js';
import { isStaleSlot, type LinkRow, otherBrand } from './cross-brand-link.js';
import { hasMoved, readLink } from './link-transition.service.js';

/** Attempts to write a slot before giving up for now: rivals on one profile settle within a few. */
const attemptsMax = 8;

/** What became of taking a slot. */
export type SlotOutcome =
  | { readonly kind: 'TAKEN'; readonly profile: ProfileRow }
  /** Another live link holds it. */
  | { readonly kind: 'HELD' }
  | { readonly kind: 'NOBODY' };

/** A slot to be taken for a link in one of its brands. */
export interface SlotRequest {
  readonly brands: Brands;
  /** The brand of the profile. */
  readonly brand: BrandHandle;
  readonly link: LinkRow;
  readonly deadline: Deadline;
  /** The live profile as it is now, wherever merges or moves have led; null when there is none. */
  readonly find: () => Promise<ProfileRow | null>;
  /** A further write of the transaction that sets the slot. False: what it goes with is gone, and all is looked at again. */
  readonly also?: (profile: ProfileRow, session: ClientSession) => Promise<boolean>;
}

/**
 * Writes a link into the slot of a profile, so that no second link of these brands can be live on it. The slot moves with
 * the profile in a merge, whose plan goes by the version that this write raises. A slot that holds nothing is cleared.
 * @throws AppError `RETRY` when rivals stay faster.
 */
export async function takeSlot(request: SlotRequest): Promise<SlotOutcome> {
  const { brands, brand, link, deadline } = request;
  const { database } = brands.get(brand);
  const other = otherBrand(link, brand);
  const path = `linkSlots.${other}`;
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const profile = await request.find();
    if (profile === null) return { kind: 'NOBODY' };
    const held = profile.linkSlots?.[other];
    if (held === link._id) return { kind: 'TAKEN', profile };
    if (held !== undefined) {
      const holder = await readLink(brands.registry, held, deadline);
      if (!isStaleSlot(holder, brand, profile)) return { kind: 'HELD' };
      await clearSlot(database, profile._id, other, held, deadline);
      continue;
    }
    const filter = { _id: profile._id, state: 'ACTIVE', version: profile.version, [path]: { $exists: false } };
    const change = { $set: { [path]: link._id }, $inc: { version: 1 } } as const;
    const isTaken = await hasMoved(() =>
      runTransaction(database, deadline, async (session) => {
        if (!(await changeProfile(database, filter, change, session))) throw new StaleRead('The profile');
        if ((await request.also?.(profile, session)) === false) throw new StaleRead('What the slot is set by');
      }),
    );
    if (isTaken) return { kind: 'TAKEN', profile };
  }
  throw new AppError('RETRY', 'Other writes kept getting in the way; nothing was written, send it again', {
    details: { brand },
  });
}

/** Empties a slot if it still names this link. Harmless to repeat. */
export async function clearSlot(
  database: Database,
  profileId: Uuid,
  other: BrandHandle,
  linkId: Uuid,
  deadline: Deadline,
): Promise<void> {
  const path = `linkSlots.${other}`;
  await runTransaction(database, deadline, async (session) => {
    await changeProfile(
      database,
      { _id: profileId, [path]: linkId },
      { $unset: { [path]: '' }, $inc: { version: 1 } },
      session,
    );
  });
}

/** The live profile that owns an account now, read to decide a write; null when it is live no more. */
export async function liveOwner(database: Database, accountId: Uuid, deadline: Deadline): Promise<ProfileRow | null> {
  const owner = await database.run(deadline, () =>
    ownerOfClaim(database, { accountId, profileId: accountId }, { deadline }),
  );
  return owner?.profile.state === 'ACTIVE' ? owner.profile : null;
}

/** Empties the slot that the owner of an account holds for a link, wherever a merge has carried it. */
export async function clearOwnersSlot(
  brands: Brands,
  link: LinkRow,
  brand: BrandHandle,
  accountId: Uuid,
  deadline: Deadline,
): Promise<void> {
  const { database } = brands.get(brand);
  const other = otherBrand(link, brand);
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const owner = await liveOwner(database, accountId, deadline);
    if (owner?.linkSlots?.[other] !== link._id) return;
    await clearSlot(database, owner._id, other, link._id, deadline);
  }
}
