import { randomUUID } from 'node:crypto';
import type { ProfileCreateInput } from '../../../src/generated/resolvers-types.js';
import { formatNodeId } from '../../../src/kernel/ids.js';
import type { ProfileRow, ProfileView } from '../../../src/profiles/profile.js';
import { profileCollection } from '../../../src/profiles/profile.model.js';
import { createProfile } from '../../../src/profiles/profile-create.service.js';
import { anActor, type TestGroup } from '../group.js';

/** An extension's own token may write the handles reserved for it. */
const shopify = anActor({ extension: 'shopify' });

/** An e-mail address that nobody else in this test run has. */
export function anEmail(): string {
  return `customer-${randomUUID().slice(0, 13)}@example.com`;
}

let mobiles = Math.floor(Math.random() * 900_000);

/** A valid Australian mobile in E.164, new with every call. */
export function aMobile(): string {
  mobiles += 1;
  return `+614${String(10_000_000 + mobiles).padStart(8, '0')}`;
}

/** A customer of a brand, created as a client would: by default with a name and an e-mail of its own. */
export async function aProfile(
  group: TestGroup,
  brand: string,
  overrides: Partial<ProfileCreateInput> = {},
): Promise<ProfileView> {
  const hasContact = overrides.email !== undefined || overrides.mobilePhone !== undefined;
  const input = {
    brand,
    firstName: 'Mei',
    lastName: 'Tanaka',
    ...(hasContact ? {} : { email: anEmail() }),
    ...overrides,
  };
  const profile = await createProfile(group.context({ actor: shopify }), input);
  if (profile === null) throw new Error('The new profile cannot be seen');
  return profile;
}

/** Global id of a profile. */
export function profileId(profile: ProfileView): string {
  return formatNodeId('prof', profile.brand.handle, profile._id);
}

/** A profile's document as stored. */
export async function storedProfile(group: TestGroup, brand: string, id: string): Promise<ProfileRow> {
  const row = await group.entry(brand).database.model(profileCollection).findOne({ _id: id }, null, { lean: true });
  if (row === null) throw new Error(`No profile ${id} in ${brand}`);
  return row as unknown as ProfileRow;
}

/** Merges one profile into another by writing both documents at once, as a merge's commit leaves them. */
export async function craftMerge(group: TestGroup, loser: ProfileView, winner: ProfileView): Promise<void> {
  const { database } = group.entry(winner.brand.handle);
  const before = await storedProfile(group, winner.brand.handle, loser._id);
  const collection = database.model(profileCollection).collection;
  const accounts = before.accounts ?? [];
  const session = await database.startSession();
  try {
    await session.withTransaction(async () => {
      const target = await collection.findOne({ _id: winner._id } as never, { session });
      const row = target as unknown as ProfileRow;
      const merge = { mergeId: randomUUID(), loserId: loser._id, accounts, formerIds: [], at: new Date() };
      await collection.updateOne(
        { _id: winner._id } as never,
        {
          $set: { accounts: [...(row.accounts ?? []), ...accounts], mergedIn: [...(row.mergedIn ?? []), merge] },
          $inc: { version: 1 },
        } as never,
        { session },
      );
      await collection.updateOne(
        { _id: loser._id } as never,
        {
          $set: { state: 'MERGED', mergedInto: winner._id, formerAccounts: accounts },
          $unset: { live: '', accounts: '', keys: '', firstName: '', lastName: '', email: '', mobilePhone: '' },
          $inc: { version: 1 },
        } as never,
        { session },
      );
    });
  } finally {
    await session.endSession();
  }
}
