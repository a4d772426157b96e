import type { OperationContext } from '../../src/access/context.js';
import { runTransaction } from '../../src/brands/transaction.js';
import type { MergeBatchCreateInput } from '../../src/generated/resolvers-types.js';
import { Deadline } from '../../src/kernel/clock.js';
import { formatNodeId, newUuid } from '../../src/kernel/ids.js';
import { createBatch } from '../../src/merge-batches/batch-create.service.js';
import type { MergeBatchRowDocument, MergeBatchView } from '../../src/merge-batches/merge-batch.js';
import { batchViewOf } from '../../src/merge-batches/merge-batch.js';
import { mergeBatchRowCollection } from '../../src/merge-batches/merge-batch.model.js';
import { rowsOfBatch } from '../../src/merge-batches/merge-batch.service.js';
import { findBatch } from '../../src/merge-batches/merge-batch.store.js';
import type { MergeRow } from '../../src/merges/merge.js';
import { mergeCollection } from '../../src/merges/merge.model.js';
import { insertNewProfiles, planNewProfile } from '../../src/profiles/new-profile.service.js';
import { rowsOf } from '../merges/merging.js';
import { anEmail } from '../support/factories/profile.js';
import type { TestGroup } from '../support/group.js';

/** Stored ids of so many new customers of a brand, written together. */
export async function people(group: TestGroup, brand: string, count: number): Promise<string[]> {
  const { brand: model, database } = group.entry(brand);
  const planned = Array.from({ length: count }, (_, n) =>
    planNewProfile({ brand: model, values: { firstName: `Mei${n}`, email: anEmail() }, now: new Date() }),
  );
  for (let from = 0; from < planned.length; from += 100) {
    await runTransaction(database, Deadline.after(20_000), (session) =>
      insertNewProfiles(database, planned.slice(from, from + 100), session),
    );
  }
  return planned.map(({ profile }) => profile._id);
}

/** Stored ids of a loser and its winner. */
export type Pair = readonly [loser: string, winner: string];

/** A batch to be made of pairs of one brand. */
export function batchInput(
  brand: string,
  pairs: readonly Pair[],
  overrides: Partial<MergeBatchCreateInput> = {},
): MergeBatchCreateInput {
  return {
    brand,
    rows: pairs.map(([loser, winner]) => ({
      winnerId: formatNodeId('prof', brand, winner),
      loserId: formatNodeId('prof', brand, loser),
    })),
    isSamePersonConfirmed: true,
    idempotencyKey: `batch-${newUuid()}`,
    ...overrides,
  };
}

/** A batch of pairs, checked and kept. */
export async function aBatch(
  group: TestGroup,
  brand: string,
  pairs: readonly Pair[],
  context: OperationContext = group.context(),
): Promise<MergeBatchView> {
  const batch = await createBatch(context, batchInput(brand, pairs));
  if (batch === null) throw new Error('The new batch cannot be seen');
  return batch;
}

/** Global id of a batch. */
export function batchId(batch: MergeBatchView): string {
  return formatNodeId('batch', batch.brand.handle, batch._id);
}

/** A batch as it stands now. */
export async function nowOf(group: TestGroup, batch: MergeBatchView): Promise<MergeBatchView> {
  const { database, brand } = group.entry(batch.brand.handle);
  const row = await findBatch(database, batch._id, { deadline: Deadline.after(10_000) });
  const view = row === null ? null : batchViewOf(row, brand);
  if (view === null) throw new Error(`There is no batch ${batch._id}`);
  return view;
}

/** What is shown of every row now: its status, or the code it was refused with. */
export async function statusesOf(group: TestGroup, batch: MergeBatchView): Promise<string[]> {
  const page = await rowsOfBatch(group.context(), await nowOf(group, batch), { first: 100 });
  return page.nodes.map((row) => row.refusal?.code ?? row.status);
}

/** Every stored row of a batch, in the order given. */
export async function storedRows(group: TestGroup, batch: MergeBatchView): Promise<MergeBatchRowDocument[]> {
  const rows = await rowsOf(group, batch.brand.handle, mergeBatchRowCollection);
  return rows.filter((row) => row.batchId === batch._id).sort((a, b) => a.number - b.number);
}

/** Every merge that came of a batch. */
export async function mergesOf(group: TestGroup, batch: MergeBatchView): Promise<MergeRow[]> {
  return (await rowsOf(group, batch.brand.handle, mergeCollection)).filter((row) => row.batchId === batch._id);
}

/** Checks that counters, verdicts and merges of a batch say one and the same. Gives the number of merges. */
export async function mergedExactly(group: TestGroup, batch: MergeBatchView): Promise<number> {
  const [now, rows, merges] = await Promise.all([
    nowOf(group, batch),
    storedRows(group, batch),
    mergesOf(group, batch),
  ]);
  const merged = rows.filter((row) => row.status === 'MERGED');
  const told = {
    mergedCount: merged.length,
    refusedCount: rows.filter((row) => row.status === 'REFUSED').length,
    merges: merged.map((row) => row.mergeId).sort(),
    losers: merged.map((row) => row.loserId).sort(),
  };
  const done = {
    mergedCount: now.mergedCount,
    refusedCount: now.refusedCount,
    merges: merges.map((row) => row._id).sort(),
    losers: merges.map((row) => row.loserId).sort(),
  };
  if (JSON.stringify(told) !== JSON.stringify(done)) {
    throw new Error(`Rows say ${JSON.stringify(told)}, the batch and its merges ${JSON.stringify(done)}`);
  }
  return merges.length;
}
