import { isBound } from '../access/actor.js';
import type { ActiveProfileCheck } from '../access/bound-token.js';
import { type OperationContext, requireActor, unauthenticated } from '../access/context.js';
import type { Brands } from '../brands/brands.js';
import { Deadline } from '../kernel/clock.js';
import type { ProfileView } from './profile.js';
import { viewProfile } from './profile.service.js';
import { findProfile } from './profile.store.js';

/** Tells of profiles whether they are in use, each time by one read of nothing but their state. */
export function activeProfileCheck(brands: Brands, deadlineMs: number): ActiveProfileCheck {
  return async ({ brand, id }) => {
    const entry = brands.find(brand);
    if (entry === null) return false;
    const deadline = Deadline.after(deadlineMs);
    const row = await entry.database.run(deadline, () =>
      findProfile(entry.database, id, { deadline, projection: { state: 1 } }),
    );
    return row?.state === 'ACTIVE';
  };
}

/**
 * The profile that the actor is, in this operation's world; null for every actor who is no customer. A redirect is never
 * followed: a profile that was merged away or ended after the token was looked at makes the whole operation end as if the
 * token were unknown.
 */
export async function viewBoundProfile(context: OperationContext): Promise<ProfileView | null> {
  const actor = requireActor(context);
  if (!isBound(actor)) return null;
  const { brand, id } = actor.boundTo;
  const view = await viewProfile(context, context.brands.get(brand), id);
  if (view?._id === id) return view;
  context.world.beforeAnswer(async () => {
    throw unauthenticated();
  });
  return null;
}
