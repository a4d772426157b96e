import type { Database } from '../brands/database.js';
import { Deadline } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import type { AddressRow } from './address.js';
import { findAddresses } from './address.store.js';
import { accountsOf, type ProfileRow } from './profile.js';
import { findProfiles } from './profile.store.js';
import type { Projection } from './profile-projection.js';
import { estimateProfiles, findProfilesAfter } from './profile-scan.store.js';

/** One command of work over a whole brand may take so long: nobody waits for it. */
const commandDeadlineMs = 60_000;

/** The next profiles of a brand in any state in the order of their ids, for work over all of them. */
export function profilesAfter(
  database: Database,
  after: Uuid | null,
  read: { readonly limit: number; readonly projection: Projection },
): Promise<ProfileRow[]> {
  const deadline = Deadline.after(commandDeadlineMs);
  return database.run(deadline, () => findProfilesAfter(database, after, { ...read, deadline }));
}

/** Profiles by id in any state, for work over many of them; missing ones are simply absent. */
export function profilesById(database: Database, ids: readonly Uuid[], projection: Projection): Promise<ProfileRow[]> {
  const deadline = Deadline.after(commandDeadlineMs);
  return database.run(deadline, () => findProfiles(database, ids, { deadline, projection }));
}

/** Addresses of many profiles, by the profile's id; profiles without any are absent. */
export async function addressesByProfile(
  database: Database,
  rows: readonly ProfileRow[],
): Promise<ReadonlyMap<Uuid, AddressRow[]>> {
  const deadline = Deadline.after(commandDeadlineMs);
  const owners = new Map(rows.flatMap((row) => accountsOf(row).map((account) => [account, row._id] as const)));
  const addresses = await database.run(deadline, () => findAddresses(database, [...owners.keys()], { deadline }));
  const byProfile = new Map<Uuid, AddressRow[]>();
  for (const address of addresses) {
    const owner = owners.get(address.accountId) as Uuid;
    const list = byProfile.get(owner);
    if (list === undefined) byProfile.set(owner, [address]);
    else list.push(address);
  }
  return byProfile;
}

/** About how many profiles a brand has, in whatever state: what the database keeps count of anyway. */
export function countProfilesRoughly(database: Database): Promise<number> {
  const deadline = Deadline.after(commandDeadlineMs);
  return database.run(deadline, () => estimateProfiles(database));
}
