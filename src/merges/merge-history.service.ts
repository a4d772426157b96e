import type { OperationContext } from '../access/context.js';
import { transactionsOf } from '../activity/transaction.service.js';
import type { BrandEntry } from '../brands/brands.js';
import type { ClaimRow } from '../claims/claim.js';
import { findIdentityClaims } from '../claims/claim.store.js';
import type { AddressRow } from '../profiles/address.js';
import { addressRowsOf } from '../profiles/address.service.js';
import { accountsOf, type ProfileRow, type ProfileView } from '../profiles/profile.js';
import type { KindCount } from './merge.js';
import type { ProfileHistory } from './merge-advice.js';
import { countBoundedKinds, countKinds } from './merge-kind.service.js';
import type { PointedRows } from './merge-readable.js';

/** What hangs on a profile's accounts: everything that a merge takes along without touching it. */
export interface Belongings extends PointedRows {
  /** Per kind, zeros included. */
  readonly figures: readonly KindCount[];
}

/** Reads what hangs on a profile, one command per kind, side by side. Histories beyond 10,000 transactions are counted as 10,000. */
export function readBelongings(context: OperationContext, entry: BrandEntry, row: ProfileRow): Promise<Belongings> {
  return belongingsOf(context, entry, row, countKinds);
}

/** As {@link readBelongings}, at the same cost for any history: kinds that can be counted later are left out. */
export function readBoundedBelongings(
  context: OperationContext,
  entry: BrandEntry,
  row: ProfileRow,
): Promise<Belongings> {
  return belongingsOf(context, entry, row, countBoundedKinds);
}

async function belongingsOf(
  context: OperationContext,
  entry: BrandEntry,
  row: ProfileRow,
  count: typeof countKinds,
): Promise<Belongings> {
  const [identities, addresses] = await Promise.all([
    readIdentities(context, entry, row),
    readAddresses(context, entry, row),
  ]);
  const accounts = accountsOf(row);
  const figures = await count({ context, entry, row, accounts, identities, addresses });
  return { identities, addresses, figures };
}

/** Identities of a profile, as claims, read to decide. */
export function readIdentities(context: OperationContext, entry: BrandEntry, row: ProfileRow): Promise<ClaimRow[]> {
  const { deadline } = context;
  return entry.database.run(deadline, () => findIdentityClaims(entry.database, accountsOf(row), { deadline }));
}

/** A profile's addresses, read to decide. */
export function readAddresses(context: OperationContext, entry: BrandEntry, row: ProfileRow): Promise<AddressRow[]> {
  return entry.database.run(context.deadline, () => addressRowsOf(context, entry, row));
}

/** What a merge moves, by kind; kinds without rows are left out. */
export function kindCounts(belongings: Belongings): KindCount[] {
  return belongings.figures.filter(({ count }) => count > 0);
}

/** How a profile has been used, for advice. */
export async function historyOf(
  context: OperationContext,
  view: ProfileView,
  belongings: Belongings,
): Promise<ProfileHistory> {
  const last = await transactionsOf(context, view, { first: 1 });
  const rows = belongings.figures.filter(({ kind }) => kind !== 'CROSS_BRAND_LINK');
  return {
    lastUsedAt: last.nodes[0]?.transactedAt ?? null,
    rowCount: rows.reduce((sum, { count }) => sum + count, 0),
    handles: belongings.identities.flatMap((claim) => claim.handle ?? []),
  };
}
