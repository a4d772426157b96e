import { type OperationContext, requireActor, visibleBrand } from '../access/context.js';
import { World } from '../access/world.js';
import type { BrandEntry } from '../brands/brands.js';
import { type Intent, intentOf } from '../events/idempotency.js';
import { badInput, refuse } from '../kernel/errors.js';
import { expectNodeId, formatNodeId, type Uuid } from '../kernel/ids.js';
import type { ProfileRow, ProfileView } from './profile.js';
import { ownerOfClaim, readProfile, viewProfile } from './profile.service.js';

/** A profile that a mutation names, not read yet. */
export interface ProfileTarget {
  readonly entry: BrandEntry;
  readonly id: Uuid;
}

/**
 * Refuses in the one wording for what is not there and for what is not the token's. `field` starts below `input`.
 * @throws Refusal `NOT_FOUND`.
 */
export function refuseMissing(field: readonly string[]): never {
  refuse('NOT_FOUND', 'There is nothing with this id that this token may see', field);
}

/**
 * Takes apart the id of a profile that is to be changed. `field` starts below `input`.
 * @throws Refusal `NOT_FOUND` for a brand that is not the token's; AppError `BAD_USER_INPUT` for an id of another kind.
 */
export function profileTarget(context: OperationContext, id: string, field: readonly string[]): ProfileTarget {
  const node = expectNodeId(id, 'prof', ['input', ...field]);
  const entry = visibleBrand(context, node.brand);
  if (entry === null) refuseMissing(field);
  return { entry, id: node.uuids[0] as Uuid };
}

/** A row of a profile that a mutation names, not read yet. */
export interface ChildTarget {
  readonly entry: BrandEntry;
  readonly accountId: Uuid;
  /** The row's own id, or the public one of an identity. */
  readonly id: Uuid;
}

/**
 * Takes apart the id of an address or identity that is to be changed. `field` starts below `input`.
 * @throws Refusal `NOT_FOUND` for a brand that is not the token's; AppError `BAD_USER_INPUT` for an id of another kind.
 */
export function childTarget(
  context: OperationContext,
  id: string,
  kind: 'addr' | 'iden',
  field: readonly string[],
): ChildTarget {
  const node = expectNodeId(id, kind, ['input', ...field]);
  const entry = visibleBrand(context, node.brand);
  if (entry === null) refuseMissing(field);
  return { entry, accountId: node.uuids[0] as Uuid, id: node.uuids[1] as Uuid };
}

/**
 * Reads a profile that is to be changed, as it stands now.
 * @throws Refusal `NOT_FOUND` when it is not there to be seen, `PROFILE_MERGED` naming the winner when it was merged.
 */
export async function readForChange(
  context: OperationContext,
  target: ProfileTarget,
  field: readonly string[],
): Promise<ProfileRow> {
  const row = await readProfile(target.entry.database, target.id, { deadline: context.deadline });
  if (row?.state === 'ACTIVE') return row;
  if (row?.state === 'MERGED' && row.mergedInto !== undefined) {
    const winner = formatNodeId('prof', target.entry.brand.handle, row.mergedInto);
    refuse('PROFILE_MERGED', `This profile was merged into ${winner}; look at that one before changing it`, field);
  }
  return refuseMissing(field);
}

/**
 * Reads the live owner of an account for a change to one of its rows. The row must have been found before: an account
 * nobody owns would be looked for again and again.
 * @throws Refusal `NOT_FOUND` when the owner is not there to be seen.
 */
export async function readOwnerForChange(
  context: OperationContext,
  entry: BrandEntry,
  claim: { readonly accountId: Uuid; readonly profileId: Uuid },
  field: readonly string[],
): Promise<ProfileRow> {
  const owner = await ownerOfClaim(entry.database, claim, { deadline: context.deadline });
  return owner?.profile.state === 'ACTIVE' ? owner.profile : refuseMissing(field);
}

/** Reads a profile as the commit left it: in a new world, which everything read for the payload then shares. */
export function viewAfterCommit(context: OperationContext, entry: BrandEntry, id: Uuid): Promise<ProfileView | null> {
  context.world = new World();
  return viewProfile(context, entry, id);
}

/**
 * The intent of a mutation on one brand: the same actor, mutation, brand and key.
 * @throws AppError `BAD_USER_INPUT` when the key has another form.
 */
export function mutationIntent(
  context: OperationContext,
  mutation: string,
  input: { readonly idempotencyKey?: string | null },
): Intent | null {
  const { idempotencyKey, ...body } = input;
  return intentOf(requireActor(context), mutation, idempotencyKey, body, (message) => {
    throw badInput(message, ['input', 'idempotencyKey']);
  });
}
