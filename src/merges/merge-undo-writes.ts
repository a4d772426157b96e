import { type OutboxRow, outboxRow } from '../events/outbox.js';
import type { Uuid } from '../kernel/ids.js';
import type { ProfileRow } from '../profiles/profile.js';
import { sidesOf, type UndoPlan } from './merge-undo.js';
import type { FieldValues } from './merge-undo-fields.js';
import type { ProfileWrite } from './merge-writes.js';

/** Everything an undo writes into profiles, and what it tells; claims, merge, audit and idempotency rows besides. */
export interface UndoWrites {
  readonly profiles: readonly ProfileWrite[];
  readonly outbox: OutboxRow;
}

/** The writes that carry out a decided undo: winner, loser, then the loser's earlier losers, whose redirects turn back. Pure. */
export function undoWrites(
  profiles: { readonly winner: ProfileRow; readonly loser: ProfileRow; readonly earlierLosers: readonly Uuid[] },
  plan: UndoPlan,
  { mergeId, at }: { readonly mergeId: Uuid; readonly at: Date },
): UndoWrites {
  const { winner, loser, earlierLosers } = profiles;
  const { winnerAccounts, loserAccounts } = sidesOf(profiles);
  const merges = (winner.mergedIn ?? []).filter((entry) => entry.mergeId !== mergeId);
  const version = winner.version + 1;
  return {
    profiles: [
      {
        filter: { _id: winner._id, state: 'ACTIVE', version: winner.version },
        update: updateOf(
          {
            ...plan.winner,
            accounts: winnerAccounts,
            mergedIn: merges.length === 0 ? undefined : merges,
            updatedAt: at,
          },
          winner,
        ),
      },
      {
        filter: { _id: loser._id, state: 'MERGED', version: loser.version, mergedInto: winner._id },
        update: updateOf(
          {
            ...plan.loser,
            state: 'ACTIVE',
            accounts: loserAccounts,
            mergedInto: undefined,
            formerAccounts: undefined,
            updatedAt: at,
          },
          loser,
        ),
      },
      ...earlierLosers.map((id) => ({
        filter: { _id: id, state: 'MERGED', mergedInto: winner._id },
        update: { $set: { mergedInto: loser._id } },
      })),
    ],
    outbox: outboxRow('profile.unmerged', winner._id, version, at, {
      mergeId,
      restoredId: loser._id,
      identities: plan.identities,
    }),
  };
}

function updateOf(values: FieldValues, row: ProfileRow): ProfileWrite['update'] {
  const set = Object.entries(values).filter(([, value]) => value !== undefined);
  const gone = Object.keys(values).filter((name) => values[name] === undefined && name in row);
  return {
    $set: Object.fromEntries(set),
    ...(gone.length === 0 ? {} : { $unset: Object.fromEntries(gone.map((name) => [name, ''])) as Record<string, ''> }),
    $inc: { version: 1 },
  };
}
