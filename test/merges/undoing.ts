import type { MergeUndoInput } from '../../src/generated/resolvers-types.js';
import { formatNodeId, newUuid, type Uuid } from '../../src/kernel/ids.js';
import type { MergeRow, MergeView } from '../../src/merges/merge.js';
import { mergeCollection } from '../../src/merges/merge.model.js';
import { loadMergeNode } from '../../src/merges/merge.service.js';
import type { MergeKindDefinition } from '../../src/merges/merge-kind.js';
import { mergeKinds } from '../../src/merges/merge-kind.service.js';
import { type UndoOutcome, undoMerge } from '../../src/merges/merge-undo.service.js';
import type { ProfileRow, ProfileView } from '../../src/profiles/profile.js';
import { profileCollection } from '../../src/profiles/profile.model.js';
import type { TestGroup } from '../support/group.js';
import { merge } from './merging.js';

/** Merges and gives back the record; fails when there is none. */
export async function merged(group: TestGroup, loser: ProfileView, winner: ProfileView): Promise<MergeView> {
  const outcome = await merge(group, loser, winner);
  if (outcome.merge === null) throw new Error('The merge cannot be seen');
  return outcome.merge;
}

/** An undo to ask for. */
export function undoInput(
  record: Pick<MergeView, '_id' | 'brand'>,
  overrides: Partial<MergeUndoInput> = {},
): MergeUndoInput {
  return {
    mergeId: formatNodeId('merge', record.brand.handle, record._id),
    idempotencyKey: `undo-${newUuid()}`,
    ...overrides,
  };
}

/** Undoes a merge as staff would. */
export function undo(group: TestGroup, record: Pick<MergeView, '_id' | 'brand'>): Promise<UndoOutcome> {
  return undoMerge(group.context(), undoInput(record));
}

/** A profile without what every write changes. */
export function lasting(row: ProfileRow): object {
  const { version: _v, updatedAt: _u, touch: _t, ...rest } = row;
  return rest;
}

/** The record of a merge as stored, snapshot included. */
export async function storedMerge(group: TestGroup, brand: string, id: Uuid): Promise<MergeRow> {
  const row = await group.entry(brand).database.model(mergeCollection).findOne({ _id: id }, null, { lean: true });
  if (row === null) throw new Error(`No merge ${id} in ${brand}`);
  return row as unknown as MergeRow;
}

/** Writes fields of a profile as a client's change would leave them, version included. */
export async function write(
  group: TestGroup,
  brand: string,
  id: Uuid,
  update: { readonly $set?: object; readonly $unset?: object },
): Promise<void> {
  const { collection } = group.entry(brand).database.model(profileCollection);
  await collection.updateOne({ _id: id } as never, { ...update, $inc: { version: 1 } } as never);
}

/** Runs work once, at the moment when the undo has read what it decides by and has written nothing yet. */
export function kindsThatFirst(
  work: () => Promise<unknown>,
  judge: () => Promise<string[]> = async () => [],
): MergeKindDefinition[] {
  let hasRun = false;
  const kind: MergeKindDefinition = {
    kind: null,
    collections: [],
    rule: 'For a schedule',
    undoBlockers: async () => {
      const answer = await judge();
      if (!hasRun) {
        hasRun = true;
        await work();
      }
      return answer;
    },
  };
  return [...mergeKinds, kind];
}

/** A merge as an operation shows it now. */
export async function storedView(group: TestGroup, record: { readonly _id: string }): Promise<MergeView> {
  const context = group.context();
  const view = await loadMergeNode(context, { kind: 'merge', brand: 'wren', uuids: [record._id] } as never);
  if (view === null) throw new Error('The merge cannot be seen');
  return view;
}
