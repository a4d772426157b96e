import type { MergeErrorCode } from '../generated/resolvers-types.js';
import type { Uuid } from '../kernel/ids.js';
import type { MergeRefusal } from '../merges/merge.js';
import type { ForestFault } from './batch-forest.js';
import { type BatchActor, type MergeBatchDocument, type MergeBatchRowDocument, rowIdOf } from './merge-batch.js';

const faultMessages: Readonly<Record<ForestFault, string>> = {
  CIRCLE: 'This row and others form a circle: nobody of them would be left; take one of the rows out',
  TWO_WINNERS: 'Other rows merge the same profile into another one; keep the row that is meant',
  REPEATED: 'An earlier row says the same; keep one of them',
};

/** A fault of the rows as a whole, as a refusal of one of them. */
export function forestRefusal(fault: ForestFault, field: readonly string[] | null): MergeRefusal {
  return { code: 'BATCH_NOT_A_FOREST' satisfies MergeErrorCode, message: faultMessages[fault], field };
}

/** A row whose verdict is known. */
export interface CheckedRow {
  readonly number: number;
  readonly order: number;
  readonly winner: { readonly brand: string; readonly id: Uuid };
  readonly loser: { readonly brand: string; readonly id: Uuid };
  readonly refusal: MergeRefusal | null;
}

/** A checked row as it is stored. */
export function batchRowOf(batchId: Uuid, brand: string, row: CheckedRow): MergeBatchRowDocument {
  const { number, order, winner, loser, refusal } = row;
  return {
    _id: rowIdOf(batchId, number),
    batchId,
    number,
    order,
    winnerId: winner.id,
    loserId: loser.id,
    ...(winner.brand === brand ? {} : { winnerBrand: winner.brand }),
    ...(loser.brand === brand ? {} : { loserBrand: loser.brand }),
    ...(refusal === null ? { status: 'WAITING' } : { status: 'REFUSED', refusal }),
  };
}

/** A batch without rows yet, as it is stored. */
export function newBatchOf(
  id: Uuid,
  by: { readonly actor: BatchActor; readonly reason: string | null; readonly at: Date },
): MergeBatchDocument {
  return {
    _id: id,
    status: 'PREPARING',
    rowCount: 0,
    mergedCount: 0,
    refusedCount: 0,
    doneUpTo: 0,
    windowEnd: 0,
    run: 0,
    fence: 0,
    actor: by.actor,
    reason: by.reason,
    rev: 0,
    createdAt: by.at,
    startedAt: null,
    finishedAt: null,
  };
}
