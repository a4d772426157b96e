import DataLoader from 'dataloader';
import type { OperationContext } from '../access/context.js';
import { memoKey } from '../access/world.js';
import type { BrandEntry } from '../brands/brands.js';
import type { ClaimRow } from './claim.js';
import { findClaims } from './claim.store.js';

const loadersKey = memoKey<Map<string, DataLoader<string, ClaimRow | null>>>('claims by id');

/** A claim by its `_id`, once per world; look-ups made together share one command per brand. Null when nobody has the key. */
export function loadClaim(context: OperationContext, entry: BrandEntry, id: string): Promise<ClaimRow | null> {
  const loaders = context.world.memo(loadersKey, () => new Map<string, DataLoader<string, ClaimRow | null>>());
  const { handle } = entry.brand;
  let loader = loaders.get(handle);
  if (loader === undefined) {
    const { database } = entry;
    const { deadline } = context;
    loader = new DataLoader<string, ClaimRow | null>(
      async (ids) => {
        const found = await database.run(deadline, () => findClaims(database, ids, { deadline }));
        return ids.map((each) => found.get(each) ?? null);
      },
      { maxBatchSize: 1_000, batchScheduleFn: (callback) => setImmediate(callback) },
    );
    loaders.set(handle, loader);
  }
  return loader.load(id);
}
