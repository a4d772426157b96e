import type { ActorReference } from '../access/actor.js';
import { type OutboxRow, outboxRow } from '../events/outbox.js';
import type { IdentityFact } from '../identities/identity.js';
import type { Uuid } from '../kernel/ids.js';
import { accountsOf, formerIdsOf, type MergedIn, type ProfileRow } from '../profiles/profile.js';
import type { KindCount, MergeOrigin, MergeRow } from './merge.js';
import type { MergeDecisions } from './merge-plan.js';

/** A change of one profile, and what the profile must still be for it. */
export interface ProfileWrite {
  readonly filter: { readonly _id: Uuid } & Readonly<Record<string, unknown>>;
  readonly update: {
    readonly $set: Readonly<Record<string, unknown>>;
    readonly $unset?: Readonly<Record<string, ''>>;
    readonly $inc?: Readonly<Record<string, number>>;
  };
}

/** Everything a merge writes besides its audit and idempotency rows, with all ids and times drawn. */
export interface MergeWrites {
  readonly winner: ProfileWrite;
  readonly loser: ProfileWrite;
  /** One per profile that had been merged into the loser before: its redirect stays one hop. */
  readonly earlierLosers: readonly ProfileWrite[];
  readonly row: MergeRow;
  readonly outbox: readonly OutboxRow[];
}

/** What is known of a merge that is about to be written. */
export interface MergeIntent {
  readonly mergeId: Uuid;
  readonly at: Date;
  readonly actor: ActorReference;
  readonly reason: string | null;
  readonly counts: readonly KindCount[];
  /** Identities that come with the loser. */
  readonly identities: readonly IdentityFact[];
  readonly origin?: MergeOrigin | undefined;
  /** What undoing needs, sealed, and until when; null or absent when it cannot be undone. */
  readonly undo?: { readonly snapshot: string; readonly undoableUntil: Date } | null;
}

/**
 * All that a merged profile keeps: where it leads, what it was merged from, and the accounts that were its own, for
 * whoever reads it beside its winner. Everything else a customer ever told goes, fields of later versions included.
 */
export const keptOfLoser: ReadonlySet<string> = new Set([
  '_id',
  'state',
  'version',
  'touch',
  'mergedIn',
  'mergedInto',
  'formerAccounts',
  'type',
  'createdAt',
  'updatedAt',
]);

/** The writes that carry out a decided merge. Pure. */
export function mergeWrites(
  winner: ProfileRow,
  loser: ProfileRow,
  decisions: MergeDecisions,
  intent: MergeIntent,
): MergeWrites {
  const accounts = accountsOf(loser);
  const formerIds = formerIdsOf(loser);
  const { mergeId, at } = intent;
  const entry: MergedIn = { mergeId, loserId: loser._id, accounts, formerIds, at };
  const dropped = Object.keys(loser).filter((name) => !keptOfLoser.has(name));
  return {
    winner: {
      filter: { _id: winner._id, state: 'ACTIVE', version: winner.version },
      update: {
        $set: {
          ...decisions.attributes,
          accounts: [...accountsOf(winner), ...accounts],
          mergedIn: [...(winner.mergedIn ?? []), entry],
          updatedAt: at,
        },
        $inc: { version: 1 },
      },
    },
    loser: {
      filter: { _id: loser._id, state: 'ACTIVE', version: loser.version },
      update: {
        $set: { state: 'MERGED', mergedInto: winner._id, formerAccounts: accounts, updatedAt: at },
        $unset: Object.fromEntries(dropped.map((name) => [name, ''])),
        $inc: { version: 1 },
      },
    },
    earlierLosers: formerIds.map((id) => ({
      filter: { _id: id, state: 'MERGED', mergedInto: loser._id },
      update: { $set: { mergedInto: winner._id } },
    })),
    row: mergeRow(winner, loser, decisions, intent),
    outbox: [
      outboxRow('profile.merged', winner._id, winner.version + 1, at, {
        mergeId,
        formerId: loser._id,
        identities: intent.identities,
      }),
    ],
  };
}

/** Names of the stored fields in which a loser has something that a plan may go by. */
function givenBy(loser: ProfileRow): string[] {
  const isBlank = (value: unknown): boolean => value == null || (Array.isArray(value) && value.length === 0);
  return Object.entries(loser)
    .filter(([name, value]) => name === 'type' || !(keptOfLoser.has(name) || unplanned.has(name) || isBlank(value)))
    .map(([name]) => name);
}

/** Fields of a live profile that no plan decides about, or each entry of which has one giver only. */
const unplanned: ReadonlySet<string> = new Set(['live', 'accounts', 'keys', 'linkSlots', 'imports']);

function mergeRow(winner: ProfileRow, loser: ProfileRow, decisions: MergeDecisions, intent: MergeIntent): MergeRow {
  return {
    _id: intent.mergeId,
    winnerId: winner._id,
    loserId: loser._id,
    accounts: accountsOf(loser),
    planHash: decisions.hash,
    counts: intent.counts,
    fields: decisions.fields.map(({ field, outcome, rule, isChoosable }) => ({ field, outcome, rule, isChoosable })),
    comms: decisions.comms,
    actor: { kind: intent.actor.kind, reference: intent.actor.reference },
    reason: intent.reason,
    ...(intent.origin === undefined ? {} : { batchId: intent.origin.batchId }),
    committedAt: intent.at,
    // Balances, counts and lists are read by accounts, so nothing is left to be brought in line after the commit.
    completedAt: intent.at,
    changed: Object.keys(decisions.attributes).filter((name) => name !== 'keys'),
    given: givenBy(loser),
    ...(intent.undo ?? {}),
  };
}
