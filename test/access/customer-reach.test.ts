import {
  type GraphQLField,
  type GraphQLObjectType,
  getNamedType,
  isAbstractType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { customerScopes } from '../../src/access/bound-token.js';
import { boundNodeFields, boundRootFields, isSomebodys, outsideBinding } from '../../src/graphql/bound-access.js';
import { buildSchema, readTypeDefs } from '../../src/graphql/schema.js';
import { SchemaPolicy } from '../../src/graphql/schema-policy.js';
import { aProfile } from '../support/factories/profile.js';
import { boundTo, type CustomerServer, openCustomerServer } from './customer-server.js';

const schema = buildSchema(readTypeDefs(), []);
const policy = new SchemaPolicy(schema);
type Field = GraphQLField<unknown, unknown>;

let stage: CustomerServer;
let narrow: string;
let wide: string;
beforeAll(async () => {
  stage = await openCustomerServer();
  const profile = await aProfile(stage.group, 'wren');
  narrow = await stage.tokenFor(profile);
  wide = await stage.wideTokenFor(boundTo(profile), ['*']);
});
afterAll(() => stage?.close());

const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].filter(
  (type): type is GraphQLObjectType => isObjectType(type),
);
const rootFields = roots.flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })));

const isComposite = (field: Field): boolean =>
  isObjectType(getNamedType(field.type)) || isAbstractType(getNamedType(field.type));

/** A field with its arguments as variables, which nobody gives: whether it may be asked for is decided before they are missed. */
function written(field: Field): { variables: string; text: string } {
  const wanted = field.args.filter(isRequiredArgument);
  const names = wanted.map((argument) => `${argument.name}: $${argument.name}`).join(', ');
  return {
    variables: wanted.map((argument) => `$${argument.name}: ${argument.type}`).join(', '),
    text: `${field.name}${names === '' ? '' : `(${names})`}${isComposite(field) ? ' { __typename }' : ''}`,
  };
}

function operation(kind: string, variables: string, text: string): string {
  return `${kind}${variables === '' ? '' : ` (${variables})`} { ${text} }`;
}

/** Fields that somebody with these scopes can come to from the roots open to customers, as `Type.field`. */
function reachable(scopes: readonly string[]): string[] {
  const found = new Set<string>();
  const waiting = roots.flatMap((type) =>
    Object.values(type.getFields())
      .filter((field) => boundRootFields.has(`${type.name}.${field.name}`))
      .map((field) => ({ type, field })),
  );
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { type, field } = next;
    const coordinate = `${type.name}.${field.name}`;
    if (found.has(coordinate) || !policy.of(type, field).scopes.every((scope) => scopes.includes(scope))) continue;
    found.add(coordinate);
    const given = getNamedType(field.type);
    const types = isAbstractType(given) ? schema.getPossibleTypes(given) : isObjectType(given) ? [given] : [];
    for (const each of types) {
      for (const inner of Object.values(each.getFields())) waiting.push({ type: each, field: inner });
    }
  }
  return [...found].sort();
}

function leadsToSomebody(coordinate: string): boolean {
  const [typename = '', name = ''] = coordinate.split('.');
  const type = schema.getType(typename);
  const field = isObjectType(type) ? type.getFields()[name] : undefined;
  return field !== undefined && isSomebodys(schema, getNamedType(field.type).name);
}

/** Every field within a customer's scopes that leads to rows with an id, and why it is open or closed. */
const judged: Readonly<Record<string, string>> = {
  'Viewer.profile': 'open: the profile that the token is bound to, never the one it was merged into',
  'Profile.addresses': 'open: rows of its accounts',
  'Profile.crossBrandLinks': 'open: links with one of its accounts at an end',
  'IdentityConnection.nodes': 'open: from Profile.identities alone, claims of its accounts',
  'IdentityEdge.node': 'open: as IdentityConnection.nodes',
  'Identity.profile': 'open: the profile the identity was reached from',
  'TransactionConnection.nodes': 'open: from Profile.transactions alone, rows of its accounts',
  'TransactionEdge.node': 'open: as TransactionConnection.nodes',
  'Transaction.profile': 'open: the profile of its account; transactions are reached from the own profile alone',
  'Transaction.returnOf': 'closed: goods may be returned by another customer than the one who bought them',
  'RewardConnection.nodes': 'open: from Wallet.rewards alone, rows of its accounts',
  'RewardEdge.node': 'open: as RewardConnection.nodes',
  'CrossBrandLink.consent': 'open: the consent of a link of its own',
  'CrossBrandLinkEnd.profile':
    'open: at the own end the own profile; the other end lies in a brand that is not the token’s',
  'ConsentConnection.nodes': 'open: consents only lists those of links with an end at one of its accounts',
  'ConsentEdge.node': 'open: as ConsentConnection.nodes',
};

