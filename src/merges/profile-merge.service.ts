import type { ClientSession } from 'mongoose';
import { type OperationContext, requireActor } from '../access/context.js';
import { hasScope } from '../access/scopes.js';
import type { BrandEntry } from '../brands/brands.js';
import { type AuditRow, auditRow } from '../events/audit.js';
import { commitOnce, type Decision, StaleRead } from '../events/commit-once.js';
import { insertAudit, insertOutbox } from '../events/event.store.js';
import type { MergeErrorCode, ProfileMergeInput } from '../generated/resolvers-types.js';
import { identityFacts } from '../identities/identity.js';
import { Refusal, refuse } from '../kernel/errors.js';
import { newUuid } from '../kernel/ids.js';
import type { AddressRow } from '../profiles/address.js';
import type { ProfileRow, ProfileView } from '../profiles/profile.js';
import { changeProfile, readProfile, readProfiles } from '../profiles/profile.service.js';
import {
  mutationIntent,
  type ProfileTarget,
  profileTarget,
  refuseMissing,
  viewAfterCommit,
} from '../profiles/profile-target.service.js';
import type { MergeOrigin, MergeView } from './merge.js';
import { loadMerge } from './merge.loader.js';
import { insertMerge } from './merge.store.js';
import { givingUp, refusingWhenBusy } from './merge-busy.js';
import { type Belongings, kindCounts, readAddresses, readBoundedBelongings } from './merge-history.service.js';
import { checkReason, checkTakeFromLoser } from './merge-input.js';
import { keepForUndo } from './merge-keep.service.js';
import { staleLinksOf } from './merge-links.service.js';
import { type MergeDecisions, planMerge } from './merge-plan.js';
import { type MergeWrites, mergeWrites } from './merge-writes.js';

/** What a merge leaves for its payload. */
export interface MergeOutcome {
  /** The live profile that stands for the winner. */
  readonly profile: ProfileView | null;
  readonly merge: MergeView | null;
}

/** Ids under which a merge is remembered by its idempotency key. */
export interface MergeResult extends Readonly<Record<string, string>> {
  readonly mergeId: string;
  readonly winnerId: string;
}

/** Redirects followed from an id: merges keep every former id one hop from its winner, more means one is under way. */
const hopsMax = 4;

/**
 * Merges one profile into another of the same brand, exactly as reviewed, in one transaction: when it returns, every
 * reader sees the winner with everything. Ids of profiles merged earlier stand for whoever they lead to; the plan's hash
 * makes sure that those were the ones reviewed. Repeating it with the same key changes nothing more.
 * @throws Refusal with codes of `MergeErrorCode`; nothing was written. AppError `BAD_USER_INPUT` for ids of another
 * kind, over-long values or a malformed key.
 */
export async function mergeProfiles(context: OperationContext, input: ProfileMergeInput): Promise<MergeOutcome> {
  checkReason(input.reason);
  checkTakeFromLoser(input.takeFromLoser);
  const winner = profileTarget(context, input.winnerId, ['winnerId']);
  const loser = profileTarget(context, input.loserId, ['loserId']);
  const { entry } = winner;
  const intent = mutationIntent(context, 'profileMerge', input);
  const { result } = await refusingWhenBusy(() =>
    commitOnce<MergeResult>({
      context,
      database: entry.database,
      intent,
      decide: () => decideMerge(context, input, winner, loser),
    }),
  );
  const profile = await viewAfterCommit(context, entry, result.winnerId);
  return { profile, merge: await loadMerge(context, entry, result.mergeId) };
}

/** What a merge is decided by, besides its two profiles. */
export interface MergeRequest extends Pick<ProfileMergeInput, 'isSamePersonConfirmed' | 'takeFromLoser' | 'reason'> {
  /** Hash of the plan that was reviewed; null for whatever the plan is at this moment. */
  readonly planHash: string | null;
  /** The batch that the merge is part of, and the id it gives the merge. */
  readonly origin?: MergeOrigin;
}

