import type { Database } from '../brands/database.js';
import { isInserted } from '../brands/insert-once.js';
import type { Deadline } from '../kernel/clock.js';
import type { DeliveryRow, DeliveryState, EndpointStateRow } from './delivery.js';
import { webhookDeliveryCollection, webhookEndpointCollection } from './webhook.model.js';

function decidingRead(deadline: Deadline): object {
  return { lean: true, maxTimeMS: Math.max(1, deadline.remainingMs()), readConcern: { level: 'majority' } };
}

function decidingList(deadline: Deadline, limit: number): object {
  return { ...decidingRead(deadline), limit, batchSize: limit + 1 };
}

/** Writes a delivery; one that is there already stands. */
export async function insertDelivery(database: Database, row: DeliveryRow): Promise<void> {
  await isInserted(() => database.model(webhookDeliveryCollection).collection.insertOne(row as never));
}

/** Deliveries to one endpoint that may be attempted now, longest waiting first. */
export async function findDue(
  database: Database,
  options: { readonly endpoint: string; readonly now: Date; readonly limit: number; readonly deadline: Deadline },
): Promise<DeliveryRow[]> {
  return (await database
    .model(webhookDeliveryCollection)
    .find({ open: true, endpoint: options.endpoint, nextAt: { $lte: options.now } }, null, {
      ...decidingList(options.deadline, options.limit),
      sort: { nextAt: 1 },
    })) as DeliveryRow[];
}

/** The oldest open delivery of a lane below a version; null when there is none. */
export async function findEarlier(
  database: Database,
  row: Pick<DeliveryRow, 'lane' | 'n'>,
  deadline: Deadline,
): Promise<DeliveryRow | null> {
  const rows = (await database
    .model(webhookDeliveryCollection)
    .find({ open: true, lane: row.lane, n: { $lt: row.n } }, null, {
      ...decidingList(deadline, 1),
      sort: { n: 1 },
    })) as DeliveryRow[];
  return rows[0] ?? null;
}

/** Changes of an open delivery. */
export interface DeliveryChange {
  readonly set: Readonly<Partial<DeliveryRow>>;
  readonly unset?: readonly (keyof DeliveryRow)[];
}

/** Changes an open delivery that nobody else has taken since it was read. Returns whether that is so. */
export async function changeOpen(
  database: Database,
  row: Pick<DeliveryRow, '_id' | 'fence'>,
  change: DeliveryChange,
): Promise<boolean> {
  const update = { $set: change.set, ...unsetting(change.unset ?? []) };
  const result = await database
    .model(webhookDeliveryCollection)
    .collection.updateOne({ _id: row._id as never, open: true, fence: row.fence }, update as object);
  return result.matchedCount === 1;
}

function unsetting(names: readonly string[]): object {
  return names.length === 0 ? {} : { $unset: Object.fromEntries(names.map((name) => [name, ''])) };
}

/** Deliveries to one endpoint, newest first; those that wait, by when they are attempted next. */
export async function findDeliveries(
  database: Database,
  options: {
    readonly endpoint: string;
    readonly state: DeliveryState | null;
    readonly limit: number;
    readonly deadline: Deadline;
  },
): Promise<DeliveryRow[]> {
  const { endpoint, state } = options;
  const [filter, sort] =
    state === 'PENDING'
      ? [{ open: true, nextAt: { $exists: true } }, { nextAt: 1 }]
      : state === 'DEAD'
        ? [{ deadAt: { $exists: true } }, { deadAt: -1 }]
        : [state === null ? {} : { state }, { at: -1 }];
  return (await database.model(webhookDeliveryCollection).find({ endpoint, ...filter } as never, null, {
    ...decidingList(options.deadline, options.limit),
    sort: sort as never,
  })) as DeliveryRow[];
}

/** Deliveries of one event, or one delivery, by the event's id or its own. */
export async function findNamed(
  database: Database,
  id: string,
  endpoints: readonly string[],
  deadline: Deadline,
): Promise<DeliveryRow[]> {
  const ids = [id, ...endpoints.map((endpoint) => `${id}:${endpoint}`)];
  return (await database
    .model(webhookDeliveryCollection)
    .find({ _id: { $in: ids } }, null, decidingList(deadline, ids.length))) as DeliveryRow[];
}

/** Makes deliveries free to be attempted afresh, by `_id`; those that are open are hurried on. */
export async function reopen(database: Database, ids: readonly string[], now: Date): Promise<void> {
  if (ids.length === 0) return;
  const ended = ['deadAt', 'deliveredAt', 'expireAt', 'lastStatus', 'lastError'] as const;
  await database.model(webhookDeliveryCollection).collection.updateMany({ _id: { $in: [...ids] as never[] } }, {
    $set: { state: 'PENDING', open: true, nextAt: now, attempts: 0 },
    $inc: { fence: 1 },
    ...unsetting(ended),
  } as object);
}

/** What is known about an endpoint; null when nothing is. */
export async function findEndpointState(
  database: Database,
  key: string,
  deadline: Deadline,
): Promise<EndpointStateRow | null> {
  return (await database
    .model(webhookEndpointCollection)
    .findOne({ _id: key }, null, decidingRead(deadline))) as EndpointStateRow | null;
}

/** Keeps that an endpoint is gone, or, with null, that it may be tried again. */
export async function setEndpointGone(
  database: Database,
  endpoint: { readonly key: string; readonly urlDigest: string },
  goneAt: Date | null,
): Promise<void> {
  const { collection } = database.model(webhookEndpointCollection);
  await collection.deleteOne({ _id: endpoint.key as never });
  if (goneAt === null) return;
  // Another attempt may have been told the same at the same time.
  await isInserted(() => collection.insertOne({ _id: endpoint.key, goneAt, urlDigest: endpoint.urlDigest } as never));
}
