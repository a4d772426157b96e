import { type OperationContext, visibleBrand } from '../access/context.js';
import { World } from '../access/world.js';
import type { BrandEntry } from '../brands/brands.js';
import { auditRow } from '../events/audit.js';
import { commitOnce, type Decision, StaleRead } from '../events/commit-once.js';
import { insertAudit } from '../events/event.store.js';
import type { MergeErrorCode } from '../generated/resolvers-types.js';
import { journalRow } from '../journal/journal.js';
import { insertJournals } from '../journal/journal.store.js';
import { refuse } from '../kernel/errors.js';
import { expectNodeId, type Uuid } from '../kernel/ids.js';
import { mutationIntent, refuseMissing } from '../profiles/profile-target.service.js';
import {
  type BatchOrder,
  batchJournalId,
  batchJournalKind,
  type MergeBatchDocument,
  type MergeBatchView,
  statesFor,
} from './merge-batch.js';
import { loadBatch } from './merge-batch.loader.js';
import { type BatchUpdate, changeBatch, findBatch } from './merge-batch.store.js';
import type { MergeBatchJournals } from './merge-batch-journals.service.js';

/** What is asked of a batch. */
export interface BatchOrderInput {
  readonly id: string;
  readonly idempotencyKey?: string | null | undefined;
}

/** What is remembered of an order. */
interface OrderResult extends Readonly<Record<string, string>> {
  readonly batchId: Uuid;
}

const actions = { start: 'mergeBatchStart', pause: 'mergeBatchPause', cancel: 'mergeBatchCancel' } as const;

/**
 * Starts, holds or ends a batch; the journal that carries it on is written in the same transaction. Rows under way are
 * finished in every case.
 * @throws Refusal `NOT_FOUND` alike for what is not there and what is another brand's, `STATE_NOT_ALLOWED`,
 * `IDEMPOTENCY_KEY_REUSED`; AppError `BAD_USER_INPUT` for an id of another kind or a malformed key.
 */
export async function orderBatch(
  context: OperationContext,
  journals: Pick<MergeBatchJournals, 'poke'>,
  order: BatchOrder,
  input: BatchOrderInput,
): Promise<MergeBatchView | null> {
  const node = expectNodeId(input.id, 'batch', ['input', 'id']);
  const entry = visibleBrand(context, node.brand);
  if (entry === null) return refuseMissing(['id']);
  const batchId = node.uuids[0] as Uuid;
  const { result } = await commitOnce<OrderResult>({
    context,
    database: entry.database,
    intent: mutationIntent(context, actions[order], input),
    decide: () => decideOrder(context, entry, order, batchId),
  });
  context.world = new World();
  const batch = await loadBatch(context, entry, result.batchId);
  if (batch?.status === 'RUNNING') journals.poke(entry.brand.handle, batchJournalId(batch._id, batch.run));
  return batch;
}

async function decideOrder(
  context: OperationContext,
  entry: BrandEntry,
  order: BatchOrder,
  batchId: Uuid,
): Promise<Decision<OrderResult>> {
  const { database } = entry;
  const batch = await findBatch(database, batchId, { deadline: context.deadline });
  if (batch === null || batch.status === 'PREPARING') return refuseMissing(['id']);
  const states = statesFor[order];
  if (!states.includes(batch.status)) {
    refuse<MergeErrorCode>(
      'STATE_NOT_ALLOWED',
      `The batch is ${batch.status}; for this it must be ${states.join(' or ')}`,
      ['id'],
    );
  }
  const at = context.clock.now();
  const run = batch.run + 1;
  const journal = journalRow({
    id: batchJournalId(batchId, run),
    kind: batchJournalKind,
    data: { batchId, run: String(run) },
    at,
  });
  const audit = auditRow(context, actions[order], batchId, at);
  return {
    result: { batchId },
    write: async (session) => {
      const update = updateFor(order, batch, at);
      if (!(await changeBatch(database, { _id: batchId, rev: batch.rev }, update, session))) {
        throw new StaleRead('A batch of merges');
      }
      if (order === 'start') await insertJournals(database, [journal], session);
      await insertAudit(database, [audit], session);
    },
  };
}

function updateFor(order: BatchOrder, batch: MergeBatchDocument, at: Date): BatchUpdate {
  if (order === 'pause') return { $set: { status: 'PAUSED' } };
  if (order === 'cancel') return { $set: { status: 'CANCELLED', finishedAt: at } };
  return { $set: { status: 'RUNNING', run: batch.run + 1, fence: 0, startedAt: batch.startedAt ?? at } };
}
