import type { OperationContext } from '../access/context.js';
import { countInteractions } from '../activity/interaction.service.js';
import { countTransactions } from '../activity/transaction.service.js';
import { countRewards } from '../wallet/wallet.service.js';
import type { KindCount, MergeView } from './merge.js';
import type { KindInput, MergeKindDefinition } from './merge-kind.js';

/** Every kind of row that a merge takes along, in the order in which plans count them. */
export const mergeKinds: readonly MergeKindDefinition[] = [
  {
    kind: 'IDENTITY',
    collections: ['claims', 'formerIdentities'],
    rule: 'Stays on its account; look-ups follow the redirect of the profile it was born on',
    count: async ({ identities }) => ({ count: identities.length, sums: null }),
  },
  {
    kind: 'TRANSACTION',
    collections: ['transactions', 'transactionKeys'],
    rule: 'Stays on its account, unchanged for ever',
    count: ({ context, entry, accounts }) => countTransactions(context, entry, accounts),
    countMoved: ({ context, entry, accounts, until }) => countTransactions(context, entry, accounts, until),
  },
  {
    kind: 'INTERACTION',
    collections: ['interactions', 'interactionKeys'],
    rule: 'Stays on its account, unchanged for ever',
    count: ({ context, entry, accounts }) => countInteractions(context, entry, accounts),
    countMoved: ({ context, entry, accounts, until }) => countInteractions(context, entry, accounts, until),
  },
  {
    kind: 'ADDRESS',
    collections: ['addresses'],
    rule: 'Stays on its account; which one is the default is a field of the profile',
    count: async ({ addresses }) => ({ count: addresses.length, sums: null }),
  },
  {
    kind: 'REWARD',
    collections: ['rewards'],
    rule: 'Stays on its account with value and expiry',
    count: ({ context, entry, accounts }) => countRewards(context, entry, accounts),
  },
  {
    kind: null,
    collections: ['wallets'],
    rule: 'One per account; a profile has the sum, which a plan shows as balances before and after',
  },
  {
    kind: 'CROSS_BRAND_LINK',
    collections: [],
    rule: 'Ends at an account in the registry; its slot is a field of the profile and moves with it',
    count: async ({ row }) => ({ count: Object.keys(row.linkSlots ?? {}).length, sums: null }),
  },
];

/** How many rows of each counted kind a profile has, zeros included; kinds are read side by side. */
export function countKinds(input: KindInput): Promise<KindCount[]> {
  return countEach(mergeKinds, (definition) => definition.count?.(input));
}

/** As {@link countKinds}, for the record of a merge: kinds that can be counted later are left out. */
export function countBoundedKinds(input: KindInput): Promise<KindCount[]> {
  return countEach(mergeKinds, ({ count, countMoved }) => (countMoved === undefined ? count?.(input) : undefined));
}

/** What moved in a merge, by kind: as recorded, and counted now where that gives the same; kinds without rows are left out. */
export async function movedCounts(context: OperationContext, merge: MergeView): Promise<KindCount[]> {
  const recorded = new Map(merge.counts.map((count) => [count.kind, count]));
  const entry = context.brands.get(merge.brand.handle);
  const input = { context, entry, accounts: merge.accounts, until: merge.committedAt };
  const late = await countEach(mergeKinds, ({ kind, countMoved }) =>
    kind !== null && recorded.has(kind) ? undefined : countMoved?.(input),
  );
  const all = new Map([...recorded, ...late.map((count) => [count.kind, count] as const)]);
  return mergeKinds
    .flatMap(({ kind }) => (kind === null ? [] : (all.get(kind) ?? [])))
    .filter(({ count }) => count > 0);
}

async function countEach(
  kinds: readonly MergeKindDefinition[],
  figuresOf: (definition: MergeKindDefinition) => Promise<Pick<KindCount, 'count' | 'sums'>> | undefined,
): Promise<KindCount[]> {
  const counts = await Promise.all(
    kinds.map(async (definition) => {
      const figures = await figuresOf(definition);
      if (definition.kind === null || figures === undefined) return [];
      return [{ kind: definition.kind, count: figures.count, sums: figures.sums }];
    }),
  );
  return counts.flat();
}
