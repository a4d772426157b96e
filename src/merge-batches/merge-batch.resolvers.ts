import { type UserOutcome, userErrorsOf } from '../access/user-errors.js';
import type { Resolvers } from '../generated/resolvers-types.js';
import { formatNodeId } from '../kernel/ids.js';
import { createBatch } from './batch-create.service.js';
import { orderBatch } from './batch-order.service.js';
import type { MergeBatchView } from './merge-batch.js';
import { batchOfMerge, listBatches, mergeOfRow, rowsOfBatch } from './merge-batch.service.js';
import type { MergeBatchJournals } from './merge-batch-journals.service.js';

/** What `mergeBatch…` resolvers are built from. */
export interface MergeBatchResolverDeps {
  readonly journals: MergeBatchJournals;
}

/** `mergeBatches`, what can be asked of a batch, batches and their rows, and the batch of a merge. */
export function createMergeBatchResolvers({ journals }: MergeBatchResolverDeps): Resolvers {
  return {
    Query: {
      mergeBatches: (_parent, args, context) => listBatches(context, args),
    },
    Mutation: {
      mergeBatchCreate: async (_parent, { input }, context) => payload(() => createBatch(context, input)),
      mergeBatchStart: async (_parent, { input }, context) =>
        payload(() => orderBatch(context, journals, 'start', input)),
      mergeBatchPause: async (_parent, { input }, context) =>
        payload(() => orderBatch(context, journals, 'pause', input)),
      mergeBatchCancel: async (_parent, { input }, context) =>
        payload(() => orderBatch(context, journals, 'cancel', input)),
    },
    Merge: {
      batch: (merge, _args, context) => batchOfMerge(context, merge),
    },
    MergeBatch: {
      id: (batch) => formatNodeId('batch', batch.brand.handle, batch._id),
      rows: (batch, args, context) => rowsOfBatch(context, batch, args),
    },
    MergeBatchRow: {
      winnerId: (row) => formatNodeId('prof', row.winnerBrand ?? row.brand.handle, row.winnerId),
      loserId: (row) => formatNodeId('prof', row.loserBrand ?? row.brand.handle, row.loserId),
      refusal: (row) => row.refusal ?? null,
      merge: (row, _args, context) => mergeOfRow(context, row),
    },
  };
}

type BatchPayload = { batch: MergeBatchView | null } & Pick<UserOutcome<MergeBatchView>, 'userErrors'>;

async function payload(work: () => Promise<MergeBatchView | null>): Promise<BatchPayload> {
  const { value, userErrors } = await userErrorsOf(work);
  return { batch: value, userErrors };
}
