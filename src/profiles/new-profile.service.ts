import type { ClientSession } from 'mongoose';
import type { Brand } from '../brands/brand.js';
import type { Database } from '../brands/database.js';
import type { ClaimRow } from '../claims/claim.js';
import { insertClaims } from '../claims/claim.store.js';
import { type ClaimPlace, emailClaim, identityClaim, mobileClaim, type NewIdentity } from '../claims/new-claim.js';
import { AppError } from '../kernel/errors.js';
import { newUuid, type Uuid } from '../kernel/ids.js';
import type { AddressRow, AddressValues } from './address.js';
import { insertAddresses } from './address.store.js';
import {
  type CustomAttribute,
  type ProfileRow,
  type ProfileType,
  type ProfileValues,
  profileValueNames,
  type StoredComms,
} from './profile.js';
import { insertProfiles } from './profile.store.js';
import { searchKeysOf } from './search-key.js';

/** An identity of a customer who is about to be added. */
export interface PlannedIdentity extends NewIdentity {
  readonly isPrimary?: boolean;
}

/** An address of a customer who is about to be added. */
export interface PlannedAddress extends AddressValues {
  readonly isDefault?: boolean;
}

/** What a new customer is made of. Values have been checked before: here they are only put in their places. */
export interface NewProfile {
  readonly brand: Brand;
  readonly values: ProfileValues;
  readonly comms?: StoredComms;
  /** Equal pairs count once; the first that says so is the main one. */
  readonly identities?: readonly PlannedIdentity[];
  /** The first is the default unless one says so. */
  readonly addresses?: readonly PlannedAddress[];
  readonly tags?: readonly string[];
  readonly statuses?: readonly string[];
  readonly custom?: readonly CustomAttribute[];
  readonly now: Date;
  /** PENDING profiles wait for their customer: no list, search or look-up shows them. */
  readonly state?: 'ACTIVE' | 'PENDING';
  readonly type?: ProfileType;
  /** Id chosen before, for example by a link; otherwise drawn. */
  readonly profileId?: Uuid;
  /** Source of the other ids; random by default. Seeded where a run must repeat itself. */
  readonly ids?: () => Uuid;
  readonly joinedAt?: Date | null;
  readonly createdAt?: Date;
  /** Further stored fields, for example the link that makes a pending profile. */
  readonly extra?: Partial<Pick<ProfileRow, 'link' | 'linkSlots' | 'imports' | 'appearance' | 'dates'>>;
}

/** Every document that a new customer consists of, ids and times drawn. */
export interface PlannedProfile {
  readonly profile: ProfileRow;
  readonly claims: readonly ClaimRow[];
  readonly addresses: readonly AddressRow[];
}

/**
 * Plans a new customer: the profile with one account of the same id, a claim per unique key, address rows. Reads and
 * writes nothing.
 * @throws AppError `INTERNAL` when an e-mail or mobile was not checked before.
 */
export function planNewProfile(input: NewProfile): PlannedProfile {
  const newId = input.ids ?? newUuid;
  const id = input.profileId ?? newId();
  const place: ClaimPlace = { accountId: id, profileId: id, at: input.now, newId };
  const identities = plannedIdentities(input.identities ?? [], place);
  const addresses = plannedAddresses(input.addresses ?? [], id, input.now, newId);
  const contacts = contactClaims(input.values, input.brand, place);
  return {
    profile: profileRow(input, id, identities.primaryUid, addresses.defaultId),
    claims: [...contacts, ...identities.claims],
    addresses: addresses.rows,
  };
}

/** Inserts planned customers inside a transaction: claims first, because each is the check of its key. A taken key aborts everything. */
export async function insertNewProfiles(
  database: Database,
  planned: readonly PlannedProfile[],
  session: ClientSession,
): Promise<void> {
  await insertClaims(
    database,
    planned.flatMap((each) => each.claims),
    session,
  );
  await insertProfiles(
    database,
    planned.map((each) => each.profile),
    session,
  );
  await insertAddresses(
    database,
    planned.flatMap((each) => each.addresses),
    session,
  );
}

function contactClaims(values: ProfileValues, brand: Brand, place: ClaimPlace): ClaimRow[] {
  const claims: (ClaimRow | null)[] = [];
  if (values.email) claims.push(emailClaim(values.email, place));
  if (values.mobilePhone) claims.push(mobileClaim(values.mobilePhone, brand.phoneRegion, place));
  if (claims.includes(null)) throw new AppError('INTERNAL', 'A new profile was planned with an unchecked contact');
  return claims as ClaimRow[];
}

function plannedIdentities(
  identities: readonly PlannedIdentity[],
  place: ClaimPlace,
): { claims: ClaimRow[]; primaryUid: Uuid | null } {
  const byId = new Map<string, ClaimRow>();
  let primaryUid: Uuid | null = null;
  for (const identity of identities) {
    const claim = identityClaim(identity, place);
    if (!byId.has(claim._id)) byId.set(claim._id, claim);
    if (identity.isPrimary) primaryUid ??= (byId.get(claim._id) as ClaimRow).uid;
  }
  return { claims: [...byId.values()], primaryUid };
}

function plannedAddresses(
  addresses: readonly PlannedAddress[],
  accountId: Uuid,
  now: Date,
  newId: () => Uuid,
): { rows: AddressRow[]; defaultId: Uuid | null } {
  let defaultId: Uuid | null = null;
  const rows = addresses.map(({ isDefault, ...values }, index): AddressRow => {
    // A millisecond apart, so that "oldest" keeps the order in which they were given.
    const row = { _id: newId(), accountId, rev: 1, ...values, createdAt: new Date(now.getTime() + index) };
    if (isDefault) defaultId ??= row._id;
    return row;
  });
  return { rows, defaultId: defaultId ?? rows[0]?._id ?? null };
}

function profileRow(input: NewProfile, id: Uuid, primaryUid: Uuid | null, defaultAddressId: Uuid | null): ProfileRow {
  const isLive = (input.state ?? 'ACTIVE') === 'ACTIVE';
  const values: Record<string, unknown> = {};
  for (const name of profileValueNames) {
    const value = input.values[name];
    if (value !== null && value !== undefined) values[name] = value;
  }
  const keys = isLive ? searchKeysOf(input.values) : [];
  return {
    _id: id,
    state: isLive ? 'ACTIVE' : 'PENDING',
    ...(isLive ? { live: true as const } : {}),
    version: 1,
    accounts: [id],
    type: input.type ?? (isLive ? 'ACTIVE' : 'PENDING'),
    ...values,
    ...(keys.length === 0 ? {} : { keys }),
    ...(input.tags?.length ? { tags: [...new Set(input.tags)].sort() } : {}),
    ...(input.statuses?.length ? { statuses: [...new Set(input.statuses)].sort() } : {}),
    ...(input.comms === undefined ? {} : { comms: input.comms }),
    ...(input.custom?.length ? { custom: input.custom } : {}),
    ...(defaultAddressId === null ? {} : { defaultAddressId }),
    ...(primaryUid === null ? {} : { primaryIdentity: primaryUid }),
    ...input.extra,
    joinedAt: input.joinedAt === undefined ? input.now : input.joinedAt,
    createdAt: input.createdAt ?? input.now,
    updatedAt: input.now,
  };
}