describe('root fields', () => {
  it.each(rootFields.map(({ type, field }) => [`${type.name}.${field.name}`, type, field] as const))(
    '%s is closed to customers unless the list says otherwise, whatever is granted',
    async (coordinate, type, field) => {
      const { variables, text } = written(field);
      const query = operation(type === schema.getMutationType() ? 'mutation' : 'query', variables, text);
      const { status, data, errors } = await stage.ask(wide, query);
      const isForbidden = errors.some((error) => error.extensions['code'] === 'FORBIDDEN');
      expect(isForbidden).toBe(!boundRootFields.has(coordinate));
      if (isForbidden) expect({ status, data }).toEqual({ status: 403, data: null });
    },
  );

  it('that are open all exist', () => {
    const names = rootFields.map(({ type, field }) => `${type.name}.${field.name}`);
    expect([...boundRootFields].filter((name) => !names.includes(name))).toEqual([]);
  });

  it('that are new are closed until somebody opens them', () => {
    const extended = buildSchema(`${readTypeDefs()} extend type Query { gossip: String }`, []);
    const selection = new Map([['Query', new Set(['viewer', 'gossip', '__typename'])]]);
    expect(outsideBinding(extended, selection)).toEqual(['Query.gossip']);
  });

  it.each([
    ['beside an open one', '{ viewer { role } nodes(ids: []) { id } }'],
    ['under an alias', '{ viewer: node(id: "brand_wren") { id } }'],
    ['in a fragment', '{ ...Q } fragment Q on Query { brands { handle } node(id: "brand_wren") { id } }'],
    ['that is skipped', '{ viewer { role } node(id: "brand_wren") @skip(if: true) { id } }'],
    ['in an operation that is not chosen', 'query { viewer { role } }  fragment F on Query { node(id: "x") { id } }'],
  ])('%s close the whole document', async (_where, query) => {
    const { data, errors } = await stage.ask(wide, query);
    expect(data).toBeNull();
    expect(errors.map((error) => error.extensions['code'])).toEqual([
      query.includes('fragment F') ? 'GRAPHQL_VALIDATION_FAILED' : 'FORBIDDEN',
    ]);
  });
});

describe("what hangs on a customer's own profile", () => {
  it('has been judged field by field wherever it leads to rows with an id', () => {
    const leading = reachable(customerScopes).filter(leadsToSomebody);
    expect(leading).toEqual(Object.keys(judged).sort());
    const open = Object.keys(judged).filter((name) => judged[name]?.startsWith('open'));
    expect([...boundNodeFields].sort()).toEqual(open.sort());
  });

  it('leads to profiles by four fields alone', () => {
    const leading = reachable(customerScopes).filter((name) => {
      const [typename = '', field = ''] = name.split('.');
      const type = schema.getType(typename) as GraphQLObjectType;
      return getNamedType((type.getFields()[field] as Field).type).name === 'Profile';
    });
    expect(leading).toEqual(['CrossBrandLinkEnd.profile', 'Identity.profile', 'Transaction.profile', 'Viewer.profile']);
  });

  const profileType = schema.getType('Profile') as GraphQLObjectType;
  const openFields = Object.values(profileType.getFields()).filter((field) =>
    policy.of(profileType, field).scopes.every((scope) => (customerScopes as readonly string[]).includes(scope)),
  );

  // A plain value of the own profile leads nowhere.
  const leadingFields = Object.values(profileType.getFields()).filter(
    (field) => isComposite(field) || !openFields.includes(field),
  );

  it.each(leadingFields.map((field) => [field.name, field] as const))(
    'has %s exactly where its scopes are a customer’s, whatever is granted',
    async (_name, field) => {
      const { variables, text } = written(field);
      const { errors } = await stage.ask(wide, operation('query', variables, `viewer { profile { ${text} } }`));
      const codes = errors.map((error) => error.extensions['code']);
      expect(codes).toEqual(openFields.includes(field) ? [] : ['FORBIDDEN']);
    },
  );

  it('holds none of the fields that are about other profiles of the brand', () => {
    const names = openFields.map((field) => field.name);
    for (const closed of ['mergeability', 'merges', 'duplicateCandidates', 'linkOptions', 'groupCustomer']) {
      expect(Object.keys(profileType.getFields())).toContain(closed);
      expect(names).not.toContain(closed);
    }
  });

  it('does not lead to the purchase that a return takes back', async () => {
    const query = '{ viewer { profile { transactions { nodes { returnOf { id profile { id } } } } } } }';
    for (const token of [narrow, wide]) {
      const { status, errors } = await stage.ask(token, query);
      expect(status).toBe(403);
      expect(errors).toMatchObject([
        { message: expect.stringContaining('Transaction.returnOf'), extensions: { code: 'FORBIDDEN' } },
      ]);
    }
  });
});

describe('scopes of a customer', () => {
  it('are cut down to what customers may have', async () => {
    const { data } = await stage.ask(wide, '{ viewer { scopes } }');
    expect(data).toEqual({ viewer: { scopes: [...customerScopes].sort() } });
  });

  it('show no other brand', async () => {
    const { data } = await stage.ask(wide, '{ brands { handle } alder: brand(handle: "alder") { name } }');
    expect(data).toEqual({ brands: [{ handle: 'wren' }], alder: null });
  });
});
