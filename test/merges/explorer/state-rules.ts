import type { ClaimRow } from '../../../src/claims/claim.js';
import { emailClaim } from '../../../src/claims/new-claim.js';
import { accountsOf, formerIdsOf, type ProfileRow, profileValueNames } from '../../../src/profiles/profile.js';
import type { WalletRow } from '../../../src/wallet/wallet.js';
import { brokenHolds } from './hold-rules.js';
import type { HoldRow } from './points-hold.js';

/** What a brand holds at one moment, as far as rules of a single state go. */
export interface BrandState {
  readonly profiles: ReadonlyMap<string, ProfileRow>;
  readonly claims: ReadonlyMap<string, ClaimRow>;
  /** Left out where nobody sets points aside. */
  readonly holds?: ReadonlyMap<string, HoldRow>;
  readonly wallets?: ReadonlyMap<string, WalletRow>;
}

/** The live profile that owns each account; what contradicts "exactly one" is noted. */
export function ownersOf({ profiles }: BrandState, broken: string[] = []): Map<string, string> {
  const owners = new Map<string, string>();
  for (const row of profiles.values()) {
    if (row.state !== 'ACTIVE') continue;
    for (const account of accountsOf(row)) {
      if (owners.has(account)) broken.push(`I2: account ${account} has two live owners`);
      owners.set(account, row._id);
    }
  }
  return owners;
}

/** Rules that every state of a brand keeps, whatever was merged and however it went; names the invariant each breach breaks. */
export function brokenRules(state: BrandState): string[] {
  const broken: string[] = [];
  const owners = ownersOf(state, broken);
  for (const row of state.profiles.values()) {
    // An account is born with each profile, and never without an owner.
    if (!owners.has(row._id)) broken.push(`I2: account ${row._id} has no live owner`);
    if (row.state === 'MERGED') broken.push(...brokenRedirect(row, state));
    else broken.push(...brokenFormerIds(row, state), ...brokenContact(row, state, owners));
  }
  broken.push(...brokenClaims(state, owners), ...brokenSlots(state));
  const { holds, wallets } = state;
  if (holds !== undefined && wallets !== undefined) broken.push(...brokenHolds({ holds, wallets }, owners));
  return broken;
}

const leavesWithMerge = [
  ...profileValueNames,
  'accounts',
  'live',
  'keys',
  'tags',
  'statuses',
  'comms',
  'custom',
  'linkSlots',
] as const;

function brokenRedirect(row: ProfileRow, { profiles }: BrandState): string[] {
  const broken: string[] = [];
  const winner = profiles.get(row.mergedInto ?? '');
  if (winner?.state !== 'ACTIVE') broken.push(`I4: merged ${row._id} does not lead to a live profile in one hop`);
  for (const account of row.formerAccounts ?? []) {
    if (!winner?.accounts?.includes(account)) broken.push(`I4: ${row._id} leads past its account ${account}`);
  }
  for (const name of leavesWithMerge) {
    if (row[name] !== undefined) broken.push(`I5: merged ${row._id} still has ${name}`);
  }
  return broken;
}

function brokenFormerIds(row: ProfileRow, { profiles }: BrandState): string[] {
  const leading = [...profiles.values()].filter((each) => each.mergedInto === row._id).map((each) => each._id);
  const former = currentFormerIds(row);
  return leading.sort().join() === [...former].sort().join() ? [] : [`I4: former ids of ${row._id} are not all its`];
}

/** Former ids without those of merges that were undone. */
function currentFormerIds(row: ProfileRow): string[] {
  const { unmerged } = row as { readonly unmerged?: readonly string[] };
  if (unmerged === undefined) return formerIdsOf(row);
  return formerIdsOf({ mergedIn: (row.mergedIn ?? []).filter(({ mergeId }) => !unmerged.includes(mergeId)) });
}

/** One's e-mail is claimed, and on an account of one's own. */
function brokenContact(row: ProfileRow, { claims }: BrandState, owners: ReadonlyMap<string, string>): string[] {
  if (!row.email) return [];
  const claim = claims.get(emailClaimId(row.email));
  return claim !== undefined && owners.get(claim.accountId) === row._id
    ? []
    : [`I3: the e-mail of ${row._id} is claimed by nobody or by another`];
}

const emailClaimIds = new Map<string, string>();

/** `_id` of the claim of an e-mail: the same few are asked for in every state of every history. */
function emailClaimId(email: string): string {
  const known = emailClaimIds.get(email);
  if (known !== undefined) return known;
  const id = emailClaim(email, { accountId: '', profileId: '', at: new Date(0) })?._id ?? '';
  if (emailClaimIds.size < emailsMax) emailClaimIds.set(email, id);
  return id;
}

/** More than any search writes; crash rounds go on for long and have others each time. */
const emailsMax = 10_000;

function brokenClaims({ profiles, claims }: BrandState, owners: ReadonlyMap<string, string>): string[] {
  const broken: string[] = [];
  const publicIds = new Set<string>();
  for (const claim of claims.values()) {
    const born = profiles.get(claim.profileId);
    const owner = owners.get(claim.accountId);
    if (owner === undefined || owner !== (born?.mergedInto ?? born?._id)) {
      broken.push(`I3: claim ${claim._id} leads to somebody who does not own its account`);
    }
    if (claim.publicId === undefined) continue;
    if (publicIds.has(claim.publicId)) broken.push(`I3: identity ${claim.publicId} is there twice`);
    publicIds.add(claim.publicId);
  }
  return broken;
}

function brokenSlots({ profiles }: BrandState): string[] {
  const links = [...profiles.values()].flatMap((row) => Object.values(row.linkSlots ?? {}));
  return new Set(links).size === links.length ? [] : ['I11: a link stands in two slots'];
}
