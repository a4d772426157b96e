import type { Brand } from '../brands/brand.js';
import { contentDigest } from '../kernel/digest.js';
import type { Uuid } from '../kernel/ids.js';
import type { ProfileRow, ProfileView } from '../profiles/profile.js';
import { searchKeysOf } from '../profiles/search-key.js';
import type { ChannelDecision, FieldDecision, KindCount, MergedAttributes, MergeRefusal } from './merge.js';
import type { MergeWarning, WinnerAdvice } from './merge-advice.js';
import { blockersOf, type MergeSide, pairBlockers } from './merge-blockers.js';
import { planComms, type SurvivingAddress } from './merge-comms.js';
import { planFields } from './merge-fields.js';

/** What a plan is worked out from, and nothing else. */
export interface PlanInput {
  readonly winner: MergeSide;
  readonly loser: MergeSide;
  /** Fields whose value should be the loser's. */
  readonly takeFromLoser: readonly string[];
  /** Addresses of both together. */
  readonly addressCount: number;
  readonly mayGrantStatuses: boolean;
  /** Ids of links in slots of either profile that connect nothing any more. */
  readonly staleLinks: ReadonlySet<Uuid>;
}

/** Everything that a merge decides: what a person reviews, and what is written. */
export interface MergeDecisions {
  /** Digest over both profiles at their versions and all decisions; counts and balances are not in it. */
  readonly hash: string;
  readonly blockers: readonly MergeRefusal[];
  readonly fields: readonly FieldDecision[];
  readonly comms: readonly ChannelDecision[];
  /** What the winner gets; only what changes. */
  readonly attributes: MergedAttributes;
}

/** A balance before and after, as plain decimals. */
export interface BalanceChange {
  readonly unit: string;
  readonly winnerBefore: string;
  readonly loserBefore: string;
  readonly after: string;
}

/** A plan as it is shown for review. */
export interface MergePlan extends Omit<MergeDecisions, 'attributes'> {
  readonly __typename: 'MergePlan';
  readonly brand: Brand;
  readonly winner: ProfileView;
  readonly loser: ProfileView;
  readonly isMergeable: boolean;
  readonly warnings: readonly MergeWarning[];
  readonly suggestion: WinnerAdvice;
  readonly counts: readonly KindCount[];
  readonly balances: readonly BalanceChange[];
}

/** Leads every hash; another number when the same decisions would be written differently. */
const hashPrefix = 'p1_';
const hashLength = 40;

/**
 * Works out a merge. A pure function: the same documents, choice and rights always give the same decisions and hash, so
 * what was reviewed is what is carried out, or the hash differs.
 */
export function planMerge(input: PlanInput): MergeDecisions {
  const { winner, loser } = input;
  if (pairBlockers(winner, loser).length > 0) {
    const blockers = pairBlockers(winner, loser);
    return { hash: hashOf(input, blockers, [], []), blockers, fields: [], comms: [], attributes: {} };
  }
  const chosen = new Set(input.takeFromLoser);
  const fieldPlan = planFields(winner.row, loser.row, chosen);
  const commsPlan = planComms(winner.row.comms, loser.row.comms, survivingAddresses(winner.row, fieldPlan.attributes));
  const slots = joinSlots(winner.row, loser.row, input.staleLinks);
  const attributes: MergedAttributes = {
    ...fieldPlan.attributes,
    ...(commsPlan.comms === null ? {} : { comms: commsPlan.comms }),
    ...(slots === null ? {} : { linkSlots: slots }),
    keys: searchKeysOf({ ...winner.row, ...fieldPlan.attributes }),
  };
  const blockers = blockersOf({ ...input, attributes, unchoosable: fieldPlan.unchoosable });
  const fields = [...fieldPlan.decisions, ...commsPlan.fields];
  return {
    hash: hashOf(input, blockers, fields, commsPlan.decisions),
    blockers,
    fields,
    comms: commsPlan.decisions,
    attributes,
  };
}

function survivingAddresses(winner: ProfileRow, attributes: MergedAttributes): SurvivingAddress {
  const survivor = (name: 'email' | 'mobilePhone'): 'WINNER' | 'LOSER' | undefined => {
    if (attributes[name] !== undefined) return 'LOSER';
    return winner[name] == null ? undefined : 'WINNER';
  };
  return { EMAIL: survivor('email'), SMS: survivor('mobilePhone') };
}

/** Links of both, without a stale one where both have a slot; null when the loser has none. */
function joinSlots(winner: ProfileRow, loser: ProfileRow, stale: ReadonlySet<Uuid>): ProfileRow['linkSlots'] | null {
  if (Object.keys(loser.linkSlots ?? {}).length === 0) return null;
  const kept = Object.entries(winner.linkSlots ?? {}).filter(([, link]) => !stale.has(link));
  return { ...loser.linkSlots, ...Object.fromEntries(kept) };
}

function hashOf(
  { winner, loser }: PlanInput,
  blockers: readonly MergeRefusal[],
  fields: readonly FieldDecision[],
  comms: readonly ChannelDecision[],
): string {
  const side = ({ brand, row }: MergeSide): object => ({ brand: brand.handle, id: row._id, version: row.version });
  const digest = contentDigest({
    winner: side(winner),
    loser: side(loser),
    blockers: blockers.map(({ code, message }) => [code, message]),
    // Values are covered by the versions, and stay out of everything that is stored or logged.
    fields: fields.map(({ field, outcome, rule }) => [field, outcome, rule]),
    comms: comms.map(({ channel, isPromotional, isOptedOut, rule }) => [channel, isPromotional, isOptedOut, rule]),
  });
  return `${hashPrefix}${digest.slice(0, hashLength)}`;
}
