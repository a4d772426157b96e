import type { InteractionRow } from '../activity/interaction.js';
import { type SaleContent, type TransactionRow, transactionIdOf, transactionRow } from '../activity/transaction.js';
import type { BrandEntry } from '../brands/brands.js';
import type { Uuid } from '../kernel/ids.js';
import { type SeededRandom, seededRandom } from '../kernel/random.js';
import { type PlannedProfile, planNewProfile } from '../profiles/new-profile.service.js';
import { isKnownCustomer, type ProfileValues, type StoredChannel } from '../profiles/profile.js';
import type { RewardRow, WalletRow } from '../wallet/wallet.js';
import { demoInteractions } from './interactions.js';
import { demoSeed, type Membership, type Person } from './people.js';

/** The day on which everything in the demo ends. Fixed, so that the demo is the same on every day. */
const demoToday = new Date('2026-11-22T00:00:00.000Z');
const dayMs = 86_400_000;

/** What the demo writes for one profile. */
export interface DemoProfile {
  readonly planned: PlannedProfile;
  readonly transactions: readonly TransactionRow[];
  readonly interactions: readonly InteractionRow[];
  readonly wallet: WalletRow | null;
  readonly rewards: readonly RewardRow[];
}

/** Articles by place of the brand in the configuration: name and price in minor units. */
const articles: readonly (readonly (readonly [string, number])[])[] = [
  [
    ['Linen shirt', 12_995],
    ['Wool blazer', 39_900],
    ['Chinos', 11_950],
    ['Leather belt', 6_900],
    ['Merino jumper', 15_900],
  ],
  [
    ['Midi skirt', 12_995],
    ['Silk blouse', 17_900],
    ['Trench coat', 34_900],
    ['Denim jeans', 13_950],
    ['Cashmere scarf', 9_900],
  ],
  [
    ['Stoneware bowl', 4_950],
    ['Linen sheets', 24_900],
    ['Table lamp', 18_900],
    ['Wool throw', 16_900],
    ['Candle', 3_900],
  ],
];

/** The generator behind one profile: the same profile, ids included, whoever makes it. */
export function profileRandom(person: Person, membership: Membership, isDuplicate: boolean): SeededRandom {
  return seededRandom(demoSeed + person.number * 104_729 + membership.brand * 31 + (isDuplicate ? 17 : 0));
}

/** A person's profile in one brand; the second time, as the duplicate that somebody made at a till. */
export function demoProfile(
  entry: BrandEntry,
  person: Person,
  membership: Membership,
  isDuplicate: boolean,
  random: SeededRandom,
  locationIds: readonly Uuid[],
): DemoProfile {
  const joinedAt = new Date(demoToday.getTime() - membership.daysAgo * dayMs + random.below(dayMs));
  const values = isDuplicate ? duplicateValues(person, membership, random) : valuesOf(person, membership);
  const serial = `${person.number}${isDuplicate ? '-2' : ''}`;
  const planned = planNewProfile({
    brand: entry.brand,
    values,
    comms: { channels: channelsOf(values, joinedAt, isDuplicate, random) },
    identities: identitiesOf(person, membership, isDuplicate),
    addresses:
      isDuplicate || random.next() > 0.7
        ? []
        : [{ ...person.address, line2: null, line3: null, company: null, countryCode: 'AU' }],
    tags: tagsOf(random),
    now: joinedAt,
    joinedAt,
    createdAt: joinedAt,
    ids: () => random.uuid(),
    type: isKnownCustomer(values) ? 'ACTIVE' : 'INCOMPLETE',
  });
  const accountId = planned.profile._id;
  const sales = isDuplicate ? Math.min(3, Math.ceil(membership.sales / 3)) : membership.sales;
  const transactions = Array.from({ length: sales }, (_, n) =>
    demoSale(entry, accountId, `D-${serial}-${n + 1}`, joinedAt, random, locationIds),
  );
  const spent = transactions.reduce((sum, each) => sum + each.total, 0);
  const points = { definition: 'style', available: Math.floor(spent / 100), pending: 0, held: 0, debt: 0 };
  const rewards = spent > 60_000 ? [rewardOf(accountId, entry.brand.currencyCode, random)] : [];
  const between = { from: joinedAt, to: demoToday };
  return {
    planned,
    transactions,
    interactions: demoInteractions(entry, { id: accountId, serial }, between, random, locationIds),
    wallet: spent === 0 ? null : { _id: accountId, rev: 1, points: [points] },
    rewards,
  };
}

function valuesOf(person: Person, membership: Membership): ProfileValues {
  return {
    firstName: person.firstName,
    lastName: person.lastName,
    ...(membership.hasEmail ? { email: person.email } : {}),
    ...(membership.hasMobile ? { mobilePhone: person.mobilePhone } : {}),
    ...(person.birthDate === null ? {} : { birthDate: person.birthDate }),
    ...(person.gender === null ? {} : { gender: person.gender }),
  };
}

