import type { Database } from '../brands/database.js';
import { Deadline } from '../kernel/clock.js';
import type { TokenRow } from './token.js';
import { tokenCollection } from './token.model.js';

/** How long the registry may take over one token: every request waits for it at most once in ten seconds. */
const registryDeadlineMs = 2_000;
/** Tokens that one list shows. */
const listedMax = 1_000;

/** Where tokens are kept. An interface, so that verification can be tested without a database. */
export interface TokenStore {
  find(id: string): Promise<TokenRow | null>;
  insert(row: TokenRow): Promise<void>;
  /** Returns whether the token was there. A second revocation keeps the first date. */
  revoke(id: string, at: Date): Promise<boolean>;
  /** Remembers the last use, never moving it back. */
  touch(id: string, at: Date): Promise<void>;
  /** Newest first, at most 1,000. */
  list(): Promise<TokenRow[]>;
  /** The full ids that begin with the given digits, at most two. */
  idsByPrefix(digits: string): Promise<string[]>;
}

/** Tokens in the registry database. Reads ask the majority, so that a revocation is seen by every process. */
export function registryTokenStore(registry: Database): TokenStore {
  const model = () => registry.model(tokenCollection);
  const read = { lean: true, readConcern: { level: 'majority' }, maxTimeMS: registryDeadlineMs } as const;
  const run = <T>(ask: () => Promise<T>): Promise<T> => registry.run(Deadline.after(registryDeadlineMs), ask);
  return {
    find: (id) => run(async () => (await model().findOne({ _id: id }, null, read)) as TokenRow | null),
    insert: (row) =>
      run(async () => {
        await model().collection.insertOne(row as TokenRow & { _id: never });
      }),
    revoke: (id, at) =>
      run(async () => {
        await model().updateOne({ _id: id, revokedAt: { $exists: false } }, { $set: { revokedAt: at } });
        return (await model().findOne({ _id: id }, { _id: 1 }, read)) !== null;
      }),
    touch: (id, at) =>
      run(async () => {
        await model().updateOne({ _id: id }, { $max: { lastUsedAt: at } });
      }),
    list: () =>
      run(async () => {
        const rows = (await model().find({}, null, {
          ...read,
          batchSize: listedMax + 1,
          limit: listedMax,
        })) as TokenRow[];
        return rows.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
      }),
    idsByPrefix: (digits) =>
      run(async () => {
        const range = { $gte: digits, $lt: `${digits}g` };
        const rows = (await model().find({ _id: range }, { _id: 1 }, { ...read, limit: 2 })) as { _id: string }[];
        return rows.map((row) => row._id);
      }),
  };
}
