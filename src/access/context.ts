import type { BrandHandle } from '../brands/brand.js';
import type { BrandEntry, Brands } from '../brands/brands.js';
import type { Clock, Deadline } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import type { Logger } from '../kernel/logger.js';
import type { Actor } from './actor.js';
import type { World } from './world.js';

/** Field names selected anywhere in the document, per type: what projections are made from. */
export type Selection = ReadonlyMap<string, ReadonlySet<string>>;

/** Everything one GraphQL operation, or one piece of work outside GraphQL, carries with it. */
export interface OperationContext {
  readonly requestId: string;
  /** Null only in operations whose every root field is `@public`. */
  readonly actor: Actor | null;
  readonly brands: Brands;
  readonly clock: Clock;
  readonly deadline: Deadline;
  readonly log: Logger;
  /** Null: everything is selected. */
  readonly selection: Selection | null;
  /** Replaced by the executor when an operation runs again, and around each root field of a mutation. */
  world: World;
}

/**
 * The actor of an operation that is not public.
 * @throws AppError `UNAUTHENTICATED`.
 */
export function requireActor(context: OperationContext): Actor {
  if (context.actor === null)
    throw new AppError('UNAUTHENTICATED', 'A bearer token is needed; send it as Authorization: Bearer <token>');
  return context.actor;
}

/** The same for every request without a usable token, whatever is wrong with it. */
export function unauthenticated(): AppError {
  return new AppError('UNAUTHENTICATED', 'A valid bearer token is needed; send it as Authorization: Bearer <token>');
}

/** Whether this actor may touch a brand at all. */
export function maySeeBrand(actor: Actor, handle: BrandHandle): boolean {
  return actor.brandHandles === null || actor.brandHandles.has(handle);
}

/** A brand as far as the actor is concerned: null alike when it is not configured and when it is not the actor's. */
export function visibleBrand(context: OperationContext, handle: BrandHandle): BrandEntry | null {
  const actor = requireActor(context);
  return maySeeBrand(actor, handle) ? context.brands.find(handle) : null;
}

/** Every brand the actor may touch, by handle. */
export function visibleBrands(context: OperationContext): BrandEntry[] {
  const actor = requireActor(context);
  return context.brands.all().filter((entry) => maySeeBrand(actor, entry.brand.handle));
}

/** Whether the document selects a field of a type; true for everything when the selection is not known. */
export function isSelected(context: OperationContext, typename: string, field: string): boolean {
  return context.selection === null || (context.selection.get(typename)?.has(field) ?? false);
}
