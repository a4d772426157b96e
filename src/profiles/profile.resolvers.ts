import { userErrorsOf } from '../access/user-errors.js';
import type { Resolvers } from '../generated/resolvers-types.js';
import { formatNodeId } from '../kernel/ids.js';
import { wholeDate } from './birth-date.js';
import { shownChannels } from './comms.js';
import { formerIdsOf, isKnownCustomer, isRealName, type ProfileView } from './profile.js';
import { createProfile } from './profile-create.service.js';
import { listProfiles } from './profile-list.service.js';
import { lookUpProfile } from './profile-lookup.service.js';
import { updateProfile } from './profile-update.service.js';

/** Former ids shown of one profile, as the schema says. */
const formerIdsMax = 100;

function nameOf(name: string | null | undefined): string | null {
  return isRealName(name) ? (name as string) : null;
}

function idOf(profile: ProfileView, id = profile._id): string {
  return formatNodeId('prof', profile.brand.handle, id);
}

/** Look-ups, lists and changes of profiles, and every field of a profile that is not another noun's. */
export const profileResolvers: Resolvers = {
  Query: {
    profile: (_parent, { by }, context) => lookUpProfile(context, by),
    profiles: (_parent, args, context) => listProfiles(context, args),
  },
  Mutation: {
    profileCreate: async (_parent, { input }, context) => {
      const { value, userErrors } = await userErrorsOf(() => createProfile(context, input));
      return { profile: value, userErrors };
    },
    profileUpdate: async (_parent, { input }, context) => {
      const { value, userErrors } = await userErrorsOf(() => updateProfile(context, input));
      return { profile: value, userErrors };
    },
  },
  Profile: {
    id: (profile) => idOf(profile),
    localId: (profile) => profile._id,
    formerIds: (profile) =>
      formerIdsOf(profile)
        .slice(0, formerIdsMax)
        .map((id) => idOf(profile, id)),
    isKnown: (profile) => isKnownCustomer(profile),
    firstName: (profile) => nameOf(profile.firstName),
    lastName: (profile) => nameOf(profile.lastName),
    fullName: (profile) => [nameOf(profile.firstName), nameOf(profile.lastName)].filter(Boolean).join(' ') || null,
    tags: (profile) => profile.tags ?? [],
    statuses: (profile) => profile.statuses ?? [],
    comms: ({ comms }) => ({
      channels: shownChannels(comms),
      termsAcceptedAt: comms?.termsAcceptedAt ?? null,
      termsAcceptedVersion: comms?.termsAcceptedVersion ?? null,
    }),
    birthDate: ({ birthDate }) => (birthDate ? { ...birthDate, date: wholeDate(birthDate) } : null),
    appearance: (profile) => profile.appearance ?? [],
    dates: (profile) => profile.dates ?? [],
    customAttributes: (profile, { namespace }) =>
      (profile.custom ?? []).filter((each) => namespace == null || each.namespace === namespace),
  },
};
