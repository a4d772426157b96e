import { buildSchema, isEnumType, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { readSchema } from '../../scripts/sdl.js';
import * as rules from './schema-rules.js';
import * as shapeRules from './schema-shape-rules.js';

const schema = readSchema();

/** A schema that keeps every rule, to which a sin is added. */
const clean = `
"Scopes." directive @requiresScopes("Names." scopes: [String!]!) on FIELD_DEFINITION | OBJECT
"Open." directive @public on FIELD_DEFINITION | OBJECT
"Cost." directive @cost("Units." weight: Int!) on FIELD_DEFINITION
"Personal." directive @personal on FIELD_DEFINITION | INPUT_FIELD_DEFINITION
"A thing." interface Node { "Id." id: ID! }
"A refusal." interface UserError { "Words." message: String! }
"Page." type PageInfo { "More?" hasNextPage: Boolean! }
"What can be read." type Query { "A cat." cat: Cat @requiresScopes(scopes: ["read-cats"]) }
"What can be done." type Mutation {
  "Adds." catAdd("Cat." input: CatAddInput!): CatAddPayload @requiresScopes(scopes: ["create-cats"])
}
"A cat." type Cat implements Node @requiresScopes(scopes: ["read-cats"]) { "Id." id: ID! }
"A new cat." input CatAddInput { "Key." idempotencyKey: String }
"Answer." type CatAddPayload { "Cat." cat: Cat "Why." userErrors: [CatUserError!]! }
"A refusal." type CatUserError implements UserError { "Words." message: String! "Code." code: CatErrorCode! }
"Codes." enum CatErrorCode { "None." NOT_FOUND }
`;

/** The clean schema with one thing replaced or added. */
function withSin(from: string, to: string) {
  expect(clean).toContain(from);
  return buildSchema(clean.replace(from, to).replaceAll('"More?"', '"More."'));
}

const query = '"A cat." cat: Cat @requiresScopes(scopes: ["read-cats"])';
const cases: { name: string; rule: rules.SchemaRule; sins: [from: string, to: string][] }[] = [
  {
    name: 'everything has a description',
    rule: rules.everythingIsDescribed,
    sins: [
      ['"A cat." type Cat', 'type Cat'],
      ['"Cat." input: CatAddInput!', 'input: CatAddInput!'],
      ['"None." NOT_FOUND', 'NOT_FOUND'],
      ['"Key." idempotencyKey', 'idempotencyKey'],
      ['"Units." weight', 'weight'],
      ['"Codes." enum', '"Codes" enum'],
    ],
  },
  {
    name: 'mutations have one shape',
    rule: rules.mutationsHaveOneShape,
    sins: [
      ['"Cat." input: CatAddInput!', '"Cat." input: CatAddInput'],
      ['"Cat." input: CatAddInput!', '"Cat." input: CatAddInput! "Brand." brand: ID'],
      ['): CatAddPayload', '): Cat'],
      ['"Cat." cat: Cat "Why."', '"Cat." cat: Cat! "Why."'],
      ['userErrors: [CatUserError!]!', 'userErrors: [CatUserError!]'],
      ['userErrors: [CatUserError!]!', 'errors: [CatUserError!]!'],
      ['"Code." code: CatErrorCode!', '"Code." code: String!'],
      ['CatUserError implements UserError {', 'CatUserError {'],
    ],
  },
  {
    name: 'mutations can be repeated',
    rule: rules.mutationsCanBeRepeated,
    sins: [['"Key." idempotencyKey', '"Key." key']],
  },
  {
    name: 'every way in names its scopes',
    rule: rules.everythingIsGuarded,
    sins: [
      [query, '"A cat." cat: Cat'],
      ['implements Node @requiresScopes(scopes: ["read-cats"])', 'implements Node'],
    ],
  },
  {
    name: 'scopes are named verb first',
    rule: rules.scopesAreNamedVerbFirst,
    sins: [['scopes: ["create-cats"]', 'scopes: ["cats:create"]']],
  },
  {
    name: 'fields with a read of their own are nullable',
    rule: rules.ownReadsAreNullable,
    sins: [
      [query, '"A cat." cat: Cat! @requiresScopes(scopes: ["read-cats"])'],
      ['{ "Id." id: ID! }\n"A new', '{ "Id." id: ID! "Owner." owner: Cat! @cost(weight: 1) }\n"A new'],
    ],
  },
  {
    name: 'connections have one shape',
    rule: shapeRules.connectionsHaveOneShape,
    sins: [
      [
        query,
        `${query} "Cats." cats(first: Int = 20, after: String): CatConnection } type CatConnection { edges: [Cat] `,
      ],
      [
        query,
        `${query} "Cats." cats: CatConnection }
        type CatConnection { edges: [CatEdge!]! nodes: [Cat!]! pageInfo: PageInfo! totalCount: Int }
        type CatEdge { cursor: String! node: Cat! `,
      ],
      [
        query,
        `${query} cats(first: Int = 20, after: String): CatConnection }
        type CatConnection { edges: [CatEdge!]! nodes: [Cat!]! pageInfo: PageInfo! totalCount: Int! }
        type CatEdge { cursor: String! node: Cat! `,
      ],
    ],
  },
  {
    name: 'every type is reachable',
    rule: shapeRules.everyTypeIsReachable,
    sins: [['"Codes." enum', '"Left over." enum DogErrorCode { "None." NOT_FOUND } "Codes." enum']],
  },
  {
    name: 'names are regular',
    rule: shapeRules.namesAreRegular,
    sins: [
      [query, `${query} CAT: Cat`],
      [query, `${query} known: Boolean`],
      ['NOT_FOUND', 'notFound'],
      ['"Cat." cat: Cat "Why."', '"Cat." cat_name: String "Why."'],
      ['"A new cat."', '"Odd." input CatThing { "Name." name: String } "A new cat."'],
    ],
  },
  {
    name: 'values of a person are marked',
    rule: shapeRules.personalValuesAreMarked,
    sins: [
      ['"Key." idempotencyKey: String', '"Key." idempotencyKey: String "Name." firstName: String'],
      [query, `${query} "Mail." email: String`],
    ],
  },
  {
    name: 'deprecations say what to use and until when',
    rule: shapeRules.deprecationsSayWhen,
    sins: [[query, `${query} "Old." pet: Cat @deprecated(reason: "old")`]],
  },
];

// PageInfo is in the clean schema for the connection sins and is otherwise left over.
const cleanSchema = buildSchema(
  clean.replaceAll('"More?"', '"More."').replace(query, `${query} "Page." page: PageInfo @public`),
);

describe.each(cases)('the contract: $name', ({ rule, sins }) => {
  it('holds for the schema we ship', () => {
    expect(rule(schema)).toEqual([]);
  });

  it('has nothing to say about a clean schema', () => {
    expect(rule(cleanSchema)).toEqual([]);
  });

  it.each(sins)('notices %s becoming %s', (from, to) => {
    expect(rule(withSin(from, to)).length).toBeGreaterThan(0);
  });
});

describe('the contract', () => {
  it('offers nothing that this release does not do', () => {
    expect(schema.getSubscriptionType()).toBeFalsy();
    const mutations = Object.keys(schema.getMutationType()?.getFields() ?? {}).sort();
    expect(mutations).toEqual([
      'addressAdd',
      'addressRemove',
      'addressUpdate',
      'crossBrandLinkActivate',
      'crossBrandLinkDecline',
      'crossBrandLinkEnrol',
      'crossBrandLinkResend',
      'crossBrandLinkWithdraw',
      'duplicateDismiss',
      'identityAdd',
      'identityRemove',
      'identityUpdate',
      'interactionIngest',
      'mergeBatchCancel',
      'mergeBatchCreate',
      'mergeBatchPause',
      'mergeBatchStart',
      'mergeUndo',
      'profileCreate',
      'profileMerge',
      'profileUpdate',
      'transactionIngest',
    ]);
    const queries = Object.keys(schema.getQueryType()?.getFields() ?? {}).sort();
    expect(queries).toEqual([
      'activation',
      'brand',
      'brands',
      'consents',
      'duplicateCandidates',
      'groupCustomer',
      'groupCustomers',
      'identity',
      'mergeBatches',
      'mergePreview',
      'merges',
      'node',
      'nodes',
      'profile',
      'profileSearch',
      'profiles',
      'transaction',
      'viewer',
    ]);
  });

  it('tells staff four things about another brand, none of them whether somebody is a customer there', () => {
    const states = schema.getType('LinkOptionState');
    expect(isEnumType(states) && states.getValues().map((value) => value.name)).toEqual([
      'LINKED',
      'PENDING',
      'INVITABLE',
      'UNAVAILABLE',
    ]);
    const option = schema.getType('LinkOption');
    expect(isObjectType(option) && Object.keys(option.getFields())).not.toContain('profile');
  });
});
