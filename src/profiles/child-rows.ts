import DataLoader from 'dataloader';
import type { OperationContext } from '../access/context.js';
import type { MemoKey } from '../access/world.js';
import type { BrandEntry } from '../brands/brands.js';
import type { Database } from '../brands/database.js';
import type { Deadline } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import { accountsOf, type ProfileView } from './profile.js';

/** One loader per brand and world: parent profile → rows on its accounts, in no order. */
export type ChildRowLoaders<Row> = Map<string, DataLoader<ProfileView, Row[], Uuid>>;

/** Reads rows by the accounts they hang on. */
export type FindByAccounts<Row> = (
  database: Database,
  accountIds: readonly Uuid[],
  options: { readonly deadline: Deadline },
) => Promise<Row[]>;

/** Parents of one batch: a page of a list, with room for several aliases. */
const parentsMax = 1_000;

/**
 * Rows that hang on a profile's accounts. However many profiles ask, one command per brand brings the rows of all; the
 * accounts are those of the view, never read a second time. The key is the caller's own, one per kind of row.
 */
export function loadChildRows<Row extends { readonly accountId: Uuid }>(
  context: OperationContext,
  key: MemoKey<ChildRowLoaders<Row>>,
  profile: ProfileView,
  find: FindByAccounts<Row>,
): Promise<Row[]> {
  const loaders = context.world.memo(key, () => new Map() as ChildRowLoaders<Row>);
  const { handle } = profile.brand;
  let loader = loaders.get(handle);
  if (loader === undefined) {
    const entry = context.brands.get(handle);
    loader = new DataLoader<ProfileView, Row[], Uuid>((profiles) => rowsOfAll(context, entry, profiles, find), {
      maxBatchSize: parentsMax,
      batchScheduleFn: (callback) => setImmediate(callback),
      cacheKeyFn: (view) => view._id,
    });
    loaders.set(handle, loader);
  }
  return loader.load(profile);
}

async function rowsOfAll<Row extends { readonly accountId: Uuid }>(
  context: OperationContext,
  entry: BrandEntry,
  profiles: readonly ProfileView[],
  find: FindByAccounts<Row>,
): Promise<Row[][]> {
  const { deadline } = context;
  const lists = new Map<Uuid, Row[]>();
  const result = profiles.map((profile) => {
    const list: Row[] = [];
    for (const account of accountsOf(profile)) lists.set(account, list);
    return list;
  });
  const rows = await entry.database.run(deadline, () => find(entry.database, [...lists.keys()], { deadline }));
  for (const row of rows) lists.get(row.accountId)?.push(row);
  return result;
}
