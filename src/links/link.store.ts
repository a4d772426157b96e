import type { ClientSession } from 'mongoose';
import type { Database } from '../brands/database.js';
import type { Deadline } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import { childRowsPerCommandMax, inKeysMax } from '../kernel/limits.js';
import type { LinkRow } from './cross-brand-link.js';
import type { ActivationRow } from './delivery.js';
import { activationCollection, linkCollection } from './link.model.js';

/** How a read of links is made. */
export interface LinkReadOptions {
  readonly deadline: Deadline;
  readonly session?: ClientSession;
  /** Reads state, epoch and consent alone. */
  readonly isConfirmation?: boolean;
}

/** What a confirmation compares. */
const confirmationFields = { state: 1, epoch: 1, consent: 1 };

function commandOptions(options: LinkReadOptions): object {
  if (options.session !== undefined) return { session: options.session };
  // Majority always: a link decides what may be shown and written.
  return { maxTimeMS: Math.max(1, options.deadline.remainingMs()), readConcern: { level: 'majority' } };
}

/** Links by id; missing ones are simply absent. One command per thousand. */
export async function findLinks(
  registry: Database,
  ids: readonly Uuid[],
  options: LinkReadOptions,
): Promise<LinkRow[]> {
  const rows: LinkRow[] = [];
  for (let from = 0; from < ids.length; from += inKeysMax) {
    const part = ids.slice(from, from + inKeysMax);
    const projection = options.isConfirmation ? confirmationFields : null;
    const query = registry.model(linkCollection).find({ _id: { $in: part } }, projection, {
      lean: true,
      batchSize: part.length + 1,
      ...commandOptions(options),
    });
    rows.push(...((await query) as LinkRow[]));
  }
  return rows;
}

/** Links by their ends, in every state. One command per thousand ends. */
export async function findLinksByEnds(
  registry: Database,
  ends: readonly string[],
  options: LinkReadOptions,
): Promise<LinkRow[]> {
  const rows: LinkRow[] = [];
  for (let from = 0; from < ends.length; from += inKeysMax) {
    const part = ends.slice(from, from + inKeysMax);
    const query = registry.model(linkCollection).find({ ends: { $in: part } }, null, {
      lean: true,
      batchSize: childRowsPerCommandMax,
      ...commandOptions(options),
    });
    rows.push(...((await query) as LinkRow[]));
  }
  return rows;
}

/** Writes a new link, in the transaction of its consent's first event. */
export async function insertLink(registry: Database, row: LinkRow, session: ClientSession): Promise<void> {
  await registry.model(linkCollection).collection.insertOne(row as never, { session });
}

/** Update operators used on links. */
export interface LinkUpdate {
  readonly $set?: Readonly<Record<string, unknown>>;
  readonly $unset?: Readonly<Record<string, ''>>;
  readonly $inc?: Readonly<Record<string, number>>;
}

/** Changes a link when it still is what the filter says. Returns whether it was. */
export async function updateLink(
  registry: Database,
  filter: { readonly _id: Uuid } & Readonly<Record<string, unknown>>,
  update: LinkUpdate,
  session?: ClientSession,
): Promise<boolean> {
  const result = await registry
    .model(linkCollection)
    .collection.updateOne(filter as never, update as never, session === undefined ? {} : { session });
  return result.matchedCount === 1;
}

/** Lets a token lead to its link. */
export async function insertActivation(registry: Database, row: ActivationRow, session: ClientSession): Promise<void> {
  await registry.model(activationCollection).collection.insertOne(row as never, { session });
}

/** Where a token leads; null when it leads nowhere. */
export async function findActivation(
  registry: Database,
  tokenHash: string,
  deadline: Deadline,
): Promise<ActivationRow | null> {
  return (await registry.model(activationCollection).findOne({ _id: tokenHash }, null, {
    lean: true,
    maxTimeMS: Math.max(1, deadline.remainingMs()),
    readConcern: { level: 'majority' },
  })) as ActivationRow | null;
}
