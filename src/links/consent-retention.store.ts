import type { ClientSession } from 'mongoose';
import type { Database } from '../brands/database.js';
import type { Deadline } from '../kernel/clock.js';
import type { LinkRow } from './cross-brand-link.js';
import { activationCollection, linkCollection } from './link.model.js';

/** Links whose time of keeping is over, the longest over first. */
export async function findLinksPastKeeping(
  registry: Database,
  now: Date,
  options: { readonly deadline: Deadline; readonly limit: number },
): Promise<LinkRow[]> {
  return (await registry.model(linkCollection).find({ keepUntil: { $exists: true, $lte: now } }, null, {
    lean: true,
    sort: { keepUntil: 1 },
    limit: options.limit,
    batchSize: options.limit + 1,
    maxTimeMS: Math.max(1, options.deadline.remainingMs()),
  })) as LinkRow[];
}

/** Deletes a link that still is as it was read, and the credentials of its receipt. Returns whether it was. */
export async function deleteLink(registry: Database, link: LinkRow, session: ClientSession): Promise<boolean> {
  const filter = { _id: link._id, state: link.state, keepUntil: link.keepUntil };
  const { deletedCount } = await registry.model(linkCollection).collection.deleteOne(filter as never, { session });
  if (deletedCount === 0) return false;
  for (const hash of [link.receiptTokenHash, link.confirmationTokenHash]) {
    if (hash === undefined) continue;
    await registry.model(activationCollection).collection.deleteOne({ _id: hash } as never, { session });
  }
  return true;
}
