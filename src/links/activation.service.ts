import type { ActorReference } from '../access/actor.js';
import type { OperationContext } from '../access/context.js';
import { World } from '../access/world.js';
import { runTransaction } from '../brands/transaction.js';
import { noticeById } from '../consents/notice.service.js';
import { type AuditRow, auditRow } from '../events/audit.js';
import { insertAudit, insertOutbox } from '../events/event.store.js';
import { outboxRow } from '../events/outbox.js';
import type { CrossBrandLinkErrorCode } from '../generated/resolvers-types.js';
import { journalRow } from '../journal/journal.js';
import { insertJournals } from '../journal/journal.store.js';
import type { JournalRunner } from '../journal/journal-runner.js';
import { pause } from '../kernel/clock.js';
import { sha256Hex } from '../kernel/digest.js';
import { AppError, refuse } from '../kernel/errors.js';
import type { Uuid } from '../kernel/ids.js';
import { ownAccount } from '../profiles/profile.js';
import { type ActivatedView, type ActivationView, isWaitingFor } from './activation.js';
import { clearMissedSlot, joinTarget } from './activation-join.service.js';
import { newActivationToken, tokenHashOf } from './activation-token.js';
import { endKey, type LinkMode, type LinkRow } from './cross-brand-link.js';
import { findActivation, insertActivation } from './link.store.js';
import { type ReceiptDeps, type SignedReceipt, signReceipt } from './link-receipt.service.js';
import { hasMoved, moveLink, readLink } from './link-transition.service.js';
import { linkJournalId, linkJournals, withdrawalPage } from './link-work.js';

/** What activation needs beside the operation. */
export interface ActivationDeps extends ReceiptDeps {
  readonly journals: JournalRunner;
}

/** How long an activation waits for the inviting brand, so that its answer usually finds the profile open. */
const openingWaitMs = 2_000;

/** Attempts before giving up: what a link waits for changes a few times in its life. */
const attemptsMax = 8;

/** The customer behind a token, who has no other name here than the link. */
export function customerOf(link: LinkRow): ActorReference {
  return { kind: 'CUSTOMER', reference: `link:${link._id}` };
}

/** The link that waits for a token; null alike for every token that does not work. */
export async function waitingLink(context: OperationContext, token: string): Promise<LinkRow | null> {
  const { registry } = context.brands;
  const tokenHash = tokenHashOf(token);
  if (tokenHash === null) return null;
  const activation = await registry.run(context.deadline, () => findActivation(registry, tokenHash, context.deadline));
  const link = activation === null ? null : await readLink(registry, activation.linkId, context.deadline);
  return link !== null && isWaitingFor(link, tokenHash, context.clock.now()) ? link : null;
}

/** What a token's holder is asked to agree to; null for every token that does not work. Uses nothing up. */
export async function showActivation(context: OperationContext, token: string): Promise<ActivationView | null> {
  const link = await waitingLink(context, token);
  if (link === null) return null;
  return {
    fromBrandName: context.brands.get(link.a.brand).brand.name,
    toBrandName: context.brands.get(link.b.brand).brand.name,
    attributes: link.consent.attributes,
    notice: await noticeById(context, link.consent.noticeId),
    welcomeReward: link.welcomeReward,
    expiresAt: link.activateBy,
  };
}

/**
 * The customer accepts: one write on the link decides, whoever else holds the token; the inviting brand follows by
 * journal. Where the brand knows the address already, the profile that owns it at this moment is joined.
 * @throws Refusal `CONSENT_REQUIRED`, `TOKEN_INVALID`, `ALREADY_LINKED`.
 */
export async function activateLink(
  context: OperationContext,
  deps: ActivationDeps,
  input: { readonly token: string; readonly isAccepted: boolean },
): Promise<ActivatedView> {
  if (input.isAccepted !== true) {
    refuse<CrossBrandLinkErrorCode>('CONSENT_REQUIRED', 'The customer has to accept first', ['isAccepted']);
  }
  return oneAtATime(deps, input.token, () => activateInTurn(context, deps, input.token));
}

const turns = new WeakMap<ActivationDeps, Map<string, Promise<unknown>>>();

/**
 * Lets activations by one token wait for each other in this process. The link's own write decides between processes; here
 * it only spares the database a crowd of transactions on one document, of which all but one are bound to fail.
 */
async function oneAtATime<T>(deps: ActivationDeps, token: string, work: () => Promise<T>): Promise<T> {
  const last = turns.get(deps) ?? new Map<string, Promise<unknown>>();
  turns.set(deps, last);
  const turn = (last.get(token) ?? Promise.resolve()).then(work, work);
  last.set(token, turn);
  try {
    return await turn;
  } finally {
    if (last.get(token) === turn) last.delete(token);
  }
}

