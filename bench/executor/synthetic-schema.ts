import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import DataLoader from 'dataloader';
import { packageRoot } from '../../src/graphql/schema.js';
import { type BrandRows, type ChildRow, type CustomerRow, type LinkRow, syntheticRows } from './customers.js';

/** The synthetic contract: the packaged base with one noun, under the same rules as the real nouns. */
export const typeDefs = `
${readFileSync(join(packageRoot, 'schema', 'base.graphql'), 'utf8')}
extend type Query {
  customers(brand: BrandHandle!, first: Int! = 20): CustomerConnection @requiresScopes(scopes: ["read-profiles"]) @cost(weight: 1)
}
extend type Mutation { nothing: String @requiresScopes(scopes: []) }
type CustomerConnection @requiresScopes(scopes: ["read-profiles"]) { nodes: [Customer!]! }
type Customer implements Node @requiresScopes(scopes: ["read-profiles"]) {
  id: ID!  brand: BrandHandle!  localId: UUID!  title: String @personal(category: NAME)
  firstName: String @personal(category: NAME)  lastName: String @personal(category: NAME)
  displayName: String @personal(category: NAME)  email: EmailAddress @personal(category: CONTACT)
  mobilePhone: PhoneNumber @personal(category: CONTACT)  birthDate: Date @personal(category: DEMOGRAPHIC)
  gender: String @personal(category: DEMOGRAPHIC)  language: String  timeZone: String  isActive: Boolean!
  isVerified: Boolean!  tier: Tier!  points: Int!  orderCount: Int!  totalSpent: Decimal!  note: String
  createdAt: DateTime!  updatedAt: DateTime!  lastSeenAt: DateTime
  identities: [Identity!]  addresses: [Address!]  links: [Link!]
}
enum Tier { BRONZE SILVER GOLD }
type Identity @requiresScopes(scopes: ["read-profiles"]) {
  id: ID!  handle: String!  value: String! @personal(category: IDENTIFIER)  createdAt: DateTime!
}
type Address @requiresScopes(scopes: ["read-profiles"]) {
  id: ID!  label: String  line1: String @personal(category: CONTACT)  line2: String @personal(category: CONTACT)
  city: String @personal(category: CONTACT)  region: String  postcode: String  countryCode: CountryCode  isDefault: Boolean!
}
type Link @requiresScopes(scopes: ["read-profiles"]) {
  id: ID!  state: String!  purpose: String!  openedAt: DateTime!  customer: Customer
}
`;

/** 50 customers × (21 values, 3 identities, 2 addresses, 2 links → customer of another brand → 3 identities). */
export const listQuery = `query List($brand: BrandHandle!) {
  customers(brand: $brand, first: 50) {
    nodes {
      id brand localId title firstName lastName displayName email mobilePhone birthDate gender language timeZone
      isActive isVerified tier points orderCount createdAt updatedAt lastSeenAt
      identities { id handle value createdAt }
      addresses { id label line1 city region postcode countryCode isDefault line2 }
      links {
        id state purpose openedAt
        customer {
          id brand firstName lastName displayName email mobilePhone birthDate isActive tier points totalSpent
          identities { id handle value createdAt }
        }
      }
    }
  }
}`;

/** The queries that are measured. */
export const queries = {
  list: { query: listQuery, variables: { brand: 'alder' } },
  floor: { query: '{ __typename }', variables: {} },
} as const;

/** Name of a measured query. */
export type QueryName = keyof typeof queries;

/** Loaders of one request: one per brand and collection, each batch one trip to a source that answers a turn later. */
export interface Loaders {
  customer(brand: string): DataLoader<string, CustomerRow | null>;
  child(collection: 'identities' | 'addresses' | 'links', brand: string): DataLoader<string, readonly ChildRow[]>;
}

const rows = syntheticRows();

/** Batches that the sources answered, to see that every stack asks the same. */
export const sourceCounters = { batches: 0, keys: 0 };

function answer<T>(keys: number, give: () => T): Promise<T> {
  sourceCounters.batches += 1;
  sourceCounters.keys += keys;
  return new Promise((resolve) => {
    setImmediate(() => resolve(give()));
  });
}

function loader<V>(read: (key: string) => V): DataLoader<string, V> {
  return new DataLoader<string, V>((keys) => answer(keys.length, () => keys.map(read)), {
    batchScheduleFn: (callback) => setImmediate(callback),
  });
}

/** Fresh loaders for a request. */
export function createLoaders(): Loaders {
  const made = new Map<string, DataLoader<string, never>>();
  const once = <V>(key: string, make: () => DataLoader<string, V>): DataLoader<string, V> => {
    const found = made.get(key) ?? make();
    made.set(key, found as DataLoader<string, never>);
    return found as DataLoader<string, V>;
  };
  const of = (brand: string): BrandRows => rows.get(brand) as BrandRows;
  return {
    customer: (brand) => once(`customers ${brand}`, () => loader((id) => of(brand).customers.get(id) ?? null)),
    child: (collection, brand) =>
      once(`${collection} ${brand}`, () => loader((id): readonly ChildRow[] => of(brand)[collection].get(id) ?? [])),
  };
}

/** Resolvers over the sources; `loadersOf` finds the loaders in whatever context a stack has. */
export function createResolvers<Context>(loadersOf: (context: Context) => Loaders): object {
  const child =
    (collection: 'identities' | 'addresses' | 'links') => (row: CustomerRow, _: unknown, context: Context) =>
      loadersOf(context)
        .child(collection, row['brand'] as string)
        .load(row.id);
  return {
    Query: {
      customers: (_: unknown, args: { brand: string; first: number }) =>
        answer(1, () => ({ nodes: [...(rows.get(args.brand)?.customers.values() ?? [])].slice(0, args.first) })),
      node: () => null,
      nodes: () => [],
    },
    Customer: { identities: child('identities'), addresses: child('addresses'), links: child('links') },
    Link: {
      customer: (row: LinkRow, _: unknown, context: Context) =>
        loadersOf(context).customer(row.brand).load(row.otherId),
    },
  };
}
