import type { ClientSession } from 'mongoose';
import type { Database } from '../brands/database.js';
import { isInserted } from '../brands/insert-once.js';
import type { Deadline } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import type { DeliveryRow, MessageRow } from './delivery.js';
import { deliveryCollection, mailboxCollection } from './link.model.js';

function decidingRead(deadline: Deadline): object {
  return { lean: true, maxTimeMS: Math.max(1, deadline.remainingMs()), readConcern: { level: 'majority' } };
}

/** The delivery address of a link; null before enrolment reached the brand and after the link left PENDING. */
export async function findDelivery(database: Database, linkId: Uuid, deadline: Deadline): Promise<DeliveryRow | null> {
  return (await database
    .model(deliveryCollection)
    .findOne({ _id: linkId }, null, decidingRead(deadline))) as DeliveryRow | null;
}

/** Keeps a delivery address. Returns false when the link has one already, which then stands. */
export async function insertDelivery(database: Database, row: DeliveryRow): Promise<boolean> {
  return isInserted(() => database.model(deliveryCollection).collection.insertOne(row as never));
}

/** Decides what was found in the inviting brand, unless that has been decided since the row was read. Returns whether it was. */
export async function decideMode(
  database: Database,
  row: DeliveryRow,
  decided: NonNullable<DeliveryRow['decided']>,
  session: ClientSession,
): Promise<boolean> {
  const was = row.decided === undefined ? { $exists: false } : row.decided.profileId;
  const result = await database
    .model(deliveryCollection)
    .collection.updateOne({ _id: row._id, 'decided.profileId': was } as never, { $set: { decided } }, { session });
  return result.matchedCount === 1;
}

/**
 * Notes, in the transaction that sets it, whose slot was set for a link. Returns false when there is no address any more:
 * then nobody would ever look after the slot.
 */
export async function noteSlot(
  database: Database,
  linkId: Uuid,
  profileId: Uuid,
  session: ClientSession,
): Promise<boolean> {
  const noted = await database
    .model(deliveryCollection)
    .collection.updateOne({ _id: linkId as never }, { $addToSet: { slotProfileIds: profileId } }, { session });
  return noted.matchedCount === 1;
}

/** Forgets a delivery address by which no more slots were set than it was read with. Returns whether it is gone. */
export async function deleteDelivery(database: Database, row: DeliveryRow): Promise<boolean> {
  const { collection } = database.model(deliveryCollection);
  const slotProfileIds = row.slotProfileIds ?? { $exists: false };
  const { deletedCount } = await collection.deleteOne({ _id: row._id, slotProfileIds } as never);
  return deletedCount === 1;
}

/** Leaves a message. Returns false when a message with this id was left before, which then stands. */
export async function insertMessage(database: Database, row: MessageRow): Promise<boolean> {
  return isInserted(() => database.model(mailboxCollection).collection.insertOne(row as never));
}

/** One message; null when there is none. */
export async function findMessage(database: Database, id: string, deadline: Deadline): Promise<MessageRow | null> {
  return (await database
    .model(mailboxCollection)
    .findOne({ _id: id }, null, decidingRead(deadline))) as MessageRow | null;
}

/** The newest messages first. */
export async function findMessages(database: Database, limit: number, deadline: Deadline): Promise<MessageRow[]> {
  return (await database.model(mailboxCollection).find({}, null, {
    lean: true,
    sort: { at: -1, _id: -1 },
    limit,
    batchSize: limit + 1,
    maxTimeMS: Math.max(1, deadline.remainingMs()),
  })) as MessageRow[];
}
