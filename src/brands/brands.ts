import { AppError } from '../kernel/errors.js';
import type { Logger } from '../kernel/logger.js';
import type { BrandKeys } from '../kernel/seal.js';
import type { Brand, BrandHandle } from './brand.js';
import type { CollectionDefinition } from './collection.js';
import type { DatabaseConfig, GroupConfig } from './config.js';
import { Database } from './database.js';
import { brandsOf } from './load-config.js';

/** A brand with the one connection to its database. */
export interface BrandEntry {
  readonly brand: Brand;
  readonly database: Database;
  /** 32 bytes: seals what this brand alone may open. */
  readonly sealKey: Uint8Array;
}

/** Every configured brand and the registry, connected once for the life of the process. */
export class Brands {
  readonly registry: Database;
  readonly #entries: ReadonlyMap<BrandHandle, BrandEntry>;

  constructor(entries: readonly BrandEntry[], registry: Database) {
    this.registry = registry;
    this.#entries = new Map(entries.map((entry) => [entry.brand.handle, entry]));
  }

  /** All brands, by handle. */
  all(): BrandEntry[] {
    return [...this.#entries.values()].sort((a, b) => (a.brand.handle < b.brand.handle ? -1 : 1));
  }

  /** A brand by its handle; null when it is not configured. Says nothing about who may see it. */
  find(handle: BrandHandle): BrandEntry | null {
    return this.#entries.get(handle) ?? null;
  }

  /**
   * A brand that is known to be configured.
   * @throws AppError `INTERNAL` when it is not.
   */
  get(handle: BrandHandle): BrandEntry {
    const entry = this.find(handle);
    if (entry === null) throw new AppError('INTERNAL', `No brand ${handle} is configured`);
    return entry;
  }

  async close(): Promise<void> {
    await Promise.all(
      [this.registry, ...this.all().map((entry) => entry.database)].map((database) => database.close()),
    );
  }
}

/** How long the driver looks for the embedded engine. Requests have deadlines of their own. */
const embeddedPatienceMs = 30_000;

/** What {@link openBrands} needs. */
export interface OpenBrandsOptions {
  readonly config: GroupConfig;
  /** URI of the embedded engine for databases that configure none. */
  readonly embeddedUri: ((databaseName: string) => string) | null;
  readonly brandCollections: readonly CollectionDefinition<{ _id: string }>[];
  readonly registryCollections: readonly CollectionDefinition<{ _id: string }>[];
  /** The same in every process of the group, or what one seals no other opens. */
  readonly keys: BrandKeys;
  /** Emit command events on every client, for budgets in tests and benchmarks. */
  readonly isMonitored?: boolean;
  readonly log: Logger;
}

/**
 * Connects to every brand and the registry. A brand that cannot be reached does not stop the start: it is tried again.
 * @throws AppError `TRANSACTIONS_UNSUPPORTED` for a standalone server, `CONFIG_INVALID` without a URI and an engine.
 */
export async function openBrands(options: OpenBrandsOptions): Promise<Brands> {
  const entries = brandsOf(options.config).map((brand, index): BrandEntry => {
    const config = options.config.brands[index]?.database as DatabaseConfig;
    const database = makeDatabase(brand.handle, config, options.brandCollections, options);
    return { brand, database, sealKey: options.keys.keyFor(brand.handle) };
  });
  const registry = makeDatabase('registry', options.config.registry.database, options.registryCollections, options);
  const brands = new Brands(entries, registry);
  try {
    await Promise.all([...entries.map((entry) => entry.database.open()), registry.open()]);
  } catch (error) {
    await brands.close();
    throw error;
  }
  return brands;
}

function makeDatabase(
  owner: string,
  config: DatabaseConfig,
  collections: readonly CollectionDefinition<{ _id: string }>[],
  options: OpenBrandsOptions,
): Database {
  const uri = config.uri ?? options.embeddedUri?.(config.name);
  if (uri === undefined)
    throw new AppError('CONFIG_INVALID', `No database.uri is given for ${owner} and no embedded engine is running`);
  return new Database({
    owner,
    uri,
    name: config.name,
    isEmbedded: config.uri === undefined,
    collections,
    // The embedded engine runs in this very process: it is there, however busy the machine is.
    selectionTimeoutMs: config.uri === undefined ? embeddedPatienceMs : options.config.server.brandDeadlineMs,
    isMonitored: options.isMonitored ?? false,
    log: options.log,
  });
}
