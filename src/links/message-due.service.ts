import { runTransaction } from '../brands/transaction.js';
import { journalRow } from '../journal/journal.js';
import { insertJournals } from '../journal/journal.store.js';
import type { Deadline } from '../kernel/clock.js';
import type { LinkRow } from './cross-brand-link.js';
import { insertActivation, updateLink } from './link.store.js';
import { type LinkDeps, linkJournalId, linkJournals } from './link-work.js';
import type { MessageName, PostedMessage } from './message-post.service.js';
import { untilSettled } from './shared-identity.service.js';

/** What makes a message of a link due. */
export interface DueMessage {
  readonly name: MessageName;
  /** What the link must still be for the message to be wanted. */
  readonly where: Readonly<Record<string, unknown>>;
  /** What the link then knows the message by. */
  readonly set: Readonly<Record<string, unknown>>;
  /** When its token is forgotten; absent for one that lives as long as the link. */
  readonly expireAt?: Date;
}

/**
 * Lets the token of a message that has been written lead to its link, if the link still wants it. From this commit on the
 * message is due, so the work of handing it over is journaled there. Returns whether it is.
 */
export function makeDue(
  deps: LinkDeps,
  link: LinkRow,
  { tokenHash, isHandedOver }: PostedMessage,
  { name, where, set, ...life }: DueMessage,
  deadline: Deadline,
): Promise<boolean> {
  const { registry } = deps.brands;
  const kind = linkJournals.deliver;
  const data = { linkId: link._id, message: name, brand: link.a.brand };
  const journal = journalRow({ id: linkJournalId(kind, link._id, name), kind, data, at: deps.clock.now() });
  return untilSettled(() =>
    runTransaction(registry, deadline, async (session) => {
      const isWanted = await updateLink(registry, { _id: link._id, ...where }, { $set: set }, session);
      if (!isWanted) return false;
      await insertActivation(registry, { _id: tokenHash, linkId: link._id, ...life }, session);
      if (!isHandedOver) await insertJournals(registry, [journal], session);
      return true;
    }),
  );
}
