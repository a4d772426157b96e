import type { ClientSession } from 'mongoose';
import { type OperationContext, requireActor } from '../access/context.js';
import type { IdentityHandle } from '../brands/brand.js';
import type { BrandEntry } from '../brands/brands.js';
import { type ClaimRow, identityClaimId } from '../claims/claim.js';
import { deleteClaim, findClaims, findIdentityClaims, insertClaims, setClaimActive } from '../claims/claim.store.js';
import { isIdentifier } from '../claims/match-key.js';
import { identityClaim } from '../claims/new-claim.js';
import { StaleRead } from '../events/commit-once.js';
import type { EventKind } from '../events/outbox.js';
import type { IdentityErrorCode, IdentityUpdateInput } from '../generated/resolvers-types.js';
import { AppError, refuse } from '../kernel/errors.js';
import type { Uuid } from '../kernel/ids.js';
import { identifierLengthMax, identitiesPerAccountMax } from '../kernel/limits.js';
import { ownerWrite } from '../profiles/owner-write.service.js';
import { accountsOf, ownAccount, type ProfileRow } from '../profiles/profile.js';
import { type ChildTarget, readOwnerForChange, refuseMissing } from '../profiles/profile-target.service.js';
import { formerIdentityRow } from './former-identity.js';
import { insertFormerIdentity } from './former-identity.store.js';
import { handleOf, type IdentityRow, identityFacts } from './identity.js';

/**
 * The brand's agreement about a handle that this actor may write. `field` starts below `input`.
 * @throws Refusal `HANDLE_UNKNOWN` or `HANDLE_RESERVED`.
 */
export function writableHandle(
  context: OperationContext,
  entry: BrandEntry,
  handle: string,
  field: readonly string[],
): IdentityHandle {
  const definition = handleOf(entry.brand, handle);
  if (definition === undefined) {
    return refuse<IdentityErrorCode>('HANDLE_UNKNOWN', 'The brand has not agreed on this handle', field);
  }
  refuseReserved(context, definition, field);
  return definition;
}

function refuseReserved(context: OperationContext, definition: IdentityHandle, field: readonly string[]): void {
  const { extension = null } = requireActor(context);
  if (definition.reservedFor === null || definition.reservedFor === extension) return;
  refuse<IdentityErrorCode>('HANDLE_RESERVED', 'Only the extension that owns this handle may write it', field);
}

/** @throws Refusal `INVALID_IDENTIFIER`. `field` starts below `input`. */
export function checkIdentifier(identifier: string, field: readonly string[]): void {
  if (isIdentifier(identifier)) return;
  const message = `An identifier has 1–${identifierLengthMax} characters and no control characters`;
  refuse<IdentityErrorCode>('INVALID_IDENTIFIER', message, field);
}

/** @throws Refusal `IDENTITY_TAKEN`, without a word about the owner. `field` starts below `input`. */
export function refuseTaken(field: readonly string[]): never {
  return refuse<IdentityErrorCode>('IDENTITY_TAKEN', 'Another profile of this brand has this identity', field);
}

/** The claim of an identity as it stands now; null when nobody has it. */
export async function findHolder(
  context: OperationContext,
  entry: BrandEntry,
  handle: string,
  identifier: string,
): Promise<ClaimRow | null> {
  const id = identityClaimId(handle, identifier);
  return (await findClaims(entry.database, [id], { deadline: context.deadline })).get(id) ?? null;
}

/**
 * Checks that a profile has room for one more identity.
 * @throws Refusal `HANDLE_NOT_MULTIPLE`; AppError `LIMIT_EXCEEDED` when its own account is full.
 */
export async function refuseOneTooMany(
  context: OperationContext,
  entry: BrandEntry,
  row: ProfileRow,
  definition: IdentityHandle,
): Promise<void> {
  const held = await findIdentityClaims(entry.database, accountsOf(row), { deadline: context.deadline });
  if (!definition.isMultiple && held.some((each) => each.handle === definition.handle)) {
    refuse<IdentityErrorCode>('HANDLE_NOT_MULTIPLE', 'The handle allows one identity per profile', [
      'identity',
      'handle',
    ]);
  }
  if (held.filter((each) => each.accountId === ownAccount(row)).length >= identitiesPerAccountMax) {
    throw new AppError('LIMIT_EXCEEDED', `A profile takes at most ${identitiesPerAccountMax} identities; remove one`, {
      details: { field: ['input', 'identity'] },
    });
  }
}

