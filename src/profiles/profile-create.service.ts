import { type OperationContext, requireActor, visibleBrand } from '../access/context.js';
import type { BrandEntry } from '../brands/brands.js';
import { type ClaimRow, identityClaimId } from '../claims/claim.js';
import { findClaims } from '../claims/claim.store.js';
import { isIdentifier } from '../claims/match-key.js';
import { auditRow } from '../events/audit.js';
import { commitOnce } from '../events/commit-once.js';
import { insertAudit, insertOutbox } from '../events/event.store.js';
import { outboxRow } from '../events/outbox.js';
import type { IdentityInput, ProfileCreateInput, ProfileErrorCode } from '../generated/resolvers-types.js';
import { refuse } from '../kernel/errors.js';
import type { Uuid } from '../kernel/ids.js';
import { addressesPerProfileMax, identifierLengthMax, identitiesPerAccountMax } from '../kernel/limits.js';
import { characterCount } from '../kernel/text.js';
import { changeComms, readCommsChanges } from './comms.js';
import { readCustomChanges } from './custom-attribute.js';
import { InputReader } from './input-reader.js';
import { readTags } from './label.js';
import { type NewProfile, type PlannedAddress, type PlannedIdentity, planNewProfile } from './new-profile.service.js';
import { planOverPending, type SignUp, writeSignUp } from './own-sign-up.service.js';
import type { ProfileView } from './profile.js';
import { mutationIntent, viewAfterCommit } from './profile-target.service.js';
import { readAddress, readProfileValues } from './profile-values.js';

/**
 * Adds a customer to a brand: claims, profile, addresses, event and audit row in one transaction. Inserting a claim is
 * the check of its key, so of many creations with one key exactly one wins.
 * Null only when the answer is repeated and the profile is no longer there to be seen.
 * @throws Refusal with codes of `ProfileErrorCode`; nothing was written then.
 */
export async function createProfile(context: OperationContext, input: ProfileCreateInput): Promise<ProfileView | null> {
  const entry = visibleBrand(context, input.brand);
  if (entry === null) refuse<ProfileErrorCode>('BRAND_UNKNOWN', 'The brand is not one of this token', ['brand']);
  const intent = mutationIntent(context, 'profileCreate', input);
  const checked = readNewProfile(context, entry, input);
  const { result } = await commitOnce({
    context,
    database: entry.database,
    intent,
    decide: async () => {
      const now = context.clock.now();
      const signUp = await planSignUp(context, entry, { ...checked, now }, input.identities ?? []);
      const { planned } = signUp;
      const { profile } = planned;
      const event = outboxRow('profile.created', profile._id, profile.version, now);
      const audit = auditRow(context, 'profileCreate', profile._id, now, {
        identities: checked.identities?.length ?? 0,
        addresses: planned.addresses.length,
      });
      return {
        result: { profileId: profile._id },
        write: async (session) => {
          await writeSignUp(entry.database, signUp, now, session);
          await insertOutbox(entry.database, [event], session);
          await insertAudit(entry.database, [audit], session);
        },
      };
    },
  });
  return viewAfterCommit(context, entry, result.profileId as Uuid);
}

function readNewProfile(
  context: OperationContext,
  entry: BrandEntry,
  input: ProfileCreateInput,
): Omit<NewProfile, 'now'> {
  const { brand } = entry;
  const now = context.clock.now();
  const reader = new InputReader();
  const values = readProfileValues(reader, input, { brand, now });
  const tags = readTags(reader, input.tags, ['tags']);
  const comms = changeComms(undefined, readCommsChanges(reader, input.comms, ['comms']), {
    now,
    isOwnChoice: requireActor(context).kind === 'CUSTOMER',
  });
  const addresses = readAddresses(reader, entry, input);
  const custom = readCustomChanges(reader, input.customAttributes, brand, ['customAttributes']).filter(
    (each) => each.value !== null,
  );
  const identities = readIdentities(context, entry, reader, input.identities ?? []);
  const hasGivenContact = !!input.email?.trim() || !!input.mobilePhone?.trim();
  if (!hasGivenContact) reader.fail('CONTACT_REQUIRED', 'Give an e-mail address or a mobile number', ['email']);
  reader.finish();
  return { brand, values, tags, addresses, custom, identities, ...(comms === undefined ? {} : { comms }) };
}

