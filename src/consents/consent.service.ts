import type { ClientSession } from 'mongoose';
import type { OperationContext } from '../access/context.js';
import type { Database } from '../brands/database.js';
import { AppError } from '../kernel/errors.js';
import type { Uuid } from '../kernel/ids.js';
import { type ConsentRecord, type ConsentView, mayBecome } from './consent.js';
import { consentEventLoader } from './consent.loader.js';
import { insertConsentEvent, insertReceipt } from './consent.store.js';
import { type ConsentChange, type ConsentEventRow, consentEvent } from './consent-event.js';
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
