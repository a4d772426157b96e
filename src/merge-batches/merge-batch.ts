import type { Actor } from '../access/actor.js';
import type { Brand, BrandHandle } from '../brands/brand.js';
import type { MergeBatchRowStatus, MergeBatchStatus } from '../generated/resolvers-types.js';
import { type Uuid, uuidV5 } from '../kernel/ids.js';
import type { MergeRefusal } from '../merges/merge.js';

/** How far a batch has come; `PREPARING` only while rows of a file are still being written, and never shown. */
export type StoredBatchStatus = MergeBatchStatus | 'PREPARING';

/** Every status that is shown. */
export const shownStatuses: readonly MergeBatchStatus[] = ['READY', 'RUNNING', 'PAUSED', 'CANCELLED', 'COMPLETED'];

/** Rights of whoever made a batch, as they were then: its merges are planned with them, whoever starts it. */
export type BatchActor = Pick<
  Actor,
  'kind' | 'reference' | 'displayName' | 'role' | 'grants' | 'isGroup' | 'extension' | 'purpose' | 'tokenRef'
> & { readonly brandHandles: readonly BrandHandle[] | null };

/**
 * A batch of merges, as stored. Which rows are under way follows from two positions in the order of execution: every row
 * below `doneUpTo` is decided, those from there to `windowEnd` may have been begun, the others have not.
 */
export interface MergeBatchDocument {
  readonly _id: Uuid;
  readonly status: StoredBatchStatus;
  readonly rowCount: number;
  readonly mergedCount: number;
  readonly refusedCount: number;
  readonly doneUpTo: number;
  readonly windowEnd: number;
  /** Times it was started: each start has a journal of its own. */
  readonly run: number;
  /** Fence of the lease that works on it. Whoever holds an older one, or one of an earlier run, writes nothing. */
  readonly fence: number;
  readonly actor: BatchActor;
  readonly reason: string | null;
  /** Rises with every write. */
  readonly rev: number;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** What is stored of a row: not yet decided, or its verdict for good. */
export type StoredRowStatus = 'WAITING' | 'MERGED' | 'REFUSED';

/** One row of a batch, as stored: written once with the batch, once more with its verdict. */
export interface MergeBatchRowDocument {
  /** Batch and number, so that a range of ids is a page of rows. */
  readonly _id: string;
  readonly batchId: Uuid;
  /** From 1, as given. */
  readonly number: number;
  /** Place in the order of execution, from 0. */
  readonly order: number;
  readonly winnerId: Uuid;
  readonly loserId: Uuid;
  /** Brand of an id that is not of the batch's brand. */
  readonly winnerBrand?: BrandHandle;
  readonly loserBrand?: BrandHandle;
  readonly status: StoredRowStatus;
  readonly refusal?: MergeRefusal;
  readonly mergeId?: Uuid;
}

/** A batch that may be shown. */
export interface MergeBatchView extends Omit<MergeBatchDocument, 'status'> {
  readonly __typename: 'MergeBatch';
  readonly status: MergeBatchStatus;
  readonly brand: Brand;
}

/** A row that may be shown, with the status that follows from its batch. */
export interface MergeBatchRowView extends Omit<MergeBatchRowDocument, 'status'> {
  readonly status: MergeBatchRowStatus;
  readonly brand: Brand;
}

/** Makes a stored batch a view; null while it is being prepared. */
export function batchViewOf(row: MergeBatchDocument, brand: Brand): MergeBatchView | null {
  const { status } = row;
  return status === 'PREPARING' ? null : { ...row, status, __typename: 'MergeBatch', brand };
}

/** Makes a stored row a view, as of its batch. */
export function rowViewOf(row: MergeBatchRowDocument, batch: MergeBatchView): MergeBatchRowView {
  return { ...row, status: shownRowStatus(row, batch), brand: batch.brand };
}

/** How far a row has come: undecided rows of a batch that has ended were never begun, and never will be. */
export function shownRowStatus(
  row: Pick<MergeBatchRowDocument, 'status' | 'order'>,
  batch: Pick<MergeBatchDocument, 'status' | 'windowEnd'>,
): MergeBatchRowStatus {
  if (row.status !== 'WAITING') return row.status;
  if (row.order < batch.windowEnd) return 'RUNNING';
  return batch.status === 'CANCELLED' ? 'CANCELLED' : 'WAITING';
}

/** Digits of a number in an id: as many rows as a file may have. */
const numberDigits = 9;

/** Most rows of one batch. */
export const rowsPerBatchMax = 10 ** numberDigits - 1;

/** `_id` of a row. */
export function rowIdOf(batchId: Uuid, number: number): string {
  return `${batchId}:${String(number).padStart(numberDigits, '0')}`;
}

/** Id of the merge that a row becomes: always the same one, so a repeat after a crash is no second merge. */
export function mergeIdOf(batchId: Uuid, number: number): Uuid {
  return uuidV5(batchId, `merge:${number}`);
}

/** What can be asked of a batch. */
export type BatchOrder = 'start' | 'pause' | 'cancel';

/** In which states what can be asked. */
export const statesFor: Readonly<Record<BatchOrder, readonly MergeBatchStatus[]>> = {
  start: ['READY', 'PAUSED'],
  pause: ['RUNNING'],
  cancel: ['READY', 'RUNNING', 'PAUSED'],
};

/** Kind of journal that carries a batch on. */
export const batchJournalKind = 'merge.batch';

/** `_id` of the journal of one start of a batch. */
export function batchJournalId(batchId: Uuid, run: number): string {
  return `${batchJournalKind}:${batchId}:${run}`;
}

/** The part of an actor that a batch keeps. */
export function batchActorOf(actor: Actor): BatchActor {
  const { kind, reference, role, grants, isGroup, purpose, tokenRef } = actor;
  return {
    kind,
    reference,
    role,
    grants: [...grants],
    isGroup,
    purpose,
    tokenRef,
    brandHandles: actor.brandHandles === null ? null : [...actor.brandHandles].sort(),
    ...(actor.displayName == null ? {} : { displayName: actor.displayName }),
    ...(actor.extension == null ? {} : { extension: actor.extension }),
  };
}

/** Whoever made a batch, acting again. */
export function actingAs(actor: BatchActor): Actor {
  const { brandHandles } = actor;
  return { ...actor, brandHandles: brandHandles === null ? null : new Set(brandHandles), expiresAt: null };
}
