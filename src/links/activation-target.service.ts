import type { StepOutcome, StepRun } from '../journal/journal.js';
import type { Deadline } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import type { Uuid } from '../kernel/ids.js';
import { releaseAddress } from './address-release.service.js';
import type { LinkRow } from './cross-brand-link.js';
import { ruleBetween } from './link-option.js';
import { readLink } from './link-transition.service.js';
import type { LinkDeps } from './link-work.js';
import { insertLive, openPending, planLinkedProfile, voidPending } from './pending-profile.service.js';
import { addSharedIdentity, untilSettled } from './shared-identity.service.js';
import { liveOwner } from './slot.service.js';
import { issueWelcomeReward } from './welcome-reward.service.js';

/**
 * Carries an activation into the inviting brand. A copy of the message that staff asked for early may have been used before
 * the enrolment reached the asking profile, whose identity is then given here.
 */
export async function openTargetStep(deps: LinkDeps, run: StepRun): Promise<StepOutcome> {
  const linkId = run.journal.data['linkId'] ?? '';
  await finishActivation(deps, linkId, run.deadline);
  const link = await readLink(deps.brands.registry, linkId, run.deadline);
  if (link?.state === 'ACTIVE') await addSharedIdentity(deps, link, link.a.brand, link.a.accountId, run.deadline);
  return 'next';
}

/**
 * The new profile opens, or the joined one gets the shared identity. A link withdrawn meanwhile is read as such each time:
 * its waiting profile still opens, for the customer had accepted, but nothing is copied any more. Harmless to repeat.
 */
export async function finishActivation(deps: LinkDeps, linkId: Uuid, deadline: Deadline): Promise<void> {
  await untilSettled(async () => {
    const link = await readLink(deps.brands.registry, linkId, deadline);
    if (link === null || link.activatedAt === undefined || link.b.accountId === undefined) {
      throw new AppError('INTERNAL', 'The activation of a link that is not active was to be carried out');
    }
    const target = deps.brands.get(link.b.brand);
    for (const id of link.b.formerProfileIds ?? []) await voidPending(deps, target, link, id, deadline);
    if (link.mode !== 'JOIN') await openNew(deps, link, deadline);
    else if (link.state === 'ACTIVE') {
      await addSharedIdentity(deps, link, link.b.brand, link.b.accountId, deadline);
    }
    await issueWelcomeReward(deps, link, deadline);
  });
}

/** Opens the waiting profile; where none was made because the address had an owner then, makes it now, in one transaction. */
async function openNew(deps: LinkDeps, link: LinkRow, deadline: Deadline): Promise<void> {
  const source = deps.brands.get(link.a.brand);
  const target = deps.brands.get(link.b.brand);
  if (await openPending(deps, target, link, deadline)) return;
  if (link.state !== 'ACTIVE') return voidPending(deps, target, link, link.b.profileId, deadline);
  const customer = await liveOwner(source.database, link.a.accountId, deadline);
  if (customer === null) throw new AppError('RETRY', 'The customer of an active link has no live profile just now');
  const planned = await target.database.run(deadline, () =>
    planLinkedProfile({
      target,
      rule: ruleBetween(source.brand, target.brand.handle),
      link,
      source: customer,
      state: 'ACTIVE',
      now: deps.clock.now(),
      deadline,
    }),
  );
  await insertLive(deps, target, link, planned, deadline);
}

/** The delivery address has served its purpose. */
export async function forgetAddressStep(deps: LinkDeps, run: StepRun): Promise<StepOutcome> {
  const link = await readLink(deps.brands.registry, run.journal.data['linkId'] ?? '', run.deadline);
  if (link !== null) await releaseAddress(deps, link, run.deadline);
  return 'next';
}
