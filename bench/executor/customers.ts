import { type SeededRandom, seededRandom } from '../../src/kernel/random.js';

/** A customer as the synthetic sources hold it: 40 fields, of which the query takes a part. */
export interface CustomerRow {
  readonly __typename: 'Customer';
  readonly id: string;
  readonly [field: string]: unknown;
}

/** A row that belongs to a customer. */
export interface ChildRow {
  readonly id: string;
  readonly customerId: string;
  readonly [field: string]: unknown;
}

/** A link from a customer to one of another brand. */
export interface LinkRow extends ChildRow {
  readonly brand: string;
  readonly otherId: string;
}

/** Everything one brand holds. */
export interface BrandRows {
  readonly customers: ReadonlyMap<string, CustomerRow>;
  readonly identities: ReadonlyMap<string, readonly ChildRow[]>;
  readonly addresses: ReadonlyMap<string, readonly ChildRow[]>;
  readonly links: ReadonlyMap<string, readonly LinkRow[]>;
}

/** The brands of the synthetic group; the query asks the first. */
export const brandHandles = ['alder', 'hearth', 'quill', 'wren'] as const;
const customersPerBrand = 500;
const idHexDigits = 24;

const firstNames = ['Ada', 'Bruno', 'Celeste', 'Dara', 'Emil', 'Freya', 'Goran', 'Hana', 'Imre', 'Juno'];
const lastNames = [
  'Quill',
  'Marsh',
  'Okafor',
  'Lindqvist',
  'Tran',
  'Abernethy',
  'Costa',
  'Nguyen',
  'Ward',
  'Zielinski',
];
const streets = ['Harbour Road', 'Mill Lane', 'Station Street', 'Banksia Avenue', 'Old Coach Way'];
const cities = ['Melbourne', 'Ballarat', 'Geelong', 'Hobart', 'Wagga Wagga'];

function idOf(brand: string, kind: string, n: number): string {
  return `${kind}_${brand}_${n.toString(16).padStart(idHexDigits, '0')}`;
}

function dateOf(random: SeededRandom): Date {
  return new Date(1_600_000_000_000 + random.below(150_000_000) * 1_000);
}

function customerOf(brand: string, n: number, random: SeededRandom): CustomerRow {
  const firstName = random.pick(firstNames);
  const lastName = random.pick(lastNames);
  const extra = Object.fromEntries(
    Array.from({ length: 19 }, (_, at) => [`extra${at}`, `value ${random.below(1_000)}`]),
  );
  return {
    __typename: 'Customer',
    id: idOf(brand, 'cust', n),
    brand,
    localId: random.uuid(),
    title: 'MX',
    firstName,
    lastName,
    displayName: `${firstName} ${lastName}`,
    email: `${firstName}.${lastName}.${n}@example.com`.toLowerCase(),
    mobilePhone: `+614${String(random.below(100_000_000)).padStart(8, '0')}`,
    birthDate: `19${50 + random.below(50)}-0${1 + random.below(9)}-1${random.below(10)}`,
    gender: 'UNSPECIFIED',
    language: 'en-AU',
    timeZone: 'Australia/Melbourne',
    isActive: true,
    isVerified: random.below(2) === 0,
    tier: random.pick(['BRONZE', 'SILVER', 'GOLD']),
    points: random.below(10_000),
    orderCount: random.below(80),
    totalSpent: `${random.below(9_000)}.${10 + random.below(89)}`,
    note: 'Prefers to be called in the afternoon',
    createdAt: dateOf(random),
    updatedAt: dateOf(random),
    lastSeenAt: dateOf(random),
    ...extra,
  };
}

function identitiesOf(brand: string, customer: CustomerRow, n: number, random: SeededRandom): ChildRow[] {
  return ['shopify', 'loyalty-card', 'klaviyo'].map((handle, at) => ({
    id: idOf(brand, 'iden', n * 3 + at),
    customerId: customer.id,
    handle,
    value: random.uuid(),
    createdAt: dateOf(random),
  }));
}

function addressesOf(brand: string, customer: CustomerRow, n: number, random: SeededRandom): ChildRow[] {
  return [0, 1].map((at) => ({
    id: idOf(brand, 'addr', n * 2 + at),
    customerId: customer.id,
    label: at === 0 ? 'Home' : 'Work',
    line1: `${1 + random.below(200)} ${random.pick(streets)}`,
    line2: null,
    city: random.pick(cities),
    region: 'VIC',
    postcode: String(3_000 + random.below(900)),
    countryCode: 'AU',
    isDefault: at === 0,
  }));
}

function linksOf(brand: string, customer: CustomerRow, n: number, random: SeededRandom): LinkRow[] {
  const others = brandHandles.filter((handle) => handle !== brand);
  return [0, 1].map((at) => {
    const other = others[(n + at) % others.length] as string;
    return {
      id: idOf(brand, 'link', n * 2 + at),
      customerId: customer.id,
      brand: other,
      otherId: idOf(other, 'cust', random.below(customersPerBrand)),
      state: 'ACTIVE',
      purpose: 'group-service',
      openedAt: dateOf(random),
    };
  });
}

/** The rows of every brand, the same in every process. */
export function syntheticRows(): ReadonlyMap<string, BrandRows> {
  const random = seededRandom(20_260_701);
  return new Map(
    brandHandles.map((brand) => {
      const customers = Array.from({ length: customersPerBrand }, (_, n) => customerOf(brand, n, random));
      const children = <Row>(make: (brand: string, customer: CustomerRow, n: number, random: SeededRandom) => Row[]) =>
        new Map(customers.map((customer, n) => [customer.id, make(brand, customer, n, random)]));
      return [
        brand,
        {
          customers: new Map(customers.map((customer) => [customer.id, customer])),
          identities: children(identitiesOf),
          addresses: children(addressesOf),
          links: children(linksOf),
        },
      ];
    }),
  );
}
