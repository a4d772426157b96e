import DataLoader from 'dataloader';
import type { OperationContext } from '../access/context.js';
import { memoKey, type World } from '../access/world.js';
import { isConfirmed } from '../consents/consent.js';
import type { Uuid } from '../kernel/ids.js';
import { accountsOf, type ProfileView } from '../profiles/profile.js';
import { endKey, type LinkRow } from './cross-brand-link.js';
import { findLinks, findLinksByEnds } from './link.store.js';

const schedule = { batchScheduleFn: (callback: () => void) => setImmediate(callback) };
/** Parents of one batch: as many as one page of pages may hold; ends are cut into commands of a thousand. */
const batchMax = 1_000;

const byProfileKey = memoKey<DataLoader<ProfileView, LinkRow[], string>>('links of profiles');
const byEndKey = memoKey<DataLoader<string, LinkRow[]>>('links of ends');
const byIdKey = memoKey<DataLoader<Uuid, LinkRow | null>>('links by id');
const guardKey = memoKey<EpochGuard>('epochs of links');

/** Links of profiles in every state, newest first: one registry read for all profiles of a batch, whatever their brands. */
export function linksOfProfileLoader(context: OperationContext): DataLoader<ProfileView, LinkRow[], string> {
  return context.world.memo(
    byProfileKey,
    () =>
      new DataLoader<ProfileView, LinkRow[], string>(
        async (views) => {
          const { registry } = context.brands;
          const endsOf = views.map((view) => accountsOf(view).map((account) => endKey(view.brand.handle, account)));
          const rows = await registry.run(context.deadline, () =>
            findLinksByEnds(registry, [...new Set(endsOf.flat())], { deadline: context.deadline }),
          );
          const byEnd = groupByEnd(rows);
          return endsOf.map((ends) => newestFirst(new Set(ends.flatMap((end) => byEnd.get(end) ?? []))));
        },
        { ...schedule, maxBatchSize: batchMax, cacheKeyFn: (view) => `${view.brand.handle}:${view._id}` },
      ),
  );
}

function groupByEnd(rows: readonly LinkRow[]): Map<string, LinkRow[]> {
  const byEnd = new Map<string, LinkRow[]>();
  const seen = new Set<Uuid>();
  for (const row of rows) {
    // Both ends of a link may be asked for in two commands: it comes twice then.
    if (seen.has(row._id)) continue;
    seen.add(row._id);
    for (const end of row.ends) byEnd.set(end, [...(byEnd.get(end) ?? []), row]);
  }
  return byEnd;
}

function newestFirst(rows: ReadonlySet<LinkRow>): LinkRow[] {
  return [...rows].sort((x, y) => y.createdAt.getTime() - x.createdAt.getTime() || (x._id < y._id ? -1 : 1));
}

/** Links at single accounts, in every state, newest first: for brands whose profiles cannot be read now. */
export function linksOfEndLoader(context: OperationContext): DataLoader<string, LinkRow[]> {
  return context.world.memo(
    byEndKey,
    () =>
      new DataLoader<string, LinkRow[]>(
        async (ends) => {
          const { registry } = context.brands;
          const rows = await registry.run(context.deadline, () =>
            findLinksByEnds(registry, ends, { deadline: context.deadline }),
          );
          const byEnd = groupByEnd(rows);
          return ends.map((end) => newestFirst(new Set(byEnd.get(end))));
        },
        { ...schedule, maxBatchSize: batchMax },
      ),
  );
}

/** Links by their ids. */
export function linkLoader(context: OperationContext): DataLoader<Uuid, LinkRow | null> {
  return context.world.memo(
    byIdKey,
    () =>
      new DataLoader<Uuid, LinkRow | null>(
        async (ids) => {
          const { registry } = context.brands;
          const rows = await registry.run(context.deadline, () =>
            findLinks(registry, ids, { deadline: context.deadline }),
          );
          const byId = new Map(rows.map((row) => [row._id, row]));
          return ids.map((id) => byId.get(id) ?? null);
        },
        { ...schedule, maxBatchSize: batchMax },
      ),
  );
}

/**
 * Remembers which links an operation has shown rows by, and reads all of them once more before the answer leaves: one
 * command. A link that has changed marks the world as breached, so that nothing is shown that was withdrawn meanwhile.
 */
export class EpochGuard {
  readonly #context: OperationContext;
  readonly #world: World;
  readonly #used = new Map<Uuid, LinkRow>();
  #isWaiting = false;

  constructor(context: OperationContext) {
    this.#context = context;
    this.#world = context.world;
  }

  /** Says that rows at an end of this link are about to be read. */
  use(link: LinkRow): void {
    if (this.#used.has(link._id)) return;
    this.#used.set(link._id, link);
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#world.beforeAnswer(() => this.#confirm());
  }

  async #confirm(): Promise<void> {
    this.#isWaiting = false;
    const { brands, deadline, clock } = this.#context;
    const rows = await brands.registry.run(deadline, () =>
      findLinks(brands.registry, [...this.#used.keys()], { deadline, isConfirmation: true }),
    );
    const byId = new Map(rows.map((row) => [row._id, row]));
    const now = clock.now();
    for (const [id, used] of this.#used) {
      const present = byId.get(id);
      const holds =
        present !== undefined &&
        present.state === used.state &&
        present.epoch === used.epoch &&
        isConfirmed(present.consent, now);
      if (!holds) this.#world.breach('a consent changed while rows were read by it');
    }
  }
}

/** The links by which the operation's present world shows rows of other brands. */
export function epochGuard(context: OperationContext): EpochGuard {
  return context.world.memo(guardKey, () => new EpochGuard(context));
}
