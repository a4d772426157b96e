import type { ClientSession } from 'mongoose';
import type { BrandEntry } from '../brands/brands.js';
import { findClaims } from '../claims/claim.store.js';
import type { Deadline } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import { type FormerIdentity, openFormerIdentity } from './former-identity.js';
import { deleteFormerIdentities, findFormerIdentities } from './former-identity.store.js';

/** Who has an identity now. */
export interface IdentityHolder {
  readonly accountId: Uuid;
  /** Profile on which its claim was born; redirects lead on. */
  readonly profileId: Uuid;
}

/** Identities that were taken from accounts, and who has them now, by the `_id` of their claim. */
export interface IdentityHistory {
  readonly former: readonly FormerIdentity[];
  /** Without those that nobody has. */
  readonly holders: ReadonlyMap<string, IdentityHolder>;
}

/** What is remembered of identities that these accounts once had: one command, and a second one where there are any. */
export async function identityHistoryOf(
  entry: BrandEntry,
  accountIds: readonly Uuid[],
  deadline: Deadline,
): Promise<IdentityHistory> {
  const { database, sealKey } = entry;
  const rows = await database.run(deadline, () => findFormerIdentities(database, accountIds, deadline));
  const former = rows.map((row) => openFormerIdentity(sealKey, row));
  if (former.length === 0) return { former, holders: new Map() };
  const claimIds = former.map(({ claimId }) => claimId);
  const holders = await database.run(deadline, () => findClaims(database, claimIds, { deadline }));
  return { former, holders };
}

/** Forgets what these accounts once had, inside the transaction that erases their customer. Returns how much that was. */
export function forgetFormerIdentities(
  entry: BrandEntry,
  accountIds: readonly Uuid[],
  session: ClientSession,
): Promise<number> {
  return deleteFormerIdentities(entry.database, accountIds, session);
}
