import type { ClaimRow } from '../../../src/claims/claim.js';
import { madeProfiles } from '../../../src/links/expiry.service.js';
import { type ProfileRow, profileValueNames } from '../../../src/profiles/profile.js';
import { isSame } from '../../merges/explorer/double-query.js';
import type { Change } from '../../merges/explorer/double-store.js';
import type { GroupState } from './link-state.js';

/** Where each attribute that may cross stands in a profile. */
const crossing: Readonly<Record<string, keyof ProfileRow>> = {
  FIRST_NAME: 'firstName',
  LAST_NAME: 'lastName',
  EMAIL: 'email',
  BIRTH_DATE: 'birthDate',
};

/** All that a link, or the identity it shares, ever changes of a profile that is somebody's. */
const linkNames: ReadonlySet<string> = new Set(['linkSlots', 'version', 'touch', 'updatedAt']);
/** Rows that are written once. */
const immovable: ReadonlySet<string> = new Set(['transactions', 'rewards', 'audit', 'mailbox', 'consentEvents']);

/** What one commit in a brand breaks. */
export function brokenByBrandCommit(brand: 'wren' | 'hearth', changes: readonly Change[], state: GroupState): string[] {
  return changes.flatMap((change) => {
    const { collection, before } = change;
    if (immovable.has(collection) && before !== null) return [`a row of ${collection} was changed`];
    if (collection === 'claims') return brokenClaim(brand, change, changes);
    return collection === 'profiles' ? brokenProfile(brand, change, changes, state) : [];
  });
}

function isTold(changes: readonly Change[], kind: string): boolean {
  return changes.some(({ collection, after }) => collection === 'outbox' && after?.['kind'] === kind);
}

function brokenClaim(brand: string, { before, after }: Change, changes: readonly Change[]): string[] {
  const [was, is] = [before as unknown as ClaimRow | null, after as unknown as ClaimRow | null];
  if (was === null || (is !== null && isSame(was, is))) return [];
  // Shared identities come and go; the asking brand's own claims are never touched.
  if (is === null && was.linkId !== undefined) return [];
  if (is === null && brand === 'hearth') {
    const ends = changes.some(({ collection, before: row }) => collection === 'profiles' && row?._id === was.profileId);
    return ends ? [] : ['a claim of the invited brand was deleted without its profile'];
  }
  // A sign-up over a waiting profile puts a claim of its own in the place of the copied one.
  if (is !== null && brand === 'hearth' && was.profileId === is.profileId) return [];
  return [`a claim of ${brand} was ${is === null ? 'deleted' : 'rewritten'}`];
}

function brokenProfile(
  brand: 'wren' | 'hearth',
  { before, after }: Change,
  changes: readonly Change[],
  state: GroupState,
): string[] {
  const [was, is] = [before as unknown as ProfileRow | null, after as unknown as ProfileRow | null];
  if (is === null) return [`a profile of ${brand} was deleted`];
  if (was === null) return is.state === 'VOID' ? [] : brokenCopy(is, state);
  const broken: string[] = [];
  if (is.version <= was.version && (is.touch ?? 0) <= (was.touch ?? 0) && was.state !== 'PENDING') {
    broken.push(`a profile of ${brand} was written without its version`);
  }
  const isMerge = isTold(changes, 'profile.merged');
  if (was.state === 'VOID' || (was.state === 'MERGED' && !isMerge)) broken.push(`a ${was.state} profile was written`);
  if (was.state !== 'ACTIVE' || isMerge) return broken;
  if (is.state !== 'ACTIVE') broken.push(`a member of ${brand} became ${is.state}`);
  return [...broken, ...brokenMember(brand, was, is, changes, state)];
}

/** What a link writes into the invited brand is what the customer agreed to, and as the asking brand has it. */
function brokenCopy(row: ProfileRow, state: GroupState): string[] {
  const link = [...state.links.values()].find((each) => madeProfiles(each).includes(row._id));
  if (link === undefined || row.linkSlots?.['wren'] !== link._id) return [];
  state.copied.set(link._id, row);
  const allowed = link.consent.attributes.map((attribute) => crossing[attribute]);
  const values = profileValueNames.filter((name) => row[name] !== undefined && row[name] !== null);
  const told = new Set([...state.wren.profiles.values()].map((each) => JSON.stringify(each.birthDate ?? null)));
  const isKnown = row.birthDate == null || told.has(JSON.stringify(row.birthDate));
  return [
    ...values.filter((name) => !allowed.includes(name)).map((name) => `${name} was copied without consent`),
    ...(isKnown ? [] : ['a birth date was copied that nobody told']),
  ];
}

function brokenMember(
  brand: 'wren' | 'hearth',
  was: ProfileRow,
  is: ProfileRow,
  changes: readonly Change[],
  state: GroupState,
): string[] {
  const names = new Set([...Object.keys(was), ...Object.keys(is)]);
  const changed = [...names].filter(
    (name) => !linkNames.has(name) && !isSame(was[name as keyof ProfileRow], is[name as keyof ProfileRow]),
  );
  if (changed.length === 0) return [];
  if (brand === 'wren') return [`the asking brand's profile lost or gained ${changed.join()}`];
  const erasure = changes.find(
    ({ collection, after }) => collection === 'audit' && after?.['action'] === 'crossBrandLinkWithdraw',
  );
  if (erasure === undefined) {
    const own = state.ownNames.get(is._id) ?? new Set();
    for (const name of changed) own.add(name);
    state.ownNames.set(is._id, own);
    return isTold(changes, 'profile.updated') ? [] : [`a member of the invited brand lost or gained ${changed.join()}`];
  }
  const link = [...state.links.values()].find((each) => madeProfiles(each).includes(is._id));
  const isDue = link?.state === 'WITHDRAWN';
  const own = state.ownNames.get(is._id);
  const lost = changed.filter((name) => name !== 'keys' && own?.has(name));
  return [
    ...(isDue ? [] : ['copies of a link that was not withdrawn were erased']),
    ...lost.map((name) => `${name}, which the invited brand has written itself, was erased`),
  ];
}
