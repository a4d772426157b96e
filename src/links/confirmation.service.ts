import type { StepOutcome, StepRun } from '../journal/journal.js';
import { isAddressNeeded, type LinkRow } from './cross-brand-link.js';
import { openDelivery, readDelivery } from './delivery.service.js';
import { readLink } from './link-transition.service.js';
import type { LinkDeps } from './link-work.js';
import { makeDue } from './message-due.service.js';
import { dropMessages, postConfirmation } from './message-post.service.js';

/**
 * Writes to the customer, where the invitation went, that they have accepted, with an address at which consent is taken
 * back: theirs to keep, also when the answer to the acceptance never reached them. From the commit on that lets its token
 * lead to the link the message is due. A link that has ended meanwhile wants none.
 */
export async function confirmStep(deps: LinkDeps, run: StepRun): Promise<StepOutcome> {
  const { registry } = deps.brands;
  const link = await readLink(registry, run.journal.data['linkId'] ?? '', run.deadline);
  if (link === null || !isAddressNeeded(link)) return dropUnwanted(deps, run, link);
  const target = deps.brands.get(link.b.brand);
  const delivery = await readDelivery(target, link._id, run.deadline);
  const contact = delivery === null ? null : openDelivery(target, delivery);
  const posted = contact === null ? null : await postConfirmation(deps, link, contact, run.deadline);
  if (posted === null) return 'next';
  const due = {
    name: 'confirmed',
    where: { state: 'ACTIVE', confirmationTokenHash: { $exists: false } },
    set: { confirmationTokenHash: posted.tokenHash },
  } as const;
  const isDue = await makeDue(deps, link, posted, due, run.deadline);
  return isDue ? 'next' : dropUnwanted(deps, run, await readLink(registry, link._id, run.deadline));
}

/** Whoever was faster has it due already; where the link has ended, nobody wants it any more. */
async function dropUnwanted(deps: LinkDeps, run: StepRun, link: LinkRow | null): Promise<StepOutcome> {
  if (link !== null && link.state !== 'ACTIVE') await dropMessages(deps, link, run.deadline);
  return 'next';
}
