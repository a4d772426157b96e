import type { ClientSession } from 'mongoose';
import { type OperationContext, requireActor, visibleBrand } from '../access/context.js';
import type { BrandEntry } from '../brands/brands.js';
import type { ClaimRow } from '../claims/claim.js';
import { findClaims, insertClaims } from '../claims/claim.store.js';
import { type AuditRow, auditRow } from '../events/audit.js';
import { commitOnce, type Decision, StaleRead } from '../events/commit-once.js';
import { insertAudit, insertOutbox } from '../events/event.store.js';
import type { MergeUndoInput } from '../generated/resolvers-types.js';
import { Refusal } from '../kernel/errors.js';
import { expectNodeId, type Uuid } from '../kernel/ids.js';
import type { ProfileView } from '../profiles/profile.js';
import { changeProfile, readProfiles, viewProfile } from '../profiles/profile.service.js';
import { mutationIntent, refuseMissing, viewAfterCommit } from '../profiles/profile-target.service.js';
import type { MergeRefusal, MergeRow, MergeView } from './merge.js';
import { loadMerge } from './merge.loader.js';
import { findMerges, markUndone, type UndoRecord } from './merge.store.js';
import { givingUp, refusingWhenBusy } from './merge-busy.js';
import { checkReason } from './merge-input.js';
import type { MergeKindDefinition } from './merge-kind.js';
import { mergeKinds } from './merge-kind.service.js';
import { planUndo, type UndoPlan } from './merge-undo.js';
import { expiryOf, readUndo, type UndoReading } from './merge-undo-facts.service.js';
import { type UndoWrites, undoWrites } from './merge-undo-writes.js';

/** What an undo leaves for its payload. */
export interface UndoOutcome {
  readonly merge: MergeView | null;
  /** The profile that stayed, or the one it was merged into since. */
  readonly winner: ProfileView | null;
  /** The profile that lives again. */
  readonly restored: ProfileView | null;
}

interface UndoResult extends Readonly<Record<string, string>> {
  readonly mergeId: string;
  readonly winnerId: string;
  readonly loserId: string;
}

/**
 * Takes a merge back in one transaction: the same id is the same person again, with everything that was its own. Rows
 * go with their accounts; nothing is moved. Repeating it with the same key changes nothing more.
 * @throws Refusal `NOT_FOUND`, `UNDO_EXPIRED`, `UNDO_AMBIGUOUS` naming each thing in the way, `PROFILE_NOT_LIVE`,
 * `MERGE_IN_PROGRESS`, `IDEMPOTENCY_KEY_REUSED`; nothing was written. AppError `BAD_USER_INPUT` for an id of another kind,
 * an over-long reason or a malformed key.
 */
export async function undoMerge(
  context: OperationContext,
  input: MergeUndoInput,
  kinds: readonly MergeKindDefinition[] = mergeKinds,
): Promise<UndoOutcome> {
  const reason = checkReason(input.reason);
  const node = expectNodeId(input.mergeId, 'merge', ['input', 'mergeId']);
  const entry = visibleBrand(context, node.brand);
  if (entry === null) return refuseMissing(['mergeId']);
  const intent = mutationIntent(context, 'mergeUndo', input);
  const { result } = await refusingWhenBusy(() =>
    commitOnce<UndoResult>({
      context,
      database: entry.database,
      intent,
      decide: () => decideUndo(context, entry, { mergeId: node.uuids[0] as Uuid, reason, kinds }),
    }),
  );
  const winner = await viewAfterCommit(context, entry, result.winnerId);
  const restored = await viewProfile(context, entry, result.loserId);
  return { merge: await loadMerge(context, entry, result.mergeId), winner, restored };
}

/** What stands in the way of undoing a merge now; empty when nothing does. */
export async function undoBlockersOf(context: OperationContext, merge: MergeView): Promise<readonly MergeRefusal[]> {
  const expiry = expiryOf(merge, context.clock.now());
  if (expiry !== null) return [expiry];
  const entry = context.brands.get(merge.brand.handle);
  const row = await readMerge(context, entry, merge._id);
  const reading = row === null ? { blockers: [] } : await readUndo(context, entry, row, mergeKinds);
  return 'facts' in reading ? planUndo(reading.facts).blockers : reading.blockers;
}

async function readMerge(context: OperationContext, entry: BrandEntry, id: Uuid): Promise<MergeRow | null> {
  const read = { deadline: context.deadline, withSnapshot: true };
  const [row] = await entry.database.run(context.deadline, () => findMerges(entry.database, [id], read));
  return row ?? null;
}

async function decideUndo(
  context: OperationContext,
  entry: BrandEntry,
  undo: { readonly mergeId: Uuid; readonly reason: string | null; readonly kinds: readonly MergeKindDefinition[] },
): Promise<Decision<UndoResult>> {
  const { mergeId, reason, kinds } = undo;
  const merge = await readMerge(context, entry, mergeId);
  if (merge === null) return refuseMissing(['mergeId']);
  const reading = await readUndo(context, entry, merge, kinds);
  if (!('facts' in reading)) throw new Refusal(reading.blockers);
  const { facts, earlierLosers } = reading;
  const plan = planUndo(facts);
  if (plan.blockers.length > 0) throw new Refusal(plan.blockers);
  const { winner, loser, at } = facts;
  const actor = requireActor(context);
  const writes = undoWrites({ winner, loser, earlierLosers }, plan, { mergeId, at });
  const record: UndoRecord = {
    undoneAt: at,
    undoneBy: { kind: actor.kind, reference: actor.reference },
    undoReason: reason,
  };
  const { kept, lost } = plan;
  const audit = auditRow(context, 'mergeUndo', winner._id, at, { mergeId, loserId: loser._id, kept, lost });
  const body = (session: ClientSession): Promise<void> =>
    writeUndo(context, entry, { reading, plan, writes, record, audit }, session);
  return { result: { mergeId, winnerId: winner._id, loserId: loser._id }, write: givingUp(body) };
}

interface UndoToWrite {
  readonly reading: Extract<UndoReading, { facts: unknown }>;
  readonly plan: UndoPlan;
  readonly writes: UndoWrites;
  readonly record: UndoRecord;
  readonly audit: AuditRow;
}

/** The body of the transaction; the idempotency row has been written before it. */
async function writeUndo(
  context: OperationContext,
  { database }: BrandEntry,
  { reading, plan, writes, record, audit }: UndoToWrite,
  session: ClientSession,
): Promise<void> {
  const { winner, loser, merge, claims } = reading.facts;
  const options = { deadline: context.deadline, session };
  const now = await readProfiles(database, [winner._id, loser._id], options);
  for (const read of [winner, loser]) {
    const row = now.find((each) => each._id === read._id);
    const isSame = row?.state === read.state && row.version === read.version && row.touch === read.touch;
    if (!isSame) throw new StaleRead('A merged profile');
  }
  const held = await findClaims(database, reading.watched, options);
  if (!reading.watched.every((id) => isSameClaim(claims.get(id), held.get(id)))) throw new StaleRead('A claim');
  for (const { filter, update } of writes.profiles) {
    if (!(await changeProfile(database, filter, update, session))) throw new StaleRead('A merged profile');
  }
  await insertClaims(database, plan.insert, session);
  if (!(await markUndone(database, merge._id, record, session))) throw new StaleRead('The merge');
  await insertOutbox(database, [writes.outbox], session);
  await insertAudit(database, [audit], session);
}

function isSameClaim(read: ClaimRow | undefined, now: ClaimRow | undefined): boolean {
  return read?.uid === now?.uid && read?.accountId === now?.accountId;
}
