import type { BrandHandle } from '../brands/brand.js';
import type { WebhookEvent } from '../brands/config.js';
import type { OutboxRow } from '../events/outbox.js';
import { bodyOf, eventIdOf } from './webhook-event.js';

/** Where a delivery stands: to be sent, taken by the receiver, or given up until somebody replays it. */
export type DeliveryState = 'PENDING' | 'DELIVERED' | 'DEAD';

/** Every state, for the command line. */
export const deliveryStates: readonly DeliveryState[] = ['PENDING', 'DELIVERED', 'DEAD'];

/** Why an attempt failed without an answer, or was not made. */
export type DeliveryError =
  | 'TIMEOUT'
  | 'CONNECTION'
  | 'TLS'
  | 'DNS'
  | 'ADDRESS_REFUSED'
  | 'STATUS'
  | 'ENDPOINT_GONE'
  | 'INTERNAL';

/** One fact on its way to one endpoint. Holds ids and codes, no values of customers. */
export interface DeliveryRow {
  /** `eventId:endpoint`: a fact that is told again finds the delivery that is there. */
  readonly _id: string;
  readonly eventId: string;
  /** `brand/name`. */
  readonly endpoint: string;
  /** Endpoint and subject: what is delivered one after the other. */
  readonly lane: string;
  readonly n: number;
  readonly kind: WebhookEvent;
  /** What is sent, byte for byte, at every attempt. */
  readonly body: string;
  readonly at: Date;
  readonly state: DeliveryState;
  /** There exactly while the delivery is to be sent. */
  readonly open?: true;
  /** Nobody attempts it before this moment: the wait after a failure, or the lease of who attempts it now. */
  readonly nextAt?: Date;
  /** Rises with every attempt; who has an old one has lost the delivery. */
  readonly fence: number;
  /** Attempts since it was written or replayed. */
  readonly attempts: number;
  readonly lastStatus?: number;
  readonly lastError?: DeliveryError;
  readonly deliveredAt?: Date;
  readonly deadAt?: Date;
  readonly expireAt?: Date;
}

/** What is known about an endpoint beside its configuration. */
export interface EndpointStateRow {
  /** `brand/name`. */
  readonly _id: string;
  /** When it said that it is gone for good. */
  readonly goneAt?: Date;
  /** Of the address that said so: another address is another receiver. */
  readonly urlDigest: string;
}

/** The delivery of a fact to an endpoint, free to be sent at once. */
export function deliveryRow(
  owner: string,
  endpoint: { readonly key: string; readonly brand: BrandHandle },
  row: OutboxRow & { readonly kind: WebhookEvent },
  now: Date,
): DeliveryRow {
  const eventId = eventIdOf(owner, row);
  return {
    _id: `${eventId}:${endpoint.key}`,
    eventId,
    endpoint: endpoint.key,
    lane: `${endpoint.key}:${row.subject}`,
    n: row.n,
    kind: row.kind,
    body: bodyOf(endpoint.brand, row.kind, row),
    at: row.at,
    state: 'PENDING',
    open: true,
    nextAt: now,
    fence: 0,
    attempts: 0,
  };
}

const [second, minute, hour] = [1_000, 60_000, 3_600_000];

/** Waits after the first failure, the second and so on: what Standard Webhooks recommends. Three days and a little in all. */
const retryWaitsMs: readonly number[] = [
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
];
/** How much longer a wait may become, so that what failed together does not come back together. */
const jitterShare = 0.1;

/** Attempts before a delivery is given up. */
export const attemptsMax = retryWaitsMs.length + 1;

/** The wait after so many failed attempts, `jitter` in [0, 1); null when that was the last. */
export function retryWaitMs(attempts: number, jitter: number): number | null {
  const wait = retryWaitsMs[attempts - 1];
  return wait === undefined ? null : Math.round(wait * (1 + jitter * jitterShare));
}

/**
 * Whether a delivery holds back later ones of its subject: during its first tries, half an hour or so. Then they go out
 * ahead of it, so that one fact a receiver cannot take does not keep all others from it.
 */
export function holdsBack(earlier: Pick<DeliveryRow, 'attempts'>): boolean {
  return earlier.attempts <= 3;
}
