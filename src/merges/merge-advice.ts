import type { Brand } from '../brands/brand.js';
import { readEmail, readPhone } from '../claims/match-key.js';
import type { MergeWarningCode, WinnerReason } from '../generated/resolvers-types.js';
import type { Uuid } from '../kernel/ids.js';
import { type Channel, isRealName, type ProfileRow } from '../profiles/profile.js';
import { foldName } from '../profiles/search-key.js';
import { birthDatesContradict } from './merge-birth-date.js';

/** Something to think about first. */
export interface MergeWarning {
  readonly code: MergeWarningCode;
  readonly message: string;
}

/** Which of the two should rather stay, and why. */
export interface WinnerAdvice {
  readonly profileId: Uuid;
  readonly reasons: readonly WinnerReason[];
}

/** What is known about the use of a profile. None of it is part of a plan's hash. */
export interface ProfileHistory {
  /** When a transaction of it last happened; null when there is none. */
  readonly lastUsedAt: Date | null;
  /** How many rows hang on it. */
  readonly rowCount: number;
  /** Handles of its identities, each as often as it is held. */
  readonly handles: readonly string[];
}

/** A profile with its history. */
export interface KnownProfile {
  readonly row: ProfileRow;
  readonly history: ProfileHistory;
}

/** Use within so many days counts as being in use: the vendor's advice is not to merge a profile that a customer uses. */
const inUseDays = 30;
const dayMs = 86_400_000;

/** What to think about before merging. */
export function warningsOf(winner: KnownProfile, loser: KnownProfile, brand: Brand, now: Date): MergeWarning[] {
  const warnings: MergeWarning[] = [];
  if (hasValidEmail(loser.row) && !hasValidEmail(winner.row)) {
    warnings.push({ code: 'WINNER_HAS_NO_VALID_EMAIL', message: 'The loser, not the winner, has the valid e-mail' });
  }
  if ([winner, loser].every(({ history }) => isInUse(history, now))) {
    warnings.push({
      code: 'BOTH_IN_USE',
      message: `Both have been used in the last ${inUseDays} days: they may be two people`,
    });
  }
  if (doNamesDiffer(winner.row, loser.row)) {
    warnings.push({ code: 'NAMES_DIFFER', message: 'The names have nothing in common' });
  }
  if (birthDatesContradict(winner.row.birthDate, loser.row.birthDate)) {
    warnings.push({ code: 'BIRTH_DATES_DIFFER', message: 'The birth dates differ' });
  }
  const single = brand.identityHandles.filter((handle) => !handle.isMultiple).map((handle) => handle.handle);
  for (const handle of single) {
    if ([winner, loser].every(({ history }) => history.handles.includes(handle))) {
      warnings.push({
        code: 'HANDLE_HELD_TWICE',
        message: `Both hold an identity under ${handle}, of which a profile should have one`,
      });
    }
  }
  return warnings;
}

/**
 * Which profile should rather stay. The first reason that tells them apart decides; all reasons for that profile are
 * given. When nothing tells them apart it is the winner as asked for.
 */
export function adviseWinner(winner: KnownProfile, loser: KnownProfile, brand: Brand): WinnerAdvice {
  const scores: readonly [WinnerReason, (profile: KnownProfile) => number][] = [
    ['HAS_VALID_EMAIL', ({ row }) => Number(hasValidEmail(row))],
    ['HAS_VALID_MOBILE_PHONE', ({ row }) => Number(hasValidMobile(row, brand))],
    ['HAS_ACTIVE_LINK', ({ row }) => Number(Object.keys(row.linkSlots ?? {}).length > 0)],
    ['MORE_RECENT_ACTIVITY', ({ history }) => history.lastUsedAt?.getTime() ?? 0],
    ['MORE_HISTORY', ({ history }) => history.rowCount],
    ['OLDER', ({ row }) => -row.createdAt.getTime()],
  ];
  const leads = scores.map(([reason, score]) => ({ reason, lead: score(winner) - score(loser) }));
  const first = leads.find(({ lead }) => lead !== 0);
  const isWinner = first === undefined || first.lead > 0;
  return {
    profileId: (isWinner ? winner : loser).row._id,
    reasons: leads.filter(({ lead }) => (isWinner ? lead > 0 : lead < 0)).map(({ reason }) => reason),
  };
}

function isBounced(row: ProfileRow, channel: Channel): boolean {
  return row.comms?.channels.some((entry) => entry.channel === channel && entry.isBounced) ?? false;
}

function hasValidEmail(row: ProfileRow): boolean {
  return row.email != null && readEmail(row.email) !== null && !isBounced(row, 'EMAIL');
}

function hasValidMobile(row: ProfileRow, brand: Brand): boolean {
  return row.mobilePhone != null && readPhone(row.mobilePhone, brand.phoneRegion) !== null && !isBounced(row, 'SMS');
}

function isInUse(history: ProfileHistory, now: Date): boolean {
  return history.lastUsedAt !== null && now.getTime() - history.lastUsedAt.getTime() <= inUseDays * dayMs;
}

/** Whether two known names share no word at all, first and last names taken together. */
function doNamesDiffer(winner: ProfileRow, loser: ProfileRow): boolean {
  const own = nameWords(winner);
  const other = nameWords(loser);
  return own.size > 0 && other.size > 0 && [...own].every((word) => !other.has(word));
}

function nameWords(row: ProfileRow): Set<string> {
  const names = [row.firstName, row.lastName].filter((name): name is string => isRealName(name));
  return new Set(
    foldName(names.join(' '))
      .split(/[ -]/)
      .filter((word) => word !== ''),
  );
}
