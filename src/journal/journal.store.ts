import type { ClientSession } from 'mongoose';
import type { Database } from '../brands/database.js';
import type { Deadline } from '../kernel/clock.js';
import type { JournalRow } from './journal.js';
import { journalCollection } from './journal.model.js';

/** Writes new work inside the transaction of the decision it carries out. */
export async function insertJournals(
  database: Database,
  rows: readonly JournalRow[],
  session: ClientSession,
): Promise<void> {
  if (rows.length > 0) await database.model(journalCollection).collection.insertMany(rows as never[], { session });
}

/** One journal; null when there is none. */
export async function findJournal(database: Database, id: string, deadline: Deadline): Promise<JournalRow | null> {
  return (await database.model(journalCollection).findOne({ _id: id }, null, {
    lean: true,
    maxTimeMS: Math.max(1, deadline.remainingMs()),
    readConcern: { level: 'majority' },
  })) as JournalRow | null;
}

/** Open journals of known kinds that may be taken now, longest waiting first. */
export async function findRunnable(
  database: Database,
  options: {
    readonly kinds: readonly string[];
    readonly now: Date;
    readonly limit: number;
    readonly deadline: Deadline;
  },
): Promise<JournalRow[]> {
  return (await database
    .model(journalCollection)
    .find({ open: true, leaseUntil: { $lte: options.now }, kind: { $in: [...options.kinds] } }, null, {
      lean: true,
      sort: { leaseUntil: 1 },
      limit: options.limit,
      batchSize: options.limit + 1,
      maxTimeMS: Math.max(1, options.deadline.remainingMs()),
      readConcern: { level: 'majority' },
    })) as JournalRow[];
}

/** Takes the lease if nobody else has since the row was read. Null when somebody has. */
export async function takeLease(
  database: Database,
  row: JournalRow,
  lease: { readonly owner: string; readonly until: Date },
): Promise<JournalRow | null> {
  const fence = row.fence + 1;
  const result = await database
    .model(journalCollection)
    .collection.updateOne(
      { _id: row._id as never, open: true, fence: row.fence },
      { $set: { owner: lease.owner, fence, leaseUntil: lease.until } },
    );
  return result.matchedCount === 1 ? { ...row, owner: lease.owner, fence, leaseUntil: lease.until } : null;
}

/** Changes of a leased journal. */
export interface JournalChange {
  readonly set?: Readonly<Partial<JournalRow>>;
  readonly unset?: readonly (keyof JournalRow)[];
}

/** Changes a journal while the lease is still one's own. Returns whether it was. */
export async function changeLeased(
  database: Database,
  row: Pick<JournalRow, '_id' | 'fence' | 'owner'>,
  change: JournalChange,
): Promise<boolean> {
  const update: Record<string, unknown> = {};
  if (change.set !== undefined) update['$set'] = change.set;
  if (change.unset?.length) update['$unset'] = Object.fromEntries(change.unset.map((name) => [name, '']));
  const result = await database
    .model(journalCollection)
    .collection.updateOne({ _id: row._id as never, open: true, fence: row.fence, owner: row.owner }, update);
  return result.matchedCount === 1;
}
