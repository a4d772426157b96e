import type { OperationContext } from '../access/context.js';
import type { BrandEntry } from '../brands/brands.js';
import { findClaims } from '../claims/claim.store.js';
import { formatNodeId, type Uuid } from '../kernel/ids.js';
import type { LinkRow } from '../links/cross-brand-link.js';
import { readLink } from '../links/link-transition.service.js';
import type { MergedIn, ProfileRow } from '../profiles/profile.js';
import { readProfile, readProfiles } from '../profiles/profile.service.js';
import { type MergeRefusal, type MergeRow, undoableUntilOf } from './merge.js';
import { findMerges } from './merge.store.js';
import { readAddresses, readIdentities } from './merge-history.service.js';
import type { MergeKindDefinition } from './merge-kind.js';
import { type MergeSnapshot, openSnapshot } from './merge-snapshot.js';
import { ambiguous, sidesOf, type UndoFacts, watchedClaimIds } from './merge-undo.js';
import { linksMadeSince } from './merge-undo-slots.js';

/** Either all that an undo is decided by, or why there is nothing to decide. */
export type UndoReading =
  | { readonly blockers: readonly MergeRefusal[] }
  | {
      readonly facts: UndoFacts;
      /** Profiles that had been merged into the loser and lead to the winner now. */
      readonly earlierLosers: readonly Uuid[];
      /** `_id`s of the claims that the decision rests on. */
      readonly watched: readonly string[];
    };

/** Why a merge cannot be undone any more, whatever its profiles are; null when it still can. Reads nothing. */
export function expiryOf(merge: Pick<MergeRow, 'undoneAt' | 'undoableUntil'>, now: Date): MergeRefusal | null {
  const code = 'UNDO_EXPIRED';
  if (merge.undoneAt !== undefined) return { code, message: 'This merge has been undone already', field: null };
  if (merge.undoableUntil === undefined) {
    const message = 'This merge cannot be undone: what that needs was never kept or has been erased';
    return { code, message, field: null };
  }
  if (undoableUntilOf(merge, now) !== null) return null;
  return { code, message: `This merge could be undone until ${merge.undoableUntil.toISOString()}`, field: null };
}

/** Reads what an undo is decided by, outside any transaction. `merge` comes with its snapshot. */
export async function readUndo(
  context: OperationContext,
  entry: BrandEntry,
  merge: MergeRow,
  kinds: readonly MergeKindDefinition[],
): Promise<UndoReading> {
  const at = context.clock.now();
  const expiry = expiryOf(merge, at);
  if (expiry !== null) return { blockers: [expiry] };
  const { database, brand } = entry;
  const { deadline } = context;
  const rows = await database.run(deadline, () =>
    readProfiles(database, [merge.winnerId, merge.loserId], { deadline }),
  );
  const winner = rows.find((row) => row._id === merge.winnerId);
  const loser = rows.find((row) => row._id === merge.loserId);
  if (winner?.state === 'MERGED') return { blockers: [await mergedOn(context, entry, winner)] };
  if (winner?.state !== 'ACTIVE') return { blockers: [gone('The profile that stayed')] };
  const mergedIn = winner.mergedIn ?? [];
  const place = mergedIn.findIndex((each) => each.mergeId === merge._id);
  if (place < 0) return { blockers: [expiryOf({ undoneAt: at }, at) as MergeRefusal] };
  if (loser?.state !== 'MERGED' || loser.mergedInto !== winner._id) return { blockers: [gone('The merged profile')] };
  const snapshot = openSnapshot(entry.sealKey, merge._id, merge.snapshot as string);
  const profiles = { brand, merge, snapshot, winner, loser, at };
  const watched = watchedClaimIds(profiles);
  const [claims, identities, addresses, links, laterMerges, earlierLosers, jointUses] = await Promise.all([
    database.run(deadline, () => findClaims(database, watched, { deadline })),
    readIdentities(context, entry, winner),
    readAddresses(context, entry, winner),
    readLinks(context, snapshot, winner),
    readLater(context, entry, mergedIn.slice(place + 1)),
    readEarlierLosers(context, entry, mergedIn[place] as MergedIn, winner),
    readJointUses(context, entry, profiles, kinds),
  ]);
  const facts: UndoFacts = { ...profiles, claims, identities, addresses, links, laterMerges, jointUses };
  return { facts, earlierLosers, watched };
}

function gone(what: string): MergeRefusal {
  return { code: 'PROFILE_NOT_LIVE', message: `${what} is not in use any more`, field: null };
}

/** The winner was merged on itself: names the merge that comes first, which is the last one on the way. */
async function mergedOn(context: OperationContext, entry: BrandEntry, winner: ProfileRow): Promise<MergeRefusal> {
  const { database, brand } = entry;
  const { deadline } = context;
  const into = winner.mergedInto as Uuid;
  const top = await database.run(deadline, () => readProfile(database, into, { deadline }));
  const last = [...(top?.mergedIn ?? [])]
    .reverse()
    .find((each) => each.loserId === winner._id || each.formerIds.includes(winner._id));
  const name = last === undefined ? 'a later merge' : formatNodeId('merge', brand.handle, last.mergeId);
  return ambiguous(`The profile that stayed was merged on by ${name}; undo that first`);
}

async function readLinks(
  context: OperationContext,
  snapshot: MergeSnapshot,
  winner: ProfileRow,
): Promise<ReadonlyMap<Uuid, LinkRow | null>> {
  const { registry } = context.brands;
  const ids = linksMadeSince(snapshot, winner);
  const rows = await Promise.all(ids.map((id) => readLink(registry, id, context.deadline)));
  return new Map(ids.map((id, index) => [id, rows[index] ?? null]));
}

async function readLater(
  context: OperationContext,
  { database }: BrandEntry,
  later: readonly MergedIn[],
): Promise<MergeRow[]> {
  if (later.length === 0) return [];
  const { deadline } = context;
  const ids = later.map((each) => each.mergeId);
  const rows = await database.run(deadline, () => findMerges(database, ids, { deadline }));
  return ids.flatMap((id) => rows.find((row) => row._id === id) ?? []);
}

async function readEarlierLosers(
  context: OperationContext,
  { database }: BrandEntry,
  { formerIds }: MergedIn,
  winner: ProfileRow,
): Promise<Uuid[]> {
  if (formerIds.length === 0) return [];
  const { deadline } = context;
  const rows = await database.run(deadline, () => readProfiles(database, formerIds, { deadline }));
  return rows.filter((row) => row.state === 'MERGED' && row.mergedInto === winner._id).map((row) => row._id);
}

async function readJointUses(
  context: OperationContext,
  entry: BrandEntry,
  { merge, winner, loser }: Pick<UndoFacts, 'merge' | 'winner' | 'loser'>,
  kinds: readonly MergeKindDefinition[],
): Promise<string[]> {
  const input = { context, entry, ...sidesOf({ winner, loser }), since: merge.committedAt };
  const uses = await Promise.all(kinds.map((kind) => kind.undoBlockers?.(input) ?? []));
  return uses.flat();
}
