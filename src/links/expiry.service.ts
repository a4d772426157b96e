import { systemActor } from '../access/actor.js';
import { runTransaction } from '../brands/transaction.js';
import type { ConsentStatus } from '../consents/consent.js';
import type { StepOutcome, StepRun } from '../journal/journal.js';
import type { Deadline } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import { releaseAddress } from './address-release.service.js';
import type { LinkRow, LinkState } from './cross-brand-link.js';
import { hasMoved, moveLink, readLink } from './link-transition.service.js';
import type { LinkDeps } from './link-work.js';
import { dropMessages } from './message-post.service.js';
import { voidPending } from './pending-profile.service.js';
import { removeSharedIdentity, untilSettled } from './shared-identity.service.js';
import { clearOwnersSlot } from './slot.service.js';

/**
 * Ends a pending link that nobody activated: first the one write on the link, so that an activation at the same moment
 * either got in before or finds it ended. Returns whether the link was pending.
 */
export async function endPending(
  deps: LinkDeps,
  link: LinkRow,
  end: { readonly to: LinkState; readonly status: ConsentStatus; readonly reason: string },
  deadline: Deadline,
): Promise<boolean> {
  if (link.state !== 'PENDING_ACTIVATION') return false;
  const { registry } = deps.brands;
  const consent = {
    status: end.status,
    at: deps.clock.now(),
    actor: systemActor,
    evidence: { reason: end.reason },
  };
  const transition = { to: end.to, consent, set: { prior: link.state } };
  return hasMoved(() => runTransaction(registry, deadline, (session) => moveLink(registry, link, transition, session)));
}

/** Profiles that were or may yet be made for a link: the one it names, and those it named before. */
export function madeProfiles(link: LinkRow): Uuid[] {
  return [link.b.profileId, ...(link.b.formerProfileIds ?? [])];
}

/**
 * Removes what a link that ended without activation has left in both brands: the pending profile's personal data, slots,
 * the shared identity, the delivery address, messages that still wait. Every part may be repeated.
 */
export async function cleanUpPending(deps: LinkDeps, link: LinkRow, deadline: Deadline): Promise<void> {
  const target = deps.brands.get(link.b.brand);
  await clearOwnersSlot(deps.brands, link, link.a.brand, link.a.accountId, deadline);
  await removeSharedIdentity(deps, link, link.a.brand, deadline);
  for (const profileId of madeProfiles(link)) {
    await untilSettled(() => voidPending(deps, target, link, profileId, deadline));
  }
  await releaseAddress(deps, link, deadline);
  await dropMessages(deps, link, deadline);
}

/** The moment has come, or it has moved: a link is expired only when its present end lies behind. */
export async function expireStep(deps: LinkDeps, run: StepRun): Promise<StepOutcome> {
  const link = await readLink(deps.brands.registry, run.journal.data['linkId'] ?? '', run.deadline);
  if (link === null || link.state === 'ACTIVE' || link.activatedAt !== undefined) return 'end';
  if (link.state !== 'PENDING_ACTIVATION') return 'next';
  if (link.activateBy > deps.clock.now()) return { again: link.activateBy };
  const isEnded = await endPending(deps, link, { to: 'EXPIRED', status: 'LAPSED', reason: 'EXPIRED' }, run.deadline);
  return isEnded ? 'next' : { again: deps.clock.now() };
}

/** After the end stands in the link: what it left behind goes. */
export async function purgeStep(deps: LinkDeps, run: StepRun): Promise<StepOutcome> {
  const link = await readLink(deps.brands.registry, run.journal.data['linkId'] ?? '', run.deadline);
  if (link === null || link.state === 'ACTIVE' || link.activatedAt !== undefined) return 'end';
  await cleanUpPending(deps, link, run.deadline);
  return 'next';
}
