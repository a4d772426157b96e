import type { BrandEntry } from '../brands/brands.js';
import { type IdentityHistory, identityHistoryOf } from '../identities/former-identity.service.js';
import type { Uuid } from '../kernel/ids.js';
import { accountsOf, type ProfileRow } from '../profiles/profile.js';
import type { KeyEntry } from './key-chunk.js';
import { inScan } from './scan-lease.service.js';
import { liveOf, readWithWinners } from './scan-live.service.js';
import type { ScanWork } from './scan-work.service.js';

/** Identities by the profile that has or had them: `_id`s of claims. */
export type IdentitiesByProfile = ReadonlyMap<Uuid, readonly string[]>;

/** What is remembered of the identities that live profiles once had. */
export interface ReadHistory {
  readonly byProfile: IdentitiesByProfile;
  readonly history: IdentityHistory;
}

/**
 * Which identities that changed hands these profiles have or had. That one has it now is known only together with one
 * that had it before: both are in the list, or the pair is not.
 */
export async function readHistory(entry: BrandEntry, rows: readonly ProfileRow[]): Promise<ReadHistory> {
  const owners = new Map(rows.flatMap((row) => accountsOf(row).map((account) => [account, row._id] as const)));
  const history = await inScan(entry.database, (deadline) => identityHistoryOf(entry, [...owners.keys()], deadline));
  const byProfile = new Map<Uuid, Set<string>>();
  const add = (accountId: Uuid, claimId: string): void => {
    const owner = owners.get(accountId);
    if (owner !== undefined) byProfile.set(owner, (byProfile.get(owner) ?? new Set()).add(claimId));
  };
  for (const { accountId, claimId } of history.former) add(accountId, claimId);
  for (const [claimId, { accountId }] of history.holders) add(accountId, claimId);
  return { byProfile: new Map([...byProfile].map(([id, claimIds]) => [id, [...claimIds]])), history };
}

/**
 * Entries for whoever has now what the profiles of a page once had: its own page does not show that anybody else had it.
 * A profile that had it before, too, is found by its own page.
 */
export async function holderEntries({ entry, keys }: ScanWork, { history }: ReadHistory): Promise<KeyEntry[]> {
  const holders = [...history.holders];
  if (holders.length === 0) return [];
  const profiles = await readWithWinners(entry, [...new Set(holders.map(([, { profileId }]) => profileId))]);
  return holders.flatMap(([claimId, { profileId }]) => {
    const live = liveOf(profiles, profileId);
    return live === null ? [] : [{ key: keys.keyOf('identity', claimId), profileId: live._id }];
  });
}
