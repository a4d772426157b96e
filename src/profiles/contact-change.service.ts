import type { ClientSession } from 'mongoose';
import type { OperationContext } from '../access/context.js';
import type { BrandEntry } from '../brands/brands.js';
import type { ClaimRow } from '../claims/claim.js';
import { deleteClaim, findClaims, insertClaims } from '../claims/claim.store.js';
import { emailClaim, mobileClaim } from '../claims/new-claim.js';
import type { InputReader } from './input-reader.js';
import { freePending } from './own-sign-up.service.js';
import { accountsOf, ownAccount, type ProfileRow, type ProfileValues } from './profile.js';

/** Claims that a change of e-mail or mobile inserts, and those it deletes as they were seen. */
export interface ContactClaims {
  readonly insert: readonly ClaimRow[];
  readonly remove: readonly ClaimRow[];
}

/**
 * Works out which claims follow a change of e-mail or mobile. No claim moves when only the spelling differs, and none is
 * inserted when one already hangs on an account of this profile, for example after a merge. Values of others are noted
 * in the reader without a word about whose they are; those that only a waiting profile holds are freed.
 */
export async function planContactClaims(
  context: OperationContext,
  entry: BrandEntry,
  row: ProfileRow,
  values: ProfileValues,
  reader: InputReader,
): Promise<ContactClaims> {
  const place = { accountId: ownAccount(row), profileId: row._id, at: context.clock.now() };
  const region = entry.brand.phoneRegion;
  const pairs = [
    {
      isTouched: values.email !== undefined,
      before: row.email ? emailClaim(row.email, place) : null,
      after: values.email ? emailClaim(values.email, place) : null,
      refuse: () => reader.fail('EMAIL_TAKEN', 'Another profile of this brand has this e-mail', ['email']),
    },
    {
      isTouched: values.mobilePhone !== undefined,
      before: row.mobilePhone ? mobileClaim(row.mobilePhone, region, place) : null,
      after: values.mobilePhone ? mobileClaim(values.mobilePhone, region, place) : null,
      refuse: () =>
        reader.fail('MOBILE_PHONE_TAKEN', 'Another profile of this brand has this mobile number', ['mobilePhone']),
    },
  ].filter((pair) => pair.isTouched && pair.before?._id !== pair.after?._id);
  const ids = pairs.flatMap((pair) => [pair.before?._id, pair.after?._id].filter((id) => id !== undefined));
  if (ids.length === 0) return { insert: [], remove: [] };
  const stored = await findClaims(entry.database, ids, { deadline: context.deadline });
  const isOwn = (claim: ClaimRow): boolean => accountsOf(row).includes(claim.accountId);
  const held = pairs.flatMap(({ after }) => (after === null ? [] : (stored.get(after._id) ?? [])));
  const others = held.filter((claim) => !isOwn(claim)).map((claim) => claim.profileId);
  // A refused change frees nothing.
  const freed = reader.refusals.length > 0 ? new Set() : await freePending(context, entry, others);
  const insert: ClaimRow[] = [];
  const remove: ClaimRow[] = [];
  for (const { before, after, refuse } of pairs) {
    const old = before === null ? undefined : stored.get(before._id);
    if (old !== undefined && isOwn(old)) remove.push(old);
    if (after === null) continue;
    const holder = stored.get(after._id);
    if (holder === undefined || freed.has(holder.profileId)) insert.push(after);
    else if (!isOwn(holder)) refuse();
  }
  return { insert, remove };
}

/** Writes the claims of a contact change inside its transaction. */
export async function writeContactClaims(
  entry: BrandEntry,
  claims: ContactClaims,
  session: ClientSession,
): Promise<void> {
  await insertClaims(entry.database, claims.insert, session);
  for (const claim of claims.remove) await deleteClaim(entry.database, claim, session);
}
