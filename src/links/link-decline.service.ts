import type { OperationContext } from '../access/context.js';
import { World } from '../access/world.js';
import { runTransaction } from '../brands/transaction.js';
import { insertAudit } from '../events/event.store.js';
import type { CrossBrandLinkDeclineInput } from '../generated/resolvers-types.js';
import { journalRow } from '../journal/journal.js';
import { insertJournals } from '../journal/journal.store.js';
import { AppError, badInput } from '../kernel/errors.js';
import { type ActivationDeps, customerAudit, customerOf, refuseToken, waitingLink } from './activation.service.js';
import { hasMoved, moveLink } from './link-transition.service.js';
import { linkJournalId, linkJournals } from './link-work.js';

/** Days of quiet when the customer names none. */
const quietDaysDefault = 365;
/** Longest quiet that can be asked for: ten years. */
export const quietDaysMax = 3_650;
/** Attempts before giving up: what a link waits for changes a few times in its life. */
const attemptsMax = 8;

/**
 * The customer says no: one write on the link, whose token works no more then; what was prepared goes by journal. The
 * refusal is kept as a time before which the asking brand does not ask again; the invited brand never hears of it.
 * @throws Refusal `TOKEN_INVALID`; AppError `BAD_USER_INPUT` for an impossible number of days.
 */
export async function declineLink(
  context: OperationContext,
  deps: ActivationDeps,
  input: CrossBrandLinkDeclineInput,
): Promise<{ readonly quietUntil: Date }> {
  const quietDays = input.quietDays ?? quietDaysDefault;
  if (!Number.isInteger(quietDays) || quietDays < 1 || quietDays > quietDaysMax) {
    throw badInput(`quietDays must lie between 1 and ${quietDaysMax}`, ['input', 'quietDays']);
  }
  const { registry } = context.brands;
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const link = await waitingLink(context, input.token);
    if (link === null) refuseToken();
    const at = context.clock.now();
    const quietUntil = new Date(at.getTime() + quietDays * 86_400_000);
    const transition = {
      to: 'DECLINED' as const,
      consent: { status: 'REFUSED' as const, at, actor: customerOf(link), evidence: { quietDays } },
      where: { tokenHash: link.tokenHash },
      set: { prior: link.state, quietUntil },
    };
    const kind = linkJournals.end;
    const journal = journalRow({ id: linkJournalId(kind, link._id), kind, data: { linkId: link._id }, at });
    const audit = customerAudit(context, 'crossBrandLinkDecline', link, at);
    const isDeclined = await hasMoved(() =>
      runTransaction(registry, context.deadline, async (session) => {
        await moveLink(registry, link, transition, session);
        await insertJournals(registry, [journal], session);
        await insertAudit(registry, [audit], session);
      }),
    );
    if (!isDeclined) continue;
    void deps.journals.poke(journal._id);
    context.world = new World();
    return { quietUntil };
  }
  throw new AppError('RETRY', 'The invitation kept changing; nothing was written, send it again');
}
