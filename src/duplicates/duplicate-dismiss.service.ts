import { type OperationContext, requireActor, visibleBrand } from '../access/context.js';
import { World } from '../access/world.js';
import type { BrandEntry } from '../brands/brands.js';
import { auditRow } from '../events/audit.js';
import { commitOnce, type Decision, StaleRead } from '../events/commit-once.js';
import { insertAudit } from '../events/event.store.js';
import type { DuplicateDismissInput, MergeErrorCode } from '../generated/resolvers-types.js';
import { refuse } from '../kernel/errors.js';
import { expectNodeId, type NodeId, type Uuid } from '../kernel/ids.js';
import { checkReason } from '../merges/merge-input.js';
import { mutationIntent, refuseMissing } from '../profiles/profile-target.service.js';
import type { DuplicateView } from './duplicate.js';
import { loadDuplicateNode } from './duplicate.service.js';
import { changeDuplicate } from './duplicate.store.js';
import { judge, loadDuplicate } from './duplicate-judgement.service.js';

/** Id under which a dismissal is remembered by its idempotency key. */
interface DismissResult extends Readonly<Record<string, string>> {
  readonly id: string;
}

/**
 * Remembers for ever that two profiles are not one person: no scan asks again, whoever either of them is merged with.
 * Dismissing what is dismissed changes nothing.
 * @throws Refusal `NOT_FOUND`; `STATE_NOT_ALLOWED` when both are one profile by now. AppError `BAD_USER_INPUT`.
 */
export async function dismissDuplicate(
  context: OperationContext,
  input: DuplicateDismissInput,
): Promise<DuplicateView | null> {
  const reason = checkReason(input.reason);
  const node = expectNodeId(input.id, 'dup', ['input', 'id']);
  const entry = visibleBrand(context, node.brand);
  if (entry === null) refuseMissing(['id']);
  const intent = mutationIntent(context, 'duplicateDismiss', input);
  await commitOnce<DismissResult>({
    context,
    database: entry.database,
    intent,
    decide: () => decideDismissal(context, entry, node, reason),
  });
  context.world = new World();
  return loadDuplicateNode(context, node);
}

async function decideDismissal(
  context: OperationContext,
  entry: BrandEntry,
  node: NodeId,
  reason: string | null,
): Promise<Decision<DismissResult>> {
  // Decided anew, nothing that an earlier attempt has read may be used.
  context.world = new World();
  const row = await loadDuplicate(context, entry, node.uuids[0] as Uuid);
  const view = row === null ? null : await judge(context, entry, row);
  if (row === null || view === null) refuseMissing(['id']);
  if (view.status === 'MERGED') {
    refuse<MergeErrorCode>('STATE_NOT_ALLOWED', 'They are one profile by now; undo the merge first', ['id']);
  }
  const result = { id: row._id };
  if (row.status === 'DISMISSED') return { result, write: null };
  const at = context.clock.now();
  const change = {
    status: 'DISMISSED',
    decidedAt: at,
    decidedBy: requireActor(context).reference,
    reason,
  } as const;
  const audit = auditRow(context, 'duplicateDismiss', row._id, at, { profileIds: row.profiles });
  return {
    result,
    write: async (session) => {
      if (!(await changeDuplicate(entry.database, row, change, session))) throw new StaleRead('The candidate');
      await insertAudit(entry.database, [audit], session);
    },
  };
}
