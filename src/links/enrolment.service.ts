import { findClaims } from '../claims/claim.store.js';
import type { StepOutcome, StepRun } from '../journal/journal.js';
import type { Deadline } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import { readProfile } from '../profiles/profile.service.js';
import { releaseAddress } from './address-release.service.js';
import { confirmedContact } from './contact.js';
import { isAddressNeeded, type LinkMode, type LinkRow } from './cross-brand-link.js';
import type { DeliveryRow } from './delivery.js';
import { keepDelivery, openDelivery, readDelivery } from './delivery.service.js';
import { cleanUpPending, endPending } from './expiry.service.js';
import { updateLink } from './link.store.js';
import { ruleBetween } from './link-option.js';
import { readLink } from './link-transition.service.js';
import type { LinkDeps } from './link-work.js';
import { makeDue } from './message-due.service.js';
import { postInvitation } from './message-post.service.js';
import { decideTarget, planLinkedProfile } from './pending-profile.service.js';
import { addSharedIdentity, untilSettled } from './shared-identity.service.js';
import { liveOwner, takeSlot } from './slot.service.js';

/** Days that a token's digest is kept after the link's end, so that late tries can still be told from guesses. */
const activationDays = 90;

/**
 * Runs one step of an enrolment on the link as it is now. A link that has ended is cleaned up instead, by whoever notices
 * first; one that is active needs nothing more from here.
 */
async function onPending(
  deps: LinkDeps,
  run: StepRun,
  work: (link: LinkRow) => Promise<StepOutcome>,
): Promise<StepOutcome> {
  const link = await readLink(deps.brands.registry, run.journal.data['linkId'] ?? '', run.deadline);
  if (link === null || link.state === 'ACTIVE' || link.activatedAt !== undefined) return 'end';
  if (link.state === 'PENDING_ACTIVATION') return work(link);
  await cleanUpPending(deps, link, run.deadline);
  return 'end';
}

/**
 * After a write in a brand: a worker who was held up until another had ended and cleaned up what he worked on has lost his
 * lease, comes to no further step, and clears away here what he has left.
 */
async function unlessEnded(deps: LinkDeps, run: StepRun, outcome: StepOutcome): Promise<StepOutcome> {
  const link = await readLink(deps.brands.registry, run.journal.data['linkId'] ?? '', run.deadline);
  if (link !== null && !isAddressNeeded(link)) {
    await releaseAddress(deps, link, run.deadline);
  }
  return onPending(deps, run, async () => outcome);
}

/** Takes the asking profile's slot, so that it has one live link to the brand at most. */
export function slotStep(deps: LinkDeps, run: StepRun): Promise<StepOutcome> {
  return onPending(deps, run, async (link) => {
    const { database } = deps.brands.get(link.a.brand);
    const outcome = await takeSlot({
      brands: deps.brands,
      brand: link.a.brand,
      link,
      deadline: run.deadline,
      find: () => liveOwner(database, link.a.accountId, run.deadline),
    });
    if (outcome.kind === 'TAKEN') return unlessEnded(deps, run, 'next');
    const status = outcome.kind === 'HELD' ? 'SUPERSEDED' : 'LAPSED';
    await endPending(deps, link, { to: 'ENDED', status, reason: `SLOT_${outcome.kind}` }, run.deadline);
    // The same step again: it reads the link as it has become and cleans up.
    return { again: deps.clock.now() };
  });
}

/** Prepares the inviting brand: a pending profile where nobody owns the delivery address, else nothing at all. */
export function targetStep(deps: LinkDeps, run: StepRun): Promise<StepOutcome> {
  return onPending(deps, run, async (link) => {
    if (link.step === 'READY') return 'next';
    const { registry } = deps.brands;
    const mode = await prepareTarget(deps, link, run.deadline);
    if (mode === null) return failMessage(deps, link);
    const isReady = await updateLink(
      registry,
      {
        _id: link._id,
        state: 'PENDING_ACTIVATION',
        step: 'ENROLLING',
        epoch: link.epoch,
        // The brand's own sign-up may have taken the profile over meanwhile: then all is looked at again.
        'b.profileId': link.b.profileId,
      },
      { $set: { step: 'READY', mode } },
    );
    return isReady ? 'next' : unlessEnded(deps, run, { again: deps.clock.now() });
  });
}

