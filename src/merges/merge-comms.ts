import type { CommsRule } from '../generated/resolvers-types.js';
import { canonicalJson } from '../kernel/digest.js';
import { type Channel, channels, type StoredChannel, type StoredComms } from '../profiles/profile.js';
import type { ChannelDecision, FieldDecision } from './merge.js';

/** Which profile's address a channel reaches afterwards; null where neither or both may be meant. */
export type SurvivingAddress = Partial<Record<Channel, 'WINNER' | 'LOSER'>>;

/** How the channels are decided, and the wishes that the winner has afterwards; null when they stay as they are. */
export interface CommsPlan {
  readonly decisions: readonly ChannelDecision[];
  readonly fields: readonly FieldDecision[];
  readonly comms: StoredComms | null;
}

/**
 * Decides per channel how the customer may be contacted: the more restrictive of both, unless the later choice is the
 * customer's own. A channel that one of them was never asked about says nothing against the other's. Whether messages
 * come back is no wish: it goes with the address that stays.
 */
export function planComms(
  winner: StoredComms | undefined,
  loser: StoredComms | undefined,
  surviving: SurvivingAddress,
): CommsPlan {
  const decisions: ChannelDecision[] = [];
  const merged: StoredChannel[] = [];
  for (const channel of channels) {
    const own = winner?.channels.find((entry) => entry.channel === channel);
    const other = loser?.channels.find((entry) => entry.channel === channel);
    if (own === undefined && other === undefined) continue;
    const { entry, rule } = decideChannel(own, other);
    const isBounced = bouncedAfter(own, other, surviving[channel]);
    merged.push({ ...entry, isBounced });
    decisions.push({ channel, isPromotional: entry.isPromotional, isOptedOut: entry.isOptedOut, rule });
  }
  const terms = decideTerms(winner, loser);
  const comms = { channels: merged, ...terms.kept };
  const hasChanged = canonicalJson(comms) !== canonicalJson(winner ?? { channels: [] });
  return { decisions, fields: terms.fields, comms: hasChanged ? comms : null };
}

function decideChannel(
  own: StoredChannel | undefined,
  other: StoredChannel | undefined,
): { entry: StoredChannel; rule: CommsRule } {
  if (own === undefined || other === undefined) {
    return { entry: (own ?? other) as StoredChannel, rule: 'MOST_RESTRICTIVE' };
  }
  const [older, newer] = own.updatedAt <= other.updatedAt ? [own, other] : [other, own];
  const isUnanimous = own.isPromotional === other.isPromotional && own.isOptedOut === other.isOptedOut;
  if (newer.isOwnChoice === true && older.updatedAt < newer.updatedAt) {
    return { entry: laterChoice(older, newer), rule: isUnanimous ? 'UNANIMOUS' : 'LATER_OWN_CHOICE' };
  }
  return { entry: mostRestrictive(older, newer), rule: isUnanimous ? 'UNANIMOUS' : 'MOST_RESTRICTIVE' };
}

function laterChoice(older: StoredChannel, newer: StoredChannel): StoredChannel {
  const chosen = new Map(newer.categories.map((entry) => [entry.category, entry.isWelcome]));
  for (const { category, isWelcome } of older.categories) {
    if (!chosen.has(category)) chosen.set(category, isWelcome);
  }
  return { ...newer, isPromotional: newer.isPromotional ?? older.isPromotional, categories: asCategories(chosen) };
}

function mostRestrictive(older: StoredChannel, newer: StoredChannel): StoredChannel {
  const welcome = new Map<string, boolean>();
  for (const { category, isWelcome } of [...older.categories, ...newer.categories]) {
    welcome.set(category, isWelcome && (welcome.get(category) ?? true));
  }
  const isRefused = older.isPromotional === false || newer.isPromotional === false;
  return {
    channel: newer.channel,
    isPromotional: isRefused ? false : (older.isPromotional ?? newer.isPromotional),
    isOptedOut: older.isOptedOut || newer.isOptedOut,
    isBounced: older.isBounced || newer.isBounced,
    categories: asCategories(welcome),
    updatedAt: newer.updatedAt,
    isOwnChoice: older.isOwnChoice === true && newer.isOwnChoice === true,
  };
}

function asCategories(welcome: ReadonlyMap<string, boolean>): StoredChannel['categories'] {
  return [...welcome].sort(([a], [b]) => (a < b ? -1 : 1)).map(([category, isWelcome]) => ({ category, isWelcome }));
}

function bouncedAfter(
  own: StoredChannel | undefined,
  other: StoredChannel | undefined,
  survivor: 'WINNER' | 'LOSER' | undefined,
): boolean {
  if (survivor === 'WINNER') return own?.isBounced ?? false;
  if (survivor === 'LOSER') return other?.isBounced ?? false;
  return (own?.isBounced ?? false) || (other?.isBounced ?? false);
}

type Terms = Pick<StoredComms, 'termsAcceptedAt' | 'termsAcceptedVersion'>;

function decideTerms(
  winner: StoredComms | undefined,
  loser: StoredComms | undefined,
): { fields: FieldDecision[]; kept: Terms } {
  const own = winner?.termsAcceptedAt ?? null;
  const other = loser?.termsAcceptedAt ?? null;
  const isOther = other !== null && (own === null || other > own);
  const from = isOther ? loser : winner;
  const kept: Terms =
    (from?.termsAcceptedAt ?? null) === null
      ? {}
      : { termsAcceptedAt: from?.termsAcceptedAt, termsAcceptedVersion: from?.termsAcceptedVersion ?? null };
  if (other === null || own?.getTime() === other.getTime()) return { fields: [], kept };
  const field: FieldDecision = {
    field: 'comms.termsAcceptedAt',
    winnerValue: own?.toISOString() ?? null,
    loserValue: other.toISOString(),
    outcome: isOther ? 'LOSER' : 'WINNER',
    rule: own === null ? 'FILLS_EMPTY' : 'LATEST',
    isChoosable: false,
  };
  return { fields: [field], kept };
}
