import { Brands } from '../../src/brands/brands.js';
import { Database } from '../../src/brands/database.js';
import { createLogger } from '../../src/kernel/logger.js';
import type { TestGroup } from './group.js';

/** Nobody listens on port 1 of this machine. */
const deadUri = 'mongodb://127.0.0.1:1/?directConnection=true';

/** The brands of a group, one of which has a database that cannot be reached. */
export async function stoppedBrand(
  group: TestGroup,
  handle: string,
): Promise<{ readonly brands: Brands; readonly close: () => Promise<void> }> {
  const { brand, sealKey } = group.entry(handle);
  const database = new Database({
    owner: handle,
    uri: deadUri,
    name: 'stopped',
    isEmbedded: false,
    collections: [],
    selectionTimeoutMs: 100,
    log: createLogger({ level: 'silent' }),
  });
  await database.open();
  const others = group.brands.all().filter((entry) => entry.brand.handle !== handle);
  const brands = new Brands([...others, { brand, database, sealKey }], group.brands.registry);
  return { brands, close: () => database.close() };
}
