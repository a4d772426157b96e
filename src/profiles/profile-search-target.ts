import type { BrandEntry } from '../brands/brands.js';
import { emailClaimId, identityClaimId, mobileClaimId } from '../claims/claim.js';
import { isIdentifier, readEmail, readPhone } from '../claims/match-key.js';
import type { ProfileMatch, ProfileSearchBy } from '../generated/resolvers-types.js';
import { keyDigest } from '../kernel/digest.js';
import { badInput } from '../kernel/errors.js';
import { nameLengthMax } from '../kernel/limits.js';
import { characterCount, hasControlCharacter, hasLoneSurrogate } from '../kernel/text.js';
import { type NameSearch, nameSearchOf } from './profile-search.js';
import { searchLengthMin } from './search-key.js';

/** What several brands are asked for. */
export type SearchTarget = {
  readonly kind: ProfileMatch;
  /** Names the target in audit rows, limits and cursors without showing it. */
  readonly digest: string;
} & (
  | {
      /** `_id` of the claim in question per brand; absent where the brand cannot have it. */
      readonly claimIds: ReadonlyMap<string, string>;
      readonly name?: undefined;
    }
  | { readonly name: NameSearch; readonly claimIds?: undefined }
);

/**
 * Checks what is searched for.
 * @throws AppError `BAD_USER_INPUT` naming the key at fault.
 */
export function readTarget(by: ProfileSearchBy, entries: readonly BrandEntry[]): SearchTarget {
  const given = Object.values(by).filter((value) => value !== null && value !== undefined);
  if (given.length !== 1) throw badInput('Give exactly one thing to search for', ['by']);
  if (by.email) return emailTarget(by.email, entries);
  if (by.mobilePhone) return mobileTarget(by.mobilePhone, entries);
  if (by.identity) return identityTarget(by.identity, entries);
  if (by.name) return nameTarget(by.name);
  throw badInput('An empty value cannot be searched for', ['by']);
}

function claimTarget(
  kind: ProfileMatch,
  parts: readonly string[],
  ids: readonly (readonly [string, string])[],
): SearchTarget {
  return { kind, digest: keyDigest(kind, ...parts), claimIds: new Map(ids) };
}

function emailTarget(email: string, entries: readonly BrandEntry[]): SearchTarget {
  const read = readEmail(email);
  if (read === null) throw badInput('A whole e-mail address was expected', ['by', 'email']);
  const id = emailClaimId(read.key);
  return claimTarget(
    'EMAIL',
    [read.key],
    entries.map((entry) => [entry.brand.handle, id]),
  );
}

/** National forms mean another number in another region, so every brand reads it for itself. */
function mobileTarget(mobilePhone: string, entries: readonly BrandEntry[]): SearchTarget {
  const read = entries.flatMap(({ brand }) => {
    const value = readPhone(mobilePhone, brand.phoneRegion);
    return value === null ? [] : [[brand.handle, value.key] as const];
  });
  if (read.length === 0) throw badInput('A whole mobile number in E.164 was expected', ['by', 'mobilePhone']);
  const numbers = [...new Set(read.map(([, key]) => key))].sort();
  return claimTarget(
    'MOBILE_PHONE',
    numbers,
    read.map(([handle, key]) => [handle, mobileClaimId(key)]),
  );
}

function identityTarget(
  identity: { readonly handle: string; readonly identifier: string },
  entries: readonly BrandEntry[],
): SearchTarget {
  const { handle, identifier } = identity;
  if (!isIdentifier(identifier)) throw badInput('An identifier was expected', ['by', 'identity', 'identifier']);
  const knowing = entries.filter(({ brand }) => brand.identityHandles.some((each) => each.handle === handle));
  const id = identityClaimId(handle, identifier);
  return claimTarget(
    'IDENTITY',
    [handle, identifier],
    knowing.map((entry) => [entry.brand.handle, id]),
  );
}

function nameTarget(name: string): SearchTarget {
  const isText = characterCount(name) <= 2 * nameLengthMax && !hasLoneSurrogate(name) && !hasControlCharacter(name);
  const search = nameSearchOf(isText ? name : '');
  if (characterCount(search.text) < searchLengthMin) {
    throw badInput(`A name of at least ${searchLengthMin} characters was expected`, ['by', 'name']);
  }
  return { kind: 'NAME', digest: keyDigest('NAME', search.text), name: search };
}
