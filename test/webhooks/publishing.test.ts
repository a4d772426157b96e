import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ingestTransaction } from '../../src/activity/ingest.service.js';
import type { EventKind } from '../../src/events/outbox.js';
import { identityNodeId } from '../../src/identities/identity.js';
import { addIdentity, removeIdentity, updateIdentity } from '../../src/identities/identity-change.service.js';
import { formatNodeId, newUuid } from '../../src/kernel/ids.js';
import { mergeCollection } from '../../src/merges/merge.model.js';
import { updateProfile } from '../../src/profiles/profile-update.service.js';
import { webhookEvents } from '../../src/webhooks/webhook-event.js';
import { aFact, leaveFacts } from '../events/facts.js';
import { merge } from '../merges/merging.js';
import { canaries, canariesIn } from '../support/canaries.js';
import { aProfile, profileId } from '../support/factories/profile.js';
import { aSale } from '../support/factories/transaction.js';
import { openPublishing, type PublishingGroup } from './publishing.js';

const everything = Object.keys(webhookEvents);
let world: PublishingGroup;
beforeAll(async () => {
  world = await openPublishing({ events: everything, name: 'all' }, () => ({
    wren: [{ name: 'merges', events: ['profile.merged'] }],
    hearth: [{ name: 'links', events: ['link.activated', 'profile.created'] }],
  }));
});
beforeEach(() => world.clear());
afterAll(() => world.close());

const messagesOf = (type: EventKind) => world.receiver.received.filter(({ message }) => message.type === type);

describe('a merge', () => {
  it('is told once to everyone who asked, under one id, with the ids that other systems hold', async () => {
    const winner = await aProfile(world.group, 'wren');
    const card = { handle: 'loyalty-card', identifier: 'LY-50001' };
    const loser = await aProfile(world.group, 'wren', { identities: [card] });
    await merge(world.group, loser, winner);
    const publisher = world.publisher();
    await publisher.idle();
    await publisher.idle();
    const told = messagesOf('profile.merged');
    expect(told).toHaveLength(2);
    expect(new Set(told.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(told[0]?.body).toBe(told[1]?.body);
    const row = await world.wren.model(mergeCollection).findOne({ loserId: loser._id }, null, { lean: true });
    const mergeLocalId = (row as unknown as { _id: string })._id;
    expect(told[0]?.message.data).toEqual({
      brand: 'wren',
      n: winner.version + 1,
      winnerId: profileId(winner),
      winnerLocalId: winner._id,
      formerId: profileId(loser),
      formerLocalId: loser._id,
      mergeId: formatNodeId('merge', 'wren', mergeLocalId),
      mergeLocalId,
      identityIds: [expect.stringMatching(/^iden_wren_/)],
      identityLocalIds: [expect.stringMatching(/^[0-9a-f-]{36}$/)],
    });
    const endpoints = (await world.deliveries()).filter((each) => each.kind === 'profile.merged');
    expect(endpoints.map(({ endpoint }) => endpoint).sort()).toEqual(['wren/all', 'wren/merges']);
  });
});

describe('every kind of fact', () => {
  it('is told with the ids that GraphQL shows, and with nothing of the customer', async () => {
    const { group } = world;
    const profile = await aProfile(group, 'wren', {
      firstName: canaries.firstName,
      lastName: canaries.lastName,
      email: canaries.email,
      mobilePhone: canaries.mobile,
      birthDate: { year: 1961, month: 7, day: 23 },
      addresses: [{ line1: canaries.street, city: 'Richmond', postcode: '3121' }],
    });
    const id = profileId(profile);
    await updateProfile(group.context(), { id, firstName: canaries.otherFirstName });
    const identity = { handle: 'loyalty-card', identifier: canaries.card };
    const added = await addIdentity(group.context(), { profileId: id, identity });
    if (added === null) throw new Error('The identity cannot be seen');
    await ingestTransaction(
      group.context(),
      aSale('wren', { customer: { identity }, receiptRef: canaries.receiptRef }),
    );
    const identityId = identityNodeId('wren', added);
    await updateIdentity(group.context(), { id: identityId, identifier: canaries.otherCard });
    await removeIdentity(group.context(), { id: identityId });
    const other = await aProfile(group, 'wren');
    await merge(group, profile, other);
    const payload = {
      mergeId: newUuid(),
      restoredId: newUuid(),
      identities: [{ accountId: newUuid(), publicId: newUuid() }],
    };
    await leaveFacts(world.wren, [aFact({ kind: 'profile.unmerged', payload })]);
    await leaveFacts(group.brands.registry, [
      aFact({ kind: 'link.activated', payload: { from: 'wren', to: 'hearth' } }),
      aFact({ kind: 'link.withdrawn', payload: { from: 'wren', to: 'hearth' } }),
    ]);
    await world.publisher().idle();
    expect(new Set(world.receiver.received.map(({ message }) => message.type))).toEqual(new Set(everything));
    for (const { message } of world.receiver.received) {
      for (const [name, value] of Object.entries(message.data))
        expect(value, `${name} of ${message.type}`).not.toBeUndefined();
    }
    const [changed] = messagesOf('profile.updated');
    expect(changed?.message.data).toMatchObject({ profileId: id, profileLocalId: profile._id, n: 2 });
    expect(messagesOf('identity.added')[0]?.message.data).toMatchObject({
      identityId: identityNodeId('wren', added),
      identityLocalId: added.publicId,
    });
    expect(messagesOf('transaction.ingested')[0]?.message.data).toMatchObject({ profileId: id });
    const leaving = JSON.stringify(world.receiver.received);
    const kept = JSON.stringify([await world.deliveries(), await world.deliveries(group.brands.registry)]);
    for (const text of [leaving, kept, world.logged.join('')]) expect(canariesIn(text)).toEqual([]);
  });

  it('is told to those brands alone that it concerns', async () => {
    const { group } = world;
    await aProfile(group, 'hearth');
    await leaveFacts(group.brands.registry, [
      aFact({ kind: 'link.activated', payload: { from: 'wren', to: 'hearth' } }),
      aFact({ kind: 'link.activated', payload: { from: 'alder', to: 'hearth' } }),
    ]);
    await world.publisher().idle();
    const told = (await world.deliveries(group.brands.registry)).map(({ endpoint, body }) => [
      endpoint,
      JSON.parse(body).data.fromBrand,
    ]);
    expect(told.sort()).toEqual([
      ['hearth/links', 'alder'],
      ['hearth/links', 'wren'],
      ['wren/all', 'wren'],
    ]);
    const brands = messagesOf('profile.created').map(({ message }) => message.data['brand']);
    expect(brands).toEqual(['hearth']);
  });

  it('is not told to an endpoint that is not active', async () => {
    await aProfile(world.group, 'wren');
    const endpoints = world.endpoints.map((endpoint) => ({ ...endpoint, isActive: false }));
    await world.publisher({ endpoints }).idle();
    expect(world.receiver.received).toEqual([]);
    expect(await world.deliveries()).toEqual([]);
  });
});
