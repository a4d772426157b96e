import type { Database } from '../brands/database.js';
import type { Deadline } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import type { LinkRow } from './cross-brand-link.js';
import { linkCollection } from './link.model.js';

/** Before any link: a bound that lets the index by time carry a whole list. */
const beginning = new Date(0);

/** A place in a list of consents: the row behind which it goes on. */
export interface ConsentPosition {
  readonly createdAt: Date;
  readonly id: Uuid;
}

/** Which consents a list holds. Null: no condition. */
export interface ConsentConditions {
  /** Brands whose consents may be known of; the receiving one counts from activation on. */
  readonly brands: readonly string[] | null;
  readonly ends: readonly string[] | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly statuses: readonly string[] | null;
  readonly recordedFrom: Date | null;
  readonly recordedTo: Date | null;
}

type Condition = Readonly<Record<string, unknown>>;

function conditionsOf(list: ConsentConditions): Condition[] {
  const { brands, ends, from, to, statuses, recordedTo } = list;
  const all: Condition[] = [{ createdAt: { $gte: list.recordedFrom ?? beginning } }];
  if (recordedTo !== null) all.push({ createdAt: { $lt: recordedTo } });
  if (ends !== null) all.push({ ends: { $in: ends } });
  if (from !== null) all.push({ 'a.brand': from });
  if (to !== null) all.push({ 'b.brand': to });
  if (statuses !== null) all.push({ 'consent.status': { $in: statuses } });
  if (brands !== null) {
    const asReceiver = { 'b.brand': { $in: brands }, activatedAt: { $exists: true } };
    all.push({ $or: [{ 'a.brand': { $in: brands } }, asReceiver] });
  }
  return all;
}

/** The next links with their consents, newest first, in one command. */
export async function findConsents(
  registry: Database,
  list: ConsentConditions,
  after: ConsentPosition | null,
  read: { readonly limit: number; readonly deadline: Deadline },
): Promise<LinkRow[]> {
  const conditions = conditionsOf(list);
  if (after !== null) {
    conditions.push({ createdAt: { $lte: after.createdAt } });
    conditions.push({ $or: [{ createdAt: { $lt: after.createdAt } }, { _id: { $lt: after.id } }] });
  }
  const query = registry.model(linkCollection).find({ $and: conditions } as never, null, {
    lean: true,
    sort: { createdAt: -1, _id: -1 },
    limit: read.limit,
    batchSize: read.limit + 1,
    maxTimeMS: Math.max(1, read.deadline.remainingMs()),
    readConcern: { level: 'majority' },
  });
  return (await query) as unknown as LinkRow[];
}

/** Number of consents in a list, counted no further than `max + 1`. */
export async function countConsents(
  registry: Database,
  list: ConsentConditions,
  max: number,
  deadline: Deadline,
): Promise<number> {
  const [row] = await registry
    .model(linkCollection)
    .aggregate<{ n: number }>([
      { $match: { $and: conditionsOf(list) } as never },
      { $limit: max + 1 },
      { $group: { _id: null, n: { $sum: 1 } } },
    ])
    .option({ maxTimeMS: Math.max(1, deadline.remainingMs()) });
  return row?.n ?? 0;
}
