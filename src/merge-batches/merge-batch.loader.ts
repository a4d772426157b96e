import DataLoader from 'dataloader';
import type { OperationContext } from '../access/context.js';
import { type MemoKey, memoKey } from '../access/world.js';
import type { BrandEntry } from '../brands/brands.js';
import { inKeysMax } from '../kernel/limits.js';
import { batchViewOf, type MergeBatchRowDocument, type MergeBatchView } from './merge-batch.js';
import { findBatches } from './merge-batch.store.js';
import { findRows } from './merge-batch-row.store.js';

type ByBrand<Found> = Map<string, DataLoader<string, Found | null>>;

const batchesKey = memoKey<ByBrand<MergeBatchView>>('merge batches by id');
const rowsKey = memoKey<ByBrand<MergeBatchRowDocument>>('rows of merge batches by id');

/** A batch that may be shown; one command per brand for all that an operation asks for at once. */
export function loadBatch(context: OperationContext, entry: BrandEntry, id: string): Promise<MergeBatchView | null> {
  return loaderOf(context, entry, batchesKey, async (ids) =>
    (await findBatches(entry.database, ids, { deadline: context.deadline })).flatMap(
      (row) => batchViewOf(row, entry.brand) ?? [],
    ),
  ).load(id);
}

/** Rows by `_id`, absent ones left out: pages of however many batches are one command per brand. */
export async function loadRows(
  context: OperationContext,
  entry: BrandEntry,
  ids: readonly string[],
): Promise<MergeBatchRowDocument[]> {
  const loader = loaderOf(context, entry, rowsKey, (wanted) => findRows(entry.database, wanted, context.deadline));
  const found = await Promise.all(ids.map((id) => loader.load(id)));
  return found.filter((row) => row !== null);
}

function loaderOf<Found extends { readonly _id: string }>(
  context: OperationContext,
  entry: BrandEntry,
  key: MemoKey<ByBrand<Found>>,
  find: (ids: readonly string[]) => Promise<Found[]>,
): DataLoader<string, Found | null> {
  const loaders = context.world.memo(key, (): ByBrand<Found> => new Map());
  const known = loaders.get(entry.brand.handle);
  if (known !== undefined) return known;
  const loader = new DataLoader<string, Found | null>(
    async (ids) => {
      const rows = await entry.database.run(context.deadline, () => find(ids));
      const byId = new Map(rows.map((row) => [row._id, row]));
      return ids.map((each) => byId.get(each) ?? null);
    },
    { maxBatchSize: inKeysMax, batchScheduleFn: (callback) => setImmediate(callback) },
  );
  loaders.set(entry.brand.handle, loader);
  return loader;
}
