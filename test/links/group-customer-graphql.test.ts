import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { formatNodeId } from '../../src/kernel/ids.js';
import { type CustomerServer, openCustomerServer } from '../access/customer-server.js';
import { aLink, type Customer, CustomerWorld, withdrawal } from './group-customer-world.js';

const people = `query People($brands: [BrandHandle!]!, $first: Int, $after: String) {
  groupCustomers(brands: $brands, first: $first, after: $after) {
    edges { cursor node { members { brand { handle } profile { id firstName } link { status } } } }
    nodes { brandStatuses { brand { handle } state } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    brandStatuses { brand { handle } state }
  } }`;

interface Page {
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly members: readonly object[] } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

const brands = ['wren', 'hearth'];
const at = (minute: number) => new Date(Date.UTC(2026, 3, 1, 9, minute));

describe('people of several brands in the API', () => {
  let served: CustomerServer;
  let world: CustomerWorld;
  let app: string;
  let pairs: [Customer, Customer][];

  beforeAll(async () => {
    served = await openCustomerServer();
    world = new CustomerWorld(served.group);
    const [wren, hearth] = await Promise.all(brands.map((brand) => world.customers(brand, 3)));
    pairs = (wren ?? []).map((each, index) => [each, hearth?.[index] as Customer]);
    await world.link(...pairs.map(([from, to], index) => aLink(from, to, at(index))));
    const { token } = await served.opened.tokens.create({
      role: 'group-app',
      reference: 'app',
      purpose: 'group-service',
    });
    app = token;
  });
  afterAll(() => served.close());

  const ask = async (variables: object, token = app) => {
    const { data, errors } = await served.ask(token, people, variables);
    return { page: data?.['groupCustomers'] as Page | null | undefined, errors };
  };
  const shown = (page: Page | null | undefined) => page?.edges.map(({ node }) => node.members);
  const membersOf = ([wren, hearth]: [Customer, Customer]) => [
    {
      brand: { handle: 'wren' },
      profile: { id: formatNodeId('prof', 'wren', wren._id), firstName: 'Ida' },
      link: null,
    },
    {
      brand: { handle: 'hearth' },
      profile: { id: formatNodeId('prof', 'hearth', hearth._id), firstName: 'Ida' },
      link: { status: 'ACTIVE' },
    },
  ];

  it('come page by page, with their links and how the brands fared', async () => {
    const { page, errors } = await ask({ brands, first: 2 });
    expect(errors).toEqual([]);
    expect(shown(page)).toEqual(pairs.slice(0, 2).map(membersOf));
    const states = ['wren', 'hearth'].map((handle) => ({ brand: { handle }, state: 'COMPLETE' }));
    expect(page).toMatchObject({ nodes: [{ brandStatuses: states }, {}], brandStatuses: states });
    expect(page?.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    const rest = await ask({ brands, first: 2, after: page?.pageInfo.endCursor });
    expect(shown(rest.page)).toEqual(pairs.slice(2).map(membersOf));
    expect(rest.page?.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    const behindFirst = await ask({ brands, after: page?.edges[0]?.cursor });
    expect(shown(behindFirst.page)).toEqual(pairs.slice(1).map(membersOf));
  });

  it('do not show anybody whose consent is taken back while the answer is being made', async () => {
    const [[from], [to]] = (await Promise.all(brands.map((brand) => world.customers(brand, 1)))) as [
      [Customer],
      [Customer],
    ];
    const own = aLink(from, to, at(10));
    await world.link(own);
    const { database } = served.opened.brands.get('hearth');
    const { run } = database;
    const spy = vi.spyOn(database, 'run').mockImplementationOnce(async (...args) => {
      const answer = await run.apply(database, args);
      await world.change(own._id, withdrawal);
      return answer;
    });
    const { page, errors } = await ask({ brands });
    spy.mockRestore();
    expect(errors).toEqual([]);
    expect(shown(page)).toEqual(pairs.map(membersOf));
  });

  it('are refused to tokens of one brand alike for a brand out of reach and one that is not there', async () => {
    const { token } = await served.opened.tokens.create({
      role: 'staff',
      reference: 'staff_1',
      brandHandles: ['wren'],
      purpose: 'group-service',
    });
    const answers = await Promise.all(['hearth', 'linden'].map((brand) => ask({ brands: ['wren', brand] }, token)));
    for (const { page, errors } of answers) {
      expect(page).toBeNull();
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: ['brands', '1'] } }]);
    }
    expect(answers[0]?.errors[0]?.message).toBe(answers[1]?.errors[0]?.message);
    const withoutScope = await served.opened.tokens.create({ role: 'analyst', reference: 'analyst_1' });
    const refused = await ask({ brands }, withoutScope.token);
    expect(refused.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });
});
