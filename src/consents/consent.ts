import type { ActorReference } from '../access/actor.js';
import type { Brand, ConsentPurpose, ShareableAttribute } from '../brands/brand.js';
import type { Uuid } from '../kernel/ids.js';

/** What stands of a consent. Only GIVEN and CONFIRMED justify processing; the others are final. */
export type ConsentStatus = 'GIVEN' | 'CONFIRMED' | 'REFUSED' | 'LAPSED' | 'WITHDRAWN' | 'EXPIRED' | 'SUPERSEDED';

/** How a customer said yes. */
export type ConsentMethod = 'VERBAL' | 'WRITTEN' | 'ONLINE';

/**
 * The present state of a consent. It is stored inside the document of the link it justifies, so that one read sees both
 * and one write takes both back. Holds no value of the customer.
 */
export interface ConsentRecord {
  readonly status: ConsentStatus;
  /** Purposes with the words used then. */
  readonly purposes: readonly ConsentPurpose[];
  readonly attributes: readonly ShareableAttribute[];
  readonly noticeId: string;
  readonly method: ConsentMethod;
  readonly givenAt: Date;
  readonly recordedAt: Date;
  readonly recordedBy: ActorReference;
  /** Id of the location where it was given. */
  readonly locationId?: Uuid;
  readonly validUntil: Date | null;
  /** Where the receiving brand keeps what it gets, as told then; null when nothing was told. */
  readonly storageLocation: string | null;
  /** Years for which this evidence is kept after the consent's end, as told then. */
  readonly retentionYears: number;
  /** The receipt last given to the customer. */
  readonly receiptId?: string;
  /** Number of the last event. */
  readonly seq: number;
  /** Hash of the last event: seals all before it. */
  readonly head: string;
}

/** A consent as shown: the record with the brands it lies between. Its id is the link's. */
export interface ConsentView {
  readonly __typename: 'Consent';
  readonly linkId: Uuid;
  readonly fromBrand: Brand;
  readonly toBrand: Brand;
  readonly epoch: number;
  readonly record: ConsentRecord;
}

/** A wording as shown. */
export interface NoticeView {
  /** Digest of version, language and words. */
  readonly id: string;
  readonly version: string;
  readonly language: string;
  readonly text: string;
  readonly sha256: string;
}

/** Whether a consent justifies showing linked rows now: confirmed by the customer and not run out. */
export function isConfirmed(record: ConsentRecord, now: Date): boolean {
  return record.status === 'CONFIRMED' && (record.validUntil === null || record.validUntil > now);
}

/** Whether a consent was given for a purpose. No purpose is covered by none. */
export function coversPurpose(record: ConsentRecord, purpose: ConsentPurpose | null): boolean {
  return purpose !== null && record.purposes.some((given) => given.code === purpose.code);
}

/** The moment from which the evidence of a consent that has ended is kept no longer. */
export function keptUntil(record: Pick<ConsentRecord, 'retentionYears'>, endedAt: Date): Date {
  const until = new Date(endedAt);
  until.setUTCFullYear(until.getUTCFullYear() + record.retentionYears);
  return until;
}

/** What a consent may become from each state. No edge leaves a final one: whoever agrees anew gets a new record. */
const nextStates: Readonly<Record<ConsentStatus, readonly ConsentStatus[]>> = {
  GIVEN: ['CONFIRMED', 'REFUSED', 'LAPSED', 'WITHDRAWN', 'SUPERSEDED'],
  CONFIRMED: ['WITHDRAWN', 'EXPIRED', 'SUPERSEDED'],
  REFUSED: [],
  LAPSED: [],
  WITHDRAWN: [],
  EXPIRED: [],
  SUPERSEDED: [],
};

/** Whether a consent in one state may become another. */
export function mayBecome(from: ConsentStatus, to: ConsentStatus): boolean {
  return nextStates[from].includes(to);
}

/** How long ago words spoken to staff may lie: long enough for a queue at the till, too short to invent them later. */
const verbalAgeMaxMs = 15 * 60_000;
/** How long ago a form may have been signed or sent: it may wait for somebody to type it in. */
const otherAgeMaxMs = 30 * 86_400_000;

/** Whether the time a customer is said to have agreed at can be believed: not ahead, not too long ago for the method. */
export function isBelievableTime(method: ConsentMethod, givenAt: Date, now: Date): boolean {
  const ageMs = now.getTime() - givenAt.getTime();
  return ageMs >= 0 && ageMs <= (method === 'VERBAL' ? verbalAgeMaxMs : otherAgeMaxMs);
}
