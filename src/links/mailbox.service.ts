import type { Database } from '../brands/database.js';
import type { MessagePurpose } from '../brands/message-template.js';
import { Deadline } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import type { MessageContent } from '../messages/message.js';
import type { MessageChannel } from './cross-brand-link.js';
import type { MessageRow } from './delivery.js';
import { findMessage, findMessages, insertMessage } from './delivery.store.js';

/** Time that listing messages may take. */
const listDeadlineMs = 10_000;
/** Messages shown when no number is given. */
const listLimitDefault = 20;

/** Messages in a brand's mailbox, newest first. They hold addresses and tokens: for operators' eyes. */
export function listMessages(database: Database, options: { readonly limit?: number } = {}): Promise<MessageRow[]> {
  const deadline = Deadline.after(listDeadlineMs);
  return database.run(deadline, () => findMessages(database, options.limit ?? listLimitDefault, deadline));
}

/** A message about to be left in the mailbox. */
export interface MailboxMessage {
  readonly id: string;
  readonly at: Date;
  readonly linkId: string;
  readonly purpose: MessagePurpose;
  readonly channel: MessageChannel;
  readonly tokenHash: string;
  readonly content: MessageContent;
}

/** Leaves a message in a brand's mailbox. One that was left before under this id stands and is given back. */
export async function leaveInMailbox(
  database: Database,
  message: MailboxMessage,
  deadline: Deadline,
): Promise<MessageRow> {
  const { id, content, ...rest } = message;
  const row: MessageRow = { _id: id, ...rest, ...content };
  const left = await database.run(deadline, async () =>
    (await insertMessage(database, row)) ? row : findMessage(database, id, deadline),
  );
  if (left === null) throw new AppError('RETRY', 'A message went while it was read; it will be tried again');
  return left;
}
