import { buildSchema as buildBareSchema, parse, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { visibleBrand } from '../../src/access/context.js';
import { roles } from '../../src/access/token.js';
import { TokenService } from '../../src/access/token.service.js';
import { registryTokenStore } from '../../src/access/token.store.js';
import { viewerResolvers } from '../../src/access/viewer.resolvers.js';
import { brandResolvers } from '../../src/brands/brand.resolvers.js';
import { query as prefilledQuery, variables as prefilledVariables } from '../../src/graphiql/prefilled.js';
import { createNodeResolvers } from '../../src/graphql/node.resolvers.js';
import { readTypeDefs } from '../../src/graphql/schema.js';
import { createGraphqlServer, type GraphqlServer } from '../../src/graphql/server.js';
import { systemClock } from '../../src/kernel/clock.js';
import { formatNodeId, newUuid } from '../../src/kernel/ids.js';
import { createLogger } from '../../src/kernel/logger.js';
import { openGroup, type TestGroup } from '../support/group.js';

const log = createLogger({ level: 'silent' });
let group: TestGroup;
let server: GraphqlServer;
let tokens: TokenService;
let asked: string[] = [];

beforeAll(async () => {
  group = await openGroup();
  const { brands, config } = group;
  tokens = new TokenService({
    store: registryTokenStore(brands.registry),
    clock: systemClock,
    log,
    brandHandles: config.brands.map((brand) => brand.handle),
    purposes: config.purposes,
  });
  const nodeResolvers = createNodeResolvers({
    brand: async (id, context) => visibleBrand(context, id.brand)?.brand ?? null,
    prof: async (id) => {
      asked.push(id.kind);
      return null;
    },
  });
  server = await createGraphqlServer({
    config: config.server,
    brands,
    tokens,
    clock: systemClock,
    log,
    resolvers: [viewerResolvers, brandResolvers, nodeResolvers],
  });
});
afterAll(async () => {
  await server.close();
  await group.close();
});

interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: { readonly message: string; readonly extensions: Record<string, unknown> }[];
}

async function ask(token: string, query: string, variables?: object): Promise<Answer> {
  const response = await server.inject({
    method: 'POST',
    url: '/graphql',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    payload: JSON.stringify({ query, variables }),
  });
  return JSON.parse(response.body) as Answer;
}

const staffOfWren = async (): Promise<string> =>
  (await tokens.create({ role: 'staff', reference: 'staff_7', displayName: 'Ana', brandHandles: ['wren'] })).token;
const groupAdmin = async (): Promise<string> =>
  (await tokens.create({ role: 'group-admin', reference: 'admin_1' })).token;

describe('viewer', () => {
  test('tells what a token of a brand is good for', async () => {
    const answer = await ask(
      await staffOfWren(),
      '{ viewer { actor { kind reference displayName } role scopes brands { handle } purpose { code } expiresAt profile { id } } }',
    );
    expect(answer.errors).toBeUndefined();
    expect(answer.data).toEqual({
      viewer: {
        actor: { kind: 'STAFF', reference: 'staff_7', displayName: 'Ana' },
        role: 'staff',
        scopes: [...roles.staff.scopes].sort(),
        brands: [{ handle: 'wren' }],
        purpose: null,
        expiresAt: null,
        profile: null,
      },
    });
  });

  test('answers nobody whose token was revoked', async () => {
    const { token, view } = await tokens.create({ role: 'group-admin', reference: 'admin_2' });
    expect((await ask(token, '{ viewer { role } }')).errors).toBeUndefined();
    await tokens.revoke(view.tokenRef);
    expect((await ask(token, '{ viewer { role } }')).errors?.[0]?.extensions['code']).toBe('UNAUTHENTICATED');
  });
});

