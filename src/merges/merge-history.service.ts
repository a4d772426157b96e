import type { OperationContext } from '../access/context.js';
import { countTransactions, type TransactionFigures, transactionsOf } from '../activity/transaction.service.js';
import type { BrandEntry } from '../brands/brands.js';
import type { ClaimRow } from '../claims/claim.js';
import { findIdentityClaims } from '../claims/claim.store.js';
import type { AddressRow } from '../profiles/address.js';
import { addressRowsOf } from '../profiles/address.service.js';
import { accountsOf, type ProfileRow, type ProfileView } from '../profiles/profile.js';
import { countRewards, type RewardFigures } from '../wallet/wallet.service.js';
import type { KindCount } from './merge.js';
import type { ProfileHistory } from './merge-advice.js';

/** What hangs on a profile's accounts: everything that a merge takes along without touching it. */
export interface Belongings {
  readonly identities: readonly ClaimRow[];
  readonly addresses: readonly AddressRow[];
  readonly transactions: TransactionFigures;
  readonly rewards: RewardFigures;
}

/** Reads what hangs on a profile, one command per kind, side by side. Histories beyond 10,000 transactions are counted as 10,000. */
export async function readBelongings(
  context: OperationContext,
  entry: BrandEntry,
  row: ProfileRow,
): Promise<Belongings> {
  const accounts = accountsOf(row);
  const { deadline } = context;
  const [identities, addresses, transactions, rewards] = await Promise.all([
    entry.database.run(deadline, () => findIdentityClaims(entry.database, accounts, { deadline })),
    readAddresses(context, entry, row),
    countTransactions(context, entry, accounts),
    countRewards(context, entry, accounts),
  ]);
  return { identities, addresses, transactions, rewards };
}

/** A profile's addresses, read to decide. */
export function readAddresses(context: OperationContext, entry: BrandEntry, row: ProfileRow): Promise<AddressRow[]> {
  return entry.database.run(context.deadline, () => addressRowsOf(context, entry, row));
}

/** What a merge moves, by kind; kinds without rows are left out. */
export function kindCounts(row: ProfileRow, belongings: Belongings): KindCount[] {
  const { identities, addresses, transactions, rewards } = belongings;
  const counts: KindCount[] = [
    { kind: 'IDENTITY', count: identities.length, sums: null },
    { kind: 'TRANSACTION', count: transactions.count, sums: transactions.sums },
    { kind: 'ADDRESS', count: addresses.length, sums: null },
    { kind: 'REWARD', count: rewards.count, sums: rewards.sums },
    { kind: 'CROSS_BRAND_LINK', count: Object.keys(row.linkSlots ?? {}).length, sums: null },
  ];
  return counts.filter(({ count }) => count > 0);
}

/** How a profile has been used, for advice. */
export async function historyOf(
  context: OperationContext,
  view: ProfileView,
  belongings: Belongings,
): Promise<ProfileHistory> {
  const last = await transactionsOf(context, view, { first: 1 });
  const { identities, addresses, transactions, rewards } = belongings;
  return {
    lastUsedAt: last.nodes[0]?.transactedAt ?? null,
    rowCount: identities.length + addresses.length + transactions.count + rewards.count,
    handles: identities.flatMap((claim) => claim.handle ?? []),
  };
}
