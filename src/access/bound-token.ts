import { AppError } from '../kernel/errors.js';
import type { Uuid } from '../kernel/ids.js';
import type { BoundProfile } from './actor.js';
import { grantCovers, type Scope } from './scopes.js';

const hourMs = 3_600_000;
/** How long a customer's token lasts when nothing is said: it stands in for a session, so about as long as a visit. */
export const boundLifeMs = hourMs;
/** Longest life of a customer's token: whoever is still there a day later signs in again. */
export const boundLifeMaxMs = 24 * hourMs;

/** Every scope that a customer's token can hold, whatever is granted to it. */
export const customerScopes = [
  'read-brands',
  'read-profiles',
  'read-personal-data',
  'read-identities',
  'read-transactions',
  'read-wallets',
  'read-links',
  'read-consents',
  'withdraw-links',
] as const satisfies readonly Scope[];

/**
 * Whether a profile is there and in use, by one read of the primary at the moment of asking.
 * @throws AppError `BRAND_UNAVAILABLE` or `BRAND_TIMEOUT` when the brand cannot tell.
 */
export type ActiveProfileCheck = (profile: BoundProfile) => Promise<boolean>;

/** How a customer is called in audit rows and intents: by the profile's id, which is no name. */
export function customerReference(profileId: Uuid): string {
  return `profile:${profileId}`;
}

/** The scopes that a customer's token has of what is granted to it: a wide grant is cut down, not honoured. */
export function boundScopes(grants: readonly string[]): Scope[] {
  return customerScopes.filter((scope) => grants.some((grant) => grantCovers(grant, scope)));
}

/** What is asked of a token that may be a customer's. */
export interface BindingInput {
  readonly isBound: boolean;
  readonly role: string;
  readonly profile?: BoundProfile | undefined;
  readonly reference?: string | undefined;
  readonly grants?: readonly string[] | undefined;
  readonly brandHandles?: readonly string[] | undefined;
  readonly purpose?: string | undefined;
  readonly extension?: string | undefined;
  readonly expiresAt?: Date | undefined;
}

/**
 * Checks that a profile is named exactly where a role is a customer's, and that nothing widens such a token: its
 * brand, who acts with it and what for all follow from the profile.
 * @throws AppError `USAGE`.
 */
export function checkBinding(input: BindingInput, now: Date): void {
  const { isBound, role, profile } = input;
  if (!isBound) {
    if (profile === undefined) return;
    throw new AppError(
      'USAGE',
      `Tokens of the role ${role} are bound to no profile; only those of the role customer are`,
    );
  }
  if (profile === undefined) throw new AppError('USAGE', `The role ${role} needs the profile of the customer`);
  for (const name of ['reference', 'brandHandles', 'purpose', 'extension'] as const) {
    if (input[name] === undefined) continue;
    throw new AppError('USAGE', `A token of the role ${role} is what its profile makes it; leave ${name} out`);
  }
  for (const grant of input.grants ?? []) {
    if ((customerScopes as readonly string[]).includes(grant)) continue;
    throw new AppError(
      'USAGE',
      `"${grant}" is not a scope that a customer's token can hold; those are ${customerScopes.join(', ')}`,
    );
  }
  if (input.expiresAt !== undefined && input.expiresAt.getTime() - now.getTime() > boundLifeMaxMs) {
    throw new AppError('USAGE', `A token of the role ${role} stands in for a session; it lasts 24 hours at most`);
  }
}
