import type { ClientSession } from 'mongoose';
import type { BrandHandle } from '../brands/brand.js';
import { isDuplicateKey } from '../brands/brand-error.js';
import type { Database } from '../brands/database.js';
import { runTransaction } from '../brands/transaction.js';
import { type ClaimRow, identityClaimId } from '../claims/claim.js';
import { deleteClaim, findClaims, insertClaims } from '../claims/claim.store.js';
import { identityClaim } from '../claims/new-claim.js';
import { StaleRead } from '../events/commit-once.js';
import { insertOutbox } from '../events/event.store.js';
import { outboxRow } from '../events/outbox.js';
import { identityFacts } from '../identities/identity.js';
import type { Deadline } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import type { Uuid } from '../kernel/ids.js';
import { changeProfile } from '../profiles/profile.service.js';
import { type LinkRow, otherBrand } from './cross-brand-link.js';
import type { LinkDeps } from './link-work.js';
import { liveOwner } from './slot.service.js';

/** Attempts before giving up for now. */
const attemptsMax = 8;

/**
 * Gives the owner of an account the identity that both linked profiles carry. It hangs on the account that the link
 * names. Harmless to repeat; does nothing when nobody owns the account any more, or when the owner's slot does not name
 * the link: whoever ends a link empties the slot first, so that a worker who was held up adds nothing afterwards.
 */
export async function addSharedIdentity(
  deps: LinkDeps,
  link: LinkRow,
  brand: BrandHandle,
  accountId: Uuid,
  deadline: Deadline,
): Promise<void> {
  const { database } = deps.brands.get(brand);
  const id = identityClaimId(link.sharedHandle, link.sharedIdentifier);
  await untilSettled(async () => {
    const present = (await database.run(deadline, () => findClaims(database, [id], { deadline }))).get(id);
    if (present?.linkId === link._id) return;
    const owner = await liveOwner(database, accountId, deadline);
    const slot = `linkSlots.${otherBrand(link, brand)}`;
    if (owner?.linkSlots?.[otherBrand(link, brand)] !== link._id) return;
    const at = deps.clock.now();
    const claim = identityClaim(
      { handle: link.sharedHandle, identifier: link.sharedIdentifier, linkId: link._id },
      { accountId, profileId: accountId, at },
    );
    await runTransaction(database, deadline, async (session) => {
      await insertClaims(database, [claim], session);
      await recordChange(database, { kind: 'identity.added', owner, claim, at, where: { [slot]: link._id } }, session);
    });
  });
}

/** Takes the shared identity of a link away again, if this link made it. Harmless to repeat. */
export async function removeSharedIdentity(
  deps: LinkDeps,
  link: LinkRow,
  brand: BrandHandle,
  deadline: Deadline,
): Promise<void> {
  const { database } = deps.brands.get(brand);
  const id = identityClaimId(link.sharedHandle, link.sharedIdentifier);
  await untilSettled(async () => {
    const claim = (await database.run(deadline, () => findClaims(database, [id], { deadline }))).get(id);
    if (claim === undefined || claim.linkId !== link._id) return;
    const owner = await liveOwner(database, claim.accountId, deadline);
    const at = deps.clock.now();
    await runTransaction(database, deadline, async (session) => {
      if (!(await deleteClaim(database, claim, session))) throw new StaleRead('The shared identity');
      if (owner !== null) {
        await recordChange(database, { kind: 'identity.removed', owner, claim, at }, session);
      }
    });
  });
}

interface IdentityChange {
  readonly kind: 'identity.added' | 'identity.removed';
  readonly owner: { readonly _id: Uuid; readonly version: number };
  readonly claim: ClaimRow;
  readonly at: Date;
  /** Further conditions of the write. */
  readonly where?: Readonly<Record<string, unknown>>;
}

async function recordChange(database: Database, change: IdentityChange, session: ClientSession): Promise<void> {
  const { kind, owner, claim, at } = change;
  const isWritten = await changeProfile(
    database,
    { _id: owner._id, state: 'ACTIVE', version: owner.version, ...change.where },
    { $set: { updatedAt: at }, $inc: { version: 1 } },
    session,
  );
  if (!isWritten) throw new StaleRead('The profile');
  const payload = { identities: identityFacts([claim]) };
  await insertOutbox(database, [outboxRow(kind, owner._id, owner.version + 1, at, payload)], session);
}

/** Runs work again that met a rival: it reads afresh each time. */
export async function untilSettled<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StaleRead) && !isDuplicateKey(error)) throw error;
      if (attempt >= attemptsMax) {
        throw new AppError('RETRY', 'Other writes kept getting in the way; it will be tried again', { cause: error });
      }
    }
  }
}
