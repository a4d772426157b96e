import type { ClientSession } from 'mongoose';
import type { BrandEntry } from '../brands/brands.js';
import type { ClaimRow } from '../claims/claim.js';
import { findClaims, insertClaims } from '../claims/claim.store.js';
import { StaleRead } from '../events/commit-once.js';
import { type OutboxRow, outboxRow } from '../events/outbox.js';
import type { Deadline } from '../kernel/clock.js';
import { newUuid, type Uuid } from '../kernel/ids.js';
import { accountsPerProfileMax } from '../kernel/limits.js';
import { accountsOf, type ProfileRow } from '../profiles/profile.js';
import { changeProfile } from '../profiles/profile.service.js';
import { guestClaimId, type TransactionKeyRow } from './transaction.js';
import { findTransactionKeys } from './transaction.store.js';

/** Guest accounts of returns that came before their purchase, which its customer gains now. */
export interface GuestAdoption {
  readonly claims: readonly ClaimRow[];
  readonly events: readonly OutboxRow[];
  /** @throws StaleRead when the customer's profile has changed since it was read. */
  write(session: ClientSession): Promise<void>;
}

/**
 * Plans what the customer of a purchase gains from returns that had to hang on accounts of nobody. Accounts that someone
 * else has claimed meanwhile, and those beyond what a profile may have, stay where they are.
 */
export async function planGuestAdoption(
  entry: BrandEntry,
  awaited: TransactionKeyRow,
  owner: ProfileRow,
  options: { readonly now: Date; readonly deadline: Deadline },
): Promise<GuestAdoption | null> {
  const read = { deadline: options.deadline, isDeciding: true };
  const returns = await findTransactionKeys(entry.database, awaited.returns, read);
  const guests = [...returns.values()].filter((key) => key.accountId === key._id).map((key) => key._id);
  const taken = await findClaims(entry.database, guests.map(guestClaimId), read);
  const room = accountsPerProfileMax - accountsOf(owner).length;
  const gained = guests
    .filter((account) => !taken.has(guestClaimId(account)) && !accountsOf(owner).includes(account))
    .slice(0, Math.max(0, room));
  if (gained.length === 0 || owner.state !== 'ACTIVE') return null;
  const version = owner.version + 1;
  const claims = gained.map((accountId) => guestClaim(accountId, owner._id, options.now));
  return {
    claims,
    events: [outboxRow('profile.updated', owner._id, version, options.now, { fields: ['accounts'] })],
    write: async (session) => {
      await insertClaims(entry.database, claims, session);
      const isWritten = await changeProfile(
        entry.database,
        { _id: owner._id, state: 'ACTIVE', version: owner.version },
        { $set: { accounts: [...accountsOf(owner), ...gained], version, updatedAt: options.now } },
        session,
      );
      if (!isWritten) throw new StaleRead('The customer of the purchase');
    },
  };
}

function guestClaim(accountId: Uuid, profileId: Uuid, at: Date): ClaimRow {
  return { _id: guestClaimId(accountId), uid: newUuid(), kind: 'guest', accountId, profileId, at };
}