async function activateInTurn(context: OperationContext, deps: ActivationDeps, token: string): Promise<ActivatedView> {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const link = await waitingLink(context, token);
    if (link === null) refuseToken();
    const target = await targetOf(context, deps, link);
    if (target === 'ALREADY_LINKED') {
      refuse<CrossBrandLinkErrorCode>('ALREADY_LINKED', 'The two brands are linked for this customer already');
    }
    const receipt = await signReceipt(context, deps, link, { status: 'CONFIRMED', epoch: link.epoch });
    const receiptToken = newActivationToken();
    if (await commitActivation(context, link, target, { ...receipt, token: receiptToken })) {
      const opened = deps.journals.poke(linkJournalId(linkJournals.activate, link._id));
      await Promise.race([opened, pause(Math.min(openingWaitMs, context.deadline.remainingMs()))]);
      context.world = new World();
      const withdrawalUrl = `${withdrawalPage(deps.links)}#${receiptToken}`;
      const { portalUrl } = context.brands.get(link.b.brand).brand;
      return { receipt: { ...receipt.view, withdrawalUrl }, portalUrl };
    }
    // Another activation got in, or the link waits for something else now: it is looked at again.
    if (target.mode === 'JOIN') await clearMissedSlot(deps.links, link, target.profileId, context.deadline);
  }
  throw new AppError('RETRY', 'The invitation kept changing; nothing was written, send it again');
}

/** What is said of every token that does not work. */
export const tokenRefusal = 'This invitation does not work; ask for a new one';

/** The one refusal of every token that does not work. */
export function refuseToken(): never {
  refuse<CrossBrandLinkErrorCode>('TOKEN_INVALID', tokenRefusal, ['token']);
}

interface ActivationTarget {
  readonly mode: LinkMode;
  readonly accountId: Uuid;
  readonly profileId: Uuid;
}

async function targetOf(
  context: OperationContext,
  deps: ActivationDeps,
  link: LinkRow,
): Promise<ActivationTarget | 'ALREADY_LINKED'> {
  const fresh = { mode: 'NEW' as const, accountId: link.b.profileId, profileId: link.b.profileId };
  if (link.mode !== 'JOIN') return fresh;
  const outcome = await joinTarget(deps.links, link, context.deadline);
  if (outcome.kind === 'HELD') return 'ALREADY_LINKED';
  // Nobody owns the address any more: the customer becomes a new member after all.
  if (outcome.kind === 'NOBODY') return fresh;
  return { mode: 'JOIN', accountId: ownAccount(outcome.profile), profileId: outcome.profile._id };
}

/** Returns whether this was the one that got in. */
async function commitActivation(
  context: OperationContext,
  link: LinkRow,
  target: ActivationTarget,
  { at, evidence, keep, token }: SignedReceipt & { readonly token: string },
): Promise<boolean> {
  const { registry } = context.brands;
  const kind = linkJournals.activate;
  const actor = customerOf(link);
  const receiptTokenHash = sha256Hex(token);
  const transition = {
    to: 'ACTIVE' as const,
    consent: { status: 'CONFIRMED' as const, at, actor, evidence },
    receiptId: evidence.receiptId,
    where: { tokenHash: link.tokenHash },
    set: {
      activatedAt: at,
      mode: target.mode,
      b: { ...link.b, accountId: target.accountId },
      ends: [...link.ends, endKey(link.b.brand, target.accountId)],
      receiptTokenHash,
    },
  };
  const journal = journalRow({ id: linkJournalId(kind, link._id), kind, data: { linkId: link._id }, at });
  const brands = { from: link.a.brand, to: link.b.brand };
  const event = outboxRow('link.activated', link._id, 1, at, brands);
  const audit = customerAudit(context, 'crossBrandLinkActivate', link, at);
  return hasMoved(() =>
    runTransaction(registry, context.deadline, async (session) => {
      await moveLink(registry, link, transition, session);
      await keep(session);
      await insertActivation(registry, { _id: receiptTokenHash, linkId: link._id }, session);
      await insertJournals(registry, [journal], session);
      await insertOutbox(registry, [event], session);
      await insertAudit(registry, [audit], session);
    }),
  );
}

/** The audit row of what a customer did by a token of the link. */
export function customerAudit(context: OperationContext, action: string, link: LinkRow, at: Date): AuditRow {
  const { kind, reference } = customerOf(link);
  return {
    ...auditRow(context, action, link._id, at, { from: link.a.brand, to: link.b.brand }),
    actor: { kind, reference, tokenRef: null },
  };
}
