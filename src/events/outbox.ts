import type { Uuid } from '../kernel/ids.js';

/** Kinds of facts that a change leaves behind for whoever follows. */
export type EventKind =
  | 'profile.created'
  | 'profile.updated'
  | 'profile.merged'
  | 'profile.unmerged'
  | 'identity.added'
  | 'identity.changed'
  | 'identity.removed'
  | 'transaction.ingested'
  | 'link.activated'
  | 'link.withdrawn'
  | 'ticket.tier';

/** One fact, written in the transaction of the change it tells of. Holds ids and names of fields, no values of customers. */
export interface OutboxRow {
  /** `subject:n:kind`: the same change never leaves two. */
  readonly _id: string;
  /** Profile or link it is about. */
  readonly subject: Uuid;
  /** Version of the subject after the change: receivers drop what is not above the last they saw. */
  readonly n: number;
  readonly kind: EventKind;
  /** Partition, 0–15, from the subject. */
  readonly p: number;
  readonly at: Date;
  readonly pending?: true;
  readonly expireAt?: Date;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Partitions of an outbox: what one process tells on is leased by partition. */
export const outboxPartitions = 16;

/** A fact about a subject at a version, waiting to be published. */
export function outboxRow(
  kind: EventKind,
  subject: Uuid,
  n: number,
  at: Date,
  payload: Readonly<Record<string, unknown>> = {},
): OutboxRow {
  return {
    _id: `${subject}:${n}:${kind}`,
    subject,
    n,
    kind,
    p: Number.parseInt(subject.slice(0, 2), 16) % outboxPartitions,
    at,
    pending: true,
    payload,
  };
}
