import type { ClientSession } from 'mongoose';
import type { Actor } from '../access/actor.js';
import type { OperationContext } from '../access/context.js';
import type { BrandEntry } from '../brands/brands.js';
import type { Database } from '../brands/database.js';
import { identityClaimId } from '../claims/claim.js';
import { findClaims } from '../claims/claim.store.js';
import { type AuditRow, auditRow } from '../events/audit.js';
import { StaleRead } from '../events/commit-once.js';
import { type OutboxRow, outboxRow } from '../events/outbox.js';
import type { InteractionErrorCode, TransactionErrorCode } from '../generated/resolvers-types.js';
import type { Deadline } from '../kernel/clock.js';
import { refuse } from '../kernel/errors.js';
import type { Uuid } from '../kernel/ids.js';
import { insertNewProfiles, type PlannedProfile, planNewProfile } from '../profiles/new-profile.service.js';
import { ownAccount, type ProfileRow } from '../profiles/profile.js';
import { changeProfile, ownerOfClaim, readProfile } from '../profiles/profile.service.js';
import type { NamedCustomer } from './ingest-form.js';

/** Whose a row is that a system sent, decided outside its transaction. */
export interface CustomerRoute {
  readonly routing: 'MATCHED' | 'PROFILE_CREATED';
  readonly accountId: Uuid;
  /** The profile that owns the account, or is about to be made. */
  readonly owner: ProfileRow;
  /** To be inserted with the row. */
  readonly newProfile: PlannedProfile | null;
  /** Whether the owner's state decided something, so that the row's transaction must write it too. */
  readonly mustTouchOwner: boolean;
}

/** What routing goes by. */
export interface CustomerQuestion {
  readonly entry: BrandEntry;
  readonly actor: Actor | null;
  readonly customer: NamedCustomer;
  readonly now: Date;
  readonly deadline: Deadline;
}

/** Redirects followed: merges keep every former id one hop from its winner. */
const hopsMax = 4;

/**
 * Finds the customer that a system named: the account is the profile's own for a profile id, the claim's for an identity
 * (that of a cross-brand link like any other). An identity that nobody has becomes a new profile where the brand has
 * agreed on it. Null: nobody.
 * @throws Refusal `PROFILE_NOT_FOUND`.
 */
export async function routeToCustomer(question: CustomerQuestion): Promise<CustomerRoute | null> {
  const { customer } = question;
  return customer.kind === 'PROFILE' ? routeByProfile(question, customer) : routeByIdentity(question, customer);
}

async function routeByProfile(
  question: CustomerQuestion,
  customer: Extract<NamedCustomer, { kind: 'PROFILE' }>,
): Promise<CustomerRoute> {
  const { entry } = question;
  const owner = customer.brandHandle === entry.brand.handle ? await liveProfile(question, customer.profileId) : null;
  if (owner === null) {
    refuse<TransactionErrorCode & InteractionErrorCode>(
      'PROFILE_NOT_FOUND',
      'There is no such profile in this brand; look it up again',
      ['customer', 'profileId'],
    );
  }
  return { routing: 'MATCHED', accountId: ownAccount(owner), owner, newProfile: null, mustTouchOwner: false };
}

async function liveProfile(question: CustomerQuestion, id: Uuid): Promise<ProfileRow | null> {
  let next = id;
  for (let hop = 0; hop < hopsMax; hop += 1) {
    const row = await readProfile(question.entry.database, next, { deadline: question.deadline });
    if (row === null || row.state !== 'MERGED' || row.mergedInto === undefined) {
      return row?.state === 'ACTIVE' ? row : null;
    }
    next = row.mergedInto;
  }
  return null;
}

async function routeByIdentity(
  question: CustomerQuestion,
  customer: Extract<NamedCustomer, { kind: 'IDENTITY' }>,
): Promise<CustomerRoute | null> {
  const { database } = question.entry;
  const read = { deadline: question.deadline };
  const claimId = identityClaimId(customer.handle, customer.identifier);
  const claim = (await findClaims(database, [claimId], read)).get(claimId) ?? null;
  const found = claim === null || claim.isActive === false ? null : await ownerOfClaim(database, claim, read);
  // A taken pair is never given to a new profile, whoever it leads to.
  if (found === null) return claim === null ? routeToNewProfile(question, customer) : null;
  return {
    routing: 'MATCHED',
    accountId: found.accountId,
    owner: found.profile,
    newProfile: null,
    mustTouchOwner: found.profile.state !== 'ACTIVE',
  };
}

/** A profile for an identity that nobody has, where the brand makes one and the actor may write the handle. */
function routeToNewProfile(
  { entry: { brand }, actor, now }: CustomerQuestion,
  { handle, identifier }: Extract<NamedCustomer, { kind: 'IDENTITY' }>,
): CustomerRoute | null {
  const reservedFor = brand.identityHandles.find((entry) => entry.handle === handle)?.reservedFor ?? null;
  const mayWrite = reservedFor === null || reservedFor === actor?.extension;
  if (brand.onUnknownIdentity !== 'CREATE_PROFILE' || !mayWrite) return null;
  const identities = [{ handle, identifier, isPrimary: true }];
  const newProfile = planNewProfile({ brand, values: {}, identities, type: 'INCOMPLETE', now });
  const { profile } = newProfile;
  return { routing: 'PROFILE_CREATED', accountId: profile._id, owner: profile, newProfile, mustTouchOwner: false };
}

/** The event and audit row of a profile that is made for a row; none when its customer was there already. */
export function newCustomerFacts(
  context: OperationContext,
  newProfile: PlannedProfile | null,
  fact: { readonly action: string; readonly at: Date; readonly cause: Readonly<Record<string, Uuid>> },
): { readonly outbox: readonly OutboxRow[]; readonly audit: readonly AuditRow[] } {
  if (newProfile === null) return { outbox: [], audit: [] };
  const { _id } = newProfile.profile;
  const { action, at, cause } = fact;
  return {
    outbox: [outboxRow('profile.created', _id, 1, at, { origin: action })],
    audit: [auditRow(context, action, _id, at, { created: true, ...cause })],
  };
}

/**
 * Writes what a route needs inside the row's transaction: a profile made for it, or a mark on an owner whose state
 * decided something, so that whoever changes the state meets the row.
 * @throws StaleRead when the owner's state is another by now.
 */
export async function writeRoute(
  database: Database,
  {
    newProfile,
    owner,
    mustTouchOwner,
  }: Pick<CustomerRoute, 'newProfile' | 'mustTouchOwner'> & {
    readonly owner: ProfileRow | null;
  },
  session: ClientSession,
): Promise<void> {
  if (newProfile !== null) await insertNewProfiles(database, [newProfile], session);
  if (!mustTouchOwner || owner === null) return;
  const filter = { _id: owner._id, state: owner.state };
  if (!(await changeProfile(database, filter, { $inc: { touch: 1 } }, session))) throw new StaleRead('The customer');
}
