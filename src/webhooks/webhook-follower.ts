import type { WebhookEvent } from '../brands/config.js';
import type { OutboxFollower } from '../events/follower.js';
import type { EventKind, OutboxRow } from '../events/outbox.js';
import type { Clock } from '../kernel/clock.js';
import { deliveryRow } from './delivery.js';
import { insertDelivery } from './delivery.store.js';
import type { Endpoint } from './endpoint.js';
import { isPublished } from './webhook-event.js';

/** What a {@link webhookFollower} needs. */
export interface WebhookFollowerOptions {
  readonly endpoints: readonly Endpoint[];
  readonly clock: Clock;
  /** Told when there is something to deliver to an endpoint. */
  readonly onDelivery: (endpoint: Endpoint) => void;
}

/**
 * Writes, for each fact, one delivery per endpoint that asked for its kind. It only writes, so no receiver ever holds back a
 * fact; a fact that is told again finds its deliveries.
 */
export function webhookFollower({ endpoints, clock, onDelivery }: WebhookFollowerOptions): OutboxFollower {
  const active = endpoints.filter((endpoint) => endpoint.isActive);
  return {
    name: 'webhooks',
    kinds: new Set<EventKind>(active.flatMap((endpoint) => [...endpoint.events])),
    follow: async (row, { database }) => {
      if (!isOfPublishedKind(row)) return;
      for (const endpoint of active.filter((each) => isFor(each, row))) {
        await insertDelivery(database, deliveryRow(database.owner, endpoint, row, clock.now()));
        onDelivery(endpoint);
      }
    },
  };
}

function isOfPublishedKind(row: OutboxRow): row is OutboxRow & { readonly kind: WebhookEvent } {
  return isPublished(row.kind);
}

/** A link's facts lie in the registry and concern its two brands; every other fact concerns the brand it lies in. */
function isFor(endpoint: Endpoint, row: OutboxRow & { readonly kind: WebhookEvent }): boolean {
  if (!endpoint.events.has(row.kind)) return false;
  return !row.kind.startsWith('link.') || [row.payload['from'], row.payload['to']].includes(endpoint.brand);
}
