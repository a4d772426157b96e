import type { ClientSession } from 'mongoose';
import type { OperationContext } from '../access/context.js';
import type { BrandEntry } from '../brands/brands.js';
import { auditRow } from '../events/audit.js';
import { StaleRead } from '../events/commit-once.js';
import { insertAudit, insertOutbox } from '../events/event.store.js';
import { type EventKind, outboxRow } from '../events/outbox.js';
import type { Uuid } from '../kernel/ids.js';
import type { ProfileRow } from './profile.js';
import { changeProfile } from './profile.service.js';

/** A change of a row with personal data that hangs on a profile. */
export interface OwnerWrite {
  /** Name of the mutation, for the audit trail. */
  readonly action: string;
  /** Id of the row, by the name under which the audit trail keeps it. */
  readonly subject: Readonly<Record<string, Uuid>>;
  readonly event: { readonly kind: EventKind; readonly payload: Readonly<Record<string, unknown>> };
  /** Fields of the profile that name a row: null clears one, a field left out stays. */
  readonly pointers: { readonly defaultAddressId?: Uuid | null; readonly primaryIdentity?: Uuid | null };
  readonly write: (session: ClientSession) => Promise<void>;
}

/**
 * The transaction of a change below a profile: the owner first, in the state and version that were read, so that a merge
 * or an erasure meets it; then the row, its event and its audit row.
 */
export function ownerWrite(
  context: OperationContext,
  entry: BrandEntry,
  owner: ProfileRow,
  change: OwnerWrite,
): (session: ClientSession) => Promise<void> {
  const now = context.clock.now();
  const event = outboxRow(change.event.kind, owner._id, owner.version + 1, now, change.event.payload);
  const audit = auditRow(context, change.action, owner._id, now, change.subject);
  const pointers = Object.entries(change.pointers);
  const cleared = pointers.filter(([, id]) => id === null).map(([name]) => [name, '']);
  const update = {
    $set: { updatedAt: now, ...Object.fromEntries(pointers.filter(([, id]) => id != null)) },
    ...(cleared.length === 0 ? {} : { $unset: Object.fromEntries(cleared) as Record<string, ''> }),
    $inc: { version: 1 },
  };
  return async (session) => {
    const filter = { _id: owner._id, state: 'ACTIVE', version: owner.version };
    if (!(await changeProfile(entry.database, filter, update, session))) throw new StaleRead('The profile');
    await change.write(session);
    await insertOutbox(entry.database, [event], session);
    await insertAudit(entry.database, [audit], session);
  };
}
