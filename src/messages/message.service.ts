import type { BrandEntry } from '../brands/brands.js';
import type { Database } from '../brands/database.js';
import type { MessagePurpose } from '../brands/message-template.js';
import type { MessageChannel } from '../brands/messages-config.js';
import { Deadline } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import { openText, seal } from '../kernel/seal.js';
import { type MessageContent, type OutgoingRow, outgoingKeptDays } from './message.js';
import { dropQueued, findNewestOutgoing, findOutgoing, insertOutgoing } from './message.store.js';

/** Time that listing messages may take. */
const listDeadlineMs = 10_000;

/** A message as operators see it: nobody it is for, nothing it says. */
export type OutgoingView = Omit<OutgoingRow, 'sealed' | 'tokenHash' | 'expireAt'>;

/** A message to be kept until its carrier has it. */
export interface NewOutgoing {
  readonly id: string;
  readonly at: Date;
  readonly purpose: MessagePurpose;
  readonly channel: MessageChannel;
  readonly tokenHash: string;
  readonly content: MessageContent;
  /** When it is forgotten, whatever became of whoever was to send it. */
  readonly expireAt?: Date | undefined;
}

/**
 * Keeps a message, encrypted, in the database of the brand that sends it. One that was kept before under this id stands and
 * is given back: a repeated step sends nothing twice.
 */
export async function keepOutgoing(from: BrandEntry, message: NewOutgoing, deadline: Deadline): Promise<OutgoingRow> {
  const { id, at, purpose, channel, tokenHash, content, expireAt } = message;
  const sealed = seal(from.sealKey, bindingOf(id), JSON.stringify(content));
  const row: OutgoingRow = {
    ...{ _id: id, at, purpose, channel, tokenHash, state: 'QUEUED', attempts: 0, sealed },
    ...(expireAt === undefined ? {} : { expireAt }),
  };
  const { database } = from;
  const kept = await database.run(deadline, async () =>
    (await insertOutgoing(database, row)) ? row : findOutgoing(database, id, deadline),
  );
  if (kept === null) throw new AppError('RETRY', 'A message went while it was read; it will be tried again');
  return kept;
}

/** What a message that waits says. @throws AppError `INTERNAL` when it waits no more or the key is another. */
export function contentOf(from: BrandEntry, row: OutgoingRow): MessageContent {
  if (row.sealed === undefined) throw new AppError('INTERNAL', `Message ${row._id} has nothing to say any more`);
  return JSON.parse(openText(from.sealKey, bindingOf(row._id), row.sealed)) as MessageContent;
}

/** Ends messages that wait and forgets what they say. Harmless to repeat. */
export function dropOutgoing(database: Database, ids: readonly string[], now: Date, deadline: Deadline): Promise<void> {
  return database.run(deadline, () => dropQueued(database, ids, keptUntil(now)));
}

/** Until when it is remembered what became of a message that ends now. */
export function keptUntil(now: Date): Date {
  return new Date(now.getTime() + outgoingKeptDays * 86_400_000);
}

/** Messages of a brand for real carriers, newest first, without what they say. */
export async function listOutgoing(database: Database, limit: number): Promise<OutgoingView[]> {
  const deadline = Deadline.after(listDeadlineMs);
  const rows = await database.run(deadline, () => findNewestOutgoing(database, limit, deadline));
  return rows.map(({ sealed: _said, tokenHash: _hash, expireAt: _end, ...view }) => view);
}

function bindingOf(id: string): string {
  return `message ${id}`;
}
