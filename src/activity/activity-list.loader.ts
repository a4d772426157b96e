import DataLoader from 'dataloader';
import type { OperationContext } from '../access/context.js';
import { memoKey } from '../access/world.js';
import type { BrandEntry } from '../brands/brands.js';
import type { Uuid } from '../kernel/ids.js';
import { childRowsPerCommandMax, inKeysMax } from '../kernel/limits.js';
import { accountsOf, type ProfileView } from '../profiles/profile.js';
import {
  type ActivityList,
  type ActivityRow,
  countRowsByAccount,
  findLastRows,
  findRowPage,
  type RowConditions,
  type RowRead,
} from './activity-list.store.js';

/** A list that several profiles of one operation are asked for. */
export interface LastList<Row extends ActivityRow> {
  readonly list: ActivityList<Row>;
  readonly conditions: RowConditions;
  /** Rows per profile, the one that tells of a next page included. */
  readonly limit: number;
  readonly projection: RowRead['projection'];
}

/** Collects what is asked for in one turn of the event loop. */
export const nextTurn = { batchScheduleFn: (callback: () => void) => void setImmediate(callback) };

const lastKey = memoKey<Map<string, DataLoader<ProfileView, unknown[], Uuid>>>('last rows');
const countKey = memoKey<Map<string, DataLoader<ProfileView, number, Uuid>>>('row counts');

/** The loader under a key; made by `create` when asked for first. */
export function madeOnce<T>(map: Map<string, T>, key: string, create: () => T): T {
  let made = map.get(key);
  if (made === undefined) {
    made = create();
    map.set(key, made);
  }
  return made;
}

/**
 * The last rows of a profile. All profiles of one level and one list are asked for in one command per brand; the
 * database's idea of their accounts must be this world's, else the world is marked as breached.
 */
export function loadLastRows<Row extends ActivityRow>(
  context: OperationContext,
  entry: BrandEntry,
  profile: ProfileView,
  wanted: LastList<Row>,
): Promise<Row[]> {
  const { list, conditions, limit } = wanted;
  const loaders = context.world.memo(lastKey, () => new Map()) as Map<string, DataLoader<ProfileView, Row[], Uuid>>;
  const key = JSON.stringify([list.collection.name, entry.brand.handle, conditions, limit]);
  return madeOnce(loaders, key, () => lastRowsLoader(context, entry, wanted)).load(profile);
}

function lastRowsLoader<Row extends ActivityRow>(
  context: OperationContext,
  { database }: BrandEntry,
  { list, ...options }: LastList<Row>,
): DataLoader<ProfileView, Row[], Uuid> {
  // The world this loader belongs to: the context's may be another by the time a batch runs.
  const { world } = context;
  return new DataLoader<ProfileView, Row[], Uuid>(
    async (profiles) => {
      const { deadline } = context;
      const read = { deadline, ...options };
      if (profiles.length === 1) {
        const accounts = accountsOf(profiles[0] as ProfileView);
        return [await database.run(deadline, () => findRowPage(database, list, accounts, { ...read, after: null }))];
      }
      const ids = profiles.map((each) => each._id);
      const answers = await database.run(deadline, () => findLastRows(database, list, ids, read));
      const byId = new Map(answers.map((answer) => [answer._id, answer]));
      return profiles.map((each) => {
        const answer = byId.get(each._id);
        if (!sameAccounts(accountsOf(each), answer?.accounts)) {
          world.breach(`a profile and its last ${list.collection.name} were read with different accounts`);
        }
        return answer?.rows ?? [];
      });
    },
    {
      ...nextTurn,
      cacheKeyFn: (each) => each._id,
      maxBatchSize: Math.max(
        1,
        Math.min(inKeysMax, Math.floor(childRowsPerCommandMax / Math.max(1, options.limit - 1))),
      ),
    },
  );
}

function sameAccounts(known: readonly Uuid[], brought: readonly Uuid[] | null | undefined): boolean {
  return known.length === brought?.length && known.every((account, index) => account === brought[index]);
}

/** How many rows of a list a profile has; one command per brand for all profiles. */
export function loadRowCount<Row extends ActivityRow>(
  context: OperationContext,
  entry: BrandEntry,
  profile: ProfileView,
  { list, conditions }: Pick<LastList<Row>, 'list' | 'conditions'>,
): Promise<number> {
  const loaders = context.world.memo(countKey, () => new Map());
  const key = JSON.stringify([list.collection.name, entry.brand.handle, conditions]);
  const create = () =>
    new DataLoader<ProfileView, number, Uuid>(
      async (profiles) => {
        const { deadline } = context;
        const accounts = profiles.flatMap((each) => accountsOf(each));
        const counts = await entry.database.run(deadline, () =>
          countRowsByAccount(entry.database, list, accounts, { deadline, conditions }),
        );
        return profiles.map((each) => accountsOf(each).reduce((sum, account) => sum + (counts.get(account) ?? 0), 0));
      },
      { ...nextTurn, cacheKeyFn: (each) => each._id },
    );
  return madeOnce(loaders, key, create).load(profile);
}
