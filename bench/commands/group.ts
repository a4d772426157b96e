import { randomUUID } from 'node:crypto';
import type { BrandEntry } from '../../src/brands/brands.js';
import type { GroupConfig } from '../../src/brands/config.js';
import { parseConfig } from '../../src/brands/load-config.js';
import { runTransaction } from '../../src/brands/transaction.js';
import { Deadline, systemClock } from '../../src/kernel/clock.js';
import { createLogger } from '../../src/kernel/logger.js';
import { type SeededRandom, seededRandom } from '../../src/kernel/random.js';
import { endKey, type LinkRow } from '../../src/links/cross-brand-link.js';
import { linkCollection } from '../../src/links/link.model.js';
import { type OpenGroup, openGroup } from '../../src/open-group.js';
import { insertNewProfiles, type PlannedProfile, planNewProfile } from '../../src/profiles/new-profile.service.js';

/** The brand whose customers are listed, and those that they are linked to. */
const [asking, ...inviting] = ['alder', 'hearth', 'quill', 'wren'] as const;
const customersPerBrand = 120;
const writeDeadlineMs = 60_000;
const purpose = { code: 'group-service', text: 'To serve you in every brand of the group' };

/** Four brands on the embedded engine in a folder. */
export function benchConfig(folder: string): GroupConfig {
  const brand = (handle: string) => ({
    handle,
    name: handle,
    database: { name: `bench_${handle}` },
    currencyCode: 'AUD',
    timeZone: 'Australia/Melbourne',
    phoneRegion: 'AU',
    identityHandles: [
      { handle: 'shopify', reservedFor: 'shopify', isMultiple: true },
      { handle: 'loyalty-card', isMultiple: true },
      { handle: 'group-member', reservedFor: 'kindred', isMultiple: true },
    ],
  });
  return parseConfig(
    {
      brands: [asking, ...inviting].map(brand),
      registry: { database: { name: 'bench_registry' } },
      purposes: [purpose],
      server: { costMax: 1_000_000, requestDeadlineMs: 60_000, brandDeadlineMs: 20_000 },
      embedded: { folder, durability: 'relaxed' },
    },
    {},
  );
}

function customerOf(entry: BrandEntry, n: number, random: SeededRandom, now: Date): PlannedProfile {
  const { brand } = entry;
  const address = { line2: null, line3: null, company: null, city: 'Melbourne', state: 'VIC', countryCode: 'AU' };
  return planNewProfile({
    brand,
    values: {
      firstName: `Ada${n}`,
      lastName: `Quill${n}`,
      email: `ada.${n}@${brand.handle}.example`,
      mobilePhone: `+614${String(10_000_000 + n)}`,
      gender: 'OTHER',
      birthDate: { day: 1 + (n % 28), month: 2, year: 1980 },
    },
    identities: ['shopify', 'loyalty-card', 'group-member'].map((handle) => ({ handle, identifier: random.uuid() })),
    addresses: [0, 1].map((at) => ({ ...address, line1: `${n} Mill Lane`, postcode: String(3_000 + at) })),
    now,
    ids: () => random.uuid(),
  });
}

function linkOf(from: string, to: readonly [brand: string, id: string], brand: string, id: string, now: Date): LinkRow {
  const actor = { kind: 'STAFF', reference: 'bench' } as unknown as LinkRow['actor'];
  const [toBrand, toId] = to;
  return {
    _id: randomUUID(),
    state: 'ACTIVE',
    step: 'READY',
    epoch: 0,
    ends: [endKey(from, id), endKey(toBrand, toId)],
    a: { brand: from, accountId: id },
    b: { brand: toBrand, profileId: toId, accountId: toId },
    sharedHandle: 'group-member',
    sharedIdentifier: brand,
    consent: {
      status: 'CONFIRMED',
      purposes: [purpose],
      attributes: ['EMAIL'],
      noticeId: 'bench',
      method: 'ONLINE',
      givenAt: now,
      recordedAt: now,
      recordedBy: actor,
      validUntil: null,
      storageLocation: null,
      retentionYears: 7,
      seq: 2,
      head: 'bench',
    },
    welcomeReward: null,
    actor,
    createdAt: now,
    activateBy: now,
    activatedAt: now,
  };
}

/** Customers with three identities and two addresses in every brand; each of the asking brand is linked to two others. */
async function fill(group: OpenGroup): Promise<void> {
  const random = seededRandom(4);
  const now = new Date('2026-07-01T00:00:00.000Z');
  const idsOf = new Map<string, string[]>();
  for (const entry of group.brands.all()) {
    const planned = Array.from({ length: customersPerBrand }, (_, n) => customerOf(entry, n, random, now));
    await runTransaction(entry.database, Deadline.after(writeDeadlineMs), (session) =>
      insertNewProfiles(entry.database, planned, session),
    );
    idsOf.set(
      entry.brand.handle,
      planned.map((each) => each.profile._id),
    );
  }
  const links = (idsOf.get(asking) ?? []).flatMap((id, n) =>
    [0, 1].map((at) => {
      const to = inviting[(n + at) % inviting.length] as string;
      return linkOf(asking, [to, idsOf.get(to)?.[n] as string], random.uuid(), id, now);
    }),
  );
  await group.brands.registry.model(linkCollection).collection.insertMany(links as never[]);
}

/** A filled group whose clients tell every command. */
export async function openBenchGroup(folder: string): Promise<OpenGroup> {
  const group = await openGroup({
    config: benchConfig(folder),
    env: {},
    clock: systemClock,
    log: createLogger({ level: 'error' }),
    isMonitored: true,
  });
  await fill(group);
  return group;
}