/**
 * Reads an identity that is to be changed, and the live profile that owns it now.
 * @throws Refusal `NOT_FOUND`, `HELD_BY_LINK`, `HANDLE_RESERVED`.
 */
export async function identityForChange(
  context: OperationContext,
  target: ChildTarget,
): Promise<{ readonly claim: IdentityRow; readonly owner: ProfileRow }> {
  const { entry, accountId, id } = target;
  const rows = await findIdentityClaims(entry.database, [accountId], { deadline: context.deadline });
  const claim = rows.find((each) => each.publicId === id) as IdentityRow | undefined;
  if (claim === undefined) return refuseMissing(['id']);
  const owner = await readOwnerForChange(context, entry, claim, ['id']);
  if (claim.linkId !== undefined) {
    const message = 'This identity joins two brands; it lasts as long as their link';
    refuse<IdentityErrorCode>('HELD_BY_LINK', message, ['id']);
  }
  // A handle that is no longer agreed on can still be cleaned up by anyone with the scope.
  const definition = handleOf(entry.brand, claim.handle);
  if (definition !== undefined) refuseReserved(context, definition, ['id']);
  return { claim, owner };
}

/**
 * The claim that an identity will be: a new one when the identifier changes, the same one with another `isActive`, or the
 * very same object when nothing changes.
 * @throws Refusal `IDENTITY_TAKEN`.
 */
export async function claimAfter(
  context: OperationContext,
  entry: BrandEntry,
  claim: IdentityRow,
  input: IdentityUpdateInput,
): Promise<ClaimRow> {
  const isActive = input.isActive ?? claim.isActive;
  const identifier = input.identifier ?? claim.identifier;
  if (identifier === claim.identifier) return isActive === claim.isActive ? claim : { ...claim, isActive };
  if ((await findHolder(context, entry, claim.handle, identifier)) !== null) return refuseTaken(['identifier']);
  const { handle, publicId, accountId, profileId, at } = claim;
  return identityClaim({ handle, identifier, publicId, isActive }, { accountId, profileId, at });
}

/**
 * What puts a claim in the place of another inside a transaction; it throws StaleRead when the one that was seen is gone.
 * Drawn up at `at`.
 */
export function replacingClaim(
  entry: BrandEntry,
  before: ClaimRow,
  after: ClaimRow,
  at: Date,
): (session: ClientSession) => Promise<void> {
  if (before === after) return async () => {};
  if (before._id === after._id) {
    return async (session) => {
      const isSet = await setClaimActive(entry.database, before, after.isActive ?? true, session);
      if (!isSet) throw new StaleRead('The identity');
    };
  }
  const remove = removingClaim(entry, before, at);
  return async (session) => {
    await insertClaims(entry.database, [after], session);
    await remove(session);
  };
}

/**
 * What takes an identity away inside a transaction and remembers that its account had it; it throws StaleRead when the
 * claim that was seen is gone. Drawn up at `at`.
 */
export function removingClaim(entry: BrandEntry, claim: ClaimRow, at: Date): (session: ClientSession) => Promise<void> {
  const former = formerIdentityRow(entry.sealKey, claim, at);
  return async (session) => {
    if (!(await deleteClaim(entry.database, claim, session))) throw new StaleRead('The identity');
    await insertFormerIdentity(entry.database, former, session);
  };
}

/** What a change of identities writes besides its claims. */
export interface IdentityWrite {
  readonly kind: Extract<EventKind, `identity.${string}`>;
  readonly action: 'identityAdd' | 'identityUpdate' | 'identityRemove';
  readonly claim: Pick<ClaimRow, 'accountId' | 'publicId'>;
  /** `uid` of the claim of the main identity from now on; null when there is none; absent when it stays. */
  readonly primaryIdentity?: Uuid | null;
  readonly write: (session: ClientSession) => Promise<void>;
}

/** The transaction of an identity change. */
export function identityWrite(
  context: OperationContext,
  entry: BrandEntry,
  owner: ProfileRow,
  { kind, action, claim, primaryIdentity, write }: IdentityWrite,
): (session: ClientSession) => Promise<void> {
  return ownerWrite(context, entry, owner, {
    action,
    subject: { publicId: claim.publicId as Uuid },
    event: { kind, payload: { identities: identityFacts([claim]) } },
    pointers: primaryIdentity === undefined ? {} : { primaryIdentity },
    write,
  });
}
