import DataLoader from 'dataloader';
import type { OperationContext } from '../access/context.js';
import { memoKey, type World } from '../access/world.js';
import type { BrandEntry } from '../brands/brands.js';
import type { Uuid } from '../kernel/ids.js';
import { accountsOf, type ProfileRow, type ProfileView, viewOf } from './profile.js';
import { findProfiles } from './profile.store.js';
import { profileProjection } from './profile-projection.js';

/** Redirects followed before the chain counts as broken: merges keep every former id one hop from its winner. */
const hopsMax = 4;

/**
 * The profile documents one world has read. The first read of a document wins; everything that shows a profile or reads
 * rows by its accounts goes by it. Contradictions between documents mark the world as breached (an account in two
 * views, or a document's account missing from the view it leads to).
 */
export class ProfileViews {
  readonly #context: OperationContext;
  readonly #world: World;
  readonly #rows = new Map<string, ProfileRow | null>();
  readonly #loaders = new Map<string, DataLoader<Uuid, ProfileRow | null>>();
  readonly #owners = new Map<string, Uuid>();

  constructor(context: OperationContext) {
    this.#context = context;
    this.#world = context.world;
    this.#world.beforeAnswer(async () => this.#checkRedirects());
  }

  /** The live profile that an id leads to; null when it leads nowhere that may be shown. */
  async view(entry: BrandEntry, id: Uuid): Promise<ProfileView | null> {
    let next = id;
    for (let hop = 0; hop < hopsMax; hop += 1) {
      const row = await this.#row(entry, next);
      if (row === null) return null;
      if (row.state === 'ACTIVE') return viewOf(row, entry.brand);
      if (row.state !== 'MERGED' || row.mergedInto === undefined) return null;
      next = row.mergedInto;
    }
    this.#world.breach('a redirect goes on and on');
    return null;
  }

  /** The live profile that owns an account, given the profile on which it was born. */
  async owner(entry: BrandEntry, bornOn: Uuid, accountId: Uuid): Promise<ProfileView | null> {
    const view = await this.view(entry, bornOn);
    if (view !== null && !accountsOf(view).includes(accountId)) {
      this.#world.breach('an account is not in the view that its profile leads to');
      return null;
    }
    return view;
  }

  /**
   * Takes rows that a list, search or aggregate has brought. A row read before in this world is replaced by what was
   * read then. Gives back the live ones as views, in the order brought.
   */
  adopt(entry: BrandEntry, rows: readonly ProfileRow[]): ProfileView[] {
    const views: ProfileView[] = [];
    for (const row of rows) {
      const known = this.#enter(entry, row._id, row);
      if (known?.state === 'ACTIVE') views.push(viewOf(known, entry.brand));
    }
    return views;
  }

  #row(entry: BrandEntry, id: Uuid): Promise<ProfileRow | null> {
    const known = this.#rows.get(`${entry.brand.handle}:${id}`);
    if (known !== undefined) return Promise.resolve(known);
    return this.#loaderOf(entry).load(id);
  }

  #loaderOf(entry: BrandEntry): DataLoader<Uuid, ProfileRow | null> {
    const handle = entry.brand.handle;
    let loader = this.#loaders.get(handle);
    if (loader === undefined) {
      loader = new DataLoader<Uuid, ProfileRow | null>(
        async (ids) => {
          const deadline = this.#context.deadline;
          const projection = profileProjection(this.#context);
          const rows = await entry.database.run(deadline, () =>
            findProfiles(entry.database, ids, { deadline, projection }),
          );
          const byId = new Map(rows.map((row) => [row._id, row]));
          return ids.map((id) => this.#enter(entry, id, byId.get(id) ?? null));
        },
        { maxBatchSize: 1_000, batchScheduleFn: (callback) => setImmediate(callback) },
      );
      this.#loaders.set(handle, loader);
    }
    return loader;
  }

  #enter(entry: BrandEntry, id: Uuid, row: ProfileRow | null): ProfileRow | null {
    const key = `${entry.brand.handle}:${id}`;
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    this.#rows.set(key, row);
    if (row?.state === 'ACTIVE') this.#enterAccounts(entry.brand.handle, row);
    return row;
  }

  #enterAccounts(brand: string, row: ProfileRow): void {
    for (const account of accountsOf(row)) {
      const key = `${brand}:${account}`;
      const owner = this.#owners.get(key);
      if (owner !== undefined && owner !== row._id) this.#world.breach('an account is in two views');
      this.#owners.set(key, row._id);
    }
  }

  #checkRedirects(): void {
    for (const [key, row] of this.#rows) {
      if (row?.state !== 'MERGED') continue;
      const brand = key.slice(0, key.indexOf(':'));
      const target = this.#resolved(brand, row);
      for (const account of row.formerAccounts ?? []) {
        const owner = this.#owners.get(`${brand}:${account}`);
        const isTorn = target === null ? owner !== undefined : owner !== target._id;
        if (isTorn) this.#world.breach('a redirect and a view disagree about an account');
      }
    }
  }

  /** The ACTIVE document a merged one leads to within what was read; null when that was not read or is not live. */
  #resolved(brand: string, row: ProfileRow): ProfileRow | null {
    let current: ProfileRow | null | undefined = row;
    for (let hop = 0; hop < hopsMax && current?.state === 'MERGED'; hop += 1) {
      current = this.#rows.get(`${brand}:${current.mergedInto}`);
    }
    return current?.state === 'ACTIVE' ? current : null;
  }
}

const viewsKey = memoKey<ProfileViews>('profile views');

/** The profile documents of the operation's present world. */
export function profileViews(context: OperationContext): ProfileViews {
  return context.world.memo(viewsKey, () => new ProfileViews(context));
}
