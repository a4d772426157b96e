import { type OperationContext, visibleBrand } from '../access/context.js';
import type { NodeId, Uuid } from '../kernel/ids.js';
import type { DuplicateView } from './duplicate.js';
import { judge, loadDuplicate } from './duplicate-judgement.service.js';

/** The pair that a global id names, as of now; null alike when there is none and when its brand is not the actor's. */
export async function loadDuplicateNode(context: OperationContext, nodeId: NodeId): Promise<DuplicateView | null> {
  const entry = visibleBrand(context, nodeId.brand);
  if (entry === null) return null;
  const row = await loadDuplicate(context, entry, nodeId.uuids[0] as Uuid);
  return row === null ? null : judge(context, entry, row);
}
