import DataLoader from 'dataloader';
import type { OperationContext } from '../access/context.js';
import { memoKey } from '../access/world.js';
import type { BrandEntry } from '../brands/brands.js';
import type { Uuid } from '../kernel/ids.js';
import type { LocationRow } from './location.js';
import { findLocations } from './location.store.js';

const loadersKey = memoKey<Map<string, DataLoader<Uuid, LocationRow | null>>>('locations');

/** A location by id; one command per brand for all ids of one turn. Null when there is none. */
export function loadLocation(context: OperationContext, entry: BrandEntry, id: Uuid): Promise<LocationRow | null> {
  const loaders = context.world.memo(loadersKey, () => new Map());
  let loader = loaders.get(entry.brand.handle);
  if (loader === undefined) {
    loader = new DataLoader<Uuid, LocationRow | null>(
      async (ids) => {
        const { deadline } = context;
        const rows = await entry.database.run(deadline, () => findLocations(entry.database, ids, { deadline }));
        const byId = new Map(rows.map((row) => [row._id, row]));
        return ids.map((each) => byId.get(each) ?? null);
      },
      { maxBatchSize: 1_000, batchScheduleFn: (callback) => setImmediate(callback) },
    );
    loaders.set(entry.brand.handle, loader);
  }
  return loader.load(id);
}
