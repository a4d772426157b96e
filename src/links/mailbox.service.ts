import type { Database } from '../brands/database.js';
import { Deadline } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import { newActivationToken, tokenHashOf } from './activation-token.js';
import type { Contact } from './contact.js';
import type { LinkRow } from './cross-brand-link.js';
import { activationMessage, type MessageRow } from './delivery.js';
import { findMessage, findMessages, insertMessage } from './delivery.store.js';
import type { LinkDeps } from './link-work.js';

/** Time that listing messages may take. */
const listDeadlineMs = 10_000;
/** Messages shown when no number is given. */
const listLimitDefault = 20;

/** Messages that a carrier would send for a brand, newest first. They hold addresses and tokens: for operators' eyes. */
export function listMessages(database: Database, options: { readonly limit?: number } = {}): Promise<MessageRow[]> {
  const deadline = Deadline.after(listDeadlineMs);
  return database.run(deadline, () => findMessages(database, options.limit ?? listLimitDefault, deadline));
}

/**
 * Leaves the activation message of a link in the asking brand's mailbox, with a token of its own, and gives back the
 * token's digest. A message that was left before stands, and so does its token: a repeated step sends nothing twice.
 */
export async function leaveMessage(
  deps: LinkDeps,
  link: LinkRow,
  contact: Contact,
  number: number,
  deadline: Deadline,
): Promise<{ readonly tokenHash: string; readonly at: Date }> {
  const from = deps.brands.get(link.a.brand);
  const to = deps.brands.get(link.b.brand);
  const id = `${link._id}:${number}`;
  const token = newActivationToken();
  const words = activationMessage({
    fromName: from.brand.name,
    toName: to.brand.name,
    welcomeReward: link.welcomeReward,
    publicUrl: deps.publicUrl,
    token,
    activateBy: link.activateBy,
  });
  const row: MessageRow = {
    _id: id,
    at: deps.clock.now(),
    channel: contact.channel,
    to: contact.address,
    ...words,
    linkId: link._id,
    tokenHash: tokenHashOf(token) ?? '',
  };
  const left = await from.database.run(deadline, async () =>
    (await insertMessage(from.database, row)) ? row : findMessage(from.database, id, deadline),
  );
  if (left === null) throw new AppError('RETRY', 'A message went while it was read; it will be tried again');
  return { tokenHash: left.tokenHash, at: left.at };
}
