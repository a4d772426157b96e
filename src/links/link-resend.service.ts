import { type OperationContext, requireActor } from '../access/context.js';
import { World } from '../access/world.js';
import { auditRow } from '../events/audit.js';
import { commitOnce, type Decision, StaleRead } from '../events/commit-once.js';
import { insertAudit } from '../events/event.store.js';
import { intentOf } from '../events/idempotency.js';
import type { CrossBrandLinkErrorCode, CrossBrandLinkResendInput } from '../generated/resolvers-types.js';
import { journalRow } from '../journal/journal.js';
import { insertJournals } from '../journal/journal.store.js';
import type { JournalRunner } from '../journal/journal-runner.js';
import { badInput, refuse } from '../kernel/errors.js';
import { expectNodeId } from '../kernel/ids.js';
import type { LinkMessage, LinkRow, LinkView } from './cross-brand-link.js';
import { linkView, mayActOn } from './cross-brand-link.service.js';
import { linkLoader } from './link.loader.js';
import { updateLink } from './link.store.js';
import { readLink } from './link-transition.service.js';
import { linkJournalId, linkJournals, resendsMax } from './link-work.js';

const refuseLink: typeof refuse<CrossBrandLinkErrorCode> = refuse;

/**
 * Asks for another copy of the activation message. The token of the one before works no more from this commit on, whether
 * or not the new message has left. Decided by the link alone, so the answer is the same whatever the other brand knows or
 * whether it can be reached.
 * @throws Refusal `NOT_FOUND`, `STATE_NOT_ALLOWED`, `RESEND_LIMIT_REACHED`.
 */
export async function resendMessage(
  context: OperationContext,
  journals: JournalRunner,
  input: CrossBrandLinkResendInput,
): Promise<LinkView | null> {
  const { idempotencyKey, ...body } = input;
  const written: { row?: LinkRow } = {};
  const { result, isReplay } = await commitOnce<{ linkId: string; number: number }>({
    context,
    database: context.brands.registry,
    intent: intentOf(requireActor(context), 'crossBrandLinkResend', idempotencyKey, body, (message) => {
      throw badInput(message, ['input', 'idempotencyKey']);
    }),
    decide: async () => {
      const { row, decision } = await decide(context, input.id);
      written.row = row;
      return decision;
    },
  });
  context.world = new World();
  // As committed: how far the message has come since would tell whether the other brand can be reached.
  if (!isReplay && written.row !== undefined) linkLoader(context).prime(result.linkId, written.row);
  const row = await linkLoader(context).load(result.linkId);
  void journals.poke(linkJournalId(linkJournals.resend, result.linkId, result.number));
  return row === null ? null : linkView(context, row, 'a');
}

async function decide(
  context: OperationContext,
  globalId: string,
): Promise<{ row: LinkRow; decision: Decision<{ linkId: string; number: number }> }> {
  const { registry } = context.brands;
  const id = expectNodeId(globalId, 'link', ['input', 'id']).uuids[0] ?? '';
  const link = await readLink(registry, id, context.deadline);
  if (link === null || !mayActOn(requireActor(context), link)) refuseLink('NOT_FOUND', 'There is no such link', ['id']);
  const at = context.clock.now();
  const { message } = link;
  if (link.state !== 'PENDING_ACTIVATION' || message === undefined || link.activateBy <= at) {
    refuseLink('STATE_NOT_ALLOWED', 'This link waits for no activation', ['id']);
  }
  if (message.status === 'FAILED') {
    refuseLink('STATE_NOT_ALLOWED', 'The message could not be sent; check the address with the customer', ['id']);
  }
  if (message.wanted > resendsMax) {
    refuseLink('RESEND_LIMIT_REACHED', `No more than ${resendsMax} copies are sent for one link`, ['id']);
  }
  const number = message.wanted + 1;
  const next: LinkMessage = { ...message, status: 'QUEUED', wanted: number };
  const { tokenHash: _dead, ...rest } = link;
  const kind = linkJournals.resend;
  const data = { linkId: id };
  const journal = journalRow({ id: linkJournalId(kind, id, number), kind, data, at });
  const audit = auditRow(context, 'crossBrandLinkResend', id, at, { number });
  return {
    row: { ...rest, message: next },
    decision: {
      result: { linkId: id, number },
      write: async (session) => {
        const isAsked = await updateLink(
          registry,
          { _id: id, state: 'PENDING_ACTIVATION', epoch: link.epoch, 'message.wanted': message.wanted },
          { $set: { 'message.status': 'QUEUED', 'message.wanted': number }, $unset: { tokenHash: '' } },
          session,
        );
        if (!isAsked) throw new StaleRead('The link');
        await insertJournals(registry, [journal], session);
        await insertAudit(registry, [audit], session);
      },
    },
  };
}
