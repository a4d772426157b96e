import type { Brand } from '../brands/brand.js';
import type { ClaimRow } from '../claims/claim.js';
import { type IdentityFact, identityFacts } from '../identities/identity.js';
import { canonicalJson } from '../kernel/digest.js';
import { formatNodeId, type Uuid } from '../kernel/ids.js';
import type { LinkRow } from '../links/cross-brand-link.js';
import type { AddressRow } from '../profiles/address.js';
import { accountsOf, type ProfileRow } from '../profiles/profile.js';
import { searchKeysOf } from '../profiles/search-key.js';
import type { MergeRefusal, MergeRow } from './merge.js';
import type { MergeSnapshot, StoredFields } from './merge-snapshot.js';
import { type ContactPlan, contactClaimIds, planContacts, type UndoSides } from './merge-undo-contacts.js';
import { adoptedFields, type FieldValues, isSame, restoreComms, restoreFields } from './merge-undo-fields.js';
import { planSlots } from './merge-undo-slots.js';

/** Everything an undo is decided by, as read. */
export interface UndoFacts {
  readonly brand: Brand;
  readonly merge: MergeRow;
  readonly snapshot: MergeSnapshot;
  /** Live. */
  readonly winner: ProfileRow;
  /** Merged into the winner. */
  readonly loser: ProfileRow;
  /** By `_id`: those of {@link watchedClaimIds} that exist. */
  readonly claims: ReadonlyMap<string, ClaimRow>;
  /** Identities of the winner, those to go back included. */
  readonly identities: readonly ClaimRow[];
  /** Addresses of the winner, those to go back included. */
  readonly addresses: readonly AddressRow[];
  /** Links made since, by id. */
  readonly links: ReadonlyMap<Uuid, LinkRow | null>;
  /** Merges into the winner after this one that have not been undone, oldest first. */
  readonly laterMerges: readonly MergeRow[];
  /** What was done since with rows of both sides together, in sentences. */
  readonly jointUses: readonly string[];
  readonly at: Date;
}

/** What an undo does, and what stands in its way. */
export interface UndoPlan {
  readonly blockers: readonly MergeRefusal[];
  /** Fields of the winner; undefined ones go. */
  readonly winner: FieldValues;
  /** Fields of the loser beside state and accounts; undefined ones are not there. */
  readonly loser: FieldValues;
  readonly insert: readonly ClaimRow[];
  /** Fields of the winner that keep a newer value. */
  readonly kept: readonly string[];
  /** Contacts that the winner loses, because they are not its own. */
  readonly lost: readonly string[];
  /** Public ids of the identities that go back. */
  readonly identities: readonly IdentityFact[];
}

/** A sentence that says what makes an undo ambiguous. */
export function ambiguous(message: string): MergeRefusal {
  return { code: 'UNDO_AMBIGUOUS', message, field: null };
}

/** Accounts of both sides after an undo. */
export function sidesOf({ winner, loser }: Pick<UndoFacts, 'winner' | 'loser'>): UndoSides {
  const loserAccounts = loser.formerAccounts ?? [];
  return { loserAccounts, winnerAccounts: accountsOf(winner).filter((each) => !loserAccounts.includes(each)) };
}

type ContactFacts = Pick<UndoFacts, 'snapshot' | 'winner' | 'loser' | 'brand' | 'at'>;

function contactInput({ snapshot, winner, loser, brand, at }: ContactFacts): Parameters<typeof planContacts>[0] {
  const sides = sidesOf({ winner, loser });
  return { snapshot, winner, loserId: loser._id, sides, phoneRegion: brand.phoneRegion, at };
}

/** `_id`s of the claims that an undo depends on. */
export function watchedClaimIds(facts: ContactFacts): string[] {
  return [...new Set([...contactClaimIds(contactInput(facts)), ...facts.snapshot.identityClaims])];
}

/**
 * Works out an undo: what was nobody's doing but the merge's goes back, what was written since stays with the account it
 * was written on, and whatever cannot be told to be one side's stands in the way. Pure but for the ids of new claims.
 */
export function planUndo(facts: UndoFacts): UndoPlan {
  const { snapshot, winner, claims, brand } = facts;
  const sides = sidesOf(facts);
  const contacts = planContacts(contactInput(facts), claims);
  const fields = restoreFields(snapshot, winner);
  const slots = planSlots(snapshot, winner, { brand: brand.handle, sides, links: facts.links });
  const pointers = planPointers(facts, sides);
  const values: FieldValues = {
    ...fields.values,
    ...contacts.values,
    ...pointers.winner,
    linkSlots: asBefore(slots.winner, snapshot.before['linkSlots']),
  };
  const back = facts.identities.filter((claim) => sides.loserAccounts.includes(claim.accountId));
  return {
    blockers: blockersOf(facts, sides, contacts, slots.unclear),
    winner: { ...values, keys: keysAfter(snapshot, winner, values) },
    loser: {
      ...snapshot.loser,
      ...pointers.loser,
      comms: restoreComms(snapshot, winner),
      linkSlots: asBefore(slots.loser, snapshot.loser['linkSlots']),
    },
    insert: contacts.insert,
    kept: [...fields.kept, ...contacts.kept],
    lost: contacts.lost,
    identities: identityFacts(back),
  };
}

