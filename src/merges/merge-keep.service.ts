import type { OperationContext } from '../access/context.js';
import type { BrandEntry } from '../brands/brands.js';
import type { Uuid } from '../kernel/ids.js';
import type { AddressRow } from '../profiles/address.js';
import type { ProfileRow } from '../profiles/profile.js';
import { readIdentities } from './merge-history.service.js';
import type { MergeDecisions } from './merge-plan.js';
import { type PointedRows, readable } from './merge-readable.js';
import { sealSnapshot, snapshotOf } from './merge-snapshot.js';

const dayMs = 86_400_000;

/** A merge that is about to be written, with what was read to decide it. */
export interface MergeToKeep {
  readonly mergeId: Uuid;
  readonly at: Date;
  readonly winner: ProfileRow;
  readonly loser: ProfileRow;
  readonly decisions: MergeDecisions;
  readonly loserRows: PointedRows;
  readonly winnerAddresses: readonly AddressRow[];
}

/** What undoing a merge needs, sealed for this merge, and until when; null when the brand's merges cannot be undone. */
export async function keepForUndo(
  context: OperationContext,
  entry: BrandEntry,
  merge: MergeToKeep,
): Promise<{ readonly snapshot: string; readonly undoableUntil: Date } | null> {
  const { brand, sealKey } = entry;
  if (brand.mergeUndoDays === 0) return null;
  const { mergeId, at, winner, loser, decisions, loserRows } = merge;
  const { fields, attributes } = decisions;
  const namesMain = fields.some(({ field, winnerValue }) => field === 'identities.isPrimary' && winnerValue !== null);
  const winnerRows: PointedRows = {
    identities: namesMain ? await readIdentities(context, entry, winner) : [],
    addresses: merge.winnerAddresses,
  };
  const shown = fields.map((decision) => readable(decision, winnerRows, loserRows));
  const values = shown.map(({ winnerValue, loserValue }) => [winnerValue, loserValue] as const);
  const snapshot = snapshotOf(winner, loser, { attributes, values }, loserRows.identities);
  const sealed = sealSnapshot(sealKey, mergeId, snapshot);
  if (sealed === null) return null;
  return { snapshot: sealed, undoableUntil: new Date(at.getTime() + brand.mergeUndoDays * dayMs) };
}
