import type { ActorReference } from '../access/actor.js';
import { contentDigest } from '../kernel/digest.js';
import type { Uuid } from '../kernel/ids.js';
import type { ConsentRecord, ConsentStatus } from './consent.js';

/** What stands before the first event of every chain. */
export const chainStart = '0'.repeat(64);

/** Something that happened to a consent. Appended, never changed; each seals the one before. */
export interface ConsentEventRow {
  /** `linkId:seq`: two events with one number cannot both be written. */
  readonly _id: string;
  readonly linkId: Uuid;
  readonly seq: number;
  readonly status: ConsentStatus;
  readonly at: Date;
  readonly actor: ActorReference;
  /** What the event is evidence of: digests and codes, never values of the customer. */
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly prev: string;
  readonly hash: string;
}

/** A change of a consent, before it has a number and a seal. */
export interface ConsentChange {
  readonly status: ConsentStatus;
  readonly at: Date;
  readonly actor: ActorReference;
  readonly evidence?: Readonly<Record<string, unknown>>;
}

/** `_id` of an event. */
export function consentEventId(linkId: Uuid, seq: number): string {
  return `${linkId}:${seq}`;
}

/** The next event of a chain. */
export function consentEvent(
  linkId: Uuid,
  after: Pick<ConsentRecord, 'seq' | 'head'> | null,
  change: ConsentChange,
): ConsentEventRow {
  const { kind, reference } = change.actor;
  const body = {
    linkId,
    seq: (after?.seq ?? 0) + 1,
    status: change.status,
    at: change.at,
    actor: { kind, reference },
    evidence: change.evidence ?? {},
    prev: after?.head ?? chainStart,
  };
  return { _id: consentEventId(linkId, body.seq), ...body, hash: contentDigest(body) };
}

/** Whether events are all that ever happened to a consent, unchanged: a whole chain that ends where the record says. */
export function isProvenBy(record: ConsentRecord, events: readonly ConsentEventRow[]): boolean {
  const last = events.at(-1);
  return (
    isWholeChain(events) &&
    last !== undefined &&
    last.seq === record.seq &&
    last.hash === record.head &&
    last.status === record.status
  );
}

/** Whether events are a whole chain from its start: numbers without gaps, seals that fit. */
export function isWholeChain(events: readonly ConsentEventRow[]): boolean {
  return events.every((event, index) => {
    const { _id, hash, ...body } = event;
    const prev = index === 0 ? chainStart : events[index - 1]?.hash;
    return (
      _id === consentEventId(event.linkId, event.seq) &&
      event.seq === index + 1 &&
      event.prev === prev &&
      hash === contentDigest(body)
    );
  });
}