/** No message can go: staff are to know. */
async function failMessage(deps: LinkDeps, link: LinkRow): Promise<StepOutcome> {
  const pending = { _id: link._id, state: 'PENDING_ACTIVATION' };
  await updateLink(deps.brands.registry, pending, { $set: { 'message.status': 'FAILED' } });
  return 'end';
}

async function prepareTarget(deps: LinkDeps, link: LinkRow, deadline: Deadline): Promise<LinkMode | null> {
  const source = deps.brands.get(link.a.brand);
  const target = deps.brands.get(link.b.brand);
  const customer = await liveOwner(source.database, link.a.accountId, deadline);
  const contact = customer === null ? null : confirmedContact(source.brand, customer, link.message?.channel ?? null);
  if (customer === null || contact === null) return null;
  let known: DeliveryRow | null = await keepDelivery(target, link, contact, deadline);
  return untilSettled(async () => {
    const delivery = known ?? (await readDelivery(target, link._id, deadline));
    known = null;
    // Whoever forgot it has nothing more to enrol.
    if (delivery === null) throw new AppError('RETRY', 'The delivery address has gone; the link is looked at again');
    if (delivery.decided?.profileId === link.b.profileId) return delivery.decided.mode;
    const existing = await target.database.run(deadline, () =>
      readProfile(target.database, link.b.profileId, { deadline }),
    );
    if (existing !== null) return 'NEW';
    const owners = await target.database.run(deadline, () =>
      findClaims(target.database, [delivery.claimId], { deadline }),
    );
    if (owners.size > 0) return decideTarget(target, link, delivery, null, deadline);
    const planned = await target.database.run(deadline, () =>
      planLinkedProfile({
        target,
        rule: ruleBetween(source.brand, target.brand.handle),
        link,
        source: customer,
        state: 'PENDING',
        now: deps.clock.now(),
        deadline,
      }),
    );
    return decideTarget(target, link, delivery, planned, deadline);
  });
}

/** Gives the asking profile the shared identity, in both modes alike: its staff must not see which it is. */
export function sourceStep(deps: LinkDeps, run: StepRun): Promise<StepOutcome> {
  return onPending(deps, run, async (link) => {
    await addSharedIdentity(deps, link, link.a.brand, link.a.accountId, run.deadline);
    return 'next';
  });
}

/**
 * Writes the activation message last asked for, and lets its token and no other lead to the link. From that commit on the
 * message is due, so the work of handing it over is journaled there.
 */
export function inviteStep(deps: LinkDeps, run: StepRun): Promise<StepOutcome> {
  return onPending(deps, run, async (link) => {
    const target = deps.brands.get(link.b.brand);
    const delivery = await readDelivery(target, link._id, run.deadline);
    const wanted = link.message?.wanted ?? 1;
    if (link.step !== 'READY' || link.tokenHash !== undefined || delivery === null) return 'next';
    const contact = openDelivery(target, delivery);
    const posted = await postInvitation(deps, link, contact, wanted, run.deadline);
    if (posted === null) return failMessage(deps, link);
    const { tokenHash, at, isHandedOver } = posted;
    const sent = isHandedOver ? { 'message.status': 'SENT', 'message.sentAt': at, 'message.sends': wanted } : {};
    const due = {
      name: `${wanted}`,
      where: { state: 'PENDING_ACTIVATION', step: 'READY', tokenHash: { $exists: false }, 'message.wanted': wanted },
      set: { tokenHash, ...sent },
      expireAt: new Date(link.activateBy.getTime() + activationDays * 86_400_000),
    } as const;
    await makeDue(deps, link, posted, due, run.deadline);
    return 'next';
  });
}
