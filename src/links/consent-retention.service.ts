import { runTransaction } from '../brands/transaction.js';
import { evidenceOf, forgetEvidence } from '../consents/consent.service.js';
import { type Recurring, startRecurring } from '../events/recurring.js';
import { Deadline } from '../kernel/clock.js';
import { deleteLink, findLinksPastKeeping } from './consent-retention.store.js';
import type { LinkDeps } from './link-work.js';

/** Links read by one command. */
const batchRows = 100;
/** Time for one batch. */
const turnDeadlineMs = 15_000;
/** How often it is looked for evidence to delete: what is kept for years may go a day late. */
const everyMs = 24 * 3_600_000;
/** A start has better things to do first. */
const firstMs = 5 * 60_000;

/**
 * Deletes every link that ended so long ago that its evidence is kept no longer: the link with its consent, the events,
 * the receipts and the receipt's credential, in one transaction each. Harmless to repeat, and beside another process.
 * Returns how many links went.
 */
export async function sweepEndedConsents({ brands, clock }: Pick<LinkDeps, 'brands' | 'clock'>): Promise<number> {
  const { registry } = brands;
  let count = 0;
  for (;;) {
    const deadline = Deadline.after(turnDeadlineMs);
    const limits = { deadline, limit: batchRows };
    const links = await registry.run(deadline, () => findLinksPastKeeping(registry, clock.now(), limits));
    for (const link of links) {
      const evidence = await evidenceOf(registry, link._id, link.consent, deadline);
      const isGone = await runTransaction(registry, deadline, async (session) => {
        if (!(await deleteLink(registry, link, session))) return false;
        await forgetEvidence(registry, evidence, session);
        return true;
      });
      if (isGone) count += 1;
    }
    if (links.length < batchRows) return count;
  }
}

/** Deletes what is kept no longer once a day, as long as the process lives. */
export function startConsentSweep(deps: LinkDeps): Recurring {
  return startRecurring({
    firstMs,
    everyMs,
    turn: async () => {
      try {
        const count = await sweepEndedConsents(deps);
        if (count > 0) deps.log.info({ count }, 'Deleted the evidence of consents that ended long ago');
      } catch (error) {
        deps.log.warn({ err: error }, 'Evidence of consents that ended long ago will be deleted later');
      }
    },
  });
}
