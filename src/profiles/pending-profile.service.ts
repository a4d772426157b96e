import type { ClientSession } from 'mongoose';
import type { BrandEntry } from '../brands/brands.js';
import type { Database } from '../brands/database.js';
import type { ClaimRow } from '../claims/claim.js';
import { deleteClaim, findClaims, findIdentityClaims } from '../claims/claim.store.js';
import { emailClaim, mobileClaim } from '../claims/new-claim.js';
import { StaleRead } from '../events/commit-once.js';
import type { Deadline } from '../kernel/clock.js';
import { type ProfileRow, profileValueNames } from './profile.js';
import { updateProfile } from './profile.store.js';

/** Everything that a voided profile loses: it may have sales, so its account stays an account, of a guest. */
const lostFields = [
  ...profileValueNames,
  'accounts',
  'linkSlots',
  'keys',
  'tags',
  'statuses',
  'comms',
  'appearance',
  'dates',
  'custom',
  'defaultAddressId',
  'primaryIdentity',
  'imports',
  'joinedAt',
] as const;

/** A profile that waits for its customer, with every claim it holds. */
export interface PendingProfile {
  readonly row: ProfileRow;
  readonly claims: readonly ClaimRow[];
}

/** The filter of every write that ends the waiting: the profile as it was read, still waiting for the same link. */
export function stillPending(row: ProfileRow): { readonly _id: string } & Readonly<Record<string, unknown>> {
  return { _id: row._id, state: 'PENDING', link: row.link, version: row.version };
}

/** The claims of a profile that waits: contacts and identities, all born on it. */
export async function claimsOfPending(
  { brand, database }: BrandEntry,
  row: ProfileRow,
  deadline: Deadline,
): Promise<ClaimRow[]> {
  const place = { accountId: row._id, profileId: row._id, at: row.createdAt };
  const contacts = [
    row.email ? emailClaim(row.email, place) : null,
    row.mobilePhone ? mobileClaim(row.mobilePhone, brand.phoneRegion, place) : null,
  ].flatMap((claim) => (claim === null ? [] : [claim._id]));
  const found = await findClaims(database, contacts, { deadline });
  const identities = await findIdentityClaims(database, row.accounts ?? [row._id], { deadline });
  return [...found.values(), ...identities].filter((claim) => claim.profileId === row._id);
}

/**
 * Takes all personal data from a profile that waits, inside a transaction, and frees its claims. A tombstone stays.
 * @throws StaleRead when it waits no more.
 */
export async function voidPendingProfile(
  database: Database,
  { row, claims }: PendingProfile,
  now: Date,
  session: ClientSession,
): Promise<void> {
  const isVoided = await updateProfile(
    database,
    stillPending(row),
    {
      $set: { state: 'VOID', type: 'DELETED', updatedAt: now },
      $unset: Object.fromEntries(lostFields.map((name) => [name, '' as const])),
      $inc: { version: 1 },
    },
    session,
  );
  if (!isVoided) throw new StaleRead('The pending profile');
  for (const claim of claims) await deleteClaim(database, claim, session);
}
