import type { ClientSession } from 'mongoose';
import type { OperationContext } from '../access/context.js';
import type { BrandEntry } from '../brands/brands.js';
import type { Database } from '../brands/database.js';
import type { ClaimRow } from '../claims/claim.js';
import { type Deadline, pause } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import type { Uuid } from '../kernel/ids.js';
import type { AddressRow } from './address.js';
import { insertAddresses } from './address.store.js';
import { accountsOf, type ProfileRow, type ProfileView } from './profile.js';
import { profileViews } from './profile.loader.js';
import { findProfile, findProfiles, insertProfiles, type ProfileUpdate, updateProfile } from './profile.store.js';

/** Restarts of a look-up that meets a merge or undo half visible. */
const restartsMax = 3;
/** Redirects followed by one look-up. */
const hopsMax = 4;

/** Whom a claim leads to, for writers: a live profile, or one that owns rows without being shown (PENDING, DELETED). */
export interface ClaimOwner {
  readonly profile: ProfileRow;
  /** Account that rows which came by the claim hang on. */
  readonly accountId: Uuid;
}

/** The live profile that an id leads to in this operation's world; null when it leads nowhere that may be shown. */
export function viewProfile(context: OperationContext, entry: BrandEntry, id: Uuid): Promise<ProfileView | null> {
  return profileViews(context).view(entry, id);
}

/** The live profile that owns an account in this operation's world. An account's id is the id of the profile born with it. */
export function viewOwner(
  context: OperationContext,
  entry: BrandEntry,
  accountId: Uuid,
  bornOn: Uuid = accountId,
): Promise<ProfileView | null> {
  return profileViews(context).owner(entry, bornOn, accountId);
}

/** Profiles that a list or aggregate has brought, as this operation's world knows them; live ones only, same order. */
export function adoptProfiles(
  context: OperationContext,
  entry: BrandEntry,
  rows: readonly ProfileRow[],
): ProfileView[] {
  return profileViews(context).adopt(entry, rows);
}

/** Whole profile documents by id in any state, read to decide a write: majority, or the snapshot of a transaction. */
export function readProfiles(
  database: Database,
  ids: readonly Uuid[],
  options: { readonly deadline: Deadline; readonly session?: ClientSession },
): Promise<ProfileRow[]> {
  return findProfiles(database, ids, { ...options, isDeciding: true });
}

/** One whole profile document in any state, read to decide a write. */
export async function readProfile(
  database: Database,
  id: Uuid,
  options: { readonly deadline: Deadline; readonly session?: ClientSession },
): Promise<ProfileRow | null> {
  return findProfile(database, id, { ...options, isDeciding: true });
}

/** Changes one profile inside a transaction when it still is what the filter says. Returns whether it was. */
export function changeProfile(
  database: Database,
  filter: { readonly _id: Uuid } & Readonly<Record<string, unknown>>,
  update: ProfileUpdate,
  session: ClientSession,
): Promise<boolean> {
  return updateProfile(database, filter, update, session);
}

/** Inserts profiles inside a transaction. */
export function addProfiles(database: Database, rows: readonly ProfileRow[], session: ClientSession): Promise<void> {
  return insertProfiles(database, rows, session);
}

/**
 * Follows a claim to its owner, for writers: outside any world, from the profile of birth along redirects. The profile
 * arrived at must own the claim's account; otherwise a merge or undo was met half visible and the look-up starts again.
 * Null when the claim leads to nobody who owns rows.
 * @throws AppError `RETRY` when restarts do not help.
 */
export async function ownerOfClaim(
  database: Database,
  claim: Pick<ClaimRow, 'accountId' | 'profileId'>,
  options: { readonly deadline: Deadline; readonly session?: ClientSession },
): Promise<ClaimOwner | null> {
  for (let restart = 0; restart <= restartsMax; restart += 1) {
    if (restart > 0) await pause(5 * 2 ** restart);
    const end = await followRedirects(database, claim.profileId, options);
    if (end === 'broken') continue;
    if (end.state === 'VOID') return null;
    if (end.state === 'MERGED') continue;
    if (accountsOf(end).includes(claim.accountId)) return { profile: end, accountId: claim.accountId };
  }
  throw new AppError('RETRY', 'The owner kept changing while it was looked up; send it again', {
    details: { brand: database.owner },
  });
}

async function followRedirects(
  database: Database,
  from: Uuid,
  options: { readonly deadline: Deadline; readonly session?: ClientSession },
): Promise<ProfileRow | 'broken'> {
  let id = from;
  for (let hop = 0; hop < hopsMax; hop += 1) {
    const row = await readProfile(database, id, options);
    if (row === null) return 'broken';
    if (row.state !== 'MERGED' || row.mergedInto === undefined) return row;
    id = row.mergedInto;
  }
  return 'broken';
}

/** Inserts addresses of profiles inside a transaction that also writes their profiles. */
export function addAddresses(database: Database, rows: readonly AddressRow[], session: ClientSession): Promise<void> {
  return insertAddresses(database, rows, session);
}
