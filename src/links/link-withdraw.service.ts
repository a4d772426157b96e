import { isBound } from '../access/actor.js';
import { type OperationContext, requireActor } from '../access/context.js';
import { hasScope } from '../access/scopes.js';
import { World } from '../access/world.js';
import { receiptOf } from '../consents/receipt.service.js';
import { auditRow } from '../events/audit.js';
import { commitOnce, type Decision } from '../events/commit-once.js';
import { insertAudit, insertOutbox } from '../events/event.store.js';
import { intentOf } from '../events/idempotency.js';
import { outboxRow } from '../events/outbox.js';
import type { CrossBrandLinkErrorCode, CrossBrandLinkWithdrawInput } from '../generated/resolvers-types.js';
import { journalRow } from '../journal/journal.js';
import { insertJournals } from '../journal/journal.store.js';
import { AppError, badInput, refuse } from '../kernel/errors.js';
import { expectNodeId } from '../kernel/ids.js';
import { viewBoundProfile } from '../profiles/bound-profile.service.js';
import { accountsOf } from '../profiles/profile.js';
import type { WithdrawnView } from './activation.js';
import { type ActivationDeps, customerAudit, customerOf } from './activation.service.js';
import { tokenHashOf } from './activation-token.js';
import { endKey, isLive, type LinkRow } from './cross-brand-link.js';
import { mayActOn } from './cross-brand-link.service.js';
import { findActivation } from './link.store.js';
import type { CopiesChoice } from './link-clean-up.service.js';
import { signReceipt } from './link-receipt.service.js';
import { moveLink, readLink } from './link-transition.service.js';
import { linkJournalId, linkJournals } from './link-work.js';

/** A link that may be withdrawn by whoever asks. */
interface Found {
  readonly link: LinkRow;
  /** How the customer is known: by the receipt, by a token of their own; otherwise it is no customer. */
  readonly customer: 'RECEIPT' | 'TOKEN' | null;
}

/**
 * Takes consent back in one write on the link: whoever reads from then on, or confirms what was read before, finds it
 * withdrawn. What it left in the brands is removed by journal. To withdraw again changes nothing and answers the same; the
 * first choice about copies stands.
 * @throws Refusal `NOT_FOUND`, `TOKEN_INVALID`, `STATE_NOT_ALLOWED`; AppError `UNAUTHENTICATED`, `FORBIDDEN`.
 */
export async function withdrawLink(
  context: OperationContext,
  deps: ActivationDeps,
  input: CrossBrandLinkWithdrawInput,
): Promise<WithdrawnView> {
  const { idempotencyKey, ...body } = input;
  const copies = input.copies ?? 'KEEP';
  // A token names one link, on which repeating is harmless: only those who may name any link need the memory of keys.
  const actor =
    input.link.receiptToken === null || input.link.receiptToken === undefined ? requireActor(context) : null;
  const key = actor === null ? null : idempotencyKey;
  const { registry } = context.brands;
  const { result } = await commitOnce<{ linkId: string }>({
    context,
    database: registry,
    intent: intentOf(actor, 'crossBrandLinkWithdraw', key, body, (message) => {
      throw badInput(message, ['input', 'idempotencyKey']);
    }),
    decide: async () => decide(context, deps, await findLink(context, input.link), copies),
  });
  void deps.journals.poke(linkJournalId(linkJournals.end, result.linkId));
  context.world = new World();
  const link = await readLink(registry, result.linkId, context.deadline);
  if (link?.endedAt === undefined) throw new AppError('INTERNAL', 'A link that was withdrawn has not ended');
  return { withdrawnAt: link.endedAt, receipt: await receiptOf(context, deps.signer, link.consent) };
}

