import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { interactionIdOf } from '../../src/activity/interaction.js';
import { interactionCollection, interactionKeyCollection } from '../../src/activity/interaction.model.js';
import { ownerOfInteraction } from '../../src/activity/interaction.service.js';
import { ingestInteraction } from '../../src/activity/interaction-ingest.service.js';
import type { InteractionIngestInput } from '../../src/generated/resolvers-types.js';
import { profileCollection } from '../../src/profiles/profile.model.js';
import { anInteraction } from '../support/factories/interaction.js';
import { aLocation } from '../support/factories/location.js';
import { aProfile, craftMerge, profileId, storedProfile } from '../support/factories/profile.js';
import { anActor, openGroup, type TestGroup } from '../support/group.js';
import { refusalsOf } from '../support/refusals.js';

let group: TestGroup;
/** Another process on the same databases. */
let other: TestGroup;
beforeAll(async () => {
  group = await openGroup();
  other = await openGroup({ config: group.config });
});
afterAll(async () => {
  await other.brands.close();
  await group.close();
});

const card = () => ({ identity: { handle: 'loyalty-card', identifier: `LY-${randomUUID()}` } });
const ingest = (input: InteractionIngestInput) => ingestInteraction(group.context(), input);

async function stored(brand: string, externalId: string): Promise<{ rows: number; keys: number; audits: number }> {
  const { database } = group.entry(brand);
  const _id = interactionIdOf(brand, 'pos', externalId);
  const rows = await database.model(interactionCollection).find({ _id }, null, { lean: true });
  const keys = await database.model(interactionKeyCollection).find({ _id }, null, { lean: true });
  const audits = await database.connection.collection('audit').find({ subject: _id }).toArray();
  return { rows: rows.length, keys: keys.length, audits: audits.length };
}

const once = { rows: 1, keys: 1, audits: 1 };
const never = { rows: 0, keys: 0, audits: 0 };

describe('taking in an interaction', () => {
  it('stores it once and answers it with what was sent', async () => {
    const [profile, location] = [await aProfile(group, 'alder'), await aLocation(group, 'alder')];
    const input = anInteraction(
      'alder',
      { profileId: profileId(profile) },
      {
        action: 'FEEDBACK',
        channel: 'SUPPORT',
        signal: -1,
        locationCode: location.externalCode,
        meta: { stars: 2, 'a.b': ['c'] },
      },
    );
    const { interaction, outcome, routing } = await ingest(input);
    expect({ outcome, routing }).toEqual({ outcome: 'RECORDED', routing: 'MATCHED' });
    expect(interaction).toMatchObject({
      accountId: profile._id,
      action: 'FEEDBACK',
      channel: 'SUPPORT',
      signal: -1,
      locationId: location._id,
      meta: '{"stars":2,"a.b":["c"]}',
    });
    expect(await stored('alder', input.externalId)).toEqual(once);
  });

  it('answers a repeat from what is stored, whatever is told beside it', async () => {
    const input = anInteraction('wren', card(), { meta: { page: 1 } });
    const first = await ingest(input);
    const second = await ingest({ ...input, signal: 0, meta: { page: 2 } });
    expect([second.outcome, second.routing]).toEqual(['REPLAYED', 'PROFILE_CREATED']);
    expect(second.interaction).toMatchObject({ _id: first.interaction._id, meta: '{"page":1}' });
    expect(second.interaction.receivedAt).toEqual(first.interaction.receivedAt);
    expect(await stored('wren', input.externalId)).toEqual(once);
  });

  it.each<[string, Partial<InteractionIngestInput>]>([
    ['another action', { action: 'VIEW' }],
    ['another mood', { signal: 1 }],
    ['another name', { name: 'fitting' }],
    ['another instant', { interactedAt: new Date('2026-03-04T05:06:07.090Z') }],
    ['another customer', { customer: card() }],
  ])('refuses %s under a number that was used, and writes nothing', async (_what, change) => {
    const input = anInteraction('wren', card());
    const { interaction } = await ingest(input);
    expect(await refusalsOf(ingest({ ...input, ...change }))).toEqual(['INTERACTION_CONFLICT input.externalId']);
    expect(await stored('wren', input.externalId)).toEqual(once);
    expect((await ingest(input)).interaction).toMatchObject({ _id: interaction._id, action: 'VISIT', name: 'walk-in' });
  });

  it('keeps the numbers of systems, brands and sales apart', async () => {
    const input = anInteraction('wren', card());
    expect((await ingest(input)).outcome).toBe('RECORDED');
    expect((await ingest({ ...input, system: 'shopify' })).outcome).toBe('RECORDED');
    expect(interactionIdOf('wren', 'a', 'bc')).not.toBe(interactionIdOf('wren', 'ab', 'c'));
    expect(interactionIdOf('wren', 'a', 'b')).not.toBe(interactionIdOf('alder', 'a', 'b'));
  });

  it('records one of 24 equal ones sent at once to two processes, and makes one profile', async () => {
    const input = anInteraction('wren', card(), { meta: { page: 1 } });
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, index) => ingestInteraction((index % 2 ? group : other).context(), input)),
    );
    const outcomes = answers.map((answer) => answer.outcome);
    expect(outcomes.filter((outcome) => outcome === 'RECORDED')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'REPLAYED')).toHaveLength(23);
    expect(new Set(answers.map(({ routing, interaction }) => `${routing} ${interaction.accountId}`)).size).toBe(1);
    expect(await stored('wren', input.externalId)).toEqual(once);
  });

  it('records all of 12 different ones of one customer sent at once, personal or not', async () => {
    const profile = await aProfile(group, 'wren');
    const { version, touch = 0 } = await storedProfile(group, 'wren', profile._id);
    const inputs = Array.from({ length: 12 }, (_, index) =>
      anInteraction('wren', { profileId: profileId(profile) }, index % 4 ? {} : { meta: { index } }),
    );
    const answers = await Promise.all(inputs.map(ingest));
    expect(new Set(answers.map(({ outcome }) => outcome))).toEqual(new Set(['RECORDED']));
    expect(await storedProfile(group, 'wren', profile._id)).toMatchObject({ version, touch: touch + 3 });
  });

  it.each<[string, Partial<InteractionIngestInput>, string[]]>([
    ['of a brand that is not the token’s', { brand: 'nowhere' }, ['BRAND_UNKNOWN input.brand']],
    ['at a place that is none', { locationCode: 'MEL-404' }, ['LOCATION_UNKNOWN input.locationCode']],
    ['that is malformed', { signal: 7, name: '' }, ['INVALID_VALUE input.signal', 'INVALID_VALUE input.name']],
  ])('writes nothing for one %s', async (_what, change, refusals) => {
    const customer = card();
    const input = anInteraction('wren', customer, change);
    expect(await refusalsOf(ingest(input))).toEqual(refusals);
    expect(await stored('wren', input.externalId)).toEqual(never);
    const { routing } = await ingest(anInteraction('wren', customer));
    expect(routing, 'no profile was made').toBe('PROFILE_CREATED');
  });
});