function blockersOf(
  { snapshot, winner, claims, merge, laterMerges, brand, jointUses }: UndoFacts,
  sides: UndoSides,
  contacts: ContactPlan,
  unclearLinks: readonly string[],
): MergeRefusal[] {
  const changed = new Set(merge.changed ?? []);
  const later = [...laterMerges].reverse().map((each) => ({ id: each._id, fields: sharedFields(changed, each) }));
  const moved = snapshot.identityClaims.flatMap((id) => {
    const claim = claims.get(id);
    return claim === undefined || sides.loserAccounts.includes(claim.accountId) ? [] : [claim.handle ?? 'identity'];
  });
  const nameOf = (id: Uuid): string => formatNodeId('merge', brand.handle, id);
  return [
    ...later
      .filter(({ fields }) => fields.length > 0)
      .map(
        ({ id, fields }) =>
          `The later merge ${nameOf(id)} went by the same fields (${fields.join(', ')}); undo it first`,
      ),
    ...contacts.taken.map(
      (name) => `The ${name} that came with the loser is held by another profile or was taken anew`,
    ),
    ...[...new Set(moved)].map(
      (handle) => `An identity under ${handle} that came with the loser is another profile's now`,
    ),
    ...adoptedFields(snapshot, winner).map(
      (name) => `${name} was changed since to what the loser had; give the winner its own value first`,
    ),
    ...unclearLinks.map((other) => `It is unclear to whom the link with ${other} made since belongs; end it first`),
    ...jointUses,
  ].map(ambiguous);
}

/** Fields that a merge changed and that a later one had something to say about: undone alone, neither would fit. */
function sharedFields(changed: ReadonlySet<string>, later: MergeRow): string[] {
  return [...changed].filter((name) => later.given === undefined || later.given.includes(name)).sort();
}

/** Links as a stored field: exactly as it was when they are the same; not there when there are none. */
function asBefore(slots: Readonly<Record<string, Uuid>>, before: unknown): unknown {
  if (isSame(slots, before ?? {})) return before;
  return Object.keys(slots).length === 0 ? undefined : slots;
}

/** Search keys that fit the values; as they were, when those are the same keys. */
function keysAfter(snapshot: MergeSnapshot, winner: ProfileRow, values: FieldValues): unknown {
  const keys = searchKeysOf({ ...winner, ...values });
  if (canonicalJson(keys) === canonicalJson(snapshot.before['keys'] ?? [])) return snapshot.before['keys'];
  return keys.length === 0 ? undefined : keys;
}

/** What each side points to among its own rows; a row that is gone or the other side's is pointed to no more. */
function planPointers(
  { snapshot, winner, identities, addresses }: UndoFacts,
  sides: UndoSides,
): { readonly winner: FieldValues; readonly loser: FieldValues } {
  const on = (accounts: readonly Uuid[]) => (row: { readonly accountId: Uuid }) => accounts.includes(row.accountId);
  const ownIdentities = identities.filter(on(sides.winnerAccounts)).map((claim) => claim.uid);
  const ownAddresses = addresses.filter(on(sides.winnerAccounts)).map((address) => address._id);
  const theirs = identities.filter(on(sides.loserAccounts));
  const main = theirs.find((claim) => claim.publicId === snapshot.primaryPublicId)?.uid;
  const address = addresses.find((each) => each._id === snapshot.loser['defaultAddressId']);
  const hasAddress = address !== undefined && sides.loserAccounts.includes(address.accountId);
  return {
    winner: {
      primaryIdentity: ownPointer('primaryIdentity', snapshot, winner, ownIdentities),
      defaultAddressId: ownPointer('defaultAddressId', snapshot, winner, ownAddresses),
    },
    loser: {
      ...pointer('primaryIdentity', snapshot.loser, main),
      ...pointer('defaultAddressId', snapshot.loser, hasAddress ? address._id : undefined),
    },
  };
}

function pointer(name: string, stored: StoredFields, id: Uuid | undefined): FieldValues {
  // One that pointed nowhere stays exactly as it was.
  return stored[name] == null ? {} : { [name]: id };
}

function ownPointer(
  name: 'primaryIdentity' | 'defaultAddressId',
  { before, after }: MergeSnapshot,
  winner: ProfileRow,
  own: readonly Uuid[],
): unknown {
  const isUntouched = isSame(winner[name], name in after ? after[name] : before[name]);
  const wanted = isUntouched ? before[name] : winner[name];
  if (wanted == null || own.includes(wanted as Uuid)) return wanted;
  const earlier = before[name];
  return own.includes(earlier as Uuid) ? earlier : undefined;
}