describe('brands', () => {
  test('are shown as configured, those of the token only', async () => {
    const query =
      '{ brands { id handle name currencyCode timeZone phoneRegion identityHandles { handle reservedFor isMultiple } systems { handle } subBrands { handle } sharingRules { toBrand { handle } agreement attributes purposes { code } activationHours welcomeReward } } }';
    const { data } = await ask(await staffOfWren(), query);
    expect(data?.['brands']).toMatchObject([
      { id: 'brand_wren', handle: 'wren', sharingRules: [{ toBrand: { handle: 'hearth' }, activationHours: 72 }] },
    ]);
    const all = await ask(await groupAdmin(), '{ brands { handle } }');
    expect(all.data).toEqual({ brands: [{ handle: 'alder' }, { handle: 'hearth' }, { handle: 'wren' }] });
  });

  test('that are not there and those of others look alike', async () => {
    const token = await staffOfWren();
    const query = 'query ($h: BrandHandle!) { brand(handle: $h) { name } }';
    expect(await ask(token, query, { h: 'alder' })).toEqual({ data: { brand: null } });
    expect(await ask(token, query, { h: 'nobody' })).toEqual({ data: { brand: null } });
    expect(await ask(token, query, { h: 'wren' })).toEqual({ data: { brand: { name: 'Wren' } } });
  });
});

describe('node', () => {
  test('finds a thing by its id and tells its type', async () => {
    const query = '{ node(id: "brand_wren") { __typename id ... on Brand { handle } } }';
    expect((await ask(await staffOfWren(), query)).data).toEqual({
      node: { __typename: 'Brand', id: 'brand_wren', handle: 'wren' },
    });
  });

  test('answers the same for what is not there, not yours, or of a type the token may not read', async () => {
    asked = [];
    const { token } = await tokens.create({ role: 'analyst', reference: 'a', grants: ['read-brands'] });
    const profile = formatNodeId('prof', 'wren', newUuid());
    const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
    const answer = await ask(token, query, { ids: ['brand_elm', profile, 'brand_wren'] });
    expect(answer).toEqual({ data: { nodes: [null, null, { id: 'brand_wren' }] } });
    expect(asked).toEqual([]);
    await ask(await groupAdmin(), query, { ids: [profile] });
    expect(asked).toEqual(['prof']);
  });

  test.each(['nonsense', 'prof_wren_short', 'x'.repeat(300)])('refuses what is no id: %j', async (id) => {
    const answer = await ask(await staffOfWren(), 'query ($id: ID!) { node(id: $id) { id } }', { id });
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: ['id'] });
    expect(answer.errors?.[0]?.message).not.toContain(id);
  });
});

describe('the query that GraphiQL is prefilled with', () => {
  test('fits the schema', () => {
    expect(validate(buildBareSchema(readTypeDefs()), parse(prefilledQuery))).toEqual([]);
  });

  test('needs no more than a group app holds, and all of that is told when a token holds nothing', async () => {
    const { token } = await tokens.create({ role: 'analyst', reference: 'a', grants: ['read-merges'] });
    const answer = await ask(token, prefilledQuery, JSON.parse(prefilledVariables));
    expect(answer.errors?.[0]?.extensions).toMatchObject({
      code: 'FORBIDDEN',
      missingScopes: ['read-brands', 'read-identities', 'read-personal-data', 'read-profiles', 'search-across-brands'],
    });
    const { token: app } = await tokens.create({ role: 'group-app', reference: 'app' });
    const answered = await ask(app, prefilledQuery, JSON.parse(prefilledVariables));
    expect(answered).toEqual({ data: { profileSearch: null } });
  });
});

test('a page of 50 customers with their identities, addresses, links and last sales is within the limits', async () => {
  const query = `query List($n: Int!) { profiles(brand: "wren", first: $n) { nodes {
    id fullName email identities(first: 5) { nodes { handle identifier } } addresses { city }
    crossBrandLinks { target { profile { id identities(first: 5) { nodes { handle } } } } }
    transactions(first: 5) { nodes { id total { amount currencyCode } } } } } }`;
  expect((await ask(await groupAdmin(), query, { n: 50 })).errors).toBeUndefined();
});
