import { type OperationContext, requireActor } from '../access/context.js';
import type { BrandHandle } from '../brands/brand.js';
import { runTransaction } from '../brands/transaction.js';
import { auditRow } from '../events/audit.js';
import { insertAudit, insertOutbox } from '../events/event.store.js';
import { outboxRow } from '../events/outbox.js';
import { journalRow } from '../journal/journal.js';
import { insertJournals } from '../journal/journal.store.js';
import type { JournalRunner } from '../journal/journal-runner.js';
import { AppError } from '../kernel/errors.js';
import type { Uuid } from '../kernel/ids.js';
import { endKey, isLive, type LinkRow } from './cross-brand-link.js';
import { findLinks, findLinksByEnds } from './link.store.js';
import type { CopiesChoice } from './link-clean-up.service.js';
import { hasMoved, moveLink } from './link-transition.service.js';
import { linkJournalId, linkJournals } from './link-work.js';

/** What became of the profile at one end of a link. */
export type DeletionReason = 'PROFILE_DELETED' | 'PROFILE_DEPERSONALISED' | 'PROFILE_PURGED';

/** A profile that goes, and what its links leave in the brand they led to. */
export interface DeletedEnd {
  readonly brand: BrandHandle;
  /** Every account of the profile. */
  readonly accountIds: readonly Uuid[];
  readonly reason: DeletionReason;
  readonly copies?: CopiesChoice;
}

/** Attempts to end one link: it moves a few times in its life. */
const attemptsMax = 8;

/**
 * Ends every live link of a profile that is deleted, depersonalised or purged, on whichever side it was: one registry write
 * each, effective for every reader at once. The other side keeps its profile; slots, shared identities and a profile
 * that still waits go by journal, and the other brand is told if the link was active. To be called before the
 * profile itself goes, while its accounts are known. Harmless to repeat. Returns how many links it ended.
 * @throws AppError `RETRY` when links keep moving; those ended so far stay ended.
 */
export async function endLinksOf(
  context: OperationContext,
  deps: { readonly journals: JournalRunner },
  end: DeletedEnd,
): Promise<number> {
  const { registry } = context.brands;
  const { deadline } = context;
  const keys = end.accountIds.map((accountId) => endKey(end.brand, accountId));
  const links = await registry.run(deadline, () => findLinksByEnds(registry, keys, { deadline }));
  let count = 0;
  for (const link of links) if (await endOne(context, link, end)) count += 1;
  for (const link of links) void deps.journals.poke(linkJournalId(linkJournals.end, link._id));
  return count;
}

/** Returns whether the link was live and this call ended it. */
async function endOne(context: OperationContext, found: LinkRow, end: DeletedEnd): Promise<boolean> {
  const { registry } = context.brands;
  const { deadline } = context;
  let link: LinkRow | undefined = found;
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    if (link === undefined || !isLive(link)) return false;
    if (await isEnded(context, link, end)) return true;
    [link] = await registry.run(deadline, () => findLinks(registry, [found._id], { deadline }));
  }
  throw new AppError('RETRY', 'A link kept changing while it was ended; send it again');
}

function isEnded(context: OperationContext, link: LinkRow, { reason, copies = 'KEEP' }: DeletedEnd): Promise<boolean> {
  const { registry } = context.brands;
  const at = context.clock.now();
  const { kind, reference } = requireActor(context);
  const isActive = link.state === 'ACTIVE';
  const epoch = link.epoch + 1;
  const transition = {
    to: 'ENDED' as const,
    consent: {
      // Nobody confirmed a pending one, so there is nothing to take back.
      status: isActive ? ('WITHDRAWN' as const) : ('LAPSED' as const),
      at,
      actor: { kind, reference },
      evidence: { reason, prior: link.state, copies },
    },
    set: { epoch, prior: link.state },
  };
  const brands = { from: link.a.brand, to: link.b.brand };
  const name = linkJournals.end;
  const journal = journalRow({ id: linkJournalId(name, link._id), kind: name, data: { linkId: link._id, copies }, at });
  const events = isActive ? [outboxRow('link.withdrawn', link._id, epoch, at, brands)] : [];
  const audit = auditRow(context, 'crossBrandLinkEnd', link._id, at, { ...brands, reason });
  return hasMoved(() =>
    runTransaction(registry, context.deadline, async (session) => {
      await moveLink(registry, link, transition, session);
      await insertJournals(registry, [journal], session);
      await insertOutbox(registry, events, session);
      await insertAudit(registry, [audit], session);
    }),
  );
}
