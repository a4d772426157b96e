import type { ClientSession } from 'mongoose';
import type { OperationContext } from '../access/context.js';
import type { BrandEntry } from '../brands/brands.js';
import type { Database } from '../brands/database.js';
import { runTransaction } from '../brands/transaction.js';
import type { ClaimRow } from '../claims/claim.js';
import { deleteClaim, insertClaims } from '../claims/claim.store.js';
import { StaleRead } from '../events/commit-once.js';
import type { Uuid } from '../kernel/ids.js';
import { insertAddresses } from './address.store.js';
import { insertNewProfiles, type NewProfile, type PlannedProfile, planNewProfile } from './new-profile.service.js';
import { claimsOfPending, type PendingProfile, stillPending, voidPendingProfile } from './pending-profile.service.js';
import type { ProfileRow } from './profile.js';
import { readProfile } from './profile.service.js';
import { updateProfile } from './profile.store.js';

/**
 * Asks whoever made a waiting profile to let the brand have it. Answers false when its customer has accepted already: then
 * it is a member like any other. Decided durably before anything is written in the brand.
 */
export type PendingRelease = (
  context: Pick<OperationContext, 'brands' | 'deadline'>,
  pending: ProfileRow,
) => Promise<boolean>;

let release: PendingRelease = async () => false;

/** Says who is asked for waiting profiles; by default nobody gives one away. For the start: profiles know nothing of links. */
export function usePendingRelease(newRelease: PendingRelease): void {
  release = newRelease;
}

/** A sign-up ready to be written, with the waiting profiles whose keys it takes over. */
export interface SignUp {
  readonly planned: PlannedProfile;
  /** The first becomes the customer's own, the others are voided. */
  readonly met: readonly PendingProfile[];
}

/**
 * Plans a sign-up whose keys all hang on profiles that wait for a customer: whoever signs up in the brand itself comes
 * first. Null when one of the keys is somebody's, so that the sign-up has to be refused.
 */
export async function planOverPending(
  context: OperationContext,
  entry: BrandEntry,
  customer: NewProfile,
  taken: readonly ClaimRow[],
): Promise<SignUp | null> {
  const met: PendingProfile[] = [];
  for (const id of new Set(taken.map((claim) => claim.profileId))) {
    const row = await readProfile(entry.database, id, { deadline: context.deadline });
    if (row?.state !== 'PENDING') return null;
    met.push({ row, claims: await claimsOfPending(entry, row, context.deadline) });
  }
  for (const { row } of met) if (!(await release(context, row))) return null;
  const first = met[0];
  if (first === undefined) return null;
  return { planned: planNewProfile({ ...customer, profileId: first.row._id }), met };
}

/**
 * Writes a sign-up inside a transaction. A waiting profile that it met becomes what an ordinary sign-up would have made,
 * down to its version, so that nobody in the brand can tell the difference; what was copied into it goes.
 * @throws StaleRead when a profile waits no more; a duplicate key when a key was taken meanwhile.
 */
export async function writeSignUp(
  database: Database,
  { planned, met }: SignUp,
  now: Date,
  session: ClientSession,
): Promise<void> {
  const [first, ...others] = met;
  if (first === undefined) return insertNewProfiles(database, [planned], session);
  for (const other of others) await voidPendingProfile(database, other, now, session);
  const { _id, ...own } = planned.profile;
  const lost = Object.keys(first.row).filter((name) => name !== '_id' && name !== 'touch' && !Object.hasOwn(own, name));
  const isAdopted = await updateProfile(
    database,
    stillPending(first.row),
    { $set: own, $unset: Object.fromEntries(lost.map((name) => [name, '' as const])) },
    session,
  );
  if (!isAdopted) throw new StaleRead('The pending profile');
  for (const claim of first.claims) await deleteClaim(database, claim, session);
  await insertClaims(database, planned.claims, session);
  await insertAddresses(database, planned.addresses, session);
}

/** Looks at a waiting profile before it is left to whoever changes it so fast. */
const looksMax = 3;

/**
 * Frees the keys of waiting profiles for a customer of the brand's own, whose change or import would otherwise tell that
 * somebody waits. Each link lets go of its profile, which is voided; its sales stay. Returns which profiles wait no more:
 * one whose customer has accepted is a member's, and keeps its keys.
 */
export async function freePending(
  context: Pick<OperationContext, 'brands' | 'clock' | 'deadline'>,
  entry: BrandEntry,
  profileIds: Iterable<Uuid>,
): Promise<ReadonlySet<Uuid>> {
  const freed = new Set<Uuid>();
  for (const id of new Set(profileIds)) if (await isFreed(context, entry, id)) freed.add(id);
  return freed;
}

async function isFreed(
  context: Pick<OperationContext, 'brands' | 'clock' | 'deadline'>,
  entry: BrandEntry,
  id: Uuid,
): Promise<boolean> {
  const { database } = entry;
  const { deadline } = context;
  for (let look = 0; look < looksMax; look += 1) {
    const row = await readProfile(database, id, { deadline });
    if (row?.state === 'VOID') return true;
    if (row?.state !== 'PENDING' || !(await release(context, row))) return false;
    const pending = { row, claims: await claimsOfPending(entry, row, deadline) };
    const now = context.clock.now();
    try {
      await runTransaction(database, deadline, (session) => voidPendingProfile(database, pending, now, session));
      return true;
    } catch (error) {
      if (!(error instanceof StaleRead)) throw error;
    }
  }
  return false;
}
