import { createHmac } from 'node:crypto';
import { canonicalJson } from '../kernel/digest.js';
import type { Uuid } from '../kernel/ids.js';
import { type ProfileRow, type ProfileValues, profileValueNames } from '../profiles/profile.js';

/** Names of values that a link can have copied. */
export type CopiedName = (typeof profileValueNames)[number];

/**
 * What a link has copied into the profile it made, kept in the inviting brand while the link lives: names of values, and
 * digests that only that brand's key makes, so that a later look tells whether the brand has changed them since.
 */
export interface LinkCopyRow {
  /** The profile that the link made. */
  readonly _id: Uuid;
  readonly linkId: Uuid;
  readonly digests: Readonly<Partial<Record<CopiedName, string>>>;
}

/** The digest of one value, salted with the link and its name: equal values of two customers look different. */
function copyDigest(key: Uint8Array, linkId: Uuid, name: CopiedName, value: unknown): string {
  return createHmac('sha256', key)
    .update(`copy ${linkId} ${name} ${canonicalJson(value)}`)
    .digest('hex');
}

function isKnown(value: unknown): boolean {
  return value !== null && value !== undefined;
}

/** The row for the values that a link copies into a new profile. */
export function linkCopyRow(key: Uint8Array, linkId: Uuid, profileId: Uuid, values: ProfileValues): LinkCopyRow {
  const names = profileValueNames.filter((name) => isKnown(values[name]));
  const digests = Object.fromEntries(names.map((name) => [name, copyDigest(key, linkId, name, values[name])]));
  return { _id: profileId, linkId, digests };
}

/**
 * Copied values that the brand still holds as they came. None once the profile that the link made was merged into another:
 * what that one holds, the brand has chosen.
 */
export function untouchedCopies(key: Uint8Array, row: LinkCopyRow, owner: ProfileRow): CopiedName[] {
  if (owner._id !== row._id) return [];
  return profileValueNames.filter((name) => {
    const digest = row.digests[name];
    return digest !== undefined && isKnown(owner[name]) && digest === copyDigest(key, row.linkId, name, owner[name]);
  });
}
