import type { ClientSession } from 'mongoose';
import type { SharingRule } from '../brands/brand.js';
import type { BrandEntry } from '../brands/brands.js';
import { runTransaction } from '../brands/transaction.js';
import type { ClaimRow } from '../claims/claim.js';
import { findClaims } from '../claims/claim.store.js';
import { emailClaim, mobileClaim } from '../claims/new-claim.js';
import { auditRow } from '../events/audit.js';
import { StaleRead } from '../events/commit-once.js';
import { insertAudit, insertOutbox } from '../events/event.store.js';
import { outboxRow } from '../events/outbox.js';
import type { Deadline } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import type { Uuid } from '../kernel/ids.js';
import { insertNewProfiles, type PlannedProfile, planNewProfile } from '../profiles/new-profile.service.js';
import { claimsOfPending, voidPendingProfile } from '../profiles/pending-profile.service.js';
import type { ProfileRow, ProfileValues } from '../profiles/profile.js';
import { addProfiles, changeProfile, readProfile } from '../profiles/profile.service.js';
import { searchKeysOf } from '../profiles/search-key.js';
import type { LinkMode, LinkRow } from './cross-brand-link.js';
import type { DeliveryRow } from './delivery.js';
import { decideMode } from './delivery.store.js';
import { linkCopyRow } from './link-copy.js';
import { deleteLinkCopy, insertLinkCopy } from './link-copy.store.js';
import type { LinkDeps } from './link-work.js';
import { valuesToCopy } from './shareable.js';

/** A profile that a link makes in the inviting brand. */
export interface LinkedProfilePlan {
  readonly target: BrandEntry;
  readonly rule: SharingRule | null;
  readonly link: LinkRow;
  /** The customer in the asking brand. */
  readonly source: ProfileRow;
  readonly state: 'PENDING' | 'ACTIVE';
  readonly now: Date;
  readonly deadline: Deadline;
}

/**
 * Plans the customer's profile in the inviting brand: values that the rule allows now, the customer agreed to and the
 * asking brand holds, without an e-mail or mobile that anybody there owns already.
 */
export async function planLinkedProfile(plan: LinkedProfilePlan): Promise<PlannedProfile> {
  const { target, link, now } = plan;
  const values = await withoutOwned(plan, valuesToCopy(plan.rule, link.consent.attributes, plan.source));
  return planNewProfile({
    brand: target.brand,
    values,
    identities: [{ handle: link.sharedHandle, identifier: link.sharedIdentifier, linkId: link._id }],
    now,
    state: plan.state,
    profileId: link.b.profileId,
    joinedAt: plan.state === 'ACTIVE' ? now : null,
    extra: {
      linkSlots: { [link.a.brand]: link._id },
      ...(plan.state === 'PENDING' ? { link: link._id } : {}),
    },
  });
}

async function withoutOwned(
  { target, deadline, now }: LinkedProfilePlan,
  values: ProfileValues,
): Promise<ProfileValues> {
  const { brand, database } = target;
  // Only the claims' ids matter here; whose they would be is decided by the plan.
  const place = { accountId: '', profileId: '', at: now };
  const email = values.email ? emailClaim(values.email, place) : null;
  const mobile = values.mobilePhone ? mobileClaim(values.mobilePhone, brand.phoneRegion, place) : null;
  const ids = [email, mobile].flatMap((claim) => (claim === null ? [] : [claim._id]));
  const owned = ids.length === 0 ? new Map<string, ClaimRow>() : await findClaims(database, ids, { deadline });
  return {
    ...values,
    email: email === null || owned.has(email._id) ? null : (values.email ?? null),
    mobilePhone: mobile === null || owned.has(mobile._id) ? null : (values.mobilePhone ?? null),
  };
}

/**
 * Decides, for as long as the link names this profile, whether one waits or its owner joins: rivals meet at the delivery
 * address, so that nobody who comes late makes a profile that the link has no use for.
 * @param planned The profile to insert; null where the address has an owner.
 * @throws StaleRead when somebody was faster, a duplicate key when with one of its claims: look again.
 */
export async function decideTarget(
  target: BrandEntry,
  link: LinkRow,
  delivery: DeliveryRow,
  planned: PlannedProfile | null,
  deadline: Deadline,
): Promise<LinkMode> {
  const mode = planned === null ? 'JOIN' : 'NEW';
  await runTransaction(target.database, deadline, async (session) => {
    const decided = { profileId: link.b.profileId, mode } as const;
    if (!(await decideMode(target.database, delivery, decided, session))) throw new StaleRead('The delivery address');
    if (planned !== null) await insertCopied(target, link, planned, session);
  });
  return mode;
}

