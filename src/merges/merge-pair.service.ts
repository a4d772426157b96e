import { type OperationContext, requireActor } from '../access/context.js';
import type { BrandEntry } from '../brands/brands.js';
import { commitOnce } from '../events/commit-once.js';
import { intentOf } from '../events/idempotency.js';
import { AppError, badInput, Refusal } from '../kernel/errors.js';
import type { Uuid } from '../kernel/ids.js';
import type { MergeOrigin } from './merge.js';
import { findMerges } from './merge.store.js';
import { decideMerge, type MergeResult } from './profile-merge.service.js';

/** Two profiles of one brand that a batch makes one, by stored ids; ids merged earlier stand for whoever they lead to. */
export interface MergePair {
  readonly winnerId: Uuid;
  readonly loserId: Uuid;
  readonly reason: string | null;
  readonly origin: MergeOrigin;
}

/**
 * Merges a pair whose batch was reviewed as a whole: the plan is the one of this moment, worked out with the rights of
 * the context's actor. However often, late and by however many processes it is called, the merge happens once: its id is
 * given, is the key it is remembered by, and stays taken after the memory has expired or the merge was undone.
 * @throws Refusal with codes of `MergeErrorCode`; nothing was written. AppError `RETRY`, `BRAND_TIMEOUT`, `BRAND_UNAVAILABLE`.
 */
export async function mergePair(context: OperationContext, entry: BrandEntry, pair: MergePair): Promise<void> {
  const { winnerId, loserId, reason, origin } = pair;
  const body = { winnerId, loserId };
  const intent = intentOf(requireActor(context), 'mergeBatchRow', origin.mergeId, body, (message) => {
    throw badInput(message, ['mergeId']);
  });
  try {
    await commitOnce<MergeResult>({
      context,
      database: entry.database,
      intent,
      decide: () =>
        decideMerge(
          context,
          { planHash: null, isSamePersonConfirmed: true, takeFromLoser: [], reason, origin },
          { entry, id: winnerId },
          { entry, id: loserId },
        ),
    });
  } catch (error) {
    const mayBeDone = error instanceof Refusal || (error instanceof AppError && error.code === 'RETRY');
    if (mayBeDone && (await isMerged(context, entry, origin.mergeId))) return;
    throw error;
  }
}

async function isMerged(context: OperationContext, entry: BrandEntry, mergeId: Uuid): Promise<boolean> {
  const { deadline } = context;
  const rows = await entry.database.run(deadline, () => findMerges(entry.database, [mergeId], { deadline }));
  return rows.length > 0;
}
