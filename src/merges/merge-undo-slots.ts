import type { BrandHandle } from '../brands/brand.js';
import type { Uuid } from '../kernel/ids.js';
import { accountAt, type LinkRow, sideIn } from '../links/cross-brand-link.js';
import type { ProfileRow } from '../profiles/profile.js';
import type { MergeSnapshot } from './merge-snapshot.js';
import type { UndoSides } from './merge-undo-contacts.js';

type Slots = Readonly<Record<BrandHandle, Uuid>>;

/** Which links each side has afterwards. */
export interface SlotPlan {
  readonly winner: Slots;
  readonly loser: Slots;
  /** Other brands whose link since the merge both sides would need, or which cannot be told to be either's. */
  readonly unclear: readonly BrandHandle[];
}

function slotsOf(snapshot: MergeSnapshot): { readonly before: Slots; readonly theirs: Slots; readonly after: Slots } {
  const before = (snapshot.before['linkSlots'] ?? {}) as Slots;
  const theirs = (snapshot.loser['linkSlots'] ?? {}) as Slots;
  return { before, theirs, after: (snapshot.after['linkSlots'] ?? before) as Slots };
}

/** Links in the winner's slots that neither side brought into the merge. */
export function linksMadeSince(snapshot: MergeSnapshot, winner: ProfileRow): Uuid[] {
  const { before, theirs } = slotsOf(snapshot);
  return Object.entries(winner.linkSlots ?? {})
    .filter(([brand, link]) => link !== before[brand] && link !== theirs[brand])
    .map(([, link]) => link);
}

/**
 * Gives each link back to the side that brought it. A link made since goes with the account that it names, unless it
 * took the place of one that came with the loser: then it is as much the one person's as the other's. A slot that was
 * emptied since stays empty.
 */
export function planSlots(
  snapshot: MergeSnapshot,
  winner: ProfileRow,
  context: {
    readonly brand: BrandHandle;
    readonly sides: UndoSides;
    readonly links: ReadonlyMap<Uuid, LinkRow | null>;
  },
): SlotPlan {
  const { before, theirs, after } = slotsOf(snapshot);
  const now: Slots = winner.linkSlots ?? {};
  const own: Record<string, Uuid> = {};
  const others: Record<string, Uuid> = {};
  const unclear: BrandHandle[] = [];
  for (const brand of new Set([...Object.keys(now), ...Object.keys(theirs)])) {
    const [is, loserHad, winnerHad] = [now[brand], theirs[brand], before[brand]];
    const hasMoved = loserHad !== undefined && after[brand] === loserHad;
    // A slot of the loser that had given way came to nothing in the merge and is simply as it was.
    if (loserHad !== undefined && !hasMoved) others[brand] = loserHad;
    if (is === undefined) continue;
    if (is === loserHad) {
      others[brand] = is;
      if (winnerHad !== undefined) own[brand] = winnerHad;
    } else if (is === winnerHad) own[brand] = is;
    else {
      const side = sideOf(is, context);
      if (side === 'LOSER') others[brand] = is;
      else if (side === 'WINNER' && !hasMoved) own[brand] = is;
      else unclear.push(brand);
    }
  }
  return { winner: own, loser: others, unclear: unclear.sort() };
}

function sideOf(linkId: Uuid, { brand, sides, links }: Parameters<typeof planSlots>[2]): 'WINNER' | 'LOSER' | null {
  const link = links.get(linkId) ?? null;
  const end = link === null ? null : sideIn(link, brand);
  const account = link === null || end === null ? null : accountAt(link, end);
  if (account === null) return null;
  if (sides.loserAccounts.includes(account)) return 'LOSER';
  return sides.winnerAccounts.includes(account) ? 'WINNER' : null;
}
