import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boundTo, type CustomerServer, openCustomerServer } from '../access/customer-server.js';
import { anInteraction } from '../support/factories/interaction.js';
import { aLocation } from '../support/factories/location.js';
import { aProfile, profileId } from '../support/factories/profile.js';

let stage: CustomerServer;
let machine: string;
let analyst: string;
beforeAll(async () => {
  stage = await openCustomerServer();
  const token = async (input: object) => (await stage.opened.tokens.create(input as never)).token;
  machine = await token({ role: 'machine', reference: 'shop', brandHandles: ['wren'] });
  analyst = await token({ role: 'analyst', reference: 'analyst_1' });
});
afterAll(() => stage.close());

const mutation = `mutation Visit($input: InteractionIngestInput!) {
  interactionIngest(input: $input) {
    outcome routing
    interaction {
      id brand { handle } system { handle name } externalId action channel signal name namespace meta interactedAt
      profile { id } location { externalCode }
    }
    userErrors { code field }
  }
}`;

const list = `query List($id: ID!, $filter: InteractionFilter) {
  profile(by: { id: $id }) {
    interactions(first: 2, filter: $filter) {
      totalCount pageInfo { hasNextPage } edges { cursor node { id } } nodes { name meta signal profile { id } }
    }
  }
}`;

const wire = (input: object) => JSON.parse(JSON.stringify(input)) as object;

describe('interactions over the API', () => {
  it('are taken in, listed on their profile and found by id', async () => {
    const { group } = stage;
    const [profile, place] = [await aProfile(group, 'wren'), await aLocation(group, 'wren')];
    const id = profileId(profile);
    const meta = { stars: 5, words: ['kind', null] };
    const input = anInteraction('wren', { profileId: id }, { signal: 1, meta, locationCode: place.externalCode });
    const taken = await stage.ask(machine, mutation, { input: wire(input) });
    expect(taken.errors).toEqual([]);
    const answer = {
      outcome: 'RECORDED',
      routing: 'MATCHED',
      interaction: {
        id: expect.stringMatching(/^ixn_wren_/),
        brand: { handle: 'wren' },
        system: { handle: 'pos', name: 'Tills' },
        externalId: input.externalId,
        action: 'VISIT',
        channel: 'LOCATION',
        signal: 1,
        name: 'walk-in',
        namespace: 'store',
        meta,
        interactedAt: '2026-03-04T05:06:07.089Z',
        profile: { id },
        location: { externalCode: place.externalCode },
      },
      userErrors: [],
    };
    expect(taken.data).toEqual({ interactionIngest: answer });
    const again = await stage.ask(machine, mutation, { input: wire({ ...input, meta: { other: 1 } }) });
    expect(again.data).toEqual({ interactionIngest: { ...answer, outcome: 'REPLAYED' } });
    const shown = await stage.ask(machine, list, { id, filter: { actions: ['VISIT', 'VIEW'] } });
    const { interactionIngest } = taken.data as { interactionIngest: { interaction: { id: string } } };
    const interactionId = interactionIngest.interaction.id;
    expect(shown.data).toEqual({
      profile: {
        interactions: {
          totalCount: 1,
          pageInfo: { hasNextPage: false },
          edges: [{ cursor: expect.any(String), node: { id: interactionId } }],
          nodes: [{ name: 'walk-in', meta, signal: 1, profile: { id } }],
        },
      },
    });
    const byId = 'query N($id: ID!) { node(id: $id) { __typename ... on Interaction { name profile { id } } } }';
    const node = await stage.ask(machine, byId, { id: interactionId });
    expect(node.data).toEqual({ node: { __typename: 'Interaction', name: 'walk-in', profile: { id } } });
  });

  it('answer a conflict and an unknown system as refusals', async () => {
    const customer = { profileId: profileId(await aProfile(stage.group, 'wren')) };
    const input = anInteraction('wren', customer);
    await stage.ask(machine, mutation, { input: wire(input) });
    const refusal = async (change: object) =>
      (await stage.ask(machine, mutation, { input: wire({ ...input, ...change }) })).data;
    const refused = (code: string, field: string) => ({
      interactionIngest: {
        outcome: null,
        routing: null,
        interaction: null,
        userErrors: [{ code, field: ['input', field] }],
      },
    });
    expect(await refusal({ action: 'VIEW' })).toEqual(refused('INTERACTION_CONFLICT', 'externalId'));
    expect(await refusal({ system: 'pso' })).toEqual(refused('SYSTEM_UNKNOWN', 'system'));
  });

  it('need their scopes, and the scope of personal data for what was told', async () => {
    const id = profileId(await aProfile(stage.group, 'wren'));
    const read = (token: string, fields: string) =>
      stage.ask(token, `query R($id: ID!) { profile(by: { id: $id }) { interactions { nodes { ${fields} } } } }`, {
        id,
      });
    expect((await read(analyst, 'action channel signal namespace interactedAt')).errors).toEqual([]);
    for (const field of ['name', 'meta']) {
      const { errors } = await read(analyst, field);
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', missingScopes: ['read-personal-data'] } }]);
    }
    const input = wire(anInteraction('wren', { profileId: id }));
    const { errors } = await stage.ask(analyst, mutation, { input });
    expect(errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
    expect(errors[0]?.extensions['missingScopes']).toContain('create-interactions');
  });

  it('are no customer’s to read, whatever is granted', async () => {
    const profile = await aProfile(stage.group, 'wren');
    for (const token of [await stage.tokenFor(profile), await stage.wideTokenFor(boundTo(profile), ['*'])]) {
      const { status, data } = await stage.ask(token, '{ viewer { profile { interactions { nodes { id } } } } }');
      expect({ status, data }).toEqual({ status: 403, data: null });
    }
  });
});