async function findLink(context: OperationContext, by: CrossBrandLinkWithdrawInput['link']): Promise<Found> {
  if (by.receiptToken !== null && by.receiptToken !== undefined) {
    const link = await linkOfReceipt(context, by.receiptToken);
    if (link === null) refuseReceipt();
    return { link, customer: 'RECEIPT' };
  }
  const actor = requireActor(context);
  if (!hasScope(actor, 'withdraw-links')) {
    throw new AppError('FORBIDDEN', 'The token lacks the scope withdraw-links');
  }
  const id = expectNodeId(by.id ?? '', 'link', ['input', 'link', 'id']).uuids[0] ?? '';
  const link = await readLink(context.brands.registry, id, context.deadline);
  if (link === null || !mayActOn(actor, link) || !(await isOwnOrNoCustomers(context, link))) {
    refuse<CrossBrandLinkErrorCode>('NOT_FOUND', 'There is no such link', ['link', 'id']);
  }
  if (!isLive(link) && link.state !== 'WITHDRAWN') {
    refuse<CrossBrandLinkErrorCode>('STATE_NOT_ALLOWED', `This link is ${link.state} already`, ['link', 'id']);
  }
  return { link, customer: isBound(actor) ? 'TOKEN' : null };
}

/** Whether a link has an account of the customer at one of its ends; true for every actor who is no customer. */
async function isOwnOrNoCustomers(context: OperationContext, link: LinkRow): Promise<boolean> {
  if (!isBound(requireActor(context))) return true;
  const own = await viewBoundProfile(context);
  return own !== null && accountsOf(own).some((account) => link.ends.includes(endKey(own.brand.handle, account)));
}

/** The link that the token of a receipt, or of the message that confirms it, opens; null alike for every token that opens none. */
export async function linkOfReceipt(context: OperationContext, token: string): Promise<LinkRow | null> {
  const { registry } = context.brands;
  const hash = tokenHashOf(token);
  if (hash === null) return null;
  const named = await registry.run(context.deadline, () => findActivation(registry, hash, context.deadline));
  const link = named === null ? null : await readLink(registry, named.linkId, context.deadline);
  if (link === null || (link.receiptTokenHash !== hash && link.confirmationTokenHash !== hash)) return null;
  return link.state === 'ACTIVE' || link.state === 'WITHDRAWN' ? link : null;
}

/** What is said of every receipt's token that opens nothing. */
export const receiptRefusal = 'This code does not work; look at the receipt again';

function refuseReceipt(): never {
  refuse<CrossBrandLinkErrorCode>('TOKEN_INVALID', receiptRefusal, ['link', 'receiptToken']);
}

async function decide(
  context: OperationContext,
  deps: ActivationDeps,
  { link, customer }: Found,
  copies: CopiesChoice,
): Promise<Decision<{ linkId: string }>> {
  const result = { linkId: link._id };
  if (link.state === 'WITHDRAWN') return { result, write: null };
  const { registry } = context.brands;
  const epoch = link.epoch + 1;
  const { at, evidence, keep } = await signReceipt(context, deps, link, { status: 'WITHDRAWN', epoch });
  // The consent's events are read in both brands, so there the customer is called by the link, not by a profile.
  const actor = customer === null ? requireActor(context) : customerOf(link);
  const transition = {
    to: 'WITHDRAWN' as const,
    consent: {
      status: 'WITHDRAWN' as const,
      at,
      actor: { kind: actor.kind, reference: actor.reference },
      evidence: { ...evidence, prior: link.state, copies },
    },
    receiptId: evidence.receiptId,
    set: { epoch, prior: link.state },
  };
  const brands = { from: link.a.brand, to: link.b.brand };
  const kind = linkJournals.end;
  const journal = journalRow({ id: linkJournalId(kind, link._id), kind, data: { linkId: link._id, copies }, at });
  // A pending link is not told: the invited brand must not learn that it was ever asked for.
  const events = link.state === 'ACTIVE' ? [outboxRow('link.withdrawn', link._id, epoch, at, brands)] : [];
  const audit =
    customer === 'RECEIPT'
      ? customerAudit(context, 'crossBrandLinkWithdraw', link, at)
      : auditRow(context, 'crossBrandLinkWithdraw', link._id, at, brands);
  return {
    result,
    write: async (session) => {
      await moveLink(registry, link, transition, session);
      await keep(session);
      await insertJournals(registry, [journal], session);
      await insertOutbox(registry, events, session);
      await insertAudit(registry, [audit], session);
    },
  };
}
