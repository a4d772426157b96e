import { defineCollection } from '../brands/collection.js';
import type { DeliveryRow, EndpointStateRow } from './delivery.js';

/** Facts on their way to receivers. What was delivered goes by itself; what was given up stays until it is replayed. */
export const webhookDeliveryCollection = defineCollection<DeliveryRow>(
  'webhookDeliveries',
  {
    eventId: String,
    endpoint: String,
    lane: String,
    n: Number,
    kind: String,
    body: String,
    at: Date,
    state: String,
    open: Boolean,
    nextAt: Date,
    fence: Number,
    attempts: Number,
    lastStatus: Number,
    lastError: String,
    deliveredAt: Date,
    deadAt: Date,
    expireAt: Date,
  },
  [
    { key: { endpoint: 1, nextAt: 1 }, partialFilterExpression: { open: true } },
    { key: { lane: 1, n: 1 }, partialFilterExpression: { open: true } },
    { key: { endpoint: 1, deadAt: 1 }, partialFilterExpression: { deadAt: { $exists: true } } },
    { key: { endpoint: 1, at: 1 } },
    { key: { expireAt: 1 }, expireAfterSeconds: 0 },
  ],
);

/** Endpoints that have said that they are gone. */
export const webhookEndpointCollection = defineCollection<EndpointStateRow>('webhookEndpoints', {
  goneAt: Date,
  urlDigest: String,
});
