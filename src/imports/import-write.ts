import type { ClientSession } from 'mongoose';
import type { OperationContext } from '../access/context.js';
import type { BrandEntry } from '../brands/brands.js';
import type { Database } from '../brands/database.js';
import type { ClaimRow } from '../claims/claim.js';
import { insertClaims } from '../claims/claim.store.js';
import { type ClaimPlace, emailClaim, identityClaim, mobileClaim } from '../claims/new-claim.js';
import { type AuditRow, auditRow } from '../events/audit.js';
import { StaleRead } from '../events/commit-once.js';
import { insertAudit, insertOutbox } from '../events/event.store.js';
import { type OutboxRow, outboxRow } from '../events/outbox.js';
import { newUuid, type Uuid } from '../kernel/ids.js';
import type { AddressRow } from '../profiles/address.js';
import { insertNewProfiles, type PlannedProfile, planNewProfile } from '../profiles/new-profile.service.js';
import { isKnownCustomer } from '../profiles/profile.js';
import { addAddresses, changeProfile } from '../profiles/profile.service.js';
import { searchKeysOf } from '../profiles/search-key.js';
import type { RowAddress } from './customer-row.js';
import type { Draft } from './draft.js';

/** A stored profile with what is added to it. */
interface ProfileChange {
  readonly id: Uuid;
  readonly version: number;
  readonly set: Readonly<Record<string, unknown>>;
  readonly claims: readonly ClaimRow[];
  readonly addresses: readonly AddressRow[];
}

/** Every document of one transaction, ids and times drawn. */
export interface DraftWrites {
  readonly created: readonly PlannedProfile[];
  readonly changed: readonly ProfileChange[];
  readonly outbox: readonly OutboxRow[];
  readonly audit: AuditRow;
}

/** What {@link draftWrites} needs beside the drafts. */
export interface DraftWriteOptions {
  readonly context: OperationContext;
  readonly entry: BrandEntry;
  readonly importId: Uuid;
  readonly now: Date;
  /** Identity handle of the source. */
  readonly handle: string;
}

/** Works out what a set of drafts writes. */
export function draftWrites(drafts: readonly Draft[], options: DraftWriteOptions): DraftWrites {
  const created = drafts.filter((draft) => draft.stored === null).map((draft) => planCreated(draft, options));
  const changed = drafts.flatMap((draft) => (draft.stored === null ? [] : [planChanged(draft, options)]));
  const outbox = [
    ...created.map((each) => outboxRow('profile.created', each.profile._id, 1, options.now)),
    ...changed.map((each) =>
      outboxRow('profile.updated', each.id, each.version + 1, options.now, {
        changedFields: Object.keys(each.set).filter((name) => name !== 'updatedAt' && name !== 'keys'),
      }),
    ),
  ];
  const audit = auditRow(options.context, 'import', options.importId, options.now, {
    created: created.length,
    changed: changed.length,
  });
  return { created, changed, outbox, audit };
}

/** Writes a set of drafts. @throws StaleRead when a profile has changed since it was read; a taken key aborts as a duplicate. */
export async function writeDrafts(database: Database, writes: DraftWrites, session: ClientSession): Promise<void> {
  await insertNewProfiles(database, writes.created, session);
  await insertClaims(
    database,
    writes.changed.flatMap((each) => each.claims),
    session,
  );
  await addAddresses(
    database,
    writes.changed.flatMap((each) => each.addresses),
    session,
  );
  for (const change of writes.changed) {
    const filter = { _id: change.id, state: 'ACTIVE', version: change.version };
    if (!(await changeProfile(database, filter, { $set: change.set, $inc: { version: 1 } }, session)))
      throw new StaleRead('A profile');
  }
  await insertOutbox(database, writes.outbox, session);
  await insertAudit(database, [writes.audit], session);
}

function planCreated(draft: Draft, { entry, handle, now }: DraftWriteOptions): PlannedProfile {
  const values = draft.values;
  return planNewProfile({
    brand: entry.brand,
    values,
    comms: { channels: draft.channels },
    identities: draft.newSourceIds.map((identifier) => ({ handle, identifier })),
    addresses: draft.address === null ? [] : [addressValues(draft.address, entry)],
    tags: draft.tags,
    now,
    type: isKnownCustomer(values) ? 'ACTIVE' : 'INCOMPLETE',
    profileId: draft.accountId,
  });
}

function planChanged(draft: Draft, { entry, handle, now }: DraftWriteOptions): ProfileChange {
  const stored = draft.stored as NonNullable<Draft['stored']>;
  const place: ClaimPlace = { accountId: draft.accountId, profileId: stored._id, at: now };
  const sourceIds = [...draft.newSourceIds];
  const claims = draft.newKeys.map((key): ClaimRow | null => {
    if (key.kind === 'id') return identityClaim({ handle, identifier: sourceIds.shift() as string }, place);
    if (key.kind === 'email') return emailClaim(draft.values.email as string, place);
    return mobileClaim(draft.values.mobilePhone as string, entry.brand.phoneRegion, place);
  });
  const address =
    draft.address === null
      ? null
      : { ...addressValues(draft.address, entry), _id: newUuid(), accountId: draft.accountId, rev: 1, createdAt: now };
  const keys = searchKeysOf(draft.values);
  const isKnownNow = stored.type === 'INCOMPLETE' && isKnownCustomer(draft.values);
  return {
    id: stored._id,
    version: stored.version,
    set: {
      ...draft.changed,
      ...(keys.length > 0 ? { keys } : {}),
      ...(isKnownNow ? { type: 'ACTIVE' } : {}),
      ...(address === null ? {} : { defaultAddressId: address._id }),
      updatedAt: now,
    },
    claims: claims.filter((claim) => claim !== null),
    addresses: address === null ? [] : [address],
  };
}

function addressValues(
  address: RowAddress,
  entry: BrandEntry,
): Omit<AddressRow, '_id' | 'accountId' | 'rev' | 'createdAt'> {
  return { ...address, line3: null, countryCode: address.countryCode ?? entry.brand.phoneRegion };
}
