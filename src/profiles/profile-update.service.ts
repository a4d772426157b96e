import type { ClientSession } from 'mongoose';
import { type OperationContext, requireActor } from '../access/context.js';
import { hasScope } from '../access/scopes.js';
import { auditRow } from '../events/audit.js';
import { commitOnce, StaleRead } from '../events/commit-once.js';
import { insertAudit, insertOutbox } from '../events/event.store.js';
import { outboxRow } from '../events/outbox.js';
import type { ProfileErrorCode, ProfileUpdateInput } from '../generated/resolvers-types.js';
import { refuse } from '../kernel/errors.js';
import type { Uuid } from '../kernel/ids.js';
import { readCommsChanges } from './comms.js';
import { planContactClaims, writeContactClaims } from './contact-change.service.js';
import { readAppearanceChanges, readCustomChanges } from './custom-attribute.js';
import { InputReader } from './input-reader.js';
import { readNewStatuses, readTags, refuseBoth } from './label.js';
import type { ProfileRow, ProfileValues, ProfileView } from './profile.js';
import { changeProfile } from './profile.service.js';
import { type FieldWrites, type ProfileChanges, planChange } from './profile-change.js';
import {
  mutationIntent,
  type ProfileTarget,
  profileTarget,
  readForChange,
  viewAfterCommit,
} from './profile-target.service.js';
import { readProfileValues } from './profile-values.js';

/**
 * Changes a live profile, decided on the version that was read and written only over that one: a rival's change means
 * deciding again, so tags and statuses of two writers both count. A changed e-mail or mobile takes its claim along in
 * the same transaction. What changes nothing writes nothing.
 * @throws Refusal with codes of `ProfileErrorCode`; nothing was written then.
 */
export async function updateProfile(context: OperationContext, input: ProfileUpdateInput): Promise<ProfileView | null> {
  const target = profileTarget(context, input.id, ['id']);
  const intent = mutationIntent(context, 'profileUpdate', input);
  const changes = readChanges(context, target, input);
  const { database } = target.entry;
  const { result } = await commitOnce({
    context,
    database,
    intent,
    decide: async () => {
      const row = await readForChange(context, target, ['id']);
      refuseOtherVersion(row, input.ifVersion);
      refuseLostContact(row, changes.values);
      return { result: { profileId: row._id }, write: await decideWrite(context, target, row, changes) };
    },
  });
  return viewAfterCommit(context, target.entry, result.profileId as Uuid);
}

function readChanges(context: OperationContext, target: ProfileTarget, input: ProfileUpdateInput): ProfileChanges {
  const { brand } = target.entry;
  const reader = new InputReader();
  const changes: ProfileChanges = {
    values: readProfileValues(reader, input, { brand, now: context.clock.now() }),
    addTags: readTags(reader, input.addTags, ['addTags']),
    removeTags: readTags(reader, input.removeTags, ['removeTags']),
    addStatuses: readNewStatuses(reader, input.addStatuses, {
      brand,
      mayGrant: hasScope(requireActor(context), 'grant-statuses'),
      path: ['addStatuses'],
    }),
    removeStatuses: input.removeStatuses ?? [],
    comms: readCommsChanges(reader, input.comms, ['comms']),
    appearance: readAppearanceChanges(reader, input.appearance, ['appearance']),
    custom: readCustomChanges(reader, input.customAttributes, brand, ['customAttributes']),
  };
  refuseBoth(reader, changes.addTags, changes.removeTags, ['removeTags']);
  refuseBoth(reader, changes.addStatuses, changes.removeStatuses, ['removeStatuses']);
  reader.finish();
  return changes;
}

function refuseOtherVersion(row: ProfileRow, ifVersion: number | null | undefined): void {
  if (ifVersion === null || ifVersion === undefined || row.version === ifVersion) return;
  refuse<ProfileErrorCode>('VERSION_MISMATCH', 'The profile has changed since this version; read it again', [
    'ifVersion',
  ]);
}

/** A profile that never had a contact may stay without; one that has may not lose its last. */
function refuseLostContact(row: ProfileRow, values: ProfileValues): void {
  const isCleared = values.email === null || values.mobilePhone === null;
  const hadContact = !!row.email || !!row.mobilePhone;
  const email = values.email === undefined ? row.email : values.email;
  const mobilePhone = values.mobilePhone === undefined ? row.mobilePhone : values.mobilePhone;
  if (!isCleared || !hadContact || email || mobilePhone) return;
  refuse<ProfileErrorCode>('CONTACT_REQUIRED', 'An e-mail address or a mobile number must remain', [
    values.email === null ? 'email' : 'mobilePhone',
  ]);
}

async function decideWrite(
  context: OperationContext,
  target: ProfileTarget,
  row: ProfileRow,
  changes: ProfileChanges,
): Promise<((session: ClientSession) => Promise<void>) | null> {
  const { entry } = target;
  const now = context.clock.now();
  const reader = new InputReader();
  const isOwnChoice = requireActor(context).kind === 'CUSTOMER';
  const writes: FieldWrites = planChange(reader, row, changes, { now, isOwnChoice });
  const claims = await planContactClaims(context, entry, row, changes.values, reader);
  reader.finish();
  if (writes.fields.length === 0) return null;
  const version = row.version + 1;
  const event = outboxRow('profile.updated', row._id, version, now, { fields: writes.fields });
  const audit = auditRow(context, 'profileUpdate', row._id, now, { fields: writes.fields });
  return async (session) => {
    const isWritten = await changeProfile(
      entry.database,
      { _id: row._id, state: 'ACTIVE', version: row.version },
      {
        $set: { ...writes.set, updatedAt: now },
        ...(Object.keys(writes.unset).length === 0 ? {} : { $unset: writes.unset }),
        $inc: { version: 1 },
      },
      session,
    );
    if (!isWritten) throw new StaleRead('The profile');
    await writeContactClaims(entry, claims, session);
    await insertOutbox(entry.database, [event], session);
    await insertAudit(entry.database, [audit], session);
  };
}
