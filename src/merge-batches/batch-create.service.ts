import { type OperationContext, requireActor, visibleBrand } from '../access/context.js';
import { World } from '../access/world.js';
import type { BrandEntry } from '../brands/brands.js';
import { auditRow } from '../events/audit.js';
import { commitOnce, type Decision } from '../events/commit-once.js';
import { insertAudit } from '../events/event.store.js';
import type { MergeBatchCreateInput, MergeErrorCode } from '../generated/resolvers-types.js';
import { badInput, Refusal, refuse } from '../kernel/errors.js';
import { expectNodeId, newUuid, type Uuid } from '../kernel/ids.js';
import { checkReason } from '../merges/merge-input.js';
import { mutationIntent, refuseMissing } from '../profiles/profile-target.service.js';
import { checkPairs, type NamedPair, type NamedProfile, resolvePairs } from './batch-check.service.js';
import { BatchForest } from './batch-forest.js';
import { batchRowOf, type CheckedRow, forestRefusal, newBatchOf } from './batch-rows.js';
import { batchActorOf, type MergeBatchView } from './merge-batch.js';
import { loadBatch } from './merge-batch.loader.js';
import { insertBatch } from './merge-batch.store.js';
import { insertRows } from './merge-batch-row.store.js';

/** Rows of one call: they are checked and written together, a quarter of a megabyte in one transaction on one shard. */
const rowsPerCallMax = 1_000;

/** What is remembered of a new batch. */
interface CreateResult extends Readonly<Record<string, string>> {
  readonly batchId: Uuid;
}

/**
 * Checks a list of merges and keeps it with a verdict for every row. Merges nothing. What is wrong with one row is that
 * row's verdict; rows that form a circle or use one loser twice refuse the whole list, each by its own entry, because what
 * was meant cannot be known.
 * @throws Refusal `BATCH_NOT_A_FOREST`, `NOT_CONFIRMED`, `TOO_MANY`, `NOT_FOUND` for a brand that is not the token's,
 * `IDEMPOTENCY_KEY_REUSED`; AppError `BAD_USER_INPUT` for no rows, ids of another kind, a malformed reason or key.
 */
export async function createBatch(
  context: OperationContext,
  input: MergeBatchCreateInput,
): Promise<MergeBatchView | null> {
  checkReason(input.reason);
  if (input.rows.length === 0) throw badInput('A batch has at least one row', ['input', 'rows']);
  if (input.rows.length > rowsPerCallMax) {
    refuse<MergeErrorCode>(
      'TOO_MANY',
      `A call takes at most ${rowsPerCallMax} rows; the command line takes any number`,
      ['rows'],
    );
  }
  const pairs = input.rows.map((row, index): NamedPair => {
    const named = (field: 'winnerId' | 'loserId'): NamedProfile => {
      const node = expectNodeId(row[field], 'prof', ['input', 'rows', String(index), field]);
      return { brand: node.brand, id: node.uuids[0] as Uuid };
    };
    return { winner: named('winnerId'), loser: named('loserId') };
  });
  const entry = visibleBrand(context, input.brand);
  if (entry === null) return refuseMissing(['brand']);
  const { result } = await commitOnce<CreateResult>({
    context,
    database: entry.database,
    intent: mutationIntent(context, 'mergeBatchCreate', input),
    decide: () => decideCreate(context, entry, input, pairs),
  });
  context.world = new World();
  return loadBatch(context, entry, result.batchId);
}

async function decideCreate(
  context: OperationContext,
  entry: BrandEntry,
  input: MergeBatchCreateInput,
  pairs: readonly NamedPair[],
): Promise<Decision<CreateResult>> {
  if (!input.isSamePersonConfirmed) {
    refuse<MergeErrorCode>('NOT_CONFIRMED', 'Make sure that each pair is one person, then set isSamePersonConfirmed', [
      'isSamePersonConfirmed',
    ]);
  }
  const checked = await checkRows(context, entry, pairs);
  const at = context.clock.now();
  const batchId = newUuid();
  const refusedCount = checked.filter((row) => row.refusal !== null).length;
  const batch = {
    ...newBatchOf(batchId, { actor: batchActorOf(requireActor(context)), reason: checkReason(input.reason), at }),
    status: 'READY' as const,
    rowCount: checked.length,
    refusedCount,
  };
  const rows = checked.map((row) => batchRowOf(batchId, entry.brand.handle, row));
  const audit = auditRow(context, 'mergeBatchCreate', batchId, at, { rowCount: rows.length, refusedCount });
  return {
    result: { batchId },
    write: async (session) => {
      await insertBatch(entry.database, batch, session);
      await insertRows(entry.database, rows, session);
      await insertAudit(entry.database, [audit], session);
    },
  };
}

async function checkRows(
  context: OperationContext,
  entry: BrandEntry,
  pairs: readonly NamedPair[],
): Promise<CheckedRow[]> {
  const resolved = await resolvePairs(context, entry, pairs);
  const forest = new BatchForest();
  for (const { winner, loser } of resolved) {
    if (winner === null) forest.skip();
    else forest.add(winner._id, loser._id);
  }
  const { orderOf, faults } = forest.judge();
  if (faults.size > 0) {
    throw new Refusal<MergeErrorCode>(
      [...faults]
        .sort(([a], [b]) => a - b)
        .map(([index, fault]) => forestRefusal(fault, ['input', 'rows', String(index), 'loserId'])),
    );
  }
  const inOrder = resolved
    .flatMap((pair, index) => (pair.winner === null ? [] : [{ ...pair, index }]))
    .sort((a, b) => (orderOf[a.index] as number) - (orderOf[b.index] as number));
  const verdicts = await checkPairs(context, entry, inOrder);
  const verdictOf = new Map(inOrder.map(({ index }, at) => [index, verdicts[at] ?? null]));
  return pairs.map((pair, index) => ({
    ...pair,
    number: index + 1,
    order: orderOf[index] as number,
    refusal: resolved[index]?.refusal ?? verdictOf.get(index) ?? null,
  }));
}
