import type { ClientSession } from 'mongoose';
import type { BrandEntry } from '../brands/brands.js';
import { runTransaction } from '../brands/transaction.js';
import { emailClaimId, mobileClaimId } from '../claims/claim.js';
import { deleteClaim, findClaims } from '../claims/claim.store.js';
import { readEmail, readPhone } from '../claims/match-key.js';
import { auditRow } from '../events/audit.js';
import { StaleRead } from '../events/commit-once.js';
import { insertAudit, insertOutbox } from '../events/event.store.js';
import { outboxRow } from '../events/outbox.js';
import type { StepOutcome, StepRun } from '../journal/journal.js';
import type { Deadline } from '../kernel/clock.js';
import { accountsOf, type ProfileRow } from '../profiles/profile.js';
import { changeProfile } from '../profiles/profile.service.js';
import { searchKeysOf } from '../profiles/search-key.js';
import { finishActivation } from './activation-target.service.js';
import { releaseAddress } from './address-release.service.js';
import type { LinkRow } from './cross-brand-link.js';
import { cleanUpPending, madeProfiles } from './expiry.service.js';
import { type CopiedName, untouchedCopies } from './link-copy.js';
import { deleteLinkCopy, findLinkCopy } from './link-copy.store.js';
import { readLink } from './link-transition.service.js';
import type { LinkDeps } from './link-work.js';
import { dropMessages } from './message-post.service.js';
import { removeSharedIdentity, untilSettled } from './shared-identity.service.js';
import { clearOwnersSlot, liveOwner } from './slot.service.js';

/** What becomes of copied values when a link ends, as the customer chose. */
export type CopiesChoice = 'KEEP' | 'ERASE_UNTOUCHED';

/** An activated link is carried through first: otherwise its waiting profile would be taken for one nobody activated. */
export async function settleStep(deps: LinkDeps, run: StepRun): Promise<StepOutcome> {
  const link = await readLink(deps.brands.registry, run.journal.data['linkId'] ?? '', run.deadline);
  if (link === null) return 'end';
  if (link.activatedAt !== undefined) await finishActivation(deps, link._id, run.deadline);
  return 'next';
}

/** Removes what an ended link has left in both brands. */
export async function releaseStep(deps: LinkDeps, run: StepRun): Promise<StepOutcome> {
  const { linkId, copies } = run.journal.data;
  const link = await readLink(deps.brands.registry, linkId ?? '', run.deadline);
  if (link === null) return 'end';
  if (link.activatedAt === undefined) await cleanUpPending(deps, link, run.deadline);
  else await cleanUpActive(deps, link, copies === 'ERASE_UNTOUCHED' ? copies : 'KEEP', run.deadline);
  return 'next';
}

/**
 * In the inviting brand the slot goes first: a worker who is late with a copy or an identity for this link meets no slot
 * and writes nothing. The asking brand's profile loses slot and shared identity, and nothing of its own.
 */
async function cleanUpActive(deps: LinkDeps, link: LinkRow, choice: CopiesChoice, deadline: Deadline): Promise<void> {
  const target = deps.brands.get(link.b.brand);
  if (link.b.accountId !== undefined) {
    await clearOwnersSlot(deps.brands, link, link.b.brand, link.b.accountId, deadline);
  }
  await settleCopies(deps, target, link, choice, deadline);
  await removeSharedIdentity(deps, link, link.b.brand, deadline);
  await clearOwnersSlot(deps.brands, link, link.a.brand, link.a.accountId, deadline);
  await removeSharedIdentity(deps, link, link.a.brand, deadline);
  await releaseAddress(deps, link, deadline);
  await dropMessages(deps, link, deadline);
}

async function settleCopies(
  deps: LinkDeps,
  target: BrandEntry,
  link: LinkRow,
  choice: CopiesChoice,
  deadline: Deadline,
): Promise<void> {
  const { database } = target;
  if (choice === 'ERASE_UNTOUCHED') await untilSettled(() => eraseUntouched(deps, target, link, deadline));
  for (const profileId of madeProfiles(link)) {
    await database.run(deadline, () => deleteLinkCopy(database, profileId));
  }
}

async function eraseUntouched(deps: LinkDeps, target: BrandEntry, link: LinkRow, deadline: Deadline): Promise<void> {
  const { database, sealKey } = target;
  const copy = await database.run(deadline, () => findLinkCopy(database, link.b.profileId, deadline));
  const owner = copy === null ? null : await liveOwner(database, link.b.accountId ?? '', deadline);
  if (copy === null || owner === null) return;
  const names = untouchedCopies(sealKey, copy, owner);
  if (names.length === 0) return;
  const claims = await database.run(deadline, () => contactClaims(target, owner, names, deadline));
  const at = deps.clock.now();
  const payload = { fields: names, linkId: link._id };
  const event = outboxRow('profile.updated', owner._id, owner.version + 1, at, payload);
  const audit = auditRow({ actor: null, requestId: link._id }, 'crossBrandLinkWithdraw', owner._id, at, payload);
  await runTransaction(database, deadline, async (session) => {
    await eraseValues(target, owner, names, at, session);
    for (const claim of claims) {
      if (!(await deleteClaim(database, claim, session))) throw new StaleRead('The claim of a copied contact');
    }
    await deleteLinkCopy(database, copy._id, session);
    await insertOutbox(database, [event], session);
    await insertAudit(database, [audit], session);
  });
}

async function eraseValues(
  { database }: BrandEntry,
  owner: ProfileRow,
  names: readonly CopiedName[],
  at: Date,
  session: ClientSession,
): Promise<void> {
  const rest = Object.fromEntries(Object.entries(owner).filter(([name]) => !names.includes(name as CopiedName)));
  const keys = searchKeysOf(rest as unknown as ProfileRow);
  const lost = [...names, ...(keys.length === 0 ? ['keys'] : [])];
  const isErased = await changeProfile(
    database,
    { _id: owner._id, state: 'ACTIVE', version: owner.version },
    {
      $set: { updatedAt: at, ...(keys.length === 0 ? {} : { keys }) },
      $unset: Object.fromEntries(lost.map((name) => [name, '' as const])),
      $inc: { version: 1 },
    },
    session,
  );
  if (!isErased) throw new StaleRead('The profile with the copied values');
}

/** Claims of the contacts that are about to be erased, as far as they are the profile's. */
async function contactClaims(
  { brand, database }: BrandEntry,
  owner: ProfileRow,
  names: readonly CopiedName[],
  deadline: Deadline,
) {
  const email = names.includes('email') ? readEmail(owner.email ?? '') : null;
  const mobile = names.includes('mobilePhone') ? readPhone(owner.mobilePhone ?? '', brand.phoneRegion) : null;
  const ids = [
    ...(email === null ? [] : [emailClaimId(email.key)]),
    ...(mobile === null ? [] : [mobileClaimId(mobile.key)]),
  ];
  const claims = await findClaims(database, ids, { deadline });
  return [...claims.values()].filter((claim) => accountsOf(owner).includes(claim.accountId));
}
