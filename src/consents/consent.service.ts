import type { ClientSession } from 'mongoose';
import type { OperationContext } from '../access/context.js';
import type { Database } from '../brands/database.js';
import type { Deadline } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import type { Uuid } from '../kernel/ids.js';
import { type ConsentRecord, type ConsentView, mayBecome } from './consent.js';
import { consentEventLoader } from './consent.loader.js';
import { deleteEvidence, findConsentEvents, insertConsentEvent, insertReceipt } from './consent.store.js';
import { type ConsentChange, type ConsentEventRow, consentEvent, consentEventId } from './consent-event.js';
import type { ReceiptRow } from './receipt.js';

/** A consent after a change, with the event that seals it. */
export interface ConsentStep {
  readonly record: ConsentRecord;
  readonly event: ConsentEventRow;
}

/** The first state of a consent. Writes nothing. */
export function givenConsent(
  linkId: Uuid,
  record: Omit<ConsentRecord, 'status' | 'seq' | 'head'>,
  change: Omit<ConsentChange, 'status'>,
): ConsentStep {
  const event = consentEvent(linkId, null, { ...change, status: 'GIVEN' });
  return { record: { ...record, status: 'GIVEN', seq: event.seq, head: event.hash }, event };
}

/**
 * A consent after a change. Writes nothing.
 * @throws AppError `INTERNAL` for a change that its state does not allow.
 */
export function changedConsent(linkId: Uuid, record: ConsentRecord, change: ConsentChange): ConsentStep {
  if (!mayBecome(record.status, change.status)) {
    throw new AppError('INTERNAL', `A consent that is ${record.status} was to become ${change.status}`);
  }
  const event = consentEvent(linkId, record, change);
  return { record: { ...record, status: change.status, seq: event.seq, head: event.hash }, event };
}

/** Appends the event of a change, in the registry transaction that makes it. */
export function appendConsentEvent(registry: Database, event: ConsentEventRow, session: ClientSession): Promise<void> {
  return insertConsentEvent(registry, event, session);
}

/** Keeps a receipt, in the registry transaction of the change that it is about. */
export function keepReceipt(registry: Database, row: ReceiptRow, session: ClientSession): Promise<void> {
  return insertReceipt(registry, row, session);
}

/** What stands behind a consent: the ids of its events and of the receipts that they name. */
export interface ConsentEvidence {
  readonly events: readonly string[];
  readonly receipts: readonly string[];
}

/** Everything that stands behind a consent, to be deleted with it. */
export async function evidenceOf(
  registry: Database,
  linkId: Uuid,
  record: ConsentRecord,
  deadline: Deadline,
): Promise<ConsentEvidence> {
  const ids = Array.from({ length: record.seq }, (_, index) => consentEventId(linkId, index + 1));
  const rows = await registry.run(deadline, () => findConsentEvents(registry, ids, deadline));
  const receipts = rows.map((row) => row.evidence['receiptId']).filter((id) => typeof id === 'string');
  return { events: ids, receipts };
}

/** Deletes what stands behind a consent, in the registry transaction that deletes the consent itself. */
export function forgetEvidence(registry: Database, evidence: ConsentEvidence, session: ClientSession): Promise<void> {
  return deleteEvidence(registry, evidence, session);
}

/** An event as shown. */
export interface ConsentEventView extends ConsentChange {
  readonly occurredAt: Date;
  readonly hash: string;
}

/** Everything that happened to a consent, oldest first. */
export async function eventsOfConsent(context: OperationContext, consent: ConsentView): Promise<ConsentEventView[]> {
  const events = await consentEventLoader(context).load({ linkId: consent.linkId, seq: consent.record.seq });
  return events.map((event) => ({ ...event, occurredAt: event.at }));
}
