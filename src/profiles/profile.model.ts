import { Schema } from 'mongoose';
import { defineCollection } from '../brands/collection.js';
import type { AddressRow } from './address.js';
import type { ProfileRow } from './profile.js';

const anything = Schema.Types.Mixed;

/** Profiles of a brand. */
export const profileCollection = defineCollection<ProfileRow>(
  'profiles',
  {
    state: String,
    live: Boolean,
    version: Number,
    touch: Number,
    accounts: [String],
    formerAccounts: [String],
    mergedInto: String,
    mergedIn: anything,
    linkSlots: anything,
    link: String,
    keys: [String],
    type: { type: String },
    title: String,
    firstName: String,
    lastName: String,
    email: String,
    mobilePhone: String,
    secondaryPhone: String,
    birthDate: anything,
    gender: String,
    company: String,
    occupation: String,
    tags: [String],
    statuses: [String],
    comms: anything,
    appearance: anything,
    dates: anything,
    custom: anything,
    defaultAddressId: String,
    primaryIdentity: String,
    imports: anything,
    joinedAt: Date,
    createdAt: Date,
    updatedAt: Date,
  },
  [
    { key: { createdAt: 1, _id: 1 }, partialFilterExpression: { live: true } },
    { key: { keys: 1, _id: 1 }, sparse: true },
    { key: { tags: 1, _id: 1 }, sparse: true },
    { key: { statuses: 1, _id: 1 }, sparse: true },
  ],
);

/** Postal addresses of a brand's profiles. */
export const addressCollection = defineCollection<AddressRow>(
  'addresses',
  {
    accountId: String,
    rev: Number,
    line1: String,
    line2: String,
    line3: String,
    company: String,
    city: String,
    state: String,
    postcode: String,
    countryCode: String,
    createdAt: Date,
  },
  [{ key: { accountId: 1, _id: 1 } }],
);