/** Reads both profiles, works out the plan and draws every id and time of the merge. @throws Refusal as {@link mergeProfiles}. */
export async function decideMerge(
  context: OperationContext,
  input: MergeRequest,
  winnerTarget: ProfileTarget,
  loserTarget: ProfileTarget,
): Promise<Decision<MergeResult>> {
  if (!input.isSamePersonConfirmed) {
    refuse<MergeErrorCode>('NOT_CONFIRMED', 'Make sure that both are one person, then set isSamePersonConfirmed', [
      'isSamePersonConfirmed',
    ]);
  }
  const { entry } = winnerTarget;
  const winner = await readMergeable(context, winnerTarget, 'winnerId');
  const loser = await readMergeable(context, loserTarget, 'loserId');
  const [belongings, ownAddresses, staleLinks] = await Promise.all([
    readBoundedBelongings(context, loserTarget.entry, loser),
    readAddresses(context, entry, winner),
    staleLinksOf(context, entry, winner, loser),
  ]);
  const decisions = planMerge({
    winner: { brand: entry.brand, row: winner },
    loser: { brand: loserTarget.entry.brand, row: loser },
    takeFromLoser: input.takeFromLoser ?? [],
    addressCount: ownAddresses.length + belongings.addresses.length,
    mayGrantStatuses: hasScope(requireActor(context), 'grant-statuses'),
    staleLinks,
  });
  if (decisions.blockers.length > 0) throw new Refusal(decisions.blockers);
  if (input.planHash !== null && decisions.hash !== input.planHash) {
    refuse<MergeErrorCode>('PLAN_STALE', 'One of the profiles has changed since the preview; look at the merge again', [
      'planHash',
    ]);
  }
  const reason = checkReason(input.reason);
  return decisionOf(context, entry, {
    winner,
    loser,
    decisions,
    belongings,
    ownAddresses,
    reason,
    origin: input.origin,
  });
}

/** The profile an id leads to now, in whatever state: live ones can be merged, erased ones are named as such. */
async function readMergeable(
  context: OperationContext,
  target: ProfileTarget,
  field: 'winnerId' | 'loserId',
): Promise<ProfileRow> {
  const { database } = target.entry;
  let { id } = target;
  for (let hop = 0; hop < hopsMax; hop += 1) {
    const row = await database.run(context.deadline, () => readProfile(database, id, { deadline: context.deadline }));
    if (row?.state === 'ACTIVE' || row?.state === 'DELETED') return row;
    if (row?.state !== 'MERGED' || row.mergedInto === undefined) break;
    id = row.mergedInto;
  }
  return refuseMissing([field]);
}

interface Decided {
  readonly winner: ProfileRow;
  readonly loser: ProfileRow;
  readonly decisions: MergeDecisions;
  readonly belongings: Belongings;
  readonly ownAddresses: readonly AddressRow[];
  readonly reason: string | null;
  readonly origin: MergeOrigin | undefined;
}

async function decisionOf(
  context: OperationContext,
  entry: BrandEntry,
  { winner, loser, decisions, belongings, ownAddresses, reason, origin }: Decided,
): Promise<Decision<MergeResult>> {
  const at = context.clock.now();
  const mergeId = origin?.mergeId ?? newUuid();
  const actor = requireActor(context);
  const counts = kindCounts(belongings);
  const identities = identityFacts(belongings.identities);
  const kept = { mergeId, at, winner, loser, decisions, loserRows: belongings, winnerAddresses: ownAddresses };
  const undo = await keepForUndo(context, entry, kept);
  const intent = { mergeId, at, actor, reason, counts, identities, origin, undo };
  const writes = mergeWrites(winner, loser, decisions, intent);
  const audit = auditRow(context, 'profileMerge', winner._id, at, {
    mergeId,
    loserId: loser._id,
    planHash: decisions.hash,
  });
  return {
    result: { mergeId, winnerId: winner._id },
    write: givingUp((session) => writeMerge(context, entry, { winner, loser, writes, audit }, session)),
  };
}

interface MergeToWrite {
  readonly winner: ProfileRow;
  readonly loser: ProfileRow;
  readonly writes: MergeWrites;
  readonly audit: AuditRow;
}

/** The body of the transaction; the idempotency row has been written before it. */
async function writeMerge(
  context: OperationContext,
  { database }: BrandEntry,
  { winner, loser, writes, audit }: MergeToWrite,
  session: ClientSession,
): Promise<void> {
  const now = await readProfiles(database, [winner._id, loser._id], { deadline: context.deadline, session });
  for (const read of [winner, loser]) {
    const row = now.find((each) => each._id === read._id);
    const isSame = row?.state === 'ACTIVE' && row.version === read.version && row.touch === read.touch;
    if (!isSame) throw new StaleRead('A profile to be merged');
  }
  for (const { filter, update } of [writes.winner, writes.loser, ...writes.earlierLosers]) {
    if (!(await changeProfile(database, filter, update, session))) throw new StaleRead('A profile to be merged');
  }
  await insertMerge(database, writes.row, session);
  await insertOutbox(database, writes.outbox, session);
  await insertAudit(database, [audit], session);
}
