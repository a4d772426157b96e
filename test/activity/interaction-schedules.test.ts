import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { interactionCollection, interactionKeyCollection } from '../../src/activity/interaction.model.js';
import { ingestInteraction } from '../../src/activity/interaction-ingest.service.js';
import { runTransaction } from '../../src/brands/transaction.js';
import { Deadline } from '../../src/kernel/clock.js';
import { claimsOfPending, voidPendingProfile } from '../../src/profiles/pending-profile.service.js';
import type { ProfileState, ProfileView } from '../../src/profiles/profile.js';
import { profileCollection } from '../../src/profiles/profile.model.js';
import { rowsOf } from '../merges/merging.js';
import { anInteraction } from '../support/factories/interaction.js';
import { aProfile, storedProfile } from '../support/factories/profile.js';
import { openGroup, type TestGroup } from '../support/group.js';
import { refusalsOf } from '../support/refusals.js';
import { interrupted } from './before-commit.js';

let group: TestGroup;
beforeAll(async () => {
  group = await openGroup();
});
afterAll(() => group.close());

async function aCardHolder(): Promise<{
  profile: ProfileView;
  customer: { identity: { handle: string; identifier: string } };
}> {
  const identity = { handle: 'loyalty-card', identifier: `LY-${randomUUID()}` };
  return { profile: await aProfile(group, 'hearth', { identities: [identity] }), customer: { identity } };
}

/** The first write of what changes a profile's life: its state. */
async function become(profile: ProfileView, state: ProfileState): Promise<void> {
  const live = state === 'ACTIVE' ? { $set: { state, live: true } } : { $set: { state }, $unset: { live: '' } };
  const { collection } = group.entry('hearth').database.model(profileCollection);
  await collection.updateOne({ _id: profile._id } as never, live as never);
}

async function voidNow(profile: ProfileView): Promise<void> {
  const entry = group.entry('hearth');
  const deadline = Deadline.after(5_000);
  const row = await storedProfile(group, 'hearth', profile._id);
  const claims = await claimsOfPending(entry, row, deadline);
  await runTransaction(entry.database, deadline, (session) =>
    voidPendingProfile(entry.database, { row, claims }, new Date(), session),
  );
}

describe('an interaction that meets a change of its customer', () => {
  it('leaves nothing personal when an erasure began after its customer was looked up (SC39)', async () => {
    const { profile, customer } = await aCardHolder();
    const context = interrupted(group, 'hearth', () => become(profile, 'DELETED'));
    const input = anInteraction('hearth', customer, { meta: { said: 'my name' } });
    const { interaction } = await ingestInteraction(context, input);
    expect(interaction.accountId).toBe(profile._id);
    expect(interaction.meta).toBeUndefined();
    const rows = await rowsOf(group, 'hearth', interactionCollection);
    expect(rows.filter((row) => row._id === interaction._id)).not.toHaveProperty('0.meta');
  });

  it('is nobody’s, and so refused, when the profile that waited was given up meanwhile', async () => {
    const { profile, customer } = await aCardHolder();
    await become(profile, 'PENDING');
    const before = await rowsOf(group, 'hearth', interactionKeyCollection);
    const context = interrupted(group, 'hearth', () => voidNow(profile));
    expect(await refusalsOf(ingestInteraction(context, anInteraction('hearth', customer)))).toEqual([
      'IDENTITY_NOT_FOUND input.customer.identity',
    ]);
    expect(await rowsOf(group, 'hearth', interactionKeyCollection)).toEqual(before);
  });

  it('keeps what is told beside it when the customer came meanwhile', async () => {
    const { profile, customer } = await aCardHolder();
    await become(profile, 'PENDING');
    const context = interrupted(group, 'hearth', () => become(profile, 'ACTIVE'));
    const { interaction } = await ingestInteraction(context, anInteraction('hearth', customer, { meta: { page: 1 } }));
    expect(interaction).toMatchObject({ accountId: profile._id, meta: '{"page":1}' });
  });

  it('is answered as a repeat when the same came in meanwhile', async () => {
    const { customer } = await aCardHolder();
    const input = anInteraction('hearth', customer, { meta: { page: 1 } });
    const context = interrupted(group, 'hearth', () => ingestInteraction(group.context(), input));
    expect((await ingestInteraction(context, { ...input, meta: { page: 2 } })).outcome).toBe('REPLAYED');
    const other = { ...input, externalId: `other-${input.externalId}` };
    const late = interrupted(group, 'hearth', () => ingestInteraction(group.context(), other));
    expect(await refusalsOf(ingestInteraction(late, { ...other, signal: 1 }))).toEqual([
      'INTERACTION_CONFLICT input.externalId',
    ]);
  });
});