/** What makes it a duplicate: another contact and, often, a name as it was heard. */
function duplicateValues(person: Person, membership: Membership, random: SeededRandom): ProfileValues {
  const firstName =
    person.number === 0
      ? 'May'
      : random.next() < 0.5
        ? person.firstName
        : person.firstName.slice(0, Math.max(2, person.firstName.length - 1));
  const [local, host] = person.email.split('@');
  const contact = membership.hasMobile ? { email: `${local}+2@${host}` } : { mobilePhone: person.mobilePhone };
  return { firstName, lastName: person.lastName, ...contact };
}

function channelsOf(values: ProfileValues, at: Date, isDuplicate: boolean, random: SeededRandom): StoredChannel[] {
  const channel = (name: StoredChannel['channel'], isOptedOut: boolean): StoredChannel => ({
    channel: name,
    isPromotional: random.next() < 0.7,
    isOptedOut,
    isBounced: false,
    categories: [],
    updatedAt: at,
  });
  const channels: StoredChannel[] = [];
  if (values.email) channels.push(channel('EMAIL', random.next() < 0.05));
  if (values.mobilePhone) channels.push(channel('SMS', isDuplicate || random.next() < 0.08));
  return channels;
}

function identitiesOf(
  person: Person,
  membership: Membership,
  isDuplicate: boolean,
): { handle: string; identifier: string; isPrimary?: boolean }[] {
  const card = (n: number) => `LY-${String(1_000_000 + person.number * 4 + n).padStart(7, '0')}`;
  if (person.number === 0) {
    if (membership.brand !== 1) return [];
    return [{ handle: 'loyalty-card', identifier: isDuplicate ? 'LY-1200045' : 'LY-8831227', isPrimary: true }];
  }
  if (isDuplicate) return [{ handle: 'loyalty-card', identifier: card(2) }];
  return [
    ...(membership.cards > 0 ? [{ handle: 'loyalty-card', identifier: card(1), isPrimary: true }] : []),
    ...(membership.hasShop ? [{ handle: 'shopify', identifier: String(6_432_000_000_000 + person.number) }] : []),
  ];
}

function tagsOf(random: SeededRandom): string[] {
  const tags = ['newsletter', 'vip-event', 'sale-lover', 'gift-buyer'];
  return random.next() < 0.35 ? [random.pick(tags)] : [];
}

function demoSale(
  entry: BrandEntry,
  accountId: Uuid,
  externalId: string,
  joinedAt: Date,
  random: SeededRandom,
  locationIds: readonly Uuid[],
): TransactionRow {
  const transactedAt = new Date(
    joinedAt.getTime() + Math.floor(random.next() * (demoToday.getTime() - joinedAt.getTime())),
  );
  const place = ['alder', 'wren', 'hearth'].indexOf(entry.brand.handle);
  const [name, price] = random.pick(articles[place < 0 ? 2 : place] as (typeof articles)[number]);
  const quantity = random.next() < 0.85 ? 1 : 2;
  const total = price * quantity;
  const system = random.next() < 0.7 ? 'pos' : 'shopify';
  const id = transactionIdOf(entry.brand.handle, system, externalId);
  const content: SaleContent = {
    system,
    externalId,
    type: 'PURCHASE',
    currency: entry.brand.currencyCode,
    total,
    totalOriginal: total,
    tax: Math.round(total / 11),
    items: [
      {
        lineId: '1',
        sku: name.toUpperCase().replace(/[^A-Z]+/g, '-'),
        name,
        quantity: String(quantity),
        unitPrice: price,
        unitPriceOriginal: null,
        netTotal: total,
      },
    ],
    payments: [{ method: random.next() < 0.8 ? 'card' : 'cash', amount: total }],
    locationCode: null,
    receiptRef: system === 'pos' ? externalId : null,
    returnOfExternalId: null,
    transactedAt,
  };
  // The content hash names no customer: whoever sends a demo sale again is told that it differs.
  return transactionRow(content, {
    id,
    accountId,
    locationId: system === 'pos' ? random.pick(locationIds) : null,
    returnOf: null,
    receivedAt: transactedAt,
    contentHash: id.replaceAll('-', ''),
  });
}

function rewardOf(accountId: Uuid, currency: string, random: SeededRandom): RewardRow {
  const value = 1_000 * (1 + random.below(3));
  return {
    _id: random.uuid(),
    accountId,
    definition: 'welcome-back',
    name: 'Welcome back',
    valueInitial: value,
    valueRemaining: value,
    currency,
    issuedAt: new Date(demoToday.getTime() - random.below(60) * dayMs),
    expiresAt: new Date(demoToday.getTime() + (200 + random.below(165)) * dayMs),
  };
}
