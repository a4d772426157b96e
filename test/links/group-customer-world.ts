import { randomUUID } from 'node:crypto';
import type { OperationContext } from '../../src/access/context.js';
import type { Database } from '../../src/brands/database.js';
import type { ConsentRecord } from '../../src/consents/consent.js';
import type { QueryGroupCustomersArgs } from '../../src/generated/resolvers-types.js';
import type { LinkRow } from '../../src/links/cross-brand-link.js';
import type { GroupCustomerPage, GroupCustomerView } from '../../src/links/group-customer.js';
import { listGroupCustomers } from '../../src/links/group-customer-list.service.js';
import { planNewProfile } from '../../src/profiles/new-profile.service.js';
import type { ProfileRow } from '../../src/profiles/profile.js';
import { anActor, type TestGroup } from '../support/group.js';

/** A customer of one brand. */
export interface Customer {
  readonly brand: string;
  readonly _id: string;
}

/** An active link with a consent for group service, as long as nothing else is said. */
export function aLink(from: Customer, to: Customer, at: Date, more: Partial<LinkRow> = {}): LinkRow {
  const _id = more._id ?? randomUUID();
  const actor = { kind: 'STAFF' as const, reference: 'staff_1' };
  const consent: ConsentRecord = {
    status: 'CONFIRMED',
    purposes: [{ code: 'group-service', text: 'To serve you' }],
    attributes: [],
    noticeId: 'notice_test',
    method: 'ONLINE',
    givenAt: at,
    recordedAt: at,
    recordedBy: actor,
    validUntil: null,
    storageLocation: null,
    retentionYears: 7,
    seq: 1,
    head: 'not sealed',
  };
  return {
    _id,
    state: 'ACTIVE',
    step: 'READY',
    epoch: 1,
    ends: [`${from.brand}:${from._id}`, `${to.brand}:${to._id}`],
    a: { brand: from.brand, accountId: from._id },
    b: { brand: to.brand, profileId: to._id, accountId: to._id },
    mode: 'NEW',
    sharedHandle: 'group-member',
    sharedIdentifier: `km_${_id}`,
    consent,
    welcomeReward: null,
    actor,
    createdAt: at,
    activateBy: at,
    activatedAt: at,
    ...more,
  };
}

/** A withdrawal as it changes the stored link. */
export const withdrawal = { state: 'WITHDRAWN', 'consent.status': 'WITHDRAWN', epoch: 2 } as const;

/** Writes profiles and links as they lie in the databases, many at once. */
export class CustomerWorld {
  readonly #group: TestGroup;

  constructor(group: TestGroup) {
    this.#group = group;
  }

  #collection(database: Database, name: string) {
    return database.connection.collection<{ _id: string }>(name);
  }

  get #links() {
    return this.#collection(this.#group.brands.registry, 'links');
  }

  #profiles(brand: string) {
    return this.#collection(this.#group.entry(brand).database, 'profiles');
  }

  /** Adds customers to a brand. */
  async customers(brand: string, count: number): Promise<Customer[]> {
    const entry = this.#group.entry(brand);
    const rows = Array.from({ length: count }, () => {
      const { profile } = planNewProfile({ brand: entry.brand, values: { firstName: 'Ida' }, now: new Date(0) });
      return profile;
    });
    await this.#profiles(brand).insertMany(rows);
    return rows.map(({ _id }) => ({ brand, _id }));
  }

  /** Stores links. */
  async link(...rows: LinkRow[]): Promise<void> {
    if (rows.length > 0) await this.#links.insertMany(rows);
  }

  /** Changes a stored link. */
  async change(id: string, set: object): Promise<void> {
    await this.#links.updateOne({ _id: id }, { $set: set });
  }

  /** Merges one customer into another of the same brand. */
  async merge(winner: Customer, loser: Customer): Promise<void> {
    const profiles = this.#profiles(winner.brand);
    const [kept, gone] = await Promise.all(
      [winner, loser].map(({ _id }) => profiles.findOne({ _id }) as Promise<unknown> as Promise<ProfileRow>),
    );
    const accounts = [...(kept?.accounts ?? []), ...(gone?.accounts ?? [])];
    await profiles.updateOne({ _id: winner._id }, { $set: { accounts } });
    await profiles.updateOne(
      { _id: loser._id },
      {
        $set: { state: 'MERGED', mergedInto: winner._id, formerAccounts: gone?.accounts },
        $unset: { live: '', accounts: '' },
      },
    );
    await profiles.updateMany({ mergedInto: loser._id }, { $set: { mergedInto: winner._id } });
  }

  /** Takes everybody and all links away. */
  async clear(): Promise<void> {
    await this.#links.deleteMany({});
    for (const { brand } of this.#group.brands.all()) await this.#profiles(brand.handle).deleteMany({});
  }
}

/** A token of several brands that is not one of the group. */
export function brandToken(group: TestGroup, ...handles: string[]): OperationContext {
  return group.context({ actor: anActor({ isGroup: false, brandHandles: new Set(handles) }) });
}

/** One page, after whose reads nothing has changed. */
export async function aPage(context: OperationContext, args: QueryGroupCustomersArgs): Promise<GroupCustomerPage> {
  const page = await listGroupCustomers(context, args);
  await context.world.settle();
  if (context.world.breached !== null) throw new Error(`Breached: ${context.world.breached}`);
  return page;
}

/** Who somebody is in every brand, the brand looked from first; `-` where it cannot be read. */
export function idsOf(person: GroupCustomerView): string[] {
  return person.members.map(({ profile }) => profile?._id ?? '-');
}
