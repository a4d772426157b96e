import type { ClientSession } from 'mongoose';
import type { Database } from '../brands/database.js';
import type { Deadline } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import { linkCopyCollection } from './link.model.js';
import type { LinkCopyRow } from './link-copy.js';

/** Keeps what a link copies into a profile, in the transaction that copies it. */
export async function insertLinkCopy(database: Database, row: LinkCopyRow, session: ClientSession): Promise<void> {
  await database.model(linkCopyCollection).collection.insertOne(row as never, { session });
}

/** What was copied into a profile; null when nothing was, or that is settled. */
export async function findLinkCopy(
  database: Database,
  profileId: Uuid,
  deadline: Deadline,
): Promise<LinkCopyRow | null> {
  return (await database.model(linkCopyCollection).findOne({ _id: profileId }, null, {
    lean: true,
    maxTimeMS: Math.max(1, deadline.remainingMs()),
    readConcern: { level: 'majority' },
  })) as LinkCopyRow | null;
}

/** Forgets what was copied into a profile. Harmless to repeat. */
export async function deleteLinkCopy(database: Database, profileId: Uuid, session?: ClientSession): Promise<void> {
  await database
    .model(linkCopyCollection)
    .collection.deleteOne({ _id: profileId as never }, session === undefined ? {} : { session });
}
