import type { ClaimRow } from '../claims/claim.js';
import { type ClaimPlace, emailClaim, mobileClaim } from '../claims/new-claim.js';
import type { Uuid } from '../kernel/ids.js';
import type { ProfileRow } from '../profiles/profile.js';
import type { MergeSnapshot } from './merge-snapshot.js';
import { type FieldValues, isSame, leftByMerge } from './merge-undo-fields.js';

/** The two sides that an undo makes of one profile again. */
export interface UndoSides {
  readonly winnerAccounts: readonly Uuid[];
  readonly loserAccounts: readonly Uuid[];
}

/** What becomes of both sides' e-mail and mobile number. */
export interface ContactPlan {
  /** The winner's values. */
  readonly values: FieldValues;
  /** The winner's fields that keep a newer value. */
  readonly kept: readonly string[];
  /** The winner's fields whose value is lost, because the claim of what stands there is not its own. */
  readonly lost: readonly string[];
  /** The loser's fields whose value has gone to somebody else since. */
  readonly taken: readonly string[];
  /** Claims that are missing. */
  readonly insert: readonly ClaimRow[];
}

const contactNames = ['email', 'mobilePhone'] as const;
type ContactName = (typeof contactNames)[number];

interface ContactInput {
  readonly snapshot: MergeSnapshot;
  readonly winner: ProfileRow;
  readonly loserId: Uuid;
  readonly sides: UndoSides;
  readonly phoneRegion: string;
  readonly at: Date;
}

/** `_id`s of the claims of every contact that {@link planContacts} may ask about. */
export function contactClaimIds(input: ContactInput): string[] {
  const place = placeOf(input.winner._id, input.sides.winnerAccounts, input.at);
  return contactNames.flatMap((name) =>
    [input.snapshot.loser[name], input.snapshot.before[name], input.winner[name]].flatMap((value) => {
      const claim = claimOf(input, name, value, place);
      return claim === null ? [] : [claim._id];
    }),
  );
}

/**
 * Decides both sides' contacts, so that each is claimed by a profile of its own side afterwards. The loser gets its value
 * back, its claim anew when nobody holds it. The winner keeps or gets back its own; a value whose claim goes back with
 * the loser, or is somebody else's, makes room for its earlier one, and that for none.
 */
export function planContacts(input: ContactInput, claims: ReadonlyMap<string, ClaimRow>): ContactPlan {
  const { snapshot, winner, sides, at } = input;
  const values: Record<string, unknown> = {};
  const [kept, lost, taken]: [string[], string[], string[]] = [[], [], []];
  const insert: ClaimRow[] = [];
  for (const name of contactNames) {
    const own = claimOf(input, name, snapshot.loser[name], placeOf(input.loserId, sides.loserAccounts, at));
    const holder = own === null ? undefined : claims.get(own._id);
    if (own !== null && holder === undefined) insert.push(own);
    if (holder !== undefined && !sides.loserAccounts.includes(holder.accountId)) taken.push(name);
    const isUnchanged = isSame(winner[name], leftByMerge(snapshot, name));
    const wanted = isUnchanged ? snapshot.before[name] : winner[name];
    if (!isUnchanged) kept.push(name);
    const place = placeOf(winner._id, sides.winnerAccounts, at);
    const choice = [wanted, snapshot.before[name]]
      .map((value) => ({ value, claim: claimOf(input, name, value, place) }))
      .find(({ claim }) => claim === null || (claim._id !== own?._id && isFree(claims.get(claim._id), sides)));
    values[name] = choice?.value;
    if (!isSame(choice?.value, wanted)) lost.push(name);
    if (choice?.claim != null && !claims.has(choice.claim._id)) insert.push(choice.claim);
  }
  return { values, kept: kept.filter((name) => !lost.includes(name)), lost, taken, insert };
}

function isFree(holder: ClaimRow | undefined, sides: UndoSides): boolean {
  return holder === undefined || sides.winnerAccounts.includes(holder.accountId);
}

function placeOf(profileId: Uuid, accounts: readonly Uuid[], at: Date): ClaimPlace {
  return { profileId, accountId: accounts[0] ?? profileId, at };
}

function claimOf(input: ContactInput, name: ContactName, value: unknown, place: ClaimPlace): ClaimRow | null {
  if (typeof value !== 'string' || value === '') return null;
  return name === 'email' ? emailClaim(value, place) : mobileClaim(value, input.phoneRegion, place);
}
