import type { OperationContext } from '../../src/access/context.js';
import { newUuid } from '../../src/kernel/ids.js';
import { createLogger } from '../../src/kernel/logger.js';
import { orderBatch } from '../../src/merge-batches/batch-order.service.js';
import type { BatchWorkDeps } from '../../src/merge-batches/batch-work.service.js';
import type { BatchOrder, MergeBatchView } from '../../src/merge-batches/merge-batch.js';
import {
  MergeBatchJournals,
  type MergeBatchJournalsOptions,
} from '../../src/merge-batches/merge-batch-journals.service.js';
import type { TestGroup } from '../support/group.js';
import { until } from '../support/until.js';
import { batchId, nowOf, type Pair, people } from './batching.js';

/** Journals as one process has them, which look for work often. */
export function journalsOf(group: TestGroup, options: Partial<MergeBatchJournalsOptions> = {}): MergeBatchJournals {
  return new MergeBatchJournals({ ...workDeps(group), pollMs: 20, ...options });
}

/** What work on batches is made of, for workers that are called directly. */
export function workDeps(group: TestGroup, overrides: Partial<BatchWorkDeps> = {}): BatchWorkDeps {
  return {
    brands: group.brands,
    clock: { now: () => new Date() },
    log: createLogger({ level: 'silent' }),
    concurrency: 4,
    isStopping: () => false,
    ...overrides,
  };
}

/** Journals that nobody works on: whatever is asked of a batch is only written down. */
export const asleep: Pick<MergeBatchJournals, 'poke'> = { poke: () => {} };

/** Asks something of a batch, with a key of its own. */
export function ask(
  group: TestGroup,
  order: BatchOrder,
  batch: MergeBatchView,
  options: { readonly journals?: Pick<MergeBatchJournals, 'poke'>; readonly context?: OperationContext } = {},
): Promise<MergeBatchView | null> {
  const { journals = asleep, context = group.context() } = options;
  return orderBatch(context, journals, order, { id: batchId(batch), idempotencyKey: `order-${newUuid()}` });
}

/** So many pairs of new customers. */
export async function pairsOf(group: TestGroup, brand: string, count: number): Promise<Pair[]> {
  const ids = await people(group, brand, 2 * count);
  return Array.from({ length: count }, (_, n): Pair => [ids[2 * n] as string, ids[2 * n + 1] as string]);
}

/** Waits for a batch to be as wanted. */
export function whenIt(
  group: TestGroup,
  what: string,
  batch: MergeBatchView,
  is: (now: MergeBatchView) => boolean,
): Promise<MergeBatchView> {
  return until(what, async () => {
    const now = await nowOf(group, batch);
    return is(now) ? now : null;
  });
}

/** Waits until every row of a batch is decided. */
export function whenDone(group: TestGroup, batch: MergeBatchView): Promise<MergeBatchView> {
  return whenIt(group, 'the batch is through', batch, (now) => now.status === 'COMPLETED');
}
