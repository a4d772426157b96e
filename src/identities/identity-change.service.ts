import type { OperationContext } from '../access/context.js';
import type { BrandEntry } from '../brands/brands.js';
import { insertClaims } from '../claims/claim.store.js';
import { identityClaim } from '../claims/new-claim.js';
import { commitOnce } from '../events/commit-once.js';
import type { IdentityAddInput, IdentityRemoveInput, IdentityUpdateInput } from '../generated/resolvers-types.js';
import type { Uuid } from '../kernel/ids.js';
import { accountsOf, ownAccount, type ProfileView } from '../profiles/profile.js';
import {
  childTarget,
  mutationIntent,
  profileTarget,
  readForChange,
  viewAfterCommit,
} from '../profiles/profile-target.service.js';
import { type IdentityView, identityNodeId } from './identity.js';
import { identitiesOf } from './identity.loader.js';
import {
  checkIdentifier,
  claimAfter,
  findHolder,
  identityForChange,
  identityWrite,
  refuseOneTooMany,
  refuseTaken,
  removingClaim,
  replacingClaim,
  writableHandle,
} from './identity-write.service.js';

/**
 * Adds an identity to a live profile; inserting its claim is the check, so of many writers exactly one wins. One that the
 * profile has already stays as it is, except that it can be made the main one.
 * @throws Refusal with codes of `IdentityErrorCode`; a taken one is refused without a word about its owner.
 */
export async function addIdentity(context: OperationContext, input: IdentityAddInput): Promise<IdentityView | null> {
  const target = profileTarget(context, input.profileId, ['profileId']);
  const { entry } = target;
  const { handle, identifier } = input.identity;
  const intent = mutationIntent(context, 'identityAdd', input);
  const definition = writableHandle(context, entry, handle, ['identity', 'handle']);
  checkIdentifier(identifier, ['identity', 'identifier']);
  const { result } = await commitOnce({
    context,
    database: entry.database,
    intent,
    decide: async () => {
      const row = await readForChange(context, target, ['profileId']);
      const holder = await findHolder(context, entry, handle, identifier);
      if (holder === null) await refuseOneTooMany(context, entry, row, definition);
      else if (!accountsOf(row).includes(holder.accountId)) refuseTaken(['identity', 'identifier']);
      const place = { accountId: ownAccount(row), profileId: row._id, at: context.clock.now() };
      const claim = holder ?? identityClaim({ handle, identifier }, place);
      const willBePrimary = input.identity.isPrimary === true && row.primaryIdentity !== claim.uid;
      const result = { profileId: row._id, publicId: claim.publicId as Uuid };
      if (holder !== null && !willBePrimary) return { result, write: null };
      return {
        result,
        write: identityWrite(context, entry, row, {
          kind: holder === null ? 'identity.added' : 'identity.changed',
          action: 'identityAdd',
          claim,
          ...(willBePrimary ? { primaryIdentity: claim.uid } : {}),
          write: (session) => insertClaims(entry.database, holder === null ? [claim] : [], session),
        }),
      };
    },
  });
  return shownIdentity(context, entry, result.profileId as Uuid, result.publicId as Uuid);
}

/**
 * Changes an identity: a new identifier is a new claim under the same public id, and the old one stops working in the
 * same transaction.
 * @throws Refusal with codes of `IdentityErrorCode`.
 */
export async function updateIdentity(
  context: OperationContext,
  input: IdentityUpdateInput,
): Promise<IdentityView | null> {
  const target = childTarget(context, input.id, 'iden', ['id']);
  const { entry } = target;
  const intent = mutationIntent(context, 'identityUpdate', input);
  const identifier = input.identifier ?? null;
  if (identifier !== null) checkIdentifier(identifier, ['identifier']);
  const { result } = await commitOnce({
    context,
    database: entry.database,
    intent,
    decide: async () => {
      const { claim, owner } = await identityForChange(context, target);
      const result = { profileId: owner._id, publicId: claim.publicId };
      const next = await claimAfter(context, entry, claim, input);
      const isPrimary = owner.primaryIdentity === claim.uid;
      const shouldBePrimary = input.isPrimary ?? isPrimary;
      const primaryIdentity = shouldBePrimary ? next.uid : null;
      const movesPrimary = isPrimary ? primaryIdentity !== claim.uid : shouldBePrimary;
      if (next === claim && !movesPrimary) return { result, write: null };
      return {
        result,
        write: identityWrite(context, entry, owner, {
          kind: 'identity.changed',
          action: 'identityUpdate',
          claim,
          ...(movesPrimary ? { primaryIdentity } : {}),
          write: replacingClaim(entry, claim, next, context.clock.now()),
        }),
      };
    },
  });
  return shownIdentity(context, entry, result.profileId as Uuid, result.publicId as Uuid);
}

/**
 * Removes an identity by the claim that was seen, so that a late repeat never removes one that was added again.
 * @throws Refusal with codes of `IdentityErrorCode`.
 */
export async function removeIdentity(
  context: OperationContext,
  input: IdentityRemoveInput,
): Promise<{ readonly removedIdentityId: string; readonly profile: ProfileView | null }> {
  const target = childTarget(context, input.id, 'iden', ['id']);
  const { entry } = target;
  const intent = mutationIntent(context, 'identityRemove', input);
  const { result } = await commitOnce({
    context,
    database: entry.database,
    intent,
    decide: async () => {
      const { claim, owner } = await identityForChange(context, target);
      return {
        result: { profileId: owner._id, accountId: claim.accountId, publicId: claim.publicId },
        write: identityWrite(context, entry, owner, {
          kind: 'identity.removed',
          action: 'identityRemove',
          claim,
          ...(owner.primaryIdentity === claim.uid ? { primaryIdentity: null } : {}),
          write: removingClaim(entry, claim, context.clock.now()),
        }),
      };
    },
  });
  const profile = await viewAfterCommit(context, entry, result.profileId as Uuid);
  const ids = { accountId: result.accountId as Uuid, publicId: result.publicId as Uuid };
  return { removedIdentityId: identityNodeId(entry.brand.handle, ids), profile };
}

async function shownIdentity(
  context: OperationContext,
  entry: BrandEntry,
  profileId: Uuid,
  publicId: Uuid,
): Promise<IdentityView | null> {
  const profile = await viewAfterCommit(context, entry, profileId);
  if (profile === null) return null;
  return (await identitiesOf(context, profile)).find((each) => each.publicId === publicId) ?? null;
}
