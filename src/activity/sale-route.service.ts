import type { Actor } from '../access/actor.js';
import type { BrandEntry } from '../brands/brands.js';
import { identityClaimId } from '../claims/claim.js';
import { findClaims } from '../claims/claim.store.js';
import type { TransactionErrorCode } from '../generated/resolvers-types.js';
import type { Deadline } from '../kernel/clock.js';
import { refuse } from '../kernel/errors.js';
import type { Uuid } from '../kernel/ids.js';
import { type PlannedProfile, planNewProfile } from '../profiles/new-profile.service.js';
import { ownAccount, type ProfileRow } from '../profiles/profile.js';
import { ownerOfClaim, readProfile } from '../profiles/profile.service.js';
import type { SaleCustomer } from './sale.js';
import type { IngestRouting, TransactionKeyRow } from './transaction.js';

/** Where a sale goes, decided outside its transaction. */
export interface SaleRoute {
  readonly routing: IngestRouting;
  readonly accountId: Uuid;
  /** The profile that owns the account, when it was looked at or is about to be made. */
  readonly owner: ProfileRow | null;
  /** To be inserted with the sale. */
  readonly newProfile: PlannedProfile | null;
  /** Whether the owner's state decided something, so that the sale must write it too. */
  readonly mustTouchOwner: boolean;
}

/** What routing goes by. */
export interface RouteQuestion {
  readonly entry: BrandEntry;
  readonly actor: Actor | null;
  readonly transactionId: Uuid;
  readonly customer: SaleCustomer;
  /** Key of the purchase that a return names, if it has come. */
  readonly original: TransactionKeyRow | null;
  readonly now: Date;
  readonly deadline: Deadline;
}

/** Redirects followed: merges keep every former id one hop from its winner. */
const hopsMax = 4;

/**
 * Finds the account that a sale hangs on: the purchase's for a linked return whoever brings the goods, the profile's own
 * for a profile id, the claim's for an identity, and an account of its own for a sale to nobody.
 * @throws Refusal `PROFILE_NOT_FOUND`, `IDENTITY_NOT_FOUND`.
 */
export async function routeSale(question: RouteQuestion): Promise<SaleRoute> {
  const { customer, original } = question;
  if (original?.accountId !== undefined) {
    const routing = original.routing === 'GUEST' ? 'GUEST' : 'MATCHED';
    return { routing, accountId: original.accountId, owner: null, newProfile: null, mustTouchOwner: false };
  }
  if (customer === null) return guestRoute(question);
  return customer.kind === 'PROFILE' ? routeByProfile(question, customer) : routeByIdentity(question, customer);
}

function guestRoute(question: RouteQuestion): SaleRoute {
  return {
    routing: 'GUEST',
    accountId: question.transactionId,
    owner: null,
    newProfile: null,
    mustTouchOwner: false,
  };
}

async function routeByProfile(
  question: RouteQuestion,
  customer: Extract<SaleCustomer, { kind: 'PROFILE' }>,
): Promise<SaleRoute> {
  const { entry } = question;
  const owner = customer.brandHandle === entry.brand.handle ? await liveProfile(question, customer.profileId) : null;
  if (owner === null) {
    refuse<TransactionErrorCode>('PROFILE_NOT_FOUND', 'There is no such profile in this brand; look it up again', [
      'customer',
      'profileId',
    ]);
  }
  return { routing: 'MATCHED', accountId: ownAccount(owner), owner, newProfile: null, mustTouchOwner: false };
}

async function liveProfile(question: RouteQuestion, id: Uuid): Promise<ProfileRow | null> {
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
  question: RouteQuestion,
  customer: Extract<SaleCustomer, { kind: 'IDENTITY' }>,
): Promise<SaleRoute> {
  const { database } = question.entry;
  const read = { deadline: question.deadline };
  const claimId = identityClaimId(customer.handle, customer.identifier);
  const claim = (await findClaims(database, [claimId], read)).get(claimId) ?? null;
  const found = claim === null || claim.isActive === false ? null : await ownerOfClaim(database, claim, read);
  if (found !== null) {
    return {
      routing: 'MATCHED',
      accountId: found.accountId,
      owner: found.profile,
      newProfile: null,
      mustTouchOwner: found.profile.state !== 'ACTIVE',
    };
  }
  return routeUnknown(question, customer, claim === null);
}

/** What the brand has agreed on for identities nobody has. A taken or reserved pair is never given to a new profile. */
function routeUnknown(
  question: RouteQuestion,
  customer: Extract<SaleCustomer, { kind: 'IDENTITY' }>,
  isFree: boolean,
): SaleRoute {
  const { brand } = question.entry;
  if (brand.onUnknownIdentity === 'REFUSE') {
    refuse<TransactionErrorCode>(
      'IDENTITY_NOT_FOUND',
      'Nobody has this identity and the brand takes no such sales; send it without a customer or add the identity first',
      ['customer', 'identity'],
    );
  }
  const reservedFor = brand.identityHandles.find((entry) => entry.handle === customer.handle)?.reservedFor ?? null;
  const mayWrite = reservedFor === null || reservedFor === question.actor?.extension;
  if (brand.onUnknownIdentity === 'GUEST' || !isFree || !mayWrite) return guestRoute(question);
  const newProfile = planNewProfile({
    brand,
    values: {},
    identities: [{ handle: customer.handle, identifier: customer.identifier, isPrimary: true }],
    type: 'INCOMPLETE',
    now: question.now,
  });
  return {
    routing: 'PROFILE_CREATED',
    accountId: newProfile.profile._id,
    owner: newProfile.profile,
    newProfile,
    mustTouchOwner: false,
  };
}
