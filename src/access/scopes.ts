import { AppError } from '../kernel/errors.js';
import type { Actor } from './actor.js';

/** Scopes of this version, verb first. The schema's `@requiresScopes` names no other. */
export const knownScopes = [
  'read-brands',
  'read-locations',
  'read-profiles',
  'read-personal-data',
  'create-profiles',
  'update-profiles',
  'grant-statuses',
  'read-identities',
  'create-identities',
  'update-identities',
  'delete-identities',
  'read-transactions',
  'create-transactions',
  'read-interactions',
  'create-interactions',
  'read-wallets',
  'merge-profiles',
  'read-merges',
  'undo-merges',
  'read-duplicates',
  'create-links',
  'read-links',
  'withdraw-links',
  'read-consents',
  'read-group-customers',
  'search-across-brands',
] as const;

/** Name of a scope. */
export type Scope = (typeof knownScopes)[number];

/** Whether a grant covers a scope: itself, `*`, or `profiles.*` for every scope that ends in `-profiles`. */
export function grantCovers(grant: string, scope: string): boolean {
  if (grant === '*' || grant === scope) return true;
  return grant.endsWith('.*') && scope.endsWith(`-${grant.slice(0, -2)}`);
}

/** Whether the actor holds a scope. */
export function hasScope(actor: Actor, scope: Scope): boolean {
  return actor.grants.some((grant) => grantCovers(grant, scope));
}

/** The scopes in force, expanded, in alphabetical order. */
export function scopesOf(actor: Actor): Scope[] {
  return knownScopes.filter((scope) => hasScope(actor, scope)).sort();
}

/**
 * Refuses a grant that covers no scope, so that a misspelt one is not found out by a customer.
 * @throws AppError `USAGE` naming it.
 */
export function checkGrant(grant: string): void {
  if (!knownScopes.some((scope) => grantCovers(grant, scope))) {
    throw new AppError(
      'USAGE',
      `"${grant}" is not a scope; known: ${knownScopes.join(', ')}, *, or a noun with .* such as profiles.*`,
    );
  }
}