describe('whose an interaction is', () => {
  it('goes to the profile that an id names, by whatever id it went', async () => {
    const [winner, loser] = [await aProfile(group, 'wren'), await aProfile(group, 'wren')];
    await craftMerge(group, loser, winner);
    const { interaction, routing } = await ingest(anInteraction('wren', { profileId: profileId(loser) }));
    expect({ routing, accountId: interaction.accountId }).toEqual({ routing: 'MATCHED', accountId: winner._id });
  });

  it('hangs on the account of the card, and is the winner’s after a merge', async () => {
    const customer = card();
    const [loser, winner] = [
      await aProfile(group, 'wren', { identities: [customer.identity] }),
      await aProfile(group, 'wren'),
    ];
    await craftMerge(group, loser, winner);
    const { interaction } = await ingest(anInteraction('wren', customer, { meta: { touches: 'the winner' } }));
    expect(interaction.accountId).toBe(loser._id);
    expect((await ownerOfInteraction(group.context(), interaction))?._id).toBe(winner._id);
    expect((await storedProfile(group, 'wren', winner._id)).touch).toBe(1);
  });

  it('follows the brand’s rule for a card that nobody has, and is nobody’s in no brand', async () => {
    const customer = card();
    const created = await ingest(anInteraction('wren', customer, { meta: { page: 1 } }));
    expect(created.routing).toBe('PROFILE_CREATED');
    const owner = await ownerOfInteraction(group.context(), created.interaction);
    expect(owner).toMatchObject({ type: 'INCOMPLETE', version: 1 });
    expect((await ingest(anInteraction('wren', customer))).routing).toBe('MATCHED');
    for (const brand of ['alder', 'hearth']) {
      const input = anInteraction(brand, customer);
      expect(await refusalsOf(ingest(input))).toEqual(['IDENTITY_NOT_FOUND input.customer.identity']);
      expect(await stored(brand, input.externalId)).toEqual(never);
    }
  });

  it('makes a profile under a reserved handle for its owner alone', async () => {
    const customer = { identity: { handle: 'shopify', identifier: randomUUID() } };
    expect(await refusalsOf(ingest(anInteraction('wren', customer)))).toEqual([
      'IDENTITY_NOT_FOUND input.customer.identity',
    ]);
    const actor = anActor({ extension: 'shopify' });
    const { routing } = await ingestInteraction(group.context({ actor }), anInteraction('wren', customer));
    expect(routing).toBe('PROFILE_CREATED');
  });

  it('is refused alike for a profile that is not there, of another brand, and deleted', async () => {
    const [elsewhere, deleted] = [await aProfile(group, 'alder'), await aProfile(group, 'wren')];
    const misspelt = profileId(await aProfile(group, 'wren')).replace('_wren_', '_alder_');
    const profiles = group.entry('wren').database.model(profileCollection).collection;
    await profiles.updateOne(
      { _id: deleted._id } as never,
      { $set: { state: 'DELETED' }, $unset: { live: '' } } as never,
    );
    const missing = profileId({ ...elsewhere, _id: randomUUID() });
    for (const id of [missing.replace('_alder_', '_wren_'), profileId(elsewhere), profileId(deleted), misspelt]) {
      expect(await refusalsOf(ingest(anInteraction('wren', { profileId: id })))).toEqual([
        'PROFILE_NOT_FOUND input.customer.profileId',
      ]);
    }
  });

  it('hangs on the account of a profile that waits, which is told nothing beside it and is touched', async () => {
    const customer = card();
    const waiting = await aProfile(group, 'wren', { identities: [customer.identity] });
    const profiles = group.entry('wren').database.model(profileCollection).collection;
    await profiles.updateOne(
      { _id: waiting._id } as never,
      { $set: { state: 'PENDING' }, $unset: { live: '' } } as never,
    );
    const { interaction, routing } = await ingest(anInteraction('wren', customer, { meta: { said: 'my name' } }));
    expect({ routing, accountId: interaction.accountId }).toEqual({ routing: 'MATCHED', accountId: waiting._id });
    expect(interaction.meta).toBeUndefined();
    expect(await storedProfile(group, 'wren', waiting._id)).toMatchObject({ touch: 1, version: 1 });
    expect(await ownerOfInteraction(group.context(), interaction)).toBeNull();
  });
});
