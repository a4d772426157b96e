import { addInteractions } from '../activity/interaction.service.js';
import type { LocationRow } from '../activity/location.js';
import { insertLocations } from '../activity/location.service.js';
import { addTransactions } from '../activity/transaction.service.js';
import type { BrandEntry } from '../brands/brands.js';
import { readMeta, writeMeta } from '../brands/meta.js';
import { runTransaction } from '../brands/transaction.js';
import { Deadline } from '../kernel/clock.js';
import { seededRandom } from '../kernel/random.js';
import { insertNewProfiles } from '../profiles/new-profile.service.js';
import { insertDefinitions, insertRewards, insertWallets } from '../wallet/wallet.service.js';
import { places } from './names.js';
import { demoSeed, makePeople, peopleCount } from './people.js';
import { type DemoProfile, demoProfile, profileRandom } from './rows.js';

/** Note that a brand keeps once it is seeded. */
const metaId = 'demo';
/** Profiles written at once. */
const profilesPerBatch = 250;
/** One batch may take so long: far more than it does, but not for ever. */
const batchDeadlineMs = 60_000;
/** Stores of each brand. */
const locationsPerBrand = 8;

/** What a seeding has written. */
export interface SeedCount {
  people: number;
  profiles: number;
  duplicates: number;
  transactions: number;
}

/** One seeding. */
export interface SeedOptions {
  /** Brands to seed, in the order of the configuration. */
  readonly entries: readonly BrandEntry[];
  readonly people?: number;
  /** Called with people done and people in all. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Fills empty brands with made-up people, the same ones every time. A brand that was seeded before is left as it is; one
 * whose seeding was interrupted starts afresh. Returns null when nothing was to be done.
 */
export async function seedDemo(options: SeedOptions): Promise<SeedCount | null> {
  const states = await Promise.all(options.entries.map((entry) => readMeta(entry.database, metaId)));
  if (states.every((state) => state?.['isDone'] === true)) return null;
  const total = options.people ?? peopleCount;
  const brands = await Promise.all(
    options.entries.map((entry, index) => startBrand(entry, index, states[index]?.['isDone'] === true)),
  );
  const count: SeedCount = { people: 0, profiles: 0, duplicates: 0, transactions: 0 };
  for (const person of makePeople(total, brands.length)) {
    for (const membership of person.memberships) {
      const brand = brands[membership.brand];
      if (brand === undefined || brand.isDone) continue;
      for (const isDuplicate of membership.isDuplicated ? [false, true] : [false]) {
        const random = profileRandom(person, membership, isDuplicate);
        const profile = demoProfile(brand.entry, person, membership, isDuplicate, random, brand.locationIds);
        brand.waiting.push(profile);
        count.profiles += 1;
        count.transactions += profile.transactions.length;
        if (isDuplicate) count.duplicates += 1;
      }
      if (brand.waiting.length >= profilesPerBatch) await writeBatch(brand);
    }
    count.people += 1;
    if (count.people % 50 === 0) options.onProgress?.(count.people, total);
  }
  for (const brand of brands) {
    await writeBatch(brand);
    await brand.writing;
    if (!brand.isDone) await writeMeta(brand.entry.database, metaId, { isDone: true, people: total, seed: demoSeed });
  }
  return count;
}

interface SeedingBrand {
  readonly entry: BrandEntry;
  readonly isDone: boolean;
  readonly locationIds: readonly string[];
  waiting: DemoProfile[];
  writing: Promise<void>;
}

async function startBrand(entry: BrandEntry, index: number, isDone: boolean): Promise<SeedingBrand> {
  const random = seededRandom(demoSeed + index);
  const locations = Array.from({ length: locationsPerBrand }, (_, n): LocationRow => {
    const [city] = places[(n * 3 + index) % places.length] as (typeof places)[number];
    return {
      _id: random.uuid(),
      name: `${entry.brand.name} ${city}`,
      externalCode: `S${index + 1}${String(n + 1).padStart(2, '0')}`,
      timeZone: entry.brand.timeZone,
      isPublished: true,
      isPermanentlyClosed: n === locationsPerBrand - 1,
    };
  });
  if (!isDone) {
    await entry.database.empty();
    await insertLocations(entry, locations);
    await insertDefinitions(entry, [{ handle: 'style', name: 'Style points', type: 'REWARD', decimals: 0 }]);
  }
  return {
    entry,
    isDone,
    locationIds: locations.map((location) => location._id),
    waiting: [],
    writing: Promise.resolve(),
  };
}

/** Hands the waiting profiles over; at most one batch of a brand is under way while the next is made. */
async function writeBatch(brand: SeedingBrand): Promise<void> {
  const batch = brand.waiting;
  brand.waiting = [];
  await brand.writing;
  if (batch.length > 0) brand.writing = writeRows(brand.entry, batch);
}

async function writeRows(entry: BrandEntry, batch: readonly DemoProfile[]): Promise<void> {
  const planned = batch.map((each) => each.planned);
  await runTransaction(entry.database, Deadline.after(batchDeadlineMs), (session) =>
    insertNewProfiles(entry.database, planned, session),
  );
  const transactions = batch.flatMap((each) => each.transactions);
  const interactions = batch.flatMap((each) => each.interactions);
  const wallets = batch.flatMap((each) => (each.wallet === null ? [] : [each.wallet]));
  const rewards = batch.flatMap((each) => each.rewards);
  if (transactions.length > 0) await addTransactions(entry, transactions);
  if (interactions.length > 0) await addInteractions(entry, interactions);
  if (wallets.length > 0) await insertWallets(entry, wallets);
  if (rewards.length > 0) await insertRewards(entry, rewards);
}