function readAddresses(reader: InputReader, entry: BrandEntry, input: ProfileCreateInput): PlannedAddress[] {
  const list = input.addresses ?? [];
  if (!reader.isWithin(list, addressesPerProfileMax, ['addresses'])) return [];
  let hasDefault = false;
  return list.map((address, index) => {
    const path = ['addresses', String(index)];
    if (address.isDefault && hasDefault) {
      reader.fail('INVALID_VALUE', 'Only one address can be the default', [...path, 'isDefault']);
    }
    hasDefault ||= address.isDefault === true;
    return { ...readAddress(reader, address, { brand: entry.brand, path }), isDefault: address.isDefault === true };
  });
}

function readIdentities(
  context: OperationContext,
  entry: BrandEntry,
  reader: InputReader,
  inputs: readonly IdentityInput[],
): PlannedIdentity[] {
  if (!reader.isWithin(inputs, identitiesPerAccountMax, ['identities'])) return [];
  const extension = requireActor(context).extension ?? null;
  const single = new Map<string, string>();
  return inputs.map((input, index) => {
    const path = ['identities', String(index)];
    const definition = entry.brand.identityHandles.find((each) => each.handle === input.handle);
    if (definition === undefined) {
      reader.fail('INVALID_VALUE', 'The brand has not agreed on this handle', [...path, 'handle']);
    } else if (definition.reservedFor !== null && definition.reservedFor !== extension) {
      reader.fail('INVALID_VALUE', 'Only the extension that owns this handle may write it', [...path, 'handle']);
    } else if (!definition.isMultiple && (single.get(input.handle) ?? input.identifier) !== input.identifier) {
      reader.fail('INVALID_VALUE', 'The handle allows one identity per profile', [...path, 'handle']);
    }
    if (characterCount(input.identifier) > identifierLengthMax) {
      reader.fail('TOO_LONG', `At most ${identifierLengthMax} characters are allowed`, [...path, 'identifier']);
    } else if (!isIdentifier(input.identifier)) {
      reader.fail('INVALID_VALUE', 'An identifier has no control characters and is not empty', [...path, 'identifier']);
    }
    single.set(input.handle, input.identifier);
    return { handle: input.handle, identifier: input.identifier, isPrimary: input.isPrimary === true };
  });
}

/** Plans the sign-up; keys that only waiting profiles hold are taken over. @throws Refusal for a key that is somebody's. */
async function planSignUp(
  context: OperationContext,
  entry: BrandEntry,
  customer: NewProfile,
  identities: readonly IdentityInput[],
): Promise<SignUp> {
  const planned = planNewProfile(customer);
  const ids = planned.claims.map((claim) => claim._id);
  const taken = await findClaims(entry.database, ids, { deadline: context.deadline });
  if (taken.size === 0) return { planned, met: [] };
  const overPending = await planOverPending(context, entry, customer, [...taken.values()]);
  if (overPending === null) refuseTaken(planned.claims, taken, identities);
  return overPending ?? { planned, met: [] };
}

/** Tells of taken keys by field, and nothing of who has them. */
function refuseTaken(
  claims: readonly ClaimRow[],
  taken: ReadonlyMap<string, ClaimRow>,
  identities: readonly IdentityInput[],
): void {
  const reader = new InputReader();
  for (const { kind, _id } of claims) {
    if (!taken.has(_id)) continue;
    if (kind === 'email') reader.fail('EMAIL_TAKEN', 'Another profile of this brand has this e-mail', ['email']);
    else if (kind === 'mobile')
      reader.fail('MOBILE_PHONE_TAKEN', 'Another profile of this brand has this mobile number', ['mobilePhone']);
    else {
      const index = identities.findIndex((each) => identityClaimId(each.handle, each.identifier) === _id);
      const path = ['identities', String(index), 'identifier'];
      reader.fail('IDENTITY_TAKEN', 'Another profile of this brand has this identity', path);
    }
  }
  reader.finish();
}
