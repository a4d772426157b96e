import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { deserialize, serialize } from 'bson';
import type { ClaimRow } from '../claims/claim.js';
import type { Uuid } from '../kernel/ids.js';
import { open, seal } from '../kernel/seal.js';
import type { ProfileRow } from '../profiles/profile.js';
import type { MergedAttributes } from './merge.js';
import { keptOfLoser } from './merge-writes.js';

/** Stored fields of a profile by name; one that was not there is not here. */
export type StoredFields = Readonly<Record<string, unknown>>;

/** Everything that undoing a merge needs and the merge takes away. */
export interface MergeSnapshot {
  /** The loser's fields that the merge removed, accounts excepted: the merged document keeps those itself. */
  readonly loser: StoredFields;
  /** The winner's fields as they were: those that the merge changed, and those that tell what was changed since. */
  readonly before: StoredFields;
  /** What the merge wrote into the winner. */
  readonly after: StoredFields;
  /** Values of both sides, winner first, one pair per field decision of the merge. */
  readonly values: readonly (readonly [string | null, string | null])[];
  /** `_id`s of the claims of the loser's identities. */
  readonly identityClaims: readonly string[];
  /** Public id of the loser's main identity: its `uid` changes when it is edited. */
  readonly primaryPublicId: Uuid | null;
}

/** Winner's fields kept whether the merge changed them or not: whether they changed since decides what an undo does. */
const alwaysKept: readonly (keyof ProfileRow)[] = [
  'email',
  'mobilePhone',
  'firstName',
  'lastName',
  'secondaryPhone',
  'birthDate',
  'comms',
  'linkSlots',
  'primaryIdentity',
  'defaultAddressId',
];

/** What to keep of two profiles that are about to be merged. */
export function snapshotOf(
  winner: ProfileRow,
  loser: ProfileRow,
  plan: { readonly attributes: MergedAttributes; readonly values: MergeSnapshot['values'] },
  loserIdentities: readonly ClaimRow[],
): MergeSnapshot {
  const kept = new Set<string>([...Object.keys(plan.attributes), ...alwaysKept]);
  const primary = loserIdentities.find((claim) => claim.uid === loser.primaryIdentity);
  return {
    loser: pick(loser, (name) => !keptOfLoser.has(name) && name !== 'accounts'),
    before: pick(winner, (name) => kept.has(name)),
    after: { ...plan.attributes },
    values: plan.values,
    identityClaims: loserIdentities.map((claim) => claim._id),
    primaryPublicId: primary?.publicId ?? null,
  };
}

function pick(row: ProfileRow, isWanted: (name: string) => boolean): StoredFields {
  return Object.fromEntries(Object.entries(row).filter(([name, value]) => isWanted(name) && value !== undefined));
}

/**
 * Characters of a sealed snapshot. Two profiles within their limits pack far below it; where they do not, the merge is
 * carried out all the same and cannot be undone, because the record of a merge has to stay small.
 */
const sealedLengthMax = 1_048_576;
/** Bytes that a snapshot may unpack to: what a database takes as one document, twice over. */
const unpackedBytesMax = 33_554_432;

function bindingOf(mergeId: Uuid): string {
  return `merge snapshot ${mergeId}`;
}

/** Packs and seals a snapshot for its merge alone; null when it is too large to be kept. */
export function sealSnapshot(key: Uint8Array, mergeId: Uuid, snapshot: MergeSnapshot): string | null {
  const sealed = seal(key, bindingOf(mergeId), deflateRawSync(serialize(snapshot)));
  return sealed.length > sealedLengthMax ? null : sealed;
}

/** @throws AppError `INTERNAL` when it was sealed for another merge or with another key. */
export function openSnapshot(key: Uint8Array, mergeId: Uuid, sealed: string): MergeSnapshot {
  const packed = open(key, bindingOf(mergeId), sealed);
  return deserialize(inflateRawSync(packed, { maxOutputLength: unpackedBytesMax })) as unknown as MergeSnapshot;
}