async function insertCopied(
  { database, sealKey }: BrandEntry,
  link: LinkRow,
  planned: PlannedProfile,
  session: ClientSession,
): Promise<void> {
  const { profile } = planned;
  await insertNewProfiles(database, [planned], session);
  await insertLinkCopy(database, linkCopyRow(sealKey, link._id, profile._id, profile), session);
}

/** Inserts a planned profile that is live at once, with the facts a new member leaves behind. */
export async function insertLive(
  deps: LinkDeps,
  target: BrandEntry,
  link: LinkRow,
  planned: PlannedProfile,
  deadline: Deadline,
): Promise<void> {
  const { database } = target;
  const facts = memberFacts(deps, link, planned.profile._id, planned.profile.version);
  await runTransaction(database, deadline, async (session) => {
    await insertCopied(target, link, planned, session);
    await insertOutbox(database, [facts.event], session);
    await insertAudit(database, [facts.audit], session);
  });
}

function memberFacts(deps: LinkDeps, link: LinkRow, profileId: Uuid, version: number) {
  const at = deps.clock.now();
  return {
    event: outboxRow('profile.created', profileId, version, at, { linkId: link._id }),
    audit: auditRow({ actor: null, requestId: link._id }, 'crossBrandLinkActivate', profileId, at, {
      linkId: link._id,
    }),
  };
}

/**
 * Opens the pending profile of an activated link. Harmless to repeat, and to a profile that the brand's own sign-up has
 * opened meanwhile.
 * @returns false when there is no profile of that id.
 * @throws StaleRead when it changed while it was opened.
 */
export async function openPending(
  deps: LinkDeps,
  target: BrandEntry,
  link: LinkRow,
  deadline: Deadline,
): Promise<boolean> {
  const { database } = target;
  const row = await database.run(deadline, () => readProfile(database, link.b.profileId, { deadline }));
  if (row === null) return false;
  if (row.state === 'VOID') {
    // A tombstone keeps values of a link that ended from being copied late.
    if (link.state !== 'ACTIVE') return true;
    throw new AppError('INTERNAL', 'An active link leads to a profile that was never opened');
  }
  if (row.state !== 'PENDING') return true;
  const facts = memberFacts(deps, link, row._id, row.version + 1);
  const now = deps.clock.now();
  const keys = searchKeysOf(row);
  await runTransaction(database, deadline, async (session) => {
    const isOpened = await changeProfile(
      database,
      { _id: row._id, state: 'PENDING', link: link._id, version: row.version },
      {
        $set: {
          state: 'ACTIVE',
          live: true,
          type: 'ACTIVE',
          joinedAt: now,
          updatedAt: now,
          ...(keys.length > 0 ? { keys } : {}),
        },
        $unset: { link: '' },
        $inc: { version: 1 },
      },
      session,
    );
    if (!isOpened) throw new StaleRead('The pending profile');
    await insertOutbox(database, [facts.event], session);
    await insertAudit(database, [facts.audit], session);
  });
  return true;
}

/**
 * Voids a pending profile of a link that was never activated. Where there is none yet, a tombstone takes its id, so
 * that a worker who is late with inserting it fails. A profile that the brand has opened by itself is left alone.
 * @throws StaleRead or a duplicate key when it changed meanwhile.
 */
export async function voidPending(
  deps: LinkDeps,
  target: BrandEntry,
  link: LinkRow,
  profileId: Uuid,
  deadline: Deadline,
): Promise<void> {
  const { database } = target;
  const row = await database.run(deadline, () => readProfile(database, profileId, { deadline }));
  const now = deps.clock.now();
  if (row === null) {
    const tombstone: ProfileRow = {
      _id: profileId,
      state: 'VOID',
      version: 1,
      type: 'DELETED',
      createdAt: now,
      updatedAt: now,
    };
    await runTransaction(database, deadline, (session) => addProfiles(database, [tombstone], session));
    return;
  }
  if (row.state !== 'PENDING' || row.link !== link._id) {
    // Voided before, or the brand's own by now: no copy is left that digests could tell from the brand's own words.
    return database.run(deadline, () => deleteLinkCopy(database, profileId));
  }
  const claims = await database.run(deadline, () => claimsOfPending(target, row, deadline));
  await runTransaction(database, deadline, async (session) => {
    await voidPendingProfile(database, { row, claims }, now, session);
    await deleteLinkCopy(database, profileId, session);
  });
}
