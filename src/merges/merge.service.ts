import { type OperationContext, visibleBrand } from '../access/context.js';
import type { NodeId, Uuid } from '../kernel/ids.js';
import type { ProfileView } from '../profiles/profile.js';
import { viewProfile } from '../profiles/profile.service.js';
import { type FieldDecision, type MergeRefusal, type MergeView, undoableUntilOf } from './merge.js';
import { loadMerge } from './merge.loader.js';
import { ownBlockers } from './merge-blockers.js';
import { openSnapshot } from './merge-snapshot.js';

/** The merge that a global id names; null alike when there is none and when its brand is not the actor's. */
export async function loadMergeNode(context: OperationContext, nodeId: NodeId): Promise<MergeView | null> {
  const entry = visibleBrand(context, nodeId.brand);
  return entry === null ? null : loadMerge(context, entry, nodeId.uuids[0] as Uuid);
}

/** The live profile that stands for a merge's winner now: itself, or the one it was merged into later. */
export function winnerOf(context: OperationContext, merge: MergeView): Promise<ProfileView | null> {
  return viewProfile(context, context.brands.get(merge.brand.handle), merge.winnerId);
}

/** How each field was decided; with the values of both sides as long as the merge can be undone, null afterwards. */
export function fieldsOf(context: OperationContext, merge: MergeView): FieldDecision[] {
  const isOpen = merge.snapshot !== undefined && undoableUntilOf(merge, context.clock.now()) !== null;
  const { sealKey } = context.brands.get(merge.brand.handle);
  const values = isOpen ? openSnapshot(sealKey, merge._id, merge.snapshot ?? '').values : [];
  return merge.fields.map((field, index) => {
    const [winnerValue = null, loserValue = null] = values[index] ?? [];
    return { ...field, winnerValue, loserValue };
  });
}

/** Whether a profile can take part in a merge. */
export interface MergeabilityView {
  readonly isMergeable: boolean;
  readonly blockers: readonly MergeRefusal[];
}

/** What about a profile alone, whoever the other is, stands in the way of a merge. Reads nothing. */
export function mergeabilityOf(profile: ProfileView): MergeabilityView {
  const blockers = ownBlockers(profile);
  return { isMergeable: blockers.length === 0, blockers };
}
