import DataLoader from 'dataloader';
import { isSelected, type OperationContext } from '../access/context.js';
import { memoKey } from '../access/world.js';
import type { BrandEntry } from '../brands/brands.js';
import type { Uuid } from '../kernel/ids.js';
import { type MergeView, mergeViewOf } from './merge.js';
import { findMerges } from './merge.store.js';

/** Whether an operation shows values that only snapshots hold. */
export function needsSnapshot(context: OperationContext): boolean {
  return ['winnerValue', 'loserValue'].some((name) => isSelected(context, 'FieldDecision', name));
}

type MergeLoader = DataLoader<Uuid, MergeView | null>;

const loadersKey = memoKey<Map<string, MergeLoader>>('merges by id');

/** A merge by id, one command per brand for all that an operation asks for at once; null when there is none. */
export function loadMerge(context: OperationContext, entry: BrandEntry, id: Uuid): Promise<MergeView | null> {
  const loaders = context.world.memo(loadersKey, () => new Map<string, MergeLoader>());
  const known = loaders.get(entry.brand.handle);
  if (known !== undefined) return known.load(id);
  const loader: MergeLoader = new DataLoader(
    async (ids) => {
      const read = { deadline: context.deadline, withSnapshot: needsSnapshot(context) };
      const rows = await entry.database.run(context.deadline, () => findMerges(entry.database, ids, read));
      const byId = new Map(rows.map((row) => [row._id, mergeViewOf(row, entry.brand)]));
      return ids.map((each) => byId.get(each) ?? null);
    },
    { maxBatchSize: 1_000, batchScheduleFn: (callback) => setImmediate(callback) },
  );
  loaders.set(entry.brand.handle, loader);
  return loader.load(id);
}
