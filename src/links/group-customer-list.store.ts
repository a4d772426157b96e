import type { BrandHandle } from '../brands/brand.js';
import type { Database } from '../brands/database.js';
import type { Deadline } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import type { LinkRow } from './cross-brand-link.js';
import { linkCollection } from './link.model.js';

/** Before any activation: a bound that keeps links which were never activated out of the scan. */
const beginning = new Date(0);

/** A link's place among all that were ever activated. Neither part changes after activation, whatever becomes of the link. */
export interface ActivationPosition {
  readonly activatedAt: Date;
  readonly id: Uuid;
}

/** What a scan brings of a link: where it stands and what it joins, not whether it is open. */
export type ActivatedLink = Pick<LinkRow, '_id' | 'a' | 'b'> & { readonly activatedAt: Date };

/** The next part of a scan. */
export interface ActivatedLinkScan {
  readonly brand: BrandHandle;
  readonly others: readonly BrandHandle[];
  readonly after: ActivationPosition | null;
  readonly limit: number;
  readonly deadline: Deadline;
}

/** The place of a link that was ever activated; null for one that was not. */
export function positionOfLink(row: Pick<LinkRow, '_id' | 'activatedAt'>): ActivationPosition | null {
  return row.activatedAt === undefined ? null : { activatedAt: row.activatedAt, id: row._id };
}

/** Order of activation, by id where two stand at one instant. */
export function byActivation(x: ActivationPosition, y: ActivationPosition): number {
  return x.activatedAt.getTime() - y.activatedAt.getTime() || (x.id < y.id ? -1 : x.id > y.id ? 1 : 0);
}

/**
 * The next links ever activated between one brand and others, whichever side asked, in order of activation. Two
 * commands, one for each direction, each a merge of scans over one index.
 */
export async function findActivatedLinks(registry: Database, read: ActivatedLinkScan): Promise<ActivatedLink[]> {
  const { brand, others, after } = read;
  const find = async (ends: Readonly<Record<string, unknown>>): Promise<ActivatedLink[]> => {
    const conditions: object[] = [ends, { activatedAt: { $gte: after?.activatedAt ?? beginning } }];
    if (after !== null) {
      conditions.push({ $or: [{ activatedAt: { $gt: after.activatedAt } }, { _id: { $gt: after.id } }] });
    }
    const query = registry.model(linkCollection).find(
      { $and: conditions } as never,
      { a: 1, b: 1, activatedAt: 1 },
      {
        lean: true,
        sort: { activatedAt: 1, _id: 1 },
        limit: read.limit,
        batchSize: read.limit + 1,
        maxTimeMS: Math.max(1, read.deadline.remainingMs()),
        readConcern: { level: 'majority' },
      },
    );
    return (await query) as unknown as ActivatedLink[];
  };
  const [asked, invited] = await Promise.all([
    find({ 'a.brand': brand, 'b.brand': { $in: others } }),
    find({ 'a.brand': { $in: others }, 'b.brand': brand }),
  ]);
  const place = (row: ActivatedLink): ActivationPosition => ({ activatedAt: row.activatedAt, id: row._id });
  return [...asked, ...invited].sort((x, y) => byActivation(place(x), place(y))).slice(0, read.limit);
}
