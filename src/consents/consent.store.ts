import type { ClientSession } from 'mongoose';
import type { Database } from '../brands/database.js';
import { isInserted } from '../brands/insert-once.js';
import type { Deadline } from '../kernel/clock.js';
import { childRowsPerCommandMax } from '../kernel/limits.js';
import { consentEventCollection, noticeCollection, receiptCollection } from './consent.model.js';
import type { ConsentEventRow } from './consent-event.js';
import type { NoticeRow } from './notice.js';
import type { ReceiptRow } from './receipt.js';

/** Notices by id; missing ones are simply absent. */
export async function findNotices(
  registry: Database,
  ids: readonly string[],
  deadline: Deadline,
): Promise<NoticeRow[]> {
  return (await registry.model(noticeCollection).find({ _id: { $in: [...ids] } }, null, {
    lean: true,
    batchSize: ids.length + 1,
    maxTimeMS: Math.max(1, deadline.remainingMs()),
  })) as NoticeRow[];
}

/** Keeps a notice; one that is there already has the same words, for its id is made of them. */
export async function insertNotice(registry: Database, row: NoticeRow): Promise<void> {
  await isInserted(() => registry.model(noticeCollection).collection.insertOne(row as never));
}

/** Appends an event in the transaction of the change it records. A rival's event with the same number aborts it. */
export async function insertConsentEvent(
  registry: Database,
  row: ConsentEventRow,
  session: ClientSession,
): Promise<void> {
  await registry.model(consentEventCollection).collection.insertOne(row as never, { session });
}

/** Events by id, in no order. */
export async function findConsentEvents(
  registry: Database,
  ids: readonly string[],
  deadline: Deadline,
): Promise<ConsentEventRow[]> {
  return (await registry.model(consentEventCollection).find({ _id: { $in: [...ids] } }, null, {
    lean: true,
    batchSize: Math.min(ids.length + 1, childRowsPerCommandMax),
    maxTimeMS: Math.max(1, deadline.remainingMs()),
  })) as ConsentEventRow[];
}

/** Keeps a receipt in the transaction of the change it is about. */
export async function insertReceipt(registry: Database, row: ReceiptRow, session: ClientSession): Promise<void> {
  await registry.model(receiptCollection).collection.insertOne(row as never, { session });
}

/** Receipts by id, in no order. */
export async function findReceipts(
  registry: Database,
  ids: readonly string[],
  deadline: Deadline,
): Promise<ReceiptRow[]> {
  return (await registry.model(receiptCollection).find({ _id: { $in: [...ids] } }, null, {
    lean: true,
    batchSize: ids.length + 1,
    maxTimeMS: Math.max(1, deadline.remainingMs()),
  })) as ReceiptRow[];
}

/** Deletes events and receipts by id, in the transaction that deletes what they are about. */
export async function deleteEvidence(
  registry: Database,
  ids: { readonly events: readonly string[]; readonly receipts: readonly string[] },
  session: ClientSession,
): Promise<void> {
  const inside = (list: readonly string[]) => ({ _id: { $in: [...list] } }) as never;
  await registry.model(consentEventCollection).collection.deleteMany(inside(ids.events), { session });
  await registry.model(receiptCollection).collection.deleteMany(inside(ids.receipts), { session });
}
