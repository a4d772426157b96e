import type { OperationContext, Selection } from '../access/context.js';

/** Stored fields to read: 1 for each. Null reads whole documents. */
export type Projection = Readonly<Record<string, 1>> | null;

/** Read with every profile document, whatever is selected: what decides whose rows are whose. */
const alwaysRead = [
  'state',
  'live',
  'type',
  'version',
  'accounts',
  'formerAccounts',
  'mergedIn',
  'mergedInto',
  'createdAt',
  'linkSlots',
] as const;

/** Stored fields behind fields of the type `Profile` whose name or source differs from the stored one. */
const storedFields: Readonly<Record<string, readonly string[]>> = {
  id: [],
  localId: [],
  formerIds: [],
  brand: [],
  isKnown: ['firstName', 'lastName', 'email', 'mobilePhone'],
  fullName: ['firstName', 'lastName'],
  customAttributes: ['custom'],
  addresses: ['defaultAddressId'],
  identities: ['primaryIdentity'],
  transactions: [],
  interactions: [],
  wallet: [],
  mergeability: [],
  duplicateCandidates: [],
  merges: [],
  crossBrandLinks: [],
  linkOptions: ['title', 'firstName', 'lastName', 'email', 'mobilePhone', 'birthDate', 'gender', 'comms'],
  groupCustomer: [],
};

const projections = new WeakMap<Selection, Projection>();

/** Stored fields needed for every profile of the operation: the union over its document, worked out once per document. */
export function profileProjection(context: OperationContext): Projection {
  const { selection } = context;
  if (selection === null) return null;
  const cached = projections.get(selection);
  if (cached !== undefined) return cached;
  const fields: Record<string, 1> = {};
  for (const name of alwaysRead) fields[name] = 1;
  for (const field of selection.get('Profile') ?? []) {
    if (field.startsWith('__')) continue;
    for (const stored of storedFields[field] ?? [field]) fields[stored] = 1;
  }
  if (selection.has('Address')) fields['defaultAddressId'] = 1;
  if (selection.has('Identity')) fields['primaryIdentity'] = 1;
  // Which of a pair should rather stay is told by its contacts.
  if (selection.has('DuplicateCandidate')) for (const name of ['email', 'mobilePhone', 'comms']) fields[name] = 1;
  projections.set(selection, fields);
  return fields;
}
